"""``aruntime show``."""

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
from aruntime.graph import Graph
from aruntime.render import page, verdicts
from aruntime.show import Verdict, describe, verdict_called


@click.command("show")
@click.argument("thing", metavar="THING")
@format_option()
@graph_options
def command(graph: Graph, thing: str, form: str) -> None:
    """Everything about one thing, such as a runtime, claim, source, responsibility, unit or class.

    Name it by its slug (vllm), kind and slug (unit/request), claim (vllm#family, or #family where
    it is unique), CURIE or IRI; letter case does not matter. Claims of other components that name
    the thing are shown too, so that an integration is seen from both sides. A verdict, by its slug
    (contended) or its word ("claimed twice"), is shown with a small stack that comes to it.

    Example: aruntime show kserve
    """
    found = verdict_called(graph, thing) or describe(graph, thing)
    form, place = resolved(form), screen()
    if form == "json":
        show_json(found.json())
    elif form != "table":
        show_table(verdicts.flat(found) if isinstance(found, Verdict) else page.flat(found), form)
    elif isinstance(found, Verdict):
        show(verdicts.as_text(found, width=place.width, colour=place.colour))
    else:
        show(page.as_text(found, width=place.width, colour=place.colour))
