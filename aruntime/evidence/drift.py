"""Drift: what a newer version did to the cited lines.

* unchanged: the same lines at the same place;
* moved: the same lines elsewhere in the file;
* renamed: the file is gone and another holds them;
* edited: the file is there without them;
* gone: neither the file nor the lines are there;
* unreachable: the repository, package or version is not at hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from aruntime.errors import DataError, UsageError
from aruntime.evidence import passage
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.pin import pin
from aruntime.evidence.stores import Stores
from aruntime.model import Json
from aruntime.namespaces import slug

STATES: Final = ("unchanged", "moved", "renamed", "edited", "gone", "unreachable")
FOUND: Final = ("unchanged", "moved", "renamed")
"""States in which the cited lines stand in the newer version."""
FAILING: Final = ("edited", "gone")
"""States for which the command exits with 1."""


class Newer(Protocol):
    """A newer version of what holds a cited file: a repository's revision or a package's
    release."""

    def path_of(self, file: CitedFile) -> str:
        """Where the file would stand."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or ``None`` if there is none."""

    def cite(self, file: CitedFile, path: str, content: bytes) -> CitedFile:
        """The file at a path, which holds *content*, in the place of an older one."""

    def holding(self, line: bytes, name: str) -> Iterator[str]:
        """Paths of files that may hold a line, those called *name* first."""


@dataclass(frozen=True)
class Drift:
    """What became of one passage in a newer version.

    Attributes:
        state: one of :data:`STATES`.
        now: the same lines where they now stand, if they do.
    """

    passage: Passage
    state: str
    now: Passage | None = None

    def record(self) -> Json:
        """The drift as JSON: evidence, claim, state, and commit, purl, path and lines if they
        stand."""
        file = self.now.file if self.now is not None and self.now.file else CitedFile("")
        return {
            "evidence": slug(self.passage.evidence),
            "claim": slug(self.passage.claim),
            "state": self.state,
            "commit": file.commit or None,
            "purl": file.purl or None,
            "path": file.path or None,
            "lines": [self.now.start, self.now.end] if self.now is not None else None,
        }


def drift(items: Iterable[Passage], stores: Stores, to: str) -> list[Drift]:
    """What became of all passages, in their order.

    Args:
        to: the newer version: a tag, branch, commit or package version; ``default`` for the default
            branch; ``latest`` for the newest release. Of a package, both stand for the highest
            version at hand.

    Raises:
        UsageError: the stores hold neither repositories nor packages.
    """
    if stores.repositories is None and stores.packages is None:
        raise UsageError("say where newer versions are: --repositories DIR, --packages DIR")
    known: dict[tuple[str, str, str], Newer | None] = {}

    def newer(file: CitedFile) -> Newer | None:
        store = stores.of(file)
        key = (file.repository, file.purl, file.path if file.purl else "")
        if key not in known:
            known[key] = None if store is None else store.newer(file, to)
        return known[key]

    return [_drift(item, stores, newer) for item in items]


def counts(drifts: Iterable[Drift]) -> dict[str, int]:
    """How many of each state, zeros included."""
    found = Counter(one.state for one in drifts)
    return {state: found[state] for state in STATES}


def report(drifts: Sequence[Drift]) -> Json:
    """All drifts as JSON: counts by state, and a record each (:meth:`Drift.record`)."""
    return {"counts": counts(drifts), "drifts": [one.record() for one in drifts]}


def table(drifts: Iterable[Drift]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows of what is not unchanged."""
    rows = []
    for one in drifts:
        if one.state != "unchanged":
            record, lines = one.record(), ""
            if one.now is not None:
                lines = f"{one.now.start}-{one.now.end}"
            path = record["path"] if one.state == "renamed" else ""
            rows.append((one.state, record["evidence"], path, lines, one.passage.locator))
    return ("state", "evidence", "new path", "new lines", "locator"), tuple(rows)


def summary(drifts: Sequence[Drift]) -> str:
    """One line of counts."""
    found = ", ".join(f"{number} {state}" for state, number in counts(drifts).items())
    return f"{len(drifts)} passages: {found}"


def failed(drifts: Iterable[Drift]) -> bool:
    """Whether one is edited or gone."""
    return any(one.state in FAILING for one in drifts)


def _drift(item: Passage, stores: Stores, newer: Callable[[CitedFile], Newer | None]) -> Drift:
    file = item.file
    store = stores.of(file) if file is not None else None
    if file is None or store is None:
        return Drift(item, "unreachable")
    old, other = store.read(file), newer(file)
    if old is None or other is None:
        return Drift(item, "unreachable")
    try:
        wanted = passage.cited(old, item.start, item.end)
    except ValueError:
        return Drift(item, "edited")
    if passage.file_digest(wanted) != item.digest:
        return Drift(item, "edited")
    path = other.path_of(file)
    content = other.read(path)
    if content is None:
        return _renamed(item, file, wanted, other)
    cited = other.cite(file, path, content)
    try:
        if passage.cited(content, item.start, item.end) == wanted:
            return _found("unchanged", item, cited, content, (item.start, item.end))
    except ValueError:
        pass
    lines = passage.find(content, wanted)
    return _found("moved", item, cited, content, lines) if lines else Drift(item, "edited")


def _renamed(item: Passage, file: CitedFile, wanted: bytes, other: Newer) -> Drift:
    """Where another file holds the lines verbatim, if one does."""
    longest = max(passage.split_lines(wanted), key=len)
    if longest.strip():
        for path in other.holding(longest, file.path.rpartition("/")[2]):
            content = other.read(path)
            lines = passage.find(content, wanted) if content else None
            if content and lines:
                return _found("renamed", item, other.cite(file, path, content), content, lines)
    return Drift(item, "gone")


def _found(
    state: str, item: Passage, file: CitedFile, content: bytes, lines: tuple[int, int]
) -> Drift:
    """The passage pinned again; one whose anchor terms were never in its lines counts as edited."""
    try:
        return Drift(item, state, pin(file, content, *lines, item.anchors))
    except DataError:
        return Drift(item, "edited")
