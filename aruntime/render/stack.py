"""A composition as an architect reads it: what to act on first, then the rest, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aruntime.composition import ACTION, Answer, Composition, Seam
from aruntime.render.tables import Table

SYMBOLS: Final = {
    "disputed": "!",
    "contended": "!",
    "gap": "✗",
    "open-delegation": "→",
    "delegated": "⇒",
    "layered": "≡",
    "owned": "●",
    "platform": "○",
    "unknown": "?",
}
_COLOURS: Final = {"disputed": "red", "contended": "red", "gap": "red", "open-delegation": "yellow", "unknown": "dim"}
_MARKED = ("preview", "experimental", "deprecated")


def who(answer: Answer) -> str:
    """Who owns, delegates or leaves it, in a few words: ``vllm``, ``kserve → knative (Knative mode)``."""
    parts = []
    for claim in answer.claims:
        text = claim.runtime
        if claim.stance == "delegated":
            text += f" → {claim.delegate}"
        elif claim.stance != "native":
            text += f" ({claim.stance})"
        notes = [note for note in (claim.mode, claim.availability if claim.availability in _MARKED else None) if note]
        if answer.verdict in ("layered", "contended"):
            notes.insert(0, claim.scope)
        if notes:
            text += f" [{', '.join(notes)}]"
        if text not in parts:
            parts.append(text)
    return "; ".join(parts)


def sources(answer: Answer) -> str:
    """Names of the claims that say so, each of which ``why`` explains."""
    return " ".join(dict.fromkeys(claim.claim for claim in answer.claims))


def flat(composition: Composition) -> Table:
    """One row per responsibility and unit, for pipes and documents."""
    rows = [
        (str(a.layer), a.responsibility, a.unit, a.verdict, who(a), sources(a), " ".join(dict.fromkeys(c.locator for c in a.claims)))
        for a in composition.responsibilities
    ]
    return Table(("layer", "responsibility", "unit", "verdict", "who", "claims", "locators"), tuple(rows))


def as_text(composition: Composition, *, width: int, colour: bool) -> str:
    """The whole composition for a terminal *width* characters wide."""
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False)
    _head(console, composition)
    _action(console, composition)
    _owned(console, composition)
    _rest(console, composition)
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines()) + "\n"


def _head(console, composition: Composition) -> None:  # type: ignore[no-untyped-def]
    names = "  ".join(f"[bold]{c['runtime']}[/bold] {c['version'] or '(version unknown)'}" for c in composition.components)
    console.print(names)
    console.print("  ".join(f"{SYMBOLS[v]} {n} {v}" for v, n in composition.summary.items()))


def _grid(console, rows: Sequence[tuple[str, ...]], ratios: tuple[int, ...], style: str = "") -> None:  # type: ignore[no-untyped-def]
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1), expand=True)
    for ratio in ratios:
        grid.add_column(ratio=ratio or None, no_wrap=not ratio, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row), style=style)
    console.print(grid)


def _action(console, composition: Composition) -> None:  # type: ignore[no-untyped-def]
    impossible = [s for s in composition.seams if s.verdict == "incompatible"]
    if not composition.to_act_on and not impossible and not composition.lifecycle:
        return
    console.print("\n[bold]To decide[/bold]")
    for seam in impossible:
        console.print(f"! {_seam(seam)}", style="red")
    for warning in composition.lifecycle:
        console.print(f"! {warning['runtime']} is {warning['lifecycle']} (as of {warning['as_of'][:10]})  {warning['claim']}", style="yellow")
    for verdict in ACTION:
        rows = [
            (SYMBOLS[verdict], verdict, f"{a.responsibility} / {a.unit}", who(a), sources(a)) for a in composition.to_act_on if a.verdict == verdict
        ]
        if rows:
            _grid(console, rows, (0, 0, 3, 4, 3), _COLOURS.get(verdict, ""))


def _owned(console, composition: Composition) -> None:  # type: ignore[no-untyped-def]
    settled = ("delegated", "layered", "owned", "platform")
    for layer in sorted({a.layer for a in composition.responsibilities if a.verdict in settled}):
        console.print(f"\n[bold]Layer {layer}[/bold]")
        chosen = [a for a in composition.responsibilities if a.layer == layer and a.verdict in settled]
        _grid(console, [(SYMBOLS[a.verdict], a.verdict, f"{a.responsibility} / {a.unit}", who(a), sources(a)) for a in chosen], (0, 0, 3, 4, 3))


def _rest(console, composition: Composition) -> None:  # type: ignore[no-untyped-def]
    if composition.seams:
        console.print("\n[bold]Seams[/bold]")
        _grid(
            console,
            [
                ("●" if s.verdict == "evidenced" else "?" if s.verdict == "unverified" else "!", _seam(s), " ".join(c["claim"] for c in s.claims))
                for s in composition.seams
            ],
            (0, 4, 5),
        )
    if composition.boundary_questions:
        console.print("\n[bold]Boundary questions[/bold]")
        for entry in composition.boundary_questions:
            names = " ".join(claim["claim"].partition("#")[0] + "#" + claim["claim"].partition("#")[2] for claim in entry["claims"])
            console.print(f"{entry['question']}  [dim]({entry['family']})[/dim]\n  {names or 'unanswered'}")
    if composition.trade_offs:
        console.print("\n[bold]Trade-offs taken from opposite sides[/bold]")
        for entry in composition.trade_offs:
            console.print(f"{entry['tradeoff']}: " + "; ".join(f"{s['runtime']} favours {s['pole']} ({s['claim']})" for s in entry["sides"]))
    unknown = [a for a in composition.responsibilities if a.verdict == "unknown"]
    if unknown:
        console.print("\n[bold]Unknown[/bold] (open questions; * looked for in the sources and not found)")
        console.print(", ".join(a.responsibility + ("*" if a.reviewed else "") for a in unknown))
    console.print("\n[dim]aruntime why CLAIM shows the cited lines' address; --format json gives everything.[/dim]")


def _seam(seam: Seam) -> str:
    if seam.relation is None:
        return f"{seam.subject} and {seam.object}: unverified, no source found"
    first, last = seam.object_versions
    bounds = " " + " ".join(part for part in (f"≥ {first}" if first else "", f"≤ {last}" if last else "") if part) if first or last else ""
    text = f"{seam.subject} {seam.relation} {seam.object}{bounds}"
    return f"{text}: impossible with the version given" if seam.verdict == "incompatible" else text
