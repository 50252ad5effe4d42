"""``aruntime rules``."""

from __future__ import annotations

import click

from aruntime.check import rules
from aruntime.cli.options import format_option, graph_options, show_either
from aruntime.graph import Graph
from aruntime.render.formats import Table


@click.command("rules")
@click.argument("name", required=False, metavar="[NAME]")
@format_option()
@graph_options
def command(graph: Graph, name: str | None, form: str) -> int:
    """What does check look for: what, why, an example that breaks it and one that keeps it?

    Example: aruntime rules moving-tag
    """
    found = [rules.described(graph, n) for n in ((name,) if name else rules.names())]
    table = Table(("rule", "what"), tuple((r.name, r.what) for r in found))
    if name:
        rows = tuple((key, str(value)) for key, value in found[0].json().items())
        table = Table(("part", "text"), rows)
    show_either([rule.json() for rule in found], table, form)
    return 0
