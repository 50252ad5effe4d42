"""The closure against owlrl, the reference; and why each conclusion holds."""

from __future__ import annotations

import owlrl
import pytest
import rdflib
from pyoxigraph import Literal, Quad, Store
from rdflib.namespace import OWL, RDF, RDFS

from aruntime import corpus, store
from aruntime.corpus import Corpus
from aruntime.engines.rdflib import to_rdflib
from aruntime.infer import Closure, direct
from aruntime.namespaces import ID, NS, PREFIXES, iri

_FORMAL = tuple(PREFIXES[p] for p in ("owl", "rdf", "xsd"))


@pytest.fixture(scope="module")
def world() -> Corpus:
    from tests.test_questions import CASES

    files = {corpus.graph_name(p): p for p in corpus.vocabulary_files()} | {"case": CASES / "world.ttl"}
    return Corpus({name: corpus.triples_of(p) for name, p in files.items()}, files)


def filled(stated: Corpus) -> Store:
    return store.in_memory(stated)


def ours(subject: object, predicate: object, value: object) -> bool:
    """A statement about named things with our properties or classes, not about the language itself."""
    if not isinstance(subject, rdflib.URIRef) or isinstance(value, rdflib.BNode):
        return False
    formal = (*_FORMAL, str(RDFS))
    if predicate == RDF.type:
        return not str(value).startswith(formal) and not subject.startswith((NS, *formal))
    return not str(predicate).startswith(formal) or predicate == RDFS.label


def test_closure_gives_owlrl_its_triples_and_no_others(world: Corpus) -> None:
    """Differences accounted for: owlrl adds the language's own axioms, x owl:sameAs x, and types of blank nodes."""
    compiled = filled(world)
    facts = list(store.facts(compiled))
    closure = Closure(store.schema(world), facts)
    given = [(t.subject, t.predicate, t.object) for t in store.schema(world)] + facts
    graph = rdflib.Graph()
    for subject, predicate, value in given:
        graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
    mine = {t for fact in [*given, *closure.derived] if ours(*(t := (to_rdflib(fact[0]), to_rdflib(fact[1]), to_rdflib(fact[2]))))}
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    theirs = {t for t in graph if ours(*t)}
    assert mine - theirs == set()
    assert theirs - mine == set()
    assert (None, RDF.type, OWL.Nothing) not in graph


def test_a_chain_concludes_that_an_owner_owns_what_is_above(world: Corpus) -> None:
    compiled = filled(world)
    closure = Closure(store.schema(world), store.facts(compiled), explain=True)
    fact = (iri("runtime:engine"), iri("ar:ownsPartOf"), iri("responsibility:batching"))
    assert fact in closure.reasons or fact in closure.derived
    chained = (iri("runtime:engine"), iri("ar:ownsPartOf"), iri("responsibility:kv-cache-management"))
    rule, premises = closure.reasons[chained]
    assert rule == "prp-spo2"
    assert any(premise[:2] == (iri("runtime:engine"), iri("ar:owns")) for premise in premises)


def test_every_conclusion_rests_on_premises_that_hold(world: Corpus) -> None:
    compiled = filled(world)
    facts = list(store.facts(compiled))
    closure = Closure(store.schema(world), facts, explain=True)
    held = {(t.subject, t.predicate, t.object) for t in store.schema(world)} | set(facts)
    for fact in closure.derived:
        assert set(closure.reasons[fact][1]) <= held
        held.add(fact)


def test_claims_that_ended_or_are_not_promoted_conclude_nothing(world: Corpus) -> None:
    concluded = {claim.value for _, _, claim in direct(filled(world)) if "#" in claim.value and "-e" not in claim.value}
    said = {fact[0] for fact, rule, claim in direct(filled(world)) if rule == "stances-are-direct" and claim.value.endswith(("#drains", "#streams"))}
    assert said == set()
    assert f"{ID}runtime/engine#batches-steps" in concluded


def test_what_is_refused_in_one_mode_alone_is_not_stated_directly(world: Corpus) -> None:
    compiled = filled(world)
    claim, stance = iri("runtime:engine#batches-steps"), iri("ar:stance")
    (native,) = compiled.quads_for_pattern(claim, stance, None)
    for refusal in ("stance:excluded", "stance:platform"):
        compiled.remove(native)
        native = Quad(claim, stance, iri(refusal))
        compiled.add(native)
        assert claim in {c for _, rule, c in direct(compiled) if rule == "stances-are-direct"}
        compiled.add(Quad(claim, iri("ar:mode"), Literal("one mode")))
        assert claim not in {c for _, rule, c in direct(compiled) if rule == "stances-are-direct"}
        compiled.remove(Quad(claim, iri("ar:mode"), Literal("one mode")))
