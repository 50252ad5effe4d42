"""The remote engine: any SPARQL 1.1 protocol endpoint (https://www.w3.org/TR/sparql11-protocol/).

Parameters are bound by a ``VALUES`` block after the query, whose terms Oxigraph has checked and spelt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse, parse_query_results

from aruntime.engines.seam import bound
from aruntime.errors import DataError, EndpointError, TimeLimitError, UsageError
from aruntime.model import Rows, Term
from aruntime.results import as_json

TIMEOUT: Final = 60.0
"""Seconds an answer may take."""
LIMIT: Final = 256 * 1024 * 1024
"""Largest answer, in bytes."""
_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"


class Remote:
    """Answers from an endpoint."""

    def __init__(self, endpoint: str) -> None:
        if not endpoint.startswith(("http://", "https://")):
            raise UsageError(f"{endpoint!r} is no http or https address")
        self.endpoint = endpoint

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.seam.Engine`."""
        answer = self.run(bound(text, bindings))
        if not isinstance(answer, Rows):
            raise DataError("the query is no SELECT query")
        return answer

    def select_json(self, text: str, bindings: Mapping[str, Term]) -> bytes:
        """See :class:`aruntime.engines.seam.Engine`."""
        return as_json(self.select(text, bindings)).encode()

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.seam.Engine`."""
        body, media = self._post(text)
        kind = media.split(";")[0].strip()
        form = QueryResultsFormat.from_media_type(kind)
        if form is not None:
            answer = parse_query_results(body, form)
            if isinstance(answer, QueryBoolean):
                return bool(answer)
            assert isinstance(answer, QuerySolutions)
            columns = tuple(variable.value for variable in answer.variables)
            return Rows(columns, tuple(tuple(solution) for solution in answer))
        rdf = RdfFormat.from_media_type(kind)
        if rdf is None:
            raise EndpointError(f"{self.endpoint} answered in {kind!r}, which is no SPARQL answer")
        return [quad.triple for quad in parse(body, rdf)]

    def _post(self, text: str) -> tuple[bytes, str]:
        import urllib.error
        import urllib.request
        from urllib.parse import urlencode

        request = urllib.request.Request(
            self.endpoint,
            data=urlencode({"query": text}).encode(),
            headers={"Accept": _ACCEPT, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "aruntime"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                body = answer.read(LIMIT + 1)
                media = answer.headers.get("Content-Type", "")
        except urllib.error.HTTPError as error:
            detail = error.read(300).decode("utf-8", "replace").strip().splitlines()
            raise EndpointError(f"{self.endpoint} answered {error.code}: {detail[0] if detail else error.reason}") from None
        except TimeoutError:
            raise TimeLimitError(f"{self.endpoint} did not answer within {TIMEOUT:.0f} s") from None
        except (urllib.error.URLError, OSError) as error:
            raise EndpointError(f"{self.endpoint} cannot be reached: {getattr(error, 'reason', error)}") from None
        if len(body) > LIMIT:
            raise EndpointError(f"{self.endpoint} answered with more than {LIMIT} bytes; narrow the question")
        return body, media
