"""Processes that hold the graph, answer one job at a time, and can be killed.

Oxigraph's Python interface cannot stop a query; only the end of its process does. Loading the graph
takes seconds, copying a process that holds it milliseconds. So one process, the *fork server*, loads
the graph once and does nothing but make copies of itself, the *workers*, and end them when it is
told to. The process that listens holds no graph and copies nothing, so it never stands still.

A worker reads jobs from a socket and writes answers to it. While it evaluates a query it can open
neither file nor socket, and takes no more memory and processor time than the limits say. If the
process that listens dies, the fork server ends every worker, then itself.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from pyoxigraph import RdfFormat, Store

from aruntime.digest import blake2b
from aruntime.engines import sandbox
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import AruntimeError, DataError
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.publication.description import figures
from aruntime.publication.jsonld import Context
from aruntime.serve import tasks
from aruntime.serve.limits import Limits
from aruntime.serve.negotiation import ROWS, TRIPLES
from aruntime.serve.tasks import Answer, Held
from aruntime.store import match

HEADER: Final = struct.Struct("!HBdHQ")
"""Of an answer: status, whether the worker has grown and should be replaced, the processor time
that it has used in its life, and the lengths of media type and body."""
JOB: Final = struct.Struct("!I")
"""Of a job: its length."""
_ORDER: Final = struct.Struct("!cI")
"""What the fork server is told: what to do, and with which process."""
_FORK: Final = b"f"
_KILL: Final = b"k"


class Ready(NamedTuple):
    """What the fork server says once it holds the graph.

    Attributes:
        digest: of the graph's triples, the same wherever the same graph is served.
        triples: how many there are in the default graph, which holds all.
        documents: IRIs of everything that is described, without fragments.
    """

    digest: str
    triples: int
    documents: list[str]


class ForkServer:
    """The process that holds the graph and makes workers.

    Args:
        load: gives the store; called in the new process alone.
        limits: what a job may take.

    Raises:
        DataError: the graph cannot be loaded, for the reason that *load* gives.
    """

    def __init__(self, load: Callable[[], Store], limits: Limits) -> None:
        self.socket, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            _live(theirs, load, limits)
        theirs.close()
        try:
            said = _receive(self.socket)
            if said is None or "error" in said:
                ended = "the process that loads the graph ended; is there enough memory?"
                raise DataError(said["error"] if said else ended)
        except BaseException:
            os.kill(self.pid, signal.SIGKILL)
            self.close()
            raise
        self.ready = Ready(**said)

    def fork(self) -> tuple[int, socket.socket]:
        """A new worker's process number, and the socket at which it takes jobs; this waits for
        it.

        Raises:
            BlockingIOError: no process can be made at present.
            OSError: the fork server is gone.
        """
        self.socket.sendall(_ORDER.pack(_FORK, 0))
        message, descriptors, _, _ = socket.recv_fds(self.socket, JOB.size, 1)
        if not descriptors:
            raise BlockingIOError if message else BrokenPipeError
        return JOB.unpack(message)[0], socket.socket(fileno=descriptors[0])

    def kill(self, pid: int) -> None:
        """End a worker, at once."""
        with suppress(OSError):
            self.socket.sendall(_ORDER.pack(_KILL, pid))

    def close(self) -> None:
        """End every worker and the fork server, and wait for its end."""
        self.socket.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _live(control: socket.socket, load: Callable[[], Store], limits: Limits) -> NoReturn:
    """The fork server's life, from loading the graph to the end of the process that listens."""
    try:
        _leave_to_parent(control.fileno())
        try:
            held, ready = hold(load(), limits)
            _warm(held)
        except Exception as error:
            said = str(error) if isinstance(error, AruntimeError) else repr(error)
            control.sendall(packed({"error": said}))
            os._exit(1)
        gc.collect()
        gc.freeze()
        control.sendall(packed(ready._asdict()))
        _make_workers(control, held)
    except OSError:
        pass  # the process that listens is gone
    finally:
        os._exit(0)


def _warm(held: Held) -> None:
    """Load what answers of every form and mistakes of every kind need: a sealed worker cannot."""
    texts = ("SELECT * { ?s ?p ?o } LIMIT 1", "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", "SELEC")
    for text in texts:
        for form in (*ROWS, *TRIPLES):
            job = {"task": "query", "query": text, "default": [], "named": [], "as": form}
            with suppress(KeyError):  # not every form is one of every query
                tasks.perform(held, job)


