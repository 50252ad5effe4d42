"""``aruntime show``."""

from __future__ import annotations

import click

from aruntime.cli.options import colour, format_option, graph_options, resolved, show_json, show_table, width
from aruntime.show import describe
from aruntime.graph import Graph
from aruntime.render import page


@click.command("show")
@click.argument("thing", metavar="THING")
@format_option()
@graph_options
def command(graph: Graph, thing: str, form: str) -> None:
    """Everything about one thing: a runtime, claim, source, responsibility, unit, stack …

    Name it by its slug (vllm), kind and slug (unit/request), claim (vllm#family), CURIE or IRI. Claims of other
    components that name the thing are shown too, so an integration is seen from both sides.

    Example: aruntime show kserve
    """
    found = describe(graph, thing)
    form = resolved(form)
    if form == "json":
        show_json(found.json())
    elif form == "table":
        click.echo(page.as_text(found, width=width(), colour=colour()), nl=False, color=colour())
    else:
        show_table(page.flat(found), form)
