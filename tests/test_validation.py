"""Validation against its reference: pySHACL finds the same on what ships and on mutants; one file is judged as it is among all."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.corpus import Corpus
from aruntime.model import Finding, Term
from aruntime.namespaces import PREFIXES, iri
from aruntime.validation import pyshacl_engine, shapes
from aruntime.validation.validate import validate

MUTANTS = 60
"""Mutated nodes of one run; rules are node-local, so that many can be judged at once."""
SEEDS = 5
_XSD = PREFIXES["xsd"]
_ODD = (
    Literal("plain"),
    Literal("", language="en"),
    Literal("Zwei", language="de"),
    Literal("x" * 400),
    Literal("0", datatype=NamedNode(_XSD + "integer")),
    Literal("-3", datatype=NamedNode(_XSD + "integer")),
    Literal("one", datatype=NamedNode(_XSD + "integer")),
    Literal("1.5", datatype=NamedNode(_XSD + "decimal")),
    Literal("true", datatype=NamedNode(_XSD + "boolean")),
    Literal("2026-01-02T00:00:00Z", datatype=NamedNode(_XSD + "dateTime")),
    Literal("2026-13-02T00:00:00Z", datatype=NamedNode(_XSD + "dateTime")),
    Literal("2026-01-02", datatype=NamedNode(_XSD + "date")),
    NamedNode("https://example.org/elsewhere"),
    iri("claim-status:promoted"),
    iri("stance:delegated"),
    iri("runtime:vllm"),
    iri("layer:3"),
)


def key(findings: Iterable[Finding]) -> set[tuple[str, str, str | None, str | None]]:
    return {(finding.focus, finding.rule, finding.path, finding.value) for finding in findings}


def agree(triples: list[Triple]) -> set[tuple[str, str, str | None, str | None]]:
    """What both engines find."""
    fast = key(shapes.findings(shapes.Data(triples), shapes.load()))
    slow = key(pyshacl_engine.findings(triples, shapes.shape_files()))
    assert fast - slow == set(), "pySHACL does not find this"
    assert slow - fast == set(), "only pySHACL finds this"
    return fast


@pytest.fixture(scope="module")
def sample(shipped: Corpus) -> list[Triple]:
    """One of each kind of file, with the classes of everything."""
    chosen = ("runtime/mcp-python-sdk", "source/mcp-python-sdk-docs", "agent/aruntime", "stack/triton-vllm", "lead/aruntime-reference-site")
    names = [name for name in shipped.graphs if name.endswith(chosen)]
    assert len(names) == len(chosen)
    about = [triple for name in names for triple in shipped.graphs[name]]
    own = {triple.subject for triple in about}
    wanted = (iri("rdf:type"), iri("rdfs:subClassOf"))
    return about + [t for t in shipped.triples() if t.predicate in wanted and t.subject not in own and isinstance(t.object, NamedNode)]


def mutant(draw: random.Random, triples: list[Triple], node: Term) -> list[Triple]:
    """One node's description with one thing wrong, or changed without being wrong."""
    index = draw.choice([index for index, triple in enumerate(triples) if triple.subject == node])
    t = triples[index]
    changed = list(triples)
    way = draw.randrange(5)
    if way == 0:
        changed.pop(index)
    elif way == 1:
        changed.append(Triple(t.subject, t.predicate, draw.choice(_ODD)))
    elif way == 2:
        changed[index] = Triple(t.subject, t.predicate, draw.choice(_ODD))
    elif way == 3:
        changed[index] = Triple(t.subject, t.predicate, draw.choice([other.object for other in triples if other.predicate == t.predicate]))
    else:
        other = draw.choice([other for other in triples if other.subject != node])
        changed.append(Triple(t.subject, other.predicate, other.object))
    return changed


@pytest.mark.parametrize("seed", range(SEEDS))
def test_engines_agree_on_mutants(sample: list[Triple], seed: int) -> None:
    draw = random.Random(seed)
    own = sorted({t.subject for t in sample if t.subject.value.startswith(PREFIXES["runtime"])}, key=str)
    triples = list(sample)
    for node in draw.sample(own, min(MUTANTS, len(own))):
        triples = mutant(draw, triples, node)
    assert len(agree(triples)) > MUTANTS / 4, "the mutants break too few rules to show anything"


def test_engines_agree_on_what_ships(shipped: Corpus) -> None:
    assert {rule for _, rule, _, _ in agree(list(dict.fromkeys(shipped.triples())))} == set()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that may be broken."""
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(Path(paths.root(), folder), tmp_path / folder)
    monkeypatch.setattr(paths, "_ROOT", str(tmp_path))
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_file_is_judged_as_it_is_among_all(checkout: Path) -> None:
    path = checkout / "data" / "runtime" / "mcp-python-sdk.ttl"
    draw = random.Random(1)
    triples = [quad.triple for quad in turtle.read(path)]
    for node in draw.sample(sorted({t.subject for t in triples}, key=str), 25):
        triples = mutant(draw, triples, node)
    path.write_text(turtle.write(triples))
    among_all = {finding for finding in validate().findings if finding.file == "data/runtime/mcp-python-sdk.ttl"}
    assert len(among_all) > 8
    assert set(validate([path]).findings) == among_all
    assert {f.rule for f in among_all} & {p.stem for p in (checkout / "ontology" / "checks").glob("*.rq")}, "no check was broken"
    assert key(validate([path], "reference").findings) == key(among_all)


def test_an_overlay_is_judged_by_both_engines_alike(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(
        "PREFIX ar: <https://w3id.org/aruntime/ns#>\nPREFIX runtime: <https://w3id.org/aruntime/id/runtime/>\n"
        "runtime:mine a ar:Runtime .\n<https://w3id.org/aruntime/id/runtime/mine#x> a ar:ResponsibilityClaim ; ar:subject runtime:mine .\n"
    )
    fast, slow = validate([path]), validate([path], "reference")
    assert key(fast.findings) == key(slow.findings)
    assert not fast.conforms


def test_a_term_that_only_the_reference_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shape.ttl"
    path.write_text("PREFIX sh: <http://www.w3.org/ns/shacl#>\n<http://e/s> a sh:NodeShape ; sh:closed true .\n")
    with pytest.raises(shapes.DataError, match="closed"):
        shapes.load([path])


def test_every_component_has_its_use() -> None:
    used = {t.predicate.value.removeprefix(PREFIXES["sh"]) for path in shapes.shape_files() for t in corpus.triples_of(path)}
    assert set(shapes.COMPONENTS) <= used, "a component that no shape uses is no use"
