"""Clients for the load tests of the endpoint, and what its processes use."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode


class Request(NamedTuple):
    """A request that a client sends.

    Attributes:
        kind: by which its answers are counted.
        allowed: statuses that are right.
        body: what an answer of 200 must hold; ``None`` if anything goes.
    """

    kind: str
    path: str
    allowed: frozenset[int]
    accept: str = "*/*"
    body: bytes | None = None


class Seen(NamedTuple):
    """One answer.

    Attributes:
        fault: ``wrong`` (status or content), ``cut`` (it ended early), or empty.
    """

    kind: str
    status: int
    seconds: float
    fault: str
    ended: float


def sparql(text: str) -> str:
    """The path of a query by GET."""
    return f"/sparql?{urlencode({'query': text})}"


class Connection:
    """A connection that is kept open; from one address of the loopback network."""

    def __init__(self, port: int, client: str) -> None:
        self.port = port
        self.client = client
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: Request) -> Seen:
        """The answer to one request."""
        begun = time.monotonic()
        status, fault = 0, ""
        try:
            status, body = await self._exchange(request)
            if status not in request.allowed:
                fault = "wrong"
            elif status == 200 and request.body is not None and body != request.body:
                fault = "wrong"
        except (OSError, EOFError, ValueError):
            fault = "cut"
            self.close()
        now = time.monotonic()
        return Seen(request.kind, status, now - begun, fault, now)

    def close(self) -> None:
        """End the connection."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, request: Request) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self.port, local_addr=(self.client, 0), limit=2**20
            )
        reader, writer = self._streams
        fields = f"Host: localhost\r\nAccept: {request.accept}\r\n\r\n"
        writer.write(f"GET {request.path} HTTP/1.1\r\n{fields}".encode())
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        fields = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:])}
        if fields.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await reader.readline(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            body = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self.close()
        return status, body


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat[1])
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def processor_time(pid: int) -> float:
    """Seconds that a process and its descendants have used, those that ended included."""
    total = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """MiB that a process and its descendants hold, what they share counted once."""
    total = 0
    for member in family(pid):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


def quantile(values: list[float], part: float) -> float:
    """The value below which that part of *values* lies; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
