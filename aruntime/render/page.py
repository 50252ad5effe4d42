"""A description as people read it on a terminal, or as a table of properties and values."""

from __future__ import annotations

from typing import Final

from aruntime.model import Json
from aruntime.render.formats import Table, short
from aruntime.render.layout import BOLD, DIM, grid, styled, wrap
from aruntime.render.safe import line
from aruntime.show import Description

_HIDDEN: Final = ("rdfs:isDefinedBy", "ar:composesWith", "skos:broaderTransitive")
"""Properties that repeat on a terminal what others say."""


def flat(found: Description) -> Table:
    """One row per property value and claim."""
    rows = [(name, _value(value)) for name, values in found.properties.items() for value in values]
    rows += [
        (f"claim ({c['role']})", f"{c['claim']} [{c['status']}] {c['statement']}")
        for c in found.claims
    ]
    return Table(("property", "value"), tuple((name, line(value)) for name, value in rows))


def as_text(found: Description, *, width: int, colour: bool) -> str:
    """The description in lines of at most *width* columns."""
    lines = [
        f"{styled(short(found.iri), BOLD, colour)}  {styled(f'<{line(found.iri)}>', DIM, colour)}"
    ]
    shown = {name: values for name, values in found.properties.items() if name not in _HIDDEN}
    lines += grid(
        [(line(name), "\n".join(map(_value, values))) for name, values in shown.items()],
        width,
        (DIM,),
        colour=colour,
    )
    about = [claim for claim in found.claims if claim["role"] == "subject"]
    naming = [claim for claim in found.claims if claim["role"] != "subject"]
    for title, claims in (("Claims about it", about), ("Claims that name it", naming)):
        if claims:
            lines += ["", f"{styled(title, BOLD, colour)} ({len(claims)})"]
            for claim in claims:
                lines += _claim(claim, width, colour)
    return "".join(f"{text}\n" for text in lines)


def _claim(claim: Json, width: int, colour: bool) -> list[str]:
    """A claim's name with the sources it rests on, and below it what it says."""
    status = "" if claim["status"] == "promoted" else f" [{claim['status']}]"
    sources = styled(line(" ".join(claim["sources"])), DIM, colour)
    head = f"{line(claim['claim'] + status)}  {sources}".rstrip()
    return [head, *(f"  {part}" for part in wrap(line(claim["statement"] or ""), width - 2))]


def _value(value: str) -> str:
    """A value on one line; of a thing, its name."""
    return short(value) if value.startswith("http") else line(value)
