"""A folder of files that a command makes whole: written beside its place and put there in one step.

A reader meets the old folder or the new one, never a mixture. Each command marks the folders that it
makes, and replaces no others.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from aruntime.errors import DataError, UsageError


class Folder:
    """A folder under construction; use it as a context manager.

    Args:
        place: where it will stand: absent, empty, or made by the same command before.
        kind: what it is, such as ``site``; a file ``.aruntime-site`` in it is its mark.

    Raises:
        UsageError: something else stands there.
        DataError: the disk refuses.
    """

    def __init__(self, place: Path, kind: str) -> None:
        self.place = place
        self.mark = f".aruntime-{kind}"
        self.sizes: dict[str, int] = {}
        """Bytes of each file that was written, by its path."""
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise UsageError("there is something here that is no folder; name another", path=place)
        if not place.absolute().parent.is_dir():
            raise UsageError("no such folder", path=place.absolute().parent)
        if place.is_dir() and any(place.iterdir()) and not (place / self.mark).is_file():
            raise UsageError(
                "the folder holds files that this command did not make; name an empty or new one",
                path=place,
            )

    def __enter__(self) -> Folder:
        try:
            parent = self.place.absolute().parent
            self.making = Path(tempfile.mkdtemp(prefix=".aruntime-", dir=parent))
            self.making.chmod(0o755)
            self.write(self.mark, b"Made by aruntime, which may replace this folder.\n")
        except OSError as error:
            raise DataError(
                f"cannot be written: {error.strerror or error}", path=self.place
            ) from None
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
        if kind is not None:
            shutil.rmtree(self.making, ignore_errors=True)
            if issubclass(kind, OSError):
                reason = getattr(error, "strerror", None) or error
                raise DataError(f"cannot be written: {reason}", path=self.place) from None
            return
        old = self.making.with_name(self.making.name + "-old")
        try:
            if self.place.exists():
                os.replace(self.place, old)
            os.replace(self.making, self.place)
        except OSError as failed:
            with suppress(OSError):
                if old.exists() and not self.place.exists():
                    os.replace(old, self.place)
            shutil.rmtree(self.making, ignore_errors=True)
            raise DataError(f"cannot be put in place: {failed.strerror}", path=self.place) from None
        shutil.rmtree(old, ignore_errors=True)
