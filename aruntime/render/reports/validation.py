"""What ``validate`` found, in the forms of ``check`` and as a SHACL validation report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aruntime import turtle
from aruntime.check import model as check
from aruntime.check.rules import Rule
from aruntime.detect.model import Detected, Place
from aruntime.model import Finding, Report, Severity
from aruntime.namespaces import PREFIXES, iri
from aruntime.render.reports import ci, forms, sarif
from aruntime.render.safe import line
from aruntime.validation import report as reports

FORMS: Final = ("text", "github", "sarif", "junit", "gitlab", "turtle")
"""Forms beside those that every answer has."""
_LEVELS: Final = {
    Severity.VIOLATION: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def written(report: Report, shown: Sequence[Finding], form: str) -> str:
    """Findings in one of :data:`FORMS`."""
    if form == "text":
        return "".join(f"{line(reports.sentence(finding))}\n" for finding in shown)
    if form == "turtle":
        return shacl(report, shown)
    found = check.Checked(tuple(map(_finding, shown)), (), (), Detected((), (), (), ()), None)
    if form == "sarif":
        rules = {f.rule: Rule(f.rule, f.message, "", "", "") for f in shown}
        return sarif.report(found, rules, forms.version())
    return {"github": ci.github, "junit": ci.junit, "gitlab": ci.gitlab}[form](found)


def shacl(report: Report, shown: Sequence[Finding]) -> str:
    """A ``sh:ValidationReport`` (https://www.w3.org/TR/shacl/#validation-report) as Turtle."""
    root = BlankNode("report")
    triples = [
        Triple(root, iri("rdf:type"), iri("sh:ValidationReport")),
        Triple(root, iri("sh:conforms"), _boolean(report.conforms)),
    ]
    for number, finding in enumerate(shown):
        node = BlankNode(f"result{number}")
        severity = f"sh:{finding.severity.value.capitalize()}"
        triples += [
            Triple(root, iri("sh:result"), node),
            Triple(node, iri("rdf:type"), iri("sh:ValidationResult")),
            Triple(node, iri("sh:focusNode"), _term(finding.focus)),
            Triple(node, iri("sh:resultSeverity"), iri(severity)),
            Triple(node, iri("sh:sourceShape"), NamedNode(PREFIXES["rule"] + finding.rule)),
            Triple(node, iri("sh:resultMessage"), Literal(finding.message, language="en")),
        ]
        if finding.path is not None:
            triples.append(Triple(node, iri("sh:resultPath"), _term(finding.path)))
        if finding.value is not None:
            triples.append(Triple(node, iri("sh:value"), _term(finding.value)))
    return turtle.write(triples)


def _finding(found: Finding) -> check.Finding:
    place = Place(found.file or found.focus, found.line or 1, 1, 2)
    value = f" [{found.value}]" if found.value else ""
    return check.Finding(
        found.rule, "", _LEVELS[found.severity], reports.sentence(found).partition(f"{found.rule}: ")[2]
        or found.message + value, "", place, f"{found.focus}{value}",
    )  # fmt: skip


def _term(text: str) -> NamedNode | Literal:
    if "://" in text and " " not in text:
        try:
            return NamedNode(text)
        except ValueError:
            pass
    return Literal(text)


def _boolean(value: bool) -> Literal:
    return Literal(str(value).lower(), datatype=iri("xsd:boolean"))
