"""For programs and notebooks: a graph with the commands as methods.

    >>> import aruntime
    >>> graph = aruntime.open()
    >>> graph.compose("kserve", "vllm").summary
    {'choice': 21, 'open-delegation': 9, ...}

Each method takes names as the command line does, and returns the typed value that the command
prints; a notebook shows it as a table, and ``to_pandas()`` gives it as a data frame (the extra
``pandas``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from aruntime import comparison, composition, selection, show, why
from aruntime.engines import answers, sandbox
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import Remote
from aruntime.errors import DataError, UsageError
from aruntime.graph import Graph
from aruntime.model import Json, Rows, Term, text
from aruntime.namespaces import PREFIXES
from aruntime.opening import open_graph
from aruntime.render import formats, html, page, stack
from aruntime.render import selection as tables
from aruntime.render.formats import Table, short
from aruntime.search import Match, search
from aruntime.selection import Candidate, select
from aruntime.stacks import compose
from aruntime.stats import statistics

if TYPE_CHECKING:
    import pandas

_NUMBERS = {PREFIXES["xsd"] + n: int for n in ("integer", "int", "long", "nonNegativeInteger")} | {
    PREFIXES["xsd"] + n: float for n in ("decimal", "double", "float")
}
_BOOLEAN = PREFIXES["xsd"] + "boolean"


class _Shown:
    """A result that a notebook can show, and that can become a data frame."""

    def table(self) -> Table:
        """The result as people read it: columns and rows of text."""
        raise NotImplementedError

    def heading(self) -> Sequence[str]:
        """What is said before the table."""
        return ()

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a data frame.

        Raises:
            UsageError: pandas is not installed.
        """
        found = self.table()
        return _frame(found.columns, found.rows)

    def _repr_html_(self) -> str:
        return html.table(self.table(), self.heading())


class Composition(_Shown, composition.Composition):
    """See :class:`aruntime.composition.Composition`; its table has a row per responsibility that
    the stack's purpose asks for, the most pressing first."""

    def table(self) -> Table:
        """A row per responsibility: verdict, owners, what is missing, conditions and claims."""
        found = stack.flat(self, everything=False)
        verdicts = {name: f"{symbol} {word}" for name, (word, symbol, _) in self.words.items()}
        rows = (row for row in found.rows if row[0] in verdicts)
        return Table(found.columns, tuple((verdicts[row[0]], *row[1:]) for row in rows))

    def heading(self) -> Sequence[str]:
        """What stands in the stack, what must be chosen and added, and every warning."""
        members = " · ".join(f"{m.name} {m.version or ''}".strip() for m in self.components)
        choices = [
            f"choose {c.component} {c.choice}: {' | '.join(name for name, _, _ in c.options)}"
            for c in self.choices
            if c.chosen is None
        ]
        missing = [
            f"missing{', once chosen' if m.once else ''}: {m.component} ({', '.join(m.closes)})"
            for m in self.missing
        ]
        return [members, *stack.warnings(self), *choices, *missing]

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame with a row per responsibility, those not asked for too.

        Columns are responsibility, layer, verdict, act, asked, units, owners, missing, conditions,
        claims and sources; the last six hold lists.

        Raises:
            UsageError: pandas is not installed.
        """
        names = ("responsibility", "layer", "verdict", "act", "asked", "units", "owners", "missing",
                 "conditions", "claims", "sources")  # fmt: skip
        rows = [
            (
                row.responsibility,
                row.layer,
                row.verdict,
                row.act,
                row.asked,
                [unit for unit, _ in row.units],
                list(row.owners),
                list(row.missing),
                list(row.conditions),
                [claim.claim for claim in row.claims],
                list(dict.fromkeys(claim.locator for claim in row.claims)),
            )
            for row in self.ordered
        ]
        return _frame(names, rows)


class Candidates(_Shown, tuple[Candidate, ...]):
    """Components that meet needs, the best first: :class:`aruntime.selection.Candidate`."""

    def table(self) -> Table:
        """A row per candidate: its verdict, its answer to each need, and claims."""
        return tables.candidates(self)

    def json(self) -> list[Json]:
        """The candidates as JSON objects."""
        return [candidate.json() for candidate in self]


class Comparison(_Shown, comparison.Comparison):
    """See :class:`aruntime.comparison.Comparison`."""

    def table(self) -> Table:
        """A row per responsibility, differences first."""
        return tables.comparison(self)


class Description(_Shown, show.Description):
    """See :class:`aruntime.show.Description`."""

    def table(self) -> Table:
        """A row per property value and claim."""
        return page.flat(self)

    def heading(self) -> Sequence[str]:
        """The thing's IRI."""
        return [self.iri]


