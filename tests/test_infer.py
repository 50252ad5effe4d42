"""The closure against owlrl, the reference; and why each conclusion holds."""

from __future__ import annotations

import owlrl
import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple
from rdflib.namespace import OWL, RDF, RDFS

from aruntime import build, corpus
from aruntime.closure import Closure
from aruntime.corpus import Corpus
from aruntime.infer import add_defaults, direct
from aruntime.namespaces import ID, NS, PREFIXES, iri
from aruntime.store import DERIVED, Fact, match
from aruntime.validation.pyshacl_engine import to_rdflib
from aruntime.why import claims_of, derivations

_FORMAL = tuple(PREFIXES[p] for p in ("owl", "rdf", "xsd"))


@pytest.fixture(scope="module")
def world() -> Corpus:
    from tests.test_questions import CASES

    files = {corpus.graph_name(p): p for p in corpus.vocabulary_files()} | {
        "case": CASES / "world.ttl"
    }
    return Corpus({name: corpus.triples_of(p) for name, p in files.items()}, files)


@pytest.fixture(scope="module")
def compiled(world: Corpus) -> Store:
    return build.in_memory(world)


@pytest.fixture(scope="module")
def facts(world: Corpus, compiled: Store) -> list[Fact]:
    """What the closure of the world starts from: types, direct statements, and what has a wider
    property."""
    given = build.premises(compiled, build.schema(world))
    return list(dict.fromkeys([*given, *(fact for fact, _, _ in direct(compiled))]))


def ours(subject: object, predicate: object, value: object) -> bool:
    """A statement about named things with our properties or classes, not about the language
    itself."""
    if not isinstance(subject, rdflib.URIRef) or isinstance(value, rdflib.BNode):
        return False
    formal = (*_FORMAL, str(RDFS))
    if predicate == RDF.type:
        return not str(value).startswith(formal) and not subject.startswith((NS, *formal))
    return not str(predicate).startswith(formal) or predicate == RDFS.label


@pytest.mark.slow
def test_closure_gives_owlrl_its_triples_and_no_others(world: Corpus, facts: list[Fact]) -> None:
    agrees_with_owlrl(list(build.schema(world)), facts)


@pytest.mark.slow
def test_closure_of_one_runtime_gives_owlrl_its_triples_and_no_others(
    world: Corpus, facts: list[Fact]
) -> None:
    """Classes and properties, what is said of the server, and what is broader than what it owns."""
    terms = {
        name for name, path in world.files.items() if name != "case" and path.parent.name != "vocab"
    }
    own = [fact for fact in facts if "/runtime/server" in str(fact[0])]
    named = {term for fact in own for term in (fact[0], fact[2])}
    around = [
        Triple(t.subject, t.predicate, t.object)
        for t in build.schema(world)
        if t.predicate in (iri("skos:broader"), iri("skos:broaderTransitive"))
        and t.subject in named
    ]
    schema = [
        t for t in build.schema(Corpus({n: world.graphs[n] for n in terms}, world.files))
    ] + around
    assert any(fact[1] == iri("ar:owns") for fact in own) and around
    agrees_with_owlrl(schema, own)


def agrees_with_owlrl(schema: list[Triple], facts: list[Fact]) -> None:
    """Differences accounted for: owlrl adds the language's own axioms, x owl:sameAs x, and types of
    blank nodes."""
    closure = Closure(schema, facts)
    given = [(t.subject, t.predicate, t.object) for t in schema] + facts
    graph = rdflib.Graph()
    for subject, predicate, value in given:
        graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
    mine = {
        t
        for fact in [*given, *closure.derived]
        if ours(*(t := (to_rdflib(fact[0]), to_rdflib(fact[1]), to_rdflib(fact[2]))))
    }
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    theirs = {t for t in graph if ours(*t)}
    assert closure.derived
    assert mine - theirs == set()
    assert theirs - mine == set()
    assert (None, RDF.type, OWL.Nothing) not in graph


def test_a_chain_concludes_that_an_owner_owns_within_what_is_above(compiled: Store) -> None:
    above = iri("responsibility:kv-cache-management")
    (found,) = derivations(compiled, (iri("runtime:engine"), iri("ar:ownsWithin"), above))
    assert found.rule == "prp-spo2"
    owning = (iri("runtime:engine"), iri("ar:owns"))
    assert any(premise.triple[:2] == owning for premise in found.premises)


