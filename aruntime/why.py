"""Why: from any triple of the graph back to the claims, evidence and sources that it rests on.

The compiled store holds every conclusion, so a derivation is found backwards from the triple in
question: among the facts that share a node with it, the premises of a rule that concludes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from pyoxigraph import BlankNode, NamedNode, Store

from aruntime.closure import AXIOMS, CHARACTERISTICS, Conclusion, Schema
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.infer import direct
from aruntime.model import Derivation, Json, Rows, Term, text
from aruntime.namespaces import TYPE, iri
from aruntime.questions import lookup
from aruntime.store import DERIVED, Fact, match, quad


class Reasons(NamedTuple):
    """Why something is in the graph.

    Attributes:
        derivations: for a statement, the rules and claims that it follows from; for a claim none.
        evidence: rows of the question ``evidence-of`` for every claim concerned, in their order.
        assumed: for a claim that an organisation takes to be so and no evidence shows, the row of
            :func:`assumption`; then there is no evidence.
    """

    derivations: tuple[Derivation, ...]
    evidence: tuple[Json, ...]
    assumed: tuple[Json, ...] = ()

    def json(self) -> Json:
        """The reasons as a JSON object."""
        found = list(map(derivation_json, self.derivations))
        return {
            "derivations": found,
            "evidence": list(self.evidence),
            "assumed": list(self.assumed),
        }


def reasons(graph: Graph, *parts: str) -> Reasons:
    """Why a statement, or what a claim, rests on which lines of which sources.

    Args:
        parts: one name, of a claim; or three, of a thing, a property and a value.

    Raises:
        UsageError: a name is unknown, the one is no claim, or the graph has no such statement.

    Example:
        >>> reasons(open_graph(), "kserve#hosts-vllm").evidence[0]["claim"]
        'https://w3id.org/aruntime/id/runtime/kserve#hosts-vllm'
    """
    if len(parts) not in (1, 3):
        raise UsageError("give a claim, or thing, predicate and object")
    if len(parts) == 3:
        found = tuple(explain(graph, *parts))
        claims = claims_of(found)
    else:
        found, claims = (), [graph.find(parts[0])]
    evidence: list[Json] = []
    for claim in claims:
        evidence += graph.ask("evidence-of", {"claim": claim}).records()
    if not evidence and len(parts) == 1:
        if assumed := assumption(graph, claims[0]).records():
            return Reasons((), (), tuple(assumed))
        what = f"{parts[0]} is not a claim, so no lines are cited for it"
        raise UsageError(f"{what}; see aruntime show {parts[0]}")
    return Reasons(found, tuple(evidence))


def assumption(graph: Graph, claim: str) -> Rows:
    """Of a claim that is assumed: what it says, who takes it to be so, and until when.

    Args:
        claim: its IRI.

    Returns:
        Columns claim, statement, status, agent and reviewBy; no row for any other claim.
    """
    return graph.engine.select(lookup("assumption"), {"claim": NamedNode(claim)})


def derivation_json(derivation: Derivation) -> Json:
    """A derivation as a JSON object."""
    return {
        "triple": [text(term) for term in derivation.triple],
        "rule": derivation.rule,
        "claim": derivation.claim,
        "premises": list(map(derivation_json, derivation.premises)),
    }


def explain(graph: Graph, subject: str, predicate: str, value: str) -> list[Derivation]:
    """Every direct reason for a statement, or one chain of rules if it only follows from others.

    Args:
        graph: a graph that is compiled here, not that of an endpoint.
        subject, predicate, value: names, as any command prints them.

    Raises:
        UsageError: a name is unknown, or the graph has no such statement.

    Example:
        >>> explain(open_graph(), "kserve", "hosts", "vllm")[0].rule
        'integrations-are-direct'
    """
    if not isinstance(graph.engine, Oxigraph):
        raise UsageError(
            "only the shipped graph and --data can be explained, not an endpoint: leave out --endpoint"
        )
    named = _property(graph, predicate)
    fact = (
        NamedNode(graph.find(subject)),
        named,
        NamedNode(graph.find_object(named.value, value)),
    )
    return derivations(graph.engine.store, fact)


def _property(graph: Graph, name: str) -> NamedNode:
    """A property of ours by any of its names; one of another vocabulary by its CURIE or IRI."""
    foreign = ":" in name and not name.startswith("ar:")
    return (
        iri(name) if foreign and "://" not in name else NamedNode(graph.identify(name, "property"))
    )


def derivations(store: Store, fact: Fact) -> list[Derivation]:
    """The reasons for a triple, as :func:`explain` gives them.

    Args:
        store: a compiled store; see :mod:`aruntime.build`.
        fact: subject, predicate and object.

    Raises:
        UsageError: the triple stands nowhere in the graph.
    """
    if quad(fact) not in store:
        raise UsageError(
            "triple not found: no promoted claim states it and no rule derives it (unknown, not false)"
        )
    return _Explainer(store).reasons(fact)


class _Explainer:
    """The facts of a store, as the closure's rules look them up, and the derivations found so
    far."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def schema(self) -> Schema:
        """The ontology as the closure's rules need it; what a claim states directly needs none."""
        axioms = [fact for predicate in AXIOMS for fact in match(self.store, predicate=predicate)]
        kinds = [fact for kind in CHARACTERISTICS for fact in match(self.store, None, TYPE, kind)]
        return Schema([*axioms, *kinds])

    def objects(self, subject: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`aruntime.closure.Facts`."""
        return [fact[2] for fact in match(self.store, subject, predicate)]

    def subjects(self, value: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`aruntime.closure.Facts`."""
        return [fact[0] for fact in match(self.store, None, predicate, value)]

    def reasons(self, fact: Fact, above: tuple[Fact, ...] = ()) -> list[Derivation]:
        """Derivations of *fact* that do not rest on a fact *above* it; none where every way leads
        back there."""
        claimed = direct(self.store, fact) if isinstance(fact[0], NamedNode) else ()
        found = [Derivation(fact, rule, claim.value) for _, rule, claim in claimed]
        if found or quad(fact, DERIVED) not in self.store:
            return found or [Derivation(fact, "stated")]
        for rule, premises in self._steps(fact):
            if not set(premises) & {fact, *above}:
                below = [
                    next(iter(self.reasons(premise, (fact, *above))), None) for premise in premises
                ]
                chain = tuple(reason for reason in below if reason is not None)
                if len(chain) == len(below):
                    return [Derivation(fact, rule, None, chain)]
        return []

    def _steps(self, fact: Fact) -> Iterator[tuple[str, tuple[Fact, ...]]]:
        """Rules that conclude *fact* in one step, with their premises.

        A step through a class that has no name, whose members the store does not hold, counts as
        one with the step that follows from it: ``cls-hv2, cax-eqc2``.
        """
        near: dict[Fact, None] = {}
        for node in (fact[0], fact[2]):
            near |= dict.fromkeys(match(self.store, node)) | dict.fromkeys(
                match(self.store, None, None, node)
            )
        unnamed: list[Conclusion] = []
        for premise in near:
            for step in self.schema.conclusions(self, premise):
                if step[0] == fact:
                    yield step[1:]
                elif isinstance(step[0][2], BlankNode):
                    unnamed.append(step)
        for between, first, given in unnamed:
            for conclusion, rule, premises in self.schema.conclusions(self, between):
                if conclusion == fact:
                    yield f"{first}, {rule}", (*given, *(p for p in premises if p != between))


def claims_of(derivations: Iterable[Derivation]) -> list[str]:
    """IRIs of all claims that derivations rest on, in order of appearance."""
    found: dict[str, None] = {}
    for derivation in derivations:
        if derivation.claim:
            found[derivation.claim] = None
        for claim in claims_of(derivation.premises):
            found[claim] = None
    return list(found)
