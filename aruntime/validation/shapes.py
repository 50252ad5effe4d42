"""Node-local rules: SHACL shapes, shape by shape over all focus nodes at once.

What the shapes of this project need of SHACL Core is applied here
(:mod:`aruntime.validation.constraints`); a shape that uses anything else of SHACL Core or
SHACL-SPARQL goes to pySHACL (:mod:`aruntime.validation.pyshacl_engine`) by itself, which is the
reference and some tens of times slower. Both return the same results. A shape sees the nodes that
it looks at and the classes of what they name; what needs more of the graph is a check
(:mod:`aruntime.validation.checks`).

Shapes come from ``ontology/shapes`` alone; nothing in an overlay can add, change or deactivate one.
A shape that would silently check nothing (no shape at all, no focus node, a misspelled ``sh:``
term) is an error, never "conforms".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths
from aruntime.errors import DataError
from aruntime.model import Finding, Term, text
from aruntime.namespaces import PREFIXES, TYPE, iri, slug
from aruntime.validation import shacl_terms
from aruntime.validation.constraints import COMPONENTS, DATATYPES, KINDS, ORDERED
from aruntime.validation.data import Data
from aruntime.validation.results import SEVERITIES, Result

_SH: Final = PREFIXES["sh"]
_CLASS: Final = iri("rdfs:Class")
_ENTAILMENT: Final = iri("sh:entailment")
_TARGETS: Final = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_NOTES: Final = ("name", "description", "defaultValue", "order", "group")
APPLIED: Final = frozenset(
    ("path", "property", "severity", "message", *_TARGETS, *_NOTES, *COMPONENTS)
)
"""Properties of a shape that this engine knows; with any other, pySHACL applies the shape."""


@dataclass(frozen=True)
class Shape:
    """One shape: where it looks, and what it demands there.

    Attributes:
        path: the property whose values it looks at; of a node shape, the focus node itself.
        targets: kinds of target, each with the class, node or property.
        constraints: names of constraint components with their parameters as the shapes graph has
            them.
        foreign: of a shape that pySHACL must apply, the shapes graph, in which only such shapes
            have targets; of any other shape, nothing.
    """

    name: Term
    path: NamedNode | None
    targets: tuple[tuple[str, Term], ...]
    properties: tuple[Shape, ...]
    constraints: tuple[tuple[str, Any], ...]
    severity: NamedNode
    message: str
    foreign: tuple[Triple, ...] = field(default=(), compare=False, repr=False)

    def on(self, data: Data) -> Check:
        """What finds every breach among some focus nodes of *data*, with all parameters looked up
        once."""
        components = [
            (name, COMPONENTS[name], _parameter(name, value, data))
            for name, value in self.constraints
        ]
        inner = [shape.on(data) for shape in self.properties]

        def breaches(focus: Collection[Term]) -> Iterator[Breach]:
            for node in focus if components else ():
                values = (node,) if self.path is None else data.values(node, self.path)
                for name, component, parameter in components:
                    for value in component(values, parameter(node)):
                        yield node, self, name, value
            below = (
                focus
                if self.path is None
                else [value for node in focus for value in data.values(node, self.path)]
            )
            for check in inner:
                yield from check(below)

        return breaches


Breach = tuple[Term, Shape, str, Term | None]
"""Focus node, broken shape, the component's parameter and the value."""
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
    """The shapes of some files, of ``ontology/shapes`` if none are named; see :func:`read`.

    Raises:
        DataError: a file is malformed, there is no shape, or one uses a term that SHACL does not
            have.
    """
    triples: list[Triple] = []
    for path in shape_files() if files is None else files:
        stated = corpus.triples_of(path)
        _refuse_unknown(stated, path)
        triples += stated
    found = read(triples)
    if not found:
        raise DataError(
            "there is no shape; nothing would be checked", path=paths.ontology() / "shapes"
        )
    return found


def read(triples: Iterable[Triple]) -> list[Shape]:
    """The shapes of a graph that have targets, sorted by name.

    Raises:
        DataError: a shape uses a term that SHACL does not have, or asks for an entailment regime.

    Example:
        A shape that this engine cannot apply is marked: ``read(graph)[0].foreign`` is the shapes
        graph that pySHACL gets for it.
    """
    stated = list(triples)
    _refuse_unknown(stated, None)
    graph = Data(stated)
    targets = {node: tuple(_targets(graph, node)) for node in _shape_nodes(graph)}
    roots = sorted((node for node, found in targets.items() if found), key=str)
    declared = bool(graph.subjects(iri("sh:parameter")))  # components of the graph's own
    own = {node for node in roots if not declared and _is_applied(graph, node, ())}
    rest = tuple(_without_targets(stated, own)) if len(own) < len(roots) else ()
    return [
        _read(graph, node, targets[node])
        if node in own
        else Shape(node, None, targets[node], (), (), iri("sh:Violation"), "", rest)
        for node in roots
    ]


def _refuse_unknown(triples: Iterable[Triple], path: Path | None) -> None:
    for triple in triples:
        if triple.predicate == _ENTAILMENT:
            message = f"no entailment regime is applied, so not {triple.object}"
            raise DataError(f"{message}; take sh:entailment out", path=path)
        for term in (triple.predicate, triple.object):
            if isinstance(term, NamedNode) and term.value.startswith(_SH):
                name = term.value.removeprefix(_SH)
                if name not in shacl_terms.TERMS:
                    message = f"sh:{name} is no term of SHACL Core or SHACL-SPARQL"
                    raise DataError(f"{message}; correct its spelling, or leave it out", path=path)


