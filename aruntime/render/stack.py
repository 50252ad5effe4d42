"""A composition as an architect reads it: what to decide first, then the rest, each with the claim that says so."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aruntime.compose import ACTION, Answer, Cited, Composition, Seam
from aruntime.render.tables import Table

MEANING: Final = {
    "disputed": ("!", "claims about the same component disagree"),
    "contended": ("!", "two components own it over the same resources"),
    "gap": ("✗", "excluded by all who speak of it, owned by none"),
    "open-delegation": ("→", "handed to a component that is missing, or not shown to own it"),
    "delegated": ("⇒", "handed to a component in the stack that owns it"),
    "layered": ("≡", "owned more than once, without conflict"),
    "owned": ("●", "owned by one component"),
    "platform": ("○", "expected from the platform"),
    "unknown": ("?", "nothing is claimed: an open question, not a no"),
}
"""For each verdict its symbol and what it means."""

_COLOURS: Final = {"disputed": "red", "contended": "red", "gap": "red", "open-delegation": "yellow"}
_SETTLED: Final = ("delegated", "layered", "owned", "platform")
_MARKED: Final = ("preview", "experimental", "deprecated")
_WORDS: Final = {"partial": "in part", "platform": "expects the platform", "excluded": "does not"}


def who(claim: Cited, *, scope: bool) -> str:
    """Who owns, delegates or leaves it: ``vllm``, ``kserve → knative [Knative mode]``, ``vllm: does not``."""
    words = claim.runtime
    if claim.stance == "delegated":
        words += f" → {claim.delegate}"
    elif claim.stance != "native":
        words += f": {_WORDS[claim.stance]}"
    notes = [claim.scope] if scope else []
    notes += [note for note in (claim.mode, claim.availability if claim.availability in _MARKED else None) if note]
    return f"{words} [{', '.join(notes)}]" if notes else words


def flat(composition: Composition) -> Table:
    """One row per responsibility and unit, for pipes and documents."""
    columns = ("layer", "responsibility", "unit", "verdict", "reviewed", "who", "claims", "locators")
    return Table(columns, tuple(_flat(answer) for answer in composition.responsibilities))


def _flat(answer: Answer) -> tuple[str, ...]:
    said = dict.fromkeys(who(claim, scope=True) for claim in answer.claims)
    claims = dict.fromkeys(claim.claim for claim in answer.claims)
    places = dict.fromkeys(claim.locator for claim in answer.claims)
    reviewed = ("yes" if answer.reviewed else "no") if answer.verdict == "unknown" else ""
    return (str(answer.layer), answer.responsibility, answer.unit, answer.verdict, reviewed, "; ".join(said), " ".join(claims), " ".join(places))


def warnings(composition: Composition) -> list[str]:
    """What one row per responsibility cannot tell: seams whose versions do not fit, and what was read in another version."""
    return [*(_seam(seam) for seam in composition.seams if seam.object_version), *composition.notes]


def as_text(composition: Composition, *, width: int, colour: bool) -> str:
    """The whole composition for a terminal *width* characters wide."""
    from rich.console import Console

    out = io.StringIO()
    page = _Page(Console(file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False))
    page.head(composition)
    page.decisions(composition)
    page.settled(composition)
    page.seams(composition)
    page.questions(composition)
    page.unknown(composition)
    page.foot()
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines()) + "\n"


class _Page:
    """One composition on its way to a console."""

    def __init__(self, console) -> None:  # type: ignore[no-untyped-def]
        self.console = console

    def head(self, composition: Composition) -> None:
        names = "   ".join(f"[bold]{c['runtime']}[/bold] {c['version'] or '(version unknown)'}" for c in composition.components)
        self.console.print(names)
        self.console.print("   ".join(f"{MEANING[v][0]} {n} {v}" for v, n in composition.summary.items()))

    def title(self, text: str, note: str = "", style: str = "bold") -> None:
        self.console.print(f"\n[{style}]{text}[/{style}]" + (f"  [dim]{note}[/dim]" if note else ""))

    def decisions(self, composition: Composition) -> None:
        impossible = [seam for seam in composition.seams if seam.verdict == "incompatible"]
        for seam in impossible:
            self.console.print(f"\n! {_seam(seam)}", style="bold red")
        for note in composition.notes:
            self.console.print(f"\n! {note}", style="yellow")
        for warning in composition.lifecycle:
            text = f"\n! {warning['runtime']} is {warning['lifecycle']} as of {warning['as_of'][:10]}"
            self.console.print(f"{text}  [dim]{_part(warning['claim'])}[/dim]", style="yellow")
        for verdict in ACTION:
            chosen = [answer for answer in composition.to_act_on if answer.verdict == verdict]
            if chosen:
                symbol, meaning = MEANING[verdict]
                self.title(f"{symbol} {verdict}", meaning, f"bold {_COLOURS[verdict]}")
                self.answers(chosen)

    def settled(self, composition: Composition) -> None:
        chosen = [answer for answer in composition.responsibilities if answer.verdict in _SETTLED]
        for layer in sorted({answer.layer for answer in chosen}):
            self.title(f"Layer {layer}")
            self.answers([answer for answer in chosen if answer.layer == layer], symbols=True)

    def answers(self, answers: Iterable[Answer], *, symbols: bool = False) -> None:
        rows = []
        for answer in answers:
            name = f"{answer.responsibility} / {answer.unit}"
            for number, (said, claim) in enumerate(_lines(answer)):
                rows.append((f"{MEANING[answer.verdict][0]} {name}" if symbols and not number else f"  {name}" if not number else "", said, claim))
        self.grid(rows, (9, 9, 7))

    def seams(self, composition: Composition) -> None:
        if composition.seams:
            self.title("Seams", "what is evidenced between the components")
            marks = {"evidenced": "●", "unverified": "?", "incompatible": "!"}
            rows = [
                (f"{'!' if s.object_version else marks[s.verdict]} {_seam(s)}", " ".join(dict.fromkeys(_part(c["claim"]) for c in s.claims)))
                for s in composition.seams
            ]
            self.grid(rows, (18, 7))

    def questions(self, composition: Composition) -> None:
        if composition.boundary_questions:
            self.title("Boundary questions")
        for entry in composition.boundary_questions:
            self.console.print(f"  {entry['question']}  [dim]{entry['family']}[/dim]")
            names = " ".join(claim["claim"] for claim in entry["claims"])
            self.grid([("", names or "unanswered: no claim speaks of it")], (1, 24), dim=bool(names))
        if composition.trade_offs:
            self.title("Trade-offs", "components that take opposite sides")
        for entry in composition.trade_offs:
            rows = [
                (f"  {entry['tradeoff']}" if not n else "", f"{s['runtime']} favours {s['pole']}", _part(s["claim"]))
                for n, s in enumerate(entry["sides"])
            ]
            self.grid(rows, (9, 9, 7))

    def unknown(self, composition: Composition) -> None:
        chosen = [answer for answer in composition.responsibilities if answer.verdict == "unknown"]
        if chosen:
            symbol, meaning = MEANING["unknown"]
            self.title(f"{symbol} unknown", f"{meaning}; * was looked for in the sources")
            self.grid([("", ", ".join(a.responsibility + ("*" if a.reviewed else "") for a in chosen))], (1, 60))

    def foot(self) -> None:
        self.console.print("\n[dim]aruntime why COMPONENT#CLAIM opens the cited lines; --format json gives everything.[/dim]")

    def grid(self, rows: Sequence[tuple[str, ...]], ratios: tuple[int, ...], *, dim: bool = True) -> None:
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid.grid(padding=(0, 1), expand=True)
        for number, ratio in enumerate(ratios):
            last = number == len(ratios) - 1
            grid.add_column(ratio=ratio, overflow="fold", style="dim" if last and dim else "")
        for row in rows:
            grid.add_row(*(Text(cell) for cell in row))
        self.console.print(grid)


def _lines(answer: Answer) -> Iterator[tuple[str, str]]:
    """What each claim says, and its name; one claim with several passages is one line."""
    scope = answer.verdict in ("layered", "contended", "disputed")
    for claim in {claim.claim: claim for claim in answer.claims}.values():
        yield who(claim, scope=scope), _part(claim.claim)


def _part(claim: str) -> str:
    """``#slug``: the component stands beside it."""
    return "#" + claim.partition("#")[2]


def _seam(seam: Seam) -> str:
    if seam.relation is None:
        return f"{seam.subject} and {seam.object}: unverified, no source found"
    first, last = seam.object_versions
    bounds = [part for part in (f"≥ {first}" if first else "", f"≤ {last}" if last else "") if part]
    text = " ".join([seam.subject, seam.relation, seam.object, *bounds])
    if seam.verdict == "incompatible":
        return f"{text}: impossible with {seam.object_version}, the version given"
    return f"{text}: not {seam.object_version}, the version listed above" if seam.object_version else text
