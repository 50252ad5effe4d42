"""``aruntime why``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from aruntime.cli.options import (
    format_option,
    open_graph,
    overlay_options,
    resolved,
    say,
    screen,
    show,
    show_json,
    show_rows,
)
from aruntime.model import Derivation, text
from aruntime.render.formats import short
from aruntime.render.layout import wrap
from aruntime.render.safe import line
from aruntime.why import assumption, reasons

if TYPE_CHECKING:
    from pathlib import Path


@click.command("why")
@click.argument("parts", nargs=-1, required=True, metavar="THING PREDICATE OBJECT | CLAIM")
@format_option()
@overlay_options
def command(
    overlays: tuple[Path, ...], endpoint: str | None, parts: tuple[str, ...], form: str
) -> None:
    """Why a statement stands in the graph: rule by rule to claims, and from each claim to the
    cited lines.

    Names may be written as any command prints them: makes-durable or makesDurable, #claim or
    component#claim, in any letter case.

    Example: aruntime why kserve hosts vllm
    """
    graph = open_graph(overlays, endpoint)
    form = resolved(form)
    found = reasons(graph, *parts)
    if found.assumed:
        say(f"{parts[0]} is assumed: no evidence shows it")
    if len(parts) == 1 and form != "table":
        claim = graph.find(parts[0])
        rows = (
            assumption(graph, claim)
            if found.assumed
            else graph.ask("evidence-of", {"claim": claim})
        )
        show_rows(rows, form)
    elif form == "json":
        show_json(found.json())
    else:
        told = [text for derivation in found.derivations for text in _steps(derivation, "")]
        show(
            "".join(
                [
                    *told,
                    *(["\n"] if told else []),
                    *_cited(found.evidence),
                    *_assumed(found.assumed),
                ]
            )
        )


def _said(claim: str, statement: str | None) -> Iterable[str]:
    """A claim in words, on a terminal in lines that fit."""
    text, place = line(f"{short(claim)}: {statement}"), screen()
    return (f"{part}\n" for part in (wrap(text, place.width) if place.terminal else [text]))


def _cited(evidence: Iterable[Mapping[str, str | None]]) -> Iterable[str]:
    """Each claim in words, and below it where its lines stand."""
    said = None
    for row in evidence:
        if row["claim"] != said:
            said = row["claim"]
            yield from _said(said or "", row["statement"])
        yield f"  {short(row['source'] or '')}  {line(row['locator'] or '')}\n"


def _assumed(rows: Iterable[Mapping[str, str | None]]) -> Iterable[str]:
    """Each claim in words, and below it who takes it to be so, and until when."""
    for row in rows:
        yield from _said(row["claim"] or "", row["statement"])
        agent, until = short(row["agent"] or "nobody"), (row["reviewBy"] or "no day")[:10]
        yield f"  assumed, not shown: no evidence; {agent} takes it to be so until {until}\n"


def _steps(derivation: Derivation, indent: str) -> Iterable[str]:
    """A derivation, and indented below it those of its premises."""
    words = " ".join(short(text(term) or "") for term in derivation.triple)
    rule = line(derivation.rule)
    by = f"claim {short(derivation.claim)} by rule {rule}" if derivation.claim else rule
    yield f"{indent}{words}  ({by})\n"
    for premise in derivation.premises:
        yield from _steps(premise, indent + "  ")
