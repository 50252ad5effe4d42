"""Where cited content comes from: clones, package archives, a cache, and only on request the network.

Each store answers one question, *give me the bytes of this file at this revision*, or ``None`` when it
does not hold them. Stores are asked in order; none is skipped silently.
"""

from __future__ import annotations

import re
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from aruntime.errors import DataError

LARGE: Final = 2_000_000
"""Members of a tar archive below this many bytes are kept in memory together."""
GIT_TIMEOUT: Final = 120
"""Seconds one git command may take."""


def git(directory: Path, *arguments: str) -> bytes:
    """The standard output of one read-only git command in *directory* (a work tree or a git directory).

    Raises:
        DataError: git is missing, refuses, or does not end in time.
    """
    command = ["git", "-c", "safe.directory=*", "-C", str(directory), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=GIT_TIMEOUT, check=False)
    except FileNotFoundError:
        raise DataError("git is not installed; install it to read repositories") from None
    except subprocess.TimeoutExpired:
        raise DataError(f"git {arguments[0]} did not end within {GIT_TIMEOUT} s", path=directory) from None
    if done.returncode:
        detail = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DataError(f"git {arguments[0]}: {detail[0] if detail else 'failed'}", path=directory)
    return done.stdout


def commit_of(directory: Path, revision: str) -> str:
    """The full commit identifier of a tag, branch or abbreviated commit."""
    try:
        return git(directory, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()
    except DataError:
        raise DataError(f"the repository has no revision {revision}", path=directory) from None


def file_at(directory: Path, revision: str, path: str) -> bytes:
    """The bytes of *path* at *revision*."""
    return git(directory, "cat-file", "blob", f"{revision}:{path}")


_BLOB: Final = re.compile(r"^(https://[^/]+/[^/]+/[^/]+)(?:/-)?/blob/([^/]+)/([^#?]+)(?:[?][^#]*)?(?:#L(\d+)(?:-L?(\d+))?)?$")


@dataclass(frozen=True)
class Address:
    """What an address of lines in a repository's web view says."""

    origin: str
    revision: str
    path: str
    lines: str | None


def address(url: str) -> Address:
    """The parts of ``https://host/owner/name/blob/REVISION/PATH#L10-L24``.

    Raises:
        DataError: it is no such address.
    """
    match = _BLOB.match(url)
    if match is None:
        raise DataError(f"{url} is no address of a file in a repository: https://host/owner/name/blob/REVISION/PATH#L10-L24")
    origin, revision, path, first, last = match.groups()
    return Address(origin, revision, unquote(path), f"{first}-{last or first}" if first else None)


def fetch(origin: str, revision: str, folder: Path) -> Path:
    """A repository in *folder* with one revision fetched from *origin*, no history before it; returns the folder.

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
class Repositories:
    """Local clones under one folder, named ``owner+name`` or ``owner/name``, bare or not."""

    root: Path

    def directory(self, origin: str) -> Path | None:
        """The clone of the repository at URL *origin*, if there is one."""
        parts = origin.removesuffix("/").removesuffix(".git").split("/")[-2:]
        if len(parts) != 2:
            return None
        for base in (self.root / "+".join(parts), self.root / parts[0] / parts[1]):
            for candidate in (base, base / "repo", base.with_name(base.name + ".git")):
                if (candidate / ".git").exists() or (candidate / "HEAD").is_file():
                    return candidate
        return None

    def read(self, origin: str, commit: str, path: str) -> bytes | None:
        """The file at that commit, or ``None`` if the clone, commit or file is not here."""
        directory = self.directory(origin)
        if directory is None:
            return None
        try:
            return file_at(directory, commit, path)
        except DataError:
            return None


@dataclass(frozen=True)
class Packages:
    """Downloaded package archives under one folder, searched by the purl's name and version."""

    root: Path

    def archives(self, purl: str) -> Iterator[Path]:
        """Archives (or unpacked folders) whose file name carries the purl's name and version."""
        name, _, version = purl.partition("?")[0].rpartition("/")[2].partition("@")
        stem = name.replace("%40", "").casefold().replace("-", "_").replace(".", "_")
        if not self.root.is_dir():
            return
        for candidate in sorted(self.root.iterdir()):
            flat = candidate.name.casefold().replace("-", "_").replace(".", "_")
            if stem in flat and version.replace(".", "_").replace("-", "_").casefold() in flat:
                yield candidate

    def read(self, purl: str, path: str) -> bytes | None:
        """The member *path* of the first archive that has it."""
        for archive in self.archives(purl):
            try:
                found = member(archive, path)
            except DataError:
                continue
            if found is not None:
                return found
        return None


def member(archive: Path, path: str) -> bytes | None:
    """One member of a tar, zip or wheel archive, or of an unpacked folder; never extracted to disk."""
    try:
        if archive.is_dir():
            return _member_of_folder(archive, path)
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                return opened.read(path)
        found = _tar(archive).get(path)
        return found if found is not None else _large(archive, path)
    except KeyError:
        return None
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise DataError(f"the archive cannot be read: {error}", path=archive) from None


def _large(archive: Path, path: str) -> bytes | None:
    """A member that is too large to be kept in memory with the others."""
    with tarfile.open(archive) as opened:
        for entry in opened:
            if entry.isfile() and entry.size >= LARGE and entry.name.removeprefix("./") == path:
                handle = opened.extractfile(entry)
                return handle.read() if handle is not None else None
    return None


def _member_of_folder(folder: Path, path: str) -> bytes | None:
    for base in (folder, folder.parent):
        candidate = (base / path).resolve()
        if candidate.is_relative_to(folder.resolve()) and candidate.is_file():
            return candidate.read_bytes()
    return None


@lru_cache(maxsize=4)
def _tar(archive: Path) -> dict[str, bytes]:
    """Text members of a tar archive, read in one pass since a compressed tar has no index."""
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as opened:
        for entry in opened:
            if entry.isfile() and entry.size < LARGE:
                handle = opened.extractfile(entry)
                if handle is not None:
                    found[entry.name.removeprefix("./")] = handle.read()
    return found
