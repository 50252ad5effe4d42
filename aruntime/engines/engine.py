"""The seam between questions and engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        """Triples of a CONSTRUCT query, with values for the variables that it marks as open.

        Raises:
            DataError: the query is malformed or is no CONSTRUCT query.
        """

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """The answer of any SELECT, ASK, CONSTRUCT or DESCRIBE query.

        The project's prefixes (:data:`aruntime.namespaces.PREFIXES`) are declared in advance.

        Raises:
            DataError: the query is malformed.
        """


OPEN: Final = "VALUES ?{} {{ UNDEF }}"
"""What a query says of a variable, wherever in it a caller's values for that variable help; by
itself it says nothing."""


def bound(text: str, bindings: Mapping[str, Term]) -> str:
    """A SELECT query with some of its projected variables bound, for engines that take text alone.

    Names are joined by a ``VALUES`` block after the query, where every engine plans them well, and
    filtered in the group: Virtuoso 7.2.5 loses a block after a group with a property path,
    ``UNION`` or ``COALESCE``. Texts, which only filters mention, must be known inside the group.
    Terms are spelt by Oxigraph, which has checked them.
    """
    names = {name: term for name, term in bindings.items() if isinstance(term, NamedNode)}
    texts = {name: term for name, term in bindings.items() if name not in names}
    spelt = [f"FILTER (?{name} = {term})" for name, term in names.items()] + (
        [_values(texts)] if texts else []
    )
    beginning = _beginning(opened(text, {name: [term] for name, term in bindings.items()}), spelt)
    return f"{beginning}\n{_values(names)}\n" if names else beginning


def bound_inside(text: str, bindings: Mapping[str, Term]) -> str:
    """A SELECT query whose outer group begins with the values of some of its projected
    variables."""
    return _beginning(
        opened(text, {name: [term] for name, term in bindings.items()}),
        [_values(bindings)] if bindings else [],
    )


def opened(text: str, values: Mapping[str, Iterable[Term]]) -> str:
    """A query that takes values for some variables wherever it leaves them open, and says nothing
    of the others there."""
    for name, terms in values.items():
        if OPEN.format(name) in text:
            text = text.replace(
                OPEN.format(name), f"VALUES ?{name} {{ {' '.join(map(str, terms))} }}"
            )
    head, *rest = text.split("VALUES ?")
    return head + "".join(
        part.partition(" { UNDEF }")[2] if _is_open(part) else f"VALUES ?{part}" for part in rest
    )


def _is_open(part: str) -> bool:
    return part.partition(" ")[2].startswith("{ UNDEF }")


def _beginning(text: str, lines: Sequence[str]) -> str:
    """A query with some lines more at the beginning of its outer group."""
    return text.replace("\nWHERE {\n", "\nWHERE {\n" + "".join(f"  {line}\n" for line in lines), 1)


def _values(bindings: Mapping[str, Term]) -> str:
    variables = " ".join(f"?{name}" for name in bindings)
    return f"VALUES ({variables}) {{ ({' '.join(map(str, bindings.values()))}) }}"
