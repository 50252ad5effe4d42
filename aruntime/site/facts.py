"""The graph as pages read it: every thing with its properties, and what points at it.

A page needs a handful of properties of hundreds of nodes, so the triples are read from the store
once and looked up from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property

from pyoxigraph import BlankNode, Literal, NamedNode

from aruntime.model import Term, text
from aruntime.namespaces import iri, slug
from aruntime.store import Fact

_TYPE = iri("rdf:type").value


@cache
def _iri(curie: str) -> str:
    return iri(curie).value


_LABELS = ("rdfs:label", "skos:prefLabel")
_DEFINITIONS = ("skos:definition", "dcterms:description", "rdfs:comment")


class Facts:
    """Triples by subject and by object.

    Args:
        facts: subject, predicate, object; what names a blank node is left out.

    Example:
        >>> facts = Facts(match(store))
        >>> facts.label("https://w3id.org/aruntime/id/runtime/vllm")
        'vLLM'
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.properties: dict[str, dict[str, list[Term]]] = {}
        self._labels: dict[str, str] = {}
        for subject, predicate, value in facts:
            if isinstance(subject, NamedNode) and not isinstance(value, BlankNode):
                values = self.properties.setdefault(subject.value, {})
                values.setdefault(predicate.value, []).append(value)

    @cached_property
    def _pointing(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for subject, values in self.properties.items():
            for predicate, terms in values.items():
                if predicate != _TYPE:
                    for term in terms:
                        if isinstance(term, NamedNode):
                            by = found.setdefault(term.value, {})
                            by.setdefault(predicate, []).append(subject)
        return found

    @cached_property
    def _classes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for subject, values in self.properties.items():
            for term in values.get(_TYPE, ()):
                found.setdefault(text(term) or "", []).append(subject)
        return found

    @cached_property
    def _fragments(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for subject in sorted(self.properties):
            whole, hash_, _ = subject.partition("#")
            if hash_:
                found.setdefault(whole, []).append(subject)
        return found

    def fragments(self, thing: str) -> list[str]:
        """IRIs of a thing's fragments, sorted."""
        return self._fragments.get(thing, [])

    def __contains__(self, thing: str) -> bool:
        return thing in self.properties

    def values(self, thing: str, curie: str) -> list[str]:
        """IRIs and lexical forms of a property's values, sorted."""
        terms = self.properties.get(thing, {}).get(_iri(curie), ())
        return sorted({text(term) or "" for term in terms})

    def value(self, thing: str, curie: str) -> str | None:
        """The first of :meth:`values`, or ``None``."""
        return next(iter(self.values(thing, curie)), None)

    def things(self, thing: str, curie: str) -> list[str]:
        """IRIs among the values of a property, sorted by label."""
        terms = self.properties.get(thing, {}).get(_iri(curie), ())
        return self.sorted({t.value for t in terms if isinstance(t, NamedNode)})

    def pointing(self, thing: str, curie: str) -> list[str]:
        """IRIs of what has *thing* as a value of a property, sorted by label."""
        return self.sorted(set(self._pointing.get(thing, {}).get(_iri(curie), ())))

    def roles(self, thing: str) -> dict[str, list[str]]:
        """By IRI of the property, what has *thing* as its value."""
        return {p: self.sorted(set(s)) for p, s in sorted(self._pointing.get(thing, {}).items())}

    def members(self, curie: str) -> list[str]:
        """IRIs of the members of a class, sorted by label."""
        return self.sorted(set(self._classes.get(_iri(curie), ())))

    def is_a(self, thing: str, curie: str) -> bool:
        """Whether a thing is said to be of a class."""
        return iri(curie) in self.properties.get(thing, {}).get(_TYPE, ())

    def sorted(self, things: Iterable[str]) -> list[str]:
        """IRIs by label, letter case aside, then by IRI."""
        return sorted(things, key=lambda thing: (self.label(thing).casefold(), thing))

    def label(self, thing: str) -> str:
        """The English label of a thing, else the last part of its IRI."""
        if thing not in self._labels:
            self._labels[thing] = self._label(thing)
        return self._labels[thing]

    def _label(self, thing: str) -> str:
        for curie in _LABELS:
            terms = self.properties.get(thing, {}).get(_iri(curie), ())
            literals = sorted(
                (t.language not in ("en", None), t.value) for t in terms if isinstance(t, Literal)
            )
            if literals:
                return literals[0][1]
        return slug(thing)

    def definition(self, thing: str) -> str:
        """What a thing is, in a sentence; empty where nothing says so."""
        return next((v for c in _DEFINITIONS if (v := self.value(thing, c))), "")
