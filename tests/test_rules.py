"""Every rule, by a case that keeps it and a case that breaks it:
tests/rules/<rule>/{pass,fail}-*.ttl."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad, Store, Triple
from rdflib.namespace import SH

from aruntime import build, corpus
from aruntime.corpus import Corpus
from aruntime.model import Finding
from aruntime.namespaces import ID, PREFIXES, iri
from aruntime.validation import checks, files, pyshacl_engine, shapes
from aruntime.validation.data import Data

RULES = Path(__file__).parent / "rules"
CASES = sorted(RULES.glob("*/*.ttl"))
RULE = PREFIXES["rule"]
REMARKS = frozenset(
    map(
        iri,
        ("skos:definition", "skos:example", "skos:scopeNote", "dcterms:source", "rdfs:isDefinedBy"),
    )
)
"""Properties of the vocabulary's terms that no check asks for."""


@lru_cache
def all_shapes() -> rdflib.Graph:
    triples = (t for path in shapes.shape_files() for t in corpus.triples_of(path))
    return pyshacl_engine.graph_of(triples)


@lru_cache
def known_shapes() -> tuple[shapes.Shape, ...]:
    return tuple(shapes.load())


def holding(rule: str) -> list[shapes.Shape]:
    """The shapes that hold a rule."""
    return [shape for shape in known_shapes() if rule in shapes.rule_ids([shape])]


@lru_cache
def vocabulary() -> Corpus:
    names = {corpus.graph_name(path): path for path in corpus.vocabulary_files()}
    return Corpus({name: corpus.triples_of(path) for name, path in names.items()}, names)


@lru_cache
def classes_for_pyshacl() -> rdflib.Graph:
    return pyshacl_engine.graph_of(classes())


def found_by_pyshacl(rule: str, stated: tuple[Triple, ...]) -> set[Finding]:
    """What pySHACL finds; its graph of the classes is made once, and a case is added and taken
    away."""
    graph = classes_for_pyshacl()
    new = [triple for triple in pyshacl_engine.graph_of(stated) if triple not in graph]
    for triple in new:
        graph.add(triple)
    try:
        return {result.finding() for result in pyshacl_engine.report(graph, only(rule))}
    finally:
        for triple in new:
            graph.remove(triple)


@lru_cache
def classes() -> tuple[Triple, ...]:
    """Of the vocabulary only what a shape may ask: what belongs to which class."""
    wanted, formal = (iri("rdf:type"), iri("rdfs:subClassOf")), (PREFIXES["owl"], PREFIXES["sh"])
    found = (
        t
        for t in vocabulary().triples()
        if t.predicate in wanted and isinstance(t.object, NamedNode)
    )
    return tuple(t for t in found if not str(t.object.value).startswith(formal))


def only(rule: str) -> rdflib.Graph:
    """The shapes graph with this rule alone."""
    whole, one, node = all_shapes(), rdflib.Graph(), rdflib.URIRef(RULE + rule)
    for parent in whole.subjects(SH.property, node):
        if isinstance(parent, rdflib.URIRef):
            one += [(parent, p, o) for p, o in whole.predicate_objects(parent) if p != SH.property]
            one.add((parent, SH.property, node))
    return one + whole.cbd(node)


def surroundings(stated: tuple[Triple, ...]) -> Corpus:
    """Of the vocabulary the classes, properties, relations and stances, and the concepts that a
    case names, their parts, and what these name; without remarks for people."""
    near = {term for t in stated for term in (t.subject, t.object)}
    near |= {t.subject for t in links() if t.predicate == iri("ar:partOf") and t.object in near}
    near |= {t.object for t in links() if t.subject in near}
    whole = {"relation", "stance"}
    kept = {
        name: tuple(
            t
            for t in vocabulary().graphs[name]
            if t.predicate not in REMARKS
            and (path.parent.name != "vocab" or path.stem in whole or t.subject in near)
        )
        for name, path in vocabulary().files.items()
    }
    return Corpus(kept, vocabulary().files)


@lru_cache
def links() -> tuple[Triple, ...]:
    """What concepts of the vocabulary say of each other, but to which scheme they belong."""
    schemes = (iri("skos:inScheme"), iri("skos:topConceptOf"))
    return tuple(
        t
        for name, path in vocabulary().files.items()
        if path.parent.name == "vocab"
        for t in vocabulary().graphs[name]
        if isinstance(t.object, NamedNode)
        and t.object.value.startswith(ID)
        and t.predicate not in schemes
    )


def breaches(rule: str, case: Path, *, everything: bool, pyshacl: bool = False) -> set[str]:
    """Focus nodes for which the case breaks the rule; of concepts, only those that the case
    describes.

    Args:
        everything: beside the whole vocabulary, not only what is near.
        pyshacl: a shape must find there what pySHACL finds.
    """
    stated = corpus.triples_of(case)
    described = {str(t.subject).strip("<>") for t in stated}
    check = checks.check_files()[0].parent / f"{rule}.rq"
    if check.is_file():
        around = vocabulary() if everything else surroundings(stated)
        whole = Corpus({**around.graphs, "case": stated}, {**around.files, "case": case})
        built = (
            build.in_memory(whole) if not case.stem.endswith("-underived") else stated_only(whole)
        )
        found = list(checks.findings(built, checks.Check(check)))
        near = list(checks.findings(built, checks.Check(check), {t.subject for t in stated}))
        assert set(near) == {finding for finding in found if finding.focus in described}, (
            "asked of one file, a check finds something else"
        )
    else:
        triples = [*classes(), *stated]
        all_found = shapes.findings(Data(triples), holding(rule))
        found = [finding for finding in all_found if finding.rule == rule]
        if pyshacl:
            assert set(found) == found_by_pyshacl(rule, stated), "pySHACL finds something else"
    return {
        finding.focus for finding in found if finding.rule == rule and finding.focus in described
    }


