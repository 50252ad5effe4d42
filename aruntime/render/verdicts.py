"""A verdict as people read it on a terminal, or as a table of properties and values."""

from __future__ import annotations

from collections.abc import Iterator

from aruntime.examples import Case
from aruntime.render.formats import Table
from aruntime.render.layout import BOLD, DIM, grid, styled, wrap
from aruntime.render.safe import line
from aruntime.show import Verdict


def flat(found: Verdict) -> Table:
    """One row per property, of the verdict first and then of its example."""
    rows = [
        ("verdict", found.verdict),
        ("word", found.word),
        ("symbol", found.symbol),
        ("act", "yes" if found.act else "no"),
        ("definition", found.definition),
    ]
    if found.example is not None:
        rows += [("example", found.example.name), *_properties(found.example)]
    if found.unlike is not None:
        rows += [("unlike", _unlike(found.unlike))]
    rows += [("further example", name) for name in found.further]
    return Table(("property", "value"), tuple((name, line(value)) for name, value in rows))


def as_text(found: Verdict, *, width: int, colour: bool) -> str:
    """The verdict in lines of at most *width* columns."""
    name = "" if found.word == found.verdict else f"  {styled(found.verdict, DIM, colour)}"
    act = f"{'Somebody must' if found.act else 'Nobody has to'} decide or act."
    lines = [f"{styled(f'{found.symbol} {found.word}', BOLD, colour)}{name}"]
    lines += [*wrap(line(found.definition), width), act]
    if found.example is not None:
        lines += [
            "",
            f"{styled('Example', BOLD, colour)}  {styled(found.example.name, DIM, colour)}",
        ]
        rows = [(name, line(value)) for name, value in _properties(found.example)]
        rows += [] if found.unlike is None else [("unlike", line(_unlike(found.unlike)))]
        lines += grid(rows, width, (DIM,), colour=colour)
    if found.further:
        lines += ["", *wrap(f"More: {', '.join(found.further)}", width)]
    return "".join(f"{text}\n" for text in lines)


def _properties(case: Case) -> Iterator[tuple[str, str]]:
    """What a case says, its reason first."""
    yield "because", case.because
    yield "components", ", ".join(case.components)
    for key, lines in (
        ("configuration", case.configurations),
        ("claim", case.claims),
        ("join", case.joins),
    ):
        yield from ((key, text) for text in lines)
    yield from (("chosen", f"{who}={name}") for who, name in case.chosen)
    yield from (("version", f"{who} {version}") for who, version in case.versions.items())
    yield from (("family", f"{who} {family}") for who, family in case.families.items())
    yield case.responsibility, case.verdict


def _unlike(case: Case) -> str:
    return f"{case.name} ({case.verdict}): {case.because}"
