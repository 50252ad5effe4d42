"""A composition in words, and as tables for pipes and documents."""

from __future__ import annotations

from aruntime.composition import (
    RELATIONS,
    ROLES,
    Claim,
    Composition,
    Option,
    Seam,
    shown,
)
from aruntime.render.formats import Table
from aruntime.stacks import Differences, Side

UNSHOWN = "assumed, not shown"
"""Of claims without evidence."""
MARKS = {"assumed": UNSHOWN, "optional": "once chosen"}
"""What is said of a seam by its verdict."""


def flat(found: Composition, *, everything: bool = True) -> Table:
    """One row per responsibility, for pipes and documents; warnings come first, as rows of their
    own, and what is between the components last."""
    columns = ("verdict", "responsibility", "layer", "units", "owners", "missing", "conditions",
               "claims", "sources")  # fmt: skip
    rows = [("warning", text, "", "", "", "", "", "", "") for text in warnings(found)]
    for choice in found.choices:
        if choice.chosen is None:
            options = " | ".join(option for option, _, _ in choice.options)
            rows.append(
                ("choose", f"{choice.component} {choice.choice}", "", "", options, "", "", "", "")
            )
    for row in found.ordered:
        if everything or shown(row):
            rows.append(
                (
                    row.verdict,
                    row.responsibility,
                    str(row.layer),
                    " ".join(unit for unit, _ in row.units),
                    " ".join(row.owners),
                    " ".join(row.missing),
                    "; ".join((*row.conditions, *map(option_words, row.options))),
                    " ".join(claim.claim for claim in row.claims),
                    " ".join(dict.fromkeys(claim.locator for claim in row.claims)),
                )
            )
    for seam in found.seams:
        claims = " ".join(seam.claims)
        rows.append(("between", seam_words(seam), "", "", "", "", "", claims, ""))
    return Table(columns, tuple(rows))


def warnings(found: Composition) -> list[str]:
    """What every form of output must say: versions that exclude each other, old projects, what is
    unverified."""
    seams = [seam_words(seam) for seam in found.seams if seam.in_use]
    ended = [
        f"{e.component} is {e.lifecycle} as of {e.as_of[:10]}"
        + (" (assumed)" if e.status == "assumed" else "")
        for e in found.lifecycle
    ]
    return [*seams, *ended, *found.notes]


def who(claim: Claim) -> str:
    """Who owns, delegates or leaves it: ``vllm``, ``kserve → knative [knative]``, ``vllm does not
    do it``."""
    words = claim.component
    if claim.delegate:
        words += f" → {' or '.join(claim.delegate)}"
    elif claim.role != "owner":
        words += f" {ROLES[claim.role]}"
    if claim.through:
        words += f" through {' and '.join(claim.through)}"
    notes = [*claim.part]
    notes += [f"in {' or '.join(claim.configurations)}"] if claim.configurations else []
    notes += [claim.condition] if claim.condition else []
    notes += [claim.availability] if claim.availability != "built-in" else []
    if claim.status == "assumed":
        notes.append(UNSHOWN)
    elif not claim.verified:
        notes.append("unverified for this version")
    return f"{words} [{'; '.join(notes)}]" if notes else words


def option_words(option: Option) -> str:
    """What a configuration comes to: ``kserve=standard (default): nobody``."""
    default = " (default)" if option.default else ""
    kind = "" if option.choice else "once turned on: "
    return f"{kind}{option.component}={option.configuration}{default}: {', '.join(option.owners) or 'nobody'}"


def bounds(seam: Seam) -> list[str]:
    """Versions of the object that work, as claims state them: ``≥ 0.9``, ``≤ 1.2``, ``= 1.0``."""
    first, last = seam.versions
    if first is not None and first == last:
        return [f"= {first}"]
    return [*([f"≥ {first}"] if first else []), *([f"≤ {last}"] if last else [])]


def seam_words(seam: Seam) -> str:
    """How two components fit together, with the versions that work: ``kserve hosts vllm``."""
    if seam.relation is None:
        return f"{seam.subject} and {seam.object}: unverified, no source found"
    relation = RELATIONS.get(seam.relation, seam.relation)
    text = " ".join([seam.subject, relation, seam.object, *bounds(seam)])
    if seam.verdict == "impossible":
        return f"{text}: impossible with {seam.in_use}, the version given"
    if seam.verdict in MARKS:
        text = f"{text} ({MARKS[seam.verdict]})"
    return f"{text}: not {seam.in_use}, the version listed" if seam.in_use else text


def changes(found: Differences, old: str, new: str, *, renamed: bool = True) -> Table:
    """What changes with another component in one's place, one row per responsibility.

    Args:
        renamed: also rows where nothing changes but that the one is named in the other's place.
    """

    def told(side: Side | None) -> str:
        if side is None:
            return "nothing claimed"
        names = [*side.owners, *(f"{name} (missing)" for name in side.missing)]
        return f"{side.verdict}: {', '.join(names)}" if names else side.verdict

    def in_new_words(side: Side | None) -> Side | None:
        owners = () if side is None else (new if name == old else name for name in side.owners)
        return side and side._replace(owners=tuple(sorted(owners)))

    rows = tuple(
        (c.responsibility, told(c.before), told(c.after))
        for c in found.changed
        if renamed or in_new_words(c.before) != in_new_words(c.after)
    )
    return Table(("responsibility", f"with {old}", f"with {new}"), rows)
