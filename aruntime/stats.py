"""What the graph holds, in numbers that questions gave."""

from __future__ import annotations

from collections import Counter

from aruntime import questions
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import slug

_COUNTED = {
    "sources": "ar:Source",
    "evidence": "ar:Evidence",
    "families": "ar:Family",
    "layers": "ar:Layer",
    "responsibilities": "ar:Responsibility",
}


def statistics(graph: Graph) -> Json:
    """Counts of triples, runtimes, claims, sources, evidence, families, layers, responsibilities
    and questions."""
    sizes = {
        slug(row["class"] or ""): int(row["things"] or 0)
        for row in graph.ask("class-counts").records()
    }
    by_status: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    by_stance: Counter[str] = Counter()
    for row in graph.ask("claim-counts").records():
        number, status = int(row["claims"] or 0), slug(row["status"] or "")
        by_status[status] += number
        if status == "promoted":
            by_kind[_kind(row["kind"] or "")] += number
            if row["stance"]:
                by_stance[slug(row["stance"])] += number
    triples = graph.ask("triple-count").records()[0]["triples"]
    return {
        "triples": int(triples or 0),
        "runtimes": sizes.get("Runtime", 0),
        "claims": dict(sorted(by_status.items())),
        "claims_by_kind": dict(sorted(by_kind.items())),
        "claims_by_stance": dict(sorted(by_stance.items())),
        **{name: sizes.get(cls.removeprefix("ar:"), 0) for name, cls in _COUNTED.items()},
        "components": sizes.get("Component", 0) - sizes.get("Runtime", 0),
        "stacks": sizes.get("Stack", 0),
        "questions": len(questions.names()),
    }


def _kind(cls: str) -> str:
    """``responsibility`` for the class of responsibility claims, ``trade-off`` for that of
    trade-offs."""
    words = slug(cls).removesuffix("Claim")
    return "".join(f"-{c.lower()}" if c.isupper() and n else c.lower() for n, c in enumerate(words))