def test_every_conclusion_about_the_engine_rests_on_premises_that_hold(compiled: Store) -> None:
    derived = list(match(compiled, iri("runtime:engine"), graph=DERIVED))
    assert len(derived) > 20
    for fact in derived:
        found = derivations(compiled, fact)
        assert found, fact
        for reason in found:
            assert reason.claim or reason.premises, fact
            assert all(Quad(*premise.triple) in compiled for premise in reason.premises)


def test_a_class_that_is_defined_by_a_value_is_explained_by_that_value(compiled: Store) -> None:
    kind = iri("ar:GenerativeModelRuntime")
    (found,) = derivations(compiled, (iri("runtime:engine"), iri("rdf:type"), kind))
    assert found.rule == "cls-hv2, cax-eqc2"
    assert claims_of([found]) == [f"{ID}runtime/engine#family"]


def said(
    stated: Corpus, *more: tuple[str, str, str | Literal], without: tuple[str, ...] = ()
) -> dict[str, set[str]]:
    """Direct properties by claim of the world, with some triples more, or without some of a claim's
    properties."""
    dropped = {(claim("runtime:engine#batches-steps"), iri(name)) for name in without}
    kept = tuple(t for t in stated.graphs["case"] if (t.subject, t.predicate) not in dropped)
    added = tuple(
        Triple(claim(s), iri(p), o if isinstance(o, Literal) else claim(o)) for s, p, o in more
    )
    found: dict[str, set[str]] = {}
    store = Store()
    for triples in {**stated.graphs, "case": (*kept, *added)}.values():
        store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    add_defaults(store)
    for fact, rule, source in direct(store):
        if rule != "locators-are-addresses":
            found.setdefault(source.value.rpartition("/")[2], set()).add(
                fact[1].value.removeprefix(NS)
            )
    return found


def claim(curie: str) -> NamedNode:
    """The IRI of ``runtime:engine#batches-steps`` and the like."""
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


BATCHES = "runtime:engine#batches-steps"


def test_claims_that_ended_or_are_not_promoted_conclude_nothing(world: Corpus) -> None:
    found = said(world)
    assert "engine#drains" not in found and "engine#streams" not in found
    assert found["engine#batches-steps"] == {"owns", "occupiesLayer"}


def test_a_part_a_condition_or_a_configuration_makes_an_owner_a_partial_one(world: Corpus) -> None:
    found = said(world)
    assert found["server#splits-traffic"] == {
        "ownsInPart"
    }  # in a configuration that is off by default, and of parts
    assert found["flow#retries-tools"] == {"ownsInPart"}  # under a condition
    assert found["server#queues-plain"] == {
        "owns",
        "occupiesLayer",
    }  # in the default option of a choice
    assert found["server#routes-in-part"] == {"ownsInPart"}


def test_every_essential_part_is_the_responsibility(world: Corpus) -> None:
    """Of authentication, checking credentials and demanding them of inference requests is
    essential."""
    assert said(world)["server#checks-keys"] == {"owns", "ownsInPart", "occupiesLayer"}


def test_what_is_embedded_is_owned_and_its_library_is_embedded(world: Corpus) -> None:
    found = said(world)
    assert found["engine#constrains-output"] == {"owns", "occupiesLayer", "embeds"}
    assert found["flow#keeps-workers"] == {"ownsInPart", "embeds"}


def test_previews_experiments_and_deprecations_state_nothing_directly(world: Corpus) -> None:
    found = said(world)
    assert "engine#offloads" not in found and "engine#scales-itself" not in found


@pytest.mark.parametrize(
    ("stance", "property_"),
    [("excluded", "excludes"), ("operator", "leavesToOperator"), ("caller", "leavesToCaller")],
)
def test_a_refusal_or_duty_is_direct_only_where_nothing_limits_it(
    world: Corpus, stance: str, property_: str
) -> None:
    other = (BATCHES, "ar:stance", f"stance:{stance}")
    assert said(world, other, without=("ar:stance",))["engine#batches-steps"] == {property_}
    for limit in (
        (BATCHES, "ar:condition", Literal("for short prompts")),
        (BATCHES, "ar:part", "part:continuous-batching.selection"),
        (BATCHES, "ar:inConfiguration", "runtime:engine#remote-cache"),
    ):
        assert "engine#batches-steps" not in said(world, other, limit, without=("ar:stance",)), (
            limit
        )


