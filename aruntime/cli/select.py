"""``aruntime select``."""

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
from aruntime.render.selection import as_text, candidates
from aruntime.selection import select


@click.command("select")
@click.option(
    "--owns", multiple=True, metavar="RESPONSIBILITY", help="It owns this responsibility."
)
@click.option("--unit", metavar="UNIT", help="The unit of work in which it is owned.")
@click.option(
    "--target", multiple=True, metavar="HARDWARE", help="It runs models on this hardware."
)
@click.option("--precision", multiple=True, metavar="PRECISION", help="It computes in this format.")
@click.option("--exposes", multiple=True, metavar="INTERFACE", help="It offers this interface.")
@click.option("--consumes", multiple=True, metavar="INTERFACE", help="It takes this interface.")
@click.option(
    "--with", "partners", multiple=True, metavar="COMPONENT", help="It works with this component."
)
@click.option(
    "--boundary",
    multiple=True,
    metavar="BOUNDARY",
    help="It runs there, such as host, cluster or browser.",
)
@click.option("--execution", multiple=True, metavar="MODEL", help="It runs work in this way.")
@click.option(
    "--lifecycle",
    multiple=True,
    metavar="STATE",
    help="It is in this state: active, maintained or archived.",
)
@format_option()
@graph_options
def command(
    graph: Graph,
    owns: tuple[str, ...],
    unit: str | None,
    target: tuple[str, ...],
    precision: tuple[str, ...],
    exposes: tuple[str, ...],
    consumes: tuple[str, ...],
    partners: tuple[str, ...],
    boundary: tuple[str, ...],
    execution: tuple[str, ...],
    lifecycle: tuple[str, ...],
    form: str,
) -> int:
    """Which components meet needs, how, and which claims say so?

    Answers are yes, yes through a library or another component, yes in a configuration, in part
    (a part or a kind of it), no (it refuses the whole), left to the operator or caller, or unknown;
    "assumed: yes" where an overlay assumes it and no evidence shows it. Options may be repeated:
    every need must be met, and where each needs another configuration, a note says that no
    configuration meets all of it. Notes also name what is archived or only maintained.
    aruntime list responsibility names responsibilities; list hardware-target, precision,
    interface, deployment-boundary, execution-model and lifecycle name the other values. Exit code 1
    if nothing is shown to meet every need.

    Example: aruntime select --owns continuous-batching --target amd-gpu
    """
    needs = {
        "owns": owns,
        "target": target,
        "precision": precision,
        "exposes": exposes,
        "consumes": consumes,
        "with": partners,
        "boundary": boundary,
        "execution": execution,
        "lifecycle": lifecycle,
    }
    found = select(graph, needs, unit)
    if resolved(form) == "json":
        asked = [f"{kind} {value}" for kind, values in needs.items() for value in values]
        show_json({"needs": asked, "candidates": [candidate.json() for candidate in found]})
    elif resolved(form) == "table":
        show(as_text(found, screen()), page=True)
    else:
        show_table(candidates(found), form)
    return 0 if any(candidate.verdict in ("yes", "part") for candidate in found) else 1
