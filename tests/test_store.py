"""The compiled store: whole or absent, the same from the same files, and never trusted when it is
damaged."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store

from aruntime import build, corpus, paths, store
from aruntime.doctor import diagnose
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import DamageError, DataError
from aruntime.evidence import contents
from aruntime.evidence.passage import file_digest
from aruntime.store import DERIVED, MARKER, match


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, and a small graph to build: the ontology without its vocabularies,
    and agents."""
    world = tmp_path / "world"
    for folder in ("ontology/defaults", "ontology/rules", "data/agent"):
        shutil.copytree(Path(paths.root(), folder), world / folder)
    for file in Path(paths.root(), "ontology").glob("*.ttl"):
        shutil.copy(file, world / "ontology")
    monkeypatch.setattr(paths, "_ROOT", str(world))
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _build_in(root: str) -> None:
    """Build the graph of another folder, in a process of its own."""
    paths._ROOT = root
    build.build()


def _open_in(root: str) -> None:
    paths._ROOT = root
    build.open_or_build()


def size(opened: Store) -> int:
    return len(opened)


def test_store_is_built_once_and_then_opened(cache: Path) -> None:
    first = build.open_or_build()
    built = (build.folder_of() / store.SEAL).stat().st_mtime_ns
    assert size(build.open_or_build()) == size(first)
    assert (build.folder_of() / store.SEAL).stat().st_mtime_ns == built


def test_a_changed_file_leads_to_another_store(cache: Path) -> None:
    before = build.folder_of()
    path = Path(paths.root(), "data/agent/nvidia.ttl")
    path.write_text(path.read_text() + "\n")
    assert build.folder_of() != before


