"""Validation against its reference: pySHACL finds the same on what ships and on mutants; one file
is judged as it is among all."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from aruntime import build, corpus, paths, turtle
from aruntime.corpus import Corpus
from aruntime.errors import DataError
from aruntime.graph import Graph
from aruntime.model import Finding, Report, Severity, Term
from aruntime.namespaces import PREFIXES, iri
from aruntime.validation import checks, shapes
from aruntime.validation import report as reports
from aruntime.validation.data import Data
from aruntime.validation.pyshacl_engine import graph_of, report
from aruntime.validation.validate import described, validate
from tests.conftest import Run

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


_COMPARED = {
    iri(name)
    for name in ("ar:startLine", "ar:endLine", "ar:reviewBy", "ar:reviewed", "prov:endedAtTime")
}
"""What shapes compare: pySHACL stops at values of different types, where the other engine reports them."""


def key(findings: Iterable[Finding]) -> set[tuple[str, str, str | None, str | None]]:
    return {(finding.focus, finding.rule, finding.path, finding.value) for finding in findings}


def agree(triples: list[Triple]) -> set[tuple[str, str, str | None, str | None]]:
    """What both engines find."""
    fast = key(shapes.findings(Data(triples), shapes.load()))
    rules = graph_of(t for path in shapes.shape_files() for t in corpus.triples_of(path))
    slow = key(result.finding() for result in report(graph_of(triples), rules))
    assert fast - slow == set(), "pySHACL does not find this"
    assert slow - fast == set(), "only pySHACL finds this"
    return fast


@pytest.fixture(scope="module")
def sample(shipped: Corpus) -> list[Triple]:
    """One of each kind of file, with the classes of what they name."""
    chosen = (
        "mcp-python-sdk/about",
        "mcp-python-sdk/claims",
        "mcp-python-sdk/pins",
        "source/mcp-python-sdk-docs",
        "agent/aruntime",
        "stack/triton-vllm",
        "lead/aruntime-reference-site",
    )
    names = [name for name in shipped.graphs if name.endswith(chosen)]
    assert len(names) == len(chosen)
    about = [triple for name in names for triple in shipped.graphs[name]]
    own = {triple.subject for triple in about}
    near = {
        name: path
        for name, path in shipped.files.items()
        if name in names or path.is_relative_to(paths.ontology())
    }
    compiled = build.in_memory(Corpus({name: shipped.graphs[name] for name in near}, near))
    about += [t for t in described(own, compiled) if t not in about]
    wanted = (iri("rdf:type"), iri("rdfs:subClassOf"))
    named = {t.object for t in about} | set(_ODD)
    about += [
        t
        for t in shipped.triples()
        if t.predicate in wanted and t.subject not in own and isinstance(t.object, NamedNode)
        if t.predicate == wanted[1] or t.subject in named
    ]
    return [Triple(t.subject, t.predicate, t.object) for t in about]


def mutant(draw: random.Random, triples: list[Triple], node: Term) -> list[Triple]:
    """One node's description with one thing wrong, or changed without being wrong."""
    index = draw.choice([index for index, triple in enumerate(triples) if triple.subject == node])
    if triples[index].predicate in _COMPARED:
        return triples
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
        changed[index] = Triple(
            t.subject,
            t.predicate,
            draw.choice([other.object for other in triples if other.predicate == t.predicate]),
        )
    else:
        other = draw.choice([other for other in triples if other.subject != node])
        if other.predicate not in _COMPARED:
            changed.append(Triple(t.subject, other.predicate, other.object))
    return changed


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, SEEDS))]
)
def test_engines_agree_on_mutants(sample: list[Triple], seed: int) -> None:
    draw = random.Random(seed)
    own = sorted(
        {t.subject for t in sample if t.subject.value.startswith(PREFIXES["runtime"])}, key=str
    )
    triples = list(sample)
    for node in draw.sample(own, min(MUTANTS, len(own))):
        triples = mutant(draw, triples, node)
    assert len(agree(triples)) > MUTANTS / 4, "the mutants break too few rules to show anything"


