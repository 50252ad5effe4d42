"""The graph's locators, ready to be checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aruntime.evidence.pin import GitPlace, PackagePlace
from aruntime.graph import Graph


@dataclass(frozen=True)
class Located:
    """One piece of evidence.

    Attributes:
        place: the file, or ``None`` for a paper or specification, which has sections instead of lines.
        content_digest: git blob hash from the SWHID, or SHA-256 of the package's file.
        described: the locator as people write it.
    """

    claim: str
    runtime: str
    evidence: str
    source: str
    place: GitPlace | PackagePlace | None
    start: int
    end: int
    heading: str | None
    anchors: tuple[str, ...]
    content_digest: str
    lines_digest: str
    described: str

    @property
    def key(self) -> str:
        """A digest of everything that is checked: a locator that changed is another one."""
        parts = (self.evidence, self.place, self.start, self.end, self.heading, self.anchors, self.content_digest, self.lines_digest)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def locators(graph: Graph, runtime: str | None = None, source: str | None = None) -> list[Located]:
    """Locators of the whole graph, of one runtime, or of one source; one for each piece of evidence.

    Raises:
        UsageError: the runtime or source is unknown.
    """
    parameters = {}
    if runtime is not None:
        parameters["runtime"] = graph.identify(runtime)
    if source is not None:
        parameters["source"] = graph.identify(source, "source")
    found: dict[str, Located] = {}
    for row in graph.ask("locators", parameters).records():
        found.setdefault(row["evidence"] or "", _located({key: value or "" for key, value in row.items()}))
    return list(found.values())


def _located(row: Mapping[str, str]) -> Located:
    place: GitPlace | PackagePlace | None = None
    digest = ""
    if row["repository"]:
        place, digest = GitPlace(row["repository"], row["commit"], row["path"]), row["swhid"].partition(";")[0].removeprefix("swh:1:cnt:")
    elif row["purl"]:
        place, digest = PackagePlace(row["purl"], row["path"]), row["fileDigest"]
    return Located(
        claim=row["claim"],
        runtime=row["runtime"],
        evidence=row["evidence"],
        source=row["source"],
        place=place,
        start=int(row["startLine"] or 0),
        end=int(row["endLine"] or 0),
        heading=row["heading"] or None,
        anchors=tuple(row["anchors"].split("\n")) if row["anchors"] else (),
        content_digest=digest,
        lines_digest=row["linesDigest"],
        described=row["locator"],
    )
