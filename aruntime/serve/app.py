"""Routes of the endpoint.

=========================  =====================================================================
``/sparql``                SPARQL 1.1 Protocol; without a query the service description, or a form
``/questions``             the named questions; ``/questions/NAME?parameter=value`` answers one,
                           ``/questions/NAME.rq`` is its text
``/id/KIND/NAME``          a thing: 303 to its description in the form that ``Accept`` asks for
``/ns``                    the ontology
``/void``                  the dataset and the endpoint; ``/.well-known/void`` leads there
``/health``                whether workers stand ready
=========================  =====================================================================

Each path takes the usual ends of file names, ``/id/runtime/vllm.ttl``, instead of ``Accept``.
Every answer is complete before its status is sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aruntime import questions
from aruntime.digest import blake2b
from aruntime.model import Json
from aruntime.namespaces import BASE, ID
from aruntime.serve import pages, protocol
from aruntime.serve.limits import Limits, Problem, form_of
from aruntime.serve.negotiation import OFFERS, RESOURCE, ROWS, TRIPLES, Offer, choose, media
from aruntime.serve.pool import Pool
from aruntime.serve.tasks import Answer
from aruntime.serve.workers import Nursery

BODY_SECONDS: Final = 10.0
"""How long a client may take to send a request's body."""
SEND_SECONDS: Final = 120.0
"""How long a client may take to read an answer."""
KEPT_BYTES: Final = 64 * 1024**2
"""Most bytes of answers to named questions and descriptions that are kept."""
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
_LICENCE: Final = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'


class Service(NamedTuple):
    """What is served, and to whom.

    Attributes:
        hosts: names that requests may be addressed to; ``None`` for any. A graph with private
            files has some, and is closed to pages of other origins, so that a page that somebody
            visits cannot read it.
    """

    nursery: Nursery
    limits: Limits
    hosts: frozenset[str] | None = None
    ended: Callable[[], None] = lambda: None


