"""Diagnosis: does this installation work, and what can an endpoint do?"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

import pyoxigraph
from pyoxigraph import Store

from aruntime import paths, questions
from aruntime.engines.engine import Engine
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import Remote
from aruntime.errors import AruntimeError
from aruntime.evidence import contents
from aruntime.folder import is_ours
from aruntime.model import Rows, Term
from aruntime.store import MARKER, SEAL, damaged_files, location, open_store, unseal

Pair = tuple[Term | None, Term | None]


class Probe(NamedTuple):
    """One thing that was tried.

    Attributes:
        works: whether it gave what it must.
        detail: what was found, and the remedy where it does not work.
    """

    name: str
    works: bool
    detail: str


_AGAIN: Final = "aruntime build makes it anew"
_OWN: Final = "the named questions do without it; in queries of your own, "
_PROBES: Final[dict[str, tuple[str, list[str | None], str]]] = {
    "VALUES and joins": (
        "SELECT ?x { VALUES ?x { 1 2 } VALUES ?x { 2 3 } }",
        ["2"],
        "questions about several names lose or repeat rows",
    ),
    "VALUES after the query": (
        "SELECT ?x { VALUES ?x { 1 2 } } VALUES (?x) { (2) }",
        ["2"],
        "parameters are ignored or slow",
    ),
    "VALUES after UNION": (
        "SELECT ?x { { BIND (1 AS ?x) } UNION { BIND (2 AS ?x) } } VALUES ?x { 2 }",
        ["2"],
        _OWN + "write VALUES inside of the group",
    ),
    "VALUES with UNDEF": (
        "SELECT ?x { VALUES (?x ?y) { (1 UNDEF) (2 3) } FILTER (!BOUND(?y)) }",
        ["1"],
        _OWN + "write UNION instead",
    ),
    "OPTIONAL": (
        "SELECT ?x { VALUES ?y { 1 2 } OPTIONAL { VALUES (?y ?x) { (1 3) } } } ORDER BY ?y",
        ["3", None],
        "most questions give wrong rows",
    ),
    "MINUS": (
        "SELECT ?x { VALUES ?x { 1 2 } MINUS { VALUES ?x { 1 } } }",
        ["2"],
        "ended claims are shown as current",
    ),
    "MINUS without a shared variable": (
        "SELECT ?x { VALUES ?x { 1 } MINUS { VALUES ?y { 2 } } }",
        ["1"],
        _OWN + "share a variable with what is taken away",
    ),
    "UNION and BIND": (
        "SELECT ?x { { BIND (1 AS ?x) } UNION { BIND (2 AS ?x) } } ORDER BY ?x",
        ["1", "2"],
        "integrations are seen from one side only",
    ),
    "COALESCE": (
        "SELECT ?x { BIND (COALESCE(?y, 0) AS ?x) }",
        ["0"],
        "disputes and evidence lose rows",
    ),
    "GROUP_CONCAT": (
        'SELECT (GROUP_CONCAT(?y; SEPARATOR = "|") AS ?x) { VALUES ?y { "a" "a" } }',
        ["a|a"],
        "evidence is shown without its anchor terms",
    ),
    "decimal division": (
        "SELECT ?x { BIND (7 / 2 AS ?x) }",
        ["3.5"],
        _OWN + "divide by 2.0 instead of 2",
    ),
    "spelling of numbers": (
        "SELECT ?x { VALUES ?x { 7 1.5 } } ORDER BY DESC(?x)",
        ["7", "1.5"],
        _OWN + "compare numbers, not their text",
    ),
    "booleans": (
        "SELECT ?x { BIND (1 = 1 AS ?x) }",
        ["true"],
        _OWN + "expect 1 and 0 for true and false",
    ),
    "spelling of times": (
        'SELECT ?x { VALUES ?x { "2026-01-02T03:04:05Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> } }',
        ["2026-01-02T03:04:05Z"],
        "days of review and release are spelt differently",
    ),
    "order of days": (
        """SELECT ?x { VALUES ?x { "2026-01-02"^^<http://www.w3.org/2001/XMLSchema#date>
        "2026-01-10"^^<http://www.w3.org/2001/XMLSchema#date> } FILTER (?x <
        "2026-01-09"^^<http://www.w3.org/2001/XMLSchema#date>) }""",
        ["2026-01-02"],
        "claims due for review cannot be told by day",
    ),
    "regular expression flags": (
        'SELECT ?x { VALUES ?x { "AB" } FILTER REGEX(?x, "^ab$", "i") }',
        ["AB"],
        _OWN + "write LCASE instead",
    ),
    "replacement groups": (
        'SELECT ?x { BIND (REPLACE("ab/c", "^(a.)/.*$", "$1") AS ?x) }',
        ["ab"],
        _OWN + "write STRBEFORE instead",
    ),
    "STRAFTER": (
        'SELECT ?x { BIND (STRAFTER("a#b", "#") AS ?x) }',
        ["b"],
        _OWN + "write REPLACE instead",
    ),
}
"""What is tried: a query, the values of ``?x`` that the standard asks for, and what follows from
others."""


