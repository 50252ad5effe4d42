"""Text for people and programs: columns, forms, and characters that are never shown raw."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from aruntime.model import Rows
from aruntime.render import formats, layout
from aruntime.render.formats import Screen, Table
from aruntime.render.layout import BOLD, DIM
from aruntime.render.rdf import triples_as_text
from aruntime.render.safe import line, safe

NASTY = "a\x1b[31m\x07\x9b\u202eb\u2066\u200f\u2028c\x00"
"""Escape sequences, a bell, direction marks, a line separator and a null."""
ESCAPED = r"a\u001b[31m\u0007\u009b\u202eb\u2066\u200f\u2028c\u0000"
IRI = "https://w3id.org/aruntime/id/runtime/vllm"


def test_what_moves_hides_or_reorders_text_is_escaped() -> None:
    assert safe(NASTY) == ESCAPED
    assert (
        safe("tab\tand\nline, é, 漢字, \U0001f468\u200d\U0001f469")
        == "tab\tand\nline, é, 漢字, \U0001f468\u200d\U0001f469"
    )
    assert safe("\udcff") == r"\udcff"
    assert line(" two\r\n  lines\x85 ") == "two lines"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("who owns what", 8, ["who owns", "what"]),
        ("who owns what", 7, ["who", "owns", "what"]),
        ("  two words", 6, ["  two", "  words"[:6], "  s"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("one\ntwo three", 9, ["one", "two three"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        ("漢字 漢字", 5, ["漢字", "漢字"]),
        ("e\u0301te\u0301 long", 4, ["e\u0301te\u0301", "long"]),
    ],
)
def test_text_wraps_between_words_and_nothing_is_cut(
    text: str, width: int, lines: list[str]
) -> None:
    wrapped = layout.wrap(text, width)
    assert wrapped == lines
    assert "".join("".join(wrapped).split()) == "".join(text.split())
    assert max(map(layout.width_of, wrapped)) <= width


def test_a_table_gives_columns_the_room_that_they_need() -> None:
    drawn = layout.table(("name", "what it is"), [("a", "one two three"), ("漢字", "four")], 16)
    assert drawn == [
        "name  what it is",
        "────  ──────────",
        "a     one two",
        "      three",
        "漢字  four",
    ]


def test_a_table_that_would_break_words_becomes_records() -> None:
    rows = [("a", "b" * 20, ""), ("c", "d", "e")]
    assert layout.table(("one", "second", "3"), rows, 20) == [
        "one     a",
        f"second  {'b' * 20}",
        "",
        "one     c",
        "second  d",
        "3       e",
    ]
    assert layout.table(("one",), [], 20) == ["one", "───"]


def test_the_last_column_of_a_table_is_left_to_the_terminal() -> None:
    assert layout.table(("one", "where"), [("a", "/" + "b" * 20), ("c", "d e")], 20) == [
        "one  where",
        "───  ───────────────",
        f"a    /{'b' * 20}",
        "c    d e",
    ]


def test_a_grid_breaks_words_where_nothing_else_helps() -> None:
    assert layout.grid([("abcdefgh", "ijklmnop")], 10) == ["abcd  ijkl", "efgh  mnop"]
    assert layout.grid([], 10) == []
    assert layout.wrap("in-two-halves", 10) == ["in-two-", "halves"]


def test_colour_is_written_only_where_it_is_asked_for() -> None:
    rows = [("a", "b")]
    assert layout.grid(rows, 10, (BOLD, DIM)) == ["a  b"]
    assert layout.grid(rows, 10, (BOLD, DIM), colour=True) == ["\x1b[1ma\x1b[0m  \x1b[2mb\x1b[0m"]


ROWS = Rows(
    ("thing", "said", "number"),
    (
        (NamedNode(IRI), Literal("a | b\n\\c", language="en"), Literal(3)),
        (
            BlankNode("b1"),
            None,
            Literal("3.5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        ),
    ),
)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (
            "tsv",
            f'?thing\t?said\t?number\n<{IRI}>\t"a | b\\n\\\\c"@en\t"3"^^<http://www.w3.org/2001/XMLSchema#integer>\n'
            '_:b1\t\t"3.5"^^<http://www.w3.org/2001/XMLSchema#decimal>\n',
        ),
        ("csv", f'thing,said,number\r\n{IRI},"a | b\n\\c",3\r\n_:b1,,3.5\r\n'),
        ("markdown", "| thing | said | number |\n| --- | --- | --- |\n| vllm | a \\| b \\\\c | 3 |\n| b1 |  | 3.5 |\n"),
        ("table", "The title\n\nthing  said      number\n─────  ────────  ──────\nvllm   a | b \\c  3\nb1               3.5\n"),
    ],
)  # fmt: skip
def test_rows_are_written_to_the_letter_of_their_form(form: str, text: str) -> None:
    assert formats.rows_as_text(ROWS, form, Screen(), "The title") == text


def test_rows_as_json_are_sparql_results() -> None:
    found = json.loads(formats.rows_as_text(ROWS, "json", Screen()))
    assert found["head"] == {"vars": ["thing", "said", "number"]}
    assert found["results"]["bindings"] == [
        {
            "thing": {"type": "uri", "value": IRI},
            "said": {"type": "literal", "value": "a | b\n\\c", "xml:lang": "en"},
            "number": {
                "type": "literal",
                "value": "3",
                "datatype": "http://www.w3.org/2001/XMLSchema#integer",
            },
        },
        {
            "thing": {"type": "bnode", "value": "b1"},
            "number": {
                "type": "literal",
                "value": "3.5",
                "datatype": "http://www.w3.org/2001/XMLSchema#decimal",
            },
        },
    ]


def test_auto_is_a_table_on_a_terminal_and_tsv_in_a_pipe() -> None:
    assert formats.form_for("auto", Screen(terminal=True)) == "table"
    assert formats.form_for("auto", Screen()) == "tsv"
    assert formats.form_for("json", Screen(terminal=True)) == "json"


@pytest.mark.parametrize("form", ["table", "json", "tsv", "markdown", "csv"])
@pytest.mark.parametrize("kind", ["rows", "table"])
def test_no_form_shows_a_terminal_what_it_would_obey(form: str, kind: str) -> None:
    terminal = Screen(terminal=True)
    if kind == "rows":
        text = formats.rows_as_text(Rows(("said",), ((Literal(NASTY),),)), form, terminal)
    else:
        text = formats.table_as_text(Table((NASTY,), ((NASTY,),), NASTY), form, terminal)
    assert safe(text.replace("\r\n", "\n")) == text.replace("\r\n", "\n")
    assert r"\u202eb\u2066\u200f" in text.replace("\\\\", "\\")


def test_escapes_of_json_and_turtle_keep_the_value() -> None:
    rows = Rows(("said",), ((Literal(NASTY),),))
    found = json.loads(formats.rows_as_text(rows, "json", Screen()))
    assert found["results"]["bindings"][0]["said"]["value"] == NASTY
    assert json.loads(formats.json_as_text([NASTY])) == [NASTY]
    triple = Triple(NamedNode(IRI), NamedNode(IRI), Literal(NASTY.replace("\x00", "")))
    for form, rdf in (
        ("turtle", RdfFormat.TURTLE),
        ("nquads", RdfFormat.N_QUADS),
        ("jsonld", RdfFormat.JSON_LD),
    ):
        text = triples_as_text([triple], form)
        assert safe(text) == text
        assert [quad.triple for quad in parse(text.encode(), rdf)] == [triple]


def test_csv_in_a_pipe_keeps_every_character() -> None:
    assert NASTY in formats.rows_as_text(Rows(("x",), ((Literal(NASTY),),)), "csv", Screen())


def test_markup_in_data_is_text() -> None:
    table = Table(("[bold]x[/bold]",), (("[/x] `*_<b>",),), "[red]t")
    assert (
        formats.table_as_text(table, "table", Screen())
        == "[red]t\n\n[bold]x[/bold]\n──────────────\n[/x] `*_<b>\n"
    )
