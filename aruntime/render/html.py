"""Tables as HTML fragments, for notebooks. Cells are data: everything is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aruntime.render.formats import Table
from aruntime.render.safe import line

_CELL = "text-align:left;vertical-align:top"


def table(found: Table, notes: Sequence[str] = ()) -> str:
    """A table with its title, and paragraphs before it.

    Args:
        notes: plain text, a paragraph each.

    Example:
        >>> "&lt;b&gt;" in table(Table(("name",), (("<b>",),)))
        True
    """
    head = "".join(f'<th scope="col" style="{_CELL}">{_text(name)}</th>' for name in found.columns)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{_text(cell)}</td>' for cell in row) + "</tr>"
        for row in found.rows
    )
    title = f"<p><strong>{_text(found.title)}</strong></p>" if found.title else ""
    paragraphs = "".join(f"<p>{_text(note)}</p>" for note in notes)
    rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f"{title}{paragraphs}<table>{rows}</table>"


def _text(value: str) -> str:
    return escape(line(value))
