"""Node-local rules: SHACL core, by pySHACL over rdflib.

Shapes come from ``ontology/shapes`` alone; nothing in an overlay can add, change or deactivate one. A shape that would
silently check nothing (no shape at all, no focus node, a misspelled ``sh:`` term) is an error, never "conforms".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.namespace import RDF, RDFS, SH

from aruntime import corpus, paths
from aruntime.errors import DataError
from aruntime.model import Finding, Severity
from aruntime.terms import PREFIXES, slug

SEVERITIES: Final = {SH.Violation: Severity.VIOLATION, SH.Warning: Severity.WARNING, SH.Info: Severity.INFO}
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
rdflib.NORMALIZE_LITERALS = False


def shape_files() -> list[Path]:
    """Files of shapes, one a class."""
    return sorted((paths.ontology() / "shapes").glob("*.ttl"))


def shapes_graph(files: Iterable[Path] | None = None) -> rdflib.Graph:
    """The shapes, checked for what would make them check nothing.

    Raises:
        DataError: there is no shape, or a term of the SHACL namespace does not exist.
    """
    graph = rdflib.Graph()
    for path in shape_files() if files is None else files:
        triples = corpus.triples_of(path)
        for name in _shacl_terms(triples):
            if name not in SH:
                raise DataError(f"sh:{name} is no term of SHACL; correct its spelling", path=path)
        add(graph, triples)
    if not any(graph.triples((None, RDF.type, SH.NodeShape))):
        raise DataError("there is no shape; nothing would be checked", path=paths.ontology() / "shapes")
    return graph


def _shacl_terms(triples: Iterable[Triple]) -> Iterator[str]:
    namespace = PREFIXES["sh"]
    for triple in triples:
        for term in (triple.predicate, triple.object):
            if isinstance(term, NamedNode) and term.value.startswith(namespace):
                yield term.value.removeprefix(namespace)


def rule_ids(shapes: rdflib.Graph) -> set[str]:
    """Names of the rules that shapes hold: everything with a message."""
    return {slug(str(shape)) for shape in shapes.subjects(SH.message, None)}


def add(graph: rdflib.Graph, triples: Iterable[Triple]) -> None:
    """Put Oxigraph's triples into an rdflib graph, spelling untouched."""
    for triple in triples:
        graph.add((_node(triple.subject), _node(triple.predicate), _node(triple.object)))


def _node(term: object) -> rdflib.term.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise DataError(f"{term} is a triple term, which the rules cannot look at; state it as a claim")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == PREFIXES["xsd"] + "string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value), normalize=False)


def focus_nodes(data: rdflib.Graph, shapes: rdflib.Graph) -> set[rdflib.term.Node]:
    """Nodes of *data* that some shape targets."""
    found: set[rdflib.term.Node] = set()
    for cls in shapes.objects(None, SH.targetClass):
        for sub in data.transitive_subjects(RDFS.subClassOf, cls):
            found.update(data.subjects(RDF.type, sub))
    found.update(shapes.objects(None, SH.targetNode))
    for predicate in shapes.objects(None, SH.targetSubjectsOf):
        found.update(data.subjects(predicate, None))
    for predicate in shapes.objects(None, SH.targetObjectsOf):
        found.update(data.objects(None, predicate))
    return found


def findings(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Finding]:
    """Every breach of a shape by *data*.

    Raises:
        DataError: no node is targeted, or pySHACL cannot apply a shape.
    """
    if not focus_nodes(data, shapes):
        raise DataError("the shapes look at no node of the data; nothing would be checked")
    try:
        _, results, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False)
    except Exception as error:  # pySHACL raises many kinds; each is one broken shape to a user
        raise DataError(f"the shapes cannot be applied: {error}") from None
    if not isinstance(results, rdflib.Graph):
        raise DataError(f"the shapes cannot be applied: {text}")
    return [_finding(results, result) for result in results.subjects(RDF.type, SH.ValidationResult)]


def _finding(results: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    def one(predicate: rdflib.URIRef) -> str | None:
        value = results.value(result, predicate)
        return None if value is None else str(value)

    severity = rdflib.URIRef(one(SH.resultSeverity) or SH.Violation)
    return Finding(
        file=None,
        line=None,
        rule=slug(one(SH.sourceShape) or ""),
        severity=SEVERITIES.get(severity, Severity.VIOLATION),
        focus=one(SH.focusNode) or "",
        path=one(SH.resultPath),
        value=one(SH.value),
        message=one(SH.resultMessage) or "",
    )
