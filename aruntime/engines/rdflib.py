"""The reference engine: rdflib, slow and independent, to hold the embedded engine to the same
answers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse

from aruntime.engines.engine import bound, opened
from aruntime.errors import DataError
from aruntime.model import Row, Rows, Term
from aruntime.namespaces import PREFIXES

rdflib.NORMALIZE_LITERALS = False
_STRING = PREFIXES["xsd"] + "string"


@dataclass(frozen=True)
class Rdflib:
    """Answers from an rdflib graph."""

    graph: rdflib.Graph

    @classmethod
    def of(cls, store: Store) -> Rdflib:
        """The default graph of an Oxigraph store, term by term."""
        graph = rdflib.Graph()
        for quad in store.quads_for_pattern(None, None, None, None):
            if quad.graph_name.__class__.__name__ == "DefaultGraph":
                graph.add(
                    (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object))
                )
        return cls(graph)

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self._ask(bound(text, bindings))
        if answer.type != "SELECT":
            raise DataError("the query is no SELECT query")
        return _rows(answer)

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self.run(opened(text, {name: [term] for name, term in bindings.items()}))
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


def to_rdflib(term: object) -> rdflib.term.Identifier:
    """An Oxigraph term as rdflib's, spelling untouched."""
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = None if term.datatype.value == _STRING else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)


def to_oxigraph(term: rdflib.term.Node) -> Term:
    """An rdflib term as Oxigraph's."""
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype or _STRING)))
