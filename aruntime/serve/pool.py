"""Who is answered when: workers that stand ready, long queries beside them, and one request a
client.

A job takes a worker that stands ready, or waits for one. All workers but one may be taken by
queries that clients wrote; the last answers named questions and descriptions alone, so that these
are answered whatever else happens. A client's query that is not done when :attr:`Limits.patience`
is over is *long*: it goes on at low priority, and a new worker takes its place; so short queries
hardly wait for long ones. If too many are long already, it is ended with 503, and after
:attr:`Limits.seconds` with 504.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from aruntime.model import Json
from aruntime.serve.limits import Limits, Problem
from aruntime.serve.tasks import Answer, out_of_memory
from aruntime.serve.workers import HEADER, ForkServer, packed, processor_time

Running = asyncio.Future[Answer | None]
"""The answer of a worker to come; ``None`` if the worker dies."""
SPARE: Final = 2
"""How many workers more stand ready, to take the place of those that long queries keep."""
_NICE: Final = 10
"""By how much the priority of a long query is lowered."""


class Worker:
    """One worker, seen from the process that listens."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        channel.setblocking(False)
        self.pid = pid
        self.channel = channel
        self.grown = False
        self.used = 0.0  # processor time up to the last answer

    async def ask(self, job: bytes) -> Answer | None:
        """The answer to a job; ``None`` if the worker died of it."""
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self.channel, job)
            head = await self._read(HEADER.size)
            status, self.grown, self.used, media, body = HEADER.unpack(head)
            rest = await self._read(media + body)
        except (EOFError, OSError):
            return None
        return Answer(status, rest[:media].decode(), bytes(memoryview(rest)[media:]))

    async def _read(self, length: int) -> bytearray:
        """So many bytes.

        Raises:
            EOFError: the worker is gone.
        """
        loop = asyncio.get_running_loop()
        found = bytearray(length)
        rest = memoryview(found)
        while rest:
            count = await loop.sock_recv_into(self.channel, rest)
            if not count:
                raise EOFError
            rest = rest[count:]
        return found


