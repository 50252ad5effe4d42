"""Made graphs keep the rules, and the benchmark leaves out no question and no command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Quad, Store

from aruntime import corpus, questions
from aruntime.cli import COMMANDS
from aruntime.infer import add_defaults
from aruntime.namespaces import iri
from aruntime.validation import shapes
from aruntime.validation.data import Data
from bench import commands, generate
from bench.asked import asked
from bench.readings import Plan, in_turns, ratio


@pytest.fixture(scope="module")
def whole() -> generate.Landscape:
    return generate.shipped()


@pytest.fixture(scope="module")
def part(whole: generate.Landscape) -> generate.Landscape:
    return generate.cut(whole, 15_000)


@pytest.mark.slow
def test_a_part_names_nothing_that_is_not_there(
    whole: generate.Landscape, part: generate.Landscape
) -> None:
    assert 8_000 < sum(len(said) for _, said in part.values()) < 20_000
    named = {value for _, said in part.values() for _, value in said}
    assert not {value for value in named if value in whole and value not in part}


@pytest.mark.slow
def test_a_part_holds_what_is_typical(part: generate.Landscape) -> None:
    kinds = {value for _, said in part.values() for p, value in said if p == iri("rdf:type")}
    typical = ("ResponsibilityClaim", "Configuration", "Choice", "Reading", "CitedFile")
    assert {iri(f"ar:{name}") for name in typical} <= kinds


@pytest.mark.slow
def test_a_copy_has_names_of_its_own(part: generate.Landscape) -> None:
    copy = generate.renamed(part, 2)
    assert not copy.keys() & part.keys()
    assert iri("runtime:vllm-2") in copy
    assert generate.renamed(part, 2) == copy


@pytest.mark.slow
def test_defects_are_as_many_as_were_asked_for(part: generate.Landscape) -> None:
    spoilt = generate.spoilt(part, 6)
    assert sum(spoilt[name] != part[name] for name in part) == 6


def test_every_question_is_asked_in_a_text_that_parses() -> None:
    texts = {question.label: question.text for question in asked()}
    assert set(questions.names()) == {label.partition("(")[0] for label in texts}
    for text in texts.values():
        Store().query(text)


def test_every_command_is_measured() -> None:
    assert COMMANDS.keys() <= {*commands.READ, *commands.OTHER, *commands.LASTING}
    assert not commands.READ.keys() & commands.OTHER.keys()


class Clock:
    """A peer whose readings are known."""

    def __init__(self, *seconds: float) -> None:
        self.ready = {"seconds": 0.0}
        self._left: Iterator[float] = iter(seconds)

    def ask(self, request: dict[str, object], limit: float) -> dict[str, object]:
        return {"seconds": next(self._left), "count": 1}

    def end(self) -> None:
        pass


def test_a_ratio_is_the_median_of_pairs() -> None:
    peers = {"one": Clock(9.0, 1.0, 2.0, 4.0), "other": Clock(9.0, 1.0, 1.0, 1.0)}
    found = in_turns(peers, {}, Plan(3, 60.0, 60.0))
    assert found["one"]["readings"] == [1.0, 2.0, 4.0]
    assert ratio(found["one"], found["other"]) == 2.0


@pytest.mark.slow
def test_shapes_find_the_defects_of_a_part_and_nothing_else(part: generate.Landscape) -> None:
    spoilt = generate.spoilt(part, 6)
    store = Store()
    vocabulary = [t for path in corpus.vocabulary_files() for t in corpus.triples_of(path)]
    store.extend(Quad(t.subject, t.predicate, t.object) for t in vocabulary)
    store.extend(Quad(s, p, o) for s, (_, said) in spoilt.items() for p, o in said)
    add_defaults(store)
    data = Data(quad.triple for quad in store)
    found = {finding.focus for finding in shapes.findings(data, shapes.load())}
    assert found == {name.value for name in part if spoilt[name] != part[name]}
