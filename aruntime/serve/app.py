"""Routes of the endpoint.

=========================  =====================================================================
``/sparql``                SPARQL 1.1 Protocol; without a query the service description, or a form
``/questions``             the named questions; ``/questions/NAME?parameter=value`` answers one,
                           ``/questions/NAME.rq`` is its text
``/id/KIND/NAME``          a thing: 303 to its description in the form that ``Accept`` asks for
``/ns``, ``/ns/VERSION``   the ontology
``/shapes``                the rules in SHACL; the name of a rule leads there
``/void``                  the dataset and the endpoint; ``/.well-known/void`` leads there
``/health``                whether workers stand ready
=========================  =====================================================================

Each path takes the usual ends of file names, ``/id/runtime/vllm.ttl``, instead of ``Accept``.
Every answer is complete before its status is sent.
"""

from __future__ import annotations

import asyncio
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
from starlette.types import ASGIApp

from aruntime import questions
from aruntime.digest import blake2b
from aruntime.model import Json
from aruntime.namespaces import BASE, ID
from aruntime.serve import pages, protocol
from aruntime.serve.exchange import (
    Headers,
    Whole,
    answered,
    body_of,
    client_of,
    gone,
    matches,
    refused,
    split,
    unchanged,
)
from aruntime.serve.limits import Limits, Problem, form_of
from aruntime.serve.negotiation import OFFERS, RESOURCE, ROWS, TRIPLES, choose, media
from aruntime.serve.pool import Pool
from aruntime.serve.tasks import Answer
from aruntime.serve.workers import ForkServer

KEPT_BYTES: Final = 64 * 1024**2
"""Most bytes of answers to named questions and descriptions that are kept."""
_DESCRIBED_THERE: Final = (
    "/.well-known/void",
    *(f"/{name}" for name in ("catalog", "dataset", "tables", "vocabulary", "graph/{path:path}")),
)
"""What the description of the datasets names and describes."""
_LICENCE: Final = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'


class Service(NamedTuple):
    """What is served, and to whom.

    Attributes:
        hosts: names that requests may be addressed to; ``None`` for any. A graph with private
            files has some, and is closed to pages of other origins, so that a page that somebody
            visits cannot read it.
    """

    fork_server: ForkServer
    limits: Limits
    hosts: frozenset[str] | None = None
    ended: Callable[[], None] = lambda: None