class Endpoint:
    """The handlers of the routes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pool = Pool(service.nursery, service.limits, service.ended)
        self.known = frozenset(service.nursery.ready.documents)
        self.texts = {name: questions.text_of(name) for name in questions.names()}
        self.seed = f"{service.nursery.ready.digest} {version('aruntime')}"
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Workers stand ready as long as the server runs."""
        await self.pool.start()
        try:
            yield
        finally:
            await self.pool.stop()

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or describe the service."""
        parameters = request.scope["query_string"].decode("ascii", "replace")
        if len(parameters) > protocol.MAX_BODY:
            raise Problem(414, "the query is too long for a URL; post it")
        content = request.headers.get("content-type", "")
        asked = protocol.read(request.method, parameters, content, await _body(request))
        accept = request.headers.get("accept")
        if asked is None:
            form = choose(accept, {**TRIPLES, "html": ROWS["html"]})
            if form == "html":
                return _found(Answer(200, media(ROWS, "html"), pages.endpoint()))
            return await self._described(request, form)
        form = form_of(asked.query, dataset=asked.dataset)
        job = {
            "task": "query",
            "query": asked.query,
            "default": asked.default_graphs,
            "named": asked.named_graphs,
            "as": choose(accept, OFFERS[form]),
        }
        return await self._answered(request, job, {"vary": "accept"}, named=False)

    async def home(self, request: Request) -> Response:
        """What there is here; the description of the dataset for programs."""
        form = choose(request.headers.get("accept"), RESOURCE)
        if form != "html":
            return await self._described(request, form)
        examples = [ID + "runtime/kserve", ID + "runtime/vllm", ID + "responsibility/autoscaling"]
        there = [iri for iri in examples if iri in self.known]
        body = pages.home(self.service.nursery.ready.triples, there)
        return _found(Answer(200, media(RESOURCE, form), body), {"vary": "accept"})

    async def void(self, request: Request) -> Response:
        """Describe the dataset and the endpoint."""
        _, form = _split(request.scope["path"], TRIPLES, request)
        return await self._described(request, form)

    async def questions(self, request: Request) -> Response:
        """List the named questions."""
        _, form = _split(
            request.scope["path"], {name: ROWS[name] for name in ("json", "html")}, request
        )
        tag = self._tag("questions", form)
        if _matches(request, tag):
            return _unchanged(tag)
        if form == "json":
            body = json.dumps(list(map(questions.described, self.texts)), indent=1).encode()
        else:
            body = pages.questions(_asked(self.texts))
        answer = Answer(200, "application/json" if form == "json" else media(ROWS, form), body)
        return _found(answer, self._cached(tag))

    async def question(self, request: Request) -> Response:
        """Answer one named question, or give its text."""
        name, form = _split(request.path_params["name"], {**ROWS, "rq": ()}, request, ROWS)
        if name not in self.texts:
            hint = questions.suggestion(name, self.texts)
            raise Problem(404, f"no question is called {name!r}{hint}; see /questions")
        text = self.texts[name]
        if form == "rq":
            answer = Answer(200, "application/sparql-query; charset=utf-8", text.encode())
            return _found(answer, self._cached(self._tag(text)))
        given = protocol.pairs(request.scope["query_string"].decode("ascii", "replace"))
        named = dict(given)
        if len(named) < len(given):
            raise Problem(400, "a parameter is given twice; give each once")
        asked = questions.signature(text)
        missing = [p.name for p in asked.parameters if p.required and not named.get(p.name)]
        if missing and form == "html":
            body = pages.needs(name, asked, f"The question needs {', '.join(missing)}.")
            return _found(Answer(200, media(ROWS, form), body), {"vary": "accept"})
        job = {"task": "question", "name": name, "given": named, "as": form}
        return await self._kept_answer(request, job, text)

    async def thing(self, request: Request) -> Response:
        """Describe a thing; without a form in the path, lead to the description."""
        path, form = _split(request.scope["path"], RESOURCE, request)
        if path == request.scope["path"] and BASE + path[1:] in self.known:
            return RedirectResponse(f"{path}.{form}", 303, {"vary": "accept"})
        return await self._resource(request, path, form)

    async def ontology(self, request: Request) -> Response:
        """Describe the ontology, which is a document itself."""
        return await self._resource(request, *_split(request.scope["path"], RESOURCE, request))

    async def health(self, request: Request) -> Response:
        """Say whether workers stand ready."""
        ready = self.service.nursery.ready
        found = {"triples": ready.triples, "digest": ready.digest, **self.pool.state()}
        body = json.dumps(found).encode()
        return _found(Answer(200, "application/json", body), {"cache-control": "no-store"})

    async def _resource(self, request: Request, path: str, form: str) -> Response:
        job = {"task": "resource", "iri": BASE + path[1:], "as": form}
        others = ", ".join(
            f'<{path}.{name}>; rel="alternate"; type="{types[0]}"'
            for name, types in RESOURCE.items()
            if name != form
        )
        return await self._kept_answer(request, job, path, {"link": f"{others}, {_LICENCE}"})

    async def _described(self, request: Request, form: str) -> Response:
        address = str(request.url.replace(path="/sparql", query="", fragment=""))
        job = {"task": "dataset", "endpoint": address, "as": form}
        return await self._kept_answer(request, job, "dataset")

    async def _kept_answer(
        self, request: Request, job: Json, seed: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer to a job that has the same one as long as the graph is the same."""
        tag = self._tag(seed, json.dumps(job, sort_keys=True))
        if _matches(request, tag):
            return _unchanged(tag)
        headers = self._cached(tag) | dict(headers or {})
        if (answer := self._kept.get(tag)) is None:
            return await self._answered(request, job, headers, named=True, tag=tag)
        self._kept.move_to_end(tag)
        return _found(answer, headers)

    async def _answered(
        self,
        request: Request,
        job: Json,
        headers: Mapping[str, str],
        *,
        named: bool,
        tag: str | None = None,
    ) -> Response:
        """What a worker answers, when it is the client's turn; the turn ends once the client has
        read the answer, or is gone."""
        turn = AsyncExitStack()

        async def ask() -> Answer:
            await turn.enter_async_context(self.pool.turn(_client(request)))
            return await self.pool.run(job, named=named)

        asking, gone = asyncio.ensure_future(ask()), asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise ClientDisconnect
            answer = asking.result()
            if answer.status >= 400:
                raise Problem(answer.status, answer.body.decode())
        except BaseException:
            asking.cancel()
            await asyncio.wait({asking})
            await turn.aclose()
            raise
        finally:
            gone.cancel()
        if tag is not None:
            self._keep(tag, answer)
        return _Whole(answer, headers, turn)

    def _keep(self, tag: str, answer: Answer) -> None:
        """Keep an answer, and forget those that were not asked for longest."""
        if tag not in self._kept:
            self._kept[tag] = answer
            self._bytes += len(answer.body)
        while self._bytes > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._bytes -= len(old.body)

    def _tag(self, *parts: str) -> str:
        """The entity tag of what follows from the graph, the program and these."""
        text = "\0".join((self.seed, *parts))
        return f'"{blake2b(text.encode(), digest_size=16).hexdigest()}"'

    def _cached(self, tag: str) -> dict[str, str]:
        who = "public" if self.service.hosts is None else "private"
        return {"etag": tag, "vary": "accept", "cache-control": f"{who}, max-age=60"}


