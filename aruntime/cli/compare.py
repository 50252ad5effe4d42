"""``aruntime compare``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_table
from aruntime.compare import Side, compare
from aruntime.graph import Graph
from aruntime.render.formats import Table


@click.command("compare")
@click.argument("left")
@click.argument("right")
@click.option("--layer", "layers", multiple=True, type=click.IntRange(0, 6), help="Declare the scope: only this layer; repeatable.")
@format_option()
@graph_options
def command(graph: Graph, left: str, right: str, layers: tuple[int, ...], form: str) -> None:
    """Where two components agree, differ, or are unknown, responsibility by responsibility and unit by unit.

    Refused where they share neither family nor layer and no --layer declares a scope. No ranking, ever.

    Example: aruntime compare vllm sglang
    """
    found = compare(graph, left, right, layers)
    form = resolved(form)
    if form == "json":
        show_json(found.json())
        return
    rows = tuple((str(x.layer), x.responsibility, x.unit, x.verdict, _words(x.left, x.layer), _words(x.right, x.layer)) for x in found.lines)
    title = f"{found.left} and {found.right} · families {', '.join(found.families) or 'none shared'} · layers {', '.join(map(str, found.layers))}"
    show_table(Table(("layer", "responsibility", "unit", "verdict", found.left, found.right), rows, title), form)


def _words(sides: tuple[Side, ...], layer: int) -> str:
    return "; ".join(dict.fromkeys(f"{s.stance} ({_where(s, layer)}) {s.claim.partition('#')[2]}" for s in sides)) or "unknown"


def _where(side: Side, layer: int) -> str:
    return ", ".join(note for note in (side.scope, side.mode, f"layer {side.layer}" if side.layer != layer else "") if note)
