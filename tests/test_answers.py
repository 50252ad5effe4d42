"""Answers about the whole graph, and from them about one thing, are kept beside the store that gave them, and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from aruntime import answers, parts, paths, questions, slices, store
from aruntime.cli import run
from aruntime.engines.embedded import Embedded
from aruntime.graph import Graph
from aruntime.model import Row, Rows, text
from aruntime.results import as_json, of_json
from aruntime.terms import CLASSES, ID, SCHEMES


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept() -> set[str]:
    return {path.stem for path in (store.location() / answers.FOLDER).glob("*.json")}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Embedded]]:
    """Where a build from nothing keeps answers, and its store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARUNTIME_CACHE", str(tmp_path_factory.mktemp("answers")))
        assert run(["build"]) == 0
        yield str(store.location()), Embedded(store.open_compiled())


def whole() -> dict[str, list[str]]:
    """Questions that can be asked of the whole graph, and the columns by which their answers are indexed."""
    found = {name: questions.load(name).parameters for name in questions.names()}
    return {
        name: [p.name for p in parameters if p.kind not in ("text", "integer")]
        for name, parameters in found.items()
        if all(p.kind in answers.WIDE for p in parameters if p.required)
    }


def same(kept: bytes | None, rows: Rows) -> bool:
    """Whether a kept answer holds these rows; GROUP_CONCAT joins in any order."""
    found = of_json(kept or b"")
    return found.columns == rows.columns and Counter(map(settled, found.rows)) == Counter(map(settled, rows.rows))


def settled(row: Row) -> tuple[str, ...]:
    return tuple("\n".join(sorted((text(term) or "").split("\n"))) for term in row)


