"""The data graph and the shapes graph as rules read them: values of a property, members of a list,
instances of a class."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Final

from pyoxigraph import Triple

from aruntime import paths
from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.namespaces import TYPE, iri

SUBCLASS: Final = iri("rdfs:subClassOf")
FIRST, REST, NIL = (iri(f"rdf:{name}") for name in ("first", "rest", "nil"))


class Data:
    """Triples, arranged by property and node."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[Term, dict[Term, dict[Term, None]]] = {}
        self._members: dict[Term, set[Term]] = {}
        for subject, predicate, value in triples:
            if isinstance(value, Triple):
                raise DataError(
                    f"{value} is a triple term, which the rules cannot look at; state it as a claim"
                )
            self._values.setdefault(predicate, {}).setdefault(subject, {})[value] = None

    def triples(self) -> Iterator[Triple]:
        """Every triple, each once."""
        for predicate, nodes in self._values.items():
            for subject, values in nodes.items():
                for value in values:
                    yield Triple(subject, predicate, value)  # type: ignore[arg-type]

    def values(self, node: Term, path: Term) -> Collection[Term]:
        """Values of a property of *node*, each once."""
        return self._values.get(path, {}).get(node, ())

    def value(self, node: Term, path: Term) -> Term | None:
        """The only value of a property, or one of several."""
        return next(iter(self.values(node, path)), None)

    def subjects(self, path: Term, value: Term | None = None) -> list[Term]:
        """Nodes that have a property, or that have it with this value."""
        nodes = self._values.get(path, {})
        return [node for node, values in nodes.items() if value is None or value in values]

    def properties(self, node: Term) -> Iterator[tuple[Term, Term]]:
        """Every property of a node with each of its values."""
        for predicate, nodes in self._values.items():
            for value in nodes.get(node, ()):
                yield predicate, value

    def members(self, node: Term) -> Iterator[Term]:
        """Members of an RDF list.

        Raises:
            DataError: the list does not end.
        """
        seen: set[Term] = set()
        while node != NIL:
            first, rest = self.value(node, FIRST), self.value(node, REST)
            if first is None or rest is None or node in seen:
                raise DataError(
                    "a list in the shapes does not end; close it", path=paths.ontology() / "shapes"
                )
            seen.add(node)
            yield first
            node = rest

    def instances(self, cls: Term) -> set[Term]:
        """Nodes that belong to a class or to one beneath it."""
        if cls not in self._members:
            below, left = {cls}, [cls]
            while left:
                above = left.pop()
                for sub in self._below.get(above, ()):
                    if sub not in below:
                        below.add(sub)
                        left.append(sub)
            self._members[cls] = {node for sub in below for node in self._typed.get(sub, ())}
        return self._members[cls]

    @cached_property
    def _typed(self) -> dict[Term, list[Term]]:
        return _reversed(self._values.get(TYPE, {}))

    @cached_property
    def _below(self) -> dict[Term, list[Term]]:
        return _reversed(self._values.get(SUBCLASS, {}))


def _reversed(values: dict[Term, dict[Term, None]]) -> dict[Term, list[Term]]:
    found: dict[Term, list[Term]] = {}
    for subject, objects in values.items():
        for value in objects:
            found.setdefault(value, []).append(subject)
    return found
