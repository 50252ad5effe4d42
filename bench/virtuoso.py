"""Virtuoso as a peer: a server of its own on loopback, with a database of its own in a temporary folder."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from bench.answer import SPENT
from bench.asked import Asked
from bench.child import Failed, peak
from bench.peers import LOAD, Peer

GRAPH: Final = "urn:aruntime:bench"
_BUFFERS: Final = 340_000
"""Pages of 8 KiB that it may cache: 2.6 GiB, enough for all sizes that are measured."""
_INI: Final = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
[TempDatabase]
DatabaseFile = {folder}/t.db
TransactionFile = {folder}/t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {graphs}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ThreadsPerQuery = 2
MaxQueryMem = 4G
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
DefaultGraph = {graph}
ResultSetMaxRows = 100000000
"""


class Virtuoso(Peer):
    """Virtuoso Open Source; time is that of an HTTP request on loopback.

    Args:
        graph: the graph as N-Triples.
    """

    name = "virtuoso"

    def __init__(self, graph: Path) -> None:
        self.graph = graph
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._sql = self._http = 0
        self._peak = 0.0

    @property
    def version(self) -> str:
        """See :class:`Peer`."""
        command = shutil.which("virtuoso-t")
        said = subprocess.run([command, "-?"], capture_output=True, text=True).stderr if command else ""
        found = re.search(r"Version ([\d.]+)", said)
        return found.group(1) if found else ""

    def missing(self) -> str | None:
        """See :meth:`Peer.missing`."""
        absent = [command for command in ("virtuoso-t", "isql-vt") if not shutil.which(command)]
        return f"{' and '.join(absent)} not installed" if absent else None

    def start(self) -> float:
        """See :meth:`Peer.start`; the time is that of the bulk loader and its checkpoint."""
        self._folder = Path(tempfile.mkdtemp(prefix="virtuoso-"))
        self._serve()
        start = time.perf_counter()
        self._isql(
            f"ld_dir('{self.graph.parent}', '{self.graph.name}', '{GRAPH}'); rdf_loader_run(); checkpoint; "
            "select ll_file, ll_error from DB.DBA.load_list where ll_error is not null;"
        )
        return time.perf_counter() - start

    def ask(self, question: Asked, readings: int, limit: float) -> dict[str, Any]:
        """See :meth:`Peer.ask`."""
        if self._process is None or self._process.poll() is not None:
            self._serve()
        text = question.request(readings, limit)["bound"]
        body, first = self._post(text, limit)
        found: list[float] = []
        while len(found) < readings and first + sum(found) < SPENT:
            found.append(self._post(text, limit)[1])
        try:
            rows = len(json.loads(body)["results"]["bindings"])
        except ValueError as error:
            raise Failed(f"its answer is no JSON: {error}") from None
        return {"seconds": found or [first], "first": first, "rows": rows, "bytes": len(body)}

    def peak(self) -> float | None:
        """See :meth:`Peer.peak`."""
        if self._process is not None and self._process.poll() is None:
            self._peak = max(self._peak, peak(self._process.pid) or 0.0)
        return self._peak or None

    def stop(self) -> None:
        """See :meth:`Peer.stop`."""
        self._kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _serve(self) -> None:
        assert self._folder is not None
        (self._folder / "v.lck").unlink(missing_ok=True)
        self._sql, self._http = _free_port(), _free_port()
        text = _INI.format(
            folder=self._folder,
            sql=self._sql,
            http=self._http,
            graphs=self.graph.parent,
            buffers=_BUFFERS,
            dirty=_BUFFERS * 3 // 4,
            graph=GRAPH,
        )
        (self._folder / "v.ini").write_text(text, "utf-8")
        line = ["virtuoso-t", "+foreground", "+configfile", str(self._folder / "v.ini")]
        self._process = subprocess.Popen(line, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self._http), 1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise Failed("the server did not start")

    def _isql(self, statements: str) -> None:
        line = ["isql-vt", f"127.0.0.1:{self._sql}", "dba", "dba", "ERRORS=STDOUT", f"exec={statements}"]
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=LOAD)
        except subprocess.TimeoutExpired:
            raise Failed(f"longer than {LOAD:.0f} s") from None
        if error := re.search(r"\*\*\* Error.*", done.stdout):
            raise Failed(error.group()[:200])

    def _post(self, text: str, limit: float) -> tuple[bytes, float]:
        """The answer and the seconds it took; the server is ended if it does not come in time, since it would go on working."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._http}/sparql",
            data=urlencode({"query": text, "default-graph-uri": GRAPH}).encode(),
            headers={"Accept": "application/sparql-results+json"},
        )
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=limit) as answer:
                body: bytes = answer.read()
        except urllib.error.HTTPError as error:
            raise Failed(" ".join(error.read(400).decode("utf-8", "replace").split())[:200]) from None
        except TimeoutError:
            self.peak()
            self._kill()
            raise Failed(f"longer than {limit:.0f} s") from None
        except OSError as error:
            self._kill()
            raise Failed(f"no answer: {error}") from None
        return body, time.perf_counter() - start

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
