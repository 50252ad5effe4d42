"""A kill at any moment loses nothing and leaves nothing half written, and the next command is right.

Every command that writes is killed before each of its calls that touch files; builds also at moments
in time, since Oxigraph writes past Python. All kills together take long, so are marked slow; some
are made in each run.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from aruntime import atomic, folder
from tests.faults import KILLED, Helper
from tests.test_evidence import clones as clones
from tests.test_overlay import make_world

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copies")

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("kills") / "origin")


@pytest.fixture
def world(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small graph of the test's own; its cache is outside of it."""
    root = tmp_path / "world"
    (root / "data").mkdir(parents=True)
    for name in ("ontology", "queries"):
        (root / name).symlink_to(origin / name)
    shutil.copytree(origin / "data", root / "data", dirs_exist_ok=True)
    return root


@pytest.fixture
def helper(world: Path) -> Iterator[Helper]:
    with Helper(world, world.parent / "cache") as helper:
        yield helper


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
    helper: Helper, place: Path, command: list[object], every: int, again: tuple[int, ...] = (0,)
) -> int:
    """Kill a command at each of its calls, or at every n-th, and look at what it leaves.

    Args:
        again: exit codes of the next run: 2 where what was asked for may be there already.

    Returns:
        How many kills were made.
    """
    saved = place.parent / f"{place.name}-saved"
    shutil.copytree(place, saved)
    before = files(place)
    code, output = helper.run(command, "count")
    assert code == 0, output
    after = files(place)
    assert after != before
    made = 0
    for at in range(1, int(output.rpartition("\n")[2]) + 1, every):
        restore(place, saved)
        assert helper.run(command, "kill", at)[0] == KILLED
        made += 1
        found = files(place)
        for name, content in found.items():
            assert content in (before.get(name), after.get(name)), f"{name} is half written"
        assert not before.keys() - found.keys(), "a file is lost"
        assert helper.run(command)[0] in again
        assert files(place) == after, f"killed at call {at}, the next run is wrong"
    shutil.rmtree(saved)
    return made


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


PIN = ("docs/stays.md", "7-8", "--at", "v1.0", "--source", "engine-docs", "--claim",
       "engine#family", "--write")  # fmt: skip


def fmt(helper: Helper, world: Path, clones: Path, every: int) -> int:
    place = spoiled(world, 20)[0].parent
    return kills(helper, place, ["fmt", place], every)


def export(helper: Helper, world: Path, clones: Path, every: int) -> int:
    place = world.parent / "exported"
    place.mkdir()
    (place / "graph.nt").write_bytes(b"old\n")
    command = ["export", "--stated-only", "--format", "ntriples", "-o", place / "graph.nt"]
    made = kills(helper, place, command, every)
    assert not leftovers(place)
    return made


def new(helper: Helper, world: Path, clones: Path, every: int) -> int:
    place = world.parent / "mine"
    place.mkdir()
    into = ["--into", place]
    made = kills(helper, place, ["new", "runtime", "my-engine", *into], every, (0, 2))
    made += kills(helper, place, ["new", "claim", "my-engine#a", *into], every, (0, 2))
    made += kills(helper, place, ["new", "source", "my-docs", *into], every, (0, 2))
    return made + kills(helper, place, ["new", "agent", "acme", *into], every, (0, 2))


def pin(helper: Helper, world: Path, clones: Path, every: int) -> int:
    command = ["evidence", "pin", clones / "acme+engine", *PIN]
    return kills(helper, world / "data", command, every)


def refresh(helper: Helper, world: Path, clones: Path, every: int) -> int:
    helper.run(["evidence", "pin", clones / "acme+engine", *PIN])
    helper.run(["build"])
    command = ["evidence", "refresh", "engine", "--to", "v1.1", "--repositories", clones]
    return kills(helper, world / "data", command, every)


COMMANDS = {f.__name__: f for f in (fmt, export, new, pin, refresh)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_loses_nothing(name: str, helper: Helper, world: Path, clones: Path) -> None:
    assert COMMANDS[name](helper, world, clones, 30) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_kill_loses_nothing(name: str, helper: Helper, world: Path, clones: Path) -> None:
    made = COMMANDS[name](helper, world, clones, 1)
    print(f"{name}: {made} kills")
    assert made >= 5


def build_kills(helper: Helper, world: Path, every: int, moments: int) -> int:
    """Kill builds where no store is and where one is, at calls and at moments; returns how many."""
    cache = world.parent / "cache"
    whole = helper.run(["stats"])
    number = int(helper.run(["build"], "count")[1].rpartition("\n")[2])
    made = 0
    for emptied in (True, False):
        for at in range(1, number + 1, every):
            if emptied:
                shutil.rmtree(cache)
            made += helper.run(["build"], "kill", at)[0] == KILLED
            assert helper.run(["stats"]) == whole, f"killed at call {at}, the next command is wrong"
    for moment in range(moments):
        ended, _ = helper.run(["build"], "after", 0.02 + moment * 2 / moments)
        made += ended == -signal.SIGKILL
        assert helper.run(["stats"]) == whole, "the next command is wrong"
    assert helper.run(["build"])[0] == 0
    assert len([*cache.iterdir()]) == 1, "a leftover stays"
    return made


@pytest.mark.slow
def test_a_kill_of_a_build_leaves_a_whole_store_or_none(helper: Helper, world: Path) -> None:
    assert build_kills(helper, world, 60, 0) >= 2


@pytest.mark.slow
def test_every_kill_of_a_build_leaves_a_whole_store_or_none(helper: Helper, world: Path) -> None:
    made = build_kills(helper, world, 6, 12)
    print(f"build: {made} kills")
    assert made >= 10


def test_a_full_disk_leaves_the_old_file(helper: Helper, world: Path) -> None:
    path = spoiled(world, 1)[0]
    before = path.read_bytes()
    number = int(helper.run(["fmt", path], "count")[1].rpartition("\n")[2])
    after = path.read_bytes()
    for at in range(1, number + 1):
        path.write_bytes(before)
        code, _ = helper.run(["fmt", path], "full", at)
        assert code in (0, 3)
        assert path.read_bytes() in ((after,) if code == 0 else (before, after))
        assert not leftovers(path.parent)


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_store(helper: Helper, world: Path) -> None:
    whole = helper.run(["stats"])
    number = int(helper.run(["build"], "count")[1].rpartition("\n")[2])
    for at in range(1, number + 1, max(1, number // 3)):
        assert helper.run(["build"], "full", at)[0] in (0, 3)
        assert helper.run(["stats"]) == whole
    assert not leftovers(world.parent / "cache")


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
        folder.clear(tmp_path, ".making-", "marker")
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
def test_a_folder_that_cannot_be_written_is_one_error(helper: Helper, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir(mode=0o500)
    assert helper.run(["export", "--stated-only", "-o", place / "a.ttl"])[0] == 3
