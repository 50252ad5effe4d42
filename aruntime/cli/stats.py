"""``aruntime stats``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, show_either
from aruntime.graph import Graph
from aruntime.render.formats import Table
from aruntime.stats import statistics


@click.command("stats")
@format_option()
@graph_options
def command(graph: Graph, form: str) -> None:
    """What the graph holds, in numbers.

    Example: aruntime stats --format json
    """
    found = statistics(graph)
    rows: list[tuple[str, str]] = []
    for name, value in found.items():
        if isinstance(value, dict):
            rows += [
                (f"{name.replace('_', ' ')}: {part}", str(number)) for part, number in value.items()
            ]
        else:
            rows.append((name, str(value)))
    show_either(found, Table(("what", "number"), tuple(rows)), form)
