"""JSON-LD 1.1 to RDF, through :func:`aruntime.turtle.parse_bytes`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from aruntime import turtle
from aruntime.errors import DataError
from tests.conformance.outcome import W3C, Outcome, judged, same

SUITE = "JSON-LD to RDF"
_TESTS = W3C / "json-ld-api" / "tests"


def outcomes() -> Iterator[Outcome]:
    """Every test of the suite; those of JSON-LD 1.0 alone, and those of options that the program
    does not have, are skipped."""
    found = json.loads((_TESTS / "toRdf-manifest.jsonld").read_text())
    for test in found["sequence"]:
        name, option = test["@id"].lstrip("#"), test.get("option", {})
        if reason := _set_aside(option) or _missing(test["input"]):
            yield Outcome(SUITE, name, "skip", reason)
        else:
            base = option.get("base", found["baseIri"] + test["input"])
            yield judged(SUITE, name, lambda t=test, b=base: _run(t, b))


def _set_aside(option: dict[str, Any]) -> str | None:
    if option.get("specVersion") == "json-ld-1.0" or option.get("processingMode") == "json-ld-1.0":
        return "a test of JSON-LD 1.0 alone"
    if option.get("produceGeneralizedRdf"):
        return "generalized RDF, which RDF stores do not take"
    if "expandContext" in option:
        return "an option of a JSON-LD processor: a context from outside of the document"
    if option.get("rdfDirection"):
        return "an option of a JSON-LD processor: rdfDirection"
    return None


def _missing(name: str) -> str | None:
    return None if (_TESTS / name).is_file() else "its input is a file of another suite"


def _run(test: dict[str, Any], base: str) -> str | None:
    path: Path = _TESTS / test["input"]
    negative = "jld:NegativeEvaluationTest" in test["@type"]
    try:
        quads = turtle.parse_bytes(path.read_bytes(), RdfFormat.JSON_LD, path, base=base)
    except DataError as error:
        return None if negative else f"refused: {error.message}"
    if negative:
        return f"accepted; {test['expectErrorCode']} is expected"
    if "expect" in test:
        wanted = turtle.read(_TESTS / test["expect"])
        if not same(quads, wanted):
            return "read as another graph"
    return None
