"""Reasons as people read them: rule by rule to claims, and from each claim to the cited lines."""

from __future__ import annotations

from collections.abc import Iterable

from aruntime.model import Derivation, Json, text
from aruntime.render.formats import Screen, short
from aruntime.render.layout import wrap
from aruntime.render.safe import line
from aruntime.why import Reasons


def as_text(found: Reasons, screen: Screen) -> str:
    """The steps of each derivation, then claims with where their lines stand, or who assumes
    them."""
    steps = [step for derivation in found.derivations for step in _steps(derivation, "")]
    apart = ["\n"] if steps else []
    cited = _cited(found.evidence, screen)
    return "".join([*steps, *apart, *cited, *_assumed(found.assumed, screen)])


def _said(claim: str, statement: str | None, screen: Screen) -> Iterable[str]:
    """A claim in words, on a terminal in lines that fit."""
    said = line(f"{short(claim)}: {statement}")
    return (f"{part}\n" for part in (wrap(said, screen.width) if screen.terminal else [said]))


def _cited(evidence: Iterable[Json], screen: Screen) -> Iterable[str]:
    """Each claim in words, and below it where its lines stand."""
    said = None
    for row in evidence:
        if row["claim"] != said:
            said = row["claim"]
            yield from _said(said or "", row["statement"], screen)
        yield f"  {short(row['source'] or '')}  {line(row['locator'] or '')}\n"


def _assumed(rows: Iterable[Json], screen: Screen) -> Iterable[str]:
    """Each claim in words, and below it who takes it to be so, and until when."""
    for row in rows:
        yield from _said(row["claim"] or "", row["statement"], screen)
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
