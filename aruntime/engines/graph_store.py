"""Loading a graph into an endpoint over the Graph Store protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

The first chunk replaces what the graph held, the others add to it: whatever was there, and however often it is done, the
graph holds these triples in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import RdfFormat, Triple, serialize

from aruntime.errors import EndpointError, UsageError

CHUNK: Final = 50_000
"""Triples in one request."""
TIMEOUT: Final = 300.0
"""Seconds one request may take."""


def put(address: str, triples: Iterable[Triple], graph: str | None = None) -> int:
    """Make a graph of the store hold exactly *triples*; returns how many were sent.

    Args:
        address: the Graph Store's address, such as ``http://127.0.0.1:7878/store``.
        graph: the graph's name; the default graph if absent.

    Raises:
        UsageError: the address is no http or https URL.
        EndpointError: the store cannot be reached or refuses.
    """
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"{address!r} is no http or https address")
    sent = 0
    for number, chunk in enumerate(_chunks(triples)):
        _send("POST" if number else "PUT", address, graph, chunk)
        sent += len(chunk)
    return sent


def _chunks(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    """At least one chunk, so that nothing sent is an empty graph."""
    left = iter(triples)
    chunk = list(islice(left, CHUNK))
    yield chunk
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _send(method: str, address: str, graph: str | None, chunk: list[Triple]) -> None:
    import urllib.error
    import urllib.request
    from urllib.parse import urlencode

    body = serialize(chunk, format=RdfFormat.N_TRIPLES)
    target = f"{address}?{'default' if graph is None else urlencode({'graph': graph})}"
    request = urllib.request.Request(target, data=body, method=method, headers={"Content-Type": "application/n-triples", "User-Agent": "aruntime"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            pass
    except urllib.error.HTTPError as error:
        raise EndpointError(
            f"{address} answered {error.code} to {method}: {error.read(200).decode('utf-8', 'replace').strip() or error.reason}"
        ) from None
    except (urllib.error.URLError, OSError) as error:
        raise EndpointError(f"{address} cannot be reached: {getattr(error, 'reason', error)}") from None
