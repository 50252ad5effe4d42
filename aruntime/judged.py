"""A judged stack as it is read: its facts by name, and the claims that count in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aruntime.composition import Claim
from aruntime.namespaces import slug
from aruntime.stack import Stack
from aruntime.versions import rank

STATES: Final = {"HoldingClaim": "holds", "OpenClaim": "open", "OptionalClaim": "optional"}
"""For the class of a claim in a judged stack, its state."""


class Judged:
    """The facts of a stack that was judged.

    Attributes:
        here: names of its components.
        facts: values by IRI of the node and local name of the property.
        nodes: IRIs of claims by their names.
        claims: the claims that count, by IRI.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.here = {m.name for m in stack.members}
        self.facts = stack.facts()
        self.nodes = {slug(name): name for name, f in self.facts.items() if "statement" in f}
        self.claims = {
            name: self._claim(name, f)
            for name, f in self.facts.items()
            if "role" in f and "statement" in f
        }

    def values(self, node: str, name: str) -> list[str]:
        """Values of a property by its local name, sorted."""
        return sorted(self.facts.get(node, {}).get(name, ()))

    def value(self, node: str, name: str) -> str | None:
        """The first of :meth:`values`, or ``None``."""
        return next(iter(self.values(node, name)), None)

    def slugs(self, node: str, name: str) -> tuple[str, ...]:
        """The same as names."""
        return tuple(slug(value) for value in self.values(node, name))

    def _claim(self, name: str, f: Mapping[str, list[str]]) -> Claim:
        evidence = sorted(f.get("evidence", ()))
        types = {t.rpartition("#")[2] for t in f.get("type", ())}
        read_in = (self.value(r, "version") or "" for r in f.get("verifiedIn", ()))
        return Claim(
            claim=slug(name),
            component=slug(f["subject"][0]),
            statement=f["statement"][0],
            responsibility=slug(f["responsibility"][0]),
            stance=slug(f["stance"][0]),
            role=slug(f["role"][0]),
            state=next((word for cls, word in STATES.items() if cls in types), "holds"),
            part=tuple(slug(p).partition(".")[2] for p in sorted(f.get("part", ()))),
            unit=slug(f["unit"][0]),
            layer=int(slug(f["layer"][0])),
            scope=slug(f["scope"][0]),
            availability=slug(f["availability"][0]),
            configurations=tuple(
                slug(c).partition("#")[2] for c in sorted(f.get("inConfiguration", []))
            ),
            condition=next(iter(f.get("condition", ())), None),
            delegate=tuple(slug(d) for d in sorted(f.get("delegate", ()))),
            through=tuple(slug(t) for t in sorted(f.get("through", ()))),
            release=max(read_in, key=rank, default=None),
            verified=not types & {"AssumedClaim", "UnverifiedClaim"},
            source=next((slug(s) for e in evidence for s in self.values(e, "source")), ""),
            locator=next((place for e in evidence for place in self.values(e, "locator")), ""),
            status="assumed" if "AssumedClaim" in types else "promoted",
        )

    def taken_up(self, claim: Claim) -> tuple[str, ...]:
        """Who takes up what a claim hands over, wholly first."""
        node = self.nodes[claim.claim]
        return (*self.slugs(node, "takenUpBy"), *self.slugs(node, "partlyTakenUpBy"))

    def would_take_up(self, claim: Claim) -> tuple[str, ...]:
        """Whom a hand-over names; nobody, if one of them is there."""
        return () if self.here & set(claim.delegate) else tuple(claim.delegate)

    def left_to(self, claim: Claim) -> tuple[str, ...]:
        """To whom a claim leaves what it speaks of; of several delegates, those that are there."""
        return tuple(d for d in claim.left_to if d in self.here) or claim.left_to

    def configuration(self, component: str, name: str) -> str:
        """The IRI of a configuration of a component of the stack."""
        member = next(m for m in self.stack.members if m.name == component)
        return f"{member.iri}#{name}"

    def is_a(self, node: str, name: str) -> bool:
        """Whether a node is of the class of that local name."""
        return any(t.endswith(f"#{name}") for t in self.values(node, "type"))
