"""A kill at any moment loses nothing and leaves nothing half written, and the next command is right.

Every command that writes is killed before each of its calls that touch files; builds also at moments
in time, since Oxigraph writes past Python. All kills together are exhaustive, so marked slow; every
seventh is made in each run.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aruntime import atomic, build, folder, paths
from aruntime.cli import run
from tests import faults
from tests.test_evidence import clones as clones
from tests.test_overlay import make_world

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copies")

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("kills") / "origin")


@pytest.fixture
def world(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small graph of the test's own; its cache is outside of it."""
    root = tmp_path / "world"
    (root / "data").mkdir(parents=True)
    for name in ("ontology", "queries"):
        (root / name).symlink_to(origin / name)
    shutil.copytree(origin / "data", root / "data", dirs_exist_ok=True)
    monkeypatch.setattr(paths, "_ROOT", str(root))
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    yield root


def files(place: Path) -> Files:
    """Everything below a folder but temporary files."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and ".aruntime-" not in str(path.relative_to(place))
    }


def leftovers(place: Path) -> list[str]:
    return [str(p) for p in place.rglob("*") if p.name.startswith((".aruntime-", ".building-"))]


def restore(place: Path, saved: Path) -> None:
    shutil.rmtree(place)
    shutil.copytree(saved, place)


def kills(
    place: Path, command: list[object], every: int, *, rerun: tuple[int, ...] = (0,)
) -> tuple[int, int]:
    """Kill a command at each of its calls, or at every n-th, and look at what it leaves.

    Args:
        rerun: exit codes of the next run: 2 where what was asked for is there already.

    Returns:
        How many kills were made, and how many calls there are.
    """
    words = [str(word) for word in command]
    saved = place.parent / f"{place.name}-saved"
    shutil.copytree(place, saved)

    def work() -> int:
        return run(words)

    before = files(place)
    number = faults.calls(work)
    after = files(place)
    assert after != before
    made = 0
    for at in range(1, number + 1, every):
        restore(place, saved)
        assert faults.killed_at(work, at) == faults.KILLED
        made += 1
        for name, content in files(place).items():
            assert content in (before.get(name), after.get(name)), f"{name} is half written"
        assert not before.keys() - files(place).keys(), "a file is lost"
        assert run(words) in rerun
        assert files(place) == after, f"killed at call {at}, the next run is wrong"
        if rerun == (0,):
            assert not leftovers(place), f"killed at call {at}, something is left"
    shutil.rmtree(saved)
    return made, number


def spoiled(world: Path, count: int) -> list[Path]:
    """Files that are not in canonical form."""
    found = []
    for number in range(count):
        path = world.parent / "spoiled" / f"{number}.ttl"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"<https://e.org/b{number}> a <https://e.org/C> .<https://e.org/a> a <https://e.org/C>."
        )
        found.append(path)
    return found


def fmt(world: Path, clones: Path, every: int) -> int:
    place = spoiled(world, 6)[0].parent
    # a second run that has nothing to write does not clear up, so one file always changes
    made = 0
    for _ in range(1):
        made += kills(place, ["fmt", place], every, rerun=(0, 0))[0]
    return made


def export(world: Path, clones: Path, every: int) -> int:
    place = world.parent / "exported"
    place.mkdir()
    (place / "graph.nt").write_bytes(b"old\n")
    command = ["export", "--stated-only", "--format", "ntriples", "-o", place / "graph.nt"]
    return kills(place, command, every)[0]


def new(world: Path, clones: Path, every: int) -> int:
    place = world.parent / "mine"
    place.mkdir()
    made = kills(place, ["new", "runtime", "my-engine", "--into", place], every, rerun=(0, 2))[0]
    assert run(["new", "runtime", "my-engine", "--into", str(place)]) == 2
    options = ["--into", place, "--kind", "responsibility"]
    made += kills(place, ["new", "claim", "my-engine#a", *options], every, rerun=(0, 2))[0]
    return made + kills(place, ["new", "agent", "acme", "--into", place], every, rerun=(0, 2))[0]


def pin(world: Path, clones: Path, every: int) -> int:
    where = [clones / "acme+engine", "docs/stays.md", "7-8", "--at", "v1.0"]
    options = ["--source", "engine-docs", "--claim", "engine#family", "--write"]
    return kills(world / "data", ["evidence", "pin", *where, *options], every, rerun=(0,) * 2)[0]


def refresh(world: Path, clones: Path, every: int) -> int:
    where = [clones / "acme+engine", "docs/stays.md", "7-8", "--at", "v1.0"]
    options = ["--source", "engine-docs", "--claim", "engine#family", "--write"]
    assert run(["evidence", "pin", *map(str, where), *options]) == 0
    build.build()
    command = ["evidence", "refresh", "engine", "--to", "v1.1", "--repositories", clones]
    return kills(world / "data" / "runtime", command, every, rerun=(0, 0))[0]


COMMANDS = {f.__name__: f for f in (fmt, export, new, pin, refresh)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_loses_nothing(name: str, world: Path, clones: Path) -> None:
    assert COMMANDS[name](world, clones, 7) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_kill_loses_nothing(
    name: str, world: Path, clones: Path, record_property: Callable[[str, object], None]
) -> None:
    made = COMMANDS[name](world, clones, 1)
    record_property("kills", made)
    print(f"{name}: {made} kills")
    assert made >= 5


def looked_at(cache: Path) -> None:
    """What lies in the cache after a kill: a whole store or none, and folders of ours alone."""
    found = build.open_store(build.folder_of())
    assert found is None or len(found) == WHOLE[cache.parent]
    assert len(build.open_or_build()) == WHOLE[cache.parent], "the next command is wrong"


WHOLE: dict[Path, int] = {}
"""How many quads the store of a world holds."""


def build_kills(world: Path, every: int, moments: int) -> int:
    cache = paths.cache()
    WHOLE[cache.parent] = len(build.open_or_build())
    number = faults.calls(build.build)
    made = 0
    for again in (False, True):
        for at in range(1, number + 1, every):
            if not again:
                shutil.rmtree(cache)
            killed = faults.killed_at(build.build, at) == faults.KILLED
            assert killed or not again
            made += killed
            looked_at(cache)
    for moment in range(moments):
        ended = faults.killed_after(build.build, 0.02 + moment * 2 / max(moments, 1))
        made += ended == -signal.SIGKILL
        looked_at(cache)
    build.build()
    assert [p.name for p in cache.iterdir()] == [build.folder_of().name], "a leftover stays"
    return made


def test_a_kill_of_a_build_leaves_a_whole_store_or_none(world: Path) -> None:
    assert build_kills(world, 12, 1) >= 2


@pytest.mark.slow
def test_every_kill_of_a_build_leaves_a_whole_store_or_none(world: Path) -> None:
    made = build_kills(world, 1, 30)
    print(f"build: {made} kills")
    assert made >= 40


def test_a_full_disk_leaves_the_old_file(world: Path) -> None:
    path = spoiled(world, 1)[0]
    before = path.read_bytes()
    number = faults.calls(lambda: atomic.write(path, b"new"))
    path.write_bytes(before)
    for at in range(1, number + 1):
        code = faults.refused_from(lambda: run(["fmt", str(path)]), at)
        after = path.read_bytes()
        assert code in (0, 3)
        assert after == before or b"a <https://e.org/C>" in after.replace(b"\n    ", b" ")
        assert not leftovers(path.parent)
        path.write_bytes(before)


def test_a_full_disk_leaves_the_old_store(world: Path) -> None:
    whole = len(build.open_or_build())
    number = faults.calls(build.build)
    for at in range(1, number + 1, max(1, number // 3)):
        code = faults.refused_from(lambda: run(["build"]), at)
        assert code in (0, 3)
        found = build.open_store(build.folder_of())
        assert found is not None and len(found) == whole
        del found
    assert not leftovers(paths.cache())


def test_a_folder_that_is_not_ours_is_never_removed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "precious").write_text("x")
    folder.remove(theirs, "marker")
    with folder.scratch(tmp_path, ".making-", "marker") as made:
        (made / "a").write_text("1")
        with pytest.raises(FileExistsError):
            folder.put(made, theirs, "marker")
    assert (theirs / "precious").read_text() == "x"
    link = tmp_path / "link"
    link.symlink_to(theirs)
    (theirs / "marker").touch()
    folder.remove(link, "marker")
    assert link.is_symlink() and (theirs / "precious").exists()
    folder.remove(theirs, "marker")
    assert not theirs.exists()


def test_a_folder_is_put_in_place_in_one_step(tmp_path: Path) -> None:
    place = tmp_path / "place"
    for text in ("1", "2"):
        with folder.scratch(tmp_path, ".making-", "marker", b"ours\n") as made:
            (made / "a").write_text(text)
            folder.put(made, place, "marker")
        assert (place / "a").read_text() == text
        assert (place / "marker").read_text() == "ours\n"
        assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_what_is_being_made_is_no_leftover(tmp_path: Path) -> None:
    with folder.scratch(tmp_path, ".making-", "marker") as made:
        faults.in_copy(lambda: folder.clear(tmp_path, ".making-", "marker"))
        assert made.exists()
    assert not made.exists()


def test_a_temporary_file_in_use_is_no_leftover(tmp_path: Path) -> None:
    (tmp_path / ".aruntime-0123456789abcdef").write_text("left by a killed program")
    (tmp_path / ".aruntime-mine").write_text("not a name of ours")
    handle = os.open(tmp_path / ".aruntime-fedcba9876543210", os.O_CREAT | os.O_RDWR)
    atomic.lock(handle)
    atomic.write(tmp_path / "a", b"1")
    os.close(handle)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"a", ".aruntime-mine", ".aruntime-fedcba9876543210"}


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert run(["export", "--stated-only", "-o", str(tmp_path / "a.ttl")]) == 3
