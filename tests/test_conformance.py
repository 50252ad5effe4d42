"""The W3C's suites come out as ``tests/conformance/expected.toml`` and ``docs/conformance.md``
say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.document import document, expected, outcomes, present
from tests.conformance.outcome import W3C

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not present(), reason=f"{W3C} is absent; ARUNTIME_TESTDATA names the folder that holds w3c"
    ),
]
PAGE = Path(__file__).resolve().parent.parent / "docs" / "conformance.md"
SIZES = {
    "Turtle": 313, "TriG": 356, "N-Triples": 70, "N-Quads": 87, "JSON-LD to RDF": 467,
    "SPARQL query syntax": 103, "SPARQL query answers": 239, "SPARQL results, client reads": 233,
    "SPARQL results, commands write": 10, "SPARQL results, endpoint writes": 10, "RDFC-1.0": 86,
    "SHACL Core": 98, "SHACL-SPARQL": 23,
}  # fmt: skip
"""How many tests each suite has; a suite that is read only in part would hide failures."""


def test_every_test_of_every_suite_is_run() -> None:
    counts: dict[str, int] = {}
    for outcome in outcomes():
        counts[outcome.suite] = counts.get(outcome.suite, 0) + 1
    assert counts == SIZES
    assert len({outcome[:2] for outcome in outcomes()}) == sum(SIZES.values())


def test_what_fails_is_expected_to_fail() -> None:
    failed = {outcome[:2]: outcome.detail for outcome in outcomes() if outcome.result == "fail"}
    assert {test: failed[test] for test in failed.keys() - expected().keys()} == {}


def test_what_is_expected_to_fail_fails() -> None:
    failed = {outcome[:2] for outcome in outcomes() if outcome.result == "fail"}
    assert expected().keys() - failed == set(), "these pass now: take them out of expected.toml"


def test_what_is_skipped_says_why() -> None:
    assert all(outcome.detail for outcome in outcomes() if outcome.result == "skip")
    assert sum(outcome.result == "skip" for outcome in outcomes()) < 40


def test_the_document_has_these_counts() -> None:
    assert PAGE.read_text("utf-8") == document(outcomes()), (
        "run python -m tests.conformance > docs/conformance.md, and read the difference"
    )
