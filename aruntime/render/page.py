"""A description as people read it on a terminal, or as a table of properties and values."""

from __future__ import annotations

from typing import Final

from aruntime.model import Json
from aruntime.render.formats import Table, short
from aruntime.render.layout import BOLD, DIM, grid, styled
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
            lines += grid(list(map(_claim, claims)), width, ({}, {}, DIM), colour=colour)
    return "".join(f"{text}\n" for text in lines)


def _claim(claim: Json) -> tuple[str, str, str]:
    """A claim's name, what it says, and the sources it rests on."""
    status = "" if claim["status"] == "promoted" else f" [{claim['status']}]"
    return (
        line(claim["claim"] + status),
        line(claim["statement"] or ""),
        line(" ".join(claim["sources"])),
    )


def _value(value: str) -> str:
    """A value on one line; of a thing, its name."""
    return short(value) if value.startswith("http") else line(value)
