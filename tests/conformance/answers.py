"""SPARQL 1.1 results formats: as the command line and the endpoint write them, and as the remote
engine reads them from an endpoint on loopback.

What is written is read again by Oxigraph's parsers and compared with the suite's file. What is read
is every result file of the query tests, compared with what rdflib's parsers read from it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import rdflib
from pyoxigraph import BlankNode, Literal, QueryResultsFormat, Store, parse_query_results

from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import Remote
from aruntime.graph import Graph
from aruntime.model import Rows, Term
from aruntime.publication.things import Context
from aruntime.render.formats import Screen, rows_as_text, truth_as_text
from aruntime.serve import tasks
from aruntime.serve.limits import Limits
from aruntime.validation.pyshacl_engine import to_oxigraph
from tests.conformance.evaluation import EVALUATED, answer_to, rows_of, tests_of
from tests.conformance.outcome import Outcome, as_quads, judged, same

COMMANDS = "SPARQL results, commands write"
ENDPOINT = "SPARQL results, endpoint writes"
CLIENT = "SPARQL results, client reads"
_WRITTEN = ("csv-tsv-res", "json-res")
"""Folders of tests of the formats themselves."""
_MEDIA = {
    ".srj": "application/sparql-results+json",
    ".srx": "application/sparql-results+xml",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}
_PARSERS = {".srj": "json", ".srx": "xml", ".tsv": "tsv", ".csv": "csv"}
_FORMS = {".srj": "json", ".csv": "csv", ".tsv": "tsv"}


def outcomes() -> Iterator[Outcome]:
    """Every test of writing, then every test of reading."""
    for folder in _WRITTEN:
        for name, query, store, result in tests_of(folder):
            test = f"{folder}/{name}"
            yield judged(COMMANDS, test, lambda q=query, s=store, r=result: _by_command(q, s, r))
            yield judged(ENDPOINT, test, lambda q=query, s=store, r=result: _by_server(q, s, r))
    with _endpoint() as (address, answer):
        for folder in EVALUATED:
            for name, query, _, result in tests_of(folder):
                if result.suffix not in _MEDIA:
                    continue
                test = f"{folder}/{name}"
                answer.append(result)
                yield judged(CLIENT, test, lambda q=query, r=result: _by_client(address, q, r))


def _by_command(query: Path, store: Store, result: Path) -> str | None:
    rows, form = answer_to(query, store), _FORMS[result.suffix]
    written = (
        truth_as_text(rows, form, Screen())
        if isinstance(rows, bool)
        else rows_as_text(rows, form, Screen())
    )
    return _compared(written.encode(), result)


def _by_server(query: Path, store: Store, result: Path) -> str | None:
    graph, context = Graph(Oxigraph(store)), Context(terms={}, names={})
    held = tasks.Held(graph, store, documents={}, figures=(), limits=Limits(), context=context)
    job = {"task": "query", "query": query.read_text("utf-8"), "as": _FORMS[result.suffix]}
    answer = tasks.perform(held, {**job, "default": [], "named": []})
    if answer.status != 200:
        return f"status {answer.status}: {answer.body.decode()}"
    if answer.media.partition(";")[0] != _MEDIA[result.suffix]:
        return f"written as {answer.media}"
    return _compared(answer.body, result)


def _compared(written: bytes, result: Path) -> str | None:
    left, right = _read(written, result.suffix), _read(result.read_bytes(), result.suffix)
    return None if same(as_quads(left), as_quads(right)) else "other results"


def _read(content: bytes, suffix: str) -> Rows | bool:
    """A result file; CSV, which has no types, as text, but for blank nodes."""
    if suffix != ".csv":
        form = QueryResultsFormat.from_media_type(_MEDIA[suffix])
        assert form is not None
        return rows_of(parse_query_results(content, form))
    columns, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return Rows(tuple(columns), tuple(tuple(_cell(cell) for cell in row) for row in rows))


def _cell(text: str) -> Term | None:
    if text.startswith("_:"):
        return BlankNode(text.removeprefix("_:"))
    return Literal(text) if text else None


def _by_client(address: str, query: Path, result: Path) -> str | None:
    found = Remote(address).run(query.read_text("utf-8"))
    if isinstance(found, list):
        return "read as triples"
    wanted = _by_rdflib(result)
    return None if same(as_quads(found), as_quads(wanted)) else "read otherwise than by rdflib"


def _by_rdflib(result: Path) -> Rows | bool:
    rdflib.NORMALIZE_LITERALS = False  # other libraries in the process may have set it
    with result.open("rb") as file:
        found = rdflib.query.Result.parse(file, format=_PARSERS[result.suffix])
    if found.type == "ASK":
        return bool(found.askAnswer)
    columns = tuple(map(str, found.vars or ()))
    rows = ((binding.get(rdflib.Variable(name)) for name in columns) for binding in found.bindings)
    return Rows(
        columns,
        tuple(tuple(None if term is None else to_oxigraph(term) for term in row) for row in rows),
    )


@contextmanager
def _endpoint() -> Iterator[tuple[str, list[Path]]]:
    """A server on loopback that answers whatever it is asked with the last file of a list."""
    answers: list[Path] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = answers[-1].read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", _MEDIA[answers[-1].suffix])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
