"""Loading a graph into an endpoint over the Graph Store protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

The graph is emptied, then filled chunk by chunk: whatever was there, and however often it is done,
the graph holds these triples in the end. Emptying it first also settles who asks, before anything
large is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import BlankNode, RdfFormat, Triple, serialize

from aruntime.engines.http import Server

CHUNK: Final = 50_000
"""Triples in one request."""
TIMEOUT: Final = 300.0
"""Seconds one request may take."""
LIMIT: Final = 1024 * 1024
"""Largest answer, in bytes."""


def put(address: str, triples: Iterable[Triple], graph: str | None = None) -> int:
    """Make a graph of the store hold exactly *triples*; returns how many were sent.

    Args:
        address: the Graph Store's address, such as ``http://127.0.0.1:7878/store``.
        graph: the graph's name; the default graph if absent.

    Raises:
        UsageError: the address is no http or https URL.
        EndpointError: the store cannot be reached or refuses.
        TimeLimitError: it does not answer in time.
    """
    from urllib.parse import urlencode

    server = Server(address)
    target = f"{address}{'&' if '?' in address else '?'}{'default' if graph is None else urlencode({'graph': graph})}"

    def send(method: str, chunk: list[Triple]) -> int:
        body = serialize(chunk, format=RdfFormat.N_TRIPLES)
        assert body is not None
        server.send(
            method,
            target,
            body,
            {"Content-Type": "application/n-triples"},
            timeout=TIMEOUT,
            limit=LIMIT,
        )
        return len(chunk)

    return send("PUT", []) + sum(send("POST", chunk) for chunk in _chunks(triples))


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
