"""A journal of verified passages, so that an interrupted run can be taken up.

One JSON object a line, ``{"key": …, "status": …}``. Each line is written whole by one call to the
system, at the end of the file, and what a cut-off run left of a line is ended first.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aruntime.errors import DataError


class Journal:
    """An open journal.

    Attributes:
        verified: keys of passages that were verified in an earlier run.
    """

    def __init__(self, handle: int, path: Path, verified: frozenset[str]) -> None:
        self._handle = handle
        self._path = path
        self.verified = verified

    def add(self, key: str, status: str) -> None:
        """Append one result.

        Raises:
            DataError: the file cannot be written.
        """
        _write(
            self._handle, json.dumps({"key": key, "status": status}).encode() + b"\n", self._path
        )


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """Open a journal, or begin one.

    Raises:
        DataError: it is a symbolic link, a folder or no journal, or cannot be read or written.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    try:
        if path.is_symlink():
            raise DataError("refused: it is a symbolic link", path=path)
        handle = os.open(path, flags, 0o666)
    except OSError as error:
        raise DataError(f"the journal cannot be opened: {error.strerror}", path=path) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise DataError("the journal is no regular file", path=path)
        before = _read(handle, path)
        if before and not before.endswith(b"\n"):
            _write(handle, b"\n", path)
        yield Journal(handle, path, frozenset(_verified(before, path)))
    finally:
        os.close(handle)


def _read(handle: int, path: Path) -> bytes:
    try:
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read()
    except OSError as error:
        raise DataError(f"the journal cannot be read: {error.strerror}", path=path) from None


def _write(handle: int, line: bytes, path: Path) -> None:
    try:
        if os.write(handle, line) < len(line):
            raise DataError("the journal cannot be written: the disk is full", path=path)
    except OSError as error:
        raise DataError(f"the journal cannot be written: {error.strerror}", path=path) from None


def _verified(content: bytes, path: Path) -> Iterator[str]:
    """Keys of the lines that say verified; half a line is passed over, a file of something else
    refused."""
    lines = content.splitlines()
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            if not line.startswith(b'{"key"'[: len(line)]):
                raise DataError("this is no journal of verify", path=path, line=number) from None
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
            raise DataError("this is no journal of verify", path=path, line=number)
        if entry.get("status") == "verified":
            yield entry["key"]
