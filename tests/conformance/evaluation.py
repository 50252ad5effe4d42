"""SPARQL 1.1 queries, parsed and answered by the embedded engine
(:class:`aruntime.engines.oxigraph.Oxigraph`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import DataError
from aruntime.model import Rows, Term
from aruntime.namespaces import TYPE
from aruntime.validation.data import Data
from tests.conformance.outcome import (
    MF,
    QT,
    W3C,
    Outcome,
    as_quads,
    entries,
    judged,
    manifest,
    same,
)

SYNTAX, ANSWERS = "SPARQL query syntax", "SPARQL query answers"
EVALUATED = (
    "aggregates bind bindings cast construct csv-tsv-res exists functions grouping json-res negation "
    "project-expression property-path service subquery"
).split()
"""Folders of tests that ask for an answer."""
_FOLDER = W3C / "rdf-tests" / "sparql" / "sparql11"
_BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"


def outcomes() -> Iterator[Outcome]:
    """Every syntax test of queries, then every test that has an answer; CSV, which has no types, is
    compared where it is written."""
    for folder in ("syntax-query", *EVALUATED):
        base = f"{_BASE}{folder}/"
        found = manifest(_FOLDER / folder / "manifest.ttl", f"{base}manifest.ttl")
        for test in entries(found):
            kind, place = str(found.value(test, TYPE)), found.value(test, NamedNode(MF + "action"))
            if "SyntaxTest" in kind:
                query = _FOLDER / folder / str(place).strip("<>").removeprefix(base)
                name = f"{folder}/{str(test).strip('<>').rpartition('#')[2]}"
                yield judged(SYNTAX, name, lambda k=kind, q=query: _parsed(k, q))
    for folder in EVALUATED:
        for name, query, store, result in tests_of(folder):
            if result.suffix == ".csv":
                continue
            if "SERVICE" in query.read_text("utf-8"):
                detail = "asks another endpoint, which no query here may"
                yield Outcome(ANSWERS, f"{folder}/{name}", "skip", detail)
                continue
            if result.suffix == ".ttl" and not isinstance(answer_to(query, store), list):
                detail = "its rows are written in RDF, which is none of the results formats"
                yield Outcome(ANSWERS, f"{folder}/{name}", "skip", detail)
                continue
            yield judged(
                ANSWERS, f"{folder}/{name}", lambda q=query, s=store, r=result: _answered(q, s, r)
            )


def tests_of(folder: str) -> Iterator[tuple[str, Path, Store, Path]]:
    """Name, query, data and expected result of each evaluation test of a folder."""
    base = f"{_BASE}{folder}/"
    found = manifest(_FOLDER / folder / "manifest.ttl", f"{base}manifest.ttl")

    def file(node: Term | None) -> Path:
        return _FOLDER / folder / str(node).strip("<>").removeprefix(base)

    for test in entries(found):
        action = found.value(test, NamedNode(MF + "action"))
        result = found.value(test, NamedNode(MF + "result"))
        query = None if action is None else found.value(action, NamedNode(QT + "query"))
        if query is not None and result is not None:
            assert action is not None
            store = _store(found, action, base, folder)
            yield str(test).strip("<>").rpartition("#")[2], file(query), store, file(result)


def _store(found: Data, action: Term, base: str, folder: str) -> Store:
    store = Store()
    for name in ("data", "graphData"):
        for place in found.values(action, NamedNode(QT + name)):
            iri = str(place).strip("<>")
            path = _FOLDER / folder / iri.removeprefix(base)
            form = RdfFormat.from_extension(path.suffix.removeprefix("."))
            graph = NamedNode(iri) if name == "graphData" else None
            store.load(path.read_bytes(), form, base_iri=iri, to_graph=graph)
    return store


def answer_to(query: Path, store: Store) -> Rows | bool | list[Triple]:
    """The embedded engine's answer; relative IRIs are resolved as the suite says."""
    base = f"BASE <{_BASE}{query.parent.name}/{query.name}>\n"
    return Oxigraph(store).run(base + query.read_text("utf-8"))


def rows_of(found: object) -> Rows | bool:
    """What Oxigraph's parser of result files returns, as rows or a truth."""
    if isinstance(found, QueryBoolean):
        return bool(found)
    assert isinstance(found, QuerySolutions)
    columns = tuple(variable.value for variable in found.variables)
    return Rows(columns, tuple(tuple(solution) for solution in found))


def _parsed(kind: str, query: Path) -> str | None:
    try:
        answer_to(query, Store())
    except DataError as error:
        malformed = error.message.startswith("malformed")
        return None if malformed == ("Negative" in kind) else f"refused: {error.message}"
    return "accepted, though it is malformed" if "Negative" in kind else None


def _answered(query: Path, store: Store, result: Path) -> str | None:
    found = answer_to(query, store)
    if isinstance(found, list):
        form = RdfFormat.from_extension(result.suffix.removeprefix("."))
        wanted = parse(result.read_bytes(), form, base_iri=_BASE)
        return None if same((Quad(*t) for t in found), wanted) else "another graph"
    form_of_rows = QueryResultsFormat.from_extension(result.suffix.removeprefix("."))
    assert form_of_rows is not None
    expected = rows_of(parse_query_results(result.read_bytes(), form_of_rows))
    return None if same(as_quads(found), as_quads(expected)) else "other results"
