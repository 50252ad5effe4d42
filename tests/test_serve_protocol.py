"""The W3C's tests of the SPARQL 1.1 Protocol, against the endpoint.

They lie outside of this repository: ``ARUNTIME_TESTDATA`` names the folder, else it is looked for
beside the checkout; where it is absent they are skipped. Queries must be answered as the tests say.
Updates must be refused, and change nothing: the endpoint is read-only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store, parse, parse_query_results
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from tests.serving import Reply, Server, running

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "testdata"
SUITE = Path(os.environ.get("ARUNTIME_TESTDATA", BESIDE)) / "w3c/rdf-tests/sparql/sparql11/protocol"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/"
RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
}
UPDATES = {
    "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
    "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
}  # fmt: skip
"""Tests whose first request is an update that a writable endpoint takes."""


class Request(NamedTuple):
    """One request of a test, and what its answer must be."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: set[str]
    boolean: bool | None
    form: str | None


def cases() -> dict[str, list[Request]]:
    """The tests by name."""
    if not SUITE.is_dir():
        return {}
    found = Graph().parse(SUITE / "manifest.ttl")
    return {
        str(test).rpartition("#")[2]: [
            _request(found, request)
            for connection in found.objects(test, MF.action)
            for requests in found.objects(connection, HT.requests)
            for request in Collection(found, requests)
        ]
        for test in found.subjects(RDF.type, MF.ProtocolTest)
    }


def _request(found: Graph, node: Node) -> Request:
    def one(subject: Node | None, predicate: URIRef) -> str | None:
        value = found.value(subject, predicate) if subject is not None else None
        return None if value is None else str(value)

    listed = found.value(node, HT.headers)
    headers = {} if listed is None else {
        str(one(field, HT.fieldName)): str(one(field, HT.fieldValue))
        for field in Collection(found, listed)
    }  # fmt: skip
    content = found.value(node, HT.body)
    chars, encoding = one(content, CNT.chars), one(content, CNT.characterEncoding)
    answer = found.value(node, HT.resp)
    boolean = one(answer, MF.expectedBoolean)
    return Request(
        str(one(node, HT.methodName)),
        str(one(node, HT.absolutePath)),
        headers,
        None if chars is None else chars.encode(encoding or "utf-8"),
        {str(s)[-3] for s in found.objects(answer, MF.expectedStatus)},
        None if boolean is None else boolean == "true",
        one(answer, MF.expectedFormat),
    )


CASES = cases()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An endpoint with the graphs that the tests speak of."""
    store = Store()
    for number in (1, 2, 3):
        name = NamedNode(f"{DATA}data{number}.rdf")
        store.load(path=SUITE / f"data{number}.nt", format=RdfFormat.N_TRIPLES, to_graph=name)
    quads = tmp_path_factory.mktemp("protocol") / "data.nq"
    store.dump(quads, format=RdfFormat.N_QUADS)
    with running(quads) as found:
        yield found


def send(server: Server, request: Request) -> Reply:
    return server.ask(
        request.path, method=request.method, body=request.body, headers=request.headers
    )


@pytest.mark.skipif(not CASES, reason="the W3C suite is not here; set ARUNTIME_TESTDATA")
def test_there_are_34_of_them() -> None:
    assert len(CASES) == 34
    assert UPDATES < CASES.keys()


@pytest.mark.parametrize("name", sorted(CASES.keys() - UPDATES))
def test_request_is_answered_as_the_standard_says(name: str, server: Server) -> None:
    for request in CASES[name]:
        reply = send(server, request)
        assert str(reply.status)[0] in request.statuses, reply
        kind = reply.headers["content-type"].partition(";")[0]
        if request.form == "boolean":
            found = parse_query_results(reply.body, format=RESULTS[kind])
            assert request.boolean in (None, bool(found))
        elif request.form == "tabular":
            assert list(parse_query_results(reply.body, format=RESULTS[kind]))
        elif request.form == "RDF":
            form = RdfFormat.from_media_type(kind)
            assert form is not None
            list(parse(reply.body, format=form))


@pytest.mark.parametrize("name", sorted(UPDATES & CASES.keys()))
def test_update_is_refused_and_changes_nothing(name: str, server: Server) -> None:
    before = everything(server)
    for request in CASES[name]:
        if request.boolean is None:
            reply = send(server, request)
            assert reply.status == 403
            assert "read-only" in reply.detail
    assert everything(server) == before


def everything(server: Server) -> list[object]:
    found = server.query("SELECT * { GRAPH ?g { ?s ?p ?o } }", "application/json")
    bindings = json.loads(found.body)["results"]["bindings"]
    assert len(bindings) == 3
    return sorted(map(json.dumps, bindings))
