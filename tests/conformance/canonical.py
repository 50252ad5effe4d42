"""RDFC-1.0, canonical names of blank nodes, through :func:`aruntime.turtle.canonical`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing import get_context

from pyoxigraph import BlankNode, Quad, RdfFormat, parse, serialize

from aruntime import turtle
from tests.conformance.outcome import W3C, Outcome, judged

SUITE = "RDFC-1.0"
SECONDS = 2.0
"""How long a dataset that is made to take for ever may take."""
_TESTS = W3C / "rdf-canon" / "tests"


def outcomes() -> Iterator[Outcome]:
    """Every test of the suite; those of another hash function are skipped."""
    for test in json.loads((_TESTS / "manifest.jsonld").read_text())["entries"]:
        name, kind = test["id"].lstrip("#"), test["type"]
        if test.get("hashAlgorithm") not in (None, "SHA256"):
            detail = f"names by {test['hashAlgorithm']}; the program has them by SHA-256 alone"
            yield Outcome(SUITE, name, "skip", detail)
        elif kind == "rdfc:RDFC10NegativeEvalTest":
            yield judged(SUITE, name, lambda t=test: _refused(t["action"]))
        elif kind == "rdfc:RDFC10MapTest":
            yield judged(SUITE, name, lambda t=test: _mapped(t["action"], t["result"]))
        else:
            yield judged(SUITE, name, lambda t=test: _evaluated(t["action"], t["result"]))


def _evaluated(action: str, result: str) -> str | None:
    found = _lines(turtle.canonical(_quads(action)))
    wanted = (_TESTS / result).read_text("utf-8")
    return None if found == wanted else "other names"


def _mapped(action: str, result: str) -> str | None:
    """The suite's map from given to canonical names, applied to the input, gives the output."""
    names: Mapping[str, str] = json.loads((_TESTS / result).read_text())
    quads = _quads(action)
    renamed = [Quad(*(_renamed(term, names) for term in _terms(quad))) for quad in quads]
    return None if _lines(renamed) == _lines(turtle.canonical(quads)) else "other names"


def _refused(action: str) -> str | None:
    """Whether the program ends by itself; the suite wants that it gives up."""
    child = get_context("spawn").Process(target=_name, args=(action,))
    child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
        return f"it is still computing after {SECONDS:g} seconds instead of giving up"
    return None if child.exitcode else "it computed names instead of giving up"


def _name(action: str) -> None:
    turtle.canonical(_quads(action))


def _quads(name: str) -> list[Quad]:
    return list(parse((_TESTS / name).read_bytes(), RdfFormat.N_QUADS))


def _terms(quad: Quad) -> tuple[object, ...]:
    return quad.subject, quad.predicate, quad.object, quad.graph_name


def _renamed(term: object, names: Mapping[str, str]) -> object:
    return BlankNode(names[term.value]) if isinstance(term, BlankNode) else term


def _lines(quads: Iterable[Quad]) -> str:
    """Canonical N-Quads: each line once, in code point order."""
    found = {serialize([quad], format=RdfFormat.N_QUADS).decode() for quad in quads}
    return "".join(sorted(found))