@pytest.mark.parametrize(("name", "columns"), whole().items())
def test_build_keeps_the_whole_answer_and_each_part_of_it(built: tuple[str, Embedded], name: str, columns: list[str]) -> None:
    folder, engine = built
    answer = questions.ask(engine, name)
    assert same(answers.read(folder, name, {}), answer)
    for column in columns:
        named = sorted({str(term) for term in (row[answer.columns.index(column)] for row in answer.rows) if isinstance(term, NamedNode)})
        for value in (*named[:: max(1, len(named) // 7)], "<https://example.org/nothing>"):
            about = {column: NamedNode(value[1:-1])}
            assert same(answers.read(folder, name, about), questions.ask(engine, name, about)), f"{column} {value}"
    for row in answer.rows[:: max(1, len(answer.rows) // 5)] if len(columns) > 1 else ():
        about = {column: term for column in columns if isinstance(term := row[answer.columns.index(column)], NamedNode)}
        assert same(answers.read(folder, name, about), questions.ask(engine, name, about)), f"{about}"


@pytest.mark.parametrize("kind", [*CLASSES, *SCHEMES])
def test_build_keeps_all_lists_of_things(built: tuple[str, Embedded], kind: str) -> None:
    folder, engine = built
    assert same(answers.read(folder, "things", {"kind": Literal(kind)}), questions.ask(engine, "things", {"kind": kind}))


def test_build_keeps_what_is_said_of_each_runtime(built: tuple[str, Embedded]) -> None:
    folder, engine = built
    for _, runtime, _ in questions.ask(engine, "things", {"kind": "runtime"}).rows:
        assert isinstance(runtime, NamedNode)
        for name in ("describe", "mentions"):
            assert same(answers.read(folder, name, {"thing": runtime}), questions.ask(engine, name, {"thing": runtime}))


def test_build_keeps_what_can_be_asked_of_a_stack_as_the_whole_graph_answers_it(built: tuple[str, Embedded]) -> None:
    folder, engine = built
    stacks = {row[0] for row in questions.ask(engine, "stack-components").rows}
    assert len(stacks) >= 10
    for name in (name for name in questions.names() if answers.is_of_stack(questions.load(name).parameters)):
        for stack in stacks:
            assert isinstance(stack, NamedNode)
            assert same(answers.read(folder, name, {"stack": stack}), questions.ask(engine, name, {"stack": stack})), f"{name} of {stack}"


@pytest.mark.parametrize("words", ["batching", "KV Cache", "e", "é", "12", "nothing says this", "a.b", 'say "no"', ""])
def test_build_keeps_every_text_that_can_be_found(built: tuple[str, Embedded], words: str) -> None:
    folder, engine = built
    kept, asked = answers.read(folder, "search", {"text": Literal(words)}), questions.ask(engine, "search", {"text": words})
    assert kept is None if words in ("", 'say "no"') else same(kept, asked) and of_json(kept or b"").rows == asked.rows


def test_what_is_not_kept_is_not_answered(built: tuple[str, Embedded]) -> None:
    folder, _ = built
    assert answers.read(folder, "describe", {"thing": NamedNode(f"{ID}layer/3")}) is None
    assert answers.read(folder, "search", {"text": Literal("\0")}) is None
    assert answers.read(folder, "things", {"kind": Literal("nothing")}) is None


def test_rows_are_told_apart_whatever_they_say(tmp_path: Path) -> None:
    """Texts may look like the JSON around them, and a column may be empty."""
    texts = ['}},{"a":{"type":"uri","value":"x"}},{"', "}]}}", "\\", "one, two", "\n", "ü"]
    rows = tuple((None if n % 3 == 2 else NamedNode(f"x:{n % 3}"), Literal(texts[n % len(texts)])) for n in range(20))
    path = tmp_path / "long.json"
    path.write_text(as_json(Rows(("a", "b"), rows)), "utf-8")
    slices.write(str(path), ["a"])
    for value in ("x:0", "x:1", "x:2", "x", ""):
        assert of_json(slices.read(str(path), {"a": value}) or b"").rows == tuple(row for row in rows if row[0] is not None and text(row[0]) == value)
    assert slices.read(str(path), {"b": "ü"}) is None
    slices.write(str(path), ["b"], str.upper)
    assert of_json(slices.find(str(path), "b", ", TW") or b"").rows == tuple(row for row in rows if text(row[1]) == "one, two")
    assert of_json(slices.find(str(path), "b", "Ü") or b"").rows == tuple(row for row in rows if text(row[1]) == "ü")
    assert of_json(slices.find(str(path), "b", "1") or b"").rows == ()
    assert slices.read(str(tmp_path / "none.json"), {"a": "x:0"}) is None


def test_build_after_other_commands_keeps_answers_too(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Any command compiles the store; told to build when nothing has changed, the program prepares the answers."""
    Graph.open().ready()
    assert kept() == set()
    assert run(["build"]) == 0
    assert kept() >= set(whole())


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


def test_what_is_cut_short_is_not_answered(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build"]) == 0
    folder, vllm = store.location() / answers.FOLDER, {"runtime": NamedNode(f"{ID}runtime/vllm")}
    engine = Embedded(store.open_compiled())
    for name, about in (("families.json", {}), ("not-owned.runtime.index", vllm), ("not-owned.json", vllm)):
        path, question = folder / name, name.partition(".")[0]
        content = path.read_bytes()
        for damaged in (b"", content[: len(content) // 2], b"garbage"):
            path.write_bytes(damaged)
            assert answers.read(str(store.location()), question, about) is None
            assert Graph.open().ask(question, about) == questions.ask(engine, question, about)
        path.write_bytes(content)
    for path in store.location().glob("runtime-vllm/*"):
        path.write_bytes(b"")
    assert Graph.open().ask("component-releases", {"component": vllm["runtime"]}) == questions.ask(
        engine, "component-releases", {"component": vllm["runtime"]}
    )
    assert not parts.load_current(str(store.location()), f"{ID}runtime/vllm", Store())


def test_line_ends_in_texts_are_no_letters(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    path.write_text(as_json(Rows(("a",), ((Literal("first\nzebra"),), (Literal("a\tquagga"),)))), "utf-8")
    slices.write(str(path), ["a"], str.lower)
    assert of_json(slices.find(str(path), "a", "nzebra") or b"").rows == ()
    assert of_json(slices.find(str(path), "a", "zebra") or b"").rows == ((Literal("first\nzebra"),),)


def test_parts_of_components_with_other_names_are_asked_of_the_store(cache: Path, tmp_path: Path) -> None:
    """What is not listed among things would not be renewed either, when one overlay follows another."""
    path, component = tmp_path / "mine.ttl", NamedNode("https://example.org/rt/engine")
    for version in ("1.0", "2.0"):
        path.write_text(
            "PREFIX ar: <https://w3id.org/aruntime/ns#>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
            f'{component} a ar:Runtime .\n<https://example.org/rt/release> a ar:Release ; ar:releaseOf {component} ; ar:version "{version}" ;\n'
            '  ar:released "2026-01-01T00:00:00Z"^^xsd:dateTime .\n'
        )
        graph = Graph.open([path])
        graph.ready()
        assert [row["version"] for row in graph.ask("component-releases", {"component": component}).records()] == [version]
