"""``aruntime why``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aruntime.cli.options import (
    format_option,
    open_graph,
    overlay_options,
    resolved,
    say,
    screen,
    show,
    show_json,
    show_rows,
)
from aruntime.render.reasons import as_text
from aruntime.why import assumption, reasons

if TYPE_CHECKING:
    from pathlib import Path


@click.command("why")
@click.argument("parts", nargs=-1, required=True, metavar="THING PREDICATE OBJECT | CLAIM")
@format_option()
@overlay_options
def command(
    overlays: tuple[Path, ...], endpoint: str | None, parts: tuple[str, ...], form: str
) -> None:
    """Why a statement stands in the graph: rule by rule to claims, and from each claim to the
    cited lines.

    Names may be written as any command prints them: makes-durable or makesDurable, #claim or
    component#claim, in any letter case.

    Example: aruntime why kserve hosts vllm
    """
    graph = open_graph(overlays, endpoint)
    form = resolved(form)
    found = reasons(graph, *parts)
    if found.assumed:
        say(f"{parts[0]} is assumed: no evidence shows it")
    if len(parts) == 1 and form != "table":
        claim = graph.find(parts[0])
        rows = (
            assumption(graph, claim)
            if found.assumed
            else graph.ask("evidence-of", {"claim": claim})
        )
        show_rows(rows, form)
    elif form == "json":
        show_json(found.json())
    else:
        show(as_text(found, screen()))
