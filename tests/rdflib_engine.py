"""The reference engine: rdflib, slow and independent, to hold the embedded engine to the same
answers; an :class:`aruntime.engines.engine.Engine`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import rdflib
from pyoxigraph import RdfFormat, Store, Triple, parse

from aruntime.engines.engine import bind, fill
from aruntime.errors import DataError
from aruntime.model import Row, Rows, Term
from aruntime.namespaces import PREFIXES
from aruntime.store import UNION
from aruntime.validation.pyshacl_engine import graph_of, to_oxigraph


@dataclass(frozen=True)
class Rdflib:
    """Answers from an rdflib graph."""

    graph: rdflib.Graph

    @classmethod
    def of(cls, store: Store) -> Rdflib:
        """The default graph of an Oxigraph store, term by term."""
        return cls(
            graph_of(quad.triple for quad in store.quads_for_pattern(None, None, None, UNION))
        )

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self._ask(bind(text, bindings))
        if answer.type != "SELECT":
            raise DataError("the query is no SELECT query")
        return _rows(answer)

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self.run(fill(text, bindings))
        if not isinstance(answer, list):
            raise DataError("the query is no CONSTRUCT query")
        return answer

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self._ask(text)
        if answer.type == "SELECT":
            return _rows(answer)
        if answer.type == "ASK":
            return bool(answer.askAnswer)
        graph = answer.graph
        assert graph is not None
        return [
            quad.triple
            for quad in parse(
                io.BytesIO(graph.serialize(format="nt", encoding="utf-8")), RdfFormat.N_TRIPLES
            )
        ]

    def _ask(self, text: str) -> rdflib.query.Result:
        try:
            return self.graph.query(text, initNs=PREFIXES)
        except Exception as error:  # rdflib raises its parser's errors as they are
            raise DataError(f"malformed SPARQL: {error}") from None


def _rows(answer: rdflib.query.Result) -> Rows:
    names = answer.vars or []
    found: list[Row] = []
    for solution in answer:
        assert isinstance(solution, rdflib.query.ResultRow)
        found.append(tuple(None if term is None else to_oxigraph(term) for term in solution))
    return Rows(tuple(str(name) for name in names), tuple(found))
