"""Candidates and comparisons as tables of cells."""

from __future__ import annotations

from collections.abc import Sequence

from aruntime.comparison import Comparison
from aruntime.composition import Row
from aruntime.render.formats import Table
from aruntime.selection import Candidate

_STANDINGS = {
    "differ": "they differ",
    "one-sided": "known of one",
    "other-units": "both, in other units",
    "agree": "alike",
}


def candidates(found: Sequence[Candidate]) -> Table:
    """One row per candidate: its verdict, how it meets each need, notes, and the claims that say so."""
    rows = []
    for candidate in found:
        answers = "; ".join(_answer(a.need, a.words, a.conditions) for a in candidate.answers)
        claims = dict.fromkeys(c["claim"] for a in candidate.answers for c in a.claims)
        notes = "; ".join(candidate.notes)
        rows.append((candidate.verdict, candidate.component, answers, notes, " ".join(claims)))
    return Table(("verdict", "component", "needs", "notes", "claims"), tuple(rows))


def _answer(need: str, answer: str, conditions: Sequence[str]) -> str:
    return f"{need}: {answer}" + (f" ({'; '.join(conditions)})" if conditions else "")


def comparison(found: Comparison) -> Table:
    """One row per responsibility, differences first."""
    rows = tuple(
        (
            _STANDINGS[line.standing],
            str(line.layer),
            line.responsibility,
            side(line.left),
            side(line.right),
        )
        for line in found.lines
    )
    families = ", ".join(found.families) or "none shared"
    layers = ", ".join(map(str, found.layers))
    title = f"{found.left} and {found.right} · families {families} · layers {layers}"
    return Table(("standing", "layer", "responsibility", found.left, found.right), rows, title)


def side(row: Row | None) -> str:
    """One side of a comparison in words: the verdict, its units, conditions and claims."""
    if row is None:
        return "not known"
    units = ", ".join(unit for unit, _ in row.units)
    options = [f"{o.configuration}: {', '.join(o.owners) or 'nobody'}" for o in row.options]
    notes = "; ".join((*row.conditions, *options))
    return f"{row.verdict} ({units})" + (f" {notes}" if notes else "")
