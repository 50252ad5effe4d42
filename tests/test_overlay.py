"""Private data beside a small shipped graph: what it may add, what it can never alter, and files
that are broken.

``make_world`` builds that small graph: the shipped ontology and questions, and one runtime of the
tests.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, Triple, parse

from aruntime import build, corpus, paths, turtle
from aruntime.folder import is_ours
from aruntime.namespaces import NS, iri
from aruntime.store import MARKER
from aruntime.validation import files
from tests.conftest import Run
from tests.test_archive import body, serve

_PREFIXES = "\n".join(
    f"PREFIX {name}: <{namespace}>" for name, namespace in turtle.PREFIXES.items()
)
_CLAIM = """
e:{name} a ar:{kind} ; ar:statement "{label} says so on the page {name}."@en ; ar:evidence e:{name}-e1 ;
  ar:readIn e:reading-2026-01-02 ; {said} .
e:{name}-e1 a ar:Evidence ; ar:inFile e:file-{name}-md ; ar:startLine 1 ; ar:endLine 3 ;
  ar:heading "{name}" ; ar:linesDigest "{digit:064d}" ; ar:anchorTerm "one" , "two" .
e:file-{name}-md a ar:CitedFile ; ar:source source:{slug}-docs ;
  ar:evidenceType evidence-type:documentation ; ar:commit "{digit:040d}" ; ar:path "docs/{name}.md" ;
  ar:repository <https://example.org/private/{slug}> ;
  ar:swhid "swh:1:cnt:{digit:040d};origin=https://example.org/private/{slug};anchor=swh:1:rev:{digit:040d};path=/docs/{name}.md" .
"""
_CLAIMS = {
    "family": (
        "ClassificationClaim",
        "ar:family family:generative-model ; ar:rank classification-rank:primary",
    ),
    "lifecycle": (
        "LifecycleClaim",
        'ar:lifecycle lifecycle:active ; ar:asOf "2026-01-01T00:00:00Z"^^xsd:dateTime',
    ),
    "owns": (
        "ResponsibilityClaim",
        "ar:responsibility responsibility:continuous-batching ; ar:stance stance:native ; ar:unit unit:sequence-step ; "
        "ar:layer layer:3 ; ar:scope scope:process ; ar:stateKind state-kind:queue ; ar:failureBoundary failure-boundary:process",
    ),
}
_THINGS = {
    "runtime": """runtime:{slug} a ar:Runtime ; rdfs:label "{label}"@en ; ar:maintainer agent:{slug}-maker ;
  dcterms:description "An engine of the tests, called {label}."@en ; schema:codeRepository <https://example.org/private/{slug}> .
e:release-1.0 a ar:Release ; rdfs:label "{label} 1.0"@en ; ar:releaseOf runtime:{slug} ; ar:version "1.0" ; ar:purl "pkg:pypi/{slug}@1.0" ;
  ar:released "2026-01-01T00:00:00Z"^^xsd:dateTime .