class Pool:
    """All workers of a fork server; used in one event loop.

    Args:
        fork_server: makes and ends workers.
        limits: how many there are, and how long each request may take.
        ended: called if the fork server dies, so that no worker can be made any more.
    """

    def __init__(self, fork_server: ForkServer, limits: Limits, ended: Callable[[], None]) -> None:
        self.fork_server = fork_server
        self.limits = limits
        self.ended = ended
        self.long = 0
        self._ready: list[Worker] = []
        self._free = limits.workers - 1  # how many more queries of clients may begin
        self._queries: deque[asyncio.Future[Worker]] = deque()
        self._named: deque[asyncio.Future[Worker]] = deque()
        self._clients: dict[str, tuple[asyncio.Lock, int]] = {}
        self._forking = asyncio.Lock()
        self._making: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Make the workers."""
        for _ in range(self.limits.workers + SPARE):
            await self._add()

    async def stop(self) -> None:
        """End the workers and their fork server."""
        for task in self._making:
            task.cancel()
        await asyncio.to_thread(self.fork_server.close)

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Hold a client's turn: it has one request at a time.

        Raises:
            Problem: 429, too many of its requests wait already.
        """
        lock, waiting = self._clients.get(client, (asyncio.Lock(), 0))
        if waiting > self.limits.queue:
            raise Problem(
                429,
                "one query of a client runs at a time, and too many of yours wait",
                {"Retry-After": "1"},
            )
        self._clients[client] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._clients.pop(client)
            if waiting > 1:
                self._clients[client] = lock, waiting - 1

    def state(self) -> dict[str, int]:
        """How many workers stand ready, and how many queries are long or wait."""
        waiting = len(self._named) + len(self._queries)
        return {"ready": len(self._ready), "long": self.long, "waiting": waiting}

    async def run(self, job: Json, *, named: bool) -> Answer:
        """The answer to a job.

        Args:
            job: see :func:`aruntime.serve.tasks.perform`.
            named: whether it is a question or description of ours, for which a worker is kept.

        Raises:
            Problem: 422 if the job ended its worker, 503 if there is too much to do, 504 if it
                takes too long.
        """
        worker = await self._take(named)
        running = asyncio.ensure_future(worker.ask(packed(job)))
        end = asyncio.get_running_loop().time() + self.limits.seconds
        answer, long = None, False
        try:
            if not named:
                await self._short(running, worker, self.limits.patience, end)
                if not running.done() and not self._room():
                    await self._short(running, worker, 5 * self.limits.patience, end)
                if not running.done():
                    self._stretch(worker)
                    long = True
            await self._until(running, end)
            if not running.done():
                limit = f"{self.limits.seconds:g} s"
                raise Problem(504, f"the query did not end within {limit}; narrow it")
            answer = running.result()
        finally:
            if not running.done():  # its socket may be closed only once nobody listens at it
                running.cancel()
                await asyncio.wait({running})
            whole = answer is not None and not worker.grown
            self.long -= long
            if long or not whole:
                self._dismiss(worker)
            if not long:
                self._give_back(worker if whole else None, named)
        if answer is None:
            raise Problem(422, out_of_memory(self.limits))
        return answer

    async def _short(self, running: Running, worker: Worker, most: float, end: float) -> None:
        """Wait until a query has taken that much processor time, where that can be told; not
        longer than until there is room for a long one, if there was none."""
        clock = asyncio.get_running_loop().time
        begun, left, full = worker.used, most, not self._room()
        latest = min(end, clock() + 10 * self.limits.patience)
        while not running.done() and left > 0.01 and clock() < latest:
            if full and self._room():
                return
            await self._until(running, min(latest, clock() + min(left, self.limits.patience)))
            if (used := processor_time(worker.pid)) is None:
                return
            left = most - (used - begun)

    def _room(self) -> bool:
        """Whether one more long query may run."""
        return self.long < self.limits.long

    async def _until(self, running: Running, end: float) -> None:
        """Wait for the answer until that time."""
        await asyncio.wait({running}, timeout=max(0.0, end - asyncio.get_running_loop().time()))

    def _stretch(self, worker: Worker) -> None:
        """Let a query run on beside the workers that stand ready, one of which takes its place.

        Raises:
            Problem: 503, too many do so already.
        """
        if not self._room():
            raise Problem(
                503, "too many long queries run at present; try again", {"Retry-After": "5"}
            )
        self.long += 1
        with suppress(OSError):  # it has just died
            os.setpriority(os.PRIO_PROCESS, worker.pid, _NICE)
        self._give_back(None, named=False)

    async def _take(self, named: bool) -> Worker:
        """A worker that stands ready, waiting for it if need be.

        Raises:
            Problem: 503, too many wait already, or none came in time.
        """
        busy = Problem(503, "too much is asked at present; try again", {"Retry-After": "2"})
        if len(self._named) + len(self._queries) >= self.limits.waiting:
            raise busy
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        (self._named if named else self._queries).append(place)
        self._call()
        try:
            await asyncio.wait({place}, timeout=self.limits.seconds)
        except asyncio.CancelledError:
            if place.done():
                self._give_back(place.result(), named)
            raise
        finally:
            place.cancel()  # which does nothing to one that was called
        if place.cancelled():
            raise busy
        return place.result()

    def _call(self) -> None:
        """Give the workers that stand ready to those who wait, named questions first."""
        while self._named and self._ready:
            if not (place := self._named.popleft()).done():
                place.set_result(self._ready.pop())
        while self._queries and self._ready and self._free > 0:
            if not (place := self._queries.popleft()).done():
                self._free -= 1
                place.set_result(self._ready.pop())

    def _give_back(self, worker: Worker | None, named: bool) -> None:
        """A worker stands ready again; a new one if that one cannot."""
        if not named:
            self._free += 1
        if worker is not None:
            self._ready.append(worker)
            self._call()
        else:
            task = asyncio.ensure_future(self._add())
            self._making.add(task)
            task.add_done_callback(self._making.discard)

    def _dismiss(self, worker: Worker) -> None:
        self.fork_server.kill(worker.pid)
        worker.channel.close()

    async def _add(self) -> None:
        """Make a worker that stands ready."""
        async with self._forking:
            while True:
                try:
                    pid, channel = await asyncio.to_thread(self.fork_server.fork)
                    break
                except BlockingIOError:  # too many processes at present
                    await asyncio.sleep(1)
                except OSError:
                    self.ended()
                    return
        self._ready.append(Worker(pid, channel))
        self._call()
