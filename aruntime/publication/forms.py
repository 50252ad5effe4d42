"""One graph in every syntax that others read, each the same bytes from the same triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pyoxigraph import Quad, Triple

from aruntime import export, turtle


class Syntax(NamedTuple):
    """A way to write RDF.

    Attributes:
        suffix: of a file, without its dot.
        name: as people call it.
        media: its media type (https://www.iana.org/assignments/media-types/).
        form: its key among :data:`aruntime.export.FORMATS`.
    """

    suffix: str
    name: str
    media: str
    form: str


class File(NamedTuple):
    """A file of the publication, before it is written.

    Attributes:
        path: where it lies in the publication's folder, with ``/`` between names.
        title: what is in it, in a few words.
        media: its media type.
        conforms_to: the specification of its form, where its media type says too little.
    """

    path: str
    title: str
    media: str
    content: bytes
    conforms_to: str | None = None


TURTLE: Final = Syntax("ttl", "Turtle", "text/turtle", "turtle")
RDF_XML: Final = Syntax("rdf", "RDF/XML", "application/rdf+xml", "rdfxml")
JSON_LD: Final = Syntax("jsonld", "JSON-LD", "application/ld+json", "jsonld")
N_TRIPLES: Final = Syntax("nt", "N-Triples", "application/n-triples", "ntriples")
TRIG: Final = Syntax("trig", "TriG", "application/trig", "trig")
N_QUADS: Final = Syntax("nq", "N-Quads", "application/n-quads", "nquads")

GRAPH_SYNTAXES: Final = (TURTLE, RDF_XML, JSON_LD, N_TRIPLES)
"""Syntaxes in which the ontology, each vocabulary and each thing are published."""


def settled(triples: Iterable[Triple]) -> list[Triple]:
    """Triples, each once and sorted, with blank nodes named canonically."""
    named = turtle.canonical(Quad(*triple) for triple in triples)
    return sorted((quad.triple for quad in named), key=str)


def files(place: str, title: str, triples: Iterable[Triple]) -> Iterator[File]:
    """A graph in every syntax of :data:`GRAPH_SYNTAXES`.

    Args:
        place: path of the files without suffix.
    """
    found = settled(triples)
    for syntax in GRAPH_SYNTAXES:
        content = export.written(found, syntax.form)
        yield File(f"{place}.{syntax.suffix}", f"{title}, {syntax.name}", syntax.media, content)
