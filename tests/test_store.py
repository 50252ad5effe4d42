"""The compiled store: whole or absent, the same from the same files, and never trusted when broken."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from aruntime.increment import DRAWN, find
from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from aruntime import compiled, corpus, paths, store
from aruntime.errors import DataError


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def size(opened: Store) -> int:
    return len(opened)


def test_store_is_built_once_and_then_opened(cache: Path) -> None:
    first = store.open_compiled()
    built = store.location().stat().st_mtime_ns
    assert size(store.open_compiled()) == size(first)
    assert store.location().stat().st_mtime_ns == built


def test_a_changed_question_is_a_store_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(Path(paths.root(), folder), tmp_path / folder)
    monkeypatch.setattr(paths, "_ROOT", tmp_path)
    before = store.location()
    with (tmp_path / "queries" / "stack-vocabulary.rq").open("a") as handle:
        handle.write("# changed\n")
    assert store.location() != before


def test_an_installed_package_is_known_by_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("ontology", "data", "queries"):
        shutil.copytree(Path(paths.root(), folder), tmp_path / folder)
    monkeypatch.setattr(paths, "_ROOT", str(tmp_path))
    checkout = store.location()
    monkeypatch.setattr(paths, "_SHIPPED", str(tmp_path))
    installed = store.location()
    assert installed != checkout
    shutil.rmtree(tmp_path / "data")
    shutil.copytree(Path(__file__).parent.parent / "data", tmp_path / "data")
    assert store.location() != installed


def test_nothing_half_built_is_left(cache: Path) -> None:
    store.build()
    assert [path.name for path in cache.iterdir()] == [store.location().name]


@pytest.mark.parametrize("damage", ["remove", "garbage", "file"])
def test_a_broken_store_is_built_again(cache: Path, damage: str) -> None:
    whole = size(store.open_compiled())
    folder = store.location()
    if damage == "file":
        shutil.rmtree(folder)
        folder.write_text("not a store")
    else:
        for path in (folder / "graph").iterdir():
            if path.name.startswith(("CURRENT", "MANIFEST")):
                path.unlink() if damage == "remove" else path.write_bytes(b"garbage")
    assert size(store.open_compiled()) == whole


def test_a_cache_that_cannot_be_written_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "taken"))
    with pytest.raises(DataError, match="ARUNTIME_CACHE"):
        store.open_compiled()


def test_an_overlay_is_a_store_of_its_own(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text("<https://example.org/s> <https://example.org/p> <https://example.org/o> .\n")
    plain = size(store.open_compiled())
    assert store.location([path]) != store.location()
    assert size(store.open_compiled([path])) == plain + 2  # in the default graph, and in its own
    assert size(store.open_compiled()) == plain


def test_what_a_killed_build_left_behind_is_removed_in_time(cache: Path) -> None:
    cache.mkdir()
    for name, age in ((".building-dead", store.ABANDONED + 60), (".building-alive", 60)):
        (cache / name).mkdir()
        os.utime(cache / name, (time.time() - age, time.time() - age))
    store.build()
    assert {path.name for path in cache.glob(".building-*")} == {".building-alive"}


def test_old_stores_are_forgotten(cache: Path, tmp_path: Path) -> None:
    cache.mkdir()
    for number in range(store.KEEP + 3):
        (cache / f"store-{number:032x}").mkdir()
    store.build()
    assert len(list(cache.glob("store-*"))) == store.KEEP


@pytest.mark.parametrize("after", [0.02, 0.2, 0.5, 1.0])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be killed")
def test_a_killed_build_leaves_the_old_store_usable(cache: Path, after: float) -> None:
    whole = size(store.open_compiled())
    child = multiprocessing.get_context("spawn").Process(target=store.build)
    child.start()
    time.sleep(after)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert compiled.opened(store.location()) is not None
    assert size(store.open_compiled()) == whole


def test_programs_that_begin_together_do_not_disturb_each_other(cache: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=store.open_compiled) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert compiled.opened(store.location()) is not None


def test_a_file_saved_while_it_is_read_is_read_again(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text("<https://e.org/a> <https://e.org/p> 1 .")
    read = corpus.triples_of

    def slowly(file: Path) -> tuple[Triple, ...]:
        found = read(file)
        if file == path:
            path.write_text("<https://e.org/a> <https://e.org/p> 22 .")
        return found

    monkeypatch.setattr(corpus, "triples_of", slowly)
    store.build([path])
    monkeypatch.undo()
    monkeypatch.setenv("ARUNTIME_CACHE", str(cache))
    found = store.open_compiled([path]).quads_for_pattern(NamedNode("https://e.org/a"), None, None, DefaultGraph())
    assert [quad.object.value for quad in found] == ["22"]


def test_same_files_give_the_same_triples(cache: Path) -> None:
    stated = corpus.load()
    one, two = (sorted(map(str, find(store.in_memory(stated), DRAWN))) for _ in range(2))
    assert one == two
