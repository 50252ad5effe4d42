"""Folders that are made beside their place and put there in one step.

Every folder that this program makes holds a marker, a file of a name that is its kind's alone. Only
such a folder is ever replaced or removed, and its marker goes last: what a kill leaves of it is
known by it. While a folder is being made its marker is locked; what killed programs left goes when
the next one makes a folder there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from aruntime import atomic
from aruntime.errors import DataError, UsageError

_EXCHANGE: Final = 2
"""``RENAME_EXCHANGE`` of Linux's ``renameat2``."""
_HERE: Final = -100
"""``AT_FDCWD``: paths are relative to the current folder."""
_SAYS: Final = b"Made by aruntime, which may replace this folder.\n"


def is_ours(path: Path, marker: str) -> bool:
    """Whether *path* is a folder, not a link to one, that holds the marker of its kind."""
    return path.is_dir() and not path.is_symlink() and (path / marker).is_file()


class Folder:
    """A folder of files that a command makes whole; use it as a context manager.

    Args:
        place: where it will stand: absent, empty, or made by the same command before.
        kind: what it is, such as ``site``; a file ``.aruntime-site`` in it is its marker.

    Raises:
        UsageError: something else stands there.
        DataError: the disk refuses.
    """

    def __init__(self, place: Path, kind: str) -> None:
        self.place = place
        self.marker = f".aruntime-{kind}"
        self.sizes: dict[str, int] = {self.marker: len(_SAYS)}
        """Bytes of each file that was written, by its path."""
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise UsageError("there is something here that is no folder; name another", path=place)
        if not place.absolute().parent.is_dir():
            raise UsageError("no such folder", path=place.absolute().parent)
        if place.is_dir() and any(place.iterdir()) and not is_ours(place, self.marker):
            raise UsageError(
                "the folder holds files that this command did not make; name an empty or new one",
                path=place,
            )

    def __enter__(self) -> Folder:
        self._left = ExitStack()
        parent, prefix = self.place.absolute().parent, f".{self.place.name}{self.marker}-"
        try:
            self.making = self._left.enter_context(scratch(parent, prefix, self.marker, _SAYS))
            self.making.chmod(0o755)
        except OSError as error:
            reason = error.strerror or error
            raise DataError(f"cannot be written: {reason}", path=self.place) from None
        return self

    def write(self, path: str, content: bytes | str) -> None:
        """Write a file; folders above it are made.

        Args:
            path: below the folder, parts joined by ``/``.

        Raises:
            ValueError: the path was written before, or leads out of the folder.
        """
        if path in self.sizes or ".." in path.split("/") or path.startswith("/"):
            raise ValueError(f"no new path within the folder: {path}")
        file = self.making / path
        content = content.encode("utf-8", "replace") if isinstance(content, str) else content
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.sizes[path] = len(content)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        with self._left:
            if kind is None:
                try:
                    put(self.making, self.place.absolute(), self.marker)
                except OSError as failed:
                    reason = failed.strerror or failed
                    raise DataError(f"cannot be put in place: {reason}", path=self.place) from None
        if kind is not None and issubclass(kind, OSError):
            why = getattr(error, "strerror", None) or error
            raise DataError(f"cannot be written: {why}", path=self.place) from None


@contextmanager
def scratch(parent: Path, prefix: str, marker: str, content: bytes = b"") -> Iterator[Path]:
    """A new folder in *parent* that is gone afterwards, unless it was put in its place.

    Args:
        prefix: how its name begins; leftovers of this name and kind are removed first.
        content: what its marker holds.

    Raises:
        OSError: the disk refuses.
    """
    clear(parent, prefix, marker)
    handle = -1
    made = parent
    while handle < 0:
        made = parent / f"{prefix}{os.urandom(8).hex()}"
        os.mkdir(made, 0o700)
        try:
            handle = os.open(made / marker, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileNotFoundError:  # taken for a leftover before it had its marker
            continue
        atomic.lock(handle)
        if not os.fstat(handle).st_nlink:  # or before that was locked
            os.close(handle)
            handle = -1
    try:
        os.write(handle, content)
        yield made
    finally:
        os.close(handle)
        if made.exists():
            remove(made, marker)


def put(made: Path, place: Path, marker: str) -> None:
    """Give a finished folder its place, and remove the folder of ours that had it.

    Where the system can exchange two names, there is no moment without the folder.

    Args:
        made: a folder of :func:`scratch`, on the same file system as *place*.
        place: absent, an empty folder, or a folder of ours.

    Raises:
        OSError: the disk refuses; the old folder is then in its place.
    """
    with suppress(OSError):
        os.rmdir(place)
    if not os.path.lexists(place):
        os.rename(made, place)
    elif not is_ours(place, marker):
        raise FileExistsError(17, "something stands there that is not ours", os.fspath(place))
    elif _exchange(made, place):
        remove(made, marker)
    else:
        old = made.with_name(f"{made.name}-old")
        os.rename(place, old)
        try:
            os.rename(made, place)
        except OSError:
            os.rename(old, place)
            raise
        remove(old, marker)
    with suppress(OSError):
        atomic.flush_folder(place.parent)


def clear(parent: Path, prefix: str, marker: str) -> None:
    """Remove folders of this name and kind whose makers are gone; others are left alone."""
    for path in parent.glob(f"{prefix}*"):
        if is_ours(path, marker) and atomic.is_left(os.fspath(path / marker)):
            remove(path, marker)
        elif path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # killed before it was marked: it is empty, or not ours
                path.rmdir()


def remove(path: Path, marker: str) -> None:
    """Remove a folder of ours, its marker last; what cannot be removed stays."""
    if not is_ours(path, marker):
        return
    with suppress(OSError):
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif entry.name != marker:
                os.unlink(entry.path)
        if {entry.name for entry in os.scandir(path)} == {marker}:
            os.unlink(path / marker)
            os.rmdir(path)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders exchange their names in one step; false where the system cannot."""
    try:
        import ctypes

        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (ImportError, OSError, AttributeError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
