"""Answers about the whole graph are kept beside the store that gave them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from aruntime import answers, paths, questions, store
from aruntime.cli import run
from aruntime.engines.embedded import Embedded
from aruntime.graph import Graph
from aruntime.results import of_json


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept() -> set[str]:
    return {path.stem for path in (store.location() / answers.FOLDER).glob("*.json")}


def test_build_keeps_what_can_be_asked_of_the_whole_graph(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build"]) == 0
    whole = {name for name in questions.names() if not any(p.required for p in questions.load(name).parameters)}
    assert kept() == whole
    engine = Embedded(store.open_compiled())
    for name in whole:
        assert of_json(answers.read(str(store.location()), name) or b"") == questions.ask(engine, name)


def test_build_keeps_what_can_be_asked_of_a_stack_as_the_whole_graph_answers_it(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build"]) == 0
    engine = Embedded(store.open_compiled())
    stacks = {row[0] for row in questions.ask(engine, "stack-components").rows}
    assert len(stacks) >= 10
    for name in (name for name in questions.names() if name != "stack-components" and answers.is_of_stack(questions.text_of(name))):
        for stack in stacks:
            assert stack is not None
            near = of_json(answers.read(str(store.location()), name, stack) or b"")
            assert set(near.rows) == set(questions.ask(engine, name, {"stack": stack}).rows), f"{name} of {stack}"


def test_what_took_long_is_kept_and_then_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph.open()
    graph.ready()
    monkeypatch.setattr(answers, "LONG", 0.0)
    first = graph.ask("families")
    assert kept() == {"families"}
    monkeypatch.setattr(Embedded, "select_json", lambda *arguments: pytest.fail("the store was asked again"))
    assert graph.ask("families") == first


def test_what_was_quick_or_is_about_one_thing_is_not_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph.open()
    graph.ready()
    monkeypatch.setattr(answers, "LONG", 60.0)
    graph.ask("families")
    monkeypatch.setattr(answers, "LONG", 0.0)
    graph.ask("who-owns-batching", {"runtime": "vllm"})
    assert kept() == set()


def test_a_changed_graph_answers_anew(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LONG", 0.0)
    graph = Graph.open()
    graph.ready()
    before = graph.ask("class-counts")
    path = tmp_path / "mine.ttl"
    path.write_text("PREFIX ar: <https://w3id.org/aruntime/ns#>\n<https://w3id.org/aruntime/id/agent/mine> a ar:Agent .\n")
    other = Graph.open([path])
    other.ready()
    assert other.ask("class-counts") != before
    assert graph.ask("class-counts") == before


def test_a_cache_that_cannot_be_written_still_answers(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph.open()
    graph.ready()
    monkeypatch.setattr(answers, "LONG", 0.0)
    (store.location() / answers.FOLDER).write_text("taken")
    assert len(graph.ask("families")) > 0
    assert paths.cache().is_dir()
