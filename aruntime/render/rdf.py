"""Triples in the standard formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import RdfFormat, Triple, serialize

from aruntime import turtle

FORMATS: Final = {"turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD}


def as_rdf(triples: Iterable[Triple], form: str) -> str:
    """Triples as canonical Turtle, N-Quads or JSON-LD."""
    if form == "turtle":
        return turtle.write(triples)
    written = serialize(triples, format=FORMATS[form])
    assert written is not None
    return written.decode()
