"""The truth table: each case of ``ontology/examples`` comes to its verdict, for the reason it
gives."""

from __future__ import annotations

from collections import Counter

import pytest
from pyoxigraph import Triple

from aruntime import build, corpus, examples, stack
from aruntime.composition import Row
from aruntime.corpus import Corpus
from aruntime.engines.oxigraph import Oxigraph
from aruntime.examples import Case
from aruntime.graph import Graph

CASES = {case.name: case for case in examples.load()}


@pytest.fixture(scope="module")
def vocabulary() -> tuple[Triple, ...]:
    """The vocabulary of the real ontology, without any data."""
    files = {corpus.graph_name(path): path for path in corpus.vocabulary_files()}
    triples = {name: corpus.triples_of(path) for name, path in files.items()}
    return stack.vocabulary(Graph(Oxigraph(build.in_memory(Corpus(triples, files)))))


@pytest.mark.parametrize("name", CASES)
def test_case_comes_to_its_verdict(name: str, vocabulary: tuple[Triple, ...]) -> None:
    case = CASES[name]
    found = examples.composition_of(case, vocabulary)
    row = next((r for r in found.rows if r.responsibility == case.responsibility), None)
    assert row is not None, "no row"
    assert said(row, case) == expected(row, case), case.because


def said(row: Row, case: Case) -> dict[str, object]:
    """What a row says, as far as the case speaks of it."""
    return {
        "verdict": row.verdict,
        "units": dict(row.units) if case.units is not None else None,
        "owners": sorted(row.owners) if case.owners is not None else None,
        "missing": sorted(row.missing) if case.missing is not None else None,
        "conditions": [c for c in case.conditions if c in row.conditions],
        "options": {f"{o.component}#{o.configuration}": o.owners for o in row.options}
        if case.options is not None
        else None,
        "reviewed": row.reviewed if case.reviewed is not None else None,
    }


def expected(row: Row, case: Case) -> dict[str, object]:
    """What the case says that the row must say."""
    return {
        "verdict": case.verdict,
        "units": case.units,
        "owners": None if case.owners is None else sorted(case.owners),
        "missing": None if case.missing is None else sorted(case.missing),
        "conditions": list(case.conditions),
        "options": case.options,
        "reviewed": case.reviewed,
    }


def test_every_verdict_has_at_least_five_cases(vocabulary: tuple[Triple, ...]) -> None:
    verdicts = {
        t.subject.value.rpartition("/")[2] for t in vocabulary if "#precedence" in t.predicate.value
    }
    counts = Counter(case.verdict for case in CASES.values())
    assert set(counts) == verdicts
    assert min(counts.values()) >= 5


def test_names_are_unique() -> None:
    assert len(examples.load()) == len(CASES)


def test_contrasts_exist_and_come_to_another_verdict_or_another_row() -> None:
    for case in CASES.values():
        for name in case.contrast:
            assert name in CASES, f"{case.name}: {name}"
            assert name != case.name