class Endpoint:
    """The handlers of the routes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pool = Pool(service.fork_server, service.limits, service.ended)
        self.known = frozenset(service.fork_server.ready.documents)
        self.texts = {name: questions.text_of(name) for name in questions.names()}
        self.seed = f"{service.fork_server.ready.digest} {version('aruntime')}"
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
        asked = protocol.read(request.method, parameters, content, await body_of(request))
        accept = request.headers.get("accept")
        if asked is None:
            form = choose(accept, {**TRIPLES, "html": ROWS["html"]})
            if form == "html":
                return answered(Answer(200, media(ROWS, "html"), pages.endpoint()))
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
        body = pages.home(self.service.fork_server.ready.triples, there)
        return answered(Answer(200, media(RESOURCE, form), body), {"vary": "accept"})

    async def void(self, request: Request) -> Response:
        """Describe the dataset and the endpoint."""
        _, form = split(request.scope["path"], TRIPLES, request)
        return await self._described(request, form)

    async def questions(self, request: Request) -> Response:
        """List the named questions."""
        _, form = split(
            request.scope["path"], {name: ROWS[name] for name in ("json", "html")}, request
        )
        tag = self._tag("questions", form)
        if matches(request, tag):
            return unchanged(self._cached(tag))
        if (answer := self._kept.get(tag)) is None:
            if form == "json":
                body = json.dumps(list(map(questions.described, self.texts)), indent=1).encode()
                answer = Answer(200, "application/json", body)
            else:
                answer = Answer(200, media(ROWS, form), pages.questions(questions.catalogue()))
            self._keep(tag, answer)
        return answered(answer, self._cached(tag))

    async def question(self, request: Request) -> Response:
        """Answer one named question, or give its text."""
        name, form = split(request.path_params["name"], {**ROWS, "rq": ()}, request, ROWS)
        if name not in self.texts:
            hint = questions.suggestion(name, self.texts)
            raise Problem(404, f"no question is called {name!r}{hint}; see /questions")
        text = self.texts[name]
        if form == "rq":
            answer = Answer(200, "application/sparql-query; charset=utf-8", text.encode())
            return answered(answer, self._cached(self._tag(text)))
        given = protocol.pairs(request.scope["query_string"].decode("ascii", "replace"))
        named = dict(given)
        if len(named) < len(given):
            raise Problem(400, "a parameter is given twice; give each once")
        asked = questions.signature(text)
        missing = [p.name for p in asked.parameters if p.required and not named.get(p.name)]
        if missing and form == "html":
            body = pages.needs(name, asked, f"The question needs {', '.join(missing)}.")
            return answered(Answer(200, media(ROWS, form), body), {"vary": "accept"})
        job = {"task": "question", "name": name, "given": named, "as": form}
        return await self._kept_answer(request, job, text)

    async def thing(self, request: Request) -> Response:
        """Describe a thing; without a form in the path, lead to the description."""
        path, form = split(request.scope["path"], RESOURCE, request)
        if path == request.scope["path"] and BASE + path[1:] in self.known:
            return RedirectResponse(f"{path}.{form}", 303, {"vary": "accept"})
        return await self._resource(request, path, form)

    async def ontology(self, request: Request) -> Response:
        """Describe the ontology, which is a document itself."""
        return await self._resource(request, *split(request.scope["path"], RESOURCE, request))

    async def shapes(self, request: Request) -> Response:
        """Give the rules."""
        path, form = split(request.scope["path"], TRIPLES, request)
        job = {"task": "rules", "iri": BASE + path[1:], "as": form}
        return await self._kept_answer(request, job, path)

    async def health(self, request: Request) -> Response:
        """Say whether workers stand ready."""
        ready = self.service.fork_server.ready
        found = {"triples": ready.triples, "digest": ready.digest, **self.pool.state()}
        body = json.dumps(found).encode()
        return answered(Answer(200, "application/json", body), {"cache-control": "no-store"})

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
        if matches(request, tag):
            return unchanged(self._cached(tag))
        headers = self._cached(tag) | dict(headers or {})
        if (answer := self._kept.get(tag)) is None:
            return await self._answered(request, job, headers, named=True, tag=tag)
        self._kept.move_to_end(tag)
        return answered(answer, headers)

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
            await turn.enter_async_context(self.pool.turn(client_of(request)))
            return await self.pool.run(job, named=named)

        asking, left = asyncio.ensure_future(ask()), asyncio.ensure_future(gone(request))
        try:
            await asyncio.wait({asking, left}, return_when=asyncio.FIRST_COMPLETED)
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
            left.cancel()
        if tag is not None:
            self._keep(tag, answer)
        return Whole(answer, headers, turn)

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


def app(service: Service) -> ASGIApp:
    """The endpoint as an ASGI application, for one event loop."""
    here = Endpoint(service)
    routes = [
        Route("/", here.home),
        Route("/sparql", here.sparql, methods=["GET", "POST"]),
        Route("/sparql/", here.sparql, methods=["GET", "POST"]),
        *(Route(path, here.questions) for path in ("/questions", "/questions.{form}")),
        Route("/questions/{name}", here.question),
        Route("/id/rule/{name}", _to_shapes),
        Route("/id/{path:path}", here.thing),
        *(Route(path, here.ontology) for path in ("/ns", "/ns.{form}", "/ns/{version}")),
        *(Route(path, here.shapes) for path in ("/shapes", "/shapes.{form}", "/shapes/{version}")),
        *(Route(path, here.void) for path in ("/void", "/void.{form}")),
        *(Route(path, _to_void) for path in _DESCRIBED_THERE),
        Route("/question/{name}", _to_question),
        Route("/style.css", _style),
        Route("/health", here.health),
    ]
    inner = Starlette(routes=routes, lifespan=here.lifespan)
    for kind in (Problem, HTTPException, ClientDisconnect):
        inner.add_exception_handler(kind, _failed)
    return Headers(inner, service.hosts)


async def _to_void(request: Request) -> Response:
    return RedirectResponse("/void", 303)


async def _to_shapes(request: Request) -> Response:
    return RedirectResponse("/shapes", 303)


async def _to_question(request: Request) -> Response:
    return RedirectResponse(f"/questions/{request.path_params['name']}.rq", 303)


async def _style(request: Request) -> Response:
    headers = {"cache-control": "public, max-age=3600"}
    return Response(pages.STYLE, media_type="text/css", headers=headers)


async def _failed(request: Request, error: Exception) -> Response:
    """The answer where there is none."""
    if isinstance(error, Problem):
        return refused(request, error)
    if not isinstance(error, HTTPException):  # the client is gone
        return PlainTextResponse("", 499)
    path = request.scope["path"]
    methods = "GET, HEAD or POST" if path.startswith("/sparql") else "GET or HEAD"
    details = {404: f"there is nothing at {path}; see /", 405: f"use {methods}"}
    detail = details.get(error.status_code, error.detail)
    return refused(request, Problem(error.status_code, detail, error.headers))
