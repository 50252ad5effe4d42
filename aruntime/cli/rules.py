"""``aruntime rules``."""

from __future__ import annotations

import click

from aruntime.check import rules
from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_table
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
    if resolved(form) == "json":
        show_json([rule.json() for rule in found])
    elif name:
        rows = tuple((key, str(value)) for key, value in found[0].json().items())
        show_table(Table(("part", "text"), rows), form)
    else:
        show_table(Table(("rule", "what"), tuple((r.name, r.what) for r in found)), form)
    return 0
