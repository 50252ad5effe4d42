"""Candidates, comparisons and matches as tables of cells."""

from __future__ import annotations

from collections.abc import Sequence

from aruntime.comparison import STANDINGS, Comparison
from aruntime.composition import Option, Row
from aruntime.names import name_of
from aruntime.render.formats import Screen, Table, short
from aruntime.render.layout import BOLD, DIM, grid, styled
from aruntime.render.safe import line
from aruntime.search import Match, marked
from aruntime.selection import Candidate


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


_MEETING = ("yes", "part", "assumed")
"""Verdicts of candidates that are shown need by need."""


def as_text(found: Sequence[Candidate], screen: Screen) -> str:
    """Candidates for a terminal: those that meet the needs with what limits each answer, then the
    others in a line each, with what they do not meet."""
    lines: list[str] = []
    for candidate in (c for c in found if c.verdict in _MEETING):
        lines.append(styled(f"{candidate.component}  {candidate.verdict}", BOLD, screen.colour))
        claims = dict.fromkeys(c["claim"] for a in candidate.answers for c in a.claims)
        rows = [(a.need, (a.words, *(f"· {c}" for c in a.conditions))) for a in candidate.answers]
        rows += [("note", candidate.notes)] if candidate.notes else []
        rows.append(("claims", (" ".join(claims),)))
        cells = [(f"  {line(name)}", "\n".join(map(line, said))) for name, said in rows]
        lines += [*grid(cells, screen.width), ""]
    rest = [c for c in found if c.verdict not in _MEETING]
    for verdict in dict.fromkeys(c.verdict for c in rest):
        those = [c for c in rest if c.verdict == verdict]
        lines.append(styled(verdict, BOLD, screen.colour))
        lines += grid(_lacking(those), screen.width)
    hint = "aruntime why CLAIM opens the cited lines · --format json lists everything"
    return "\n".join([*lines, *([""] if rest else []), styled(hint, DIM, screen.colour)]) + "\n"


def _lacking(found: Sequence[Candidate]) -> list[tuple[str, str]]:
    """What candidates lack, with their names; those that lack more than one need are counted."""
    near = [c for c in found if len(_unmet(c)) == 1] or found
    by_need: dict[str, list[str]] = {}
    for candidate in near:
        by_need.setdefault(", ".join(_unmet(candidate)), []).append(candidate.component)
    rows = [(f"  {line(needs)}", line(", ".join(names))) for needs, names in by_need.items()]
    if more := len(found) - len(near):
        rows.append(("  more than one need", f"{more} others"))
    return rows


def _unmet(candidate: Candidate) -> list[str]:
    """The needs that a candidate is not shown to meet, with their answers."""
    return [
        a.need if a.answer == "unknown" else f"{a.need}: {a.answer}"
        for a in candidate.answers
        if a.verdict not in _MEETING
    ]


def comparison_as_text(found: Comparison, screen: Screen) -> str:
    """A comparison for a terminal: under each standing the responsibilities with both sides."""
    lines = [styled(_scope(found), BOLD, screen.colour)]
    for standing, words in STANDINGS.items():
        own = [each for each in found.lines if each.standing == standing]
        if own:
            title = f"{words} ({len(own)})"
            names = (styled(f"  {name}", DIM, screen.colour) for name in (found.left, found.right))
            rows = [(title, *names)]
            rows += [
                (
                    f"  {each.responsibility}",
                    *(_side(found, row) for row in (each.left, each.right)),
                )
                for each in own
            ]
            lines += ["", *grid(rows, screen.width, colour=screen.colour)]
    return "\n".join(text.rstrip() for text in lines) + "\n"


def _side(found: Comparison, row: Row | None) -> str:
    """One side in a cell: verdict and units, then a line for each condition and option."""
    if row is None:
        return "· nothing claimed"
    word, symbol, _ = found.words[row.verdict]
    units = ", ".join(unit for unit, _ in row.units)
    said = [*row.conditions, *map(_option, row.options)]
    return "\n".join([f"{symbol} {word} ({units})", *(f"  {line(text)}" for text in said)])


def _option(option: Option) -> str:
    """What a configuration comes to; each side is judged alone, so that others are always absent."""
    owners = (owner.removesuffix(" (missing)") for owner in option.owners)
    return f"{option.configuration}: {', '.join(owners) or 'nobody'}"


def _scope(found: Comparison) -> str:
    families = ", ".join(found.families) or "none shared"
    layers = ", ".join(map(str, found.layers))
    return f"{found.left} and {found.right} · families {families} · layers {layers}"


def comparison(found: Comparison) -> Table:
    """One row per responsibility, differences first."""
    rows = tuple(
        (
            STANDINGS[line.standing],
            str(line.layer),
            line.responsibility,
            side(line.left),
            side(line.right),
        )
        for line in found.lines
    )
    columns = ("standing", "layer", "responsibility", found.left, found.right)
    return Table(columns, rows, _scope(found))


def matches(found: Sequence[Match]) -> Table:
    """One row per match: its name, the property that matches, and the text."""
    rows = tuple((name_of(m.thing), short(m.property), marked(m)) for m in found)
    return Table(("name", "property", "match"), rows)


def side(row: Row | None) -> str:
    """One side of a comparison in words: the verdict, its units, conditions and claims."""
    if row is None:
        return "not known"
    units = ", ".join(unit for unit, _ in row.units)
    notes = "; ".join((*row.conditions, *map(_option, row.options)))
    return f"{row.verdict} ({units})" + (f" {notes}" if notes else "")