def diagnose(endpoint: str | None = None, *, deep: bool = False) -> list[Probe]:
    """Probe this installation, or an endpoint.

    Args:
        deep: read every byte that lies in the cache, and verify it by its digest; a store that is
            found damaged is made anew when it is needed next.
    """
    if endpoint:
        return _endpoint(endpoint)
    return [*_installation(), *(_cached() if deep else ())]


def _cached() -> list[Probe]:
    """Whether everything in the cache is what it was when it was written."""

    def stores() -> str:
        every = sorted(paths.cache().glob("store-*"))
        found = [p for p in every if is_ours(p, MARKER) and (p / SEAL).exists()]
        damaged = {path: names for path in found if (names := damaged_files(path))}
        for path in damaged:
            unseal(path)
        if damaged:
            each = "; ".join(f"{path}: {', '.join(names)}" for path, names in damaged.items())
            raise AruntimeError(f"damaged: {each}; made anew when needed next")
        return f"{len(found)} stores, every byte as it was written"

    def fetched() -> str:
        found = [*contents.files()]
        damaged = [path for path in found if contents.cached(path.name) is None]
        if damaged:
            names = ", ".join(map(str, damaged))
            raise AruntimeError(f"damaged: {names}; fetched anew when needed next")
        return f"{len(found)} fetched files, every byte as it was fetched"

    return [_try("cached stores", stores), _try("cached files", fetched)]


def _try(name: str, work: Callable[[], str]) -> Probe:
    try:
        return Probe(name, True, work())
    except (AruntimeError, OSError) as error:
        return Probe(name, False, str(error))


def _installation() -> list[Probe]:
    """What can be told of this installation without changing it."""
    versions = f"Python {sys.version.split()[0]}, Oxigraph {pyoxigraph.__version__}"
    return [
        Probe("versions", True, versions),
        _try("files", _files),
        _try("store", _compiled),
        _try("graph", _whole),
        *_language(Oxigraph(Store())),
    ]


def _files() -> str:
    meaning, facts = (_count(name) for name in ("ontology", "data"))
    if not (meaning and facts):
        raise AruntimeError(f"no ontology and data below {paths.root()}; install the package again")
    return f"{meaning} ontology and {facts} data files below {paths.root()}"


def _count(name: str) -> int:
    """How many Turtle files a folder of the root holds."""
    found = os.walk(os.path.join(paths.root(), name))
    return sum(file.endswith(".ttl") for _, _, files in found for file in files)


def _compiled() -> str:
    folder = location()
    if not os.path.exists(folder):
        return f"will be compiled at first use: {folder}"
    if open_store(folder) is None:
        raise AruntimeError(f"damaged: {folder}; {_AGAIN}")
    return f"compiled: {folder}"


def _whole() -> str:
    """Whether the compiled store holds every runtime that has a file."""
    store = open_store(location())
    if store is None:
        return "nothing to look at yet"
    expected = len(
        [n for n in os.listdir(os.path.join(paths.root(), "data", "runtime")) if n[0] != "."]
    )
    held = len(questions.ask(Oxigraph(store), "things", {"kind": "runtime"}))
    if held != expected:
        raise AruntimeError(f"the store holds {held} of {expected} runtimes; {_AGAIN}")
    return f"{held} runtimes"


def _language(engine: Engine) -> list[Probe]:
    return [_probe(engine, name, *probe) for name, probe in _PROBES.items()]


def _probe(
    engine: Engine, name: str, text: str, expected: list[str | None], otherwise: str
) -> Probe:
    def values() -> str:
        got = [row["x"] for row in _rows(engine, text).records()]
        if got != expected:
            raise AruntimeError(f"expected {expected}, got {got}; {otherwise}")
        return "as the standard says"

    return _try(name, values)


def _triples(engine: Engine) -> int:
    """How many triples an engine's default graph holds."""
    return int(questions.ask(engine, "triple-count").records()[0]["triples"] or 0)


