"""Turtle: read strictly, written in one way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Dataset, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from aruntime import corpus, turtle
from aruntime.errors import DataError
from aruntime.namespaces import ID, PREFIXES
from aruntime.validation.shapes import shape_files

NAMES = st.sampled_from(
    [
        f"{ID}runtime/vllm",
        f"{ID}runtime/vllm#a",
        f"{ID}unit/request",
        "https://example.org/x;y",
        PREFIXES["rdf"] + "type",
        "http://e/%41",
    ]
)
NODES = st.one_of(NAMES.map(NamedNode), st.sampled_from("ab").map(BlankNode))
LITERALS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")).map(Literal),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")).map(
        lambda t: Literal(t, language="en")
    ),
    st.integers().map(lambda n: Literal(str(n), datatype=NamedNode(PREFIXES["xsd"] + "integer"))),
    st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"]).map(
        lambda t: Literal(t, datatype=NamedNode(PREFIXES["xsd"] + "dateTime"))
    ),
)
TRIPLES = st.lists(
    st.builds(Triple, NODES, NAMES.map(NamedNode), st.one_of(NODES, LITERALS)),
    min_size=1,
    max_size=12,
)


def canonical(triples: list[Triple]) -> set[str]:
    dataset = turtle.canonical(Quad(t.subject, t.predicate, t.object) for t in triples)
    return {str(quad) for quad in dataset}


@given(TRIPLES)
def test_what_is_written_reads_back_the_same(triples: list[Triple]) -> None:
    text = turtle.write(triples)
    assert canonical([q.triple for q in parse(text.encode(), RdfFormat.TURTLE)]) == canonical(
        triples
    )


@given(TRIPLES, st.randoms())
def test_order_of_triples_does_not_change_the_text(triples: list[Triple], random) -> None:  # type: ignore[no-untyped-def]
    named = [
        t
        for t in triples
        if not isinstance(t.subject, BlankNode) and not isinstance(t.object, BlankNode)
    ]
    shuffled = list(named)
    random.shuffle(shuffled)
    assert turtle.write(named) == turtle.write(shuffled)


@pytest.mark.parametrize("path", [*corpus.vocabulary_files(), *shape_files()], ids=lambda p: p.stem)
def test_shipped_meaning_is_canonical(path: Path) -> None:
    assert turtle.format_file(path, keep_heading=True) == path.read_text("utf-8")


def test_spelling_of_literals_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        '<https://e/s> <https://e/p> "2026-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>, 007, 1.50 .'
    )
    text = turtle.format_file(path, keep_heading=False)
    assert "00:00:00Z" in text and "007" in text and "1.50" in text


def test_comments_are_kept_at_the_top_of_meaning_and_refused_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text('# why\n<https://e/s#x> <https://e/p> "a # b" .\n')
    assert turtle.format_file(path, keep_heading=True).startswith("# why\n")
    with pytest.raises(DataError, match="comment"):
        turtle.format_file(path, keep_heading=False)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.ttl", b"<https://e/s> <https://e/p> .\n", "malformed"),
        ("x.ttl", b"<relative> <https://e/p> 1 .\n", "malformed"),
        ("x.ttl", b"<https://e/a b> <https://e/p> 1 .\n", "malformed"),
        ("x.ttl", b"\xff\xfe\x00", "malformed"),
        (
            "x.rdf",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x/>',
            "entity",
        ),
        (
            "x.jsonld",
            b'{"@context": "http://127.0.0.1:9/c", "@id": "https://e/s", "name": "x"}',
            "malformed",
        ),
        ("x.docx", b"", "unknown kind"),
    ],
)
def test_what_the_standard_refuses_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        turtle.read(path)
    assert caught.value.path == str(path)


def test_an_error_tells_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<https://e/s> <https://e/p> 1 .\n\n<https://e/s> oops .\n")
    with pytest.raises(DataError) as caught:
        turtle.read(path)
    assert caught.value.line == 3


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"\xef\xbb\xbf<https://e/s> <https://e/p> 1 .\n")
    assert len(turtle.read(path)) == 1


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("a.nq", "b.nq"):
        (tmp_path / name).write_text('_:x <https://e/p> "1" .\n')
    both = Dataset([*turtle.read(tmp_path / "a.nq"), *turtle.read(tmp_path / "b.nq")])
    assert len(both) == 2
