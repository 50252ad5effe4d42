"""What a request may take, and what is refused before a parser sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from aruntime.engines import sandbox
from aruntime.errors import UsageError

FORMS: Final = ("select", "ask", "construct", "describe")
"""The forms of a SPARQL query."""


class Limits(NamedTuple):
    """Figures that bound each request.

    Attributes:
        seconds: longest run of a query; then 504.
        patience: after so many seconds of processor time a client's query counts as long: it
            yields the processor to others, and a new worker takes its place. So it does after ten
            times as long on a machine that is too busy to run it.
        long: how many long queries run on at a time; one more is ended with 503, once it has taken
            five times :attr:`patience`.
        workers: processes that stand ready; one of them serves named questions alone.
        waiting: how many requests of all clients may wait for a worker; one more gets 503.
        queue: how many requests of one client may wait behind the one that runs; one more gets 429.
        memory: bytes that a query may take beside the graph; then 422.
        rows: most rows or triples of an answer; then 422.
        answer: most bytes of an answer; then 422.
    """

    seconds: float = 10.0
    patience: float = 0.1
    long: int = 4
    workers: int = 4
    waiting: int = 200
    queue: int = 8
    memory: int = 512 * 1024**2
    rows: int = 100_000
    answer: int = 32 * 1024**2


class Problem(Exception):
    """A request that gets no answer, as RFC 9457 describes it.

    Args:
        status: the HTTP status, 400 or above.
        detail: what is wrong, and what would mend it.
        headers: further header fields, such as ``Allow`` or ``Retry-After``.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def form_of(query: str, *, dataset: bool) -> str:
    """The form of a query that may be answered, one of :data:`FORMS`.

    Looked at are its length, how deep it nests, and its keywords, without parsing it: a deeply
    nested text ends the process that parses it.

    Args:
        dataset: whether the request itself names the graphs that are asked, which is what counts
            then (SPARQL 1.1 Protocol, section 2.1.4).

    Raises:
        Problem: 413 if the query is too long; 400 if it would leave this graph, change anything,
            nest too deeply, or is no query.
    """
    if len(query) > sandbox.MAX_BYTES or len(query.encode()) > sandbox.MAX_BYTES:
        raise Problem(413, f"the query is longer than {sandbox.MAX_BYTES} bytes")
    try:
        words = sandbox.refuse(query, dataset=True)
    except UsageError as error:
        raise Problem(400, error.message) from None
    if "from" in words and not dataset:
        raise Problem(
            400,
            "FROM is refused: no graph is fetched here; leave it out to ask the whole graph, or "
            "name graphs of this endpoint by the parameters default-graph-uri and named-graph-uri",
        )
    form = next((word for word in words if word in FORMS), None)
    if form is None:
        raise Problem(400, "the query has none of SELECT, ASK, CONSTRUCT and DESCRIBE")
    return form
