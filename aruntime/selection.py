"""Selection: which components meet needs, with evidence, and about which nothing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.terms import slug

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
        refused: claims by need that say no.
    """

    runtime: str
    met: dict[str, list[Json]] = field(default_factory=dict)
    refused: dict[str, list[Json]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """The candidate with slugs as names."""
        return {"runtime": self.runtime, "met": self.met, "refused": self.refused, "unknown": self.unknown}


def select(graph: Graph, needs: Mapping[str, Sequence[str]], unit: str | None = None) -> list[Candidate]:
    """Components that meet every need first, then those of which something is unknown; refusals are left out.

    Args:
        needs: values by kind of need, as in :data:`NEEDS`.
        unit: the unit of work in which responsibilities must be owned.

    Raises:
        UsageError: no need is given, or a name is unknown.
    """
    wanted = [(kind, value) for kind, values in needs.items() for value in values]
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
        _refuse(graph, kind, value, found)
    for candidate in found.values():
        candidate.unknown = [f"{k} {v}" for k, v in wanted if f"{k} {v}" not in candidate.met and f"{k} {v}" not in candidate.refused]
    standing = [c for c in found.values() if not set(c.refused) - set(c.met)]
    return sorted(standing, key=lambda c: (len(c.unknown), c.runtime))


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
        detail = {key: slug(row[key] or "") for key in ("claim", "unit", "availability", "version", "source", "relation") if row.get(key)}
        answers.append((slug(runtime), detail))
    return answers


def _refuse(graph: Graph, kind: str, value: str, found: Mapping[str, Candidate]) -> None:
    """Note which candidates say that they do not own what is needed."""
    if kind != "owns":
        return
    term = graph.resolve("responsibility", value)
    for row in graph.ask("who-owns", {"responsibility": term}).records():
        runtime, stance = slug(row["runtime"] or ""), slug(row["stance"] or "")
        if runtime in found and stance in ("excluded", "delegated", "platform"):
            claim = {"claim": slug(row["claim"] or ""), "stance": stance, "source": slug(row["source"] or "")}
            found[runtime].refused.setdefault(f"{kind} {value}", []).append(claim)
