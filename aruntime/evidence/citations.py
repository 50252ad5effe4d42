"""The graph's passages, ready to be checked, and the claims that wait to be read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aruntime.evidence.passage import CitedFile, Passage
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import ID, slug


def passages(
    graph: Graph, runtime: str | None = None, source: str | None = None, path: str | None = None
) -> list[Passage]:
    """Passages of the whole graph, of one runtime, of one source, or in one file; each once.

    Raises:
        UsageError: the runtime or source is unknown.
    """
    parameters = {}
    if runtime is not None:
        parameters["runtime"] = graph.identify(runtime)
    if source is not None:
        parameters["source"] = graph.identify(source, "source")
    found: dict[str, Passage] = {}
    for row in graph.ask("locators", parameters).records():
        one = _passage({key: value or "" for key, value in row.items()})
        if path is None or (one.file is not None and one.file.path == path):
            found.setdefault(one.evidence, one)
    return list(found.values())


def due(graph: Graph, now: datetime | None = None) -> list[Json]:
    """Promoted claims past their review-by, the earliest first: due, runtime, claim, version,
    source."""
    instant = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = graph.ask("claims-due-for-review").records()
    return [dict(row) for row in rows if (row["due"] or "") < instant]


def table(late: list[Json]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows of what is due."""
    rows = (
        (row["due"], row["claim"].removeprefix(f"{ID}runtime/"), slug(row["source"]))
        for row in late
    )
    return ("due", "claim", "source"), tuple(rows)


def _passage(row: Mapping[str, str]) -> Passage:
    file = None
    if row["repository"]:
        blob = row["swhid"].partition(";")[0].removeprefix("swh:1:cnt:")
        file = CitedFile(row["path"], blob, repository=row["repository"], commit=row["commit"])
    elif row["purl"]:
        file = CitedFile(row["path"], row["fileDigest"], purl=row["purl"])
    return Passage(
        file=file,
        start=int(row["startLine"] or 0),
        end=int(row["endLine"] or 0),
        heading=row["heading"] or None,
        anchors=tuple(row["anchors"].split("\n")) if row["anchors"] else (),
        digest=row["linesDigest"],
        evidence=row["evidence"],
        claim=row["claim"],
        runtime=row["runtime"],
        source=row["source"],
        locator=row["locator"],
    )
