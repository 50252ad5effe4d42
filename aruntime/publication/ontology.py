"""The ontology in one file: its header, every class and property with its notes, and declarations
of the foreign terms that they use.

No file is imported: an OWL tool needs nothing but this one. A second form neither declares foreign
terms nor names foreign superclasses, for tools that document those as well (pyLODE, ontospy).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple

from aruntime.namespaces import ID, NS, PREFIXES, TYPE, iri
from aruntime.publication.edition import ONTOLOGY, Edition, construct
from aruntime.publication.forms import File, canonical, files, rdf_file

PARTS: Final = tuple(
    f"ontology/{name}" for name in ("aruntime", "core", "evidence", "composition", "recognition")
)
"""Graphs of the files that declare terms."""
NOTES: Final = "ontology/notes"


def terms(edition: Edition) -> list[Triple]:
    """Everything that is said of classes, properties and the ontology itself."""
    stated = list(edition.about(*PARTS, NOTES))
    notes = construct("term-notes", _store(stated))
    return [*stated, *notes, *construct("creators", edition.compiled)]


def our_terms(triples: Iterable[Triple]) -> list[Triple]:
    """Of the ontology's triples, those that describe it or a term of its own."""
    given = list(triples)
    kept = {t.subject for t in given if t.subject == ONTOLOGY or _is_ours(t.subject)}
    while True:  # lists and class expressions, to their end
        inner = {t.object for t in given if t.subject in kept and isinstance(t.object, BlankNode)}
        if inner <= kept:
            return [t for t in given if t.subject in kept and not _has_foreign_superclass(t)]
        kept |= inner


def ontology_files(edition: Edition) -> Iterator[File]:
    """The ontology under the name of its version and under the name that always is the newest."""
    found = canonical(terms(edition))
    title = f"Ontology, version {edition.version}"
    for folder in (f"ns/{edition.version}", "ns"):
        yield from files(f"{folder}/ontology", title, found)
        note = "Terms of the ontology without declarations of foreign ones, Turtle"
        yield rdf_file(f"{folder}/terms", note, our_terms(found), RdfFormat.TURTLE)


def declarations(edition: Edition) -> dict[NamedNode, list[Triple]]:
    """What the ontology declares each term to be, ours and foreign ones."""
    found: dict[NamedNode, list[Triple]] = {}
    for triple in edition.about(*PARTS):
        kind = triple.object
        if triple.predicate == TYPE and isinstance(triple.subject, NamedNode):
            if isinstance(kind, NamedNode) and kind.value.startswith(_KINDS):
                found.setdefault(triple.subject, []).append(triple)
    return found


_KINDS: Final = tuple(
    PREFIXES["owl"] + kind
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
)


def _has_foreign_superclass(triple: Triple) -> bool:
    named = isinstance(triple.object, NamedNode)
    return triple.predicate == iri("rdfs:subClassOf") and named and not _is_ours(triple.object)


def _is_ours(term: object) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith((NS, ID))


def _store(triples: Iterable[Triple]) -> Store:
    store = Store()
    store.bulk_extend(Quad(*triple) for triple in triples)
    return store
