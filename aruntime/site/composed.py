"""A composition as a page shows it: sections in the order in which an architect acts.

The stacks that ship are rendered here; what a reader composes is rendered by
``static/composition.js`` in the same order, with the same words. A test compares the two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from aruntime.composition import OWNED, Choice, Claim, Composition, Missing, Row, Seam, shown
from aruntime.model import plain
from aruntime.namespaces import ID
from aruntime.site.facts import Facts
from aruntime.stack import Member

ACTING: Final = ("choice", "contended", "disputed", "open-delegation", "partial", "gap", "caller")
"""Verdicts that ask for a decision, in the order of the page."""
PRESSING: Final = ("contended", "disputed", "gap")
"""Verdicts whose responsibilities the answer names where they are few."""
SETTLED: Final = ("platform", "layered", "delegated", "owned")
"""Verdicts that ask for none."""
_ORDER: Final = (*ACTING, "unknown", *SETTLED)
"""All of them, in the order of the page."""
STATES: Final = {"open": "if chosen", "optional": "once turned on"}

FIELDS: Final = (
    "statement", "responsibility", "stance", "part", "unit", "layer", "scope", "availability", "configurations",
    "condition", "delegate", "through", "release", "source", "locator", "status",
)  # fmt: skip
"""Fields of a composition's claim that are the same in every stack."""


class Section(NamedTuple):
    """Rows of one verdict.

    Attributes:
        word, meaning, act: of the verdict, from the vocabulary.
    """

    verdict: str
    word: str
    meaning: str
    act: str
    rows: tuple[Row, ...]


class Band(NamedTuple):
    """A layer of the picture: for each component, and last for nobody, the rows that it has."""

    layer: int
    cells: tuple[tuple[Row, ...], ...]


class View(NamedTuple):
    """A composition in the order of its page.

    Attributes:
        acting, settled: sections that are not empty.
        open_choices: each with how many rows that need a decision it decides, the weightiest first.
        counts: how many rows need a decision, have an owner, are left to a platform, are unknown,
            and are set aside; and how many there are without these.
        missing: absent components, each with what it would take over.
    """

    found: Composition
    tiles: tuple[tuple[str, str, int], ...]
    counts: dict[str, int]
    open_choices: tuple[tuple[Choice, int], ...]
    made_choices: tuple[Choice, ...]
    acting: tuple[Section, ...]
    settled: tuple[Section, ...]
    unknown: tuple[Row, ...]
    aside: tuple[Row, ...]
    missing: tuple[Missing, ...]
    bands: tuple[Band, ...]
    seams: tuple[Seam, ...]
    apart: tuple[Seam, ...]


def view(facts: Facts, found: Composition) -> View:
    """The page of a composition."""
    rows = [row for row in found.rows if shown(row)]
    by = {v: tuple(row for row in rows if row.verdict == v) for v in found.words}
    counts = {
        "act": sum(row.act for row in rows),
        "owned": sum(len(by[v]) for v in OWNED),
        "platform": len(by["platform"]),
        "unknown": len(by["unknown"]),
        "all": len(rows),
        "aside": len(found.rows) - len(rows),
    }
    return View(
        found=found,
        tiles=tuple((v, found.words[v][0], len(by[v])) for v in _ORDER if by[v]),
        counts=counts,
        open_choices=_open_choices(found, rows),
        made_choices=tuple(c for c in found.choices if c.chosen is not None),
        acting=tuple(_section(facts, found, v, by[v]) for v in ACTING if by[v]),
        settled=tuple(_section(facts, found, v, by[v]) for v in SETTLED if by[v]),
        unknown=by["unknown"],
        aside=tuple(row for row in found.rows if not shown(row)),
        missing=found.missing,
        bands=tuple(_bands(found, rows)),
        seams=tuple(seam for seam in found.seams if seam.relation is not None),
        apart=tuple(seam for seam in found.seams if seam.relation is None),
    )


def _open_choices(found: Composition, rows: Sequence[Row]) -> tuple[tuple[Choice, int], ...]:
    waiting = Counter(
        choice
        for row in rows
        if row.act
        for choice in {(o.component, o.choice) for o in row.options}
    )
    left = [(c, waiting[c.component, c.choice]) for c in found.choices if c.chosen is None]
    return tuple(sorted(left, key=lambda entry: -entry[1]))


def _section(facts: Facts, found: Composition, verdict: str, rows: tuple[Row, ...]) -> Section:
    word, _, meaning = found.words[verdict]
    act = facts.value(f"{ID}verdict/{verdict}", "skos:scopeNote") or ""
    return Section(verdict, word, meaning, act, rows)


