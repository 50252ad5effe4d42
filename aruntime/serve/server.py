"""The process that listens."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Collection
from contextlib import closing
from types import FrameType
from typing import Any, Final, NamedTuple

import uvicorn
from pyoxigraph import Store
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aruntime.errors import AruntimeError, UsageError
from aruntime.serve.app import Service, app
from aruntime.serve.limits import Limits
from aruntime.serve.workers import ForkServer

HEAD_SECONDS: Final = 10.0
"""How long a client may take to send the head of its first request."""
CONNECTIONS: Final = 1000
"""How many connections there may be."""
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Address(NamedTuple):
    """Where to listen, and whom to believe.

    Attributes:
        hosts: further names that requests for a graph with private files may be addressed to.
        proxies: addresses of proxies that say for whom they ask, in ``X-Forwarded-For``.
    """

    host: str
    port: int
    hosts: Collection[str] = ()
    proxies: Collection[str] = ()


class _Protocol(HttpToolsProtocol):
    """HTTP 1.1; a connection on which no request comes is closed."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.loop.call_later(HEAD_SECONDS, self._close_silent)

    def _close_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self.ready()


def serve(
    load: Callable[[], Store],
    address: Address,
    limits: Limits,
    *,
    private: bool,
    say: Callable[[str], None],
) -> None:
    """Serve a graph until the process is interrupted or terminated; then finish what runs.

    Args:
        load: gives the graph, in memory; called in a process of its own.
        private: whether the graph holds private files: then pages of other origins cannot read
            it, and requests must be addressed to a known name.
        say: told where the server is, once it answers, and when it stops.

    Raises:
        UsageError: the address cannot be listened at.
        AruntimeError: the graph cannot be loaded, or the process that holds it died.
    """
    if not hasattr(os, "fork"):
        raise UsageError("aruntime serve needs a system that can copy processes, such as Linux")
    listening = _listen(address)
    with closing(listening):
        fork_server = ForkServer(load, limits)
        server: _Server | None = None
        died = False

        def ended() -> None:
            nonlocal died
            if server is not None and not server.should_exit:
                died = server.should_exit = True

        names = frozenset((*LOOPBACK, address.host, *address.hosts)) if private else None
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        here = f"{fork_server.ready.triples} triples at http://{shown}:{port}/ (Ctrl-C stops)"
        server = _Server(
            uvicorn.Config(
                app(Service(fork_server, limits, names, ended)),
                http=_Protocol,
                ws="none",
                lifespan="on",
                log_level="warning",
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=bool(address.proxies),
                forwarded_allow_ips=list(address.proxies),
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=int(limits.seconds) + 5,
            ),
            lambda: say(here),
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _nothing)  # the server handles it, and raises it again at its end
        server.run(sockets=[listening])
        if died:
            raise AruntimeError("the process that holds the graph died; is there enough memory?")
        say("stopped")


def _listen(address: Address) -> socket.socket:
    """A socket that listens.

    Raises:
        UsageError: it cannot be had.
    """
    try:
        family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((address.host, address.port), family=family, backlog=512)
    except (OSError, OverflowError, UnicodeError) as error:
        where = f"{address.host} port {address.port}"
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot listen at {where}: {reason}; choose --host and --port") from None


def _nothing(number: int, frame: FrameType | None) -> None:
    """Ignore a signal that was handled already."""
