"""pySHACL over rdflib: the reference for node-local rules, slow and independent, and the engine for
shapes that go beyond what :mod:`aruntime.validation.shapes` applies."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyshacl
import rdflib
from pyoxigraph import Triple

from aruntime import corpus
from aruntime.engines.rdflib import to_oxigraph, to_rdflib
from aruntime.errors import DataError
from aruntime.model import Finding
from aruntime.validation.data import Data
from aruntime.validation.results import Result, results_in


def shapes_graph(files: Iterable[Path]) -> rdflib.Graph:
    """The shapes of some files."""
    return graph_of(triple for path in files for triple in corpus.triples_of(path))


def graph_of(triples: Iterable[Triple]) -> rdflib.Graph:
    """Oxigraph's triples as an rdflib graph, spelling untouched."""
    graph = rdflib.Graph()
    with _quiet():
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
    """Every breach of a shapes graph by a data graph, as a finding.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    return [result.finding() for result in report(data, shapes)]


def of_triples(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Result]:
    """Every breach of a shapes graph by a data graph, both as Oxigraph's triples.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    return report(graph_of(data), graph_of(shapes))


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
