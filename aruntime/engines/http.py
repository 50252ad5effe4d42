"""Requests over HTTP to a server that is not trusted: its answer is whole, of bounded size, in time
and from where it was asked for, or an error.

Credentials come from the environment.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from aruntime.errors import EndpointError, TimeLimitError, UsageError

USER: Final = "ARUNTIME_USER"
"""Environment variable: who asks. Unlike an argument, it is not shown to everybody on the
machine."""
PASSWORD: Final = "ARUNTIME_PASSWORD"
"""Environment variable: that user's password."""
_SAID: Final = 200
"""Most characters of a server's own words in a message."""


class Answer(NamedTuple):
    """What a server sent.

    Attributes:
        status: from 200 to 299.
        headers: by name in lower case.
        measured: whether the server said how long the body is, or ended it, so that a cut one is
            known; otherwise the body itself must tell.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    measured: bool


class Server:
    """What answers at an address.

    Args:
        anonymous: never tell it the user and password that the environment holds.

    Raises:
        UsageError: the address is no http or https URL, or holds a password.
    """

    def __init__(self, address: str, *, anonymous: bool = False) -> None:
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"{address!r} is no http or https address")
        try:
            parts = urlsplit(address)
            known = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            known = False
        if not known or not address.isprintable() or " " in address:
            raise UsageError(f"{address!r} is no address of a server")
        if "@" in parts.netloc:
            raise UsageError(
                f"an address holds no user or password; set {USER} and {PASSWORD} instead"
            )
        self.address = address
        self._user = None if anonymous else os.environ.get(USER)
        self._sockets: list[socket.socket] = []

    def send(
        self,
        method: str,
        target: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
        limit: int,
    ) -> Answer:
        """The answer to one request.

        Args:
            target: the address, with what this request adds to it.
            timeout: seconds that everything together may take.
            limit: largest answer, in bytes.

        Raises:
            EndpointError: the server cannot be reached, refuses, leads elsewhere, or its answer is
                larger, cut off, compressed, or not as HTTP has it.
            TimeLimitError: it is not done in time.
        """
        request = urllib.request.Request(
            target, data=body, method=method, headers={"User-Agent": "aruntime", **headers}
        )
        end = time.monotonic() + timeout
        late = TimeLimitError(f"{self.address} did not answer within {timeout:g} s")
        try:
            with self._cut_at(end):
                try:
                    with self._opener.open(request, timeout=timeout) as found:
                        content, measured = self._read(found, limit)
                except urllib.error.HTTPError as error:
                    with error:
                        said = self._message(error)
                    what = f"{self.address} answered {error.code} to {method}: {said}"
                    raise EndpointError(what, status=error.code) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError) or time.monotonic() >= end:
                raise late from None
            raise EndpointError(
                f"{self.address} cannot be reached: {printable(str(reason) or repr(reason))}"
            ) from None
        except EndpointError:
            if time.monotonic() >= end:  # it is cut off because it is late
                raise late from None
            raise
        except (ValueError, AttributeError, LookupError, AssertionError) as error:
            raise EndpointError(
                f"{self.address} cannot be asked: {printable(str(error))}"
            ) from None
        if time.monotonic() >= end:
            raise late
        names = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status, content, names, measured)

    def _read(self, found: Any, limit: int) -> tuple[bytes, bool]:
        """The body of an answer, and whether it is known to be whole."""
        headers = found.headers
        if coding := headers.get("Content-Encoding", "").strip().lower().replace("identity", ""):
            raise EndpointError(
                f"{self.address} answered in {printable(coding)}, which nobody asked for"
            )
        lengths = {value.strip() for value in headers.get_all("Content-Length", ())}
        if len(lengths) > 1 or not all(one.isascii() and one.isdecimal() for one in lengths):
            raise EndpointError(f"{self.address} answered with lengths that contradict each other")
        chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
        length = None if chunked else next((int(one) for one in lengths), None)
        larger = EndpointError(
            f"{self.address} answered with more than {limit} bytes; narrow the question"
        )
        if length is not None and length > limit:
            raise larger
        content = bytearray()
        while part := found.read(min(1 << 20, limit + 1 - len(content))):
            content += part
            if len(content) > limit:
                raise larger
        if length is not None and len(content) != length:
            raise EndpointError(
                f"{self.address} was cut off after {len(content)} of {length} bytes"
            )
        return bytes(content), chunked or length is not None

    def _message(self, error: urllib.error.HTTPError) -> str:
        """The first line of what a server says of an error, safe to show."""
        said: Any = b""
        with suppress(OSError, http.client.HTTPException, ValueError):
            said = error.read(4 * _SAID) if error.fp else b""
        # What urllib's own handlers raise, a login that failed twice, has an empty text instead.
        lines = said.decode("utf-8", "replace").split("\n") if isinstance(said, bytes) else []
        first = next((line for line in map(str.strip, lines) if line), str(error.reason))
        return printable(first)

    @contextmanager
    def _cut_at(self, end: float) -> Iterator[None]:
        """Break every connection of this server at a moment, whatever waits for it."""
        watch = threading.Timer(max(0.0, end - time.monotonic()), self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            for connected in self._sockets:  # urllib leaves some open where it fails
                if (handle := connected.detach()) >= 0:
                    socket.close(handle)
            self._sockets.clear()

    def _cut(self) -> None:
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        """urllib's opener without its ways elsewhere: no proxy of another scheme, no file, no
        redirect to another origin.

        It follows the server's first challenge and answers the later ones before they are made: a
        server may refuse a request without reading what comes with it, which breaks the connection
        under a large body.
        """
        opener = urllib.request.OpenerDirector()
        handlers: list[urllib.request.BaseHandler] = [
            urllib.request.ProxyHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _Redirects(self.address),
            _Plain(self._sockets),
            _Secure(self._sockets),
        ]
        if self._user is not None:
            known = urllib.request.HTTPPasswordMgrWithPriorAuth()
            known.add_password(None, self.address, self._user, os.environ.get(PASSWORD, ""))
            handlers += [_Digest(known), urllib.request.HTTPBasicAuthHandler(known)]
        for handler in handlers:
            opener.add_handler(handler)
        return opener


def printable(text: str) -> str:
    """A foreign text on one line, cut, with what does not print as escapes: safe to show.

    Example:
        >>> printable("no\\x1b[2Jthing")
        'no\\\\u001b[2Jthing'
    """
    one = " ".join(text.split())
    cut = one[:_SAID] + (" …" if len(one) > _SAID else "")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def origin(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address (https://www.rfc-editor.org/rfc/rfc6454)."""
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect on the same origin, and keeps what was asked; refuses any other."""

    max_redirections = 5

    def __init__(self, address: str) -> None:
        self._address = address

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request:
        if origin(newurl) != origin(self._address):
            raise EndpointError(
                f"{self._address} leads elsewhere, to {printable(newurl)}; ask there if you trust it"
            )
        return urllib.request.Request(
            newurl, data=req.data, headers=dict(req.headers), method=req.get_method()
        )


class _Plain(urllib.request.HTTPHandler):
    """Connections over http whose sockets are known, so that they can be cut."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_connections(http.client.HTTPConnection, self._sockets), req)


class _Secure(urllib.request.HTTPSHandler):
    """Connections over https whose sockets are known, so that they can be cut."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_connections(http.client.HTTPSConnection, self._sockets), req)


def _connections(kind: type[http.client.HTTPConnection], sockets: list[socket.socket]) -> Any:
    """A class of connections that adds its sockets to a list: urllib forgets them early."""

    class Known(kind):  # type: ignore[valid-type, misc]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    return Known


class _Digest(urllib.request.HTTPDigestAuthHandler):
    """HTTP Digest that answers a known challenge before it is made."""

    challenge: dict[str, str] | None = None

    def retry_http_digest_auth(self, req: urllib.request.Request, auth: str) -> Any:
        self.challenge = urllib.request.parse_keqv_list(
            urllib.request.parse_http_list(auth.partition(" ")[2])
        )
        return super().retry_http_digest_auth(req, auth)

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if (
            self.challenge
            and not req.has_header(self.auth_header)
            and (proof := self.get_authorization(req, self.challenge))
        ):
            req.add_unredirected_header(self.auth_header, f"Digest {proof}")
        return req

    https_request = http_request
