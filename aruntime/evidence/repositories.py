"""Cited files in repositories: local clones, bare or not; nothing is ever checked out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from aruntime.errors import DataError
from aruntime.evidence import passage
from aruntime.evidence.passage import CitedFile
from aruntime.git import commit_of, git
from aruntime.versions import is_stable, rank

_BLOB: Final = re.compile(
    r"^(https://[^/]+/[^/]+/[^/]+)(?:/-)?/blob/([^/]+)/([^#?]+)(?:[?][^#]*)?(?:#L(\d+)(?:-L?(\d+))?)?$"
)


@lru_cache(maxsize=64)
def file_at(directory: Path, commit: str, path: str) -> bytes:
    """The bytes of *path* at a commit.

    Raises:
        DataError: there is no such file.
    """
    return git(directory, "cat-file", "blob", f"{commit}:{path}")


def origin_of(directory: Path) -> str | None:
    """The public address of a clone, if it has a remote called origin."""
    try:
        return address_of(git(directory, "remote", "get-url", "origin").decode().strip())
    except DataError:
        return None


def address_of(url: str) -> str:
    """A repository's address as SWHIDs spell it."""
    return url.removesuffix("/").removesuffix(".git")


def newest(directory: Path, to: str) -> str:
    """The commit that *to* stands for: a tag, branch or commit; ``default`` for the default branch;
    ``latest`` for the newest release tag.

    Raises:
        DataError: the repository knows no such revision.
    """
    if to == "default":
        return commit_of(directory, "HEAD")
    if to == "latest":
        tags = [tag for tag in git(directory, "tag", "--list").decode().split() if is_stable(tag)]
        if not tags:
            raise DataError("the repository has no release tag", path=directory)
        return commit_of(directory, "refs/tags/" + max(tags, key=rank))
    return commit_of(directory, to)


def web_address(url: str) -> tuple[CitedFile, str | None]:
    """The file and lines that ``https://host/owner/name/blob/REVISION/PATH#L10-L24`` names; its
    commit is REVISION.

    Raises:
        DataError: it is no such address.
    """
    match = _BLOB.match(url)
    if match is None:
        form = "https://host/owner/name/blob/REVISION/PATH#L10-L24"
        raise DataError(f"{url} is no address of a file in a repository: {form}")
    origin, revision, path, first, last = match.groups()
    lines = f"{first}-{last or first}" if first else None
    return CitedFile(unquote(path), repository=origin, commit=revision), lines


def fetch(origin: str, revision: str, folder: Path) -> Path:
    """A repository in *folder* with one revision fetched from *origin*, no history before it;
    returns the folder.

    Raises:
        DataError: git cannot fetch it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--bare")
    git(folder, "fetch", "--quiet", "--depth", "1", origin, revision)
    commit = git(folder, "rev-parse", "FETCH_HEAD").decode().strip()
    if commit != revision:
        git(folder, "tag", "--force", revision, commit)
    return folder


@dataclass(frozen=True)
class Revision:
    """A repository at one commit."""

    directory: Path
    commit: str

    def path_of(self, file: CitedFile) -> str:
        """Where *file* would stand here."""
        return file.path

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or ``None`` if there is none."""
        try:
            return file_at(self.directory, self.commit, path)
        except DataError:
            return None

    def cite(self, file: CitedFile, path: str, content: bytes) -> CitedFile:
        """The file at *path*, which holds *content*, in the place of *file*."""
        return CitedFile(path, passage.blob_hash(content), file.repository, self.commit)

    def holding(self, line: bytes, name: str) -> Iterator[str]:
        """Paths of files that may hold a line: those called *name* first, then any that git finds
        it in."""
        listing = git(self.directory, "ls-tree", "-r", "--name-only", "-z", self.commit)
        paths = [os.fsdecode(path) for path in listing.split(b"\0") if path]
        yield from (path for path in paths if path.rpartition("/")[2] == name)
        words = ("-e", os.fsdecode(line), self.commit)
        found = git(self.directory, "grep", "-l", "-z", "--full-name", "-F", *words, missing=1)
        for entry in sorted(found.split(b"\0")):
            if entry:
                yield os.fsdecode(entry).removeprefix(f"{self.commit}:")


@dataclass(frozen=True)
class Repositories:
    """Local clones under one folder, named ``owner+name`` or ``owner/name``, bare or not."""

    root: Path

    def directory(self, origin: str) -> Path | None:
        """The clone of the repository at URL *origin*, if there is one."""
        parts = address_of(origin).split("/")[-2:]
        if len(parts) != 2:
            return None
        try:
            for base in (self.root / "+".join(parts), self.root / parts[0] / parts[1]):
                for candidate in (base, base / "repo", base.with_name(base.name + ".git")):
                    if (candidate / ".git").exists() or (candidate / "HEAD").is_file():
                        return candidate
        except (OSError, ValueError):  # what can be no name of a file
            return None
        return None

    def read(self, file: CitedFile) -> bytes | None:
        """The file's bytes, or ``None`` if its clone, commit or path is not here."""
        directory = self.directory(file.repository)
        return None if directory is None else Revision(directory, file.commit).read(file.path)

    def holds(self, file: CitedFile) -> bool:
        """Whether the file's repository is here."""
        return self.directory(file.repository) is not None

    def newer(self, file: CitedFile, to: str) -> Revision | None:
        """The file's repository at the revision that *to* stands for (:func:`newest`), or ``None``
        if it is not here."""
        directory = self.directory(file.repository)
        if directory is None:
            return None
        try:
            return Revision(directory, newest(directory, to))
        except DataError:
            return None
