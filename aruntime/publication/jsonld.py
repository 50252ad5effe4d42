"""JSON-LD for readers who know JSON alone: names instead of IRIs, claims inside their component,
evidence inside its claim.

It is framed here and not by pyLD, which takes a minute of processor time for all things; a test has
pyLD read each form back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from aruntime import corpus, paths
from aruntime.model import Term
from aruntime.namespaces import BASE, ID, NS, PREFIXES, TYPE, iri
from aruntime.publication.forms import File
from aruntime.store import match
from aruntime.validation.shapes import shape_files

CONTEXT: Final = BASE + "context.jsonld"
"""Where the context of all JSON-LD documents lies."""
_INSIDE: Final = frozenset((iri("ar:evidence"), iri("ar:inFile")))
"""Properties whose value stands inside what has it, where it is met first."""
_REVERSE: Final = {
    (iri("ar:subject"), True): "claims",
    (iri("ar:subject"), False): "coverage",
    (iri("ar:releaseOf"), False): "releases",
}
"""Names under which nodes stand inside the component that they are about; whether they are
claims."""
_FIRST: Final = ("id", "type", "label", "prefLabel", "statement", "description", "definition")
_LAST: Final = ("choices", "configurations", "claims", "coverage", "releases", "included")


@dataclass(frozen=True)
class Context:
    """How JSON-LD names things.

    Attributes:
        terms: the context as JSON-LD has it.
        names: by property, its term and what the term says of values.
    """

    terms: dict[str, Any]
    names: dict[str, tuple[str, dict[str, Any]]]

    @classmethod
    def load(cls, compiled: Store) -> Context:
        """Names of ``ontology/publication/context.json``, and each property of the ontology."""
        path = paths.ontology() / "publication" / "context.json"
        stated = json.loads(path.read_text("utf-8"))
        foreign = {name: ns for name, ns in PREFIXES.items() if not ns.startswith(ID)}
        terms: dict[str, Any] = {"@version": 1.1, "@vocab": NS}
        terms |= {name: {"@id": ns, "@prefix": True} for name, ns in sorted(foreign.items())}
        terms |= {**_properties(compiled), **stated}
        names = {
            _expanded(term["@id"]): (name, term)
            for name, term in terms.items()
            if isinstance(term, dict) and "@id" in term and "@prefix" not in term
        }
        return cls(terms, names)

    def file(self) -> File:
        """The context as a document, to which all others refer."""
        content = as_bytes({"@context": self.terms})
        return File(
            "context.jsonld", "Context of JSON-LD documents", RdfFormat.JSON_LD.media_type, content
        )


def _properties(compiled: Store) -> dict[str, Any]:
    """A term for each property of the ontology, with what its range says of values."""
    found: dict[str, Any] = {}
    once = _single()
    for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        for node, _, _ in match(compiled, None, TYPE, iri(f"owl:{kind}")):
            assert isinstance(node, NamedNode)
            if node.value.startswith(NS):
                name = node.value.removeprefix(NS)
                things = kind == "ObjectProperty"
                said = {"@type": "@id"} if things else _values(compiled, node)
                term = {"@id": f"ar:{name}", **said}
                if node not in once and kind != "AnnotationProperty":
                    term["@container"] = "@set"
                found[name] = term
    return dict(sorted(found.items()))


def _values(compiled: Store, node: NamedNode) -> dict[str, Any]:
    """What JSON-LD need not repeat at each value of a property: that it is a thing, its language or
    its datatype."""
    ranges = {
        r
        for p in ("rdfs:range", "schema:rangeIncludes")
        for _, _, r in match(compiled, node, iri(p))
    }
    if iri("rdf:langString") in ranges:
        return {"@language": "en"}
    if any(str(r).startswith(f"<{PREFIXES['xsd']}") for r in ranges):
        kind = _curie(str(ranges.pop()).strip("<>"))
        return {} if kind in _PLAIN else {"@type": kind}
    return {"@type": "@id"} if ranges else {}


_PLAIN: Final = frozenset(f"xsd:{name}" for name in ("string", "integer", "boolean"))
"""Datatypes whose values JSON has itself."""


def _single() -> set[Term]:
    """Properties that the rules allow once a node: these have a value, all others a list."""
    looks: dict[Term, Term] = {}
    limited: set[Term] = set()
    for path in shape_files():
        for triple in corpus.triples_of(path):
            if triple.predicate == iri("sh:path"):
                looks[triple.subject] = triple.object
            elif triple.predicate == iri("sh:maxCount") and triple.object == Literal(1):
                limited.add(triple.subject)
    return {looks[shape] for shape in limited if shape in looks}


def framed(thing: str, triples: Iterable[Triple], context: Context) -> dict[str, Any]:
    """What is said of a thing as one JSON object, with each of its fragments inside once."""
    return _Frame(thing, triples, context).document()


def whole(thing: str, triples: Iterable[Triple], context: Context) -> bytes:
    """The same with the part of the context that it uses, for readers who fetch nothing."""
    document = framed(thing, triples, context)
    used = set(_keys(document))
    names = {
        name: term
        for name, term in context.terms.items()
        if name.startswith("@") or name in used or "@prefix" in term
    }
    return as_bytes(document | {"@context": [names, {"@base": ID}]})


def _keys(value: Any) -> Iterator[str]:
    """Keys of a JSON value at any depth."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _keys(inner)


