"""Content from the network, only when asked for: over https, from public addresses, within
bounds."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from aruntime.errors import DataError

MAX_BYTES: Final = 20 * 1024 * 1024
DEADLINE: Final = 30.0
"""Seconds one file may take altogether, redirects included."""
REDIRECTS: Final = 3
ARCHIVE: Final = "https://archive.softwareheritage.org"
"""Answers for any content by its git blob hash."""


@dataclass(frozen=True)
class Network:
    """The archive that resolves content identifiers.

    Attributes:
        archive: its address.
        private: whether plain http and private addresses are allowed, for tests on one machine.
    """

    archive: str = ARCHIVE
    private: bool = False

    def content(self, blob_hash: str) -> bytes | None:
        """The bytes with that git blob hash, or ``None`` if the archive does not hold them.

        Raises:
            DataError: the archive cannot be reached, answers too much or too slowly, or leads to a
                private address.
        """
        return self.fetch(f"{self.archive}/api/1/content/sha1_git:{blob_hash}/raw/")

    def fetch(self, address: str) -> bytes | None:
        """The bytes at *address*, or ``None`` if there are none (404)."""
        end = time.monotonic() + DEADLINE
        for _ in range(REDIRECTS + 1):
            try:
                answer, address = self._ask(address, end)
            except (OSError, ValueError, http.client.HTTPException) as error:
                raise DataError(f"{address} cannot be read: {error}") from None
            if isinstance(answer, bytes) or answer is None:
                return answer
        raise DataError(f"{address} is redirected more than {REDIRECTS} times")

    def _ask(self, address: str, end: float) -> tuple[bytes | Redirected | None, str]:
        """One request: the bytes there, ``None`` for nothing there, or where to look instead."""
        connection, target = self._connect(address, end)
        watch = threading.Timer(max(0.0, end - time.monotonic()), _cut, (connection,))
        watch.start()
        try:
            connection.request(
                "GET", target, headers={"User-Agent": "aruntime", "Accept-Encoding": "identity"}
            )
            answer = connection.getresponse()
            with answer:
                if answer.status in (301, 302, 303, 307, 308):
                    return Redirected(), urljoin(address, answer.headers.get("Location", ""))
                if answer.status == 404:
                    return None, address
                if answer.status != 200:
                    raise DataError(f"{address} answered {answer.status}")
                return _read(answer, address, end), address
        finally:
            watch.cancel()
            connection.close()

    def _connect(self, address: str, end: float) -> tuple[http.client.HTTPConnection, str]:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (self.private and parts.scheme == "http"):
            raise DataError(f"{address} is no https address")
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise DataError(f"{host} cannot be resolved: {error}") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not self.private and not all(ipaddress.ip_address(ip).is_global for ip in addresses):
            raise DataError(f"{host} leads to a private address")
        left = max(0.1, end - time.monotonic())
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = _Pinned(host, addresses[0], port, left)
        else:
            connection = http.client.HTTPConnection(addresses[0], port, timeout=left)
        return connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Redirected:
    """The answer is to be had elsewhere."""


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection on which the head of the answer does not come."""
    if connection.sock is not None:
        connection.sock.shutdown(socket.SHUT_RDWR)


class _Pinned(http.client.HTTPSConnection):
    """A connection to the very address that was looked at, under the host's name."""

    def __init__(self, host: str, ip: str, port: int, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._ip = ip

    def connect(self) -> None:
        plain = socket.create_connection((self._ip, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _read(answer: http.client.HTTPResponse, address: str, end: float) -> bytes:
    found, announced = bytearray(), answer.length
    while chunk := answer.read1(65_536):
        found += chunk
        if len(found) > MAX_BYTES:
            raise DataError(f"{address} is larger than {MAX_BYTES} bytes")
        if time.monotonic() > end:
            raise DataError(f"{address} took longer than {DEADLINE:.0f} s")
    if announced is not None and len(found) < announced:
        raise DataError(f"{address} was cut off after {len(found)} of {announced} bytes")
    return bytes(found)
