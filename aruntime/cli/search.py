"""``aruntime search``."""

from __future__ import annotations

import click
from pyoxigraph import Literal, NamedNode

from aruntime.cli.options import format_option, graph_options, resolved, show_rows, show_table
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.namespaces import iri
from aruntime.render.selection import matches
from aruntime.search import search


@click.command("search")
@click.argument("words", nargs=-1, required=True, metavar="WORD...")
@format_option()
@graph_options
def command(graph: Graph, words: tuple[str, ...], form: str) -> int:
    """Find things and claims by words: all must occur in their labels, definition or statement.

    The order of the words and letter case do not matter. The best matches come first, things before
    claims. Exit code 1 if nothing is found.

    Example: aruntime search continuous batching
    """
    found = search(graph, words)
    if resolved(form) in ("table", "markdown"):
        show_table(matches(found), form)
    else:
        text = Literal(" ".join(words))
        rows = tuple(
            (
                text,
                NamedNode(m.thing),
                NamedNode(m.property),
                Literal(m.text),
                None if m.status is None else iri(f"claim-status:{m.status}"),
            )
            for m in found
        )
        show_rows(Rows(("text", "thing", "property", "match", "status"), rows), form)
    return 0 if found else 1
