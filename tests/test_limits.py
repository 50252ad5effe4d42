"""A query cannot harm: it has limits of time, processor and memory, in a process that ends with the
one that asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aruntime.engines import sandbox
from aruntime.errors import DataError, TimeLimitError, UsageError
from aruntime.graph import Graph
from aruntime.session import Session
from tests.conftest import Run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copies")


def greedy() -> int:
    return len(bytearray(2 * sandbox.MEMORY))


def endless() -> None:
    while True:
        pass


def test_memory_is_limited() -> None:
    with pytest.raises(DataError, match="ended the process"):
        sandbox.within(20, greedy)


def test_time_is_limited() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeLimitError, match=r"did not end within 0\.3 s"):
        sandbox.within(0.3, endless)
    assert time.monotonic() - begun < 5


_PARENT = """
import os, sys, time
from aruntime.engines import sandbox
def work():
    open(sys.argv[1], "w").write(str(os.getpid()))
    while True:
        pass
sandbox.within(60, work)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds a child to its parent")
def test_a_query_ends_with_the_command_that_asked(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(pid)])
    deadline = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    child = int(pid.read_text())
    os.kill(child, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("the child goes on without its parent")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <https://e.org/g> { ?s ?p ?o }",
        "ask from named <file:///etc/passwd> { graph ?g { ?s ?p ?o } }",
        "CONSTRUCT FROM<https://e.org/g> WHERE { ?s ?p ?o }",
    ],
)
def test_from_is_refused_with_a_sentence(
    aruntime: Run, small: Graph, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "query.rq"
    path.write_text(text)
    code, out, err = aruntime("query", path)
    assert (code, out) == (2, "")
    assert "FROM is refused: the graph is one" in err
    with pytest.raises(UsageError, match="FROM is refused"):
        Session(small.engine).query(text)


def test_what_only_looks_like_from_is_answered() -> None:
    text = "SELECT ?from { ?from a <http://from/> ; rdfs:label 'FROM' } # FROM"
    assert "from" not in sandbox.refuse(text)
    assert "from" in sandbox.refuse("SELECT * FROM <http://a/> {}", dataset=True)


def test_a_session_limits_queries_too(small: Graph) -> None:
    graph = Session(small.engine)
    assert graph.query("SELECT ?s { ?s a ar:Runtime }").columns == ("s",)
    with pytest.raises(UsageError, match="SERVICE"):
        graph.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(DataError, match="no SELECT"):
        graph.query("ASK {}")
    with pytest.raises(TimeLimitError):
        graph.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout=0.5)
