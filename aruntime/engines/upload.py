"""Loading a graph into an endpoint over the Graph Store protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

What is there stays until what shall replace it has arrived: the triples go, chunk by chunk, into a
graph beside it, are read back and compared; only then one request replaces the graph itself, which
is read back too. A server that takes everything and keeps nothing is found before it is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from aruntime.engines import sandbox
from aruntime.engines.answers import MAX_DEPTH, depth
from aruntime.engines.http import Server, printable
from aruntime.errors import AruntimeError, DataError, EndpointError, UsageError
from aruntime.model import Term
from aruntime.namespaces import GRAPH

CHUNK: Final = 50_000
"""Triples in one request."""
TIMEOUT: Final = 300.0
"""Seconds one request may take."""
LIMIT: Final = 1024 * 1024
"""Largest answer to what is sent, in bytes."""
MOST: Final = 512 * 1024 * 1024
"""Largest graph that is read back, in bytes."""
_MEDIA: Final = "application/n-triples"


def put(address: str, triples: Iterable[Triple], graph: str | None = None) -> int:
    """Make a graph of the store hold exactly *triples*; returns how many were sent.

    Args:
        address: the Graph Store's address, such as ``http://127.0.0.1:7878/store``.
        graph: the graph's name; the default graph if absent.

    Raises:
        UsageError: the address is no http or https URL, or the name is no IRI.
        EndpointError: the store cannot be reached, refuses, or does not hold what it was sent; the
            graph is then as it was, unless the message says otherwise.
        TimeLimitError: it does not answer in time.
    """
    try:
        beside = NamedNode(f"{graph or GRAPH.removesuffix('/')}/loading").value
    except ValueError as error:
        raise UsageError(f"{graph!r} is no IRI of a graph: {error}") from None
    there = _Store(address)
    found = list(triples)
    try:
        there.send("PUT", beside, [])  # settles who asks, before anything large is sent
        for chunk in _chunks(found):
            there.send("POST", beside, chunk)
        there.expect(beside, found, "nothing was replaced")
        there.send("PUT", graph, found)
        there.expect(graph, found, "look at that graph before you use it")
    finally:
        with suppress(AruntimeError):
            there.send("DELETE", beside)
    return len(found)


class _Store:
    """A Graph Store."""

    def __init__(self, address: str) -> None:
        self._server = Server(address)
        self._address = address

    def send(self, method: str, graph: str | None, triples: list[Triple] | None = None) -> None:
        """Ask for a change of a graph."""
        body = None if triples is None else serialize(triples, format=RdfFormat.N_TRIPLES)
        headers = {} if body is None else {"Content-Type": _MEDIA}
        target = self._target(graph)
        self._server.send(method, target, body, headers, timeout=TIMEOUT, limit=LIMIT)

    def expect(self, graph: str | None, triples: list[Triple], otherwise: str) -> None:
        """Read a graph back.

        Raises:
            EndpointError: it holds something else; literals may be spelt in another way.
        """
        target, headers = self._target(graph), {"Accept": _MEDIA}
        answer = self._server.send("GET", target, None, headers, timeout=TIMEOUT, limit=MOST)
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in (_MEDIA, "text/plain", "text/turtle"):
            raise EndpointError(
                f"{self._address} gives {printable(kind) or 'nothing'} where a graph should be; {otherwise}"
            )
        try:
            held = sandbox.within(TIMEOUT, _outline_of, answer.body, kind)
        except DataError as error:
            raise EndpointError(
                f"{self._address} gives back what cannot be read: {error.message}; {otherwise}"
            ) from None
        if held != _outline(triples):
            raise EndpointError(
                f"{self._address} does not hold the {len(triples)} triples that it was sent; {otherwise}"
            )

    def _target(self, graph: str | None) -> str:
        named = "default" if graph is None else urlencode({"graph": graph})
        return f"{self._address}{'&' if '?' in self._address else '?'}{named}"


def _outline_of(body: bytes, kind: str) -> list[tuple[str, int]]:
    """The outline of a graph that was read back; runs in a child process."""
    if depth(body, kind) > MAX_DEPTH:
        raise DataError(f"it nests deeper than {MAX_DEPTH} brackets")
    form = RdfFormat.TURTLE if kind == "text/turtle" else RdfFormat.N_TRIPLES
    try:
        return _outline(quad.triple for quad in parse(body, form))
    except (SyntaxError, ValueError) as error:
        raise DataError(printable(str(error))) from None


def _outline(triples: Iterable[Triple]) -> list[tuple[str, int]]:
    """How often each triple is there, without names of blank nodes and spellings of literals, which
    a server may change."""
    counts = Counter(
        f"{_kind(t.subject)} {t.predicate.value} {_kind(t.object)}" for t in dict.fromkeys(triples)
    )
    return sorted(counts.items())


def _kind(term: Term) -> str:
    if isinstance(term, Literal):
        return f'"@{(term.language or "").lower()}'
    return "_:" if isinstance(term, BlankNode) else str(term)


def _chunks(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    """Triples in lots; all that mention a blank node in the first, since its name means nothing
    outside of one request."""
    linked: list[Triple] = []
    plain: list[Triple] = []
    for triple in triples:
        (
            linked
            if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)
            else plain
        ).append(triple)
    if linked:
        yield linked
    left = iter(plain)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
