"""Writing a file so that a reader, a full disk or a kill never meets half of it.

The bytes go to a temporary file in the same folder, are flushed to the disk, and take the file's
name in one step; then the folder is flushed, so that the name is there after a power cut too. A
temporary file is locked by the process that writes it: what a killed one left goes at the next
write in that folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Final

from aruntime.errors import DataError

try:
    import fcntl

    _LOCKS: ModuleType | None = fcntl
except ImportError:  # Windows: nothing is locked there, and leftovers stay
    _LOCKS = None

PREFIX: Final = ".aruntime-"
"""How the names of temporary files begin."""
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Replace the file at *path*, or create it, with *content*; its permissions stay as they were.

    Raises:
        DataError: the path is a symbolic link or a folder, or the disk refuses; the old file is
            then untouched.
    """
    target = os.fspath(path)
    folder = os.path.dirname(target) or "."
    temporary = None
    try:
        permissions = _permissions(target)
        _clear(folder)
        with _temporary(folder) as (handle, temporary):
            _write(handle, content)
            os.chmod(temporary, permissions)
            os.fsync(handle)
            if _LOCKS is not None:  # elsewhere an open file cannot be renamed
                os.replace(temporary, target)
                temporary = None
        if temporary is not None:
            os.replace(temporary, target)
            temporary = None
        flush_folder(folder)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path=target) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


def refuse(path: str | os.PathLike[str]) -> None:
    """Refuse a path at which no file can stand, before its content is made at some cost.

    Raises:
        DataError: it is a symbolic link or a folder, or its name is too long.
    """
    target = os.fspath(path)
    try:
        _permissions(target)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path=target) from None


def flush_folder(folder: str | os.PathLike[str]) -> None:
    """Flush the names in a folder to the disk, where folders can be flushed.

    Raises:
        OSError: the disk refuses.
    """
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _permissions(target: str) -> int:
    """The permissions of the file that is replaced, or those of a new file.

    Raises:
        DataError: something else than a file stands there.
    """
    try:
        found = os.lstat(target).st_mode
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
    if stat.S_ISLNK(found):
        raise DataError(
            "refused: it is a symbolic link; write to the file that it points to", path=target
        )
    if not stat.S_ISREG(found):
        raise DataError("refused: it is no regular file", path=target)
    return found & 0o777


@contextmanager
def _temporary(folder: str) -> Iterator[tuple[int, str]]:
    """A new file of ours in a folder, locked while it is open; its handle and its path.

    Another process may take it for a leftover before it is locked, and remove it: then the next one
    is tried.
    """
    while True:
        name = os.path.join(folder, f"{PREFIX}{os.urandom(8).hex()}")
        handle = os.open(name, _NEW, 0o600)
        try:
            lock(handle)
            if os.fstat(handle).st_nlink:
                yield handle, name
                return
        finally:
            os.close(handle)


def lock(handle: int) -> None:
    """Show other processes that what is open here is in use; where there are no locks, nothing
    happens."""
    if _LOCKS is not None:
        with suppress(OSError):  # a file system without locks
            _LOCKS.flock(handle, _LOCKS.LOCK_EX)


def is_left(path: str) -> bool:
    """Whether whoever locked the file at *path* is gone; false where that cannot be told."""
    if _LOCKS is None:
        return False
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        _LOCKS.flock(handle, _LOCKS.LOCK_EX | _LOCKS.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def _write(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def _clear(folder: str) -> None:
    """Remove temporary files whose writers are gone."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            named = entry.name.startswith(PREFIX) and len(entry.name) == len(PREFIX) + 16
            if named and entry.is_file(follow_symlinks=False) and is_left(entry.path):
                os.unlink(entry.path)
