"""What every engine can do, and how parameters get into the text of a query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from pyoxigraph import NamedNode, Triple

from aruntime.model import Rows, Term


class Engine(Protocol):
    """Something that answers SPARQL 1.1 over one graph, the union of all."""

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """Solutions of a SELECT query, with some of its projected variables bound.

        Raises:
            DataError: the query is malformed or is no SELECT query.
        """

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """Triples of a CONSTRUCT query, with values for its placeholders; see :func:`fill`.

        Raises:
            DataError: the query is malformed or is no CONSTRUCT query.
        """

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """The answer of any SELECT, ASK, CONSTRUCT or DESCRIBE query.

        The project's prefixes (:data:`aruntime.namespaces.PREFIXES`) are declared in advance.

        Raises:
            DataError: the query is malformed.
        """


PLACEHOLDER: Final = "VALUES ?{} {{ UNDEF }}"
"""Marks in a query where, besides its outer group, the value of a parameter helps; to SPARQL it says
nothing."""
_UNFILLED: Final = re.compile(r"VALUES \?\w+ \{ UNDEF \}")


def bind(text: str, bindings: Mapping[str, Term]) -> str:
    """A SELECT query with values of some projected variables, for engines that take text alone.

    Names are joined by a ``VALUES`` block after the query, where every engine plans them well, and
    filtered in the group: Virtuoso 7.2.5 loses a block after a group with a property path,
    ``UNION`` or ``COALESCE``. Texts, which only filters mention, must be known inside the group.
    Terms are spelt by Oxigraph, which has checked them.
    """
    names = {name: term for name, term in bindings.items() if isinstance(term, NamedNode)}
    texts = {name: term for name, term in bindings.items() if name not in names}
    lines = [f"FILTER (?{name} = {term})" for name, term in names.items()]
    lines += [_values(texts)] if texts else []
    whole = _begin_group(fill(text, bindings), lines)
    return f"{whole}\n{_values(names)}\n" if names else whole


def bind_inside(text: str, bindings: Mapping[str, Term]) -> str:
    """A SELECT query whose outer group begins with the values of some projected variables.

    Example:
        >>> print(bind_inside("SELECT ?x\\nWHERE {\\n  ?x a ?y .\\n}", {"x": NamedNode("e:a")}))
        SELECT ?x
        WHERE {
          VALUES (?x) { (<e:a>) }
          ?x a ?y .
        }
    """
    return _begin_group(fill(text, bindings), [_values(bindings)] if bindings else [])


def fill(text: str, bindings: Mapping[str, Term]) -> str:
    """A query with values in each :data:`PLACEHOLDER` of theirs, and without all others."""
    for name, term in bindings.items():
        text = text.replace(PLACEHOLDER.format(name), f"VALUES ?{name} {{ {term} }}")
    return _UNFILLED.sub("", text)


def _begin_group(text: str, lines: Sequence[str]) -> str:
    """A query with some lines more at the beginning of its outer group."""
    return text.replace("\nWHERE {\n", "\nWHERE {\n" + "".join(f"  {line}\n" for line in lines), 1)


def _values(bindings: Mapping[str, Term]) -> str:
    variables = " ".join(f"?{name}" for name in bindings)
    return f"VALUES ({variables}) {{ ({' '.join(map(str, bindings.values()))}) }}"
