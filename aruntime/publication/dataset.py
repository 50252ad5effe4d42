"""The whole graph as one file a syntax.

The default graph holds everything, so that each shipped question gives the same rows in any store;
TriG and N-Quads also say which file states what, in the graph that is named after the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Triple

from aruntime.export import written
from aruntime.publication.edition import Edition, construct
from aruntime.publication.forms import (
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    File,
)


def dataset_files(edition: Edition) -> Iterator[File]:
    """The dataset with its graphs, then without."""
    for syntax in (TRIG, N_QUADS):
        title = f"Dataset with its named graphs, {syntax.name}"
        content = written(edition.quads, syntax.form)
        yield File(f"dataset/aruntime.{syntax.suffix}", title, syntax.media, content)
    for syntax in (TURTLE, N_TRIPLES, JSON_LD):
        title = f"Dataset, {syntax.name}"
        content = written(edition.triples, syntax.form)
        yield File(f"dataset/aruntime.{syntax.suffix}", title, syntax.media, content)
    title = "Dataset with every individual declared for OWL tools, RDF/XML"
    content = written(_for_owl(edition), RDF_XML.form)
    yield File("dataset/aruntime.owl", title, RDF_XML.media, content)


def _for_owl(edition: Edition) -> list[Triple]:
    """The triples, and a declaration of each individual, sorted."""
    return sorted({*edition.triples, *construct("individuals", edition.compiled)}, key=str)