@pytest.mark.slow
def test_engines_agree_on_what_ships(shipped: Corpus) -> None:
    """The quick sibling is about mutants of one runtime."""
    whole = build.in_memory(shipped)
    found = agree(list(described({t.subject for t in shipped.triples()}, whole)))
    assert {rule for _, rule, _, _ in found} == set()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of one runtime that may be broken."""
    return checked_out(tmp_path, monkeypatch)


def checked_out(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """A checkout of one runtime in *folder*, in which everything is done from now on."""
    for name in ("ontology", "queries", "data/agent", "data/lead", "data/runtime/mcp-python-sdk"):
        shutil.copytree(Path(paths.root(), name), folder / name)
    (folder / "data" / "source").mkdir()
    for path in Path(paths.root(), "data", "source").glob("mcp-*"):
        shutil.copy(path, folder / "data" / "source")
    patch.setattr(paths, "_ROOT", str(folder))
    patch.setenv("ARUNTIME_CACHE", str(folder / "cache"))
    patch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "name", ["about", *(pytest.param(n, marks=pytest.mark.slow) for n in ("claims", "pins"))]
)
def test_one_file_is_judged_as_it_is_among_all(checkout: Path, name: str) -> None:
    path = checkout / "data" / "runtime" / "mcp-python-sdk" / f"{name}.ttl"
    draw = random.Random(name)
    triples = [quad.triple for quad in turtle.read(path)]
    nodes = sorted({t.subject for t in triples}, key=str)
    for node in [*nodes[:40]] * (3 if len(nodes) < 20 else 1):
        triples = mutant(draw, triples, node)
    path.write_text(turtle.write(triples))
    shown = f"data/runtime/mcp-python-sdk/{name}.ttl"
    among_all = {finding for finding in validate().findings if finding.file == shown}
    assert among_all
    assert set(validate([path]).findings) == among_all
    if name == "claims":
        assert {f.rule for f in among_all} & {p.stem for p in checks.check_files()}, (
            "no check was broken"
        )
        assert key(validate([path], "reference").findings) == key(among_all)


def test_a_shipped_runtime_conforms(graph: Graph) -> None:
    """Of the runtimes one; ``aruntime validate`` and the slow tests judge all."""
    report = validate([Path(paths.root(), "data", "runtime", "keda")])
    assert [f"{f.file}:{f.line}: {f.rule}" for f in report.findings if f.blocking] == []
    assert report.focus_nodes > 100 and report.rules > 100


@pytest.mark.slow
def test_a_shipped_file_by_itself_is_judged_as_it_is_among_all(report: Report) -> None:
    folder = Path(paths.root(), "data", "runtime", "vllm")
    for path in folder.iterdir():
        name = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
        among_all = {finding for finding in report.findings if finding.file == name}
        assert set(validate([path]).findings) == among_all


PREFIXED = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
MINE = """@prefix : <https://w3id.org/aruntime/id/runtime/mine#> .
runtime:mine a ar:Runtime ; rdfs:label "Mine"@en ; ar:maintainer agent:{maintainer} ;
  dcterms:description "An engine of mine."@en ; schema:codeRepository <https://example.org/mine> .
:release-1.0 a ar:Release ; ar:version "1.0" ; ar:purl "pkg:pypi/mine@1.0" .
:reading-1 a ar:Reading ; ar:curationMode curation-mode:human ; ar:verifiedIn :release-1.0 ;
  ar:reviewBy "2999-01-01T00:00:00Z"^^xsd:dateTime ; prov:endedAtTime
  "2026-01-02T00:00:00Z"^^xsd:dateTime ; prov:wasAssociatedWith agent:{curator} .
:a a ar:TargetClaim ; ar:statement "It runs on processors of the x86 family."@en ;
  ar:hardware hardware-target:x86-cpu ; ar:evidence :a-e1 ; ar:readIn :reading-1 .
:b a ar:TargetClaim ; ar:statement "It runs on graphics processors of NVIDIA."@en ;
  ar:hardware hardware-target:{hardware} ; ar:evidence :a-e1 ; ar:readIn :reading-1 .
:c a ar:IntegrationClaim ; ar:statement "It composes with the other one in one process."@en ;
  ar:relation relation:calls ; ar:object runtime:{other} ; ar:evidence :a-e1 ;
  ar:readIn :reading-1 .
