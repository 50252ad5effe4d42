"""Which form a check is written in."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from aruntime import atomic
from aruntime.check import rules
from aruntime.check.model import Checked
from aruntime.graph import Graph
from aruntime.render.formats import json_as_text
from aruntime.render.reports import ci, sarif, text

FORMS: Final = ("text", "json", "github", "sarif", "junit", "gitlab")


def written(
    graph: Graph, found: Checked, form: str, colour: bool = False, show_suppressed: bool = False
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
        return sarif.report(found, described, _version(), show_suppressed=show_suppressed)
    return text.report(found, colour=colour, show_suppressed=show_suppressed)


def write(
    graph: Graph,
    found: Checked,
    form: str,
    output: str | None,
    show: Callable[[str], None],
    colour: bool,
    show_suppressed: bool,
) -> None:
    """Show a check, or write it to a file and show it as text.

    Raises:
        DataError: the file cannot be written.
    """
    if output is None:
        show(written(graph, found, form, colour, show_suppressed))
        return
    atomic.write(output, written(graph, found, form, False, show_suppressed).encode())
    show(written(graph, found, "text", colour, show_suppressed))


def rules_of(given: str, known: Callable[[str], str]) -> tuple[str, ...]:
    """The rules of ``--fail-on``: names joined by commas, ``all`` or ``none``."""
    names = [name for name in given.replace(" ", "").split(",") if name]
    if names == ["all"]:
        return rules.names()
    return () if names == ["none"] else tuple(map(known, names))


def _version() -> str:
    try:
        return version("aruntime")
    except PackageNotFoundError:
        return "0"
