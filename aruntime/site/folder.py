"""The folder of a site: written beside its place and put there in one step.

A folder that this program made carries a marker; only such a folder is replaced.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from aruntime import folder
from aruntime.errors import DataError, UsageError

MARKER: Final = ".aruntime-site"
"""A file in every folder that this program makes, and so may replace."""
PREFIX: Final = ".aruntime-site-"
"""What a folder that is being made has in its name, after the name of its place."""
_SAYS: Final = b"Made by aruntime site, which may replace this folder.\n"


class Folder:
    """A folder under construction; use it as a context manager.

    Args:
        place: where it will stand: absent, empty, or made by this program before.

    Raises:
        UsageError: something else stands there.
        DataError: the disk refuses.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.sizes: dict[str, int] = {MARKER: len(_SAYS)}
        """Bytes of each file that was written, by its path."""
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise UsageError("there is something here that is no folder; name another", path=place)
        if not place.absolute().parent.is_dir():
            raise UsageError("no such folder", path=place.absolute().parent)
        if place.is_dir() and any(place.iterdir()) and not (place / MARKER).is_file():
            raise UsageError(
                "the folder holds files that aruntime site did not make; name an empty or new one",
                path=place,
            )

    def __enter__(self) -> Folder:
        self._left = ExitStack()
        prefix = f".{self.place.name}{PREFIX}"
        try:
            scratch = folder.scratch(self.place.absolute().parent, prefix, MARKER, _SAYS)
            self.making = self._left.enter_context(scratch)
            self.making.chmod(0o755)
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
            raise ValueError(f"no new path within the site: {path}")
        file = self.making / path
        content = content.encode("utf-8", "replace") if isinstance(content, str) else content
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.sizes[path] = len(content)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        with self._left:
            if kind is None:
                try:
                    folder.put(self.making, self.place.absolute(), MARKER)
                except OSError as failed:
                    raise DataError(
                        f"cannot be put in place: {failed.strerror}", path=self.place
                    ) from None
        if kind is not None and issubclass(kind, OSError):
            reason = getattr(error, "strerror", None) or error
            raise DataError(f"cannot be written: {reason}", path=self.place) from None