def test_an_installed_package_is_known_by_its_folders(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = build.folder_of()
    monkeypatch.setattr(paths, "_SHIPPED", paths.root())
    installed = build.folder_of()
    assert installed != checkout
    data = Path(paths.root(), "data")
    shutil.copytree(data, data.with_name("other"))
    shutil.rmtree(data)
    data.with_name("other").rename(data)
    assert build.folder_of() != installed


def test_nothing_half_built_is_left(cache: Path) -> None:
    build.build()
    assert [path.name for path in cache.iterdir()] == [build.folder_of().name]


@pytest.mark.parametrize("damage", ["removed", "garbage", "a file in its place", "foreign"])
def test_a_damaged_store_is_built_again(cache: Path, damage: str) -> None:
    whole = size(build.open_or_build())
    folder = build.folder_of()
    if damage == "a file in its place":
        shutil.rmtree(folder)
        folder.write_text("not a store")
    elif damage == "foreign":
        shutil.rmtree(folder / "graph")
        Store(str(folder / "graph")).flush()
    else:
        for path in (folder / "graph").iterdir():
            if path.name.startswith(("CURRENT", "MANIFEST")):
                path.unlink() if damage == "removed" else path.write_bytes(b"garbage")
    assert size(build.open_or_build()) == whole


def test_a_cache_that_cannot_be_written_is_one_clear_error(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = cache.with_name("taken")
    taken.write_text("")
    monkeypatch.setenv("ARUNTIME_CACHE", str(taken))
    with pytest.raises(DataError, match="ARUNTIME_CACHE"):
        build.open_or_build()


def test_an_overlay_is_a_store_of_its_own(cache: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text("<https://example.org/s> <https://example.org/p> <https://example.org/o> .\n")
    plain = size(build.open_or_build())
    assert build.folder_of([path]) != build.folder_of()
    assert size(build.open_or_build([path])) == plain + 2  # in the default graph, and in its own
    assert size(build.open_or_build()) == plain


def test_what_killed_builds_left_goes_at_the_next_one_and_foreign_folders_stay(cache: Path) -> None:
    for name, ours in (
        (".building-dead", True),
        (".building-foreign", False),
        ("store-mine", False),
    ):
        (cache / name).mkdir(parents=True)
        (cache / name / (MARKER if ours else "precious")).touch()
    (cache / ".building-not-yet-marked").mkdir()
    build.build()
    left = {path.name for path in cache.iterdir()}
    assert left == {".building-foreign", "store-mine", build.folder_of().name}


def test_old_stores_are_forgotten(cache: Path) -> None:
    for number in range(build.KEEP + 3):
        (cache / f"store-{number:032x}").mkdir(parents=True)
        (cache / f"store-{number:032x}" / MARKER).touch()
    build.build()
    assert len(list(cache.glob("store-*"))) == build.KEEP


def test_what_is_used_stays(cache: Path, tmp_path: Path) -> None:
    first = build.build()
    os.utime(first, (0, 0))
    for number in range(build.KEEP):
        (cache / f"store-{number:032x}").mkdir(parents=True)
        (cache / f"store-{number:032x}" / MARKER).touch()
    assert store.open_store(first) is not None
    (tmp_path / "agent.ttl").write_text("<https://e.org/a> <https://e.org/b> <https://e.org/c> .")
    build.build([tmp_path / "agent.ttl"])
    assert first.is_dir() and len(list(cache.glob("store-*"))) == build.KEEP


def test_overlays_are_checked_once(cache: Path) -> None:
    build.build()
    folder = str(build.folder_of())
    assert not store.overlays_checked(folder)
    build.mark_checked(())
    assert store.overlays_checked(folder)
    Path(folder, store.CHECKED).write_text("another digest")
    assert not store.overlays_checked(folder)


def answers(folder: Path) -> tuple[str, ...] | None:
    """What the store in *folder* says; ``None`` if it is not believed or says that it is
    damaged."""
    opened = store.open_store(folder)
    if opened is None:
        return None
    engine = Oxigraph(opened, str(folder))
    try:
        whole = sorted(map(str, match(opened)))
        rows = engine.select(QUESTION, {}).rows
        return (*whole, *map(str, rows), str(engine.run("ASK { ?s a ?c . ?c a ?d }")))
    except DamageError:
        return None


QUESTION = """SELECT ?s ?p ?o
WHERE {
  ?s ?p ?o
  FILTER ISIRI(?o)
}
ORDER BY ?s ?p ?o
"""


@pytest.mark.slow
def test_no_flipped_byte_gives_a_wrong_answer(cache: Path) -> None:
    folder = build.build()
    build.mark_checked(())
    right = answers(folder)
    assert right is not None and store.damaged_files(folder) == []
    flips = noticed = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        content, times = path.read_bytes(), path.stat().st_mtime_ns
        for place in sorted({0, len(content) // 3, len(content) // 2, len(content) - 1}):
            seal = (folder / store.SEAL).read_bytes()
            path.write_bytes(
                content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]
            )
            os.utime(path, ns=(times, times))
            flips += 1
            if path.name not in (store.CHECKED, "LOG"):
                assert store.damaged_files(folder) == [path.name], (
                    f"doctor does not see {path.name}"
                )
            said = answers(folder)
            assert said in (None, right), f"{path.name} at {place}: a wrong answer"
            noticed += said is None
            assert not (path.name == store.CHECKED and store.overlays_checked(str(folder)))
            path.write_bytes(content)
            (folder / store.SEAL).write_bytes(seal)
    assert flips > 40 and noticed > 10
    assert answers(folder) == right


@pytest.mark.slow
def test_a_store_found_damaged_is_built_again(cache: Path) -> None:
    whole = size(build.open_or_build())
    folder = build.folder_of()
    for path in (folder / "graph").glob("*.sst"):
        content = bytearray(path.read_bytes())
        for place in range(0, len(content) - 60, 97):
            content[place] ^= 1
        path.write_bytes(content)
    assert answers(folder) is None, "either it is not opened, or what is read tells"
    assert size(build.open_or_build()) == whole
    assert answers(folder) is not None


@pytest.mark.parametrize("change", ["another file", "a file is gone", "a table is longer"])
@pytest.mark.slow
def test_a_store_of_other_files_is_not_believed(cache: Path, change: str) -> None:
    whole = size(build.open_or_build())
    graph = build.folder_of() / "graph"
    table = next(graph.glob("*.sst"))
    if change == "another file":
        (graph / "000099.log").write_bytes(b"")
    elif change == "a file is gone":
        table.unlink()
    else:
        table.write_bytes(table.read_bytes() + b"x")
    assert store.open_store(build.folder_of()) is None
    assert size(build.open_or_build()) == whole


@pytest.mark.slow
def test_doctor_reads_every_byte(cache: Path) -> None:
    def probes() -> dict[str, tuple[bool, str]]:
        return {p.name: (p.works, p.detail) for p in diagnose(deep=True)}

    folder = build.build()
    contents.cache(file_digest(b"right"), b"right")
    assert probes()["cached stores"] == (True, "1 stores, every byte as it was written")
    assert probes()["cached files"] == (True, "1 fetched files, every byte as it was fetched")
    table = max((folder / "graph").glob("*.sst"), key=lambda path: path.stat().st_size)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    next(contents.files()).write_bytes(b"wrong")
    works, detail = probes()["cached stores"]
    assert not works and table.name in detail and "made anew" in detail
    assert not probes()["cached files"][0]
    assert contents.cached(file_digest(b"right")) is None
    assert store.open_store(folder) is None
    build.open_or_build()
    assert probes()["cached stores"][0]


def test_what_is_not_ours_is_set_aside(cache: Path) -> None:
    folder = build.folder_of()
    folder.mkdir(parents=True)
    (folder / "precious").write_text("mine")
    build.build()
    assert (cache / f"{folder.name}-not-ours-1" / "precious").read_text() == "mine"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a process that can be killed")
@pytest.mark.parametrize("after", [0.0, 0.1, 0.3])
@pytest.mark.slow
def test_a_killed_build_leaves_the_old_store_usable(cache: Path, after: float) -> None:
    whole = size(build.open_or_build())
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_build_in, args=(paths.root(),))
    child.start()
    deadline = time.monotonic() + 30
    while not list(cache.glob(".building-*")) and child.is_alive() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert size(build.open_or_build()) == whole
    build.build()
    assert list(cache.glob(".building-*")) == []


@pytest.mark.slow
def test_programs_that_begin_together_do_not_disturb_each_other(cache: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_open_in, args=(paths.root(),)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    assert store.open_store(build.folder_of()) is not None


@pytest.mark.slow
def test_same_files_give_the_same_triples(cache: Path) -> None:
    stated = corpus.load()
    one, two = (sorted(map(str, match(build.in_memory(stated), graph=DERIVED))) for _ in range(2))
    assert one == two
    assert one


def test_a_file_that_two_overlays_state_is_stated_once(cache: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ttl").write_text("<https://e.org/a> <https://e.org/p> 1 .")
    found = build.open_or_build([tmp_path / "a.ttl", tmp_path / "b.ttl"])
    assert (
        len(list(found.quads_for_pattern(NamedNode("https://e.org/a"), None, None, DefaultGraph())))
        == 1
    )
