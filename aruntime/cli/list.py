"""``aruntime list``."""

from __future__ import annotations

import click

from aruntime import questions
from aruntime.cli.options import format_option, graph_options, show_rows
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import CLASSES, SCHEMES


@click.command("list")
@click.argument("kind", metavar="KIND")
@format_option()
@graph_options
def command(graph: Graph, kind: str, form: str) -> None:
    """Things of a kind: runtime, component, source, stack, responsibility, unit, layer, family …

    Example: aruntime list runtime
    """
    kinds = (*CLASSES, *SCHEMES)
    singular = kind if kind in kinds else kind.removesuffix("s")
    if kind.endswith("ies") and kind not in kinds:
        singular = kind.removesuffix("ies") + "y"
    if singular not in kinds:
        raise UsageError(f"no kind is called {kind!r}{questions.suggestion(kind, kinds)}; kinds are {', '.join(kinds)}")
    show_rows(graph.ask("things", {"kind": singular}), form)