e:reading-2026-01-02 a ar:Reading ; ar:curationMode curation-mode:assisted ; ar:reviewBy "{due}"^^xsd:dateTime ;
  ar:reviewOutcome review-outcome:supported ; ar:verifiedIn e:release-1.0 ;
  prov:endedAtTime "2026-01-02T00:00:00Z"^^xsd:dateTime ; prov:wasAssociatedWith agent:aruntime .""",
    "source": """source:{slug}-docs a ar:Source ; rdfs:label "{label} documentation"@en ; ar:sourceKind source-kind:official-documentation ;
  ar:publisher agent:{slug}-maker ; ar:authoritativeFor runtime:{slug} ; ar:retrieved "2026-01-02T00:00:00Z"^^xsd:dateTime .""",
    "agent": 'agent:{slug}-maker a ar:Agent ; rdfs:label "Maker of {label}"@en .',
}


def write_runtime(
    folder: Path,
    slug: str,
    extra: Iterable[Triple] = (),
    due: str = "2999-01-01T00:00:00Z",
    *,
    flat: bool = True,
) -> Path:
    """Write a valid runtime, its source and its agent in canonical form, and return the runtime's
    file or folder.

    Args:
        extra: further triples for the runtime's files.
        due: when its claims must be read again.
        flat: whether the runtime stands in one file.
    """
    label = slug.replace("-", " ").title()
    own = f"PREFIX e: <https://w3id.org/aruntime/id/runtime/{slug}#>\n"
    texts = {kind: text.format(slug=slug, label=label, due=due) for kind, text in _THINGS.items()}
    for digit, (name, (kind, said)) in enumerate(_CLAIMS.items(), 1):
        texts["runtime"] += _CLAIM.format(
            name=name, kind=kind, said=said, slug=slug, label=label, digit=digit
        )
    for kind, name in {"agent": f"{slug}-maker", "source": f"{slug}-docs", "runtime": slug}.items():
        path = folder / kind / f"{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        triples = [
            quad.triple
            for quad in parse(f"{_PREFIXES}\n{own}{texts[kind]}".encode(), RdfFormat.TURTLE)
        ]
        if kind == "runtime":
            triples += extra
        if kind == "runtime" and not flat:
            return write_folder(path.with_suffix(""), triples)
        path.write_text(turtle.write(triples), "utf-8")
    return path


def write_folder(folder: Path, triples: Iterable[Triple]) -> Path:
    """Write a runtime's three files, each node where its class belongs."""
    stated = list(triples)
    home = {
        t.subject: name
        for t in stated
        for name, classes in files.PLACES.items()
        if t.predicate == iri("rdf:type") and str(t.object.value).removeprefix(NS) in classes  # type: ignore[union-attr]
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name in files.PLACES:
        text = turtle.write([t for t in stated if home[t.subject] == name])  # type: ignore[index]
        (folder / f"{name}.ttl").write_text(text, "utf-8")
    return folder


def make_world(root: Path, extra: Iterable[Triple] = (), due: str = "2999-01-01T00:00:00Z") -> Path:
    """A root folder with the shipped ontology and questions, and one runtime called engine."""
    checkout = Path(__file__).resolve().parent.parent
    for folder in ("ontology", "queries", "data/lead"):
        shutil.copytree(checkout / folder, root / folder)
    (root / "data" / "agent").mkdir()
    shutil.copy(checkout / "data" / "agent" / "aruntime.ttl", root / "data" / "agent")
    write_runtime(root / "data", "engine", extra, due, flat=False)
    return root


@pytest.fixture(scope="module", autouse=True)
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small graph in place of the shipped one."""
    with pytest.MonkeyPatch.context() as patch:
        root = make_world(tmp_path_factory.mktemp("world"))
        patch.setattr(paths, "root", lambda: root)
        patch.setenv("ARUNTIME_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield root


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder with a valid private runtime."""
    write_runtime(tmp_path / "private", "private-engine")
    return tmp_path / "private"


def overlay(tmp_path: Path, text: str, name: str = "overlay.ttl") -> Path:
    path = tmp_path / name
    path.write_text(f"{_PREFIXES}\n{text}", "utf-8")
    return path


def numbers(found: tuple[int, str, str]) -> dict[str, str]:
    """What ``stats`` counted."""
    assert found[0] == 0, found[2]
    return dict(row.split("\t") for row in found[1].splitlines())


def test_the_small_graph_keeps_every_rule(aruntime: Run, private: Path) -> None:
    assert aruntime("validate")[:2] == (0, "severity\trule\tfocus\tfile\tline\tmessage\n")
    code, out, _ = aruntime("validate", private, "--format", "json")
    found = json.loads(out)
    assert (code, found["conforms"], found["findings"]) == (0, True, [])


def test_a_private_runtime_is_listed_and_composed(aruntime: Run, private: Path) -> None:
    assert "runtime/private-engine>" in aruntime("list", "runtime", "--data", private)[1]
    assert "private-engine" not in aruntime("list", "runtime")[1]
    code, out, _ = aruntime(
        "compose", "engine", "private-engine", "--data", private, "--format", "json"
    )
    answers = {answer["responsibility"]: answer for answer in json.loads(out)["responsibilities"]}
    assert code == 0
    assert answers["continuous-batching"]["verdict"] == "layered"
    assert {claim["claim"] for claim in answers["continuous-batching"]["claims"]} == {
        "engine#owns",
        "private-engine#owns",
    }


@pytest.mark.slow
def test_shipped_claims_are_the_same_beside_an_overlay(aruntime: Run, private: Path) -> None:
    for command in (
        ["ask", "claims-of-runtime", "-p", "runtime=engine"],
        ["show", "engine"],
        ["evidence", "verify", "engine"],
    ):
        assert aruntime(*command, "--data", private)[:2] == aruntime(*command)[:2]


@pytest.mark.slow
def test_one_overlay_file_is_as_good_as_a_folder_and_both_together(
    aruntime: Run, private: Path
) -> None:
    file = private / "runtime" / "private-engine.ttl"
    rest = ["--data", private / "source", "--data", private / "agent"]
    assert (
        aruntime("list", "runtime", "--data", file, *rest)[1]
        == aruntime("list", "runtime", "--data", private)[1]
    )


@pytest.mark.slow
def test_a_changed_overlay_is_read_again(aruntime: Run, private: Path) -> None:
    before = numbers(aruntime("stats", "--data", private))
    write_runtime(private, "other-engine")
    assert (
        int(numbers(aruntime("stats", "--data", private))["runtimes"])
        == int(before["runtimes"]) + 1
    )


_ALTERING = {
    "a shipped runtime": 'runtime:engine rdfs:label "Hijacked"@en .',
    "a shipped claim": "<https://w3id.org/aruntime/id/runtime/engine#owns> ar:stance stance:excluded .",
    "a shipped concept": "responsibility:batching skos:broader responsibility:scheduling .",
    "an axiom": "ar:owns rdfs:subPropertyOf ar:excludes .",
}
_GRAPH_COMMANDS = [
    "compose engine", "ask runtime-counts", "show engine", "list runtime", "compare engine engine --layer 3", "select --owns continuous-batching",
    "why engine#owns", "search engine", "query QUERY", "evidence verify", "evidence drift --repositories .", "evidence refresh --repositories .",
    "evidence stale", "export", "build", "stats",
]  # fmt: skip


@pytest.mark.parametrize("what", _ALTERING)
def test_validate_finds_an_overlay_that_would_alter(
    aruntime: Run, tmp_path: Path, what: str
) -> None:
    code, out, _ = aruntime("validate", overlay(tmp_path, _ALTERING[what]), "--format", "json")
    assert code == 1
    assert "overlay-leaves-shipped-things-alone" in {
        finding["rule"] for finding in json.loads(out)["findings"]
    }


@pytest.mark.parametrize(
    "command",
    [
        c if n % 5 == 0 else pytest.param(c, marks=pytest.mark.slow)
        for n, c in enumerate(_GRAPH_COMMANDS)
    ],
)
def test_every_graph_command_refuses_an_overlay_that_breaks_a_rule(
    aruntime: Run, tmp_path: Path, command: str
) -> None:
    bad = overlay(tmp_path, 'runtime:hollow a ar:Runtime ; rdfs:label "Hollow"@en .')
    (tmp_path / "query.rq").write_text("ASK {}")
    code, out, err = aruntime(
        *command.replace("QUERY", str(tmp_path / "query.rq")).split(), "--data", bad
    )
    assert (code, out) == (3, "")
    assert f"{bad}:" in err and "aruntime validate" in err and err.count("\n") == 1


@pytest.mark.parametrize("what", ["a shipped claim", "an axiom"])
def test_an_overlay_that_would_alter_is_refused(aruntime: Run, tmp_path: Path, what: str) -> None:
    bad = overlay(tmp_path, _ALTERING[what])
    code, out, err = aruntime("list", "runtime", "--data", bad)
    assert (code, out) == (3, "")
    assert f"{bad}:" in err and err.count("\n") == 1


def test_an_overlay_reaches_no_shipped_or_derived_graph(aruntime: Run, tmp_path: Path) -> None:
    graphs = ("derived", "data/runtime/engine", "overlay/7")
    inside = (
        f"<https://w3id.org/aruntime/graph/{g}> {{ agent:maker-{n} a ar:Agent ; rdfs:label 'Maker {n}'@en }}"
        for n, g in enumerate(graphs)
    )
    path = overlay(tmp_path, "\n".join(inside), "names-graphs.trig")
    query = tmp_path / "where.rq"
    query.write_text(
        "SELECT ?g ?s { GRAPH ?g { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o FILTER STRSTARTS(?o, 'Maker ') } }"
    )
    numbers(aruntime("stats", "--data", path))
    code, out, err = aruntime("query", query, "--data", path, "--timeout", "5")
    assert (code, {row.split("\t")[0] for row in out.splitlines()[1:]}) == (
        0,
        {"<https://w3id.org/aruntime/graph/overlay/0>"},
    ), err
    assert len(out.splitlines()) == 4


def test_blank_nodes_of_two_files_are_never_one(tmp_path: Path) -> None:
    labels = {
        str(term)[2:]
        for t in corpus.load().triples()
        for term in (t.subject, t.object)
        if str(term).startswith("_:")
    }
    assert labels
    files = [tmp_path / f"{n}.nt" for n in range(2)]
    for n, path in enumerate(files):
        path.write_text(
            "".join(
                f"_:{label} <https://example.org/p{n}> <https://example.org/o> .\n"
                for label in ("a", *labels)
            )
        )
    built = build.in_memory(corpus.load(files))
    assert not built.query("ASK { ?s <https://example.org/p0> ?o ; <https://example.org/p1> ?o }")
    assert not built.query("ASK { ?s <https://example.org/p0> ?o ; a ?c }")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("bad.ttl", "<https://e/a> a <https://e/B> .\n<https://e/a> <https://e/b> .\n", 2),
        ("bad.trig", "<https://e/g> {\n<https://e/a> <https://e/b> }\n", 2),
        ("bad.nt", "<https://e/a> <https://e/b> <https://e/c> .\n\n<https://e/a> b .\n", 3),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    aruntime: Run, tmp_path: Path, name: str, text: str, line: int
) -> None:
    path = tmp_path / name
    path.write_text(text)
    for command in (["stats", "--data", path], ["validate", path]):
        code, out, err = aruntime(*command)
        assert (code, out) == (3, "")
        assert f"{path}:{line}: malformed" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00garbage", b'<https://e/a> <https://e/b> "\xff" .', b"<https://e/a b> a <c> ."],
)
def test_a_file_that_is_no_turtle_gives_one_message(
    aruntime: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.ttl"
    path.write_bytes(content)
    code, out, err = aruntime("stats", "--data", path)
    assert (code, out) == (3, "") and err.startswith(f"aruntime: {path}") and err.count("\n") == 1


@pytest.mark.slow
def test_a_byte_order_mark_is_accepted(aruntime: Run, private: Path) -> None:
    path = private / "runtime" / "private-engine.ttl"
    expected = aruntime("list", "runtime", "--data", private)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert aruntime("list", "runtime", "--data", private) == expected


def test_nothing_is_fetched_for_a_file_that_asks_for_it(aruntime: Run, tmp_path: Path) -> None:
    with serve({"/context.jsonld": body(b'{"@context": {}}'), "/x.dtd": body(b"")}) as (
        root,
        asked,
    ):
        xml = f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="{root}/#"><e:T r:about="{root}/a"><e:p>%s</e:p></e:T></r:RDF>'
        files = {
            "remote.jsonld": (
                f'{{"@context": "{root}/context.jsonld", "@id": "{root}/a", "{root}/p": "v"}}',
                True,
            ),
            "imported.jsonld": (
                f'{{"@context": {{"@version": 1.1, "@import": "{root}/context.jsonld"}}, "@id": "{root}/a"}}',
                True,
            ),
            "entity.rdf": (
                f'<!DOCTYPE r:RDF [<!ENTITY x SYSTEM "{root}/x.dtd">]>{xml % "&x;"}',
                True,
            ),
            "local.rdf": (
                f'<!DOCTYPE r:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]>{xml % "&x;"}',
                True,
            ),
            "external.rdf": (f'<!DOCTYPE r:RDF SYSTEM "{root}/x.dtd">{xml % "v"}', False),
        }
        for name, (text, refused) in files.items():
            for encoding in ("utf-8", "utf-16"):
                (tmp_path / name).write_bytes(text.encode(encoding))
                code, out, err = aruntime("validate", tmp_path / name)
                assert code == 3 if refused else code in (0, 1, 3), name
                assert "root:" not in out + err and err.count("\n") == 1
        assert asked == []


def test_what_is_missing_or_unknown_is_named(aruntime: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("")
    for name, code, words in (
        ("absent.ttl", 2, "no such file"),
        ("empty", 2, "the folder holds no RDF file"),
        ("notes.txt", 3, "unknown kind of file"),
    ):
        for command in (["stats", "--data", tmp_path / name], ["validate", tmp_path / name]):
            found = aruntime(*command)
            assert found[0] == code and found[2].startswith(f"aruntime: {tmp_path / name}: {words}")


def test_a_triple_term_gives_no_traceback(aruntime: Run, tmp_path: Path) -> None:
    path = overlay(
        tmp_path, "<https://e/a> <https://e/b> <<( <https://e/c> <https://e/d> <https://e/e> )>> ."
    )
    assert aruntime("validate", path)[0] in (1, 3)


def compiled(aruntime: Run) -> Path:
    """The folder of the compiled store, built if need be."""
    numbers(aruntime("stats"))
    return build.folder_of()


def database(folder: Path) -> Path:
    """Where in that folder Oxigraph's own files lie."""
    (current,) = folder.rglob("CURRENT")
    return current.parent


_QUICK = (("*.sst", "garbage"), ("CURRENT", "gone"), ("MANIFEST-*", "halved"))


@pytest.mark.parametrize(
    ("pattern", "damage"),
    [
        pytest.param(pattern, damage, marks=() if (pattern, damage) in _QUICK else pytest.mark.slow)
        for pattern in ("*.sst", "CURRENT", "MANIFEST-*")
        for damage in ("truncated", "garbage", "halved", "gone")
    ],
)
def test_a_broken_store_is_rebuilt(aruntime: Run, pattern: str, damage: str) -> None:
    folder = compiled(aruntime)
    expected = aruntime("stats")
    path = max(database(folder).glob(pattern), key=lambda p: p.stat().st_size)
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {
                "truncated": b"",
                "garbage": os.urandom(len(content)),
                "halved": content[: len(content) // 2],
            }[damage]
        )
    assert aruntime("stats") == expected


@pytest.mark.slow
def test_blocks_that_were_overwritten_are_noticed(aruntime: Run) -> None:
    """The file's end, which names its blocks, is whole; so it opens, and the damage shows only when
    it is read."""
    folder = compiled(aruntime)
    expected = aruntime("list", "family")
    for path in database(folder).glob("*.sst"):
        content = path.read_bytes()
        path.write_bytes(os.urandom(len(content) - 400) + content[-400:])
    try:
        assert aruntime("list", "family") == expected
    finally:
        build.build()


@pytest.mark.slow
def test_a_foreign_store_is_not_trusted(aruntime: Run) -> None:
    folder = compiled(aruntime)
    expected, graph = aruntime("stats"), database(folder)
    shutil.rmtree(graph)
    Store(str(graph)).flush()
    try:
        assert aruntime("stats") == expected
    finally:
        build.build()


def test_a_file_in_place_of_the_store_is_replaced(aruntime: Run) -> None:
    folder = compiled(aruntime)
    expected = aruntime("stats")
    shutil.rmtree(folder)
    folder.write_text("not a store")
    assert aruntime("stats") == expected
    assert not [path for path in folder.parent.glob(".building-*") if path.is_dir()]


def test_nothing_is_left_of_a_file_in_place_of_the_store(aruntime: Run) -> None:
    folder = compiled(aruntime)
    shutil.rmtree(folder)
    folder.write_text("not a store")
    build.build()
    left = list(folder.parent.glob(".building-*"))
    for path in left:
        path.unlink()
    assert not left


def test_a_cache_that_cannot_be_written_gives_one_clear_message(
    aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    for cache in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("ARUNTIME_CACHE", str(cache))
        code, out, err = aruntime("stats")
        assert (code, out) == (3, "")
        assert (
            "cache cannot be written" in err
            and "set ARUNTIME_CACHE" in err
            and err.count("\n") == 1
        )


@pytest.mark.slow
def test_few_stores_are_kept(
    aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "KEEP", 2)
    for n in range(build.KEEP + 1):
        path = overlay(
            tmp_path, f'agent:maker-{n} a ar:Agent ; rdfs:label "Maker {n}"@en .', f"{n}.ttl"
        )
        assert aruntime("build", "--data", path)[0] == 0
    stores = [p for p in paths.cache().glob("store-*") if is_ours(p, MARKER)]
    assert len(stores) == build.KEEP
    assert not list(paths.cache().glob(".building-*"))
