"""Answers as text: the one home of JSON, CSV, TSV, Markdown and tables for a terminal.

An answer is one of two things. The *rows* of a SELECT query are written to the letter of the
SPARQL 1.1 results formats: JSON (https://www.w3.org/TR/sparql11-results-json/), CSV and TSV
(https://www.w3.org/TR/sparql11-results-csv-tsv/). A *table* holds cells that are text already; so
do rows where people read them, as Markdown or as a table. Triples are written by
:mod:`aruntime.render.rdf`, which loads the Turtle writer that no other answer needs.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aruntime.model import Rows, Term
from aruntime.namespaces import NS, PREFIXES, curie, located
from aruntime.render import layout
from aruntime.render.safe import line, safe

FORMS: Final = ("auto", "table", "json", "csv", "tsv", "markdown")
"""Forms of output that every answer has; ``auto`` is a table on a terminal and TSV in a pipe."""

RDF_FORMS: Final = ("turtle", "nquads", "jsonld")
"""Forms that triples have beside these."""

_STRING: Final = PREFIXES["xsd"] + "string"


class Table(NamedTuple):
    """Named columns and rows of cells.

    Attributes:
        title: shown above the table on a terminal.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


class Screen(NamedTuple):
    """Where an answer is shown.

    Attributes:
        width: columns of a line.
        colour: whether escape sequences may be written.
        terminal: whether people look at it; CSV, which knows no escapes, is then made safe too.
    """

    width: int = 100
    colour: bool = False
    terminal: bool = False


def form_for(form: str, screen: Screen) -> str:
    """The form that ``auto`` stands for; any other is itself."""
    return form if form != "auto" else "table" if screen.terminal else "tsv"


def rows_as_text(rows: Rows, form: str, screen: Screen, title: str = "") -> str:
    """The rows of a SELECT query in one of :data:`FORMS`; *title* stands above a table."""
    form = form_for(form, screen)
    if form == "json":
        return _rows_as_json(rows)
    if form == "tsv":
        return _rows_as_tsv(rows)
    if form == "csv":
        cells = [["" if term is None else _plain(term) for term in row] for row in rows.rows]
        return _csv(rows.columns, cells, screen, end="\r\n")
    return table_as_text(table_of(rows, title), form, screen)


def table_as_text(table: Table, form: str, screen: Screen) -> str:
    """A table of cells in one of :data:`FORMS`; as JSON a list of objects, one a row."""
    form = form_for(form, screen)
    if form == "json":
        return json_as_text([dict(zip(table.columns, row, strict=True)) for row in table.rows])
    if form == "csv":
        return _csv(table.columns, table.rows, screen, end="\n")
    columns, rows = _safe(table)
    if form == "tsv":
        return "".join("\t".join(row) + "\n" for row in (columns, *rows))
    if form == "markdown":
        return _markdown([columns, ["---"] * len(columns), *rows])
    title = (
        [layout.styled(line(table.title), layout.BOLD, screen.colour), ""] if table.title else []
    )
    drawn = layout.table(columns, rows, screen.width, colour=screen.colour)
    return "".join(f"{text}\n" for text in title + drawn)


def truth_as_text(answer: bool, form: str, screen: Screen) -> str:
    """The answer of an ASK query: SPARQL 1.1 results in JSON, or one word."""
    if form_for(form, screen) == "json":
        return _dumps({"head": {}, "boolean": answer}) + "\n"
    return f"{str(answer).lower()}\n"


def json_as_text(value: Any) -> str:
    """A JSON value, one member a line."""
    return safe(_dumps(value, indent=1)) + "\n"


def table_of(rows: Rows, title: str = "") -> Table:
    """The rows of a SELECT query as people read them: names instead of IRIs."""
    return Table(rows.columns, tuple(tuple(map(cell, row)) for row in rows.rows), title)


def cell(term: Term | None) -> str:
    """A term as people read it, on one line; empty where there is none."""
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return short(term.value)
    return line(str(term) if isinstance(term, Triple) else term.value)


def short(identifier: str) -> str:
    """A thing's name without its kind, a term of ours without its prefix, any other IRI as CURIE or
    in full.

    Example:
        >>> short("https://w3id.org/aruntime/id/unit/request")
        'request'
    """
    if (found := located(identifier)) is not None:
        return line(found[2])
    if identifier.startswith(NS):
        return line(identifier.removeprefix(NS))
    return line(curie(identifier).strip("<>"))


def _rows_as_json(rows: Rows) -> str:
    """SPARQL 1.1 results in JSON on one line, as Oxigraph writes them."""
    bindings = [
        {
            name: _json_term(term)
            for name, term in zip(rows.columns, row, strict=True)
            if term is not None
        }
        for row in rows.rows
    ]
    found = {"head": {"vars": list(rows.columns)}, "results": {"bindings": bindings}}
    return safe(_dumps(found, separators=(",", ":"))) + "\n"


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Literal):
        found: dict[str, Any] = {"type": "literal", "value": term.value}
        if term.language:
            found["xml:lang"] = term.language
        elif term.datatype.value != _STRING:
            found["datatype"] = term.datatype.value
        return found
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}


def _dumps(value: Any, **options: Any) -> str:
    import json  # takes as long to load as a question to answer

    return json.dumps(value, ensure_ascii=False, **options)


def _rows_as_tsv(rows: Rows) -> str:
    """SPARQL 1.1 results in TSV: terms as Turtle spells them, so that escapes are part of it."""
    lines = ["\t".join(f"?{name}" for name in rows.columns)]
    lines += ["\t".join("" if term is None else str(term) for term in row) for row in rows.rows]
    return safe("\n".join(lines)) + "\n"


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, BlankNode | Triple) else term.value


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen, *, end: str) -> str:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    lines = [columns, *rows]
    writer.writerows([map(safe, row) for row in lines] if screen.terminal else lines)
    return out.getvalue()


def _safe(table: Table) -> tuple[list[str], list[list[str]]]:
    """Heading and rows of a table, each cell on one line and safe to show."""
    return list(map(line, table.columns)), [list(map(line, row)) for row in table.rows]


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    """A GitHub-flavoured Markdown table."""
    return "".join(
        "| " + " | ".join(c.replace("\\", "\\\\").replace("|", "\\|") for c in row) + " |\n"
        for row in rows
    )
