"""Twins of pages for programs: what the graph says of a thing and of its fragments, as Turtle and
as JSON-LD."""

from __future__ import annotations

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from aruntime import turtle
from aruntime.namespaces import PREFIXES
from aruntime.site.facts import Facts


def triples_of(facts: Facts, thing: str) -> list[Triple]:
    """Triples whose subject is a thing or one of its fragments."""
    return [
        Triple(NamedNode(node), NamedNode(predicate), term)
        for node in (thing, *facts.fragments(thing))
        for predicate, terms in facts.properties.get(node, {}).items()
        for term in terms
    ]


def as_turtle(triples: list[Triple]) -> str:
    """The triples in the canonical form of the project's files."""
    return turtle.write(triples)


def as_jsonld(triples: list[Triple]) -> bytes:
    """The triples as JSON-LD, in a fixed order."""
    found = serialize(sorted(triples, key=str), format=RdfFormat.JSON_LD, prefixes=PREFIXES)
    assert found is not None
    return found
