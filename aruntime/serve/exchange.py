"""Requests and answers of the endpoint as HTTP: header fields, conditions, bodies with their
limits, and errors (RFC 9457)."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aruntime.serve import pages, protocol
from aruntime.serve.limits import Problem
from aruntime.serve.negotiation import ROWS, Offer, choose, media
from aruntime.serve.tasks import Answer

BODY_SECONDS: Final = 10.0
"""How long a client may take to send a request's body."""
SEND_SECONDS: Final = 120.0
"""How long a client may take to read an answer."""
_CHUNK: Final = 256 * 1024
_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}
_SHARED: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "accept, content-type, if-none-match",
    "access-control-expose-headers": "etag, link, retry-after",
    "access-control-max-age": "86400",
    "cross-origin-resource-policy": "cross-origin",
}


class Whole(Response):
    """A complete answer, sent as fast as the client reads it; then its turn ends."""

    def __init__(self, answer: Answer, headers: Mapping[str, str], turn: AsyncExitStack) -> None:
        super().__init__(answer.body, answer.status, dict(headers) | {"content-type": answer.media})
        self.turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, in pieces, each when the one before has left; to a client that does not
        read it, no further."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                start: Message = {"type": "http.response.start", "status": self.status_code}
                await send({**start, "headers": self.raw_headers})
                body = memoryview(self.body)
                for place in range(0, len(body), _CHUNK):
                    piece = bytes(body[place : place + _CHUNK])
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            pass
        finally:
            await self.turn.aclose()


class Headers:
    """Adds the header fields that every answer has, and answers what a browser asks before a
    request to another origin."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self.app = app
        self.hosts = hosts
        fields = _HEADERS | (_SHARED if hosts is None else {})
        self.fields = [(name.encode(), value.encode()) for name, value in fields.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.fields]
            await send(message)

        request = Request(scope)
        if self.hosts is not None and _host(request) not in self.hosts:
            detail = "the server does not know itself by the name in Host; see --allow-host"
            await refused(request, Problem(421, detail))(scope, receive, sent)
        elif scope["method"] == "OPTIONS":
            await Response(status_code=204)(scope, receive, sent)
        else:
            await self.app(scope, receive, sent)


def refused(request: Request, problem: Problem) -> Response:
    """An error as HTML where that is what the client likes, else as RFC 9457 JSON."""
    offer: Offer = {"json": ("application/problem+json", "application/json"), "html": ROWS["html"]}
    try:
        form = choose(request.headers.get("accept"), offer)
    except Problem:
        form = "json"
    headers = problem.headers | {"cache-control": "no-store", "vary": "accept"}
    if form == "html":
        body = pages.problem(problem.status, problem.detail)
        return answered(Answer(problem.status, media(ROWS, "html"), body), headers)
    found = {"status": problem.status, "detail": problem.detail}
    body = json.dumps(found, ensure_ascii=True).encode()
    return answered(Answer(problem.status, "application/problem+json", body), headers)


def answered(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with further header fields."""
    fields = dict(headers or {}) | {"content-type": answer.media}
    return Response(answer.body, answer.status, fields)


def unchanged(headers: Mapping[str, str]) -> Response:
    """That the client has the representation already, of which those header fields are true."""
    return Response(status_code=304, headers=dict(headers))


def matches(request: Request, tag: str) -> bool:
    """Whether the client has the representation of that tag (RFC 9110, section 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    tags = [part.strip().removeprefix("W/") for part in given.split(",")]
    return "*" in tags or tag in tags


def split(path: str, forms: Offer, request: Request, offer: Offer | None = None) -> tuple[str, str]:
    """A path without the form that it ends in, and that form, or the one that the client likes.

    Args:
        offer: what is negotiated, if less than *forms*.
    """
    stem, dot, form = path.rpartition(".")
    if dot and form in forms:
        return stem, form
    return path, choose(request.headers.get("accept"), offer or forms)


def client_of(request: Request) -> str:
    """By whom a request is counted: an address, of IPv6 its network."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((host, 64), strict=False))


def _host(request: Request) -> str:
    """The name in the ``Host`` header, without a port."""
    name = request.headers.get("host", "")
    name = name if name.endswith("]") else name.rpartition(":")[0] or name
    return name.removeprefix("[").removesuffix("]").lower()


async def gone(request: Request) -> None:
    """Wait until the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def body_of(request: Request) -> bytes:
    """The body of a request.

    Raises:
        Problem: 413 if it is too long, 408 if it does not come.
    """
    found = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                found += piece
                if len(found) > protocol.MAX_BODY:
                    raise Problem(413, f"the request is longer than {protocol.MAX_BODY} bytes")
    except TimeoutError:
        raise Problem(408, "the request did not come to its end", {"Connection": "close"}) from None
    return bytes(found)
