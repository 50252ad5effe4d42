"""SHACL Core and SHACL-SPARQL, through the default validator: shapes that the project's engine does
not apply go to pySHACL by themselves (:mod:`aruntime.validation.shapes`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, Triple
from pyoxigraph import Literal as Text

from aruntime import turtle
from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.namespaces import iri
from aruntime.validation import shapes
from aruntime.validation.data import Data
from aruntime.validation.results import Result, results_in
from tests.conformance.outcome import MF, W3C, Outcome, judged, same

SUITES = {"SHACL Core": "core", "SHACL-SPARQL": "sparql"}
"""Names of suites, with their folders."""
OWN, BOTH, OTHER = "own engine", "both engines", "pySHACL"
_TESTS = W3C / "data-shapes" / "data-shapes-test-suite" / "tests"
_BASE = "http://datashapes.org/sh/tests/"
_SHT = "http://www.w3.org/ns/shacl-test#"
_TYPE = iri("rdf:type")


def outcomes() -> Iterator[Outcome]:
    """Every test of the two suites."""
    for suite, test, path, found in _tests():
        yield judged(suite, _name(test), lambda p=path, f=found, t=test: _run(p, f, t))


def engines() -> dict[str, dict[str, int]]:
    """By suite, how many tests each engine answers."""
    found: dict[str, dict[str, int]] = {}
    for suite, test, path, manifest in _tests():
        counts = found.setdefault(suite, dict.fromkeys((OWN, BOTH, OTHER), 0))
        action = manifest.value(test, NamedNode(MF + "action"))
        assert action is not None
        try:
            known = shapes.read(_graph(manifest, action, "shapesGraph", path))
        except DataError:
            continue
        counts[_engine(known)] += 1
    return found


def _engine(known: Iterable[shapes.Shape]) -> str:
    foreign = {bool(shape.foreign) for shape in known}
    return BOTH if len(foreign) == 2 else OTHER if True in foreign else OWN


def _tests() -> Iterator[tuple[str, Term, Path, Data]]:
    """Suite, test, its file and what that says."""
    for suite, folder in SUITES.items():
        for path in sorted((_TESTS / folder).rglob("*.ttl")):
            found = Data(_read(path))
            for test in found.subjects(_TYPE, NamedNode(_SHT + "Validate")):
                yield suite, test, path, found


def _name(test: Term) -> str:
    return str(test).strip("<>").removeprefix(_BASE)


@cache
def _read(path: Path) -> tuple[Triple, ...]:
    base = _BASE + str(path.relative_to(_TESTS))
    form = turtle.FORMATS[path.suffix]
    return tuple(q.triple for q in turtle.parse_bytes(path.read_bytes(), form, path, base=base))


def _graph(manifest: Data, action: Term, name: str, path: Path) -> tuple[Triple, ...]:
    place = manifest.value(action, NamedNode(_SHT + name))
    relative = str(place).strip("<>").removeprefix(_BASE)
    return _read(_TESTS / relative) if relative else _read(path)


def _run(path: Path, manifest: Data, test: Term) -> str | None:
    action = manifest.value(test, NamedNode(MF + "action"))
    wanted = manifest.value(test, NamedNode(MF + "result"))
    assert action is not None and wanted is not None
    failing = wanted == NamedNode(_SHT + "Failure")
    try:
        known = shapes.read(_graph(manifest, action, "shapesGraph", path))
        found = list(shapes.results(Data(_graph(manifest, action, "dataGraph", path)), known))
    except DataError as error:
        return None if failing else f"refused: {error.message}"
    if failing:
        return "answered, though the shapes cannot be applied"
    return _compared(found, manifest, wanted)


def _compared(found: list[Result], manifest: Data, report: Term) -> str | None:
    """Whether the results are those of the suite's report, each as often as there."""
    conforms = str(manifest.value(report, iri("sh:conforms")))
    if ('"true"' in conforms) != (not found):
        return f"{len(found)} results, though conforms is {conforms.partition('^')[0]}"
    nodes = set(manifest.values(report, iri("sh:result")))
    described = Data(
        Triple(*triple)
        for triple in manifest.triples()
        if triple.subject in nodes or triple.predicate != _TYPE
    )
    wanted = results_in(described)
    if len(found) != len(wanted):
        return f"{len(found)} results instead of {len(wanted)}"
    messages = any(result.message for result in wanted)
    if not same(_as_quads(found, messages), _as_quads(wanted, messages)):
        return "other results"
    return None


def _as_quads(results: Iterable[Result], messages: bool) -> list[Quad]:
    """Results as a graph: whatever blank nodes are called, two reports can be compared."""
    found = []
    for result in results:
        node = BlankNode()
        values = {
            "focus": result.focus,
            "path": Text(result.path or ""),
            "value": result.value,
            "shape": result.shape,
            "component": Text(result.component),
            "severity": result.severity,
            "message": Text(result.message) if messages else None,
        }
        found += [Quad(node, NamedNode(f"x:{n}"), v) for n, v in values.items() if v is not None]
    return found
