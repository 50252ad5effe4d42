"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from aruntime import atomic
from aruntime.errors import DataError


def modes(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_created_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"one\n", b"", b"longer than before\n"):
        atomic.write(path, content)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]


def test_permissions_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    for mode in (0o600, 0o644, 0o664, 0o755):
        path.chmod(mode)
        atomic.write(path, b"after")
        assert modes(path) == mode


def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic.write(tmp_path / "file", b"content")
    finally:
        os.umask(before)
    assert modes(tmp_path / "file") == 0o640


@pytest.mark.parametrize("where", ["there", "nowhere"])
def test_nothing_is_written_through_a_symbolic_link(tmp_path: Path, where: str) -> None:
    (tmp_path / "there").write_bytes(b"precious")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / where)
    with pytest.raises(DataError, match="symbolic link; write to the file that it points to"):
        atomic.write(link, b"content")
    assert (tmp_path / "there").read_bytes() == b"precious"
    assert sorted(os.listdir(tmp_path)) == ["link", "there"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="no regular file"):
        atomic.write(tmp_path / "folder", b"content")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file or directory"):
        atomic.write(tmp_path / "nowhere" / "file", b"content")


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_step_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(DataError, match="cannot be written: No space left on device"):
        atomic.write(path, b"after")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


def test_content_is_on_the_disk_before_the_file_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of what is flushed is looked at, so that flushing an empty buffer does not count."""
    done: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def flushed(handle: int) -> None:
        done.append(("fsync", os.fstat(handle).st_size))
        fsync(handle)

    def named(source: str, target: str) -> None:
        done.append(("replace", os.stat(source).st_size))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", named)
    atomic.write(tmp_path / "file", b"seven b")
    folder = done.pop()
    assert done == [("fsync", 7), ("replace", 7)]
    assert folder[0] == "fsync", "then the folder, so that the name lasts too"
