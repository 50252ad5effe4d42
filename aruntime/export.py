"""The whole graph in the standard formats, the same bytes from the same files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from aruntime import build, corpus, turtle
from aruntime.errors import DataError
from aruntime.namespaces import PREFIXES
from aruntime.store import DERIVED, match

FORMATS: Final = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "ntriples": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdfxml": RdfFormat.RDF_XML,
}
_NOT_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""


def quads(overlays: Sequence[Path] = (), *, derived: bool = True) -> Iterator[Quad]:
    """Every stated triple in its file's graph, then every derived one in ``graph/derived``; sorted
    within each."""
    stated = corpus.load(overlays)
    for name, triples in sorted(stated.graphs.items()):
        for triple in sorted(triples, key=str):
            yield Quad(triple.subject, triple.predicate, triple.object, NamedNode(name))
    if derived:
        compiled = build.in_memory(stated)
        facts = match(compiled, graph=DERIVED)
        for subject, predicate, value in sorted(facts, key=lambda fact: tuple(map(str, fact))):
            yield Quad(subject, predicate, value, DERIVED)  # type: ignore[arg-type]


def export(form: str, overlays: Sequence[Path] = (), *, derived: bool = True) -> bytes:
    """The graph as bytes.

    Args:
        form: a key of :data:`FORMATS`; TriG, N-Quads and JSON-LD keep the graphs, the others merge
            them.
        derived: whether to add what follows from the stated triples.

    Raises:
        DataError: a literal holds a character that the format cannot write.
    """
    found = quads(overlays, derived=derived)
    rdf = FORMATS[form]
    if form == "turtle":
        return turtle.write(quad.triple for quad in found).encode()
    if rdf.supports_datasets:
        written = serialize(
            _labelled(found), format=rdf, prefixes=None if form == "nquads" else PREFIXES
        )
    else:
        merged = dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in _labelled(found))
        written = serialize(merged, format=rdf, prefixes=None if form == "ntriples" else PREFIXES)
    assert written is not None
    if form == "rdfxml" and (bad := _NOT_XML.search(written)):
        raise DataError(
            f"RDF/XML cannot write the character U+{ord(bad.group()):04X} of a literal; export another format"
        )
    return written


def _labelled(found: Iterator[Quad]) -> Iterator[Quad]:
    """Quads with blank nodes named by their order, so that the same graph gives the same bytes."""
    dataset = turtle.canonical(found)
    yield from sorted(dataset, key=lambda q: (str(q.graph_name), str(q.triple)))
