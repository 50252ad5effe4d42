"""Two SPARQL servers of different make on loopback, for the tests of the remote engine; each is
ended by its process."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aruntime.engines.http import PASSWORD, USER

GRAPH = "https://w3id.org/aruntime/graph/all"
OXIGRAPH = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which(
    "oxigraph"
)
VIRTUOSO = shutil.which("virtuoso-t")


@dataclass(frozen=True)
class Address:
    """Where a server is asked, where it is filled, and what filling it takes."""

    name: str
    query: str
    store: str
    graph: str | None = None
    credentials: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


@contextmanager
def running(command: Sequence[str], folder: Path, ask: str) -> Iterator[None]:
    """A server process, once it answers at *ask*."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{ask}?query=ASK%7B%7D", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, f"{command[0]} ended at once"
                assert time.monotonic() < end, f"{command[0]} does not answer"
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Address]:
    """Oxigraph's own server (a wheel on PyPI)."""
    host = f"127.0.0.1:{free_port()}"
    assert OXIGRAPH is not None
    with running(
        [OXIGRAPH, "serve", "--location", str(folder), "--bind", host],
        folder,
        f"http://{host}/query",
    ):
        yield Address("oxigraph", f"http://{host}/query", f"http://{host}/store")


@contextmanager
def virtuoso(folder: Path, **limits: int) -> Iterator[Address]:
    """Virtuoso, open source edition (Debian's virtuoso-opensource-7-bin); its first database takes
    some seconds.

    Its default graph is the union of all graphs, its own among them, so the address names the one
    that is asked.

    Args:
        limits: settings of its ``[SPARQL]`` section, such as ``ResultSetMaxRows``.
    """
    host = f"127.0.0.1:{free_port()}"
    settings = {
        "Database": {
            "DatabaseFile": "virtuoso.db",
            "ErrorLogFile": "virtuoso.log",
            "LockFile": "virtuoso.lck",
            "TransactionFile": "virtuoso.trx",
            "xa_persistent_file": "virtuoso.pxa",
        },
        "TempDatabase": {"DatabaseFile": "temporary.db", "TransactionFile": "temporary.trx"},
        "Parameters": {
            "ServerPort": f"127.0.0.1:{free_port()}",
            "DirsAllowed": str(folder),
            "NumberOfBuffers": 20_000,
            "MaxDirtyBuffers": 15_000,
        },
        "HTTPServer": {"ServerPort": host, "ServerThreads": 4},
        "SPARQL": limits,
    }
    lines = [
        line
        for section, values in settings.items()
        for line in (f"[{section}]", *(f"{key} = {value}" for key, value in values.items()))
    ]
    (folder / "virtuoso.ini").write_text("\n".join(lines) + "\n")
    assert VIRTUOSO is not None
    with running(
        [VIRTUOSO, "+foreground", "+configfile", "virtuoso.ini"], folder, f"http://{host}/sparql"
    ):
        yield Address(
            "virtuoso",
            f"http://{host}/sparql?default-graph-uri={GRAPH}",
            f"http://{host}/sparql-graph-crud-auth",
            GRAPH,
            {USER: "dba", PASSWORD: "dba"},
        )


STARTERS = {"oxigraph": (OXIGRAPH, oxigraph), "virtuoso": (VIRTUOSO, virtuoso)}
"""By name: where the program lies, and how it is started."""
