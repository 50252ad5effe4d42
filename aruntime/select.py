"""Selection: which components meet needs, with evidence; about which nothing is known; and which say no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, text
from aruntime.namespaces import slug

NEEDS: Final = {
    "owns": ("candidates-for", "responsibility", "responsibility"),
    "target": ("runtimes-for-hardware", "hardware", "hardware-target"),
    "precision": ("runtimes-for-precision", "precision", "precision"),
    "exposes": ("interfaces-of", "interface", "interface"),
    "with": ("integrations-of", "runtime", "component"),
}
"""For each kind of need: the question that answers it, its parameter, and the parameter's kind."""


@dataclass
class Candidate:
    """A component and what speaks for it.

    Attributes:
        met: claims by need, each with its source.
        unknown: needs on which no claim says yes or no.
        refused: claims by need that say no, or hand it on; what is excluded in one mode alone says nothing in general.
    """

    runtime: str
    met: dict[str, list[Json]] = field(default_factory=dict)
    refused: dict[str, list[Json]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def denied(self) -> list[str]:
        """Needs that it says it does not meet: a claim that it owns just that, or part of it, outweighs; one on something narrower does not."""
        return [need for need in self.refused if not any(claim.get("owned") == need.partition(" ")[2] for claim in self.met.get(need, ()))]

    @property
    def partial(self) -> dict[str, list[str]]:
        """What it owns of needs that it does not simply own: narrower responsibilities, or a part."""
        found = {}
        for need, claims in self.met.items():
            wanted = need.partition(" ")[2]
            if not any(claim.get("owned", wanted) == wanted and claim.get("stance", "native") == "native" for claim in claims):
                found[need] = list(dict.fromkeys(claim["owned"] + (" in part" if claim["stance"] == "partial" else "") for claim in claims))
        return found

    def json(self) -> Json:
        """The candidate with slugs as names."""
        return {"runtime": self.runtime, "met": self.met, "refused": self.refused, "unknown": self.unknown}


def select(graph: Graph, needs: Mapping[str, Sequence[str]], unit: str | None = None) -> list[Candidate]:
    """Components that meet every need, or part of it, first, then those of which something is unknown, then those that say no.

    Args:
        needs: values by kind of need, as in :data:`NEEDS`.
        unit: the unit of work in which responsibilities must be owned.

    Raises:
        UsageError: no need is given, or a name is unknown.
    """
    wanted = [(kind, _name(graph, NEEDS[kind][2], value)) for kind, values in needs.items() for value in values]
    if not wanted:
        raise UsageError("say what is needed, for example --owns autoscaling")
    if unit is not None:
        unit = slug(graph.identify(unit, "unit"))
    found: dict[str, Candidate] = {}
    for kind, value in wanted:
        for runtime, claim in _answers(graph, kind, value, unit):
            candidate = found.setdefault(runtime, Candidate(runtime))
            candidate.met.setdefault(f"{kind} {value}", []).append(claim)
    for kind, value in wanted:
        if kind == "owns":
            _refuse(graph, value, unit, found)
    for candidate in found.values():
        candidate.unknown = [f"{k} {v}" for k, v in wanted if f"{k} {v}" not in candidate.met and f"{k} {v}" not in candidate.refused]
    return sorted(found.values(), key=lambda c: (len(c.denied), len(c.unknown), len(c.partial), c.runtime))


def _name(graph: Graph, kind: str, value: str) -> str:
    term = graph.resolve(kind, value)
    return slug(term if isinstance(term, str) else text(term) or "")


def _answers(graph: Graph, kind: str, value: str, unit: str | None) -> list[tuple[str, Json]]:
    question, parameter, of = NEEDS[kind]
    term = graph.resolve(of, value)
    answers = []
    for row in graph.ask(question, {parameter: term}).records():
        if kind == "owns" and unit is not None and slug(row["unit"] or "") != unit:
            continue
        if kind == "exposes" and slug(row["role"] or "") != "exposes":
            continue
        runtime = row["runtime"] or ""
        if kind == "with":
            runtime = next(side for side in (row["subject"], row["object"]) if side and side != row["runtime"])
        detail = {
            key: slug(row[key] or "")
            for key in ("claim", "unit", "availability", "mode", "version", "stance", "owned", "source", "relation")
            if row.get(key)
        }
        answers.append((slug(runtime), detail))
    return answers


def _refuse(graph: Graph, value: str, unit: str | None, found: dict[str, Candidate]) -> None:
    """Note who says that it does not own what is needed."""
    term = graph.resolve("responsibility", value)
    for row in graph.ask("who-owns", {"responsibility": term}).records():
        runtime, stance = slug(row["runtime"] or ""), slug(row["stance"] or "")
        limited = row["mode"] and stance != "delegated"
        if stance not in ("excluded", "delegated", "platform") or limited or (unit and slug(row["unit"] or "") != unit):
            continue
        claim = {key: slug(row[key] or "") for key in ("claim", "stance", "delegate", "unit", "source") if row[key]}
        found.setdefault(runtime, Candidate(runtime)).refused.setdefault(f"owns {value}", []).append(claim)
