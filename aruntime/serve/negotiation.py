"""The form of an answer: what the client accepts (RFC 9110, section 12.5.1), or what a path ends
in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aruntime.serve.limits import Problem

Offer = Mapping[str, Sequence[str]]
"""Media types by form, the best form first; an answer has the first type of its form, the others
are taken for it."""

ROWS: Final[Offer] = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
    "html": ("text/html", "application/xhtml+xml"),
}
"""Forms of the rows of a SELECT query."""
TRUTH: Final[Offer] = {name: ROWS[name] for name in ("json", "xml", "html")}
"""Forms of the answer of an ASK query."""
TRIPLES: Final[Offer] = {
    "ttl": ("text/turtle", "application/x-turtle", "application/turtle", "text/n3"),
    "jsonld": ("application/ld+json", "application/json"),
    "rdf": ("application/rdf+xml", "application/xml", "text/xml"),
    "nt": ("application/n-triples", "text/plain"),
}
"""Forms of triples, by the usual end of a file's name."""
RESOURCE: Final[Offer] = {"html": ROWS["html"], **TRIPLES}
"""Forms of the description of a thing."""
OFFERS: Final[Mapping[str, Offer]] = {
    "select": ROWS,
    "ask": TRUTH,
    "construct": TRIPLES,
    "describe": TRIPLES,
}
"""What there is for each form of query."""


def media(offer: Offer, form: str) -> str:
    """The media type of an answer in that form, with its character set where it may have one."""
    found = offer[form][0]
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def choose(accept: str | None, offer: Offer) -> str:
    """The form that a client likes best.

    Of forms that it likes alike, one that it names comes before one that it lets pass by a
    wildcard, and then an earlier one of *offer*.

    Args:
        accept: the ``Accept`` header; anything is accepted where there is none.

    Raises:
        Problem: 406, it accepts none of them.

    Example:
        >>> choose("text/html, application/rdf+xml;q=0.9", TRIPLES)
        'rdf'
    """
    if not accept or not accept.strip():
        return next(iter(offer))
    ranges = list(_ranges(accept))
    best: tuple[float, int] | None = None
    chosen = ""
    for form, types in offer.items():
        first, *others = (_rank(ranges, name) for name in types)
        rank = max([first, *(other for other in others if other[1] == 2)])
        if rank[0] > 0 and (best is None or rank > best):
            best, chosen = rank, form
    if best is None:
        names = ", ".join(types[0] for types in offer.values())
        raise Problem(406, f"there is none of what Accept asks for; there are {names}")
    return chosen


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Media ranges of an ``Accept`` header with their quality; other parameters are left out."""
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    quality = 0.0
        yield ("*/*" if name == "*" else name), quality


def _rank(ranges: Sequence[tuple[str, float]], name: str) -> tuple[float, int]:
    """Quality of a media type, and how exactly the header names it: the most exact range counts."""
    exactness = {name: 2, name.partition("/")[0] + "/*": 1, "*/*": 0}
    found = [(exactness[r], quality) for r, quality in ranges if r in exactness]
    if not found:
        return 0.0, 0
    exact, quality = max(found)
    return quality, exact
