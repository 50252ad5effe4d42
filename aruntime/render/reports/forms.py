"""Which form a check is written in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from typing import Final

from aruntime import questions
from aruntime.check import rules
from aruntime.check.model import Checked
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.render.formats import Screen, json_as_text
from aruntime.render.reports import ci, sarif
from aruntime.render.reports.text import report

FORMS: Final = ("text", "json", "github", "sarif", "junit", "gitlab")


def written(
    graph: Graph,
    found: Checked,
    form: str,
    screen: Screen | None = None,
    show_suppressed: bool = False,
) -> str:
    """A check in one of :data:`FORMS`."""
    if form == "json":
        return json_as_text(found.json())
    if form == "github":
        return ci.github(found)
    if form == "junit":
        return ci.junit(found)
    if form == "gitlab":
        return ci.gitlab(found)
    if form == "sarif":
        told = {f.rule for f in found.findings} | {a.finding.rule for a in found.accepted}
        described = {name: rules.described(graph, name) for name in told}
        return sarif.report(found, described, version(), show_suppressed=show_suppressed)
    return report(found, screen or Screen(), show_suppressed=show_suppressed)


def outputs(given: Sequence[str]) -> list[tuple[str, str]]:
    """Form and file of each ``--also``.

    Raises:
        UsageError: one is not written FORM=FILE, or there is no such form.
    """
    found = []
    for text in given:
        form, file = questions.pair(text, "--also takes FORM=FILE")
        if form not in FORMS:
            raise UsageError(f"--also {text}: forms are {', '.join(FORMS)}")
        found.append((form, file))
    return found


def keep_apart(files: Sequence[tuple[str, str]], read: Iterable[str | None]) -> None:
    """Refuse to write forms over each other, or over what is read.

    Args:
        files: form and file of each ``--also``.

    Raises:
        UsageError: a file is among those that are read, or is written twice.
    """
    taken = {os.path.realpath(path): "is read" for path in read if path}
    for form, file in files:
        place = os.path.realpath(file)
        if place in taken:
            raise UsageError(f"--also {form}={file}: that file {taken[place]}; name another")
        taken[place] = f"takes the form {form}"


def rules_of(given: str, known: Callable[[str], str]) -> tuple[str, ...]:
    """The rules of ``--fail-on``: names joined by commas, ``all`` or ``none``."""
    names = [name for name in given.replace(" ", "").split(",") if name]
    if names == ["all"]:
        return rules.names()
    return () if names == ["none"] else tuple(map(known, names))


def version() -> str:
    """The version of this program."""
    try:
        return metadata.version("aruntime")
    except metadata.PackageNotFoundError:
        return "0"