"""
RIGHT = {
    "maintainer": "modelcontextprotocol",
    "curator": "aruntime",
    "hardware": "nvidia-gpu",
    "other": "mcp-python-sdk",
}
WRONG = {
    "agent of another class": (
        {"maintainer": "odd"},
        "runtime-has-maintainer",
        "runtime/mine",
        "class ar:Source, but ar:maintainer takes a thing of class ar:Agent",
    ),
    "agent of another class curates": (
        {"curator": "odd"},
        "reading-has-reader",
        "runtime/mine#reading-1",
        "is of class ar:Source",
    ),
    "agent that is not there": (
        {"maintainer": "nobody"},
        "no-dangling-name",
        "runtime/mine",
        "Nothing in the graph",
    ),
    "curator that is not there": (
        {"curator": "nobody"},
        "no-dangling-name",
        "runtime/mine#reading-1",
        "Nothing in the graph",
    ),
    "word that is not there": (
        {"hardware": "abacus"},
        "no-dangling-name",
        "runtime/mine#b",
        "Nothing in the graph",
    ),
    "component that is not there": (
        {"other": "nobody"},
        "no-dangling-name",
        "runtime/mine#c",
        "Nothing in the graph",
    ),
    "agent left to write": (
        {"maintainer": "TODO"},
        "nothing-is-left-to-write",
        "runtime/mine",
        "TODO",
    ),
    "curator left to write": (
        {"curator": "TODO"},
        "nothing-is-left-to-write",
        "runtime/mine#reading-1",
        "TODO",
    ),
    "word left to write": (
        {"hardware": "TODO"},
        "nothing-is-left-to-write",
        "runtime/mine#b",
        "TODO",
    ),
}

LEFT = {
    "exactly-one-primary-family", "runtime-has-lifecycle",
    "runtime-owns-or-refuses-something",
}  # fmt: skip
"""Rules that the file breaks even so."""


@pytest.fixture(scope="module", params=["fast", pytest.param("reference", marks=pytest.mark.slow)])
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[Finding]]:
    """What is found in private files: one is right, the others have one value that is not.

    All are judged at once, each with names of its own.
    """
    changes = {"nothing": {}, **{what: wrong[0] for what, wrong in WRONG.items()}}
    odd = 'agent:odd a ar:Source ; rdfs:label "Odd"@en .\n'
    with pytest.MonkeyPatch.context() as patch:
        folder = checked_out(tmp_path_factory.mktemp("private"), patch) / "mine"
        folder.mkdir()
        for number, values in enumerate(changes.values()):
            text = PREFIXED + MINE.format(**RIGHT | values) + odd
            own = re.sub(r"\b(mine|odd)\b", rf"\1-{number}", text, flags=re.IGNORECASE)
            (folder / f"{number}.ttl").write_text(own)
        found = validate([folder], request.param).findings
    return {
        what: {
            finding
            for finding in found
            if finding.file == f"mine/{number}.ttl"
            if finding.focus != f"{PREFIXES['agent']}odd-{number}"
            if finding.value != f"{PREFIXES['runtime']}mine-{number}#a-e1"  # it is not there
        }
        for number, what in enumerate(changes)
    }


def test_what_is_right_about_a_private_file_is_judged_so(judged: dict[str, set[Finding]]) -> None:
    assert {f.rule for f in judged["nothing"]} == LEFT


@pytest.mark.parametrize("what", WRONG)
def test_one_mistake_is_one_finding_that_names_it(
    judged: dict[str, set[Finding]], what: str
) -> None:
    _, rule, focus, words = WRONG[what]
    (new,) = (finding for finding in judged[what] if finding.rule not in LEFT)
    number = [*WRONG].index(what) + 1
    own = focus.replace("mine", f"mine-{number}")
    assert (new.rule, new.focus) == (rule, f"https://w3id.org/aruntime/id/{own}")
    assert words in new.message


def test_findings_by_severity() -> None:
    finding = Finding(
        "a.ttl",
        3,
        "rule",
        Severity.INFO,
        "https://w3id.org/aruntime/id/runtime/vllm#a",
        None,
        "x",
        "Mend it.",
    )
    found = Report((finding, finding._replace(severity=Severity.WARNING)), 2, 10)
    for severity, fail_on, number in (
        (None, "violation", 1),
        (None, "info", 2),
        ("info", "violation", 2),
        ("violation", "info", 0),
    ):
        shown = reports.of_severity(found, reports.least(severity, fail_on))
        assert len(shown) == number
        assert reports.as_json(found, shown)["left_out"] == 2 - number
        assert (f"({2 - number} of less severity left out" in reports.summary(found, shown)) == (
            number < 2
        )
    assert reports.sentence(finding) == "a.ttl:3: info: rule: vllm#a: Mend it. [x]"


SHAPES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX e: <http://example.org/>
e:named a sh:NodeShape ; sh:targetClass e:C ; sh:property e:has-a-name .
e:has-a-name a sh:PropertyShape ; sh:path e:name ; sh:minCount 1 ; sh:message "Say its name." .
"""
BEYOND = {
    "closed": "e:beyond a sh:NodeShape ; sh:targetClass e:C ; sh:closed true .",
    "not": "e:beyond a sh:NodeShape ; sh:targetClass e:C ; sh:not [ sh:class e:C ] .",
    "path": "e:beyond sh:targetClass e:C ; sh:path [ sh:inversePath e:part ] ; sh:minCount 1 .",
    "flags": 'e:beyond sh:targetNode e:x ; sh:pattern "^HTTP" ; sh:flags "i" .',
    "date": "e:beyond sh:targetClass e:C ; sh:path e:since ; sh:datatype <http://www.w3.org/2001/XMLSchema#date> .",
    "circle": "e:beyond a sh:NodeShape ; sh:targetNode e:x ; sh:property [ sh:path e:name ; sh:maxCount 0 ; sh:node e:beyond ] .",
    "sparql": """e:beyond a sh:NodeShape ; sh:targetClass e:C ; sh:sparql [
      sh:select "SELECT $this WHERE { $this <http://example.org/since> ?since }" ] .""",
    "component": """e:beyond a sh:NodeShape ; sh:targetClass e:C ; e:wanted "y" .
      e:wants a sh:ConstraintComponent ; sh:parameter [ sh:path e:wanted ] ;
      sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STR($value) = $wanted) }" ] .""",
}  # fmt: skip
"""Shapes that the fast engine does not apply; the node of the test breaks each but one of them."""
NODE = """
PREFIX e: <http://example.org/>
e:x a e:C ; e:since "soon" ; e:name e:x .
e:y a e:C .
"""


