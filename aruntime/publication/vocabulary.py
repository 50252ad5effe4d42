"""Each concept scheme as a SKOS file of its own: explicit concepts, top concepts, inverses, and the
scheme's metadata.

Everything about a concept is taken from the compiled graph, so that nothing is left to infer. The
classes and properties that a file uses are declared in it, as OWL tools want.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from aruntime.namespaces import PREFIXES, SCHEMES, TYPE, iri
from aruntime.publication.edition import Edition, construct
from aruntime.publication.forms import File, files
from aruntime.publication.ontology import declarations
from aruntime.store import match

_IN_SCHEME = iri("skos:inScheme")
_INDIVIDUAL = iri("owl:NamedIndividual")


def scheme_files(edition: Edition) -> Iterator[File]:
    """Every scheme in every syntax: ``vocabulary/layer.ttl`` and so on."""
    notes = construct("scheme-notes", edition.compiled)
    makers = construct("creators", edition.compiled)
    known = declarations(edition)
    for name in SCHEMES:
        found = scheme(edition, name)
        about = [note for note in notes if note.subject == iri(f"scheme:{name}")]
        whole = [*found, *about, *makers]
        title = f"Vocabulary {name}"
        yield from files(f"vocabulary/{name}", title, [*whole, *declared(whole, known)])


def scheme(edition: Edition, name: str) -> list[Triple]:
    """A scheme and its concepts.

    Args:
        name: one of :data:`aruntime.namespaces.SCHEMES`.
    """
    node = iri(f"scheme:{name}")
    concepts = [c for c, _, _ in match(edition.compiled, None, _IN_SCHEME, node)]
    found = [
        Triple(*fact)  # type: ignore[arg-type]
        for subject in (node, *concepts)
        for fact in match(edition.compiled, subject)
        if not isinstance(fact[2], BlankNode)
    ]
    return found + [
        Triple(concept, TYPE, _INDIVIDUAL) for concept in concepts if isinstance(concept, NamedNode)
    ]


def declared(triples: Iterable[Triple], known: dict[NamedNode, list[Triple]]) -> Iterator[Triple]:
    """Declarations of the classes, properties and datatypes that some triples use."""
    used: dict[NamedNode, None] = {}
    for triple in triples:
        used[triple.predicate] = None
        if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
            used[triple.object] = None
    for term in used:
        if not term.value.startswith((PREFIXES["owl"], PREFIXES["rdf"])):
            yield from known.get(term, ())
