"""Comparison: where two components agree, differ, or are unknown; only where comparing means something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import slug


@dataclass(frozen=True)
class Side:
    """What one component says on a responsibility in a unit."""

    stance: str
    layer: int
    scope: str
    availability: str
    mode: str
    claim: str
    source: str


@dataclass(frozen=True)
class Line:
    """One responsibility and unit, and what each side says of it.

    Attributes:
        layer: the lowest at which a side places it.
    """

    responsibility: str
    unit: str
    layer: int
    verdict: str
    left: tuple[Side, ...]
    right: tuple[Side, ...]

    def json(self) -> Json:
        """The line with slugs as names."""
        sides = {"left": [vars(s) for s in self.left], "right": [vars(s) for s in self.right]}
        return {"responsibility": self.responsibility, "unit": self.unit, "layer": self.layer, "verdict": self.verdict, **sides}


@dataclass(frozen=True)
class Comparison:
    """Two components within a declared scope."""

    left: str
    right: str
    families: tuple[str, ...]
    layers: tuple[int, ...]
    lines: tuple[Line, ...]

    def json(self) -> Json:
        """The comparison with slugs as names."""
        scope = {"families": list(self.families), "layers": list(self.layers)}
        return {"left": self.left, "right": self.right, "scope": scope, "lines": [line.json() for line in self.lines]}


def compare(graph: Graph, left: str, right: str, layers: Sequence[int] = ()) -> Comparison:
    """Compare two components of one family and layer, or within layers that the caller names.

    Raises:
        UsageError: a component is unknown, both are the same, or they share neither family nor layer and no scope is
            declared: a table of unlike things would say nothing.
    """
    one, two = graph.identify(left), graph.identify(right)
    if one == two:
        raise UsageError("a component cannot be compared with itself")
    families = sorted(_families(graph, one) & _families(graph, two))
    said = {side: _lines(graph, side) for side in (one, two)}
    at = {side: {s.layer for sides in said[side].values() for s in sides if s.stance in ("native", "partial")} for side in (one, two)}
    shared = sorted(at[one] & at[two])
    chosen = sorted(set(layers)) or shared
    if not layers and not (families and shared):
        raise UsageError(
            f"{left} and {right} share {'no family' if not families else 'no layer'} "
            f"({_words(graph, one, at[one])}; {_words(graph, two, at[two])}): "
            "their units differ, so a comparison would mislead; declare a scope with --layer N, or see aruntime compose"
        )
    lines = []
    for key in {key for side in said.values() for key, sides in side.items() if any(s.layer in chosen for s in sides)}:
        sides = said[one].get(key, ()), said[two].get(key, ())
        lines.append(Line(*key, min(s.layer for s in (*sides[0], *sides[1])), _verdict(*sides), *sides))
    lines.sort(key=lambda line: (line.layer, line.responsibility, line.unit))
    return Comparison(slug(one), slug(two), tuple(families), tuple(chosen), tuple(lines))


def _words(graph: Graph, side: str, layers: set[int]) -> str:
    families = ", ".join(sorted(_families(graph, side))) or "no family"
    return f"{slug(side)}: {families}, layers {', '.join(map(str, sorted(layers))) or 'none'}"


def _families(graph: Graph, component: str) -> set[str]:
    return {slug(row["family"] or "") for row in graph.ask("families", {"runtime": component}).records()}


def _lines(graph: Graph, component: str) -> dict[tuple[str, str], tuple[Side, ...]]:
    """What a component says, by responsibility and unit."""
    found: dict[tuple[str, str], tuple[Side, ...]] = {}
    for row in graph.ask("claims-of-runtime", {"runtime": component}).records():
        value = {key: slug(text or "") for key, text in row.items()}
        key = value["responsibility"], value["unit"]
        mode = row["mode"] or ""
        side = Side(value["stance"], int(value["layer"]), value["scope"], value["availability"], mode, value["claim"], value["source"])
        if side not in found.get(key, ()):
            found[key] = (*found.get(key, ()), side)
    return found


def _verdict(left: Sequence[Side], right: Sequence[Side]) -> str:
    if not left or not right:
        return "unknown"
    return "agree" if {s.stance for s in left} == {s.stance for s in right} else "differ"
