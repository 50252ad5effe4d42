"""The values that cross rooms: plain, frozen, without behaviour beyond reading themselves.

They are named tuples: every command loads them, and a data class takes five times as long to
define.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal | Triple
"""An RDF term, as Oxigraph gives it."""

Row = tuple[Term | None, ...]
"""One solution; ``None`` where a variable is unbound."""


class Rows:
    """A table of solutions, as long as there are rows.

    Attributes:
        columns: names of the variables, in order of projection.
        rows: solutions, each as long as *columns*.
    """

    def __init__(self, columns: tuple[str, ...], rows: tuple[Row, ...]) -> None:
        self.columns = columns
        self.rows = rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and (self.columns, self.rows) == (other.columns, other.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, str | None]]:
        """Rows as dictionaries of plain strings (IRIs or lexical forms)."""
        return [
            {name: text(term) for name, term in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]

    def known(self) -> list[dict[str, str]]:
        """The same without what is unbound."""
        return [{n: v for n, v in row.items() if v is not None} for row in self.records()]


def text(term: Term | None) -> str | None:
    """The IRI, lexical form or label of a term; ``None`` where there is none."""
    if term is None:
        return None
    return str(term) if isinstance(term, Triple) else term.value


class Severity(StrEnum):
    """How much a finding matters, in SHACL's words."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


class Finding(NamedTuple):
    """One breach of a rule.

    Attributes:
        file, line: where the focus node is described, if known.
        rule: the rule's identifier, which is also the name of its shape or check.
        focus: IRI of the node that breaks it.
        path, value: the property and value concerned, as far as there are such.
        message: what is wrong and how to mend it.
    """

    file: str | None
    line: int | None
    rule: str
    severity: Severity
    focus: str
    path: str | None
    value: str | None
    message: str

    @property
    def blocking(self) -> bool:
        """Whether the graph does not conform because of it."""
        return self.severity is Severity.VIOLATION


class Report(NamedTuple):
    """What validation found.

    Attributes:
        findings: every breach, sorted by file and line.
        focus_nodes: how many nodes the rules looked at; never 0 in a report.
        rules: how many rules were applied.
    """

    findings: tuple[Finding, ...]
    focus_nodes: int
    rules: int

    @property
    def conforms(self) -> bool:
        """Whether no finding is a violation."""
        return not any(finding.blocking for finding in self.findings)


class Parameter(NamedTuple):
    """A variable of a question that a caller may bind.

    Attributes:
        kind: a class of things (``runtime``), a scheme (``layer``) or ``text``.
        example: a value for documentation and tests.
        required: whether the question makes no sense without it.
    """

    name: str
    kind: str
    example: str
    required: bool = False


class Question(NamedTuple):
    """A named SPARQL query with its ``#+`` header.

    Attributes:
        name: the file's name without its suffix.
        summary: the question in words.
        row: "One row per …".
        persona: who asks it.
        columns: what each projected variable means, in order.
    """

    name: str
    summary: str
    row: str
    persona: str
    text: str
    columns: Mapping[str, str]
    parameters: tuple[Parameter, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, if there is one."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


class Derivation(NamedTuple):
    """Why a triple stands in the graph.

    Attributes:
        triple: the triple, as (subject, predicate, object).
        rule: the rule that gave it: a file of ``ontology/rules``, an OWL 2 RL rule, or ``stated``.
        claim: the claim it follows from directly, if a rule file gave it.
        premises: derivations of the triples it follows from.
    """

    triple: tuple[Term, Term, Term]
    rule: str
    claim: str | None = None
    premises: tuple[Derivation, ...] = ()


Json = dict[str, Any]
"""A JSON object as Python holds it."""


def plain(value: Any) -> Any:
    """A value as JSON has it: named tuples become objects, other tuples lists, at any depth.

    Example:
        >>> plain(Parameter("runtime", "runtime", "vllm"))
        {'name': 'runtime', 'kind': 'runtime', 'example': 'vllm', 'required': False}
    """
    if isinstance(value, tuple):
        if (fields := getattr(value, "_fields", None)) is not None:
            return {name: plain(one) for name, one in zip(fields, value, strict=True)}
        return [plain(one) for one in value]
    return value
