"""Findings as text: a line each, what would close it, and the claims it rests on."""

from __future__ import annotations

import click

from aruntime.check.model import LEVELS, Checked, Cited, Finding
from aruntime.render.safe import line

_LOOK = {"error": "red", "warning": "yellow", "note": "blue"}
_MAX_CLAIMS = 3


def report(found: Checked, *, colour: bool = False, show_suppressed: bool = False) -> str:
    """All findings, those of one file together."""
    lines = []
    for finding in found.findings:
        lines += _finding(finding, colour)
    if show_suppressed:
        for accepted in found.accepted:
            where = f"{accepted.finding.place.file}:{accepted.finding.place.line}"
            lines.append(
                f"{where}: accepted {accepted.finding.rule_id}: {accepted.reason} ({accepted.by})"
            )
    return "".join(f"{text}\n" for text in lines)


def summary(found: Checked) -> str:
    """How many findings there are of each level, and what was left out."""
    said = [
        _counted(count, level)
        for level in LEVELS
        if (count := sum(f.level == level for f in found.findings))
    ]
    if found.accepted:
        said.append(f"{len(found.accepted)} accepted")
    if found.fixed:
        said.append(f"{len(found.fixed)} of the baseline fixed")
    components = len({row.component for row in found.detected.components if row.status == "seen"})
    files = len(found.detected.files)
    where = f"{_counted(components, 'component')} in {_counted(files, 'file')}"
    return f"{', '.join(said) or 'no findings'}; {where}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _finding(finding: Finding, colour: bool) -> list[str]:
    place = finding.place
    level = (
        click.style(finding.level, fg=_LOOK[finding.level], bold=True) if colour else finding.level
    )
    head = f"{place.file}:{place.line}:{place.column}: "
    lines = [f"{line(head)} {level} {finding.rule_id}: {line(finding.message)}"]
    if finding.remedy:
        lines.append(f"    → {line(finding.remedy)}")
    if finding.level != "note":
        lines += [f"    {line(cited(claim))}" for claim in finding.claims[:_MAX_CLAIMS]]
        for related in finding.related[:_MAX_CLAIMS]:
            where = f"{related.place.file}:{related.place.line}"
            lines.append(f"    also {line(where)}: {line(related.message)}")
    return lines


def cited(claim: Cited) -> str:
    """A claim with its source, and whether it was read in the version in use."""
    if claim.status == "assumed":
        return f"{claim.claim} (assumed, not shown)"
    read = f"read in {claim.read}" if claim.read else "read"
    runs = f"you run {claim.runs}" if claim.runs else "the files do not say what you run"
    said = read if claim.verified else f"{read}, {runs}"
    return f"{claim.claim} ({said}) {claim.locator}".rstrip()
