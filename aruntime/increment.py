"""A store kept in step with its files: what a change withdraws goes, what it adds comes, everything else is left alone.

Two laws make this exact, and tests hold the rules to them. A direct statement is about what its claim names as
``ar:subject`` or ``ar:evidence``; and a rule of ``ontology/rules`` reads a claim and what the claim names, no further. So
only claims that share such a node with a changed one are asked again. What no longer follows is then found by deleting all
that rested on what is gone, and drawing again what still follows in another way (DRed: Gupta, Mumick and Subrahmanian,
Maintaining views incrementally, 1993, doi:10.1145/170035.170066).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from aruntime.corpus import DERIVED
from aruntime.infer import AXIOMS, KINDS, Conclusion, Fact, Schema, direct
from aruntime.model import Term
from aruntime.terms import GRAPH, iri

UNION: Final = DefaultGraph()
"""Everything, each triple once: what questions are asked of."""
DRAWN: Final = NamedNode(DERIVED)
"""What is in the union only because it follows."""
DIRECT: Final = NamedNode(GRAPH + "direct")
"""What claims say directly, by the rules of ``ontology/rules``."""
RESTATED: Final = NamedNode(GRAPH + "restated")
"""What follows and is stated as well."""
SCHEMA: Final = NamedNode(GRAPH + "schema")
"""Axioms, and what rules join with of the vocabulary."""
_FOLLOWING: Final = (DRAWN, RESTATED, SCHEMA)
"""Graphs in which facts other than types are looked up."""

_TYPE: Final = iri("rdf:type")
_SHARED: Final = (iri("ar:subject"), iri("ar:evidence"))


def quad_of(fact: Fact, graph: NamedNode | DefaultGraph) -> Quad:
    """A fact in a graph."""
    subject, predicate, value = fact
    assert not isinstance(subject, Literal)
    return Quad(subject, predicate, value, graph)


def find(
    store: Store, graph: NamedNode | DefaultGraph, subject: Term | None = None, predicate: Term | None = None, value: Term | None = None
) -> Iterator[Fact]:
    """Facts of one graph that match what is given."""
    if not isinstance(subject, Literal):
        for quad in store.quads_for_pattern(subject, predicate, value, graph):  # type: ignore[arg-type]
            yield quad.subject, quad.predicate, quad.object


def schema_of(store: Store) -> Schema:
    """The axioms that a store keeps."""
    axioms = [fact for predicate in AXIOMS for fact in find(store, SCHEMA, predicate=predicate)]
    return Schema([*axioms, *(fact for kind in KINDS for fact in find(store, SCHEMA, predicate=_TYPE, value=kind))])


@dataclass
class Known:
    """The facts of a store, as rules look them up.

    Attributes:
        passing: facts about blank nodes, which rules pass through and a store is not told of.
    """

    store: Store
    passing: set[Fact] = field(default_factory=set)

    def objects(self, subject: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`aruntime.infer.Facts`."""
        return [fact[2] for graph in _FOLLOWING for fact in find(self.store, graph, subject, predicate)]

    def subjects(self, value: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`aruntime.infer.Facts`."""
        return [fact[0] for graph in _FOLLOWING for fact in find(self.store, graph, None, predicate, value)]

    def __contains__(self, fact: Fact) -> bool:
        graphs = (UNION,) if fact[1] == _TYPE else _FOLLOWING
        return fact in self.passing or any(quad_of(fact, graph) in self.store for graph in graphs)

    def about(self, node: Term) -> list[Fact]:
        """Facts in which a node stands as subject or object."""
        found = [*find(self.store, UNION, node, _TYPE)]
        for graph in (DRAWN, RESTATED):
            found += [*find(self.store, graph, node), *find(self.store, graph, value=node)]
        return found

    def add(self, fact: Fact) -> None:
        """Keep a fact that follows."""
        if _passing(fact):
            self.passing.add(fact)
        elif quad_of(fact, UNION) not in self.store:
            self.store.extend([quad_of(fact, UNION), quad_of(fact, DRAWN)])
        elif fact[1] != _TYPE and quad_of(fact, DRAWN) not in self.store:
            self.store.add(quad_of(fact, RESTATED))

    def discard(self, fact: Fact) -> None:
        """Forget that a fact follows; what is stated as well stays stated."""
        if not _passing(fact):
            if quad_of(fact, DRAWN) in self.store:
                self.store.remove(quad_of(fact, UNION))
                self.store.remove(quad_of(fact, DRAWN))
            self.store.remove(quad_of(fact, RESTATED))


def _passing(fact: Fact) -> bool:
    return isinstance(fact[0], BlankNode) or isinstance(fact[2], BlankNode)


def update(before: Store, store: Store, removed: Collection[Triple], added: Collection[Triple]) -> set[Term]:
    """Bring a store in step with a change of stated triples.

    Args:
        before: the store as it was.
        store: a copy of it, which is changed.
        removed: triples that no file states any more.
        added: triples that no file stated.

    Returns:
        Nodes that the change concerns: what changed, what that names, and what shares a claim with it.
    """
    lost, new = ([(t.subject, t.predicate, t.object) for t in triples] for triples in (removed, added))
    _restate(store, lost, new)
    changed: set[Term] = {fact[0] for fact in (*lost, *new)}
    shared, claims = _sharing(before, store, changed)
    said = {fact for fact in _said(store, claims) if fact[0] in shared}
    unsaid = {fact for node in shared for fact in find(before, DIRECT, node)} - said
    fresh = [fact for fact in said if quad_of(fact, DIRECT) not in store]
    for fact in unsaid:
        store.remove(quad_of(fact, DIRECT))
    store.extend(quad_of(fact, DIRECT) for fact in fresh)

    schema, known = schema_of(store), Known(store)
    gone = _gone(schema, Known(before), store, [*lost, *unsaid])
    for fact in gone:
        known.discard(fact)
    for fact in (*fresh, *(fact for fact in lost if quad_of(fact, DIRECT) in store)):
        known.add(fact)
    agenda: list[Fact] = [*fresh, *(fact for fact in new if fact[1] == _TYPE)]
    for node in {fact[0] for fact in gone}:
        for fact in known.about(node):
            agenda += _accepted(known, schema.conclusions(known, fact))
    while agenda:
        agenda += _accepted(known, schema.conclusions(known, agenda.pop()))
    named = {fact[2] for one in (before, store) for node in changed for fact in find(one, UNION, node)}
    subjects = {fact[2] for claim in claims for fact in find(store, UNION, claim, _SHARED[0])}
    return changed | shared | named | subjects


def _restate(store: Store, lost: Iterable[Fact], new: Iterable[Fact]) -> None:
    """Take out what is no longer stated and put in what now is; what followed without being stated is stated from now on."""
    for fact in lost:
        store.remove(quad_of(fact, UNION))
        store.remove(quad_of(fact, RESTATED))
    for fact in new:
        store.add(quad_of(fact, UNION))
        if quad_of(fact, DRAWN) in store:
            store.remove(quad_of(fact, DRAWN))
            if fact[1] != _TYPE:
                store.add(quad_of(fact, RESTATED))


def _sharing(before: Store, store: Store, changed: Collection[Term]) -> tuple[set[Term], set[Term]]:
    """Nodes about which changed claims can say something, and every claim that can say something about them."""
    shared = {fact[2] for one in (before, store) for node in changed for predicate in _SHARED for fact in find(one, UNION, node, predicate)}
    shared |= set(changed)
    claims = {fact[0] for node in shared for predicate in _SHARED for fact in find(store, UNION, None, predicate, node)}
    return shared, claims | set(changed)


def _said(store: Store, claims: Iterable[Term]) -> Iterator[Fact]:
    """What rules conclude from some claims: they are asked of a small store with these and what they name."""
    small, seen = Store(), set(claims)
    near: set[Term] = set(seen)
    for _ in range(2):
        facts = [fact for node in near for fact in find(store, UNION, node)]
        small.extend(quad_of(fact, UNION) for fact in facts)
        near = {value for _, _, value in facts if isinstance(value, NamedNode) and value not in seen}
        seen |= near
    for fact, _, _ in direct(small):
        yield fact


def _gone(schema: Schema, before: Known, store: Store, lost: Iterable[Fact]) -> set[Fact]:
    """Facts that rested, perhaps not alone, on what was lost; given facts stay."""
    gone: set[Fact] = set()
    agenda = [fact for fact in lost if fact in before]
    while agenda:
        fact = agenda.pop()
        if fact not in gone and not _given(store, fact):
            gone.add(fact)
            agenda += [conclusion for conclusion, _, _ in schema.conclusions(before, fact)]
    return gone


def _given(store: Store, fact: Fact) -> bool:
    """Whether the closure starts from a fact: a direct statement, or a stated type."""
    stated = fact[1] == _TYPE and quad_of(fact, UNION) in store and quad_of(fact, DRAWN) not in store
    return stated or quad_of(fact, DIRECT) in store


def _accepted(known: Known, conclusions: Iterable[Conclusion]) -> list[Fact]:
    """Conclusions that were not known; they are from now on."""
    found = [fact for fact, _, _ in conclusions if fact not in known]
    for fact in found:
        known.add(fact)
    return found
