"""Answers of an endpoint, read without trust: from bytes to terms, by way of plain values.

:func:`read` runs in a child process that can be ended; what it returns is text, numbers, lists and
tuples, from which :func:`unpacked` makes terms.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from aruntime.engines.http import printable
from aruntime.errors import DataError
from aruntime.model import Rows, Term
from aruntime.namespaces import PREFIXES

MAX_DEPTH: Final = 64
"""How deep an answer may nest: results need five brackets, and two more a quoted triple."""
_BRACKETS: Final = re.compile(rb"[\[\]{}()]|<<|>>|</|/>|<[A-Za-z]")
_OPENING: Final = (b"[", b"{", b"(", b"<<")
_SELF_ENDING: Final = ("application/sparql-results+json", "application/sparql-results+xml")
_VIRTUOSO: Final = "__ASK_RETVAL"
"""The column with which Virtuoso answers an ``ASK``: one row if it is true, no row if it is false."""
_PARTS: Final = {BlankNode: "b", NamedNode: "n"}
Plain = tuple[str, Any]
"""A term as text and tuples, or an answer of them."""


def read(body: bytes, kind: str, measured: bool, text: str, form: str) -> Plain:
    """The answer to a query, as plain values.

    Args:
        kind: its media type.
        measured: whether it is known to be whole.
        text: the query.
        form: ``select``, ``select distinct``, ``ask``, ``construct`` or ``describe``.

    Raises:
        DataError: what is wrong with it, as it goes on after the endpoint's name.
    """
    if not measured and kind not in _SELF_ENDING:
        raise DataError("did not say how long its answer is, so that a cut one looks whole")
    if depth(body, kind) > MAX_DEPTH:
        raise DataError(f"answered in {kind} that nests deeper than {MAX_DEPTH} brackets")
    try:
        found = _parsed(body, kind)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError) as error:
        said = printable(str(getattr(error, "msg", error)) or type(error).__name__)
        raise DataError(f"answered in malformed {kind}: {said}") from None
    graph = form in ("construct", "describe")
    if graph != isinstance(found, list):
        wanted, got = ("triples", "no triples") if graph else ("rows", "triples")
        raise DataError(f"answered with {got} where {wanted} are asked for")
    if isinstance(found, list):
        return packed(found)
    if isinstance(found, bool):
        if form != "ask":
            raise DataError("answered with true or false where rows are asked for")
        return packed(found)
    if form == "ask":
        if tuple(found.columns) == (_VIRTUOSO,) and not len(found):
            return packed(False)
        if not (len(found) == 1 and len(found.columns) == 1):
            raise DataError("answered with rows where true or false is asked for")
    if form != "ask":
        found = _as_asked(found, text)
    return packed(found)


def packed(found: Rows | bool | list[Triple]) -> Plain:
    """An answer as plain values."""
    if isinstance(found, Rows):
        return "rows", (found.columns, [tuple(map(_packed, row)) for row in found.rows])
    if isinstance(found, bool):
        return "truth", found
    return "triples", [_packed(triple) for triple in found]


def unpacked(plain: Plain) -> Rows | bool | list[Triple]:
    """The answer that :func:`packed` made plain."""
    kind, value = plain
    if kind == "truth":
        return bool(value)
    if kind == "triples":
        return [_term(one) for one in value]  # type: ignore[misc]
    columns, rows = value
    return Rows(tuple(columns), tuple(tuple(map(_term, row)) for row in rows))


def truth(rows: Rows) -> bool:
    """The truth in a single cell: Virtuoso 7.2.5 answers ASK with a row that holds 1 or 0."""
    cells = [term for row in rows.rows for term in row]
    return len(cells) == 1 and isinstance(cells[0], Literal) and cells[0].value in ("1", "true")


def depth(body: bytes, kind: str) -> int:
    """How deep the brackets of an answer nest, those in strings counted as well.

    JSON is looked at without its strings: there a text may hold any bracket.
    """
    if kind.endswith("json"):
        body = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", body, flags=re.DOTALL)
    elif kind in ("application/n-triples", "text/turtle", "application/n-quads"):
        body = re.sub(rb'"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>', b"", body)
    deepest = level = 0
    tags = kind.endswith("xml")
    for match in _BRACKETS.finditer(body):
        sign = match.group()
        if tags:
            level += 1 if sign[:1] == b"<" and sign[1:] not in (b"/", b"<") else 0
            level -= 1 if sign in (b"</", b"/>") else 0
        elif sign in _OPENING:
            level += 1
        elif sign in (b"]", b"}", b")", b">>"):
            level -= 1
        if level > deepest:
            deepest = level
            if deepest > MAX_DEPTH:
                break
    return deepest


def _parsed(body: bytes, kind: str) -> Rows | bool | list[Triple]:
    if results := QueryResultsFormat.from_media_type(kind):
        try:
            return _results(body, results)
        except SyntaxError:
            if results != QueryResultsFormat.JSON:
                raise
            return _results(_renamed(body), results)
    form = RdfFormat.from_media_type(kind)
    if form is None:
        raise DataError(f"answered in {printable(kind)!r}, which is no SPARQL answer")
    if form is RdfFormat.RDF_XML and b"<!" in body.replace(b"<!--", b""):
        raise DataError("answered in RDF/XML with declarations, which are not read")
    return [quad.triple for quad in parse(body, form)]


def _results(body: bytes, form: QueryResultsFormat) -> Rows | bool:
    answer = parse_query_results(body, form)
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    assert isinstance(answer, QuerySolutions)
    return Rows(
        tuple(variable.value for variable in answer.variables),
        tuple(tuple(solution) for solution in answer),
    )


def _renamed(body: bytes) -> bytes:
    """JSON results with blank nodes named as Oxigraph wants it; the standard leaves names to the
    server (Virtuoso: ``nodeID://b1``)."""

    def rename(value: dict[str, Any]) -> dict[str, Any]:
        name = value.get("value")
        if value.get("type") == "bnode" and isinstance(name, str):
            return {**value, "value": f"b{name.encode().hex()}"}
        return value

    return json.dumps(json.loads(body, object_hook=rename)).encode()


def _as_asked(found: Rows, text: str) -> Rows:
    """Rows with the columns that the query projects, in its order.

    Raises:
        DataError: it has others.
    """
    try:
        asked = Store().query(text, prefixes=PREFIXES)
    except (SyntaxError, ValueError, RuntimeError):
        return found  # a query in the server's own dialect
    if not isinstance(asked, QuerySolutions):
        return found
    wanted = tuple(variable.value for variable in asked.variables)
    if wanted == found.columns:
        return found
    if sorted(wanted) != sorted(found.columns):
        got, want = (
            ", ".join(map(printable, names)) or "none" for names in (found.columns, wanted)
        )
        raise DataError(f"answered with the columns {got}; asked for were {want}")
    places = [found.columns.index(name) for name in wanted]
    return Rows(wanted, tuple(tuple(row[place] for place in places) for row in found.rows))


def _packed(term: Term | None) -> Any:
    """A term as text and tuples."""
    if isinstance(term, Literal):
        direction = term.direction.value if term.direction is not None else None
        language = term.language
        return "l", term.value, language, direction, None if language else term.datatype.value
    if isinstance(term, Triple):
        return "t", _packed(term.subject), _packed(term.predicate), _packed(term.object)
    return None if term is None else (_PARTS[type(term)], term.value)


def _term(plain: Any) -> Term | None:
    if plain is None:
        return None
    kind, *rest = plain
    if kind == "n":
        return NamedNode(rest[0])
    if kind == "b":
        return BlankNode(rest[0])
    if kind == "t":
        return Triple(*map(_term, rest))  # type: ignore[arg-type]
    value, language, direction, datatype = rest
    if language:
        way = BaseDirection(direction) if direction else None
        return Literal(value, language=language, direction=way)
    return Literal(value, datatype=NamedNode(datatype))
