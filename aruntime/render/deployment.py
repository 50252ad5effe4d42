"""What a deployment holds, as a table or component by component."""

from __future__ import annotations

from aruntime.detect.model import Detected, Detection
from aruntime.render.formats import Table
from aruntime.render.layout import BOLD, DIM, styled
from aruntime.render.safe import line


def components(found: Detected) -> Table:
    """A row for each component at a place."""
    columns = (
        "place", "component", "version", "certainty", "status", "configurations", "key", "note",
    )  # fmt: skip
    return Table(columns, tuple(map(_row, found.components)))


def as_text(found: Detected, *, colour: bool) -> str:
    """Each component with its places: where, how sure its version is, what it shows, by which key.

    Lines are left to the terminal to wrap, so that keys can be copied.
    """
    rows: dict[str, list[Detection]] = {}
    for row in found.components:
        rows.setdefault(row.component, []).append(row)
    lines = []
    for component, places in rows.items():
        lines.append(styled(component, BOLD, colour))
        for row in places:
            place, _, version, certainty, status, configurations, key, note = _row(row)
            said = [f"{version} ({certainty})" if version else "version unknown", status]
            said += [text for text in (configurations, note) if text]
            lines.append(f"  {line(place)}  {line(' · '.join(said))}")
            lines.append(f"    {styled(line(key), DIM, colour)}")
    return "".join(f"{text}\n" for text in lines)


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
