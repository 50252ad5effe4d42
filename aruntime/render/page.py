"""A description as people read it on a terminal."""

from __future__ import annotations

import io

from aruntime.show import Description
from aruntime.render.tables import Table, short
from aruntime.render.safe import line

_HIDDEN = ("rdfs:isDefinedBy", "ar:composesWith", "skos:broaderTransitive")


def flat(found: Description) -> Table:
    """One row per property value and claim."""
    rows = [(name, _value(found, value)) for name, values in found.properties.items() for value in values]
    rows += [(f"claim ({c['role']})", f"{c['claim']} [{c['status']}] {c['statement']}") for c in found.claims]
    return Table(("property", "value"), tuple((a, line(b)) for a, b in rows))


def as_text(found: Description, *, width: int, colour: bool) -> str:
    """The description in at most *width* columns."""
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False)
    console.print(Text(short(found.iri), style="bold"), Text(f"  <{found.iri}>", style="dim"))
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, values in found.properties.items():
        if name not in _HIDDEN:
            grid.add_row(Text(name), Text("\n".join(line(_value(found, value)) for value in values)))
    console.print(grid)
    about = [c for c in found.claims if c["role"] == "subject"]
    naming = [c for c in found.claims if c["role"] != "subject"]
    for title, claims in (("Claims about it", about), ("Claims that name it", naming)):
        if claims:
            console.print(f"\n[bold]{title}[/bold] ({len(claims)})")
            table = Grid.grid(padding=(0, 2))
            table.add_column(ratio=2, overflow="fold")
            table.add_column(ratio=5, overflow="fold")
            table.add_column(ratio=2, overflow="fold", style="dim")
            for claim in claims:
                status = "" if claim["status"] == "promoted" else f" [{claim['status']}]"
                table.add_row(Text(claim["claim"] + status), Text(line(claim["statement"] or "")), Text(" ".join(claim["sources"])))
            console.print(table)
    return "\n".join(text.rstrip() for text in out.getvalue().splitlines()) + "\n"


def _value(found: Description, value: str) -> str:
    if value.startswith("http"):
        return short(value)
    return value