def _rows(engine: Engine, text: str) -> Rows:
    answer = engine.run(text)
    assert isinstance(answer, Rows)
    return answer


def _endpoint(address: str) -> list[Probe]:
    engine = Remote(address)

    def default_graph() -> str:
        number = len(questions.ask(engine, "things", {"kind": "runtime"}))
        if not number:
            raise AruntimeError(
                "the default graph shows no runtime: load the graph, or make the default graph the union of all"
            )
        there = _triples(engine)
        store = open_store(location())
        if store is None:
            return f"{number} runtimes and {there} triples"
        here = _triples(Oxigraph(store))
        return f"{number} runtimes and {there} triples there, {here} in the shipped graph" + (
            "; more means other graphs beside it: name one with ?default-graph-uri="
            if there > here
            else ""
        )

    def cap() -> str:
        wanted = min(_triples(engine), 20_000)
        got = len(_rows(engine, f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {wanted}"))
        if got < wanted:
            raise AruntimeError(
                f"rows are capped at {got}: longer answers lose rows; raise the server's limit"
            )
        return f"{got} rows in one answer"

    def forms() -> str:
        some = "{ ?s ?p ?o }"
        kinds = [
            type(engine.run(text)).__name__
            for text in (
                f"ASK {some}",
                f"SELECT * {some} LIMIT 1",
                f"CONSTRUCT {some} WHERE {some} LIMIT 1",
            )
        ]
        if kinds != ["bool", "Rows", "list"]:
            raise AruntimeError(f"ASK, SELECT and CONSTRUCT are answered as {', '.join(kinds)}")
        return "ASK, SELECT and CONSTRUCT"

    def star() -> str:
        text = questions.text_of("who-owns-compilation")
        rows, starred = (
            _rows(engine, shape)
            for shape in (text, text.replace("skos:broaderTransitive?", "skos:broader*"))
        )
        if set(rows.rows) != set(starred.rows):
            raise AruntimeError(f"{len(starred)} rows instead of {len(rows)}; {_OWN}{_DERIVED}")
        return f"{len(rows)} rows"

    return [
        *_language(engine),
        _try("query forms", forms),
        _try("default graph", default_graph),
        _try("row cap", cap),
        *(_try(name, partial(_path, engine, *path)) for name, path in _PATHS.items()),
        _try("path * in a wide join", star),
    ]


_BROADER: Final = "<http://www.w3.org/2004/02/skos/core#broader>"
_RELATED: Final = "<http://www.w3.org/2004/02/skos/core#related>"
_DERIVED: Final = "ask for skos:broaderTransitive, which is derived"
_PATHS: Final = {
    "path + between any ends": ("?x {link}+ ?y", _BROADER, "give one end"),
    "path + to one end": ("?x {link}+ ?y FILTER (?y = {end})", _BROADER, _DERIVED),
    "path + over circles": ("?x {link}+ ?y FILTER (?y = {end})", _RELATED, "ask step by step"),
}
"""Paths over the graph that is there: the pattern, the property followed, and what to write
instead."""


def _path(engine: Engine, pattern: str, link: str, instead: str) -> str:
    """Put a path query, and follow the same links here to know the answer."""
    pairs = _closure(_pairs(engine, link))
    if not pairs:
        raise AruntimeError("the default graph has nothing to try it on")
    counts = Counter(to for _, to in pairs)
    end = max(counts, key=lambda to: (counts[to], str(to)))
    expected = {pair for pair in pairs if pair[1] == end or "{end}" not in pattern}
    try:
        got = _rows(engine, f"SELECT ?x ?y {{ {pattern.format(link=link, end=end)} }}").rows
    except AruntimeError as error:
        raise AruntimeError(f"{error}; {_OWN}{instead}") from None
    if set(got) != expected:
        raise AruntimeError(
            f"{len(set(got) & expected)} of {len(expected)} right rows and {len(set(got) - expected)} wrong ones; {_OWN}{instead}"
        )
    return f"{len(expected)} rows"


def _pairs(engine: Engine, link: str) -> set[Pair]:
    return {
        (start, to) for start, to in _rows(engine, f"SELECT DISTINCT ?x ?y {{ ?x {link} ?y }}").rows
    }


def _closure(steps: set[Pair]) -> set[Pair]:
    found, new = steps, steps
    while new:
        new = {
            (start, to) for start, between in new for other, to in steps if other == between
        } - found
        found = found | new
    return found
