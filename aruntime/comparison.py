"""Comparison: where two components differ, which one alone is known to own something, and where
they agree.

Each component is judged by itself with the queries that judge stacks, so that a row says what an
architect would read of either: its verdict, its units of work, its conditions. No ranking, ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from aruntime.composition import OWNED, OWNING, Row
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, plain
from aruntime.namespaces import slug
from aruntime.stacks import compose

STANDINGS: Final = {
    "differ": "they differ",
    "one-sided": "known of one",
    "other-units": "both, in other units",
    "agree": "alike",
}
"""How two components stand to each other on a responsibility, what matters most first, in words."""


class Line(NamedTuple):
    """One responsibility and what each side comes to.

    Attributes:
        layer: the lowest at which a side places it.
        standing: ``differ``; ``one-sided`` (nothing is known of the other); ``other-units`` (both
            own it, in different units of work); or ``agree``.
    """

    responsibility: str
    layer: int
    standing: str
    left: Row | None
    right: Row | None


class Comparison(NamedTuple):
    """Two components within a declared scope.

    Attributes:
        words: for each verdict, its word, symbol and definition.
    """

    left: str
    right: str
    families: tuple[str, ...]
    layers: tuple[int, ...]
    lines: tuple[Line, ...]
    words: Mapping[str, tuple[str, str, str]]

    def json(self) -> Json:
        """The comparison with slugs as names."""
        lines = [
            {
                "responsibility": line.responsibility,
                "layer": line.layer,
                "standing": line.standing,
                "left": side_json(line.left),
                "right": side_json(line.right),
            }
            for line in self.lines
        ]
        scope = {"families": list(self.families), "layers": list(self.layers)}
        return {"left": self.left, "right": self.right, "scope": scope, "lines": lines}


def side_json(row: Row | None) -> Json | None:
    """One side of a line."""
    if row is None:
        return None
    return {
        "verdict": row.verdict,
        "units": [unit for unit, _ in row.units],
        "conditions": list(row.conditions),
        "options": plain(row.options),
        "claims": [claim.claim for claim in row.claims],
        "assumed": list(row.assumed),
    }


def compare(graph: Graph, left: str, right: str, layers: Sequence[int] = ()) -> Comparison:
    """Compare two components of one family and layer, or within layers that the caller names.

    Raises:
        UsageError: a component is unknown, both are the same, or they share neither family nor
            layer and no scope is declared: a table of unlike things would say nothing.
    """
    one, two = graph.identify_component(left), graph.identify_component(right)
    if one == two:
        raise UsageError("a component cannot be compared with itself")
    sides = {name: compose(graph, [slug(name)]) for name in (one, two)}
    families = {name: _families(graph, name) for name in sides}
    at = {name: {r.layer for r in found.rows if _does(r)} for name, found in sides.items()}
    shared_families, shared_layers = (
        sorted(families[one] & families[two]),
        sorted(at[one] & at[two]),
    )
    if not layers and not (shared_families and shared_layers):
        raise UsageError(
            f"{slug(one)} and {slug(two)} share no {'layer' if shared_families else 'family'} "
            f"({_words(one, families, at)}; {_words(two, families, at)}): their units differ, so a comparison would "
            "mislead; declare a scope with --layer N, or see aruntime compose"
        )
    chosen = sorted(set(layers)) or shared_layers
    rows = [{r.responsibility: r for r in found.rows if r.claims} for found in sides.values()]
    lines = [
        _line(name, rows[0].get(name), rows[1].get(name))
        for name in rows[0].keys() | rows[1].keys()
    ]
    kept = [line for line in lines if line.layer in chosen]
    kept.sort(key=_order)
    families_, layers_ = tuple(shared_families), tuple(chosen)
    return Comparison(slug(one), slug(two), families_, layers_, tuple(kept), sides[one].words)


def _order(line: Line) -> tuple[int, bool, int, str]:
    """What matters most first; of differences those where one side alone has an owner."""
    owned = [row is not None and row.verdict in OWNED for row in (line.left, line.right)]
    place = [*STANDINGS].index(line.standing)
    return place, owned[0] == owned[1], line.layer, line.responsibility


def _does(row: Row) -> bool:
    """Whether a component does some of it, in some configuration."""
    return any(claim.role in OWNING for claim in row.claims)


def _line(name: str, left: Row | None, right: Row | None) -> Line:
    layer = min(row.layer for row in (left, right) if row is not None)
    if left is None or right is None:
        return Line(name, layer, "one-sided", left, right)
    same = left.verdict == right.verdict or {left.verdict, right.verdict} <= set(OWNED)
    if not same:
        return Line(name, layer, "differ", left, right)
    units = [{unit for unit, _ in row.units} for row in (left, right)]
    return Line(name, layer, "agree" if units[0] & units[1] else "other-units", left, right)


def _words(side: str, families: Mapping[str, set[str]], layers: Mapping[str, set[int]]) -> str:
    names = ", ".join(sorted(families[side])) or "no family"
    return f"{slug(side)}: {names}, layers {', '.join(map(str, sorted(layers[side]))) or 'none'}"


def _families(graph: Graph, component: str) -> set[str]:
    return {
        slug(row["family"] or "") for row in graph.ask("families", {"runtime": component}).records()
    }
