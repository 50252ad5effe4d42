"""``aruntime why``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from aruntime import questions
from aruntime.cli.options import format_option, open_graph, overlay_options, resolved, show_json, show_rows
from aruntime.errors import UsageError
from aruntime.why import claims_of, explain
from aruntime.model import Derivation, Json, text
from aruntime.render.tables import short


@click.command("why")
@click.argument("parts", nargs=-1, required=True, metavar="THING PREDICATE OBJECT | CLAIM")
@format_option()
@overlay_options
def command(overlays: tuple[Path, ...], endpoint: str | None, parts: tuple[str, ...], form: str) -> None:
    """Why a statement stands in the graph: rule by rule to claims, and from each claim to the cited lines.

    Example: aruntime why kserve hosts vllm
    """
    graph = open_graph(overlays, endpoint)
    form = resolved(form)
    if len(parts) == 1:
        claim = graph.find(parts[0])
        found = graph.ask("evidence-of", {"claim": claim})
        if not found.rows:
            raise UsageError(f"{parts[0]} is no claim, and rests on no evidence; see aruntime show {parts[0]}")
        if form == "table":
            _cite(found.records())
        else:
            show_rows(found, form)
        return
    if len(parts) != 3:
        raise UsageError("give a claim, or thing, predicate and object")
    if endpoint:
        raise UsageError("derivations are explained on the shipped graph and overlays, not on an endpoint")
    subject = questions.term("thing", graph.find(parts[0]))
    predicate = questions.term("thing", parts[1] if ":" in parts[1] else f"ar:{parts[1]}")
    value = questions.term("thing", graph.find_object(text(predicate) or "", parts[2]))
    derivations = explain(graph.engine.store, (subject, predicate, value))
    evidence = [row for claim in claims_of(derivations) for row in graph.ask("evidence-of", {"claim": claim}).records()]
    if form == "json":
        show_json({"derivations": [_object(d) for d in derivations], "evidence": evidence})
        return
    for derivation in derivations:
        _tell(derivation, "")
    click.echo()
    _cite(evidence)


def _cite(evidence: Iterable[Mapping[str, str | None]]) -> None:
    """Each claim in words, and below it where its lines stand."""
    said = None
    for row in evidence:
        if row["claim"] != said:
            said = row["claim"]
            click.echo(f"{short(said or '')}: {row['statement']}")
        click.echo(f"  {short(row['source'] or '')}  {row['locator'] or ''}")


def _tell(derivation: Derivation, indent: str) -> None:
    words = " ".join(short(text(term) or "") for term in derivation.triple)
    by = f"claim {short(derivation.claim)} by rule {derivation.rule}" if derivation.claim else derivation.rule
    click.echo(f"{indent}{words}  ({by})")
    for premise in derivation.premises:
        _tell(premise, indent + "  ")


def _object(derivation: Derivation) -> Json:
    return {
        "triple": [text(term) for term in derivation.triple],
        "rule": derivation.rule,
        "claim": derivation.claim,
        "premises": [_object(premise) for premise in derivation.premises],
    }