class _Whole(Response):
    """A complete answer, sent as fast as the client reads it; then its turn ends."""

    def __init__(self, answer: Answer, headers: Mapping[str, str], turn: AsyncExitStack) -> None:
        super().__init__(answer.body, answer.status, dict(headers) | {"content-type": answer.media})
        self.turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, in pieces, each when the one before has left."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                start: Message = {"type": "http.response.start", "status": self.status_code}
                await send({**start, "headers": self.raw_headers})
                body = memoryview(self.body)
                for place in range(0, len(body), _CHUNK):
                    piece = bytes(body[place : place + _CHUNK])
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
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
            await _problem(request, Problem(421, detail))(scope, receive, sent)
        elif scope["method"] == "OPTIONS":
            await Response(status_code=204)(scope, receive, sent)
        else:
            await self.app(scope, receive, sent)


def app(service: Service) -> ASGIApp:
    """The endpoint as an ASGI application, for one event loop."""
    here = Endpoint(service)
    routes = [
        Route("/", here.home),
        Route("/sparql", here.sparql, methods=["GET", "POST"]),
        Route("/sparql/", here.sparql, methods=["GET", "POST"]),
        *(Route(path, here.questions) for path in ("/questions", "/questions.{form}")),
        Route("/questions/{name}", here.question),
        Route("/id/{path:path}", here.thing),
        *(Route(path, here.ontology) for path in ("/ns", "/ns.{form}")),
        *(Route(path, here.void) for path in ("/void", "/void.{form}")),
        Route("/.well-known/void", _to_void),
        Route("/style.css", _style),
        Route("/health", here.health),
    ]
    handlers = {Problem: _on_problem, HTTPException: _on_http, ClientDisconnect: _on_gone}
    inner = Starlette(routes=routes, lifespan=here.lifespan, exception_handlers=handlers)  # type: ignore[arg-type]
    return Headers(inner, service.hosts)


async def _to_void(request: Request) -> Response:
    return RedirectResponse("/void", 303)


async def _style(request: Request) -> Response:
    headers = {"cache-control": "public, max-age=3600"}
    return Response(pages.STYLE, media_type="text/css", headers=headers)


async def _on_problem(request: Request, error: Problem) -> Response:
    return _problem(request, error)


async def _on_http(request: Request, error: HTTPException) -> Response:
    details = {404: f"there is nothing at {request.scope['path']}; see /", 405: "use GET or HEAD"}
    if error.status_code == 405 and request.scope["path"].startswith("/sparql"):
        details[405] = "use GET, HEAD or POST"
    detail = details.get(error.status_code, error.detail)
    return _problem(request, Problem(error.status_code, detail, error.headers))


async def _on_gone(request: Request, error: ClientDisconnect) -> Response:
    return PlainTextResponse("", 499)


def _problem(request: Request, problem: Problem) -> Response:
    """An error as HTML where that is what the client likes, else as RFC 9457 JSON."""
    offer: Offer = {"json": ("application/problem+json", "application/json"), "html": ROWS["html"]}
    try:
        form = choose(request.headers.get("accept"), offer)
    except Problem:
        form = "json"
    headers = problem.headers | {"cache-control": "no-store", "vary": "accept"}
    if form == "html":
        body = pages.problem(problem.status, problem.detail)
        return _found(Answer(problem.status, media(ROWS, "html"), body), headers)
    found = {"status": problem.status, "detail": problem.detail}
    body = json.dumps(found, ensure_ascii=True).encode()
    return _found(Answer(problem.status, "application/problem+json", body), headers)


def _found(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    fields = dict(headers or {}) | {"content-type": answer.media}
    return Response(answer.body, answer.status, fields)


def _unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"etag": tag, "vary": "accept"})


def _matches(request: Request, tag: str) -> bool:
    """Whether the client has the representation of that tag (RFC 9110, section 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    tags = [part.strip().removeprefix("W/") for part in given.split(",")]
    return "*" in tags or tag in tags


def _split(
    path: str, forms: Offer, request: Request, offer: Offer | None = None
) -> tuple[str, str]:
    """A path without the form that it ends in, and that form, or the one that the client likes.

    Args:
        offer: what is negotiated, if less than *forms*.
    """
    stem, dot, form = path.rpartition(".")
    if dot and form in forms:
        return stem, form
    return path, choose(request.headers.get("accept"), offer or forms)


def _asked(texts: Mapping[str, str]) -> dict[str, questions.Signature]:
    """Signatures of the questions that people ask, not those that answer other commands."""
    found = {name: questions.signature(text) for name, text in texts.items()}
    return {name: asked for name, asked in found.items() if not {"part", "lookup"} & {*asked.tags}}


def _client(request: Request) -> str:
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
    """The name in the ``Host`` header, without a port; empty if it is malformed."""
    try:
        return request.url.hostname or ""
    except ValueError:
        return ""


async def _gone(request: Request) -> None:
    """Wait until the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _body(request: Request) -> bytes:
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