class Reasons(_Shown, why.Reasons):
    """See :class:`aruntime.why.Reasons`."""

    def table(self) -> Table:
        """A row per cited passage: claim, statement, source and locator."""
        names = ("claim", "statement", "source", "locator")
        rows = [tuple(short_or_text(row[name]) for name in names) for row in self.evidence]
        for row in self.assumed:
            claim, statement = (short_or_text(row[name]) for name in names[:2])
            rows.append((claim, statement, "assumed, not shown", ""))
        return Table(names, tuple(rows))


class Answer(_Shown, Rows):
    """Rows of a question or SPARQL query: see :class:`aruntime.model.Rows`."""

    def table(self) -> Table:
        """The rows with names instead of IRIs."""
        return formats.table_of(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame: numbers and truth values as such, everything else as text, IRIs in full;
        ``None`` where a variable is unbound.

        Raises:
            UsageError: pandas is not installed.
        """
        return _frame(self.columns, [tuple(map(_value, row)) for row in self.rows])


class Matches(_Shown, tuple[Match, ...]):
    """Things and claims that a search found: :class:`aruntime.search.Match`."""

    def table(self) -> Table:
        """A row per match: its name, the property that matches, and the text."""
        return tables.matches(self)


class Session(Graph):
    """A graph with the commands as methods; :func:`open` gives one.

    Everything that takes a :class:`aruntime.graph.Graph` takes a session.
    """

    def compose(
        self,
        *components: str,
        stack: str | None = None,
        configurations: Mapping[str, str | Sequence[str]] | None = None,
        versions: Mapping[str, str] | None = None,
        purpose: str | None = None,
    ) -> Composition:
        """Who owns what when these components run together; see :func:`aruntime.compose`.

        Args:
            stack: a documented stack, whose components come before the others.
            configurations: by component the configuration in use, or several.

        Raises:
            UsageError: a name is unknown, or no component is given.

        Example:
            >>> found = graph.compose("kserve", "vllm", configurations={"kserve": "standard"})
            >>> next(r.verdict for r in found.rows if r.responsibility == "scale-to-zero")
            'gap'
        """
        chosen = [
            (component, name)
            for component, names in (configurations or {}).items()
            for name in ([names] if isinstance(names, str) else names)
        ]
        found = compose(
            self,
            components,
            stack=stack,
            versions=versions,
            configurations=chosen,
            purpose=purpose,
        )
        return Composition._make(found)

    def select(self, *, unit: str | None = None, **needs: str | Sequence[str]) -> Candidates:
        """Components that meet needs; see :func:`aruntime.select`.

        Args:
            unit: the unit of work in which responsibilities must be owned.
            needs: by kind of need its values: ``owns``, ``target``, ``precision``, ``exposes``,
                ``consumes``, ``works_with``, ``boundary``, ``execution``, ``lifecycle``.

        Raises:
            UsageError: no need is given, or a name is unknown.

        Example:
            >>> graph.select(owns="structured-output", target=["amd-gpu"])[0].verdict
            'yes'
        """
        wanted = {}
        for name, values in needs.items():
            kind = "with" if name == "works_with" else name
            if kind not in selection.NEEDS:
                kinds = ", ".join(selection.NEEDS).replace("with", "works_with")
                raise UsageError(f"{name} is no kind of need; kinds are {kinds}")
            wanted[kind] = [values] if isinstance(values, str) else list(values)
        return Candidates(select(self, wanted, unit))

    def compare(self, left: str, right: str, *, layers: Sequence[int] = ()) -> Comparison:
        """Where two components differ; see :func:`aruntime.compare`.

        Raises:
            UsageError: a name is unknown, or the two share neither family nor layer.
        """
        return Comparison._make(comparison.compare(self, left, right, layers))

    def show(self, thing: str) -> Description:
        """Everything about one thing; see :func:`aruntime.describe`.

        Raises:
            UsageError: the graph knows no such thing.
        """
        return Description._make(show.describe(self, thing))

    def why(self, *parts: str) -> Reasons:
        """Why a statement stands in the graph, or on which lines a claim rests; see
        :func:`aruntime.why.reasons`.

        Raises:
            UsageError: a name is unknown, or there is no such statement.

        Example:
            >>> graph.why("kserve", "hosts", "vllm").derivations[0].rule
            'integrations-are-direct'
        """
        return Reasons._make(why.reasons(self, *parts))

    def search(self, *words: str) -> Matches:
        """Things and claims in whose texts all words occur; see :func:`aruntime.search.search`.

        Raises:
            UsageError: there is no word.
        """
        return Matches(search(self, words))

    def question(self, name: str, **parameters: str) -> Answer:
        """The answer of a named question, with names as people write them.

        Raises:
            UsageError: the question, a parameter or a name does not exist, or one is missing.

        Example:
            >>> graph.question("who-owns-batching", runtime="vllm").to_pandas()["stance"]
        """
        found = self.answer(name, parameters)
        return Answer(found.columns, found.rows)

    def query(self, text: str, *, timeout: float = 60.0) -> Answer:
        """The rows of a SELECT query of your own; the project's prefixes are declared.

        It runs in a child process, which ends after *timeout* seconds, or when it takes too much
        memory.

        Raises:
            DataError: it is malformed, or no SELECT query.
            UsageError: it has SERVICE or FROM, changes something, or nests too deeply.
            TimeLimitError: it does not end in time.
        """
        if isinstance(self.engine, Oxigraph):
            sandbox.refuse(text)
            found = answers.unpacked(sandbox.within(timeout, _run, self.engine, text))
        else:
            found = self.engine.run(text)
        if not isinstance(found, Rows):
            raise DataError("the query is no SELECT query; graph.engine.run(text) answers any")
        return Answer(found.columns, found.rows)

    def stats(self) -> Json:
        """What the graph holds, in numbers."""
        return statistics(self)


def open(
    *overlays: str | PathLike[str], endpoint: str | None = None, in_memory: bool = False
) -> Session:
    """The shipped graph with private files beside it, or the graph that an endpoint serves.

    Args:
        overlays: RDF files, or folders of them.
        endpoint: URL of a SPARQL 1.1 endpoint.
        in_memory: copy the graph into memory: right for a program that asks a lot.

    Raises:
        DataError: a file is malformed, or the cache cannot be used.
        UsageError: an overlay does not exist, or overlays are given with an endpoint.
    """
    if endpoint is None:
        return Session(open_graph(list(map(Path, overlays)), in_memory=in_memory).engine)
    if overlays:
        raise UsageError("overlays and endpoint exclude each other: load the overlays there")
    return Session(Remote(endpoint))


def _run(engine: Oxigraph, text: str) -> answers.Plain:
    with sandbox.sealed():
        return answers.packed(engine.run(text))


def short_or_text(value: str | None) -> str:
    """A thing's short name, or text as it is."""
    if value is None:
        return ""
    return short(value) if value.startswith(("http://", "https://")) else value


def _value(term: Term | None) -> Any:
    """A term as Python holds it."""
    if isinstance(term, Literal):
        kind = term.datatype.value
        if kind == _BOOLEAN:
            return term.value in ("true", "1")
        if kind in _NUMBERS:
            return _NUMBERS[kind](term.value)
    return text(term)


def _frame(columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> pandas.DataFrame:
    try:
        import pandas
    except ImportError:
        raise UsageError("pandas is not installed; pip install 'aruntime[pandas]'") from None
    return pandas.DataFrame(list(rows), columns=list(columns))
