"""One graph in every syntax that others read, each the same bytes from the same triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pyoxigraph import Quad, RdfFormat, Triple

from aruntime import export, turtle


class File(NamedTuple):
    """A file of the publication, before it is written.

    Attributes:
        path: where it lies in the publication's folder, with ``/`` between names.
        title: what is in it, in a few words.
        media: its media type.
        conforms_to: the specification of its form, where its media type says too little.
        packed: the media type of its compression; ``media`` is that of what is inside.
    """

    path: str
    title: str
    media: str
    content: bytes
    conforms_to: str | None = None
    packed: str | None = None


GZIP: Final = "application/gzip"


GRAPH_FORMATS: Final = (
    RdfFormat.TURTLE, RdfFormat.RDF_XML, RdfFormat.JSON_LD, RdfFormat.N_TRIPLES
)  # fmt: skip
"""Formats in which the ontology, each vocabulary and each thing are published."""


def canonical(triples: Iterable[Triple]) -> list[Triple]:
    """Triples, each once and sorted, with blank nodes named canonically."""
    named = turtle.canonical(Quad(*triple) for triple in triples)
    return sorted((quad.triple for quad in named), key=str)


def files(place: str, title: str, triples: Iterable[Triple]) -> Iterator[File]:
    """A graph in every format of :data:`GRAPH_FORMATS`.

    Args:
        place: path of the files without suffix.
    """
    found = canonical(triples)
    for form in GRAPH_FORMATS:
        yield rdf_file(place, f"{title}, {form.name}", found, form)


def rdf_file(place: str, title: str, statements: Iterable[Triple | Quad], form: RdfFormat) -> File:
    """Statements in one format, in the order in which they come.

    Args:
        place: path of the file without suffix.
    """
    path = f"{place}.{form.file_extension}"
    return File(path, title, form.media_type, export.written(statements, form))
