"""Outcomes against what is expected, and ``docs/conformance.md``."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from tests.conformance import answers, canonical, evaluation, jsonld, shacl, syntax
from tests.conformance.outcome import W3C, Outcome

EXPECTED: Final = Path(__file__).with_name("expected.toml")
_SUITES: Final[tuple[Callable[[], Iterator[Outcome]], ...]] = (
    syntax.outcomes,
    jsonld.outcomes,
    evaluation.outcomes,
    answers.outcomes,
    canonical.outcomes,
    shacl.outcomes,
)
_HEAD: Final = """# Conformance

What came of the W3C's test suites, run through the functions that the commands call. Files are read
by Oxigraph's parsers, queries are answered by Oxigraph, and SHACL shapes are applied by this
project's engine where it knows everything that a shape says, else by pySHACL.

`python -m tests.conformance > docs/conformance.md` writes this page; a test compares it with the
outcomes. Each failure is named with its reason in `tests/conformance/expected.toml`: one more, or
one less, turns the test red. The suites are not part of this repository; `ARUNTIME_TESTDATA` names
the folder in which `w3c` has them (w3c/rdf-tests ad541a5f, w3c/data-shapes ff9edb9c, w3c/json-ld-api
92f07705, w3c/rdf-canon 15619df2). The tests of the SPARQL 1.1 Protocol are in
`tests/test_serve_protocol.py`.
"""


@cache
def outcomes() -> tuple[Outcome, ...]:
    """Every outcome of every suite, suite by suite."""
    found = [outcome for run in _SUITES for outcome in run()]
    order = list(dict.fromkeys(outcome.suite for outcome in found))
    return tuple(sorted(found, key=lambda outcome: order.index(outcome.suite)))


def present() -> bool:
    """Whether the suites are on this machine."""
    return W3C.is_dir()


def expected() -> dict[tuple[str, str], str]:
    """Reasons of expected failures, by suite and test."""
    found = tomllib.loads(EXPECTED.read_text("utf-8"))
    return {
        (suite, test): reason
        for suite, kinds in found.items()
        for test, reason in kinds["fail"].items()
    }


def document(found: Sequence[Outcome]) -> str:
    """The page."""
    counts = {suite: Counter[str]() for suite in dict.fromkeys(o.suite for o in found)}
    for outcome in found:
        counts[outcome.suite][outcome.result] += 1
    lines = [_HEAD, *_table(("suite", "pass", "fail", "skip"), _rows(counts))]
    lines += ["", "## Which engine applies the shapes", "", *_engines()]
    lines += ["", "## Failures", "", *_reasons(found, "fail")]
    lines += ["", "## Skipped", "", *_reasons(found, "skip")]
    return "\n".join(lines) + "\n"


def _rows(counts: dict[str, Counter[str]]) -> Iterator[Sequence[str]]:
    names = ("pass", "fail", "skip")
    for suite, count in counts.items():
        yield suite, *(str(count[name]) for name in names)
    yield "all", *(str(sum(count[name] for count in counts.values())) for name in names)


def _engines() -> Iterator[str]:
    found = shacl.engines()
    columns = (shacl.OWN, shacl.BOTH, shacl.OTHER)
    rows = ((suite, *(str(found[suite][name]) for name in columns)) for suite in found)
    yield from _table(("tests of", *columns), rows)


def _reasons(found: Iterable[Outcome], result: str) -> Iterator[str]:
    """A table of reasons, each with the tests that it holds for."""
    known = expected()
    groups: dict[tuple[str, str], list[str]] = {}
    for outcome in found:
        if outcome.result == result:
            reason = known.get((outcome.suite, outcome.test), outcome.detail)
            groups.setdefault((outcome.suite, reason), []).append(outcome.test)
    rows = ((s, " ".join(f"`{t}`" for t in tests), r) for (s, r), tests in groups.items())
    yield from _table(("suite", "tests", "reason"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (columns, ["---"] * len(columns), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
