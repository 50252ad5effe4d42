"""The seam between questions and engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pyoxigraph import Triple

from aruntime.model import Rows, Term


class Engine(Protocol):
    """Something that answers SPARQL 1.1 over one graph, the union of all."""

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """Solutions of a SELECT query, with some of its projected variables bound.

        Raises:
            DataError: the query is malformed or is no SELECT query.
        """

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """The answer of any SELECT, ASK, CONSTRUCT or DESCRIBE query.

        Raises:
            DataError: the query is malformed.
        """
