"""``aruntime evidence stale``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, show_either
from aruntime.evidence import citations
from aruntime.graph import Graph
from aruntime.render.formats import Table


@click.command("stale")
@format_option()
@graph_options
def command(graph: Graph, form: str) -> int:
    """List the promoted claims that are due to be read again. Exit code 1 if there are any.

    Example: aruntime evidence stale
    """
    late = citations.due(graph)
    show_either(late, Table(*citations.table(late)), form)
    click.echo(f"{len(late)} claims are due to be read again", err=True)
    return int(bool(late))
