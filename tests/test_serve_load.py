"""The endpoint under load: a short form of ``python -m bench.load``, on the tiny world. How long
answers take is measured there, where nothing else runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from aruntime.engines.oxigraph import Oxigraph
from bench import load
from bench.clients import Request, memory
from tests.serving import alive, running
from tests.test_questions import CASES, engines

CLIENTS, SECONDS = 50, 8.0


@pytest.fixture
def quads(tmp_path: Path) -> Path:
    engine = engines(CASES / "world.ttl")["embedded"]
    assert isinstance(engine, Oxigraph)
    store = Store()
    store.extend(engine.store.quads_for_pattern(None, None, None, None))
    store.dump(tmp_path / "world.nq", format=RdfFormat.N_QUADS)
    return tmp_path / "world.nq"


@pytest.mark.slow
def test_no_answer_is_wrong_or_cut_while_every_tenth_query_is_hostile(quads: Path) -> None:
    names = [name for name, given in load.named() if not given]
    asked = [Request("named question", f"/questions/{name}", load.OK) for name in names]
    asked += [Request("description", f"/id/runtime/{n}.ttl", load.OK) for n in ("engine", "server")]
    asked += [Request("short query", load.sparql("SELECT * { ?s a ar:Runtime }"), load.BUSY)]
    with running(quads, "seconds=2", "memory=268435456") as server:
        pid = server.process.pid
        requests = asyncio.run(load.idle(server.port, asked))
        at_rest = memory(pid)
        seen, most = asyncio.run(load.load(server.port, pid, requests, CLIENTS, SECONDS, 0.1))
        assert alive(pid)
        assert server.query("ASK {}").status == 200
    assert not [one for one in seen if one.fault]
    hostile = [one for one in seen if one.kind.startswith("hostile")]
    assert len({one.kind for one in hostile}) >= 5
    assert [one for one in seen if one.kind == "named question"]
    assert most < at_rest + 6 * 256
