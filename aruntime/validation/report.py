"""What validation found, as people and programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aruntime.model import Finding, Json, Report, Severity
from aruntime.namespaces import ID, curie, slug
from aruntime.validation.statements import LOOKED_AT

SEVERITIES: Final = tuple(severity.value for severity in Severity)
"""From the gravest."""


def least(severity: str | None, fail_on: str) -> str:
    """The least severity that is shown: the one asked for, else warnings and whatever fails."""
    return severity or max("warning", fail_on, key=SEVERITIES.index)


def of_severity(report: Report, least: str) -> list[Finding]:
    """Findings that are at least as grave."""
    wanted = SEVERITIES[: SEVERITIES.index(least) + 1]
    return [finding for finding in report.findings if finding.severity in wanted]


def overlooked(report: Report) -> int:
    """How many nodes no rule looked at."""
    return sum(finding.rule == LOOKED_AT for finding in report.findings)


def as_json(report: Report, shown: Sequence[Finding]) -> Json:
    """The report as JSON: conforms, focus_nodes, overlooked, rules, left_out, and findings with all
    their fields.

    ``overlooked`` counts nodes that no rule looked at; ``left_out`` counts the findings that are less grave than those that are shown.
    """
    return {
        "conforms": report.conforms,
        "focus_nodes": report.focus_nodes,
        "overlooked": overlooked(report),
        "rules": report.rules,
        "left_out": len(report.findings) - len(shown),
        "findings": [finding._asdict() for finding in shown],
    }


def table(shown: Sequence[Finding]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows."""
    columns = ("severity", "rule", "focus", "file", "line", "message")
    return columns, tuple(
        (f.severity.value, f.rule, _name(f.focus), f.file or "", str(f.line or ""), f.message)
        for f in shown
    )


def sentence(finding: Finding) -> str:
    """One finding as a compiler writes it: where, how grave, which rule, what, and the value."""
    where = ":".join(str(part) for part in (finding.file, finding.line) if part is not None)
    focus = _name(finding.focus)
    value = f" [{_name(finding.value)}]" if finding.value else ""
    what = f"{focus}: {finding.message}{value}"
    return f"{where or focus}: {finding.severity}: {finding.rule}: {what}"


def summary(report: Report, shown: Sequence[Finding]) -> str:
    """One line of counts, with how many findings were left out."""
    verdict = "conforms" if report.conforms else "does not conform"
    if report.conforms and (missed := overlooked(report)):
        nodes = "1 node was" if missed == 1 else f"{missed} nodes were"
        verdict = f"conforms, but {nodes} not looked at"
    left = len(report.findings) - len(shown)
    out = f" ({left} of less severity left out; --severity info shows all)" if left else ""
    counts = f"{report.rules} rules, {report.focus_nodes} nodes looked at"
    return f"{verdict}: {len(shown)} findings{out}, {counts}"


def _name(value: str) -> str:
    """A thing's slug, any other IRI as CURIE, and a text as it is."""
    if value.startswith(ID):
        return slug(value)
    return curie(value) if value.startswith("http") else value
