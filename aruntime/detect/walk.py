"""Which files of a deployment are read: bounded in number and size, and never outside its folders.

A symbolic link is followed only if it leads to a file below the folder that was named. Folders that
hold what tools put there (:data:`SKIPPED`) are left out; everything else that looks like a form we
know and is not read is told. JSON has many uses: of its files those are read whose name says what
they are, and those whose beginning does.
"""

from __future__ import annotations

import os
import re
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

NO_READER: Final = {
    "Pipfile": "Pipenv's own form", "Pipfile.lock": "Pipenv's own form", "yarn.lock": "Yarn's own form",
    "pnpm-lock.yaml": "pnpm's own form", "bun.lock": "Bun's own form", "bun.lockb": "Bun's own form",
}  # fmt: skip
"""Files that say what is installed, in forms that have no reader here, and what these are."""
_IRREGULAR: Final = "it is no regular file"
_YAML: Final = (".yaml", ".yml")
_NAMES: Final = frozenset(
    ("pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "package.json", "package-lock.json",
     "npm-shrinkwrap.json", "Chart.lock", "requirements.lock", "langgraph.json", "bom.json",
     "Kustomization", "bom.xml", "sbom.xml", *NO_READER)
)  # fmt: skip
_ENDINGS: Final = (".cdx.json", ".spdx.json", ".sbom.json", ".cyclonedx.json", ".spdx", ".cdx.xml")
_DOCKERFILE: Final = re.compile(
    r"(?:(?:Docker|Container)file(?:\..+)?|.+\.(?:[Dd]ocker|[Cc]ontainer)file)"
)
_HEAD: Final = 64 * 1024
"""Bytes of a JSON file that are looked at to see what it is."""
_MAX_HEADS: Final = 50_000
"""JSON files that are looked at."""
_SAYS: Final = re.compile(rb'"(apiVersion|kind|bomFormat|spdxVersion)"\s*:\s*"')


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
        self.roots: set[str] = set()
        self._total = self._heads = 0
        for path in paths:
            if not os.path.lexists(path):
                raise UsageError("no such file or folder", path=path)
            if os.path.isdir(path):
                root = os.path.realpath(path)
                self.roots.add(root)
                self._enter(path, root, 0)
            else:
                self.roots.add(os.path.realpath(os.path.dirname(path) or "."))
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
            raise ValueError(_IRREGULAR)
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
        return self.holds(os.path.realpath(path))

    def holds(self, real: str) -> bool:
        """Whether a real path is, or lies below, a folder that was named."""
        while real not in self.roots:
            above = os.path.dirname(real)
            if above == real:
                return False
            real = above
        return True

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
            if entry.name in SKIPPED:
                continue
            if entry.is_dir(follow_symlinks=False):
                self._enter(entry.path, root, level + 1)
            elif entry.is_symlink() and not os.path.isfile(entry.path):
                self._leave(entry, root)
            elif is_candidate(entry.name, os.path.basename(folder)):
                self._take(entry, root)
            elif entry.name.endswith(".json"):
                self._look(entry, root)

    def _leave(self, entry: os.DirEntry[str], root: str) -> None:
        """Tell of a link that leads to no file, unless it leads to a folder that is read anyway."""
        file, real = File(entry.path, shown(entry.path), False), os.path.realpath(entry.path)
        if os.path.isdir(real):
            inside = os.path.relpath(real, root).split(os.sep)
            if inside[0] == os.pardir or SKIPPED.intersection(inside):
                self._refuse(file, "it is a symbolic link to a folder; name that folder itself")
        elif is_candidate(entry.name) or "." not in entry.name:
            gone = not os.path.lexists(real)
            what = "it is a symbolic link to what is not there" if gone else _IRREGULAR
            self._refuse(file, what)

    def _look(self, entry: os.DirEntry[str], root: str) -> None:
        """Take a JSON file if its beginning says that it has a form that is read."""
        self._heads += 1
        if self._heads > _MAX_HEADS:
            if self._heads == _MAX_HEADS + 1:
                why = f"it and what follows: more than {_MAX_HEADS} JSON files of other names"
                self._refuse(File(entry.path, shown(entry.path), False), why)
            return
        try:
            leaves = entry.is_symlink() and not _is_below(os.path.realpath(entry.path), root)
            if leaves or (entry.is_file() and _says(entry.path)):
                self._take(entry, root)
        except OSError as error:
            why = f"cannot be read: {error.strerror or error}"
            self._refuse(File(entry.path, shown(entry.path), False), why)

    def _take(self, entry: os.DirEntry[str], root: str) -> None:
        file = File(entry.path, shown(entry.path), False)
        if entry.is_symlink() and not _is_below(os.path.realpath(entry.path), root):
            self._refuse(file, "it is a symbolic link that leaves the folder")
            return
        if len(self.files) >= MAX_FILES:
            if len(self.files) == MAX_FILES:
                self._refuse(file, f"it and what follows: more than {MAX_FILES} files")
            return
        self.files.append(file)


def is_candidate(name: str, folder: str = "") -> bool:
    """Whether a file of that name, in a folder of that name, may have a form that is read."""
    if name.endswith(_YAML) or name in _NAMES or name.endswith(_ENDINGS) or is_dockerfile(name):
        return True
    if name.endswith((".txt", ".in")):
        return folder == "requirements" or "requirements" in name or "constraints" in name
    return name.startswith("pylock.") and name.endswith(".toml")


def is_dockerfile(name: str) -> bool:
    """Whether a file of that name says how an image is built."""
    return bool(_DOCKERFILE.fullmatch(name)) and not name.endswith(".dockerignore")


def _is_below(real: str, root: str) -> bool:
    return real.startswith(root.rstrip(os.sep) + os.sep)


def _says(path: str) -> bool:
    """Whether the beginning of a JSON file says what it is."""
    with open(path, "rb") as opened:
        found = set(_SAYS.findall(opened.read(_HEAD)))
    return bool(found - {b"apiVersion", b"kind"}) or len(found) == 2


def shown(path: str) -> str:
    """A path as people write it: from here where it lies below, else whole; with ``/``."""
    normal = os.path.normpath(path)
    if os.path.isabs(normal):
        inside = os.path.relpath(normal)
        normal = normal if inside.startswith("..") else inside
    return normal.replace(os.sep, "/")
