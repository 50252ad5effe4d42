"""The remote engine, against real servers on loopback: every question gives the rows that the
embedded engine gives.

A server that is not installed here is skipped with the reason; ``.ci/run`` installs both.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from unittest.mock import patch

import pytest
from pyoxigraph import BlankNode, NamedNode, Triple

from aruntime import questions
from aruntime.cli import run
from aruntime.doctor import diagnose
from aruntime.engines import upload
from aruntime.engines.http import PASSWORD, USER, Server
from aruntime.engines.remote import Remote
from aruntime.errors import EndpointError, UsageError
from aruntime.model import Rows
from tests.servers import STARTERS, Address
from tests.test_questions import CASES, NAMES, case, engines, rows, world

LIMITS = {"virtuoso": {"ResultSetMaxRows": 50_000}}
"""Settings of a server: a cap above what any question needs, so that it can be met on purpose."""

DIFFERENT = {
    "oxigraph": {},
    "virtuoso": {
        "VALUES after UNION": "the block is not joined: every row is given, with the block's value in it",
        "MINUS without a shared variable": "takes everything away, where the standard takes nothing",
        "decimal division": "divides integers to an integer",
        "booleans": "has none: a comparison gives 1 or 0",
        "path + between any ends": "refused: transitive start not given",
        "path + over circles": "the start is not reached again",
    },
}
"""By server and probe: where it departs from the standard, so that queries of one's own differ; no
named question does."""


def tiny_world() -> dict[Triple, None]:
    return dict.fromkeys(
        Triple(q.subject, q.predicate, q.object)
        for q in world(CASES / "world.ttl").quads_for_pattern(None, None, None, None)
    )


def fill(server: Address, triples: dict[Triple, None]) -> int:
    with patch.dict(os.environ, server.credentials):
        return upload.put(server.store, triples, server.graph)


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow) for name in ("oxigraph", "virtuoso")],
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Address]:
    """A writable server on loopback, filled with the tiny world over the Graph Store protocol."""
    program, start = STARTERS[request.param]
    if program is None:
        pytest.skip(f"{request.param} is not installed here")
    with start(tmp_path_factory.mktemp(request.param), **LIMITS.get(request.param, {})) as address:
        fill(address, tiny_world())
        yield address


@pytest.mark.parametrize("name", NAMES)
def test_remote_engine_gives_the_same_rows(name: str, server: Address) -> None:
    _, parameters, _ = case(name)
    near = rows(questions.ask(engines(CASES / "world.ttl")["embedded"], name, parameters))
    far = rows(questions.ask(Remote(server.query), name, parameters))
    assert far[0] == near[0]
    assert sorted(far[1:]) == sorted(near[1:])


def test_loading_twice_changes_nothing(server: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "CHUNK", 1000)
    engine = Remote(server.query)
    before = questions.ask(engine, "triple-count")
    assert fill(server, tiny_world()) > 2 * upload.CHUNK
    assert questions.ask(engine, "triple-count") == before


def test_compose_and_ask_work_on_an_endpoint(
    server: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compose", "server", "engine", "--endpoint", server.query, "--format", "tsv"]) == 0
    assert "contended" in capsys.readouterr().out
    assert run(["ask", "who-owns-batching", "--endpoint", server.query]) == 0
    assert "sequence-step" in capsys.readouterr().out


def test_every_query_form_is_understood(server: Address) -> None:
    engine = Remote(server.query)
    assert engine.run("ASK { ?s ?p ?o }") is True
    assert (
        engine.run("# none\nPREFIX ar: <https://w3id.org/aruntime/ns#>\nASK { ?s ar:nothing ?o }")
        is False
    )
    assert isinstance(engine.run("SELECT * { ?s ?p ?o } LIMIT 1"), Rows)
    for text in (
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1",
        "DESCRIBE <https://w3id.org/aruntime/ns#Claim>",
    ):
        triples = engine.run(text)
        assert isinstance(triples, list)
        assert isinstance(triples[0], Triple)


def test_doctor_finds_where_a_server_departs_from_the_standard_and_says_what_to_do(
    server: Address,
) -> None:
    failed = {probe.name: probe.detail for probe in diagnose(server.query) if not probe.works}
    # Virtuoso loses the rows of this one or not, as its statistics have it.
    assert failed.keys() - {"path * in a wide join"} == DIFFERENT[server.name].keys()
    assert all("in queries of your own" in detail for detail in failed.values())


def test_an_endpoint_that_is_not_there_is_one_clear_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["ask", "families", "--endpoint", "http://127.0.0.1:9/query"]) == 4
    assert "cannot be reached" in capsys.readouterr().err
    assert run(["ask", "families", "--endpoint", "ftp://127.0.0.1/"]) == 2


def test_a_malformed_query_is_the_endpoints_answer(server: Address) -> None:
    with pytest.raises(EndpointError, match="400"):
        Remote(server.query).run("SELECT")


def test_blank_nodes_keep_their_identity_across_requests(
    server: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "CHUNK", 2)
    beside, link, nodes = (
        "http://example.org/beside",
        NamedNode("http://example.org/link"),
        [BlankNode() for _ in range(7)],
    )
    chain = dict.fromkeys(Triple(*ends) for ends in zip(nodes, [link] * 6, nodes[1:], strict=False))
    plain = dict.fromkeys(
        Triple(link, link, NamedNode(f"http://example.org/{number}")) for number in range(5)
    )
    engine = Remote(f"{server.query.split('?')[0]}?default-graph-uri={beside}")
    for _ in range(2):
        assert fill(replace(server, graph=beside), plain | chain) == 11
        answer = engine.run(f"SELECT ?a ?b {{ ?a {link} ?b FILTER (ISBLANK(?a)) }}")
        assert isinstance(answer, Rows)
        assert len({term for row in answer.rows for term in row}) == 7
        whole = engine.run(
            f"ASK {{ ?first {'/'.join([str(link)] * 6)} ?last FILTER (ISBLANK(?first)) }}"
        )
        assert whole is True


def test_a_store_that_refuses_is_one_clear_error(server: Address) -> None:
    with pytest.raises(EndpointError, match="answered 4"):
        # Oxigraph asks for no credentials, and takes no graph where it takes queries.
        upload.put(server.store if server.credentials else server.query, [], server.graph)
    with pytest.raises(UsageError):
        upload.put("store", [])


def test_a_wrong_password_is_one_clear_error(server: Address) -> None:
    if not server.credentials:
        pytest.skip("the server asks for none")
    with (
        patch.dict(os.environ, server.credentials | {PASSWORD: "wrong"}),
        pytest.raises(EndpointError, match="answered 401"),
    ):
        upload.put(server.store, [], server.graph)


def test_a_protected_endpoint_is_asked_with_credentials(server: Address) -> None:
    if server.name != "virtuoso":
        pytest.skip("the server asks for none")
    protected = server.query.replace("/sparql?", "/sparql-auth?")
    with patch.dict(os.environ, server.credentials):
        assert questions.ask(Remote(protected), "triple-count") == questions.ask(
            Remote(server.query), "triple-count"
        )
    with pytest.raises(EndpointError, match="answered 401"):
        Remote(protected).run("ASK {}")


def test_part_of_an_answer_is_never_taken_for_the_whole(server: Address) -> None:
    if server.name != "virtuoso":
        pytest.skip("the server gives all or nothing")
    with pytest.raises(EndpointError, match="only part of the answer: it is cut at 50000 rows"):
        Remote(server.query).run("SELECT ?s { ?s ?p ?o . ?a a ?b } LIMIT 60000")
    with pytest.raises(
        EndpointError, match=r"only part of the answer: .*interrupted by result timeout"
    ):
        Remote(f"{server.query}&timeout=1000").run(
            "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?p ?d . ?e ?p ?f . ?g ?p ?h }"
        )


@pytest.fixture
def odd() -> Iterator[tuple[str, Callable[..., None]]]:
    """A server that answers as a test tells it, and wants Basic credentials if told so; its
    address, and how to tell it."""
    wanted: dict[str, Any] = {
        "status": 200,
        "media": "application/sparql-results+json",
        "body": b"",
        "headers": {},
        "secret": None,
    }

    class Odd(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            refused = (
                wanted["secret"]
                and self.headers.get("Authorization") != f"Basic {wanted['secret']}"
            )
            self.send_response(401 if refused else wanted["status"])
            for name, value in (
                {"WWW-Authenticate": 'Basic realm="odd"'} if refused else wanted["headers"]
            ).items():
                self.send_header(name, value)
            self.send_header("Content-Type", wanted["media"])
            self.send_header("Content-Length", str(0 if refused else len(wanted["body"])))
            self.end_headers()
            self.wfile.write(b"" if refused else wanted["body"])

        do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Odd) as listening:
        thread = Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield (
            f"http://127.0.0.1:{listening.server_port}/query",
            lambda **given: wanted.update(given),
        )
        listening.shutdown()
        thread.join()


def test_partial_content_is_an_error(odd: tuple[str, Callable[..., None]]) -> None:
    address, tell = odd
    tell(status=206, body=b'{"head": {"vars": []}, "results": {"bindings": []}}')
    with pytest.raises(EndpointError, match="only part of the answer"):
        Remote(address).run("SELECT * {}")


def test_an_answer_that_cannot_be_read_is_an_error(odd: tuple[str, Callable[..., None]]) -> None:
    address, tell = odd
    for media in ("text/html", "application/sparql-results+json", "text/turtle"):
        tell(media=media, body=b"<html>")
        with pytest.raises(EndpointError):
            Remote(address).run("SELECT * {}")


def test_basic_credentials_come_from_the_environment(odd: tuple[str, Callable[..., None]]) -> None:
    address, tell = odd
    tell(secret=b64encode("anna:gehéim".encode()).decode(), body=b'{"head": {}, "boolean": true}')
    with pytest.raises(EndpointError, match="answered 401"):
        Remote(address).run("ASK {}")
    with patch.dict(os.environ, {USER: "anna", PASSWORD: "gehéim"}):
        assert Remote(address).run("ASK {}") is True
        sent = Server(address).send("PUT", address, b"", {}, timeout=5, limit=100)
        assert sent.status == 200


def test_a_password_has_no_place_in_an_address() -> None:
    with pytest.raises(UsageError, match=PASSWORD):
        Remote("http://anna:geheim@127.0.0.1/query")
