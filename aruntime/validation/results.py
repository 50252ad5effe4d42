"""Results of a SHACL validation, from this package's engine, from pySHACL, or from any report in
RDF (https://www.w3.org/TR/shacl/#results-validation-result)."""

from __future__ import annotations

from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from aruntime.model import Finding, Severity, Term, text
from aruntime.namespaces import TYPE, iri, slug
from aruntime.validation.data import FIRST, Data

SEVERITIES: Final = {
    iri("sh:Violation"): Severity.VIOLATION,
    iri("sh:Warning"): Severity.WARNING,
    iri("sh:Info"): Severity.INFO,
}
_SUFFIXES: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_DEEP: Final = 50
"""Steps within one another after which a path is no longer spelled out."""


class Result(NamedTuple):
    """One breach of a shape.

    Attributes:
        focus: the node that was looked at.
        path: the property, or the path as SPARQL spells it; none for a node shape.
        value: the offending value, where the constraint names one.
        shape: the broken shape.
        component: IRI of the constraint component.
        severity: IRI of the severity, one of :data:`SEVERITIES` or another.
        message: what the shape says about it; empty if it says nothing.
    """

    focus: Term
    path: str | None
    value: Term | None
    shape: Term
    component: str
    severity: NamedNode
    message: str

    def finding(self) -> Finding:
        """The same as a finding that has no place yet; an unknown severity is a violation."""
        return Finding(
            file=None,
            line=None,
            rule=slug(text(self.shape) or ""),
            severity=SEVERITIES.get(self.severity, Severity.VIOLATION),
            focus=text(self.focus) or "",
            path=self.path,
            value=text(self.value),
            message=self.message,
        )


def results_in(report: Data) -> list[Result]:
    """The results that a graph describes; details of a result (``sh:detail``) are left out."""
    details = {n for r in report.subjects(iri("sh:detail")) for n in report.values(r, _DETAIL)}
    nodes = report.subjects(TYPE, iri("sh:ValidationResult"))
    return [_result(report, node) for node in nodes if node not in details]


_DETAIL: Final = iri("sh:detail")


def _result(report: Data, node: Term) -> Result:
    path = report.value(node, iri("sh:resultPath"))
    severity = report.value(node, iri("sh:resultSeverity"))
    message = report.value(node, iri("sh:resultMessage"))
    return Result(
        focus=report.value(node, iri("sh:focusNode")) or node,
        path=None if path is None else spelled(path, report),
        value=report.value(node, iri("sh:value")),
        shape=report.value(node, iri("sh:sourceShape")) or node,
        component=text(report.value(node, iri("sh:sourceConstraintComponent"))) or "",
        severity=severity if isinstance(severity, NamedNode) else iri("sh:Violation"),
        message=message.value if isinstance(message, Literal) else "",
    )


def spelled(path: Term, graph: Data) -> str:
    """A path of a shapes graph: a property's IRI as it is, any other path as SPARQL spells it."""
    return path.value if isinstance(path, NamedNode) else _inner(path, graph, 0)


def _inner(path: Term, graph: Data, depth: int) -> str:
    if isinstance(path, NamedNode):
        return f"<{path.value}>"
    if depth > _DEEP:
        return "…"
    if graph.values(path, FIRST):
        return f"({'/'.join(_inner(step, graph, depth + 1) for step in graph.members(path))})"
    inverse = graph.value(path, iri("sh:inversePath"))
    if inverse is not None:
        return f"^{_inner(inverse, graph, depth + 1)}"
    either = graph.value(path, iri("sh:alternativePath"))
    if either is not None:
        return f"({'|'.join(_inner(one, graph, depth + 1) for one in graph.members(either))})"
    for name, suffix in _SUFFIXES.items():
        repeated = graph.value(path, iri(f"sh:{name}"))
        if repeated is not None:
            return f"{_inner(repeated, graph, depth + 1)}{suffix}"
    return text(path) or ""
