"""What is known of a stack beside its verdicts: boundary questions, trade-offs, lifecycles."""

from __future__ import annotations

from collections.abc import Iterable

from aruntime.model import Json
from aruntime.namespaces import slug
from aruntime.stack import Stack


def boundary_questions(stack: Stack) -> Iterable[Json]:
    """What to ask where families meet, with the claims that answer it."""
    found: dict[str, Json] = {}
    for row in stack.rows("boundary-questions"):
        begun: Json = {"family": slug(row["family"]), "question": row["question"], "claims": []}
        entry = found.setdefault(row["family"], begun)
        if "claim" in row:
            entry["claims"].append(slug(row["claim"]))
    return found.values()


def trade_offs(stack: Stack) -> Iterable[Json]:
    """Trade-offs and the side that each component takes by default."""
    found: dict[str, Json] = {}
    for row in stack.rows("trade-offs"):
        entry = found.setdefault(row["tradeOff"], {"tradeoff": slug(row["tradeOff"]), "sides": []})
        side = {
            "pole": slug(row["pole"]),
            "component": slug(row["runtime"]),
            "claim": slug(row["claim"]),
        }
        entry["sides"].append(side)
    return found.values()


def lifecycles(stack: Stack) -> Iterable[Json]:
    """How each component stands in its life, and since when that was said."""
    for row in stack.rows("lifecycle"):
        yield {
            "component": slug(row["runtime"]),
            "lifecycle": slug(row["lifecycle"]),
            "as_of": row["asOf"],
            "claim": slug(row["claim"]),
            "status": "assumed" if row["assumed"] == "true" else "promoted",
        }
