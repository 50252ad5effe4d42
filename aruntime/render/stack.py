"""A composition as an architect reads it: what to decide first, then the rest, each with the claim that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from aruntime.compose import ACTION, Answer, Cited, Composition, Seam
from aruntime.render import layout
from aruntime.render.formats import Table
from aruntime.render.layout import styled
from aruntime.render.safe import line

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
    page = _Page(width, colour)
    page.head(composition)
    page.decisions(composition)
    page.settled(composition)
    page.seams(composition)
    page.questions(composition)
    page.unknown(composition)
    page.foot()
    return "".join(f"{text}\n" for text in page.lines)


class _Page:
    """The lines of one composition."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self.lines: list[str] = []

    def print(self, text: str, **look: Any) -> None:
        """Add a paragraph: safe to show, wrapped, in one look."""
        for part in layout.wrap(line(text), self.width):
            self.lines.append(styled(part, look, self.colour))

    def head(self, composition: Composition) -> None:
        names = [
            f"{styled(line(c['runtime']), layout.BOLD, self.colour)} {line(c['version'] or '(version unknown)')}"
            for c in composition.components
        ]
        self.lines.append("   ".join(names))
        self.lines.append("   ".join(f"{MEANING[v][0]} {n} {v}" for v, n in composition.summary.items()))

    def title(self, text: str, note: str = "", colour: str | None = None) -> None:
        self.lines.append("")
        said = styled(text, {"bold": True, "fg": colour}, self.colour)
        self.lines.append(said + (f"  {styled(note, layout.DIM, self.colour)}" if note else ""))

    def decisions(self, composition: Composition) -> None:
        impossible = [seam for seam in composition.seams if seam.verdict == "incompatible"]
        for seam in impossible:
            self.lines.append("")
            self.print(f"! {_seam(seam)}", bold=True, fg="red")
        for note in composition.notes:
            self.lines.append("")
            self.print(f"! {note}", fg="yellow")
        for warning in composition.lifecycle:
            self.lines.append("")
            text = f"! {warning['runtime']} is {warning['lifecycle']} as of {warning['as_of'][:10]}"
            self.print(f"{text} {_part(warning['claim'])}", fg="yellow")
        for verdict in ACTION:
            chosen = [answer for answer in composition.to_act_on if answer.verdict == verdict]
            if chosen:
                symbol, meaning = MEANING[verdict]
                self.title(f"{symbol} {verdict}", meaning, _COLOURS[verdict])
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
        self.grid(rows)

    def seams(self, composition: Composition) -> None:
        if composition.seams:
            self.title("Seams", "what is evidenced between the components")
            marks = {"evidenced": "●", "unverified": "?", "incompatible": "!"}
            rows = [
                (f"{'!' if s.object_version else marks[s.verdict]} {_seam(s)}", " ".join(dict.fromkeys(_part(c["claim"]) for c in s.claims)))
                for s in composition.seams
            ]
            self.grid(rows)

    def questions(self, composition: Composition) -> None:
        if composition.boundary_questions:
            self.title("Boundary questions")
        for entry in composition.boundary_questions:
            self.print(f"{entry['question']} ({entry['family']})")
            names = " ".join(claim["claim"] for claim in entry["claims"])
            self.grid([("", names or "unanswered: no claim speaks of it")], dim=bool(names))
        if composition.trade_offs:
            self.title("Trade-offs", "components that take opposite sides")
        for entry in composition.trade_offs:
            rows = [
                (f"  {entry['tradeoff']}" if not n else "", f"{s['runtime']} favours {s['pole']}", _part(s["claim"]))
                for n, s in enumerate(entry["sides"])
            ]
            self.grid(rows)

    def unknown(self, composition: Composition) -> None:
        chosen = [answer for answer in composition.responsibilities if answer.verdict == "unknown"]
        if chosen:
            symbol, meaning = MEANING["unknown"]
            self.title(f"{symbol} unknown", f"{meaning}; * was looked for in the sources")
            self.grid([("", ", ".join(a.responsibility + ("*" if a.reviewed else "") for a in chosen))])

    def foot(self) -> None:
        self.lines.append("")
        self.print("aruntime why COMPONENT#CLAIM opens the cited lines; --format json gives everything.", dim=True)

    def grid(self, rows: Sequence[tuple[str, ...]], *, dim: bool = True) -> None:
        cells = [tuple(_cell(cell) for cell in row) for row in rows]
        looks: list[layout.Look] = [{}] * (len(rows[0]) - 1) if rows else []
        self.lines += layout.grid(cells, self.width, [*looks, layout.DIM if dim else {}], colour=self.colour)


def _cell(text: str) -> str:
    """A cell that is safe to show, with its indentation."""
    return " " * (len(text) - len(text.lstrip(" "))) + line(text)


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
