"""Turtle, TriG, N-Triples and N-Quads of RDF 1.1, through :func:`aruntime.turtle.parse_bytes`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from aruntime import turtle
from aruntime.errors import DataError
from aruntime.namespaces import TYPE
from tests.conformance.outcome import MF, W3C, Outcome, entries, judged, manifest, same

SUITES = {
    "Turtle": "rdf-turtle",
    "TriG": "rdf-trig",
    "N-Triples": "rdf-n-triples",
    "N-Quads": "rdf-n-quads",
}
"""Names of suites, with their folders."""
_FOLDER = W3C / "rdf-tests" / "rdf" / "rdf11"
_BASE = "https://w3c.github.io/rdf-tests/rdf/rdf11/"


def outcomes() -> Iterator[Outcome]:
    """Every test of the four suites."""
    for suite, folder in SUITES.items():
        base = f"{_BASE}{folder}/"
        found = manifest(_FOLDER / folder / "manifest.ttl", f"{base}manifest.ttl")
        for test in entries(found):
            kind = str(found.value(test, TYPE))
            action, result = (
                _file(found.value(test, NamedNode(MF + name)), base, _FOLDER / folder)
                for name in ("action", "result")
            )
            assert action is not None
            name = str(test).rpartition("#")[2].rstrip(">")
            yield judged(suite, name, lambda k=kind, a=action, r=result, b=base: _run(k, a, r, b))


def _file(name: object, base: str, folder: Path) -> Path | None:
    return None if name is None else folder / str(name).strip("<>").removeprefix(base)


def _run(kind: str, action: Path, result: Path | None, base: str) -> str | None:
    form = turtle.FORMATS[action.suffix]
    try:
        quads = turtle.parse_bytes(action.read_bytes(), form, action, base=base + action.name)
    except DataError as error:
        return None if "Negative" in kind else f"refused: {error.message}"
    if "Negative" in kind:
        return "accepted, though it is malformed"
    if "Eval" in kind:
        assert result is not None
        if not same(quads, turtle.read(result)):
            return "read as another graph"
    return None
