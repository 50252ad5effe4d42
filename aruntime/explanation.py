"""Why: from any triple of the graph back to the claims, evidence and sources that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from aruntime import corpus, store
from aruntime.errors import UsageError
from aruntime.infer import Closure, Fact, direct
from aruntime.model import Derivation, Term


def explain(subject: Term, predicate: Term, value: Term, overlays: Sequence[Path] = ()) -> list[Derivation]:
    """Every direct reason for a triple, or one chain of rules if it only follows from others.

    Raises:
        UsageError: the triple stands nowhere in the graph.
    """
    stated = corpus.load(overlays)
    compiled = store.in_memory(stated)
    assert isinstance(predicate, NamedNode)
    fact: Fact = (subject, predicate, value)
    reasons: dict[Fact, list[Derivation]] = {}
    for said, rule, claim in direct(compiled):
        reasons.setdefault(said, []).append(Derivation(said, rule, claim.value))
    given = {(t.subject, t.predicate, t.object) for t in stated.triples()}
    if fact in reasons:
        return reasons[fact]
    if fact in given:
        return [Derivation(fact, "stated")]
    closure = Closure(store.schema(stated), store.facts(compiled), explain=True)
    if fact not in closure.reasons:
        raise UsageError("the graph does not hold this triple: nobody has claimed it, which is not a no")
    return [_chain(fact, closure, reasons)]


def _chain(fact: Fact, closure: Closure, reasons: dict[Fact, list[Derivation]]) -> Derivation:
    """The derivation of a triple, premises first found first; premises of the closure never form a loop."""
    if fact in reasons:
        return reasons[fact][0]
    if fact not in closure.reasons:
        return Derivation(fact, "stated")
    rule, premises = closure.reasons[fact]
    return Derivation(fact, rule, None, tuple(_chain(premise, closure, reasons) for premise in premises))


def claims_of(derivations: Iterable[Derivation]) -> list[str]:
    """IRIs of all claims that derivations rest on, in order of appearance."""
    found: dict[str, None] = {}
    for derivation in derivations:
        if derivation.claim:
            found[derivation.claim] = None
        for claim in claims_of(derivation.premises):
            found[claim] = None
    return list(found)
