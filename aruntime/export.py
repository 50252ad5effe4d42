"""The whole graph in the standard formats, the same bytes from the same files.

The default graph holds everything: what the files state, what they leave unsaid and what follows.
Formats with named graphs also say which file states what, and what no file states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from aruntime import build, corpus, turtle
from aruntime.corpus import Corpus
from aruntime.errors import DataError
from aruntime.namespaces import PREFIXES
from aruntime.store import DERIVED, UNION

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


def quads(overlays: Sequence[Path] = (), *, derived: bool = True) -> tuple[Quad, ...]:
    """The dataset of the shipped files with *overlays*; see :func:`dataset`.

    Args:
        derived: whether to add what no file states.
    """
    stated = corpus.load(overlays)
    return dataset(stated, build.in_memory(stated) if derived else None)


def dataset(stated: Corpus, compiled: Store | None = None) -> tuple[Quad, ...]:
    """Everything in the default graph, what each file states in the file's graph too, and what no
    file states in ``graph/derived``; sorted, with blank nodes named canonically.

    Annotations keep the names that :func:`aruntime.infer.axiom_annotations` gives them, which stay
    the same from one edition to the next, so that two dumps differ only where something changed.

    Args:
        compiled: the corpus with what follows from it; without it, only what is stated.
    """
    found = [
        Quad(t.subject, t.predicate, t.object, NamedNode(name))
        for name, triples in stated.graphs.items()
        for t in triples
    ]
    own = dict.fromkeys(quad.triple for quad in found)
    found += (Quad(*triple) for triple in own)
    annotations: list[Quad] = []
    if compiled is not None:
        own.update(dict.fromkeys(_as_stored(own)))
        for quad in compiled.quads_for_pattern(None, None, None, UNION):
            if quad.triple not in own:
                place = annotations if isinstance(quad.subject, BlankNode) else found
                place += (quad, Quad(quad.subject, quad.predicate, quad.object, DERIVED))
    return tuple(sorted(chain(turtle.canonical(found), annotations), key=_place))


def export(form: str, overlays: Sequence[Path] = (), *, derived: bool = True) -> bytes:
    """The graph as bytes.

    Args:
        form: a key of :data:`FORMATS`; TriG, N-Quads and JSON-LD keep the graphs, the others hold
            the default graph.
        derived: whether to add what no file states.

    Raises:
        DataError: a literal holds a character that the format cannot write.
    """
    found = quads(overlays, derived=derived)
    if FORMATS[form].supports_datasets:
        return written(found, FORMATS[form])
    return written((quad.triple for quad in found if quad.graph_name == UNION), FORMATS[form])


def written(statements: Iterable[Triple | Quad], form: RdfFormat) -> bytes:
    """Statements in the order in which they come; Turtle in its canonical form.

    Raises:
        DataError: a literal holds a character that RDF/XML cannot write.
    """
    if form == RdfFormat.TURTLE:
        return turtle.write(statements).encode()
    return serialized(statements, form)


def serialized(statements: Iterable[Triple | Quad], form: RdfFormat) -> bytes:
    """Statements in the order in which they come, with those of the project's prefixes that they
    use.

    Raises:
        DataError: a literal holds a character that RDF/XML cannot write.
    """
    prefixes = None
    if form not in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS):
        statements = tuple(statements)
        prefixes = _used(statements)
    found = serialize(statements, format=form, prefixes=prefixes)  # type: ignore[arg-type]
    assert found is not None
    if form == RdfFormat.RDF_XML and (bad := _NOT_XML.search(found)):
        character = f"U+{ord(bad.group()):04X}"
        raise DataError(f"RDF/XML cannot write the character {character}; use another format")
    return found


def _used(statements: Iterable[Triple | Quad]) -> dict[str, str]:
    """The project's prefixes of whose namespaces something is named."""
    named: set[str] = set()
    for statement in statements:
        for term in statement:
            named.add(str(term.datatype if isinstance(term, Literal) else term))
    text = "\n".join(named)
    return {name: space for name, space in PREFIXES.items() if space in text}


def _as_stored(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Triples with literals as a store spells them: it keeps numbers by their value."""
    store = Store()
    store.extend(Quad(*triple) for triple in triples if isinstance(triple.object, Literal))
    return (quad.triple for quad in store)


def _place(quad: Quad) -> tuple[str, str]:
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name)
    return graph, str(quad.triple)
