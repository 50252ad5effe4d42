"""Triples in the standard formats, and answers that may be triples."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, serialize

from aruntime import turtle
from aruntime.errors import UsageError
from aruntime.model import Rows
from aruntime.render import formats
from aruntime.render.formats import RDF_FORMS, Screen
from aruntime.render.safe import safe


def triples_as_text(triples: Iterable[Triple], form: str) -> str:
    """Triples in one of :data:`aruntime.render.formats.RDF_FORMS`: canonical Turtle, N-Quads or
    JSON-LD.

    Control and bidirectional characters are written as the escapes that each of them knows.
    """
    if form == "turtle":
        return safe(turtle.write(triples))
    written = serialize(
        triples, format=RdfFormat.N_QUADS if form == "nquads" else RdfFormat.JSON_LD
    )
    assert written is not None
    return safe(written.decode())


def answer_as_text(answer: Rows | bool | list[Triple], form: str, screen: Screen) -> str:
    """The answer of any query form as text.

    Raises:
        UsageError: rows are asked for as RDF.
    """
    if isinstance(answer, Rows):
        if form in RDF_FORMS:
            others = ", ".join(formats.FORMS)
            raise UsageError(f"rows cannot be written as {form}; use one of {others}")
        return formats.rows_as_text(answer, form, screen)
    if isinstance(answer, bool):
        return formats.truth_as_text(answer, form, screen)
    return triples_as_text(answer, form if form in RDF_FORMS else "turtle")
