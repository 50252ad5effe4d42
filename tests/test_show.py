"""``aruntime show``: a verdict by its slug or its word, with a small stack that comes to it."""

from __future__ import annotations

import json

import pytest

from aruntime import examples
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.show import Verdict, describe, verdict_called
from tests.conftest import Run

WORDS = {
    "disputed": "disputed",
    "contended": "claimed twice",
    "choice": "depends on a choice",
    "open-delegation": "not taken up",
    "partial": "in part",
    "gap": "nobody",
    "caller": "yours to build",
    "platform": "platform",
    "delegated": "handed over",
    "layered": "split",
    "owned": "owned",
    "unknown": "not known",
}
ACT = ("disputed", "contended", "choice", "open-delegation", "partial", "gap", "caller")


def called(graph: Graph, name: str) -> Verdict:
    found = verdict_called(graph, name)
    assert found is not None
    return found


@pytest.mark.parametrize("verdict", WORDS)
def test_a_verdict_is_found_by_slug_and_word_in_any_case(graph: Graph, verdict: str) -> None:
    word = WORDS[verdict]
    spellings = (
        verdict,
        verdict.upper(),
        word,
        word.title(),
        word.replace(" ", "-"),
        f"verdict/{verdict}",
    )
    assert {called(graph, name).verdict for name in spellings} == {verdict}


@pytest.mark.parametrize("verdict", WORDS)
def test_a_verdict_is_shown_with_an_example(aruntime: Run, graph: Graph, verdict: str) -> None:
    code, out, err = aruntime("show", verdict, "--format", "table")
    assert (code, err) == (0, "")
    found, said = called(graph, verdict), " ".join(out.split())
    assert found.example is not None and found.unlike is not None
    for text in (
        found.word,
        found.definition,
        found.example.because,
        *found.example.claims,
        found.unlike.name,
    ):
        assert text in said
    acts = "Somebody must decide or act." in said
    assert (acts, not acts) == (verdict in ACT, "Nobody has to decide or act." in said)
    assert max(map(len, out.splitlines())) <= 100


def test_a_verdict_as_json_holds_its_cases(aruntime: Run, graph: Graph) -> None:
    found = json.loads(aruntime("show", "claimed twice", "--format", "json")[1])
    cases = examples.of_verdict("contended")
    assert (found["verdict"], found["word"], found["act"]) == ("contended", "claimed twice", True)
    assert found["example"]["claims"] == list(cases[0].claims)
    assert [found["example"]["name"], *found["further"]] == [case.name for case in cases]
    assert found["unlike"]["verdict"] != "contended"


def test_rows_of_a_verdict_are_those_of_its_example(aruntime: Run, graph: Graph) -> None:
    out = aruntime("show", "owned", "--format", "tsv")[1]
    rows = [line.split("\t") for line in out.splitlines()]
    assert rows[:3] == [["property", "value"], ["verdict", "owned"], ["word", "owned"]]
    assert ["claim", "engine native sampling / sequence-step / process"] in rows


def test_what_else_is_called_like_a_verdict_is_found_with_its_kind(graph: Graph) -> None:
    assert describe(graph, "stance/delegated").iri.endswith("/id/stance/delegated")
    assert verdict_called(graph, "stance/delegated") is None
    assert verdict_called(graph, "vllm") is None
    with pytest.raises(UsageError, match="no thing is called"):
        describe(graph, "claimed thrice")
