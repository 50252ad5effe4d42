"""Drift: what a newer revision did to the cited lines, and new pins where it did nothing to them.

unchanged: the same lines at the same place · moved: the same lines elsewhere in the file · edited: the file is there
without them · gone: the file is not there · unreachable: the repository or revision is not at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.errors import DataError
from aruntime.evidence import content, passage
from aruntime.evidence.content import Repositories
from aruntime.evidence.citations import Located
from aruntime.evidence.pin import GitPlace, Pin, pin, triples
from aruntime.namespaces import ID, iri
from aruntime.versions import is_stable, rank

_PINNED: Final = {iri(f"ar:{name}") for name in ("heading", "anchorTerm")}
STATES: Final = ("unchanged", "moved", "edited", "gone", "unreachable")


@dataclass(frozen=True)
class Drift:
    """What became of one locator at a newer revision.

    Attributes:
        commit: the newer revision, if it could be found.
        lines: where the cited lines now stand, if they do.
    """

    located: Located
    state: str
    commit: str | None
    lines: tuple[int, int] | None


def target(directory: Path, to: str) -> str:
    """The commit that *to* stands for: a tag, branch or commit; ``default`` for the default branch; ``latest`` for the newest release tag.

    Raises:
        DataError: the repository knows no such revision.
    """
    if to == "default":
        return content.commit_of(directory, "HEAD")
    if to == "latest":
        tags = [t for t in content.git(directory, "tag", "--list").decode().split() if is_stable(t)]
        if not tags:
            raise DataError("the repository has no release tag", path=directory)
        return content.commit_of(directory, "refs/tags/" + max(tags, key=rank))
    return content.commit_of(directory, to)


def find(text: bytes, cited: bytes) -> tuple[int, int] | None:
    """Where the cited lines stand in a text, if they do: first and last line."""
    lines, wanted = passage.split_lines(text), passage.split_lines(cited)
    for start in range(len(lines) - len(wanted) + 1):
        if lines[start] == wanted[0] and lines[start : start + len(wanted)] == wanted:
            return start + 1, start + len(wanted)
    return None


def drift_one(located: Located, repositories: Repositories, to: str) -> Drift:
    """What became of one locator; packages and papers are ``unreachable``, since a newer one is another source."""
    place = located.place
    directory = repositories.directory(place.origin) if isinstance(place, GitPlace) else None
    if directory is None or not isinstance(place, GitPlace):
        return Drift(located, "unreachable", None, None)
    try:
        commit = target(directory, to)
        old = content.file_at(directory, place.commit, place.path)
    except DataError:
        return Drift(located, "unreachable", None, None)
    try:
        new = content.file_at(directory, commit, place.path)
    except DataError:
        return Drift(located, "gone", commit, None)
    try:
        wanted = passage.cited(old, located.start, located.end)
    except ValueError:
        return Drift(located, "edited", commit, None)
    try:
        if passage.cited(new, located.start, located.end) == wanted:
            return Drift(located, "unchanged", commit, (located.start, located.end))
    except ValueError:
        pass
    found = find(new, wanted)
    return Drift(located, "moved" if found else "edited", commit, found)


def drift(items: Iterable[Located], repositories: Repositories, to: str) -> list[Drift]:
    """What became of all locators, in their order."""
    return [drift_one(item, repositories, to) for item in items]


def refresh(drifts: Sequence[Drift], repositories: Repositories) -> list[Path]:
    """Rewrite the pins of unchanged and moved lines to the newer revision, and return the files that changed.

    Reviewed instants and verified releases stay as they are: the same words were found again, nobody read them again.
    """
    pins = {d.located.evidence: _pin(d, repositories) for d in drifts if d.state in ("unchanged", "moved")}
    changed = []
    for path in {_file_of(evidence) for evidence in pins}:
        before = corpus.triples_of(path)
        after = [triple for evidence, new in pins.items() if _file_of(evidence) == path for triple in _renewed(before, evidence, new)]
        renewed = {t.subject for t in after}
        text = turtle.write([*(t for t in before if t.subject not in renewed), *after])
        if text.encode() != path.read_bytes():
            path.write_bytes(text.encode())
            changed.append(path)
    return sorted(changed)


def _pin(found: Drift, repositories: Repositories) -> Pin:
    place = found.located.place
    assert isinstance(place, GitPlace) and found.commit is not None and found.lines is not None
    directory = repositories.directory(place.origin)
    assert directory is not None
    text = content.file_at(directory, found.commit, place.path)
    return pin(replace(place, commit=found.commit), text, *found.lines, found.located.anchors)


def _renewed(before: Sequence[Triple], evidence: str, new: Pin) -> list[Triple]:
    node = NamedNode(evidence)
    kept = {t.predicate: t.object for t in before if t.subject == node}
    source, kind = kept[iri("ar:source")], kept[iri("ar:evidenceType")]
    assert isinstance(source, NamedNode) and isinstance(kind, NamedNode)
    renewed = triples(node, new, source, kind)
    said = {t.predicate for t in renewed}
    return [*renewed, *(t for t in before if t.subject == node and t.predicate not in said | _PINNED)]


def _file_of(evidence: str) -> Path:
    return paths.data() / f"{evidence.partition('#')[0].removeprefix(ID)}.ttl"
