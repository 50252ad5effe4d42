"""Triples in the standard formats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pyoxigraph import RdfFormat, Triple, serialize

from aruntime import turtle
from aruntime.errors import DataError
from aruntime.namespaces import PREFIXES
from aruntime.render.safe import safe

FILES: Final = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "nt": RdfFormat.N_TRIPLES,
}
"""Formats of triples by the usual end of a file's name."""
_NOT_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


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


def triples_as_bytes(triples: Iterable[Triple], form: str) -> bytes:
    """Triples in one of :data:`FILES`, in the order given, with the project's prefixes.

    Raises:
        DataError: a literal holds a character that RDF/XML has no way to write.
    """
    prefixes = None if form == "nt" else PREFIXES
    written = serialize(triples, format=FILES[form], prefixes=prefixes)
    assert written is not None
    if form == "rdf" and (bad := _NOT_XML.search(written)):
        character = f"U+{ord(bad.group()):04X}"
        raise DataError(f"RDF/XML cannot write the character {character}; ask for another format")
    return written
