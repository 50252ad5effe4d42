"""Search: things and claims in whose texts all of some words occur, best matches first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import NS, PREFIXES

_RANKS: Final = {
    PREFIXES["rdfs"] + "label": 0,
    PREFIXES["skos"] + "altLabel": 1,
    PREFIXES["skos"] + "definition": 2,
    PREFIXES["dcterms"] + "description": 2,
    PREFIXES["skos"] + "scopeNote": 3,
    NS + "statement": 4,
}
"""The properties that are searched, the best first; what has a statement is a claim."""


class Match(NamedTuple):
    """A thing or claim, and the text of it that matches best.

    Attributes:
        thing: its IRI.
        property: IRI of the property whose value *text* is.
    """

    thing: str
    property: str
    text: str


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
    texts: dict[str, dict[tuple[str, str], None]] = {}
    for number, word in enumerate(dict.fromkeys(wanted)):
        found: dict[str, dict[tuple[str, str], None]] = {}
        for row in graph.ask("search", {"text": word}).records():
            thing = row["thing"] or ""
            if number == 0 or thing in texts:
                said = found.setdefault(thing, texts.get(thing, {}))
                said[row["property"] or "", row["match"] or ""] = None
        texts = found
    best = [min((_rank(wanted, *text), thing, text) for text in said) for thing, said in texts.items()]
    return [Match(thing, *text) for _, thing, text in sorted(best)]


def _rank(words: Sequence[str], prop: str, text: str) -> tuple[bool, bool, int, int]:
    """How good a match a text is; the least is the best."""
    small = text.lower()
    rank = _RANKS.get(prop, len(_RANKS))
    return prop == NS + "statement", not all(w in small for w in words), rank, len(text)
