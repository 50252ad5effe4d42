"""Search: things and claims in whose texts all of some words occur, best matches first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import NS, PREFIXES, slug

_STATEMENT: Final = NS + "statement"
_RANKS: Final = {
    _STATEMENT: 0,
    PREFIXES["rdfs"] + "label": 1,
    PREFIXES["skos"] + "altLabel": 2,
    PREFIXES["skos"] + "definition": 3,
    PREFIXES["dcterms"] + "description": 3,
    PREFIXES["skos"] + "scopeNote": 4,
}
"""The properties that are searched, the best first; only claims have a statement."""


class Match(NamedTuple):
    """A thing or claim, and the text of it that matches best.

    Attributes:
        thing: its IRI.
        property: IRI of the property whose value *text* is.
        status: of a claim, where it is in its life: ``promoted``, ``candidate``, ``assumed`` …
    """

    thing: str
    property: str
    text: str
    status: str | None


def marked(match: Match) -> str:
    """A match's text; of a claim that is not promoted, with its status behind it."""
    said = match.status in (None, "promoted")
    return match.text if said else f"{match.text} [{match.status}]"


def search(graph: Graph, words: Sequence[str]) -> list[Match]:
    """Things and claims in whose label, other labels, definition or statement all words occur.

    Letter case and the order of the words do not matter, and a word may be part of a longer one.
    Things come before claims; then whose one text holds all words, a label before a definition;
    then shorter texts.

    Raises:
        UsageError: there is no word.
    """
    wanted = " ".join(words).lower().split()
    if not wanted:
        raise UsageError("say a word to look for")
    # The longest word is in the fewest texts; the others are looked for in what has it.
    texts: dict[str, list[tuple[str, str]]] = {}
    statuses: dict[str, str] = {}
    for row in graph.ask("search", {"text": max(wanted, key=len)}).records():
        said = texts.setdefault(row["thing"] or "", [])
        said.append((row["property"] or "", row["match"] or ""))
        if row["status"]:
            statuses[row["thing"] or ""] = slug(row["status"])
    found = []
    for thing, said in texts.items():
        everything = "\n".join(text.lower() for _, text in said)
        if all(word in everything for word in wanted):
            claim = any(prop == _STATEMENT for prop, _ in said)
            rank, best = min((_rank(wanted, *text), text) for text in said)
            found.append((claim, rank, thing, best))
    return [Match(thing, *best, statuses.get(thing)) for _, _, thing, best in sorted(found)]


def _rank(words: Sequence[str], prop: str, text: str) -> tuple[int, int, int]:
    """How well a text matches, the least being the best: words it lacks, property, length."""
    small = text.lower()
    missing = sum(word not in small for word in words)
    return missing, _RANKS.get(prop, len(_RANKS)), len(text)
