"""What the publication says of itself: VoID and DCAT 3, with the size and digest of each file, and
a description of each named graph.

Titles, licence and figures come from ``ontology/publication``: ``dataset.ttl`` and its queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple

from aruntime import corpus, paths
from aruntime.namespaces import BASE, GRAPH, TYPE, iri
from aruntime.publication.edition import ONTOLOGY, Edition, construct
from aruntime.publication.forms import File, files
from aruntime.store import DERIVED, UNION, match

DATASET: Final = NamedNode(BASE + "dataset")
"""The knowledge graph as a dataset."""
HOMES: Final = {
    "dataset": DATASET,
    "ns": NamedNode(BASE + "ns"),
    "tables": NamedNode(BASE + "tables"),
    "vocabulary": NamedNode(BASE + "vocabulary"),
}
"""The dataset whose distributions lie in a folder; other files only have their digest listed."""
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_ALGORITHM: Final = iri("spdx:checksumAlgorithm_sha256")


class Written(NamedTuple):
    """A file that was written.

    Attributes:
        path: where it lies in the publication's folder.
        conforms_to: the specification of its form, where its media type says too little.
        size: its length in bytes.
        digest: SHA-256 of its content, in hexadecimal digits.
        packed: the media type of its compression.
    """

    path: str
    title: str
    media: str
    conforms_to: str | None
    size: int
    digest: str
    packed: str | None = None


def description_files(edition: Edition, written: Sequence[Written]) -> Iterator[File]:
    """The description in every syntax and at VoID's well-known address, and a list of digests that
    ``sha256sum --check`` reads."""
    found = list(description(edition, written))
    described = list(files("void", "Description of the datasets (VoID and DCAT)", found))
    yield from described
    turtle = next(file for file in described if file.path == "void.ttl")
    yield File(".well-known/void", turtle.title, RdfFormat.TURTLE.media_type, turtle.content)
    lines = (f"{file.digest}  {file.path}\n" for file in sorted(written))
    yield File("SHA256SUMS", "Digests of all files", "text/plain", "".join(lines).encode())


def description(edition: Edition, written: Iterable[Written]) -> Iterator[Triple]:
    """Triples that describe the datasets, their distributions and their named graphs."""
    yield from figures(edition.compiled)
    yield from _graphs(edition, edition.licence)
    for file in written:
        if home := HOMES.get(file.path.partition("/")[0]):
            yield from _distribution(file, home, edition.licence)


def figures(compiled: Store) -> Iterator[Triple]:
    """Triples that say what the datasets are, and how much they hold."""
    stated = corpus.triples_of(paths.ontology() / "publication" / "dataset.ttl")
    store = Store()
    header = (Triple(ONTOLOGY, p, o) for _, p, o in match(compiled, ONTOLOGY))
    store.bulk_extend(Quad(*triple) for triple in chain(stated, header))
    yield from stated
    yield from construct("dataset-notes", store)
    yield from construct("creators", compiled)
    yield from construct("statistics", compiled)


def _distribution(file: Written, home: NamedNode, licence: NamedNode) -> Iterator[Triple]:
    """A file as DCAT describes it (https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution)."""
    node, address = NamedNode(f"{BASE}catalog#{file.path}"), NamedNode(BASE + file.path)
    checksum = NamedNode(f"{node.value}-sha256")
    yield Triple(home, iri("dcat:distribution"), node)
    if home == DATASET:
        yield Triple(home, iri("void:dataDump"), address)
    yield Triple(node, TYPE, iri("dcat:Distribution"))
    yield Triple(node, iri("dcterms:title"), Literal(file.title, language="en"))
    yield Triple(node, iri("dcterms:license"), licence)
    yield Triple(node, iri("dcat:downloadURL"), address)
    yield Triple(node, iri("dcat:accessURL"), address)
    yield Triple(node, iri("dcat:mediaType"), NamedNode(_MEDIA + file.media))
    size = Literal(str(file.size), datatype=iri("xsd:nonNegativeInteger"))
    yield Triple(node, iri("dcat:byteSize"), size)
    if file.packed:
        yield Triple(node, iri("dcat:compressFormat"), NamedNode(_MEDIA + file.packed))
    if file.conforms_to:
        yield Triple(node, iri("dcterms:conformsTo"), NamedNode(file.conforms_to))
    yield Triple(node, iri("spdx:checksum"), checksum)
    yield Triple(checksum, TYPE, iri("spdx:Checksum"))
    yield Triple(checksum, iri("spdx:algorithm"), _ALGORITHM)
    value = Literal(file.digest, datatype=iri("xsd:hexBinary"))
    yield Triple(checksum, iri("spdx:checksumValue"), value)


def _graphs(edition: Edition, licence: NamedNode) -> Iterator[Triple]:
    """Each named graph of the dataset: which file it comes from, and how large it is."""
    sizes = Counter(quad.graph_name for quad in edition.quads if quad.graph_name != UNION)
    for graph, size in sorted(sizes.items(), key=str):
        assert isinstance(graph, NamedNode)
        place = graph.value.removeprefix(GRAPH)
        if graph == DERIVED:
            title = "What no file states and what follows from the files"
        else:
            title = f"What the file {place}.ttl states"
        yield Triple(DATASET, iri("void:subset"), graph)
        yield Triple(graph, TYPE, iri("void:Dataset"))
        yield Triple(graph, TYPE, iri("sd:NamedGraph"))
        yield Triple(graph, iri("sd:name"), graph)
        yield Triple(graph, iri("dcterms:title"), Literal(title, language="en"))
        yield Triple(graph, iri("dcterms:license"), licence)
        count = Literal(str(size), datatype=iri("xsd:integer"))
        yield Triple(graph, iri("void:triples"), count)
