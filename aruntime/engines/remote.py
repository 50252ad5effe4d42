"""The remote engine: any SPARQL 1.1 protocol endpoint (https://www.w3.org/TR/sparql11-protocol/).

Parameters are bound by a ``VALUES`` block, whose terms Oxigraph has checked and spelt. What the
address holds after ``?``, such as ``default-graph-uri``, goes with each query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from aruntime.engines.engine import bound, opened
from aruntime.engines.http import Server
from aruntime.errors import DataError, EndpointError
from aruntime.model import Rows, Term
from aruntime.namespaces import PREFIXES

TIMEOUT: Final = 60.0
"""Seconds an answer may take."""
LIMIT: Final = 256 * 1024 * 1024
"""Largest answer, in bytes."""
_SOLUTIONS: Final = "application/sparql-results+json"
_TRIPLES: Final = "application/n-triples, text/turtle;q=0.8"
_FORM: Final = r"(?:\s|#[^\n]*\n|PREFIX\s[^<]*<[^>]*>|BASE\s*<[^>]*>)*(\w*(?:\s+DISTINCT\b)?)"


class Remote:
    """Answers from an endpoint.

    Raises:
        UsageError: the address is no http or https URL.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._server = Server(endpoint)

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self.run(bound(text, bindings))
        if not isinstance(answer, Rows):
            raise DataError("the query is no SELECT query")
        return answer

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self.run(opened(text, {name: [term] for name, term in bindings.items()}))
        if not isinstance(answer, list):
            raise DataError("the query is no CONSTRUCT query")
        return answer

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`.

        Raises:
            EndpointError: the endpoint cannot be reached, refuses, or gives only part of the
                answer.
            TimeLimitError: it does not answer in time.
        """
        text = _declared(text)
        form = _form(text)
        body, kind = self._post(text, _TRIPLES if form in ("construct", "describe") else _SOLUTIONS)
        if results := QueryResultsFormat.from_media_type(kind):
            answer = self._read(body, results)
            if isinstance(answer, bool):
                return answer
            if form == "ask":
                return _truth(answer)
            # Virtuoso 7.2.5 repeats rows of SELECT DISTINCT where it joins optional parts in
            # several threads.
            return (
                Rows(answer.columns, tuple(dict.fromkeys(answer.rows)))
                if form.endswith("distinct")
                else answer
            )
        rdf = RdfFormat.from_media_type(kind)
        if rdf is None:
            raise EndpointError(f"{self.endpoint} answered in {kind!r}, which is no SPARQL answer")
        try:
            return [quad.triple for quad in parse(body, rdf)]
        except SyntaxError as error:
            raise EndpointError(
                f"{self.endpoint} answered in malformed {kind}: {error.msg}"
            ) from None

    def _read(self, body: bytes, form: QueryResultsFormat) -> Rows | bool:
        try:
            try:
                return _results(body, form)
            except SyntaxError:
                if form != QueryResultsFormat.JSON:
                    raise
                return _results(_renamed(body), form)
        except SyntaxError as error:
            raise EndpointError(
                f"{self.endpoint} answered in malformed {form.media_type}: {error.msg}"
            ) from None

    def _post(self, text: str, accept: str) -> tuple[bytes, str]:
        from urllib.parse import urlencode

        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._server.send(
            "POST",
            self.endpoint,
            urlencode({"query": text}).encode(),
            headers,
            timeout=TIMEOUT,
            limit=LIMIT,
        )
        if partial := _partial(answer.status, answer.headers):
            raise EndpointError(f"{self.endpoint} gave only part of the answer: {partial}")
        return answer.body, answer.headers.get("content-type", "").split(";")[0].strip()


def _declared(text: str) -> str:
    """A query with the prefixes of ours that it uses and does not declare, on its first line."""
    used = set(re.findall(r"([\w-]+):", text)) & PREFIXES.keys()
    declared = set(re.findall(r"PREFIX\s+([\w-]+):", text, re.IGNORECASE))
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in sorted(used - declared)) + text


def _form(text: str) -> str:
    """``select``, ``select distinct``, ``ask``, ``construct`` or ``describe``.

    A server that is asked for any kind of answer may give the wrong one: Virtuoso 7.2.5 answers
    CONSTRUCT with rows.
    """
    match = re.match(_FORM, text, re.IGNORECASE)
    return " ".join(match.group(1).lower().split()) if match else ""


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
    import json

    def rename(value: dict[str, Any]) -> dict[str, Any]:
        return (
            {**value, "value": f"b{str(value['value']).encode().hex()}"}
            if value.get("type") == "bnode"
            else value
        )

    try:
        return json.dumps(json.loads(body, object_hook=rename)).encode()
    except ValueError:
        return body


def _truth(rows: Rows) -> bool:
    """The truth in a single cell: Virtuoso 7.2.5 answers ASK with a row that holds 1 or 0."""
    cells = [term for row in rows.rows for term in row]
    return len(cells) == 1 and isinstance(cells[0], Literal) and cells[0].value in ("1", "true")


def _partial(status: int, headers: Mapping[str, str]) -> str | None:
    """Why an answer that came without an error is not whole, as Virtuoso says it; ``None`` if it
    is."""
    if "x-sparql-maxrows" in headers:
        return f"it is cut at {headers['x-sparql-maxrows']} rows; raise the server's limit (ResultSetMaxRows) or narrow the question"
    if status == 206 or "x-sql-state" in headers:
        return f"{headers.get('x-sql-message', 'it was stopped').split('  ')[0]}; raise the server's time limit or narrow the question"
    return None
