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
    show,
    show_json,
    show_rows,
)
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Derivation, Json, text
from aruntime.render.formats import short
from aruntime.render.safe import line
from aruntime.why import claims_of, explain

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
    if len(parts) == 1:
        _claim(graph, parts[0], form)
    elif len(parts) == 3:
        _statement(graph, parts, form)
    else:
        raise UsageError("give a claim, or thing, predicate and object")


def _claim(graph: Graph, name: str, form: str) -> None:
    """Write the cited lines of one claim."""
    found = graph.ask("evidence-of", {"claim": graph.find(name)})
    if not found.rows:
        raise UsageError(
            f"{name} is not a claim, so no lines are cited for it; see aruntime show {name}"
        )
    if form == "table":
        show("".join(_cited(found.records())))
    else:
        show_rows(found, form)


def _statement(graph: Graph, parts: tuple[str, ...], form: str) -> None:
    """Write the derivations of one statement, and the cited lines of the claims they rest on."""
    derivations = explain(graph, *parts)
    evidence = [
        row
        for claim in claims_of(derivations)
        for row in graph.ask("evidence-of", {"claim": claim}).records()
    ]
    if form == "json":
        show_json({"derivations": list(map(_object, derivations)), "evidence": evidence})
    else:
        told = [text for derivation in derivations for text in _told(derivation, "")]
        show("".join([*told, "\n", *_cited(evidence)]))


def _cited(evidence: Iterable[Mapping[str, str | None]]) -> Iterable[str]:
    """Each claim in words, and below it where its lines stand."""
    said = None
    for row in evidence:
        if row["claim"] != said:
            said = row["claim"]
            yield line(f"{short(said or '')}: {row['statement']}") + "\n"
        yield f"  {short(row['source'] or '')}  {line(row['locator'] or '')}\n"


def _told(derivation: Derivation, indent: str) -> Iterable[str]:
    """A derivation, and indented below it those of its premises."""
    words = " ".join(short(text(term) or "") for term in derivation.triple)
    rule = line(derivation.rule)
    by = f"claim {short(derivation.claim)} by rule {rule}" if derivation.claim else rule
    yield f"{indent}{words}  ({by})\n"
    for premise in derivation.premises:
        yield from _told(premise, indent + "  ")


def _object(derivation: Derivation) -> Json:
    return {
        "triple": [text(term) for term in derivation.triple],
        "rule": derivation.rule,
        "claim": derivation.claim,
        "premises": list(map(_object, derivation.premises)),
    }