def stated_only(whole: Corpus) -> Store:
    """A store in which nothing was derived."""
    built = Store()
    built.extend(Quad(t.subject, t.predicate, t.object) for t in whole.triples())
    return built


def rules() -> set[str]:
    return shapes.rule_ids(known_shapes()) | {path.stem for path in checks.check_files()}


def name_of(case: Path) -> str:
    return f"{case.parent.name}/{case.stem}"


def of_checks() -> list[Path]:
    """The cases of rules that are queries; all others are of shapes."""
    names = {path.stem for path in checks.check_files()}
    return [case for case in CASES if case.parent.name in names]


FIRST = set({(c.parent, c.stem.partition("-")[0]): c for c in reversed(CASES)}.values())
"""Of each rule the first case that keeps it, and the first that breaks it."""


@pytest.mark.parametrize(
    "case",
    [case if case in FIRST else pytest.param(case, marks=pytest.mark.slow) for case in CASES],
    ids=name_of,
)
def test_case_keeps_or_breaks_its_rule(case: Path) -> None:
    found = breaches(case.parent.name, case, everything=False)
    assert bool(found) == case.stem.startswith("fail-"), found


@pytest.mark.slow
@pytest.mark.parametrize("case", of_checks(), ids=name_of)
def test_case_does_so_beside_the_whole_vocabulary(case: Path) -> None:
    found = breaches(case.parent.name, case, everything=True)
    assert bool(found) == case.stem.startswith("fail-"), found


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted({*CASES} - {*of_checks()}), ids=name_of)
def test_pyshacl_finds_the_same(case: Path) -> None:
    breaches(case.parent.name, case, everything=False, pyshacl=True)


def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it() -> None:
    kinds = {
        rule: {case.stem.split("-")[0] for case in (RULES / rule).glob("*.ttl")} for rule in rules()
    }
    assert {rule: kind for rule, kind in kinds.items() if kind != {"pass", "fail"}} == {}


def test_no_case_is_left_over_from_a_rule_that_is_gone() -> None:
    assert {path.name for path in RULES.iterdir()} - rules() == set()


def test_every_rule_says_how_to_mend_it() -> None:
    graph = all_shapes()
    for message in graph.objects(None, SH.message):
        assert len(str(message)) > 20
    for path in checks.check_files():
        assert len(checks.Check(path).message) > 20
        assert checks.Check(path).severity


def test_patterns_are_those_of_xpath() -> None:
    """Other engines of SHACL read ``sh:pattern`` as XPath does: without looking ahead or back."""
    patterns = {str(text) for text in all_shapes().objects(None, SH.pattern)}
    assert len(patterns) > 10
    assert [text for text in patterns if "(?" in text] == []


def test_rules_on_files_find_what_they_are_for(tmp_path: Path) -> None:
    path = tmp_path / "runtime" / "engine" / "about.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(
        "PREFIX ar: <https://w3id.org/aruntime/ns#>\n# a remark\n<https://w3id.org/aruntime/id/runtime/other> a ar:Runtime, ar:Evidence ; ar:x [] .\n"
    )
    triples = corpus.triples_of(path)
    found = {name for name, rule in files.RULES.items() if list(rule(path, triples))}
    assert found == set(files.RULES)


@pytest.mark.parametrize(
    ("name", "cls", "kept"),
    [
        ("about", "Reading", True), ("about", "Release", True), ("about", "CitedFile", False),
        ("claims", "ResponsibilityClaim", True), ("claims", "Coverage", True), ("claims", "Evidence", False),
        ("pins", "Evidence", True), ("pins", "CitedFile", True), ("pins", "Reading", False),
        ("notes", "Reading", False),
    ],
)  # fmt: skip
def test_a_runtimes_file_holds_its_kind(tmp_path: Path, name: str, cls: str, kept: bool) -> None:
    path = tmp_path / "runtime" / "engine" / f"{name}.ttl"
    triple = Triple(iri("runtime:engine"), iri("rdf:type"), iri(f"ar:{cls}"))
    assert (not list(files.RULES["runtime-file-holds-its-kind"](path, (triple,)))) == kept


def test_a_misspelled_shacl_term_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "typo.ttl"
    path.write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\n<http://e/s> a sh:NodeShape ; sh:targetClas <http://e/C> .\n"
    )
    with pytest.raises(shapes.DataError, match="targetClas"):
        shapes.load([path])


def test_no_shape_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("")
    with pytest.raises(shapes.DataError, match="no shape"):
        shapes.load([path])


def test_no_focus_node_is_an_error() -> None:
    with pytest.raises(shapes.DataError, match="no node"):
        list(shapes.findings(Data(()), known_shapes()))
