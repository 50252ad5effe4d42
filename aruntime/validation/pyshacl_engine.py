"""The reference for node-local rules: pySHACL over rdflib, slow and independent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyshacl
import rdflib
from pyoxigraph import NamedNode, Triple
from rdflib.namespace import RDF, SH

from aruntime import corpus
from aruntime.engines.rdflib import to_rdflib
from aruntime.errors import DataError
from aruntime.model import Finding, Severity
from aruntime.namespaces import iri, slug
from aruntime.validation.shapes import SEVERITIES


def shapes_graph(files: Iterable[Path]) -> rdflib.Graph:
    """The shapes of some files."""
    return graph_of(triple for path in files for triple in corpus.triples_of(path))


def graph_of(triples: Iterable[Triple]) -> rdflib.Graph:
    """Oxigraph's triples as an rdflib graph, spelling untouched."""
    graph = rdflib.Graph()
    for subject, predicate, value in triples:
        graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
    return graph


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
        _, report, text = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False
        )
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
        severity=SEVERITIES.get(
            NamedNode(one(SH.resultSeverity) or iri("sh:Violation").value), Severity.VIOLATION
        ),
        focus=one(SH.focusNode) or "",
        path=one(SH.resultPath),
        value=one(SH.value),
        message=one(SH.resultMessage) or "",
    )
