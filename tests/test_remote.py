"""The remote engine, against a real server on loopback: every question gives the rows that the embedded engine gives.

The server is Oxigraph's own (PyPI's ``oxigraph``, a test dependency); it is ended by its process.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Triple

from aruntime import questions
from aruntime.cli import run
from aruntime.diagnosis import diagnose
from aruntime.engines import graph_store
from aruntime.engines.remote import Remote
from aruntime.errors import EndpointError, UsageError
from aruntime.model import Rows
from tests.test_questions import CASES, NAMES, case, engines, rows, world

SERVER = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a writable server on loopback, filled with the tiny world over the Graph Store protocol."""
    if SERVER is None:
        pytest.skip("the oxigraph server is not installed: pip install oxigraph")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    process = subprocess.Popen([SERVER, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/query?query=ASK%7B%7D", timeout=1)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        triples = [Triple(q.subject, q.predicate, q.object) for q in world(CASES / "world.ttl").quads_for_pattern(None, None, None, None)]
        graph_store.put(f"{address}/store", dict.fromkeys(triples))
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("name", NAMES)
def test_remote_engine_gives_the_same_rows(name: str, server: str) -> None:
    data, parameters, _ = case(name)
    near = rows(questions.ask(engines(data)["embedded"], name, parameters))
    far = rows(questions.ask(Remote(f"{server}/query"), name, parameters))
    assert far[0] == near[0]
    assert sorted(far[1:]) == sorted(near[1:])


def test_loading_twice_changes_nothing(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_store, "CHUNK", 1000)
    engine = Remote(f"{server}/query")
    before = questions.ask(engine, "triple-count")
    triples = dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in world(CASES / "world.ttl").quads_for_pattern(None, None, None, None))
    assert len(triples) > 2 * graph_store.CHUNK
    graph_store.put(f"{server}/store", triples)
    assert questions.ask(engine, "triple-count") == before


def test_compose_and_ask_work_on_an_endpoint(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compose", "server", "engine", "--endpoint", f"{server}/query", "--format", "tsv"]) == 0
    assert "contended" in capsys.readouterr().out
    assert run(["ask", "who-owns-batching", "--endpoint", f"{server}/query"]) == 0
    assert "sequence-step" in capsys.readouterr().out


def test_every_query_form_is_understood(server: str) -> None:
    engine = Remote(f"{server}/query")
    assert engine.run("ASK { ?s ?p ?o }") is True
    assert isinstance(engine.run("SELECT * { ?s ?p ?o } LIMIT 1"), Rows)
    assert engine.run("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1") != []


def test_doctor_finds_nothing_wrong(server: str) -> None:
    assert [probe.name for probe in diagnose(f"{server}/query") if not probe.works] == []


def test_an_endpoint_that_is_not_there_is_one_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "families", "--endpoint", "http://127.0.0.1:9/query"]) == 4
    assert "cannot be reached" in capsys.readouterr().err
    assert run(["ask", "families", "--endpoint", "ftp://127.0.0.1/"]) == 2


def test_a_malformed_query_is_the_endpoints_answer(server: str) -> None:
    with pytest.raises(EndpointError, match="400"):
        Remote(f"{server}/query").run("SELECT")


def test_a_store_that_refuses_is_one_clear_error(server: str) -> None:
    with pytest.raises(EndpointError, match="answered 4"):
        graph_store.put(f"{server}/query", [])
    with pytest.raises(UsageError):
        graph_store.put("store", [])
