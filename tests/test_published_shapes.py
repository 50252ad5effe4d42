"""The shapes file in engines of others: what ``aruntime validate`` finds, pySHACL and rudof find
too, the rules on several nodes among them."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, QuerySolutions, Store, Triple

from aruntime import build, corpus, paths
from aruntime.corpus import Corpus
from aruntime.namespaces import NS, PREFIXES, iri, slug
from aruntime.publication.edition import Edition
from aruntime.publication.shapes import as_constraint, shape_file
from aruntime.validation import checks, pyshacl_engine, shapes
from aruntime.validation.data import Data
from aruntime.validation.validate import described

RULES = Path(__file__).parent / "rules"
SEEDS = (
    "claim-has-statement",
    "delegate-is-another",
    "evidence-has-exact-locator",
    "exactly-one-primary-family",
    "integration-joins-two",
    "leads-are-never-evidence",
    "no-instant-in-the-future",
    "promoted-claim-has-a-reading",
    "release-belongs-to-subject",
    "review-by-follows-review",
    "source-is-authoritative",
)
"""Rules of either kind whose bad examples make the bad file."""
ONTOLOGY = NS.removesuffix("#")

Broken = set[tuple[str, str]]
"""Rule and node to mend."""


def cases(*rules: str) -> dict[str, Path]:
    """Bad examples by the name of their graph; those that nothing may be derived from are left
    out."""
    found = (path for rule in rules for path in sorted((RULES / rule).glob("fail-*.ttl")))
    return {
        f"case-{path.parent.name}-{path.stem}": path
        for path in found
        if "underived" not in path.stem
    }


def world(files: dict[str, Path]) -> tuple[Corpus, Store]:
    stated = Corpus({name: corpus.triples_of(path) for name, path in files.items()}, files)
    return stated, build.in_memory(stated)


def vocabulary(*, terms_only: bool = False) -> dict[str, Path]:
    """Files of the ontology, with or without the concepts."""
    found = corpus.vocabulary_files()
    return {
        corpus.graph_name(p): p for p in found if not terms_only or p.parent == paths.ontology()
    }


def asked_as_constraint(check: checks.Check, store: Store) -> set[tuple[str, str | None]]:
    heads = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
    answer = store.query(heads + as_constraint(check))
    assert isinstance(answer, QuerySolutions)
    return {(row["value"].value, row["path"] and row["path"].value) for row in answer}  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_constraint_finds_what_its_check_finds() -> None:
    """All bad examples in one graph; those that the others mend, each in a graph of its own."""
    known = [checks.Check(path) for path in checks.check_files()]
    together = world(vocabulary() | cases(*(check.rule for check in known)))[1]
    for check in known:
        store = together
        own = {(f.focus, f.path) for f in checks.findings(store, check)}
        if not own and cases(check.rule):
            store = world(vocabulary() | dict([next(iter(cases(check.rule).items()))]))[1]
            own = {(f.focus, f.path) for f in checks.findings(store, check)}
        assert own or not cases(check.rule), check.rule
        assert asked_as_constraint(check, store) == own, check.rule


@pytest.mark.parametrize(
    "check", [checks.Check(path) for path in checks.check_files()], ids=lambda c: c.rule
)
def test_a_constraint_keeps_to_what_shacl_allows(check: checks.Check) -> None:
    """https://www.w3.org/TR/shacl/#pre-binding"""
    text = as_constraint(check)
    assert text.startswith("SELECT DISTINCT $this ?path ?value ?found\n")
    for word in ("MINUS", "VALUES", "SERVICE", "GRAPH", "FROM", "UNDEF"):
        assert word not in text, word
    assert text.count("SELECT") == text.count("$this")
    rdflib.plugins.sparql.prepareQuery(text, initNs=PREFIXES)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def bad() -> tuple[Broken, list[Triple], str]:
    """What ``aruntime validate`` finds in the bad file, the data graph, and the shapes file."""
    stated, compiled = world(vocabulary(terms_only=True) | cases(*SEEDS))
    found: Broken = set()
    for path in checks.check_files():
        check = checks.Check(path)
        found |= {(check.rule, f.focus) for f in checks.findings(compiled, check)}
    data = Data(described({t.subject for t in stated.triples()}, compiled))
    found |= {(f.rule, f.focus) for f in shapes.findings(data, shapes.load())}
    seeded = {(rule, focus) for rule, focus in found if rule in SEEDS}
    assert {rule for rule, _ in seeded} == set(SEEDS)
    whole = [q.triple for q in compiled.quads_for_pattern(None, None, None, DefaultGraph())]
    text = next(iter(shape_file(Edition(corpus.load(), _header())))).content.decode()
    return seeded, whole, text


def _header() -> Store:
    """A store with the ontology's header, all that the shapes file takes from the compiled
    graph."""
    return world(vocabulary(terms_only=True))[1]


@pytest.mark.slow
def test_pyshacl_finds_what_validate_finds(bad: tuple[Broken, list[Triple], str]) -> None:
    wanted, data, text = bad
    graph = rdflib.Graph().parse(data=text, format="turtle")
    results = pyshacl_engine.report(pyshacl_engine.graph_of(data), graph)
    findings = [result.finding() for result in results]
    found = {(f.rule, f.value or "" if f.focus == ONTOLOGY else f.focus) for f in findings}
    assert {(rule, focus) for rule, focus in found if rule in SEEDS} == wanted


@pytest.mark.slow
def test_rudof_finds_what_validate_finds(bad: tuple[Broken, list[Triple], str]) -> None:
    pyrudof = pytest.importorskip("pyrudof")
    wanted, data, text = bad
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data("\n".join(f"{triple} ." for triple in data))
    rudof.read_shacl(text)
    found = set()
    for result in rudof.validate_shacl(pyrudof.ShaclValidationMode.Native):
        focus = str(result.focus_node).strip("<>")
        node = str(result.value).strip("<>") if focus == ONTOLOGY else focus
        found.add((slug(str(result.source_shape).strip("<>")), node))
    assert {(rule, focus) for rule, focus in found if rule in SEEDS} == wanted


def test_the_file_holds_every_rule(bad: tuple[Broken, list[Triple], str]) -> None:
    graph = rdflib.Graph().parse(data=bad[2], format="turtle")
    named = {slug(str(s)) for s in graph.subjects() if str(s).startswith(PREFIXES["rule"])}
    assert named >= {path.stem for path in checks.check_files()}
    assert named >= shapes.rule_ids(shapes.load())
    header = rdflib.URIRef("https://w3id.org/aruntime/shapes")
    said = {str(p) for p in graph.predicates(header)}
    assert said >= {iri(f"dcterms:{name}").value for name in ("title", "description", "license")}
