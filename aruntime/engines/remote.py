"""The remote engine: any SPARQL 1.1 protocol endpoint (https://www.w3.org/TR/sparql11-protocol/).

The endpoint is not trusted. Its answer must be whole, of the kind and with the columns that were
asked for; how deep it nests is looked at before it is parsed, and it is parsed in a child process
that can be ended (:mod:`aruntime.engines.answers`, :mod:`aruntime.engines.sandbox`).

Parameters are bound by a ``VALUES`` block, whose terms Oxigraph has checked and spelt. What the
address holds after ``?``, such as ``default-graph-uri``, goes with each query.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Final

from pyoxigraph import Triple

from aruntime.engines import answers, sandbox
from aruntime.engines.engine import bind, fill
from aruntime.engines.http import Answer, Server, printable
from aruntime.errors import DataError, EndpointError, TimeLimitError
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
        answer = self.run(bind(text, bindings))
        if not isinstance(answer, Rows):
            raise DataError("the query is no SELECT query")
        return answer

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        answer = self.run(fill(text, bindings))
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
        begun = time.monotonic()
        answer = self._post(text, _TRIPLES if form in ("construct", "describe") else _SOLUTIONS)
        left = max(1.0, TIMEOUT - (time.monotonic() - begun))
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            plain = sandbox.within(
                left, answers.read, answer.body, kind, answer.measured, text, form
            )
        except TimeLimitError:
            raise TimeLimitError(
                f"the answer of {self.endpoint} could not be read within {left:.0f} s"
            ) from None
        except DataError as error:
            said = error.message
            if said == sandbox.ENDED:
                said = "answered what cannot be read within the memory that it may take"
            raise EndpointError(f"{self.endpoint} {said}") from None
        found = answers.unpacked(plain)
        if form == "ask" and isinstance(found, Rows):
            return answers.truth(found)
        # Virtuoso 7.2.5 repeats rows of SELECT DISTINCT where it joins optional parts in several
        # threads.
        if form.endswith("distinct") and isinstance(found, Rows):
            return Rows(found.columns, tuple(dict.fromkeys(found.rows)))
        return found

    def _post(self, text: str, accept: str) -> Answer:
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
        return answer


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


def _partial(status: int, headers: Mapping[str, str]) -> str | None:
    """Why an answer that came without an error is not whole, as Virtuoso says it; ``None`` if it
    is."""
    if "x-sparql-maxrows" in headers:
        rows = printable(headers["x-sparql-maxrows"])
        return f"it is cut at {rows} rows; raise the server's limit (ResultSetMaxRows) or narrow the question"
    if status == 206 or "x-sql-state" in headers:
        said = printable(headers.get("x-sql-message", "it was stopped").split("  ")[0])
        return f"{said}; raise the server's time limit or narrow the question"
    return None
