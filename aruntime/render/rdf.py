"""Triples in the standard formats."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import RdfFormat, Triple, serialize

from aruntime import turtle
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