def test_a_refusal_in_the_default_option_is_a_limit(world: Corpus) -> None:
    """Another option may do it."""
    found = said(world, ("runtime:server#no-rollout", "ar:inConfiguration", "runtime:server#plain"))
    assert "server#no-rollout" not in found


def test_an_integration_is_a_possibility_in_whichever_configuration(world: Corpus) -> None:
    found = said(world)
    assert found["server#hosts-engine"] == {"hosts"}
    assert found["engine#shares-cache"] == {"delegatesTo"}
    assert found["server#groups-replicas"] == {"delegatesTo"}
    assert found["server#leaves-placement"] == {"delegates", "delegatesTo"}


Named = dict[tuple[Fact, NamedNode], BlankNode]


@pytest.fixture(scope="module")
def named(compiled: Store) -> Named:
    """By statement and claim the annotation that joins them."""
    rows = compiled.query(
        "SELECT ?axiom ?s ?p ?o ?claim { ?axiom a owl:Axiom ; owl:annotatedSource ?s ; owl:annotatedProperty ?p ; owl:annotatedTarget ?o ; "
        "ar:derivedFromClaim ?claim ; prov:wasDerivedFrom ?claim }",
        prefixes=PREFIXES,
    )
    return {((row["s"], row["p"], row["o"]), row["claim"]): row["axiom"] for row in rows}  # type: ignore[union-attr, misc]


def test_each_direct_statement_names_its_claims_as_an_annotated_axiom(
    world: Corpus, compiled: Store, named: Named
) -> None:
    found = {
        (fact, source) for fact, _, source in direct(compiled) if not isinstance(fact[2], Literal)
    }
    kinds = {fact[1] for fact, _ in found}
    assert {pair for pair in named if pair[0][1] in kinds} == found
    assert all(isinstance(axiom, BlankNode) for axiom in named.values())
    again = build.in_memory(world)
    assert {str(axiom) for axiom in named.values()} == {
        str(q.subject) for q in again.quads_for_pattern(None, iri("ar:derivedFromClaim"), None)
    }


def test_what_follows_from_a_direct_statement_names_the_same_claims(
    compiled: Store, named: Named
) -> None:
    """Wider and inverse properties, and the chain to wider responsibilities; never a type."""
    components = {s for s, _, _ in match(compiled, None, iri("rdf:type"), iri("ar:Component"))}
    derived = {
        (q.subject, q.predicate, q.object)
        for q in compiled.quads_for_pattern(None, None, None, DERIVED)
        if q.subject in components and q.predicate.value.startswith(NS)
    }
    wider = {"composesWith", "dependsOn", "ownsWithin", "hostedBy"}
    assert {iri(f"ar:{name}") for name in wider} <= {fact[1] for fact in derived}
    assert {fact for fact, _ in named} == derived
    for fact in derived:
        claims = {claim.value for statement, claim in named if statement == fact}
        assert claims >= set(claims_of(derivations(compiled, fact))) != set(), fact


def test_a_plain_store_answers_in_the_terms_of_prov(compiled: Store) -> None:
    rows = compiled.query(
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?thing ?source { ?thing prov:wasDerivedFrom/prov:hadPrimarySource ?source }"
    )
    found = {(row["thing"], row["source"]) for row in rows}  # type: ignore[union-attr]
    assert (claim(BATCHES), iri("source:engine-docs")) in found
    releases = compiled.query(
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?release { ?release prov:specializationOf <https://w3id.org/aruntime/id/runtime/engine> }"
    )
    assert len(list(releases)) == 2  # type: ignore[arg-type]


def test_dependence_is_one_step(compiled: Store) -> None:
    """The server hosts the engine, which runs on the frame: what hosts depends on neither."""
    depends = {
        (q.subject.value.rpartition("/")[2], q.object.value.rpartition("/")[2])
        for q in compiled.quads_for_pattern(None, iri("ar:dependsOn"), None)
    }  # type: ignore[union-attr]
    assert depends == {
        ("engine", "frame"),
        ("engine", "grammar"),
        ("flow", "database"),
        ("flow", "queue"),
    }