class _Frame:
    """One document on its way."""

    def __init__(self, thing: str, triples: Iterable[Triple], context: Context) -> None:
        self.root = NamedNode(thing)
        self.context = context
        self.nodes: dict[Term, dict[NamedNode, list[Term]]] = {}
        subject: Term | None = None
        for t in triples:  # comparing with the one before is faster than looking each up
            if t.subject != subject:
                subject = t.subject
                node = self.nodes.setdefault(subject, {})
            node.setdefault(t.predicate, []).append(t.object)
        self.left = dict.fromkeys(self.nodes)

    def document(self) -> dict[str, Any]:
        """The thing, what is about it, and the rest of its fragments."""
        about = self._about()
        shown = self._node(self.root) if self.root in self.left else {"id": _short(self.root)}
        for name, nodes in about.items():
            inside = [self._node(node) for node in nodes if node in self.left]
            shown |= {name: inside} if inside else {}
        within = {
            value
            for node in self.left
            for link in _INSIDE
            for value in self.nodes[node].get(link, ())
        }
        rest = [node for node in self.left if node not in within]
        included = [self._node(node) for node in rest if node in self.left]
        included += [self._node(node) for node in list(self.left) if node in self.left]
        shown |= {"included": included} if included else {}
        order = sorted(shown, key=_rank)
        base = {"@base": ID}
        return {"@context": [CONTEXT, base], **{name: shown[name] for name in order}}

    def _about(self) -> dict[str, list[Term]]:
        """Fragments that are about the thing, by the name under which they stand in it."""
        found: dict[str, list[Term]] = {}
        for node, properties in self.nodes.items():
            for link, name in self._links(properties):
                if self.root in properties.get(link, ()) and node != self.root:
                    properties[link].remove(self.root)
                    found.setdefault(name, []).append(node)
                    break
        return found

    def _links(self, properties: dict[NamedNode, list[Term]]) -> Iterator[tuple[NamedNode, str]]:
        of_component = iri("ar:ofComponent")
        choice = iri("ar:Choice") in properties.get(TYPE, ())
        yield of_component, "choices" if choice else "configurations"
        claim = iri("ar:statement") in properties
        for (link, claims), name in _REVERSE.items():
            if link != iri("ar:subject") or claims == claim:
                yield link, name

    def _node(self, node: Term) -> dict[str, Any]:
        del self.left[node]
        shown: dict[str, Any] = {"id": _short(node)}
        for predicate, values in self.nodes[node].items():
            if not values:
                continue
            name, term = self.context.names.get(predicate.value, (_curie(predicate.value), {}))
            if predicate == TYPE:
                shown["type"] = _one([_class(value) for value in values])
                continue
            found = [self._value(value, term, predicate) for value in values]
            shown[name] = found if "@container" in term else _one(found)
        return {name: shown[name] for name in sorted(shown, key=_rank)}

    def _value(self, value: Term, term: dict[str, Any], predicate: NamedNode) -> Any:
        if isinstance(value, NamedNode):
            if predicate in _INSIDE and value in self.left:
                return self._node(value)
            return _short(value) if term.get("@type") == "@id" else {"id": _short(value)}
        assert isinstance(value, Literal)
        if value.language:
            plain = term.get("@language") == value.language
            return value.value if plain else {"@value": value.value, "@language": value.language}
        kind = _curie(value.datatype.value)
        if term.get("@type") == kind or (kind == "xsd:string" and not term.keys() & _COERCES):
            return value.value
        native = _native(value, kind) if "@type" not in term else None
        return {"@value": value.value, "@type": kind} if native is None else native


_COERCES: Final = frozenset(("@type", "@language"))


def _native(value: Literal, kind: str) -> int | bool | None:
    """A number or truth value as JSON has it, where JSON-LD reads the same spelling back."""
    if kind == "xsd:boolean" and value.value in ("true", "false"):
        return value.value == "true"
    if kind == "xsd:integer" and value.value.lstrip("-").isdigit():
        return int(value.value) if str(int(value.value)) == value.value else None
    return None


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _rank(name: str) -> tuple[int, int, str]:
    if name in _FIRST:
        return 0, _FIRST.index(name), name
    return (2, _LAST.index(name), name) if name in _LAST else (1, 0, name)


def _short(node: Term) -> str:
    """A node's name below the base, or its whole IRI."""
    assert isinstance(node, NamedNode)
    return node.value.removeprefix(ID) if node.value.startswith(ID) else node.value


def _class(node: Term) -> str:
    assert isinstance(node, NamedNode)
    return node.value.removeprefix(NS) if node.value.startswith(NS) else _curie(node.value)


@lru_cache(maxsize=1024)
def _curie(identifier: str) -> str:
    for name, namespace in PREFIXES.items():
        if identifier.startswith(namespace) and not namespace.startswith(ID):
            return f"{name}:{identifier.removeprefix(namespace)}"
    return identifier


def _expanded(curie: str) -> str:
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def as_bytes(document: dict[str, Any]) -> bytes:
    """A document as it is published."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