def triples_in(text: str) -> list[Triple]:
    quads = turtle.parse_bytes(text.encode(), turtle.FORMATS[".ttl"], Path("text.ttl"))
    return [quad.triple for quad in quads]


@pytest.mark.parametrize("name", BEYOND)
def test_a_shape_beyond_the_fast_engine_goes_to_pyshacl(name: str) -> None:
    graph = triples_in(SHAPES + BEYOND[name])
    known = shapes.read(graph)
    foreign = {str(shape.name) for shape in known if shape.foreign}
    both = {"<http://example.org/named>", "<http://example.org/beyond>"}
    assert foreign == (both if name == "component" else {"<http://example.org/beyond>"})
    data = triples_in(NODE)
    together = sorted(key(shapes.findings(Data(data), known)), key=str)
    reference = report(graph_of(data), graph_of(graph))
    assert together == sorted(key(result.finding() for result in reference), key=str)
    assert ("http://example.org/y", "http://example.org/has-a-name") in {f[:2] for f in together}
    assert any(f[0] == "http://example.org/x" for f in together) == (name != "flags")


def test_nothing_is_applied_twice() -> None:
    known = shapes.read(triples_in(SHAPES + BEYOND["not"]))
    found = list(shapes.results(Data(triples_in(NODE)), known))
    assert len(found) == len(set(found)) == 3


@pytest.mark.slow
def test_such_a_shape_among_the_shipped_ones_is_applied_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aruntime: Run
) -> None:
    checkout = Path(__file__).resolve().parent.parent
    shutil.copytree(checkout / "ontology", tmp_path / "ontology")
    (tmp_path / "queries").symlink_to(checkout / "queries")
    (tmp_path / "data" / "runtime").mkdir(parents=True)
    shutil.copy(checkout / "tests" / "questions" / "world.ttl", tmp_path / "data" / "runtime")
    (tmp_path / "ontology" / "shapes" / "name.ttl").write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX ar: <https://w3id.org/aruntime/ns#>\n"
        "PREFIX rule: <https://w3id.org/aruntime/id/rule/>\n"
        "rule:no-such-name a sh:NodeShape ; sh:targetClass ar:Runtime ; sh:severity sh:Warning ;\n"
        "  sh:not [ sh:in ( <https://w3id.org/aruntime/id/runtime/engine> ) ] ;\n"
        '  sh:message "Call it otherwise."@en .\n'
    )
    monkeypatch.setattr(paths, "_ROOT", str(tmp_path))
    code, out, _ = aruntime("validate", "--format", "json")
    found = [f for f in json.loads(out)["findings"] if f["rule"] == "no-such-name"]
    assert code == 1
    assert [(f["focus"], f["severity"], f["message"]) for f in found] == [
        ("https://w3id.org/aruntime/id/runtime/engine", "warning", "Call it otherwise.")
    ]


def test_pyshacl_is_not_loaded_for_the_shipped_shapes() -> None:
    assert [shape.name for shape in shapes.load() if shape.foreign] == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("e:s sh:targetClass e:C ; sh:minCout 1 .", "minCout"),
        ("e:s sh:targetClass e:C ; sh:js [] .", "sh:js"),
        ("e:s sh:targetClass e:C ; sh:rule [] .", "sh:rule"),
        ("e: sh:entailment <http://www.w3.org/ns/entailment/RDFS> .", "entailment"),
        ('e:s sh:targetClass e:C ; sh:path e:p ; sh:minCount "few" .', "whole number"),
        ("e:s sh:targetClass e:C ; sh:in e:list .", "list"),
    ],
)
def test_what_would_check_nothing_is_an_error(line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        shapes.read(triples_in(SHAPES + line))


def test_every_component_has_its_use() -> None:
    used = {
        t.predicate.value.removeprefix(PREFIXES["sh"])
        for path in shapes.shape_files()
        for t in corpus.triples_of(path)
    }
    assert set(shapes.COMPONENTS) <= used, "a component that no shape uses is no use"
