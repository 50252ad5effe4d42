"""What a deployment holds, as a table."""

from __future__ import annotations

from aruntime.detect.model import Detected, Detection
from aruntime.render.formats import Table


def components(found: Detected) -> Table:
    """A row for each component at a place."""
    columns = (
        "place", "component", "version", "certainty", "status", "configurations", "key", "note",
    )  # fmt: skip
    return Table(columns, tuple(map(_row, found.components)))


def rest(found: Detected) -> list[str]:
    """What was not read or not recognised, a sentence each."""
    told = [f"{u.file}{f':{u.line}' if u.line else ''}: not read: {u.reason}" for u in found.unread]
    return told + [
        f"{u.place.file}:{u.place.line}: not recognised: {u.kind} {u.name}"
        for u in found.unrecognised
    ]


def _row(row: Detection) -> tuple[str, ...]:
    shown = [name.partition("#")[2] for name in row.configurations]
    return (
        f"{row.place.file}:{row.place.line}:{row.place.column}",
        row.component,
        row.version or ("" if row.certainty == "unknown" else row.written),
        row.certainty,
        row.status,
        ", ".join((*shown, *row.settings)),
        row.key,
        row.note,
    )
