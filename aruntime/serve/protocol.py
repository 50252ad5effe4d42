"""Requests of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), read strictly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode

from aruntime.serve.limits import Problem

MAX_BODY: Final = 256 * 1024
"""Most bytes of a request's body, or of its query string: a query with every byte escaped."""
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_READ_ONLY: Final = "the graph is read-only: SPARQL updates are refused"


class Request(NamedTuple):
    """A query and the graphs that it is asked of.

    Attributes:
        default_graphs, named_graphs: IRIs, in the order given; if there are any, they take the
            place of the query's own ``FROM``.
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    @property
    def dataset(self) -> bool:
        """Whether the request says which graphs are asked."""
        return bool(self.default_graphs or self.named_graphs)


def read(method: str, parameters: str, media: str, body: bytes) -> Request | None:
    """The query of a request; ``None`` for a GET request without one, which asks for the service
    description.

    Args:
        method: ``GET``, ``HEAD`` or ``POST``.
        parameters: the query string as it was sent.
        media: the ``Content-Type`` header, empty if there is none.

    Raises:
        Problem: 400, 403 for an update, or 415 for a body of another kind.

    Example:
        >>> read("GET", "query=ASK%7B%7D", "", b"").query
        'ASK{}'
    """
    given = pairs(parameters)
    if method == "POST":
        kind, charset = _media(media)
        if kind == "application/sparql-update":
            raise Problem(403, _READ_ONLY)
        if kind not in (_FORM, _QUERY):
            raise Problem(415, f"a query is posted as {_FORM} or {_QUERY}, not as {kind or 'that'}")
        if charset not in ("", "utf-8", "utf8"):
            raise Problem(415, f"a query is posted in UTF-8, not in {charset}")
        text = _utf8(body)
        given += pairs(text) if kind == _FORM else [("query", text)]
    if any(name == "update" for name, _ in given):
        raise Problem(403, _READ_ONLY)
    queries = _values(given, "query")
    if len(queries) > 1:
        raise Problem(400, "the request has more than one query; send one")
    graphs = [_values(given, name) for name in ("default-graph-uri", "named-graph-uri")]
    if not queries:
        if method == "POST" or any(graphs):
            raise Problem(400, "the request has no query; send one as the parameter query")
        return None
    return Request(queries[0], _iris(graphs[0]), _iris(graphs[1]))


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and values of a query string or form.

    Raises:
        Problem: 400 if it is no UTF-8 or has too many of them.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError:
        raise Problem(400, "the parameters are no UTF-8") from None
    except ValueError:
        raise Problem(400, "the request has more than 200 parameters") from None


def _media(header: str) -> tuple[str, str]:
    """Media type and character set of a ``Content-Type`` header, in small letters."""
    kind, *rest = (part.strip() for part in header.split(";"))
    charsets = (part[8:].strip("\"' ") for part in rest if part.lower().startswith("charset="))
    return kind.lower(), next(charsets, "").lower()


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, f"byte {error.start + 1} of the request is no UTF-8") from None


def _values(given: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in given if key == name]


def _iris(values: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        try:
            NamedNode(value)
        except ValueError:
            raise Problem(400, f"{value!r} is no absolute IRI of a graph") from None
    return tuple(values)