def _shape_nodes(graph: Data) -> dict[Term, None]:
    """Nodes that may have targets, each once."""
    kinds = (iri("sh:NodeShape"), iri("sh:PropertyShape"))
    typed = (graph.instances(kind) for kind in kinds)
    targeted = (graph.subjects(iri(f"sh:{name}")) for name in _TARGETS)
    return dict.fromkeys(chain(*typed, *targeted))


def _targets(graph: Data, node: Term) -> Iterator[tuple[str, Term]]:
    """Kinds of target with their values; a shape that is a class targets its instances."""
    for name in _TARGETS:
        for value in graph.values(node, iri(f"sh:{name}")):
            yield name, value
    if node in graph.instances(_CLASS):
        yield "targetClass", node


def _without_targets(triples: Iterable[Triple], own: Collection[Term]) -> Iterator[Triple]:
    """A shapes graph in which some shapes have no target any more."""
    targets = {iri(f"sh:{name}") for name in _TARGETS}
    for triple in triples:
        implicit = triple.predicate == TYPE and triple.object == _CLASS
        if triple.subject not in own or not (implicit or triple.predicate in targets):
            yield triple


def _is_applied(graph: Data, node: Term, above: tuple[Term, ...]) -> bool:
    """Whether this engine knows everything that a shape and those within it demand."""
    if node in above:  # a shape that leads to itself
        return False
    used: dict[str, list[Term]] = {}
    for predicate, value in graph.properties(node):
        name = text(predicate) or ""
        if name.startswith(_SH):
            used.setdefault(name.removeprefix(_SH), []).append(value)
    if not used.keys() <= APPLIED or any(
        path not in SEVERITIES for path in used.get("severity", ())
    ):
        return False
    paths_of = used.get("path", [])
    if len(paths_of) > 1 or not all(isinstance(path, NamedNode) for path in paths_of):
        return False
    if not all(value in DATATYPES for value in used.get("datatype", ())):
        return False
    if not all(
        (text(value) or "").removeprefix(_SH) in KINDS for value in used.get("nodeKind", ())
    ):
        return False
    if not all(
        isinstance(value, Literal) and value.datatype in ORDERED
        for value in used.get("minInclusive", ())
    ):
        return False
    members = [m for name in ("or", "xone") for v in used.get(name, ()) for m in graph.members(v)]
    return all(
        _is_applied(graph, inner, (*above, node)) for inner in (*used.get("property", ()), *members)
    )


def _read(graph: Data, node: Term, targets: tuple[tuple[str, Term], ...] = ()) -> Shape:
    def all_of(name: str) -> Collection[Term]:
        return graph.values(node, NamedNode(_SH + name))

    severity = next(iter(all_of("severity")), iri("sh:Violation"))
    return Shape(
        name=node,
        path=next(iter(all_of("path")), None),  # type: ignore[arg-type]
        targets=targets,
        properties=tuple(_read(graph, inner) for inner in all_of("property")),
        constraints=tuple(
            (name, _constraint(graph, name, value)) for name in COMPONENTS for value in all_of(name)
        ),
        severity=severity,  # type: ignore[arg-type]
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
            try:
                return int(text(value) or "")
            except ValueError:
                raise DataError(f"sh:{name} takes a whole number, not {value}") from None
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
            {slug(text(shape.name) or "")} if shape.message or shape.foreign else set()
        )
    return found


def focus_nodes(data: Data, shapes: Iterable[Shape]) -> set[Term]:
    """Nodes that some shape targets."""
    return {node for shape in shapes for node in targeted(data, shape)}


def targeted(data: Data, shape: Shape) -> dict[Term, None]:
    """Nodes that one shape targets, each once."""
    found: dict[Term, None] = {}
    for kind, value in shape.targets:
        match kind:
            case "targetNode":
                found[value] = None
            case "targetSubjectsOf":
                found |= dict.fromkeys(data.subjects(value))
            case "targetObjectsOf":
                nodes = data.subjects(value)
                found |= dict.fromkeys(v for node in nodes for v in data.values(node, value))
            case _:
                found |= dict.fromkeys(data.instances(value))
    return found


def results(data: Data, shapes: Collection[Shape]) -> Iterator[Result]:
    """Every breach of a shape; pySHACL is asked once, if at all, for all shapes that need it.

    Raises:
        DataError: pySHACL cannot apply a shape.
    """
    for shape in shapes:
        for node, broken, component, value in shape.on(data)(targeted(data, shape)):
            name = f"{_SH}{component[0].upper()}{component[1:]}ConstraintComponent"
            path = text(broken.path)
            yield Result(node, path, value, broken.name, name, broken.severity, broken.message)
    foreign = next((shape.foreign for shape in shapes if shape.foreign), ())
    if foreign:
        reference = import_module("aruntime.validation.pyshacl_engine")  # takes long to load
        rules = reference.graph_of(foreign)
        yield from reference.report(reference.graph_of(data.triples()), rules)


def findings(data: Data, shapes: Collection[Shape]) -> Iterator[Finding]:
    """Every breach of a shape, as a finding without a place.

    Raises:
        DataError: no node is targeted.
    """
    if not focus_nodes(data, shapes):
        raise DataError("the shapes look at no node of the data; nothing would be checked")
    return (result.finding() for result in results(data, shapes))
