"""Diagnosis: does this installation work, and what can an endpoint do?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyoxigraph
from pyoxigraph import Store

from aruntime import corpus, parts, paths, questions, store
from aruntime.engines.embedded import Embedded
from aruntime.engines.remote import Remote
from aruntime.engines.seam import Engine
from aruntime.errors import AruntimeError
from aruntime.graph import Graph
from aruntime.model import Rows


@dataclass(frozen=True)
class Probe:
    """One thing that was tried."""

    name: str
    works: bool
    detail: str


_PROBES: Final[dict[str, tuple[str, list[str]]]] = {
    "VALUES and joins": ("SELECT ?x { VALUES ?x { 1 2 } VALUES ?x { 2 3 } }", ["2"]),
    "trailing VALUES (parameters)": ("SELECT ?x { VALUES ?x { 1 2 } } VALUES (?x) { (2) }", ["2"]),
    "MINUS": ("SELECT ?x { VALUES ?x { 1 2 } MINUS { VALUES ?x { 1 } } }", ["2"]),
    "decimal division": ("SELECT ?x { BIND (7 / 2 AS ?x) }", ["3.5"]),
    "regular expression flags": ('SELECT ?x { VALUES ?x { "AB" } FILTER REGEX(?x, "^ab$", "i") }', ["AB"]),
    "replacement groups": ('SELECT ?x { BIND (REPLACE("ab/c", "^(a.)/.*$", "$1") AS ?x) }', ["ab"]),
    "STRAFTER": ('SELECT ?x { BIND (STRAFTER("a#b", "#") AS ?x) }', ["b"]),
}


def diagnose(endpoint: str | None = None) -> list[Probe]:
    """Probe this installation, or an endpoint."""
    return _endpoint(endpoint) if endpoint else _installation()


def _try(name: str, work: Callable[[], str]) -> Probe:
    try:
        return Probe(name, True, work())
    except AruntimeError as error:
        return Probe(name, False, str(error))


def _installation() -> list[Probe]:
    def files() -> str:
        return f"{len(corpus.vocabulary_files())} vocabulary and {len(corpus.data_files())} data files below {paths.root()}"

    def built() -> str:
        folder = store.location()
        found = "compiled" if folder.is_dir() else "will be compiled at first use"
        return f"{found}: {folder}"

    def whole() -> str:
        held, expected = len(Graph.open().ask("things", {"kind": "runtime"})), len(list((paths.data() / "runtime").glob("*.ttl")))
        if held != expected:
            store.build(finish=parts.write)
            return f"the store held {held} of {expected} runtimes and was compiled again"
        return f"{held} runtimes"

    versions = f"Python {sys.version.split()[0]}, Oxigraph {pyoxigraph.__version__}"
    return [Probe("versions", True, versions), _try("files", files), _try("store", built), _try("graph", whole), *_language(Embedded(Store()))]


def _language(engine: Engine) -> list[Probe]:
    return [_probe(engine, name, text, expected) for name, (text, expected) in _PROBES.items()]


def _probe(engine: Engine, name: str, text: str, expected: list[str]) -> Probe:
    try:
        answer = engine.run(text)
    except AruntimeError as error:
        return Probe(name, False, str(error))
    assert isinstance(answer, Rows)
    got = [row["x"] for row in answer.records()]
    return Probe(name, got == expected, "as the standard says" if got == expected else f"expected {expected}, got {got}")


def _endpoint(address: str) -> list[Probe]:
    engine = Remote(address)
    probes = _language(engine)

    def union() -> str:
        number = len(questions.ask(engine, "things", {"kind": "runtime"}))
        if not number:
            raise AruntimeError("the default graph shows no runtime: load the graph, or make the default graph the union of all")
        return f"{number} runtimes in the default graph"

    def cap() -> str:
        counted = int(questions.ask(engine, "triple-count").records()[0]["triples"] or 0)
        answer = engine.run(f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {min(counted, 20_000)}")
        assert isinstance(answer, Rows)
        if len(answer) < min(counted, 20_000):
            raise AruntimeError(f"rows are capped at {len(answer)} of {counted}: raise the server's limit")
        return f"{counted} triples, {len(answer)} rows in one answer"

    def distinct_paths() -> str:
        rows = questions.ask(engine, "depends-on")
        if len(rows) != len(set(rows.rows)):
            raise AruntimeError("the same row comes more than once")
        return f"{len(rows)} rows"

    return [*probes, _try("default graph", union), _try("row cap", cap), _try("distinct rows", distinct_paths)]
