"""Files that the command line writes: canonical Turtle, scaffolds, exports; beside the small graph
of test_overlay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Dataset, DefaultGraph, NamedNode, Quad, Store, parse
from rdflib.compare import isomorphic

from aruntime import build, corpus, export, fields, turtle
from aruntime.store import DERIVED
from tests.conftest import Run
from tests.test_overlay import private as private
from tests.test_overlay import world as world

_FORMATS = [*export.FORMATS]


def test_fmt_makes_a_file_canonical_and_keeps_its_meaning(aruntime: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(
        '@prefix e: <https://e/> .\ne:b e:p ( 1 "x"@en ) , [ e:q e:b ] .\r\n\r\ne:a a e:C ; e:r "a\\nb" , """q"uote""" .'
    )
    before, original = Dataset(turtle.read(path)), path.read_bytes()
    assert (
        aruntime("fmt", "--check", path)[:2] == (1, f"{path}: would change\n")
        and path.read_bytes() == original
    )
    assert aruntime("fmt", path)[:2] == (0, f"{path}: changed\n")
    assert aruntime("fmt", "--check", tmp_path)[:2] == (0, "")
    after = Dataset(turtle.read(path))
    assert turtle.canonical(before) == turtle.canonical(after)


@pytest.mark.parametrize(
    "text",
    [
        "[] a <https://e/C> . [] a <https://e/D> ; <https://e/p> [ <https://e/q> 1 ] .",
        "_:a <https://e/p> _:b . _:b <https://e/p> _:a . _:c <https://e/p> _:c .",
        "<https://e/a> <https://e/p> _:x , _:y . <https://e/b> <https://e/p> _:x . _:x a <https://e/C> .",
        "<https://e/a> <https://e/p> ( [ a <https://e/C> ] ( 1 2 ) () ) .",
        '<https://e/a> <https://e/p> 01 , +1 , 1.0 , 1e0 , true , "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .',
        '<https://e/a> <https://e/p> "a\\u0000\\tb\\\\" , "\\r\\n\\"\\"\\"" , "x"@en-GB , "\\u2028" , "ends with quote\\"" , "nl\\n\\"" .',
        pytest.param('<https://e/a> <https://e/p> "x"@en--rtl .'),
        "<https://e/a%20b> <https://e/p.> <https://w3id.org/aruntime/ns#> , <https://w3id.org/aruntime/ns#a.> , <https://w3id.org/aruntime/ns#-a> .",
    ],
)
def test_fmt_is_stable_and_loses_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text)
    meaning, once = (
        turtle.canonical(turtle.read(path)),
        turtle.format_file(path, keep_heading=False),
    )
    path.write_text(once, newline="")
    assert turtle.format_file(path, keep_heading=False) == once
    assert turtle.canonical(turtle.read(path)) == meaning


