"""What one publication is made of: the stated files, and everything that follows from them.

Both come from :mod:`aruntime.corpus` and :mod:`aruntime.build`, once for all files of the
publication. Blank nodes are named canonically, so that each file has the same names for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples, Store, Triple

from aruntime import build, corpus, export, paths
from aruntime.corpus import Corpus
from aruntime.errors import DataError
from aruntime.namespaces import NS, iri
from aruntime.store import UNION, match

ONTOLOGY: Final = NamedNode(NS.removesuffix("#"))
"""The name of the ontology, which is also where it is found."""


@dataclass(frozen=True)
class Edition:
    """The graph at one time.

    Attributes:
        stated: what the files state.
        compiled: that, and what follows from it, in the default graph.
    """

    stated: Corpus
    compiled: Store

    @classmethod
    def load(cls, overlays: Sequence[Path] = ()) -> Edition:
        """The shipped graph, with private files beside it.

        Raises:
            DataError: a file is malformed.
            UsageError: an overlay does not exist.
        """
        stated = corpus.load(overlays)
        return cls(stated, build.in_memory(stated))

    @cached_property
    def version(self) -> str:
        """The ontology's version, such as ``0.2.0``.

        Raises:
            DataError: its header does not say one.
        """
        return version_of(self.compiled)

    @cached_property
    def licence(self) -> NamedNode:
        """Under which terms everything is published.

        Raises:
            DataError: the ontology's header does not say one.
        """
        found = [v for _, _, v in match(self.compiled, ONTOLOGY, iri("dcterms:license"))]
        if len(found) != 1 or not isinstance(found[0], NamedNode):
            remedy = "say one dcterms:license, an address"
            raise DataError(f"the ontology has no licence; {remedy}", path=paths.ontology())
        return found[0]

    @cached_property
    def quads(self) -> tuple[Quad, ...]:
        """The whole dataset; see :func:`aruntime.export.dataset`."""
        return export.dataset(self.stated, self.compiled)

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """Everything in the default graph, sorted."""
        return tuple(quad.triple for quad in self.quads if quad.graph_name == UNION)

    def about(self, *graphs: str) -> Iterator[Triple]:
        """What the files of some graphs state, by the end of their names: ``ontology/core``."""
        for name, triples in self.stated.graphs.items():
            if name.endswith(graphs):
                yield from (t.triple if isinstance(t, Quad) else t for t in triples)


def version_of(compiled: Store) -> str:
    """The version of the ontology that a graph holds.

    Raises:
        DataError: its header does not say one.
    """
    found = [v for _, _, v in match(compiled, ONTOLOGY, iri("owl:versionInfo"))]
    if len(found) != 1 or not isinstance(found[0], Literal):
        remedy = "say one owl:versionInfo"
        raise DataError(f"the ontology has no version; {remedy}", path=paths.ontology())
    return found[0].value


def construct(name: str, store: Store) -> list[Triple]:
    """What a query of ``ontology/publication`` adds to a store's default graph.

    Raises:
        DataError: the query is malformed, or is no CONSTRUCT query.
    """
    path = query_file(name)
    try:
        answer = store.query(path.read_text("utf-8"))
    except SyntaxError as error:
        raise DataError(f"malformed query: {error.msg}", path=path, line=error.lineno) from None
    if not isinstance(answer, QueryTriples):
        raise DataError("the query constructs no triples", path=path)
    return list(answer)


def query_file(name: str) -> Path:
    """The file of a query of ``ontology/publication``."""
    return paths.ontology() / "publication" / f"{name}.rq"
