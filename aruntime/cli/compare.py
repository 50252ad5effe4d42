"""``aruntime compare``."""

from __future__ import annotations

import click

from aruntime.cli.options import (
    format_option,
    graph_options,
    resolved,
    screen,
    show,
    show_json,
    show_table,
)
from aruntime.comparison import compare
from aruntime.graph import Graph
from aruntime.render.selection import comparison, comparison_as_text


@click.command("compare")
@click.argument("left")
@click.argument("right")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.IntRange(0, 6),
    help="Compare at this layer only; repeatable.",
)
@format_option()
@graph_options
def command(graph: Graph, left: str, right: str, layers: tuple[int, ...], form: str) -> None:
    """Where do two components differ, and where do they agree?

    Differences come first, those before others where one side alone has an owner; then what is
    known of one alone, then what both own in different units of work. Refused where they share
    neither family nor layer and no --layer declares a scope. No ranking, ever.

    Example: aruntime compare vllm sglang
    """
    found = compare(graph, left, right, layers)
    if resolved(form) == "json":
        show_json(found.json())
    elif resolved(form) == "table":
        show(comparison_as_text(found, screen()), page=True)
    else:
        show_table(comparison(found), form)