def test_fmt_refuses_to_lose_a_comment_and_says_where(aruntime: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<https://e/a> a <https://e/C#D> .\n# a remark\n")
    code, out, err = aruntime("fmt", tmp_path)
    assert (code, out) == (3, "") and f"{tmp_path / 'a.ttl'}:2: " in err
    assert aruntime("fmt", tmp_path / "absent.ttl")[0] == 2


def test_fmt_declares_known_prefixes_that_a_person_left_out(aruntime: Run, tmp_path: Path) -> None:
    folder = tmp_path / "runtime" / "my-engine"
    folder.mkdir(parents=True)
    (folder / "about.ttl").write_text(
        "runtime:my-engine a ar:Runtime .\n:reading-1 a ar:Reading ;\n ar:reviewOutcome review-outcome:supported .\n"
    )
    (tmp_path / "flat.ttl").write_text(
        "@prefix ar: <https://w3id.org/aruntime/ns#> .\nagent:acme a ar:Agent ; rdfs:label 'Acme'@en .\n"
    )
    assert aruntime("fmt", tmp_path)[0] == 0
    text = (folder / "about.ttl").read_text()
    assert "@prefix : <https://w3id.org/aruntime/id/runtime/my-engine#> ." in text
    assert "@prefix review-outcome: " in text and "@prefix agent: " not in text
    assert '    rdfs:label "Acme"@en ;' in (tmp_path / "flat.ttl").read_text()
    assert aruntime("fmt", "--check", tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [("\nno:such a ar:Runtime .", 2), ("runtime:a a ar:Runtime .\n\nruntime:b a ;", 3)],
)
def test_fmt_names_the_line_of_what_it_cannot_read(
    aruntime: Run, tmp_path: Path, text: str, line: int
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text)
    code, out, err = aruntime("fmt", path)
    assert (
        (code, out) == (3, "") and f"{path}:{line}: malformed" in err and path.read_text() == text
    )


def test_fmt_writes_through_no_symbolic_link(aruntime: Run, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("<https://e/b> a <https://e/C> .<https://e/a> a <https://e/C> .")
    before = (tmp_path / "real").read_bytes()
    (tmp_path / "a.ttl").symlink_to(tmp_path / "real")
    code, _, err = aruntime("fmt", tmp_path / "a.ttl")
    assert code == 3 and "symbolic link" in err and (tmp_path / "real").read_bytes() == before


def test_fmt_leaves_a_file_whole_when_the_disk_is_full(
    aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<https://e/b> a <https://e/C> .<https://e/a> a <https://e/C> .")
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = aruntime("fmt", path)
    assert code == 3 and "No space left" in err
    assert (
        path.read_bytes() == before
        and [p.name for p in tmp_path.iterdir()] == ["a.ttl", "cache"][:1]
    )


def test_scaffolds_are_canonical_and_lack_only_what_a_person_must_write(
    aruntime: Run, tmp_path: Path
) -> None:
    into = ("--into", tmp_path)
    assert aruntime("new", "runtime", "my-engine", *into)[0] == 0
    assert aruntime("new", "source", "my-engine-docs", *into)[0] == 0
    claims = tmp_path / "runtime" / "my-engine" / "claims.ttl"
    for kind in fields.KINDS:
        code, out, _ = aruntime("new", "claim", f"my-engine#a-{kind}", "--kind", kind, *into)
        assert (code, out) == (0, f"{claims}\n")
    assert aruntime("fmt", "--check", tmp_path)[0] == 0


WAITING = {
    "claim-has-evidence", "exactly-one-primary-family", "runtime-has-lifecycle", "runtime-owns-or-refuses-something",
}  # fmt: skip
"""What is broken until a person has pinned and read."""


def test_validation_of_a_scaffold_asks_only_for_what_a_person_must_write(
    aruntime: Run, tmp_path: Path
) -> None:
    for command in (["runtime", "my-engine"], ["source", "my-engine-docs"], ["agent", "acme"]):
        aruntime("new", *command, "--into", tmp_path)
    code, out, _ = aruntime("validate", tmp_path, "--format", "json")
    broken = [f for f in json.loads(out)["findings"] if f["severity"] == "violation"]
    assert code == 1
    assert {f["rule"] for f in broken} == WAITING | {"nothing-is-left-to-write"}
    for path in tmp_path.rglob("*.ttl"):
        left = [n for n, text in enumerate(path.read_text().splitlines(), 1) if "TODO" in text]
        found = [
            f["line"]
            for f in broken
            if f["rule"] == "nothing-is-left-to-write" and Path(f["file"]).name == path.name
        ]
        assert sorted(found) == left != [], "one finding a TODO"


def quads(content: bytes, form: str) -> Dataset:
    """What an export says, blank nodes named canonically."""
    return turtle.canonical(parse(content, export.FORMATS[form]))


def stated(*overlays: Path, derived: bool = True) -> set[Quad]:
    """What an export must say: what the store holds, and the files' statements in their graphs."""
    files = corpus.load(overlays)
    named = {
        Quad(t.subject, t.predicate, t.object, NamedNode(name))
        for name, triples in files.graphs.items()
        for t in triples
    }
    own = {Quad(*quad.triple) for quad in named}
    if not derived:
        return named | own
    stored = Store()
    stored.extend(own)  # it keeps numbers by their value, not by their spelling
    compiled = build.in_memory(files)
    new = set(compiled.quads_for_pattern(None, None, None, DefaultGraph())) - own - set(stored)
    return named | own | new | {Quad(*q.triple, DERIVED) for q in new}


def merged(found: set[Quad]) -> Dataset:
    """The default graph of a dataset."""
    return turtle.canonical(quad for quad in found if quad.graph_name == DefaultGraph())


WHOLE: list[str] = []
STATED = ["--stated-only"]


@pytest.mark.parametrize(
    ("options", "form"),
    [
        pytest.param(
            options,
            form,
            id="-".join(("stated" if options else "whole", form)),
            marks=[] if (options, form) == (STATED, "ntriples") else pytest.mark.slow,
        )
        for options in (WHOLE, STATED)
        for form in _FORMATS
    ],
)
def test_an_export_says_what_the_graph_holds(
    aruntime: Run, tmp_path: Path, form: str, options: list[str], private: Path
) -> None:
    path = tmp_path / f"graph.{form}"
    assert aruntime("export", "--format", form, "-o", path, "--data", private, *options)[:2] == (
        0,
        "",
    )
    expected = stated(private, derived=not options)
    assert quads(path.read_bytes(), form) == (
        turtle.canonical(expected) if export.FORMATS[form].supports_datasets else merged(expected)
    )


@pytest.mark.slow
def test_an_export_is_the_same_graph_to_another_library() -> None:
    one = rdflib.Graph().parse(data=export.export("turtle"), format="turtle")
    two = rdflib.Graph().parse(data=export.export("rdfxml"), format="xml")
    assert len(one) == len(two) == len(merged(stated()))
    assert isomorphic(one, two)


_EXPORT_ALL = """
import sys
from pathlib import Path
from aruntime import export, paths
root, out = map(Path, sys.argv[1:3])
paths.root = lambda: root
from aruntime.cli import run
sys.exit(sum(run(["export", "--format", form, "-o", str(out / form), "--data", *sys.argv[3:]]) for form in export.FORMATS))
"""


@pytest.mark.slow
def test_two_exports_have_the_same_bytes(world: Path, private: Path, tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        command = [
            sys.executable,
            "-c",
            _EXPORT_ALL,
            str(world),
            str(tmp_path / seed),
            str(private),
        ]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
        files.append({form: (tmp_path / seed / form).read_bytes() for form in _FORMATS})
    assert {form for form in _FORMATS if files[0][form] != files[1][form]} == set()


@pytest.mark.slow
def test_standard_output_holds_the_same_bytes_as_a_file(aruntime: Run, tmp_path: Path) -> None:
    aruntime("export", "--format", "nquads", "-o", tmp_path / "a.nq")
    assert aruntime("export", "--format", "nquads")[1].encode() == (tmp_path / "a.nq").read_bytes()


def test_no_number_is_said_twice_in_two_spellings(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<https://e.org/a> <https://e.org/b> 2.0 , 07 , +1 .")
    found = [q for q in export.quads([path]) if str(q.subject) == "<https://e.org/a>"]
    assert sorted({q.object.value for q in found}) == ["+1", "07", "2.0"]  # type: ignore[union-attr]


@pytest.mark.slow
def test_derived_triples_stand_in_a_graph_of_their_own(private: Path) -> None:
    whole, only = (
        {q for q in export.quads([private], derived=d) if "_:" not in str(q)} for d in (True, False)
    )
    assert only < whole
    assert {quad.graph_name for quad in whole - only} == {DERIVED, DefaultGraph()}
    assert not {quad.triple for quad in whole - only} & {quad.triple for quad in only}
    names = {
        quad.graph_name.value
        for quad in only
        if isinstance(quad.graph_name, NamedNode)
        and quad.graph_name.value.startswith(corpus.OVERLAY)
    }
    assert names == {f"{corpus.OVERLAY}{n}" for n in range(3)}
