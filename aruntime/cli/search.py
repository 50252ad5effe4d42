"""``aruntime search``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, show_rows
from aruntime.graph import Graph


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@format_option()
@graph_options
def command(graph: Graph, words: tuple[str, ...], form: str) -> int:
    """Find things and claims by their words, in any letter case. Exit code 1 if nothing is found.

    Example: aruntime search continuous batching
    """
    found = graph.ask("search", {"text": " ".join(words)})
    show_rows(found, form)
    return 0 if found.rows else 1
