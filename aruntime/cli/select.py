"""``aruntime select``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_table
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.render.formats import Table
from aruntime.select import Candidate, select


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
    """Candidates that meet needs, with evidence; those of which something is unknown, and those that say no, are listed apart.

    Exit code 1 if nothing meets every need.

    Example: aruntime select --owns continuous-batching --target amd-gpu
    """
    found = select(graph, {"owns": owns, "target": target, "precision": precision, "exposes": exposes, "with": partners}, unit)
    form = resolved(form)
    if form == "json":
        groups: dict[str, list[Json]] = {"candidates": [], "unknown": [], "refused": []}
        for candidate in found:
            groups["refused" if candidate.denied else "unknown" if candidate.unknown else "candidates"].append(candidate.json())
        show_json(groups)
    else:
        show_table(Table(("component", "needs", "claims"), tuple((c.runtime, _standing(c), _claims(c)) for c in found)), form)
    return 0 if any(not c.unknown and not c.denied for c in found) else 1


def _standing(candidate: Candidate) -> str:
    if candidate.denied:
        return "says no: " + "; ".join(f"{need} ({', '.join(dict.fromkeys(map(_no, candidate.refused[need])))})" for need in candidate.denied)
    if candidate.unknown:
        return "unknown: " + ", ".join(candidate.unknown)
    part = [f"{need} ({', '.join(owned)})" for need, owned in candidate.partial.items()]
    return f"meets in part: {'; '.join(part)}" if part else "meets all"


def _no(claim: Json) -> str:
    return f"delegated to {claim['delegate']}" if "delegate" in claim else "left to the platform" if claim["stance"] == "platform" else "excluded"


def _claims(candidate: Candidate) -> str:
    said = candidate.refused if candidate.denied else candidate.met
    return " ".join(dict.fromkeys(claim["claim"] for claims in said.values() for claim in claims))
