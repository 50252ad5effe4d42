"""``aruntime select``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_table
from aruntime.graph import Graph
from aruntime.render.tables import Table
from aruntime.selection import Candidate, select


@click.command("select")
@click.option("--owns", multiple=True, metavar="RESPONSIBILITY", help="Natively owned, or in part; repeatable.")
@click.option("--unit", metavar="UNIT", help="The unit of work in which it is owned.")
@click.option("--target", multiple=True, metavar="HARDWARE", help="Hardware that can be used; repeatable.")
@click.option("--precision", multiple=True, metavar="PRECISION", help="Number format that can be used; repeatable.")
@click.option("--exposes", multiple=True, metavar="INTERFACE", help="Interface offered to callers; repeatable.")
@click.option("--with", "partners", multiple=True, metavar="COMPONENT", help="Component with which an integration is evidenced; repeatable.")
@format_option()
@graph_options
def command(
    graph: Graph,
    owns: tuple[str, ...],
    unit: str | None,
    target: tuple[str, ...],
    precision: tuple[str, ...],
    exposes: tuple[str, ...],
    partners: tuple[str, ...],
    form: str,
) -> int:
    """Candidates that meet needs, with evidence; those of which something is unknown are listed apart.

    Exit code 1 if nothing meets every need.

    Example: aruntime select --owns continuous-batching --target amd-gpu
    """
    found = select(graph, {"owns": owns, "target": target, "precision": precision, "exposes": exposes, "with": partners}, unit)
    form = resolved(form)
    if form == "json":
        show_json({"candidates": [c.json() for c in found if not c.unknown], "unknown": [c.json() for c in found if c.unknown]})
    else:
        rows = tuple((c.runtime, "meets all" if not c.unknown else "unknown: " + ", ".join(c.unknown), _claims(c)) for c in found)
        show_table(Table(("component", "needs", "claims"), rows), form)
    return 0 if any(not c.unknown for c in found) else 1


def _claims(candidate: Candidate) -> str:
    return " ".join(dict.fromkeys(claim["claim"] for claims in candidate.met.values() for claim in claims))