def _bands(found: Composition, rows: Sequence[Row]) -> Iterable[Band]:
    """The picture, the highest layer first; layers without a row are left out."""
    names = [member.name for member in found.components]
    for layer in sorted({row.layer for row in rows}, reverse=True):
        here = [row for row in rows if row.layer == layer]
        here.sort(key=lambda row: _ORDER.index(row.verdict))
        cells = [tuple(row for row in here if name in row.owners) for name in names]
        nobody = tuple(row for row in here if not set(row.owners) & set(names))
        yield Band(layer, (*cells, nobody))


def chosen(facts: Facts, found: Composition, member: Member) -> list[str]:
    """The options that were chosen of a component's choices, as labels."""
    names = [c.chosen for c in found.choices if c.component == member.name and c.chosen]
    return [facts.label(f"{member.iri}#{name}") for name in names]


def command(found: Composition) -> str:
    """The command line that gives the same answer."""
    chosen = [f"--in {c.component}={c.chosen}" for c in found.choices if c.chosen and not c.implied]
    return " ".join(["aruntime compose", *(m.name for m in found.components), *chosen])


def worded(facts: Facts, condition: str) -> str:
    """A condition of a row with labels for names: ``left: load-signals to operator`` is
    ``load signals left to the operator``."""
    if condition.startswith("of it: "):
        return condition.replace("-", " ")
    if left := _LEFT.match(condition):
        part = left[1].replace("-", " ")
        return f"{part} left {'to ' + _SLUG.sub(lambda m: _party(facts, m[0]), left[2]) if left[2] else 'open'}"
    name, colon, rest = condition.partition(": ")
    known = _component(facts, name)
    return f"{facts.label(known)}{colon}{rest}" if known else condition


def _party(facts: Facts, name: str) -> str:
    known = _component(facts, name)
    return facts.label(known) if known else f"the {name}"


def _component(facts: Facts, name: str) -> str | None:
    found = (f"{ID}{kind}/{name}" for kind in ("runtime", "component"))
    return next((iri for iri in found if iri in facts), None)


_LEFT: Final = re.compile(r"left: (\S+)(?: to (.+))?$")
_SLUG: Final = re.compile(r"[\w-]+")


def limits(facts: Facts, claim: Claim) -> list[str]:
    """What limits a claim, in words; its configurations are linked beside it."""
    parts = (f"{ID}part/{claim.responsibility}.{part}" for part in claim.part)
    found = [", ".join(facts.label(p).lower() for p in parts)] if claim.part else []
    found += [claim.condition] if claim.condition else []
    found += [claim.availability] if claim.availability != "built-in" else []
    if claim.status == "assumed":
        return [*found, "assumed, not shown"]
    return [*found, *([] if claim.verified else ["unverified for this version"])]


def encoded(found: Composition) -> tuple[list[Any], list[Any]]:
    """A composition for the browser, as ``static/composition.js`` reads it.

    Returns:
        Purposes, choices, rows, limits, missing, seams, questions, trade-offs, lifecycle, notes and,
        by component, the configurations in use.
        Of several components, rows that are set aside say no more than their verdict, as on the
        page. Rows name claims by their place in the second list: names, then field by field what
        they say.
    """
    claims: dict[str, Claim] = {}
    places: dict[str, int] = {}

    def refer(claim: Claim) -> list[Any]:
        claims.setdefault(claim.claim, claim)
        place = places.setdefault(claim.claim, len(places))
        return [place, claim.role, claim.state]

    def told(row: Row) -> list[Any]:
        said = [row.responsibility, row.layer, row.verdict, int(row.act), int(row.asked), row.units]
        return said if len(found.components) > 1 and not shown(row) else [
            *said, row.owners, row.missing, row.conditions, plain(row.options),
            int(row.reviewed), [refer(claim) for claim in row.claims], row.assumed,
        ]  # fmt: skip

    json = found.json()
    rows = [told(row) for row in found.rows]
    limits = [refer(claim) for claim in found.limits]
    rest = ("missing", "seams", "questions", "tradeoffs", "lifecycle", "notes")
    columns = [[getattr(claim, name) for claim in claims.values()] for name in FIELDS]
    in_use = {member.name: member.configurations for member in found.components}
    said = [found.purposes, json["choices"], rows, limits, *(json[k] for k in rest), in_use]
    return said, [list(claims), *columns]
