"""Pages of runtimes and other components."""

from __future__ import annotations

from typing import Any, Final

from aruntime.folder import Folder
from aruntime.namespaces import slug
from aruntime.site.claims import PARTIAL, STANCES, ClaimView
from aruntime.site.rendering import Renderer

LONG: Final = 12
"""More claims of others than this have a page of their own."""
MANY: Final = 70
"""Of a component with more claims than this, those without a layer, its configurations and its
sources stand on a page of their own; its page keeps their anchors and names."""
_FILTERS: Final = tuple(dict.fromkeys((STANCES["native"], PARTIAL, *STANCES.values())))
"""Marks of claims, each with its word, in the order in which a page counts them."""
_OTHERS: Final = {
    "IntegrationClaim": ("Works with", "integrations"),
    "InterfaceClaim": ("Interfaces", "interfaces"),
    "TargetClaim": ("Hardware and precision", "targets"),
    "TradeOffClaim": ("Trade-offs", "trade-offs"),
    "ResearchClaim": ("Research", "research"),
    "MeasurementClaim": ("Measurements", "measurements"),
    "ComparisonClaim": ("Comparisons", "comparisons"),
    "ClassificationClaim": ("What it is", "classification"),
    "LifecycleClaim": ("Lifecycle", "lifecycle"),
}
"""Kinds of claims that have no layer, with their heading, in the order of the page."""


def write(pages: Renderer, folder: Folder, iri: str) -> None:
    """Write the page of a component, and beside it what would make it too long."""
    path = pages.links.page(iri)
    if path is None:
        return
    shown = context(pages, iri)
    folder.write(path, pages.page(path, "component.html", **shown))
    facts = pages.facts
    name = facts.label(iri)
    beside = path.removesuffix(".html")
    if shown["more"]:
        further = f"{beside}/more.html"
        title = f"{name}: interfaces, targets, configurations and sources"
        listed = pages.page(further, "more.html", **shown, title=title, groups=shown["others"])
        folder.write(further, listed)
    for layer, claims in shown["layers"] if shown["apart"] else ():
        title = f"{name}: {facts.label(layer)[:1].lower()}{facts.label(layer)[1:]}"
        note = "What it claims at this layer, each with its limits and the lines that show it."
        further = f"{beside}/layer-{slug(layer)}.html"
        found = {"title": title, "note": note, "lines": False}
        folder.write(further, pages.page(further, "claims.html", iri=iri, found=claims, **found))
    if len(shown["mentions"]) > LONG:
        note = (
            "Claims about other components that name it; each links to where it stands with its "
            "source."
        )
        found = {"title": f"What others say of {name}", "note": note, "lines": True}
        further = f"{beside}/mentions.html"
        listed = pages.page(further, "claims.html", iri=iri, found=shown["mentions"], **found)
        folder.write(further, listed)
    if shown["ended"]:
        note = (
            "These claims decide nothing: a second reader did not confirm them, or they no longer "
            "hold."
        )
        found = {"title": f"{name}: not promoted, or ended", "note": note, "lines": False}
        further = f"{beside}/ended.html"
        folder.write(further, pages.page(further, "claims.html", iri=iri, found=shown["ended"], **found))  # fmt: skip


def context(pages: Renderer, iri: str) -> dict[str, Any]:
    """What the template ``component.html`` shows of a component."""
    facts = pages.facts
    about = pages.claims.about(iri)
    current = [c for c in about if c.current]
    layered = [c for c in current if c.stance]
    layers = sorted({c.layer for c in layered if c.layer})
    options = [n for n in facts.pointing(iri, "ar:ofComponent") if facts.is_a(n, "ar:Configuration")]  # fmt: skip
    choices = [n for n in facts.pointing(iri, "ar:ofComponent") if facts.is_a(n, "ar:Choice")]
    owned = {c.about for c in layered if c.mark in ("owned", "partial") and c.about}
    whole = {c.about for c in layered if c.mark == "owned" and not c.configurations and c.about}
    return {
        "iri": iri,
        "releases": _releases(pages, iri, current),
        "families": _families(pages, iri),
        "pages_of": [
            a for c in ("foaf:homepage", "schema:codeRepository") for a in facts.values(iri, c)
        ],
        "also": [
            n
            for n in facts.values(iri, "skos:altLabel")
            if n.casefold() != facts.label(iri).casefold()
        ],
        "owning": _counts(layered),
        "whole": facts.sorted(whole),
        "further": len(owned - whole),
        "layers": [(layer, [c for c in layered if c.layer == layer]) for layer in layers],
        "others": _others(current),
        "apart": pages.links.is_apart(iri),
        "more": len(current) > MANY,
        "ended": [c for c in about if not c.current],
        "choices": [
            (c, [o for o in options if c in facts.values(o, "ar:optionOf")]) for c in choices
        ],
        "features": [o for o in options if not facts.values(o, "ar:optionOf")],
        "searches": _searches(pages, iri, current),
        "mentions": _mentions(pages, iri),
        "long": LONG,
        "sources": facts.sorted({p.source for c in about for p in c.places if p.source}),
    }


def _families(pages: Renderer, iri: str) -> list[str]:
    facts = pages.facts
    return [*facts.things(iri, "ar:primaryFamily"), *facts.things(iri, "ar:secondaryFamily")]


def _releases(pages: Renderer, iri: str, current: list[ClaimView]) -> list[dict[str, str]]:
    """Releases that current claims were read in, that of most claims first."""
    facts = pages.facts
    found = []
    for node in facts.pointing(iri, "ar:releaseOf"):
        version = facts.value(node, "ar:version") or ""
        read = [c.read for c in current if version in c.versions]
        if read:
            released = (facts.value(node, "ar:released") or "")[:10]
            row = {"version": version, "released": released, "read": max(read)}
            found.append((-len(read), version, row))
    return [row for _, _, row in sorted(found, key=lambda item: item[:2])]


def _counts(claims: list[ClaimView]) -> list[tuple[str, str, int]]:
    counted = [(m, word, sum(c.mark == m for c in claims)) for m, word in _FILTERS]
    shown = [entry for entry in counted if entry[2]]
    return [("all", "all", len(claims)), *shown] if claims else []


def _others(current: list[ClaimView]) -> list[tuple[str, str, list[ClaimView]]]:
    found = [
        (title, f"section_{anchor}", [c for c in current if c.kind == kind])
        for kind, (title, anchor) in _OTHERS.items()
    ]
    return [entry for entry in found if entry[2]]


def _searches(pages: Renderer, iri: str, current: list[ClaimView]) -> list[tuple[str, list[str]]]:
    """Coverage records, each with what was looked for and of which no claim speaks."""
    facts = pages.facts
    found = {c.about for c in current}
    records = (n for n in facts.pointing(iri, "ar:subject") if facts.is_a(n, "ar:Coverage"))
    missed = ((n, [r for r in facts.things(n, "ar:covers") if r not in found]) for n in records)
    return [(record, things) for record, things in missed if things]


def _mentions(pages: Renderer, iri: str) -> list[ClaimView]:
    """Current claims of others that name it."""
    claims = {
        claim
        for role, nodes in pages.facts.roles(iri).items()
        if slug(role) in ("delegate", "through", "object", "compares")
        for claim in nodes
    }
    views = pages.claims.views(claims)
    return sorted(
        (c for c in views if c.current and c.component != iri),
        key=lambda c: (pages.facts.label(c.component).casefold(), c.name),
    )
