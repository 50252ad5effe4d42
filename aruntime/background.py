"""What is known of a stack beside its verdicts: seams, boundary questions, trade-offs, lifecycles."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from aruntime.composition import BoundaryQuestion, Favour, Lifecycle, Seam, TradeOff
from aruntime.namespaces import slug
from aruntime.stack import Stack
from aruntime.versions import rank, within


def seams(stack: Stack) -> Iterable[Seam]:
    """How each two components fit together, and in which versions; pairs of which nothing is known
    last."""
    members = {member.iri: member for member in stack.members}
    grouped: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in stack.rows("seams"):
        grouped.setdefault((row["subject"], row["object"], row["relation"]), []).append(row)
    for (subject, object_, relation), rows in grouped.items():
        member = members[object_]
        bounds = [(r.get("from"), r.get("until")) for r in rows if "from" in r or "until" in r]
        outside = [
            b for b in bounds if member.version is not None and not within(member.version, *b)
        ]
        first = max((b[0] for b in outside or bounds if b[0]), key=rank, default=None)
        last = min((b[1] for b in outside or bounds if b[1]), key=rank, default=None)
        known = "evidenced" if any(r["holds"] == "true" for r in rows) else "optional"
        if all(r["assumed"] == "true" for r in rows):
            known = "assumed"
        yield Seam(
            subject=slug(subject),
            object=slug(object_),
            relation=slug(relation),
            verdict="impossible" if outside and member.given else known,
            versions=(first, last),
            in_use=member.version if outside else None,
            claims=tuple(dict.fromkeys(slug(r["claim"]) for r in rows)),
        )
    joined = {frozenset(key[:2]) for key in grouped}
    for one, two in combinations(members, 2):
        if frozenset((one, two)) not in joined:
            yield Seam(slug(one), slug(two), None, "unverified", (None, None), None, ())


def boundary_questions(stack: Stack) -> Iterable[BoundaryQuestion]:
    """What to ask where families meet, with the claims that answer it."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in stack.rows("boundary-questions"):
        claims = found.setdefault((slug(row["family"]), row["question"]), [])
        claims += [slug(row["claim"])] if "claim" in row else []
    return (BoundaryQuestion(*asked, tuple(claims)) for asked, claims in found.items())


def trade_offs(stack: Stack) -> Iterable[TradeOff]:
    """Trade-offs and the side that each component takes by default."""
    found: dict[str, list[Favour]] = {}
    for row in stack.rows("trade-offs"):
        side = Favour(*(slug(row[name]) for name in ("pole", "runtime", "claim")))
        found.setdefault(slug(row["tradeOff"]), []).append(side)
    return (TradeOff(name, tuple(sides)) for name, sides in found.items())


def lifecycles(stack: Stack) -> Iterable[Lifecycle]:
    """How each component stands in its life, and since when that was said."""
    for row in stack.rows("lifecycle"):
        yield Lifecycle(
            component=slug(row["runtime"]),
            lifecycle=slug(row["lifecycle"]),
            as_of=row["asOf"],
            claim=slug(row["claim"]),
            status="assumed" if row["assumed"] == "true" else "promoted",
        )
