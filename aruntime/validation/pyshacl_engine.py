"""pySHACL over rdflib: the reference for node-local rules, slow and independent, and the engine for
shapes that go beyond what :mod:`aruntime.validation.shapes` applies."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.namespaces import PREFIXES
from aruntime.validation.data import Data
from aruntime.validation.results import Result, results_in

rdflib.NORMALIZE_LITERALS = False
_STRING = PREFIXES["xsd"] + "string"


def graph_of(triples: Iterable[Triple]) -> rdflib.Graph:
    """Oxigraph's triples as an rdflib graph, spelling untouched."""
    graph = rdflib.Graph()
    with _quiet():
        for subject, predicate, value in triples:
            graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
    return graph


def report(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Result]:
    """Every breach of a shapes graph by a data graph.

    Nothing is fetched: no import is followed, and no rule, function or script is run.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    try:
        with _quiet():
            _, found, text = pyshacl.validate(
                data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False
            )
    except Exception as error:  # pySHACL raises many kinds; each is one broken shape to a user
        raise DataError(f"the shapes cannot be applied: {error}") from None
    if not isinstance(found, rdflib.Graph):
        raise DataError(f"the shapes cannot be applied: {text}")
    return results_in(
        Data(Triple(*map(to_oxigraph, triple)) for triple in found)  # type: ignore[arg-type]
    )


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


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what rdflib and pySHACL write to standard error of literals that are none of their
    type's, and of parameters that a node shape cannot have."""
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    for logger in loggers:
        logger.addFilter(_nothing)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger in loggers:
            logger.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
