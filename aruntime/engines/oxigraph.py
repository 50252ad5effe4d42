"""The embedded engine: Oxigraph, in this process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from pyoxigraph import Literal, NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, Store, Triple, Variable

from aruntime.engines.engine import bound_inside, opened
from aruntime.errors import DataError
from aruntime.model import Rows, Term


class Oxigraph:
    """Answers from an Oxigraph store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.engine.Engine`."""
        with _told():
            return _rows(self._solutions(text, bindings))

    def select_json(self, text: str, bindings: Mapping[str, Term]) -> bytes:
        """See :class:`aruntime.engines.engine.Engine`."""
        with _told():
            return self._solutions(text, bindings).serialize(format=QueryResultsFormat.JSON) or b""

    def _solutions(self, text: str, bindings: Mapping[str, Term]) -> QuerySolutions:
        answer = self._ask(bound_inside(text, {name: term for name, term in bindings.items() if _plannable(text, name, term)}), bindings)
        if not isinstance(answer, QuerySolutions):
            raise DataError("the query is no SELECT query")
        return answer

    def construct(self, text: str, bindings: Mapping[str, Term]) -> Iterable[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        with _told():
            answer = self._ask(opened(text, {name: [term] for name, term in bindings.items()}), {})
            if not isinstance(answer, QueryTriples):
                raise DataError("the query is no CONSTRUCT query")
            return list(answer)

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.engine.Engine`."""
        with _told():
            answer = self._ask(text, {})
            if isinstance(answer, QuerySolutions):
                return _rows(answer)
            return bool(answer) if isinstance(answer, QueryBoolean) else list(answer)

    def _ask(self, text: str, bindings: Mapping[str, Term]):  # type: ignore[no-untyped-def]
        substitutions = {Variable(name): term for name, term in bindings.items()}
        return self.store.query(text, substitutions=substitutions or None)


@contextmanager
def _told() -> Iterator[None]:
    """What Oxigraph finds wrong with a query, or with a store as it reads it row by row, as errors of ours."""
    try:
        yield
    except SyntaxError as error:
        where = re.search(r"at (\d+):\d+", error.msg)
        raise DataError(f"malformed SPARQL: {error.msg}", line=int(where.group(1)) if where else error.lineno) from None
    except (RuntimeError, ValueError, OSError) as error:
        if "orruption" in str(error):
            raise DataError(f"the compiled store is damaged ({error}); aruntime build --whole makes it anew") from None
        raise DataError(f"the query cannot be answered: {error}") from None


def _plannable(text: str, name: str, term: Term) -> bool:
    """Whether a parameter may stand in the query as a value too: Oxigraph plans before it substitutes, so it would start
    from all claims there are, not from those on the parameter. What the query itself binds can have no value before.
    """
    return isinstance(term, NamedNode | Literal) and f" AS ?{name})" not in text


def _rows(solutions: QuerySolutions) -> Rows:
    columns = tuple(variable.value for variable in solutions.variables)
    return Rows(columns, tuple(tuple(solution) for solution in solutions))
