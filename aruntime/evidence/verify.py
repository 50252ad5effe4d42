"""Verification: do the cited lines still say what they said when the claim was read?

Every passage gets exactly one result:

* **verified**: content, lines, heading and anchor terms are as pinned;
* **drifted**: the content is there and differs;
* **missing**: the repository or package is there and lacks the file;
* **unreachable**: no store at hand holds the repository or package, or the passage is in a paper or
  specification, which has no lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aruntime.errors import AruntimeError, UsageError
from aruntime.evidence import contents, passage
from aruntime.evidence import journal as journals
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.stores import Stores
from aruntime.model import Json
from aruntime.namespaces import slug

STATUSES: Final = ("verified", "drifted", "missing", "unreachable")
FAILING: Final = ("drifted", "missing")
"""Results for which the command exits with 1."""
_NOT_HELD: Final = "no store at hand holds it"


@dataclass(frozen=True)
class Result:
    """What was found for one passage, and the first difference."""

    passage: Passage
    status: str
    detail: str

    def record(self) -> Json:
        """The result as JSON: evidence, claim, status, detail, locator."""
        return {
            "evidence": slug(self.passage.evidence),
            "claim": slug(self.passage.claim),
            "status": self.status,
            "detail": self.detail,
            "locator": self.passage.locator,
        }


def content_of(file: CitedFile, stores: Stores) -> tuple[bytes | None, str, str]:
    """A file's bytes, or ``None`` with a status (``missing`` or ``unreachable``) and why.

    Looked at are local stores, what the archive gave before, and the archive, in this order; what
    it gives is cached by its digest.
    """
    status, detail = "unreachable", _NOT_HELD
    store = stores.of(file)
    found = None if store is None else store.read(file)
    if found is None and store is not None and store.holds(file):
        status, detail = "missing", "no such file there"
    found = contents.cached(file.digest) if found is None else found
    if found is None and stores.archive is not None and file.repository:
        try:
            found = stores.archive.content(file.digest)
        except AruntimeError as error:
            detail += f"; {error.message}"
        if found is not None and passage.blob_hash(found) != file.digest:
            found = None
        if found is not None:
            contents.cache(file.digest, found)
    return found, status, detail


def check(pinned: Passage, file: CitedFile, content: bytes) -> str | None:
    """The first difference between a passage of *file* and the file's content, or ``None``."""
    if file.digest_of(content) != file.digest:
        return "the file's content differs from its identifier"
    try:
        text = passage.cited(content, pinned.start, pinned.end)
    except ValueError as error:
        return str(error)
    if passage.file_digest(text) != pinned.digest:
        return "the cited lines differ from their digest"
    absent = [term for term in pinned.anchors if not passage.has_anchor(text, term)]
    if absent:
        return f"the cited lines lack {', '.join(absent)}"
    above = passage.heading(content, pinned.start, file.path)
    if pinned.heading is not None and above != pinned.heading:
        return f"the lines stand under {above!r}, not under {pinned.heading!r}"
    return None


def verify_one(pinned: Passage, stores: Stores) -> Result:
    """The result for one passage; never raises for what a source looks like."""
    if pinned.file is None:
        return Result(pinned, "unreachable", "a paper or specification has no lines to compare")
    content, status, detail = content_of(pinned.file, stores)
    if content is None:
        return Result(pinned, status, detail)
    difference = check(pinned, pinned.file, content)
    return Result(pinned, "drifted", difference) if difference else Result(pinned, "verified", "")


def verify(
    items: Sequence[Passage],
    stores: Stores,
    *,
    workers: int = 4,
    journal: Path | None = None,
    progress: Callable[[int], None] = lambda more: None,
) -> list[Result]:
    """Results for all passages, in their order.

    Args:
        workers: how many are checked at once.
        journal: a file of earlier results; passages verified there and unchanged since are not read
            again, and new results are added as they come, so that an interrupted run can be taken
            up.
        progress: told how many more are done.

    Raises:
        UsageError: there is nothing to verify.
        DataError: the journal is none, or cannot be written.
    """
    if not items:
        raise UsageError("there is no evidence to verify")
    with journals.opened(journal) if journal else nullcontext() as log:
        known = log.verified if log else frozenset()
        results = {i.evidence: Result(i, "verified", "") for i in items if i.key in known}
        progress(len(results))
        left = sorted((i for i in items if i.evidence not in results), key=lambda i: str(i.file))
        with ThreadPoolExecutor(workers) as pool:
            for result in pool.map(lambda i: verify_one(i, stores), left):
                results[result.passage.evidence] = result
                if log:
                    log.add(result.passage.key, result.status)
                progress(1)
    return [results[i.evidence] for i in items]


def counts(results: Iterable[Result]) -> dict[str, int]:
    """How many of each status, zeros included."""
    found = Counter(result.status for result in results)
    return {status: found[status] for status in STATUSES}


def report(results: Sequence[Result]) -> Json:
    """All results as JSON: counts by status, and a record each (:meth:`Result.record`)."""
    return {"counts": counts(results), "results": [result.record() for result in results]}


def table(
    results: Iterable[Result], *, whole: bool
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows: all results, or only those that are not verified."""
    columns = ("status", "evidence", "detail", "locator")
    records = [r.record() for r in results if whole or r.status != "verified"]
    return columns, tuple(tuple(record[name] for name in columns) for record in records)


def summary(results: Sequence[Result]) -> str:
    """One line of counts."""
    found = ", ".join(f"{number} {status}" for status, number in counts(results).items())
    return f"{len(results)} passages: {found}"


def failed(results: Iterable[Result]) -> bool:
    """Whether one drifted or is missing."""
    return any(result.status in FAILING for result in results)
