"""Node-local rules: SHACL Core, shape by shape over all focus nodes at once.

pySHACL is the reference (:mod:`aruntime.validation.pyshacl_engine`) and returns the same findings,
some tens of times slower. Shapes come from ``ontology/shapes`` alone; nothing in an overlay can
add, change or deactivate one. A shape that would silently check nothing (no shape at all, no focus
node, a misspelled ``sh:`` term) is an error, never "conforms".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths
from aruntime.errors import DataError
from aruntime.model import Finding, Severity, Term, text
from aruntime.namespaces import PREFIXES, iri, slug
from aruntime.validation.components import COMPONENTS, KINDS

SEVERITIES: Final = {
    iri("sh:Violation"): Severity.VIOLATION,
    iri("sh:Warning"): Severity.WARNING,
    iri("sh:Info"): Severity.INFO,
}
_SH: Final = PREFIXES["sh"]
_TYPE, _SUBCLASS, _FIRST, _REST, _NIL = (
    iri(name) for name in ("rdf:type", "rdfs:subClassOf", "rdf:first", "rdf:rest", "rdf:nil")
)
_STRUCTURE: Final = frozenset(("path", "property", "targetClass", "severity", "message"))
"""Terms that say where a shape looks and what it reports, beside its constraint components."""
_NAMES: Final = frozenset(("NodeShape", "PropertyShape", "Violation", "Warning", "Info"))
TERMS: Final = _STRUCTURE | _NAMES | KINDS.keys() | COMPONENTS.keys()
"""Terms of the SHACL namespace that a shape of ours may use."""


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

    def members(self, node: Term) -> Iterator[Term]:
        """Members of an RDF list."""
        while node != _NIL:
            first, rest = self.value(node, _FIRST), self.value(node, _REST)
            if first is None or rest is None:
                raise DataError(
                    "a list in the shapes does not end; close it", path=paths.ontology() / "shapes"
                )
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
        return _reversed(self._values.get(_TYPE, {}))

    @cached_property
    def _below(self) -> dict[Term, list[Term]]:
        return _reversed(self._values.get(_SUBCLASS, {}))


def _reversed(values: dict[Term, dict[Term, None]]) -> dict[Term, list[Term]]:
    found: dict[Term, list[Term]] = {}
    for subject, objects in values.items():
        for value in objects:
            found.setdefault(value, []).append(subject)
    return found


@dataclass(frozen=True)
class Shape:
    """One shape: where it looks, and what it demands there.

    Attributes:
        path: the property whose values it looks at; of a node shape, the focus node itself.
        constraints: names of constraint components with their parameters as the shapes graph has
            them.
    """

    name: Term
    path: NamedNode | None
    targets: tuple[Term, ...]
    properties: tuple[Shape, ...]
    constraints: tuple[tuple[str, Any], ...]
    severity: Severity
    message: str

    def on(self, data: Data) -> Check:
        """What finds every breach among some focus nodes of *data*, with all parameters looked up
        once."""
        components = [
            (COMPONENTS[name], _parameter(name, value, data)) for name, value in self.constraints
        ]
        inner = [shape.on(data) for shape in self.properties]

        def breaches(focus: Collection[Term]) -> Iterator[Breach]:
            for node in focus if components else ():
                values = (node,) if self.path is None else data.values(node, self.path)
                for component, parameter in components:
                    for value in component(values, parameter(node)):
                        yield node, self, value
            below = (
                focus
                if self.path is None
                else [value for node in focus for value in data.values(node, self.path)]
            )
            for check in inner:
                yield from check(below)

        return breaches


Breach = tuple[Term, Shape, Term | None]
"""Focus node, broken shape and value."""
Check = Callable[[Collection[Term]], Iterator[Breach]]


def _parameter(name: str, value: Any, data: Data) -> Callable[[Term], Any]:
    """A component's parameter for a focus node: most are the same for all, some are read from the
    data."""
    if name == "lessThanOrEquals":
        return lambda node: data.values(node, value)
    if name == "class":
        value = data.instances(value)
    elif name in ("or", "xone"):
        value = [_conforms(shape.on(data)) for shape in value]
    return lambda node: value


def _conforms(check: Check) -> Callable[[Term], bool]:
    return lambda node: next(check((node,)), None) is None


def shape_files() -> list[Path]:
    """Files of shapes, one a class."""
    return sorted((paths.ontology() / "shapes").glob("*.ttl"))


def load(files: Iterable[Path] | None = None) -> list[Shape]:
    """The shapes that have targets, checked for what would make them check nothing.

    Raises:
        DataError: there is no shape, or one uses a term that SHACL does not have or this engine
            does not know.
    """
    triples: list[Triple] = []
    for path in shape_files() if files is None else files:
        stated = corpus.triples_of(path)
        for name in _terms(stated):
            if name not in TERMS:
                remedy = "correct its spelling, or add it to components.py"
                message = f"sh:{name} is no term of SHACL that is known here; {remedy}"
                raise DataError(message, path=path)
        triples += stated
    graph = Data(triples)
    found = [_read(graph, node) for node in sorted(graph.instances(iri("sh:NodeShape")), key=str)]
    if not found:
        raise DataError(
            "there is no shape; nothing would be checked", path=paths.ontology() / "shapes"
        )
    return found


def _terms(triples: Iterable[Triple]) -> Iterator[str]:
    for triple in triples:
        for term in (triple.predicate, triple.object):
            if isinstance(term, NamedNode) and term.value.startswith(_SH):
                yield term.value.removeprefix(_SH)


def _read(graph: Data, node: Term) -> Shape:
    def all_of(name: str) -> Collection[Term]:
        return graph.values(node, NamedNode(_SH + name))

    path = next(iter(all_of("path")), None)
    if path is not None and not isinstance(path, NamedNode):
        raise DataError(
            f"{text(node)}: only a property may stand as sh:path", path=paths.ontology() / "shapes"
        )
    return Shape(
        name=node,
        path=path,
        targets=tuple(all_of("targetClass")),
        properties=tuple(_read(graph, inner) for inner in all_of("property")),
        constraints=tuple(
            (name, _constraint(graph, name, value)) for name in COMPONENTS for value in all_of(name)
        ),
        severity=SEVERITIES.get(next(iter(all_of("severity")), None), Severity.VIOLATION),  # type: ignore[arg-type]
        message=next(
            (value.value for value in all_of("message") if isinstance(value, Literal)), ""
        ),
    )


def _constraint(graph: Data, name: str, value: Term) -> Any:
    """A parameter of the shapes graph as its component takes it."""
    match name:
        case "or" | "xone":
            return [_read(graph, member) for member in graph.members(value)]
        case "in":
            return frozenset(graph.members(value))
        case "minCount" | "maxCount" | "minLength" | "maxLength":
            return int(text(value) or "")
        case "nodeKind":
            return (text(value) or "").removeprefix(_SH)
        case "pattern":
            return text(value)
        case "uniqueLang":
            return text(value) == "true"
        case _:
            return value


def rule_ids(shapes: Iterable[Shape]) -> set[str]:
    """Names of the rules that shapes hold: everything with a message."""
    found: set[str] = set()
    for shape in shapes:
        found |= rule_ids(shape.properties) | (
            {slug(text(shape.name) or "")} if shape.message else set()
        )
    return found


def focus_nodes(data: Data, shapes: Iterable[Shape]) -> set[Term]:
    """Nodes that some shape targets."""
    return {node for shape in shapes for cls in shape.targets for node in data.instances(cls)}


def findings(data: Data, shapes: Collection[Shape]) -> Iterator[Finding]:
    """Every breach of a shape.

    Raises:
        DataError: no node is targeted.
    """
    if not focus_nodes(data, shapes):
        raise DataError("the shapes look at no node of the data; nothing would be checked")
    for shape in shapes:
        targets = dict.fromkeys(node for cls in shape.targets for node in data.instances(cls))
        for node, broken, value in shape.on(data)(targets):
            rule = slug(text(broken.name) or "")
            yield Finding(
                None,
                None,
                rule,
                broken.severity,
                text(node) or "",
                text(broken.path),
                text(value),
                broken.message,
            )
