"""Verification: do the cited lines still say what they said when the claim was read?

Every locator gets exactly one result: **verified** (content, lines, heading and anchor terms are as pinned), **drifted**
(the content is there and differs), **missing** (the repository or package is there and lacks the file), **unreachable**
(no store at hand holds the repository or package, or the locator names a paper or specification, which has no lines).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from aruntime import paths
from aruntime.errors import DataError
from aruntime.evidence import passage
from aruntime.evidence.content import Packages, Repositories
from aruntime.evidence.citations import Located
from aruntime.evidence.network import Network
from aruntime.evidence.pin import GitPlace

STATUSES: Final = ("verified", "drifted", "missing", "unreachable")
FAILING: Final = ("drifted", "missing")
"""Results for which the command exits with 1."""


@dataclass(frozen=True)
class Result:
    """What was found for one locator, and the first difference."""

    located: Located
    status: str
    detail: str


@dataclass(frozen=True)
class Stores:
    """Where content is looked for, in this order; what the network gave is kept in the cache by its digest."""

    repositories: Repositories | None = None
    packages: Packages | None = None
    network: Network | None = None

    def read(self, located: Located) -> tuple[bytes | None, str]:
        """The file's bytes, or ``None`` and why not (``missing`` or ``unreachable``)."""
        place, reason = located.place, "unreachable"
        if isinstance(place, GitPlace):
            if self.repositories is not None and self.repositories.directory(place.origin) is not None:
                found = self.repositories.read(place.origin, place.commit, place.path)
                if found is not None:
                    return found, ""
                reason = "missing"
        elif place is not None and self.packages is not None and any(True for _ in self.packages.archives(place.purl)):
            found = self.packages.read(place.purl, place.path)
            if found is not None:
                return found, ""
            reason = "missing"
        kept = _cached(located.content_digest)
        if kept is not None:
            return kept, ""
        if self.network is not None and isinstance(place, GitPlace):
            try:
                found = self.network.content(located.content_digest)
            except DataError:
                return None, reason
            if found is not None and passage.blob_hash(found) == located.content_digest:
                _keep(located.content_digest, found)
                return found, ""
        return None, reason


def check(located: Located, content: bytes) -> str | None:
    """The first difference between a locator and the file's content, or ``None``."""
    digest = passage.blob_hash(content) if isinstance(located.place, GitPlace) else passage.file_digest(content)
    if digest != located.content_digest:
        return "the file's content differs from its identifier"
    try:
        text = passage.cited(content, located.start, located.end)
    except ValueError as error:
        return str(error)
    if passage.file_digest(text) != located.lines_digest:
        return "the cited lines differ from their digest"
    absent = [term for term in located.anchors if not passage.has_anchor(text, term)]
    if absent:
        return f"the cited lines lack {', '.join(absent)}"
    assert located.place is not None
    above = passage.heading(content, located.start, located.place.path)
    if located.heading is not None and above != located.heading:
        return f"the lines stand under {above!r}, not under {located.heading!r}"
    return None


def verify_one(located: Located, stores: Stores) -> Result:
    """The result for one locator; never raises for what a source looks like."""
    if located.place is None:
        return Result(located, "unreachable", "a paper or specification has no lines to compare")
    content, reason = stores.read(located)
    if content is None:
        return Result(located, reason, "no such file there" if reason == "missing" else "no store at hand holds it")
    difference = check(located, content)
    return Result(located, "drifted", difference) if difference else Result(located, "verified", "")


def verify(
    items: Sequence[Located],
    stores: Stores,
    *,
    workers: int = 4,
    journal: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Result]:
    """Results for all locators, in their order.

    Args:
        workers: how many are checked at once.
        journal: a file of earlier results; locators verified there and unchanged since are not read again, and new
            results are added as they come, so that an interrupted run can be taken up.
        progress: told how many are done.
    """
    known = _journalled(journal)
    results: dict[str, Result] = {i.evidence: Result(i, "verified", "") for i in items if i.key in known}
    progress(len(results))
    ordered = sorted((i for i in items if i.evidence not in results), key=lambda i: str(i.place))
    handle = _taken_up(journal) if journal else None
    try:
        with ThreadPoolExecutor(workers) as pool:
            for result in pool.map(lambda i: verify_one(i, stores), ordered):
                results[result.located.evidence] = result
                if handle:
                    handle.write(json.dumps({"key": result.located.key, "status": result.status}) + "\n")
                    handle.flush()
                progress(len(results))
    finally:
        if handle:
            handle.close()
    return [results[i.evidence] for i in items]


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many of each status, zeros included."""
    found = Counter(result.status for result in results)
    return {status: found[status] for status in STATUSES}


def _taken_up(journal: Path) -> TextIO:
    """The journal, ready for a new line even if the last one was cut off."""
    half = journal.is_file() and journal.stat().st_size > 0 and not journal.read_bytes().endswith(b"\n")
    handle = journal.open("a", encoding="utf-8")
    if half:
        handle.write("\n")
    return handle


def _journalled(journal: Path | None) -> set[str]:
    if journal is None or not journal.is_file():
        return set()
    return set(_verified_keys(journal.read_text("utf-8").splitlines()))


def _verified_keys(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # a run that was cut off leaves half a line
        if entry.get("status") == "verified":
            yield entry["key"]


def _cache_file(digest: str) -> Path:
    return paths.cache() / "content" / digest[:2] / digest


def _cached(digest: str) -> bytes | None:
    path = _cache_file(digest)
    if not digest or not path.is_file():
        return None
    content = path.read_bytes()
    return content if digest in (passage.blob_hash(content), passage.file_digest(content)) else None


def _keep(digest: str, content: bytes) -> None:
    path = _cache_file(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)
