"""Cited files in released packages: downloaded archives, read in place.

An archive is found by the purl's name and version in its file name, as publishers spell it
(``vllm-0.33.0.tar.gz``, ``torch-2.14.1-cp311-cp311-linux_x86_64.whl``, ``web-llm-0.2.83.tgz``), or
by the very file name that the purl gives:
``pkg:pypi/torch@2.14.1?file_name=torch-2.14.1-cp311-….whl``.
"""

from __future__ import annotations

import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from aruntime.errors import DataError
from aruntime.evidence import passage
from aruntime.evidence.passage import CitedFile
from aruntime.versions import compare, is_stable, rank

LARGE: Final = 2_000_000
"""Members of a tar archive below this many bytes are kept in memory together."""
_SUFFIX: Final = re.compile(
    r"(?:\.orig)?(?:\.tar(?:\.(?:gz|bz2|xz|zst))?|\.tgz|\.tbz2|\.txz|\.zip|\.whl|\.crate|\.gem|\.jar)$"
)


@dataclass(frozen=True)
class Purl:
    """A package identifier, taken apart as far as archives are found by it.

    Attributes:
        stem: type, namespace and name, as spelt: ``pkg:npm/%40mlc-ai/web-llm``.
        version: as spelt.
        qualifiers: what follows ``?``, by name.
    """

    stem: str
    version: str
    qualifiers: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Purl:
        """The parts of ``pkg:type/namespace/name@version?qualifiers#subpath``."""
        whole, _, query = text.partition("#")[0].partition("?")
        folder, slash, last = whole.rpartition("/")
        name, _, version = last.partition("@")
        return cls(folder + slash + name, version, dict(parse_qsl(query)))

    @property
    def name(self) -> str:
        """The package's own name, spelt alike however its publisher joins words."""
        return _flat(unquote(self.stem.rpartition("/")[2]))

    def at(self, version: str, archive: Path) -> str:
        """The same package in another version; in another file, if it names one."""
        if self.version.startswith("v"):
            version = f"v{version.removeprefix('v')}"
        values = dict(sorted(self.qualifiers.items()))
        if "file_name" in values:
            values["file_name"] = archive.name
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
        return f"{self.stem}@{version}" + (f"?{query}" if query else "")


def version_in(file_name: str, purl: Purl) -> str | None:
    """The version that an archive's file name gives after a package's name, or ``None``.

    A namespace may stand before the name, as in ``mlc-ai-web-llm-0.2.83.tgz``.

    >>> version_in("Torch-2.14.1-cp311-cp311-linux_x86_64.whl", Purl.parse("pkg:pypi/torch"))
    '2.14.1'
    """
    before = r"^(?:.*[-_.@+])?" if purl.stem.count("/") > 1 else "^"
    name = r"[-_.]+".join(map(re.escape, purl.name.split("_")))
    pattern = before + name + r"[-_@](v?[0-9].*)$"
    found = re.search(pattern, _SUFFIX.sub("", file_name), re.IGNORECASE)
    if found is None:
        return None
    return found[1].partition("-")[0] if file_name.endswith(".whl") else found[1]


@dataclass(frozen=True)
class Release:
    """A package's archive of one version."""

    archive: Path
    purl: str

    def path_of(self, file: CitedFile) -> str:
        """Where *file* would stand here: the same path, with the version in its first folder
        adjusted."""
        old, new = Purl.parse(file.purl).version, Purl.parse(self.purl).version
        first, slash, rest = file.path.partition("/")
        for before, after in ((old, new), (old.removeprefix("v"), new.removeprefix("v"))):
            if before and before in first:
                return first.replace(before, after, 1) + slash + rest
        return file.path

    def read(self, path: str) -> bytes | None:
        """The bytes of a member, or ``None`` if there is none or the archive is damaged."""
        try:
            return member(self.archive, path)
        except DataError:
            return None

    def cite(self, file: CitedFile, path: str, content: bytes) -> CitedFile:
        """The member at *path*, which holds *content*, in the place of *file*."""
        return CitedFile(path, passage.file_digest(content), purl=self.purl)

    def holding(self, line: bytes, name: str) -> Iterator[str]:
        """Paths of members that hold a line, those called *name* first."""
        found = [path for path, content in members(self.archive) if line in content]
        yield from sorted(found, key=lambda path: (path.rpartition("/")[2] != name, path))


@dataclass(frozen=True)
class Packages:
    """Downloaded package archives, or unpacked folders, under one folder."""

    root: Path

    def archives(self, purl: str) -> Iterator[Path]:
        """Archives of a purl's package in its version; the one file, if the purl names it."""
        wanted = Purl.parse(purl)
        if file_name := wanted.qualifiers.get("file_name"):
            path = self.root / file_name
            if path.parent == self.root and os.path.exists(path):
                yield path
            return
        for version, path in self._versions(wanted):
            if _is_version(version, wanted.version):
                yield path

    def read(self, file: CitedFile) -> bytes | None:
        """The member of the first archive that has it, or ``None``."""
        for archive in self.archives(file.purl):
            found = Release(archive, file.purl).read(file.path)
            if found is not None:
                return found
        return None

    def holds(self, file: CitedFile) -> bool:
        """Whether an archive of the file's package is here."""
        return next(self.archives(file.purl), None) is not None

    def newer(self, file: CitedFile, to: str) -> Release | None:
        """The file's package in the version *to*, or ``None`` if that is not here.

        ``latest`` and ``default`` stand for the highest version that is here; a preview counts only
        where no release is as new as the file's own. Of several archives of a version, the one that
        is named like the file's own comes first, then one that has the file.
        """
        own = Purl.parse(file.purl)
        at_hand = list(self._versions(own))
        if to in ("latest", "default"):
            later = [v for v, _ in at_hand if compare(v, own.version) >= 0]
            to = max([v for v in later if is_stable(v)] or later, key=rank, default=own.version)
        name = own.qualifiers.get("file_name", "").replace(own.version, to)
        found = [
            Release(path, own.at(version, path))
            for version, path in sorted(at_hand, key=lambda entry: entry[1].name != name)
            if _is_version(version, to)
        ]
        holding = (release for release in found if release.read(release.path_of(file)) is not None)
        return next(holding, found[0] if found else None)

    def _versions(self, purl: Purl) -> Iterator[tuple[str, Path]]:
        """Versions of a package that are here, with their archives."""
        entries = sorted(self.root.iterdir()) if self.root.is_dir() else []
        for path in entries:
            version = version_in(path.name, purl)
            if version is not None:
                yield version, path


def member(archive: Path, path: str) -> bytes | None:
    """One member of a tar, zip or wheel archive, or of an unpacked folder; never extracted to disk.

    Raises:
        DataError: the archive cannot be read.
    """
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


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """All members below :data:`LARGE` bytes, by path; none of an archive that cannot be read."""
    try:
        if archive.is_dir():
            for path in sorted(archive.rglob("*")):
                if path.is_file() and path.stat().st_size < LARGE:
                    yield path.relative_to(archive.parent).as_posix(), path.read_bytes()
        elif zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                for entry in opened.infolist():
                    if not entry.is_dir() and entry.file_size < LARGE:
                        yield entry.filename, opened.read(entry)
        else:
            yield from _tar(archive).items()
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error):
        return


def _flat(name: str) -> str:
    """A name or version as file names spell it, whatever joins its parts."""
    return re.sub(r"[-_.]+", "_", name).casefold()


def _is_version(found: str, wanted: str) -> bool:
    """Whether a file name's version is the wanted one, however it is spelt."""
    return found == wanted or _flat(found.removeprefix("v")) == _flat(wanted.removeprefix("v"))


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
