"""The whole graph as one file a syntax.

The default graph holds everything, so that each shipped question gives the same rows in any store;
TriG and N-Quads also say which file states what, in the graph that is named after the file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Quad, RdfFormat, Triple

from aruntime.export import written
from aruntime.publication.edition import Edition, construct
from aruntime.publication.forms import GZIP, File, rdf_file

_PLACE: Final = "dataset/aruntime"


def dataset_files(edition: Edition) -> Iterator[File]:
    """The dataset with its graphs, then without; the formats of one statement a line compressed as
    well, to a twentieth."""
    for form in (RdfFormat.TRIG, RdfFormat.N_QUADS):
        yield from _dump("Dataset with its named graphs", edition.quads, form)
    for form in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.JSON_LD):
        yield from _dump("Dataset", edition.triples, form)
    title = "Dataset with every individual declared for OWL tools, RDF/XML"
    content = written(_for_owl(edition), RdfFormat.RDF_XML)
    yield File(f"{_PLACE}.owl", title, RdfFormat.RDF_XML.media_type, content)


def _dump(title: str, statements: Iterable[Triple | Quad], form: RdfFormat) -> Iterator[File]:
    file = rdf_file(_PLACE, f"{title}, {form.name}", statements, form)
    yield file
    if form in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        content = gzip.compress(file.content, mtime=0)
        yield file._replace(
            path=f"{file.path}.gz", title=f"{file.title}, gzip", content=content, packed=GZIP
        )


def _for_owl(edition: Edition) -> list[Triple]:
    """The triples, and a declaration of each individual, sorted."""
    return sorted({*edition.triples, *construct("individuals", edition.compiled)}, key=str)
