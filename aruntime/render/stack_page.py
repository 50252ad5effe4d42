"""A composition on a terminal, as an architect reads it: what to decide first, in headlines, then each
row with its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aruntime.composition import OWNED, Alternative, Choice, Composition, Row, shown
from aruntime.render.formats import Screen
from aruntime.render.layout import BOLD, DIM, Look, grid, styled, wrap
from aruntime.render.safe import line
from aruntime.render.stack import UNSHOWN, option_words, seam_words, warnings, who

_URGENT = {"fg": "red", "bold": True}
_OPEN = {"fg": "yellow", "bold": True}


def as_text(
    found: Composition, screen: Screen, *, brief: bool = False, everything: bool = False
) -> str:
    """The composition for a terminal.

    Args:
        brief: headlines alone.
        everything: list what is settled, unknown or not asked for, too.
    """
    page = _Page(found, min(screen.width, 110), screen.colour)
    page.head()
    page.headlines()
    if not brief:
        page.details()
    page.rest(everything)
    return "\n".join(text.rstrip() for text in page.lines) + "\n"


class _Page:
    """One composition on its way to lines of text."""

    def __init__(self, found: Composition, width: int, colour: bool) -> None:
        self.found = found
        self.width = width
        self.colour = colour
        self.lines: list[str] = []

    def add(self, text: str = "", look: Look | None = None, indent: int = 0) -> None:
        """Add a paragraph; its first line begins where it is, further ones are indented."""
        for number, part in enumerate(wrap(line(text), self.width - indent)):
            self.lines.append(
                " " * (indent if number else 0) + styled(part, look or {}, self.colour)
            )

    def head(self) -> None:
        names = []
        for member in self.found.components:
            version = member.version or "(version unknown)"
            chosen = f" [{', '.join(member.configurations)}]" if member.configurations else ""
            names.append(f"{member.name} {version}{chosen}")
        self.add(" · ".join(names), BOLD)
        counts = [
            f"{n} {self._word(verdict)}"
            for verdict, n in self.found.summary.items()
            if verdict != "aside"
        ]
        purposes = (
            " and ".join(p.replace("-", " ") for p in self.found.purposes) or "no known purpose"
        )
        self.add(f"for {purposes}: " + " · ".join(counts), DIM)
        for warning in warnings(self.found):
            self.add(f"! {warning}", _URGENT, 2)

    def headlines(self) -> None:
        """Every decision in a few lines: choices, conflicts, missing components, then the rest by
        verdict."""
        self.lines.append("")
        idle = []
        for choice in sorted(self.found.choices, key=lambda c: -self._waiting(c)):
            if choice.chosen is None and (waiting := self._waiting(choice)):
                decides = f"; decides {waiting} of these verdicts" if waiting > 1 else ""
                self._entry("◇ choose", f"{choice.component} {_choice(choice)}{decides}", _OPEN)
            elif choice.chosen is None:
                default = f" ({choice.default} by default)" if choice.default else ""
                idle.append(f"{choice.component} {choice.choice}{default}")
            elif choice.implied:
                taken = f"{choice.component} {choice.choice} = {choice.chosen}, since what it needs is here"
                self._entry("  taken", taken, DIM)
        if idle:
            text = f"{', '.join(idle)}: none of these verdicts waits for it"
            self._entry("  also open", text, DIM)
        for verdict in self.found.words:
            rows = [row for row in self._acting() if row.verdict == verdict]
            if verdict == "open-delegation":
                self._missing()
            exclusive = [row for row in rows if any(o.choice for o in row.options)]
            features = []
            if verdict == "choice":
                features = [row for row in rows if row.options and row not in exclusive]
                rows = exclusive
            if rows:
                look = _OPEN if verdict in ("choice", "open-delegation") else _URGENT
                self._entry(f"{self._symbol(verdict)} {self._word(verdict)}", _names(rows), look)
            if features:
                self._entry("◇ off unless turned on", _names(features), _OPEN)
        settled = (row for row in self.found.rows if shown(row) and row.verdict in OWNED)
        choosing = [(r, [unit for unit, v in r.units if v == "choice"]) for r in settled]
        if elsewhere := [f"{r.responsibility} ({', '.join(us)})" for r, us in choosing if us]:
            text = f"{', '.join(elsewhere)}: settled in other units of work alone"
            self._entry("◇ open in this unit", text, _OPEN)

    def _missing(self) -> None:
        """Absent components: those that are missing anyway with what they would take over, the
        others with what has to be chosen first."""
        anyway, later = [], []
        for m in self.found.missing:
            names = " or ".join((m.component, *m.alternatives))
            if m.once:
                later.append(f"{names} with {' or '.join(m.once)}")
            else:
                anyway.append(f"{names} ({', '.join(m.closes)})")
        if anyway:
            self._entry("+ missing", "; ".join(anyway), _URGENT)
        if later:
            self._entry("+ once chosen", "; ".join(later), _OPEN)

    def _waiting(self, choice: Choice) -> int:
        """How many verdicts that ask for action an open choice decides, at least in part."""
        mine = (choice.component, choice.choice)
        return sum(any((o.component, o.choice) == mine for o in r.options) for r in self._acting())

    def _entry(self, label: str, text: str, look: Look) -> None:
        gap = 24
        for number, part in enumerate(wrap(line(text), self.width - gap)):
            head = label if not number else ""
            self.lines.append(
                styled(f"{head:<{gap}}", look if not number else {}, self.colour) + part
            )

    def details(self) -> None:
        """Each row to act on: who says what, in its sentence, with the claim's name and source."""
        for verdict, (word, symbol, meaning) in self.found.words.items():
            rows = [row for row in self._acting() if row.verdict == verdict]
            if rows:
                self.lines.append("")
                self.add(f"{symbol} {word}: {meaning[0].lower()}{meaning[1:]}", BOLD, 2)
                for row in rows:
                    self.row(row)

    def row(self, row: Row) -> None:
        """One responsibility with its units, conditions and claims."""
        units = ", ".join(u if v == row.verdict else f"{u}: {self._word(v)}" for u, v in row.units)
        self.lines.append(
            "  "
            + styled(row.responsibility, BOLD, self.colour)
            + styled(f"  {units}", DIM, self.colour)
        )
        for text in (*row.conditions, *map(option_words, row.options)):
            self._indented(f"· {text}", 4)
        for claim in row.speaking:
            self._indented(f"{who(claim)}: {claim.statement}", 4)
            self._indented(f"{claim.claim}  {claim.source or UNSHOWN}", 6, DIM)

    def _indented(self, text: str, indent: int, look: Look | None = None) -> None:
        for number, part in enumerate(wrap(line(text), self.width - indent - 2)):
            self.lines.append(
                " " * (indent + (2 if number else 0)) + styled(part, look or {}, self.colour)
            )

    def rest(self, everything: bool) -> None:
        """What is settled, by layer; what is not known; what joins the components; what else there
        is to read."""
        self.lines.append("")
        self._settled(everything)
        self._unknown(everything)
        if aside := [row for row in self.found.rows if not shown(row)]:
            count = f"{len(aside)} responsibilities (--all)"
            self._entry("· not asked for", _names(aside) if everything else count, DIM)
        joined = dict.fromkeys(seam_words(seam) for seam in self.found.seams)
        self._entry("between them", "; ".join(joined) or "a single component", {})
        if everything:
            self._beside()
        self.lines.append("")
        hints = ["aruntime why CLAIM opens the cited lines"]
        if undecided := [choice for choice in self.found.choices if choice.chosen is None]:
            first = max(undecided, key=self._waiting)
            hints.append(f"--in {first.component}={first.options[0].option} chooses")
        if not everything:
            hints.append("--all lists the rest")
        self.add(" · ".join(hints), DIM)

    def _settled(self, everything: bool) -> None:
        settled = [row for row in self.found.rows if shown(row) and row.settled]
        for layer in sorted({row.layer for row in settled}):
            rows = [row for row in settled if row.layer == layer]
            if not everything:
                self._entry(f"● settled, layer {layer}", _names(rows), {"fg": "green"})
                continue
            self.add(f"Layer {layer}", BOLD)
            cells = [
                (
                    f"  {self._symbol(r.verdict)} {r.responsibility}",
                    "; ".join(dict.fromkeys(_who_holds(r))),
                )
                for r in rows
            ]
            self.lines += grid(cells, self.width, ({}, DIM), colour=self.colour)

    def _unknown(self, everything: bool) -> None:
        """What nobody is shown to own: whatever is turned on, and until something is."""
        rows = [row for row in self.found.rows if row.verdict == "unknown"]
        off = [row for row in rows if row.options]
        if never := [row for row in rows if not row.options]:
            legend = " (* the sources were searched)" if any(r.reviewed for r in never) else ""
            self._entry("? not known", _names(never, mark=True) + legend, DIM)
        if off:
            self._entry("? until turned on", _names(off), DIM)
        for row in off if everything else ():
            for option in row.options:
                self._indented(f"{row.responsibility}: {option_words(option)}", 24, DIM)

    def _beside(self) -> None:
        """What is said beside the verdicts: limits, boundary questions and trade-offs."""
        for claim in self.found.limits:
            mark = f", {UNSHOWN}" if claim.status == "assumed" else ""
            text = f"{claim.responsibility}: {claim.statement} ({claim.claim}{mark})"
            self._entry("limit", text, DIM)
        for asked in self.found.questions:
            self._entry(asked.family, f"{asked.question} {' '.join(asked.claims)}", DIM)
        for found in self.found.trade_offs:
            sides = (f"{s.component} favours {s.pole} ({s.claim})" for s in found.sides)
            self._entry(found.tradeoff, "; ".join(sides), DIM)

    def _acting(self) -> list[Row]:
        return [row for row in self.found.ordered if row.act and shown(row)]

    def _word(self, verdict: str) -> str:
        return self.found.words[verdict][0]

    def _symbol(self, verdict: str) -> str:
        return self.found.words[verdict][1]


def _who_holds(row: Row) -> Iterator[str]:
    return (who(claim) for claim in row.claims if claim.state == "holds" and claim.role != "limit")


def _names(rows: Iterable[Row], *, mark: bool = False) -> str:
    return ", ".join(
        row.responsibility
        + ("*" if mark and row.reviewed else "")
        + (" (assumed)" if row.assumed else "")
        for row in rows
    )


def _choice(choice: Choice) -> str:
    def told(found: Alternative) -> str:
        notes = ["default"] if found.option == choice.default else []
        notes += [f"needs {name}" for name in found.missing]
        return f"{found.option} ({', '.join(notes)})" if notes else found.option

    return f"{choice.choice}: " + " | ".join(map(told, choice.options))