def hold(store: Store, limits: Limits) -> tuple[Held, Ready]:
    """What workers hold of a store: the store itself, which nodes each document describes, and
    what the datasets are."""
    written = store.dump(format=RdfFormat.N_QUADS)
    assert written is not None
    lines = sorted(written.splitlines())
    digest = blake2b(b"\n".join(lines), digest_size=16).hexdigest()
    documents: dict[str, dict[str, None]] = {}
    for line in lines:
        if line.startswith(b"<"):
            node = line[1 : line.index(b">")].decode()
            documents.setdefault(node.partition("#")[0], {})[node] = None
    nodes = {name: tuple(found) for name, found in documents.items()}
    triples = sum(1 for _ in match(store))
    context = Context.load(store)
    held = Held(Graph(Oxigraph(store)), store, nodes, tuple(figures(store)), limits, context)
    return held, Ready(digest, triples, list(nodes))


def _make_workers(control: socket.socket, held: Held) -> None:
    """Make and end workers as the process that listens says; when it is gone, end all."""
    alive: set[int] = set()
    while len(order := control.recv(_ORDER.size, socket.MSG_WAITALL)) == _ORDER.size:
        kind, which = _ORDER.unpack(order)
        if kind == _FORK:
            ours, theirs = socket.socketpair()
            try:
                pid = os.fork()
            except OSError:
                control.sendall(JOB.pack(0))
                continue
            if pid == 0:
                ours.close()
                control.close()
                _work(theirs, held)
            alive.add(pid)
            socket.send_fds(control, [JOB.pack(pid)], [ours.fileno()])
            ours.close()
            theirs.close()
        elif which in alive:
            os.kill(which, signal.SIGKILL)
        for pid in [pid for pid in alive if os.waitpid(pid, os.WNOHANG)[0]]:
            alive.discard(pid)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    for pid in alive:
        os.waitpid(pid, 0)


def _work(jobs: socket.socket, held: Held) -> NoReturn:
    """A worker's life: jobs until the socket is closed."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 2)  # what Oxigraph says when it dies
        size = sandbox.size()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if size:
            most = size + held.limits.memory
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        while (job := _receive(jobs)) is not None:
            with _sealed(held.limits) if job["task"] == "query" else _timed(held.limits):
                answer = tasks.perform(held, job)
            grown = size > 0 and sandbox.size() > size + held.limits.memory // 4
            _send(jobs, answer, grown)
    except (OSError, MemoryError):
        pass
    finally:
        os._exit(0)


def packed(message: Json) -> bytes:
    """A message, such as a job, as it is sent."""
    text = json.dumps(message).encode()
    return JOB.pack(len(text)) + text


def _receive(channel: socket.socket) -> Json | None:
    """The next message; ``None`` when there will be no more."""
    head = channel.recv(JOB.size, socket.MSG_WAITALL)
    if len(head) < JOB.size:
        return None
    (length,) = JOB.unpack(head)
    found = json.loads(channel.recv(length, socket.MSG_WAITALL))
    assert isinstance(found, dict)
    return found


def _send(jobs: socket.socket, answer: Answer, grown: bool) -> None:
    media = answer.media.encode()
    lengths = len(media), len(answer.body)
    jobs.sendall(HEADER.pack(answer.status, grown, time.process_time(), *lengths) + media)
    jobs.sendall(answer.body)


@contextmanager
def _timed(limits: Limits) -> Iterator[None]:
    """Let the operating system end this process should a job take far more processor time than it
    may; the process that listens ends it before."""
    soft = int(time.process_time() + limits.seconds) + 2
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or soft <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    yield


@contextmanager
def _sealed(limits: Limits) -> Iterator[None]:
    """The same, and no file or socket can be opened meanwhile."""
    with _timed(limits), sandbox.sealed():
        yield


def processor_time(pid: int) -> float | None:
    """Seconds that a process has used in its life; ``None`` where that cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _leave_to_parent(kept: int) -> None:
    """Leave to the process that listens its interrupts, and its files but *kept* and the first
    three."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.closerange(3, kept)
    os.closerange(kept + 1, min(os.sysconf("SC_OPEN_MAX"), 65_536))
