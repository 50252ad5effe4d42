"""The landscape: runtimes by family, with how much each owns at every layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from aruntime.model import Rows
from aruntime.namespaces import slug
from aruntime.site.facts import Facts

_OWNING: Final = ("native", "embedded")
_SHORT: Final = ("Hardware", "Kernels", "Compiler", "Inference", "Serving", "Agents", "Workflow")
"""Words for the layers where a column has little room."""
_STEPS: Final = (1, 5, 10, 20)
"""From how many responsibilities on a cell has which shade."""


class Layer(NamedTuple):
    """A column."""

    iri: str
    number: int
    short: str


class Row(NamedTuple):
    """A runtime.

    Attributes:
        lifecycle: where it is not active, what it is.
        counts: responsibilities that it owns, as a whole or in part, at each layer.
        heat: for each count the shade of its cell, 0 to 4.
    """

    iri: str
    lifecycle: str
    counts: tuple[int, ...]
    heat: tuple[int, ...]


class Family(NamedTuple):
    """A family with its runtimes."""

    iri: str
    question: str
    rows: tuple[Row, ...]


def layers(facts: Facts) -> tuple[Layer, ...]:
    """The layers, by number."""
    found = sorted((int(facts.value(i, "ar:number") or 0), i) for i in facts.members("ar:Layer"))
    return tuple(Layer(iri, number, _SHORT[number]) for number, iri in found)


Owned = Mapping[tuple[str, str], set[str]]
"""For each runtime and layer the responsibilities that it owns, wholly or in part."""


def families(facts: Facts, owned: Owned, of: Sequence[str] = ()) -> tuple[Family, ...]:
    """Families with their runtimes, those that own most near the device first.

    Args:
        owned: what :func:`owned_at` gave.
        of: IRIs of the families wanted; all where none is given.
    """
    columns = layers(facts)
    found = []
    for family in facts.members("ar:Family"):
        rows = tuple(
            _row(facts, iri, owned, columns)
            for iri in facts.pointing(family, "ar:primaryFamily")
            if facts.is_a(iri, "ar:Runtime")
        )
        question = facts.value(family, "ar:boundaryQuestion") or ""
        if not of or family in of:
            found.append(Family(family, question, rows))
    return tuple(sorted(found, key=lambda entry: _height(entry.rows)))


def _height(rows: Iterable[Row]) -> float:
    """The layer at which runtimes own most, on average: families are listed from the device up."""
    counted = [(n, count) for row in rows for n, count in enumerate(row.counts)]
    return sum(n * count for n, count in counted) / (sum(count for _, count in counted) or 1)


def owned_at(claimed: Rows) -> Owned:
    """What runtimes own, from the answer of ``claims-of-runtime`` about all of them."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in claimed.records():
        if slug(row["stance"] or "") in _OWNING:
            key = row["runtime"] or "", row["layer"] or ""
            found.setdefault(key, set()).add(row["responsibility"] or "")
    return found


def _row(facts: Facts, iri: str, owned: Owned, columns: Sequence[Layer]) -> Row:
    counts = tuple(len(owned.get((iri, layer.iri), ())) for layer in columns)
    states = [s for s in facts.values(iri, "ar:hasLifecycle") if slug(s) != "active"]
    heat = tuple(sum(count >= step for step in _STEPS) for count in counts)
    return Row(iri, facts.label(states[0]).lower() if states else "", counts, heat)
