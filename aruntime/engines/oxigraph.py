"""The embedded engine: Oxigraph, in this process.

Rows of a SELECT query are sorted here, where its text ends in ``ORDER BY`` and plain variables:
Oxigraph 0.5 fetches both IRIs from the store for each comparison, which takes 80 µs a row; this
takes 2 µs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
    Variable,
)

from aruntime.engines import syntax
from aruntime.engines.engine import bind_inside, fill
from aruntime.errors import DamageError, DataError
from aruntime.model import Rows, Term
from aruntime.namespaces import PREFIXES
from aruntime.store import damage, unseal

_NUMBERS: Final = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}


class Oxigraph:
    """Answers from an Oxigraph store.

    Args:
        folder: where it lies, if it was compiled: found damaged, it is not trusted again.
    """

    def __init__(self, store: Store, folder: str | None = None) -> None:
        self.store = store
        self.folder = folder

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.engine.Engine`."""
        text, keys = _unordered(text)
        inside = {n: term for n, term in bindings.items() if _plannable(text, n, term)}
        query = bind_inside(text, inside)
        with self._translated(query):
            answer = self._ask(query, bindings)
            if not isinstance(answer, QuerySolutions):
                raise DataError("the query is no SELECT query")
            return _ordered(_rows(answer), keys)

    def construct(self, text: str, bindings: Mapping[str, Term]) -> list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        query = fill(text, bindings)
        with self._translated(query):
            answer = self.store.query(query)
            if not isinstance(answer, QueryTriples):
                raise DataError("the query is no CONSTRUCT query")
            return list(answer)

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        with self._translated(text):
            answer = self.store.query(text, prefixes=PREFIXES)
            if isinstance(answer, QuerySolutions):
                return _rows(answer)
            return bool(answer) if isinstance(answer, QueryBoolean) else list(answer)

    @contextmanager
    def _translated(self, text: str) -> Iterator[None]:
        """See :func:`translated`."""
        try:
            with translated(text):
                yield
        except DamageError:
            if self.folder is not None:
                unseal(self.folder)
            raise

    def _ask(self, text: str, bindings: Mapping[str, Term]):  # type: ignore[no-untyped-def]
        substitutions = {Variable(name): term for name, term in bindings.items()}
        return self.store.query(text, substitutions=substitutions or None)


@contextmanager
def translated(text: str) -> Iterator[None]:
    """Raise what Oxigraph finds wrong with a query, or with the store as it reads it, as an error
    of ours.

    Raises:
        DataError: the query is malformed or cannot be answered.
        DamageError: the store is damaged.
    """
    try:
        yield
    except SyntaxError as error:
        found = syntax.complain(text, PREFIXES, error.msg)
        where = f"line {found.line}, column {found.column}"
        raise DataError(f"malformed SPARQL: {where}: {found.sentence}", line=found.line) from None
    except (RuntimeError, ValueError, OSError) as error:
        if damaged := damage(error):
            raise damaged from None
        raise DataError(f"the query cannot be answered: {error}") from None


def _unordered(text: str) -> tuple[str, tuple[str, ...]]:
    """A query without ``ORDER BY`` at its end, and the variables that it named.

    Where it orders by an expression, or by what it does not project, it is left as it is.
    """
    query, order, keys = text.rpartition("\nORDER BY ")
    words = keys.split()
    projected = query.partition("\nWHERE {")[0].replace(")", " ").split()
    if not order or not set(words) <= set(projected):
        return text, ()
    return query + "\n", tuple(word[1:] for word in words)


def _ordered(rows: Rows, keys: tuple[str, ...]) -> Rows:
    """Rows in the order of SPARQL 1.1, section 15.1: nothing, blank nodes, IRIs, then literals.

    Numbers come by value, before other literals, which come by their text.
    """
    found = list(rows.rows)
    for place in reversed([rows.columns.index(name) for name in keys]):
        ranks = [_rank(row[place]) for row in found]
        order = sorted(range(len(found)), key=ranks.__getitem__)
        found = [found[number] for number in order]
    return Rows(rows.columns, tuple(found))


def _rank(term: Term | None) -> tuple[int, float, str]:
    if isinstance(term, NamedNode):
        return 2, 0, term.value
    if isinstance(term, Literal):
        if term.datatype.value in _NUMBERS:
            return 3, float(term.value), term.value
        return 4, 0, term.value
    return (0, 0, "") if term is None else (1, 0, str(term))


def _plannable(text: str, name: str, term: Term) -> bool:
    """Whether a parameter may stand in the query as ``VALUES`` too.

    Oxigraph plans before it substitutes: without the values it would start from all claims, not
    from those on the parameter. A variable that the query assigns with ``AS`` can have no value
    before; that would be an error.
    """
    return isinstance(term, NamedNode | Literal) and f" AS ?{name})" not in text


def _rows(solutions: QuerySolutions) -> Rows:
    columns = tuple(variable.value for variable in solutions.variables)
    return Rows(columns, tuple(tuple(solution) for solution in solutions))
