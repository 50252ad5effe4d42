"""Findings as text: a line each, what would close it, and the claims it rests on."""

from __future__ import annotations

from textwrap import wrap

import click

from aruntime.check.model import LEVELS, Checked, Cited, Finding
from aruntime.render.formats import Screen
from aruntime.render.safe import line

_LOOK = {"error": "red", "warning": "yellow", "note": "blue"}
_MAX_CLAIMS = 3


def report(found: Checked, screen: Screen, *, show_suppressed: bool = False) -> str:
    """All findings, those of one file together; a finding is a line, which on a terminal goes on,
    indented, below."""
    lines = []
    for finding in found.findings:
        lines += _finding(finding, screen)
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


def _finding(finding: Finding, screen: Screen) -> list[str]:
    place = finding.place
    head = line(f"{place.file}:{place.line}:{place.column}: ")
    text = f"{head} {finding.level} {finding.rule_id}: {line(finding.message)}"
    first, *lines = _wrapped(text, "    ", screen)
    if screen.colour:
        level = click.style(finding.level, fg=_LOOK[finding.level], bold=True)
        first = first.replace(f"{head} {finding.level}", f"{head} {level}", 1)
    lines.insert(0, first)
    if finding.remedy:
        lines += _wrapped(f"    → {line(finding.remedy)}", "      ", screen)
    if finding.level != "note":
        lines += [f"    {line(cited(claim))}" for claim in finding.claims[:_MAX_CLAIMS]]
        for related in finding.related[:_MAX_CLAIMS]:
            where = f"{related.place.file}:{related.place.line}"
            lines.append(f"    also {line(where)}: {line(related.message)}")
    return lines


def _wrapped(text: str, indent: str, screen: Screen) -> list[str]:
    """A line as it is; on a terminal in several, without breaking names and places."""
    if not screen.terminal:
        return [text]
    return wrap(
        text,
        screen.width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cited(claim: Cited) -> str:
    """A claim with its source, and whether it was read in the version in use."""
    if claim.status == "assumed":
        return f"{claim.claim} (assumed, not shown)"
    read = f"read in {claim.read}" if claim.read else "read"
    runs = f"you run {claim.runs}" if claim.runs else "the files do not say what you run"
    said = read if claim.verified else f"{read}, {runs}"
    return f"{claim.claim} ({said}) {claim.locator}".rstrip()
