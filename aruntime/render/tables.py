"""Tables of plain cells, for terminals, pipes and documents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final, NamedTuple

from aruntime.model import Rows, Term
from aruntime.render.safe import line
from aruntime.namespaces import ID, NS, curie


class Table(NamedTuple):
    """Named columns and rows of cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


def table_of(rows: Rows, title: str = "") -> Table:
    """Solutions as people read them: names instead of IRIs."""
    return Table(rows.columns, tuple(tuple(cell(term) for term in row) for row in rows.rows), title)


def cell(term: Term | None) -> str:
    """A term as people read it."""
    if term is None:
        return ""
    value = getattr(term, "value", str(term))
    if type(term).__name__ == "NamedNode":
        return short(value)
    return line(value)


def short(identifier: str) -> str:
    """A thing's name without its kind, any other IRI as CURIE or in full."""
    if identifier.startswith(ID):
        return identifier.removeprefix(ID).partition("/")[2]
    if identifier.startswith(NS):
        return identifier.removeprefix(NS)
    return line(curie(identifier).strip("<>"))


NARROW: Final = 11
"""Characters for each column below which words would break: then each row is shown as a record."""


def as_text(table: Table, *, width: int, colour: bool) -> str:
    """A table that fits *width* characters, or its rows as records where it has too many columns; cells wrap, nothing is cut."""
    if len(table.columns) * NARROW > width:
        return _as_records(table)
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.SIMPLE_HEAD, title=table.title or None, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for name in table.columns:
        drawn.add_column(name, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(value) for value in row))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False).print(drawn)
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines()) + "\n"


def _as_records(table: Table) -> str:
    """A line for each cell that says something, a blank line between rows; lines are left to the terminal to wrap, so that names can be copied."""
    widest = max(map(len, table.columns))
    rows = ["".join(f"{name:<{widest}}  {value}\n" for name, value in zip(table.columns, row, strict=True) if value) for row in table.rows]
    return (f"{table.title}\n\n" if table.title else "") + "\n".join(rows)


def as_markdown(table: Table) -> str:
    """A GitHub-flavoured Markdown table."""

    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in cells) + " |"

    lines = [row(table.columns), row(["---"] * len(table.columns)), *(row(cells) for cells in table.rows)]
    return "\n".join(lines) + "\n"


def as_csv(table: Table) -> str:
    """Comma-separated cells with a heading."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return out.getvalue()


def as_tsv(table: Table) -> str:
    """Tab-separated cells with a heading; cells hold no tabs or line ends."""
    rows = ["\t".join(table.columns), *("\t".join(line(value) for value in row) for row in table.rows)]
    return "\n".join(rows) + "\n"
