"""A claim as pages show it: what it says, within which limits, and where that is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from aruntime.namespaces import NS, slug
from aruntime.site.facts import Facts
from aruntime.site.links import Links, Place

STANCES: Final = {
    "native": ("owned", "does it"),
    "embedded": ("owned", "does it"),
    "delegated": ("delegated", "hands over"),
    "operator": ("platform", "operator"),
    "caller": ("caller", "caller"),
    "excluded": ("gap", "does not"),
}
"""For each stance the mark that it has on a page, and its word; see ontology/vocab/stance.ttl."""
PARTIAL: Final = ("partial", "in part")
"""Mark and word of what is owned in part."""
_ABOUT: Final = (
    "ar:responsibility", "ar:interface", "ar:hardware", "ar:precision", "ar:tradeOff", "ar:family",
    "ar:executionModel", "ar:deploymentBoundary", "ar:operationalOwner", "ar:lifecycle", "ar:research",
    "ar:object", "ar:compares",
)  # fmt: skip
"""Properties that say what a claim is about, the first one counts."""


class ClaimView(NamedTuple):
    """One claim.

    Attributes:
        iri, name, anchor: its IRI, ``component#claim``, and its fragment.
        kind: local name of its class.
        about: IRI of what it places its component in relation to.
        relation: IRI of the relation, of an integration.
        mark, word: how its stance is shown; empty where it has none.
        limited: whether it speaks of a part, under a condition, or in a configuration.
        limits: what limits it, in words.
        facts: labelled details, such as the unit of work, each with IRIs or text.
        status: where it is in its life; ``promoted`` counts.
        places: where that is written.
    """

    iri: str
    name: str
    anchor: str
    component: str
    kind: str
    statement: str
    about: str | None
    relation: str | None
    stance: str
    mark: str
    word: str
    parts: tuple[str, ...]
    configurations: tuple[str, ...]
    condition: str | None
    availability: str
    through: tuple[str, ...]
    delegates: tuple[str, ...]
    unit: str | None
    layer: str | None
    scope: str | None
    versions: tuple[str, ...]
    bounds: str
    read: str
    review_by: str
    status: str
    current: bool
    places: tuple[Place, ...]

    @property
    def limited(self) -> bool:
        """Whether it speaks of less than the whole."""
        return bool(self.parts or self.condition)

    @property
    def alike(self) -> tuple[str, tuple[str, ...]]:
        """What those share that a list of names need not tell apart: the mark, and the parts."""
        return self.mark, self.parts


class Claims:
    """Claims of *facts*, each made once."""

    def __init__(self, facts: Facts, links: Links) -> None:
        self.facts = facts
        self.links = links
        self._made: dict[str, ClaimView] = {}

    def view(self, claim: str) -> ClaimView:
        """The claim of that IRI."""
        if claim not in self._made:
            self._made[claim] = self._view(claim)
        return self._made[claim]

    def about(self, component: str) -> list[ClaimView]:
        """Claims about a component, current ones first."""
        return self.views(self.facts.pointing(component, "ar:subject"))

    def views(self, claims: Iterable[str]) -> list[ClaimView]:
        """Claims among the nodes of these IRIs, by layer and by what they are about."""
        found = [self.view(c) for c in claims if self.facts.is_a(c, "ar:Claim")]
        return sorted(found, key=self._order)

    def _order(self, claim: ClaimView) -> tuple[bool, str, str, str, str]:
        return (
            not claim.current,
            slug(claim.layer or "") or "9",
            self.facts.label(claim.about or "").casefold(),
            slug(claim.unit or ""),
            claim.name,
        )

    def _view(self, claim: str) -> ClaimView:
        facts = self.facts
        stance = slug(facts.value(claim, "ar:stance") or "")
        mark, word = STANCES.get(stance, ("", ""))
        parts = tuple(facts.things(claim, "ar:part"))
        condition = facts.value(claim, "ar:condition")
        if mark == "owned" and (parts or condition):
            mark, word = PARTIAL
        kinds = {slug(k) for k in facts.values(claim, "rdf:type") if k.startswith(NS)}
        versions = (
            facts.value(r, "ar:version") or "" for r in facts.values(claim, "ar:verifiedIn")
        )
        first, last = facts.value(claim, "ar:fromVersion"), facts.value(claim, "ar:untilVersion")
        bounds = " ".join(t for t in (f"from {first}" if first else "", f"until {last}" if last else "") if t)  # fmt: skip
        return ClaimView(
            iri=claim,
            name=slug(claim),
            anchor=slug(claim).partition("#")[2],
            component=facts.value(claim, "ar:subject") or "",
            kind=next((k for k in sorted(kinds) if k.endswith("Claim") and k not in _STATES), ""),
            statement=facts.value(claim, "ar:statement") or "",
            about=next((v for c in _ABOUT if (v := facts.value(claim, c))), None),
            relation=facts.value(claim, "ar:relation"),
            stance=stance,
            mark=mark,
            word=word,
            parts=parts,
            configurations=tuple(facts.things(claim, "ar:inConfiguration")),
            condition=condition,
            availability=slug(facts.value(claim, "ar:availability") or ""),
            through=tuple(facts.things(claim, "ar:through")),
            delegates=tuple(facts.things(claim, "ar:delegate")),
            unit=facts.value(claim, "ar:unit"),
            layer=facts.value(claim, "ar:layer"),
            scope=facts.value(claim, "ar:scope"),
            versions=tuple(sorted(set(versions) - {""})),
            bounds=bounds,
            read=(facts.value(claim, "ar:reviewed") or "")[:10],
            review_by=(facts.value(claim, "ar:reviewBy") or "")[:10],
            status=slug(facts.value(claim, "ar:status") or ""),
            current=facts.is_a(claim, "ar:CurrentClaim"),
            places=tuple(map(self.links.place, facts.values(claim, "ar:evidence"))),
        )


_STATES: Final = frozenset(
    ("Claim", *(f"{name}Claim" for name in (
        "Assumed", "Covering", "Current", "Default", "Holding", "Open", "Optional", "Overridden",
        "RuledOut", "Unlimited", "Unverified",
    )))
)  # fmt: skip
"""Classes of claims that say nothing of their kind."""
