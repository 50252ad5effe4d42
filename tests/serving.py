"""The endpoint in a process of its own, for tests: over a file of quads, with small limits.

python -m tests.serving FILE.nq [--private] [LIMIT=VALUE...]
"""

from __future__ import annotations

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from pyoxigraph import RdfFormat, Store

from aruntime.serve.limits import Limits
from aruntime.serve.server import Address, serve

ROOT = Path(__file__).resolve().parent.parent


class Reply(NamedTuple):
    """What a server answered; names of header fields in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def detail(self) -> str:
        """What an error says."""
        found = json.loads(self.body)
        assert found["status"] == self.status
        assert self.headers["content-type"] == "application/problem+json"
        return str(found["detail"])


class Server(NamedTuple):
    """A server that runs."""

    port: int
    process: subprocess.Popen[str]

    def ask(
        self,
        path: str,
        accept: str | None = None,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
    ) -> Reply:
        """The answer to one request, from a client at that address; no redirect is followed."""
        fields = dict(headers or {}) | ({"Accept": accept} if accept else {})
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(client, 0)
        )
        try:
            connection.request(method, path, body, fields)
            found = connection.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            content = found.read()
        finally:
            connection.close()
        if method != "HEAD" and "content-length" in names:
            assert len(content) == int(names["content-length"]), "the answer is cut"
        return Reply(found.status, names, content)

    def query(self, text: str, accept: str | None = None, client: str = "127.0.0.1") -> Reply:
        """The answer to a SPARQL query."""
        return self.ask(f"/sparql?{urlencode({'query': text})}", accept, client=client)

    @property
    def fork_server(self) -> int:
        """Process number of the one that holds the graph."""
        (found,) = (pid for pid in self.children() if parent_of(pid) == self.process.pid)
        return found

    def children(self) -> set[int]:
        """Process numbers of everything that the server started."""
        return below(self.process.pid)


def parent_of(pid: int) -> int | None:
    """The process that started a process; ``None`` if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def below(pid: int) -> set[int]:
    """All descendants of a process."""
    running = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    found = {child for child in running if parent_of(child) == pid}
    return found.union(*map(below, found))


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@contextmanager
def running(quads: Path, *options: str) -> Iterator[Server]:
    """A server over a file of quads, once it answers."""
    command = [sys.executable, "-m", "tests.serving", str(quads), *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        yield Server(port_of(process), process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert process.stderr is not None
        process.stderr.close()


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that a server says it listens at."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"http://[^ ]*:(\d+)/", line):
            return int(found.group(1))
    raise AssertionError(f"the server ended: {said}")


def main(arguments: list[str]) -> None:
    """Serve as the command line says."""
    path, *options = arguments
    private = "--private" in options
    given = dict(option.split("=") for option in options if "=" in option)
    figures = {name: type(getattr(Limits(), name))(value) for name, value in given.items()}

    def load() -> Store:
        store = Store()
        store.bulk_load(path=path, format=RdfFormat.N_QUADS)
        return store

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    serve(load, Address("127.0.0.1", 0), Limits(**figures), private=private, say=say)


if __name__ == "__main__":
    main(sys.argv[1:])
