"""The remote engine, against real servers on loopback: every question gives the rows that the embedded engine gives.

A server that is not installed here is skipped with the reason; ``.ci/run`` installs both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from pyoxigraph import Triple

from aruntime import questions
from aruntime.cli import run
from aruntime.diagnosis import diagnose
from aruntime.engines import graph_store
from aruntime.engines.remote import Remote
from aruntime.errors import EndpointError, UsageError
from aruntime.model import Rows
from tests.servers import STARTERS, Address
from tests.test_questions import CASES, NAMES, case, engines, rows, world


def tiny_world() -> dict[Triple, None]:
    return dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in world(CASES / "world.ttl").quads_for_pattern(None, None, None, None))


def fill(server: Address, triples: dict[Triple, None]) -> int:
    with patch.dict(os.environ, server.credentials):
        return graph_store.put(server.store, triples, server.graph)


@pytest.fixture(scope="module", params=STARTERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A writable server on loopback, filled with the tiny world over the Graph Store protocol."""
    program, start = STARTERS[request.param]
    if program is None:
        pytest.skip(f"{request.param} is not installed here")
    with start(tmp_path_factory.mktemp(request.param)) as address:
        fill(address, tiny_world())
        yield address


@pytest.mark.parametrize("name", NAMES)
def test_remote_engine_gives_the_same_rows(name: str, server: Address) -> None:
    data, parameters, _ = case(name)
    near = rows(questions.ask(engines(data)["embedded"], name, parameters))
    far = rows(questions.ask(Remote(server.query), name, parameters))
    assert far[0] == near[0]
    assert sorted(far[1:]) == sorted(near[1:])


def test_loading_twice_changes_nothing(server: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_store, "CHUNK", 1000)
    engine = Remote(server.query)
    before = questions.ask(engine, "triple-count")
    assert fill(server, tiny_world()) > 2 * graph_store.CHUNK
    assert questions.ask(engine, "triple-count") == before


def test_compose_and_ask_work_on_an_endpoint(server: Address, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compose", "server", "engine", "--endpoint", server.query, "--format", "tsv"]) == 0
    assert "contended" in capsys.readouterr().out
    assert run(["ask", "who-owns-batching", "--endpoint", server.query]) == 0
    assert "sequence-step" in capsys.readouterr().out


def test_every_query_form_is_understood(server: Address) -> None:
    engine = Remote(server.query)
    assert engine.run("ASK { ?s ?p ?o }") is True
    assert engine.run("# none\nPREFIX ar: <https://w3id.org/aruntime/ns#>\nASK { ?s ar:nothing ?o }") is False
    assert isinstance(engine.run("SELECT * { ?s ?p ?o } LIMIT 1"), Rows)
    for text in ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1", "DESCRIBE <https://w3id.org/aruntime/ns#Claim>"):
        triples = engine.run(text)
        assert isinstance(triples, list)
        assert isinstance(triples[0], Triple)


def test_doctor_finds_nothing_wrong(server: Address) -> None:
    assert [probe.name for probe in diagnose(server.query) if not probe.works] == []


def test_an_endpoint_that_is_not_there_is_one_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "families", "--endpoint", "http://127.0.0.1:9/query"]) == 4
    assert "cannot be reached" in capsys.readouterr().err
    assert run(["ask", "families", "--endpoint", "ftp://127.0.0.1/"]) == 2


def test_a_malformed_query_is_the_endpoints_answer(server: Address) -> None:
    with pytest.raises(EndpointError, match="400"):
        Remote(server.query).run("SELECT")


def test_a_store_that_refuses_is_one_clear_error(server: Address) -> None:
    with pytest.raises(EndpointError, match="answered 4"):
        graph_store.put(server.query, [])
    with pytest.raises(UsageError):
        graph_store.put("store", [])
