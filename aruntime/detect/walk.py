"""Which files of a deployment are read: bounded in number and size, and never outside its folders.

A symbolic link is followed only if it leads to a file below the folder that was named. Folders that
hold what tools put there (:data:`SKIPPED`) are left out; everything else that looks like a form we
know and is not read is told.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from typing import Final, NamedTuple

from aruntime.detect.model import Unread
from aruntime.errors import UsageError

MAX_BYTES: Final = 16 * 1024 * 1024
"""Largest file that is read."""
MAX_TOTAL: Final = 256 * 1024 * 1024
MAX_FILES: Final = 20_000
MAX_LEVELS: Final = 40
SKIPPED: Final = frozenset(
    (".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".terraform",
     "site-packages", ".mypy_cache", ".ruff_cache", ".pytest_cache")
)  # fmt: skip
"""Folders that are never entered."""

_YAML: Final = (".yaml", ".yml")
_NAMES: Final = frozenset(
    ("pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "package.json", "package-lock.json",
     "npm-shrinkwrap.json", "Chart.lock", "requirements.lock", "langgraph.json", "bom.json")
)  # fmt: skip
_ENDINGS: Final = (".cdx.json", ".spdx.json", ".sbom.json", ".cyclonedx.json", ".spdx", ".cdx.xml")


class File(NamedTuple):
    """A file that may say something.

    Attributes:
        path: where it is.
        shown: how it is named in answers.
        given: whether it was named itself, not found in a folder.
    """

    path: str
    shown: str
    given: bool


class Files:
    """Files of some paths, and their texts.

    Args:
        paths: files and folders; ``-`` is left to the caller.

    Raises:
        UsageError: a path does not exist.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.unread: list[Unread] = []
        self.files: list[File] = []
        self.roots: list[str] = []
        self._total = 0
        for path in paths:
            if not os.path.lexists(path):
                raise UsageError("no such file or folder", path=path)
            if os.path.isdir(path):
                self.roots.append(os.path.realpath(path))
                self._enter(path, self.roots[-1], 0)
            else:
                self.roots.append(os.path.realpath(os.path.dirname(path) or "."))
                self.files.append(File(path, shown(path), True))
        self.files = sorted(dict.fromkeys(self.files), key=lambda file: file.shown)

    def text(self, file: File) -> str | None:
        """The text of a file; ``None``, with the reason in :attr:`unread`, where there is none."""
        line = None
        try:
            content = self._content(file)
            return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            reason = "it is not UTF-8"
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
        except ValueError as error:
            reason = str(error)
        self.unread.append(Unread(file.shown, line, reason))
        return None

    def _content(self, file: File) -> bytes:
        """The bytes of a file.

        Raises:
            OSError: the system refuses.
            ValueError: it is no regular file, too large, or no text.
        """
        if not stat.S_ISREG(os.stat(file.path).st_mode):
            raise ValueError("it is no regular file")
        with open(file.path, "rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        self._total += len(content)
        if self._total > MAX_TOTAL:
            raise ValueError(f"it and the files before it have more than {MAX_TOTAL} bytes")
        if b"\0" in content[:8192]:
            raise ValueError("it is no text")
        return content

    def beside(self, file: File, name: str) -> File | None:
        """The file of that name in the same folder, if it is there and below what was named."""
        path = os.path.normpath(os.path.join(os.path.dirname(file.path), name))
        if not os.path.isfile(path) or not self.contains(path):
            return None
        shown = os.path.normpath(os.path.join(os.path.dirname(file.shown), name))
        return File(path, shown, False)

    def contains(self, path: str) -> bool:
        """Whether a path, links followed, lies below a folder that was named."""
        real = os.path.realpath(path)
        return any(
            real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in self.roots
        )

    def _refuse(self, file: File, reason: str) -> None:
        self.unread.append(Unread(file.shown, None, reason))

    def _enter(self, folder: str, root: str, level: int) -> None:
        if level > MAX_LEVELS:
            self.unread.append(Unread(shown(folder), None, f"more than {MAX_LEVELS} folders deep"))
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.unread.append(Unread(shown(folder), None, f"cannot be entered: {error.strerror}"))
            return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    self._enter(entry.path, root, level + 1)
            elif is_candidate(entry.name):
                self._take(entry, root)

    def _take(self, entry: os.DirEntry[str], root: str) -> None:
        file = File(entry.path, shown(entry.path), False)
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not real.startswith(root.rstrip(os.sep) + os.sep):
                self._refuse(file, "it is a symbolic link that leaves the folder")
                return
            if not os.path.isfile(real):
                return
        if len(self.files) >= MAX_FILES:
            if len(self.files) == MAX_FILES:
                self._refuse(file, f"it and what follows: more than {MAX_FILES} files")
            return
        self.files.append(file)


def is_candidate(name: str) -> bool:
    """Whether a file of that name may have a form that is read."""
    if name.endswith(_YAML) or name in _NAMES or name.endswith(_ENDINGS):
        return True
    if name.endswith(".txt"):
        return "requirements" in name or "constraints" in name
    return name.startswith("pylock.") and name.endswith(".toml")


def shown(path: str) -> str:
    """A path as people write it: from here where it lies below, else whole; with ``/``."""
    normal = os.path.normpath(path)
    if os.path.isabs(normal):
        inside = os.path.relpath(normal)
        normal = normal if inside.startswith("..") else inside
    return normal.replace(os.sep, "/")
