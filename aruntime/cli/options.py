"""Options that several commands share, and the one place where output is written."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from aruntime.build import folder_of
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.render import results, tables
from aruntime.render.tables import Table
from aruntime.results import as_json
from aruntime.store import overlays_checked
from aruntime.validation import validate

if TYPE_CHECKING:
    from pathlib import Path

TEXT_FORMATS: Final = ("auto", "table", "json", "csv", "tsv", "markdown")

Command = Callable[..., Any]


def overlay_options(function: Command) -> Command:
    """``--data`` and ``--endpoint``, given to the command as they are."""
    data = click.option(
        "--data",
        "overlays",
        multiple=True,
        type=click.Path(),
        callback=_paths,
        metavar="PATH",
        help="A private file or folder beside the graph; repeatable.",
    )
    endpoint = click.option("--endpoint", metavar="URL", help="Ask a SPARQL 1.1 endpoint instead of the shipped graph.")
    return data(endpoint(function))


def _paths(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[Path, ...]:
    """Overlays as paths; who names none does not wait for :mod:`pathlib`."""
    if not given:
        return ()
    from pathlib import Path

    return tuple(map(Path, given))


def graph_options(function: Command) -> Command:
    """``--data`` and ``--endpoint``, given to the command as one open graph."""

    @functools.wraps(function)
    def wrapped(overlays: tuple[Path, ...], endpoint: str | None, **arguments: Any) -> Any:
        return function(graph=open_graph(overlays, endpoint), **arguments)

    return overlay_options(wrapped)


def open_graph(overlays: Sequence[Path], endpoint: str | None) -> Graph:
    """The graph that the options ask for."""
    if endpoint and overlays:
        raise click.UsageError("--data and --endpoint exclude each other: load the overlay into the endpoint instead")
    require_sound(overlays)
    return Graph.remote(endpoint) if endpoint else Graph.open(overlays)


def require_sound(overlays: Sequence[Path]) -> None:
    """Refuse overlays that break a rule; what was compiled was checked before."""
    if overlays and not overlays_checked(str(folder_of(overlays))):
        validate.require_sound(overlays)


def format_option(*extra: str) -> Callable[[Command], Command]:
    """``--format``: a table on a terminal and TSV in a pipe, unless asked otherwise."""
    choices = (*TEXT_FORMATS, *extra)
    return click.option("--format", "form", type=click.Choice(choices), default="auto", show_default=True, help="Form of the output.")


def resolved(form: str) -> str:
    """The form that ``auto`` stands for here."""
    return form if form != "auto" else "table" if sys.stdout.isatty() else "tsv"


def width() -> int:
    """Characters a line may take."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


def colour() -> bool:
    """Whether escape sequences may be written."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def rows_text(rows: Rows, form: str, title: str = "") -> str:
    """Solutions as text: the standard formats to the letter, or a table of names."""
    standard = {"json": as_json, "csv": results.as_csv, "tsv": results.as_tsv}
    return standard[form](rows) if form in standard else table_text(tables.table_of(rows, title), form)


def show_rows(rows: Rows, form: str, title: str = "") -> None:
    """Write solutions."""
    click.echo(rows_text(rows, resolved(form), title), nl=False, color=colour())


def table_text(table: Table, form: str) -> str:
    """A table of cells as text."""
    if form == "table":
        return tables.as_text(table, width=width(), colour=colour())
    return {"csv": tables.as_csv, "tsv": tables.as_tsv, "markdown": tables.as_markdown}[form](table)


def show_table(table: Table, form: str) -> None:
    """Write a table of cells."""
    click.echo(table_text(table, resolved(form)), nl=False, color=colour())


def show_json(value: Any) -> None:
    """Write one JSON value."""
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
