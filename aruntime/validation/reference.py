"""The reference for node-local rules: pySHACL over rdflib, slow and independent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.namespace import RDF, SH

from aruntime import corpus
from aruntime.errors import DataError
from aruntime.model import Finding, Severity
from aruntime.terms import PREFIXES, iri, slug
from aruntime.validation.shapes import SEVERITIES

rdflib.NORMALIZE_LITERALS = False


def shapes_graph(files: Iterable[Path]) -> rdflib.Graph:
    """The shapes of some files."""
    return graph_of(triple for path in files for triple in corpus.triples_of(path))


def graph_of(triples: Iterable[Triple]) -> rdflib.Graph:
    """Oxigraph's triples as an rdflib graph, spelling untouched."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))
    return graph


def _node(term: object) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == PREFIXES["xsd"] + "string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value), normalize=False)


def findings(data: Iterable[Triple], files: Iterable[Path]) -> Iterator[Finding]:
    """Every breach by *data* of the shapes in some files.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    yield from results(graph_of(data), shapes_graph(files))


def results(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Finding]:
    """Every breach of a shapes graph by a data graph.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False)
    except Exception as error:  # pySHACL raises many kinds; each is one broken shape to a user
        raise DataError(f"the shapes cannot be applied: {error}") from None
    if not isinstance(report, rdflib.Graph):
        raise DataError(f"the shapes cannot be applied: {text}")
    return [_finding(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)]


def _finding(report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    def one(predicate: rdflib.URIRef) -> str | None:
        value = report.value(result, predicate)
        return None if value is None else str(value)

    return Finding(
        file=None,
        line=None,
        rule=slug(one(SH.sourceShape) or ""),
        severity=SEVERITIES.get(NamedNode(one(SH.resultSeverity) or iri("sh:Violation").value), Severity.VIOLATION),
        focus=one(SH.focusNode) or "",
        path=one(SH.resultPath),
        value=one(SH.value),
        message=one(SH.resultMessage) or "",
    )
