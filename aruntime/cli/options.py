"""Options that several commands share, and the one place where output is written."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from aruntime import settings
from aruntime.cli import load
from aruntime.engines.oxigraph import Oxigraph
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.render import formats
from aruntime.render.formats import Screen, Table
from aruntime.render.safe import line
from aruntime.store import location, open_store

if TYPE_CHECKING:
    from pathlib import Path

Command = Callable[..., Any]


def data_option(function: Command) -> Command:
    """``--data``, given to the command as paths."""
    return click.option(
        "--data",
        "overlays",
        multiple=True,
        type=click.Path(),
        callback=_paths,
        metavar="PATH",
        help="A private file or folder beside the graph; repeatable.",
    )(function)


def site_options(function: Command) -> Command:
    """What every command that makes a site is told of it: ``repository``, ``engine``,
    ``every_pair`` and ``overlays``."""
    from pathlib import Path  # other commands do not need it

    repository = click.option(
        "--repository",
        metavar="URL",
        help="The repository's web address, for links to edit and report.",
    )
    engine = click.option(
        "--engine",
        metavar="DIR",
        envvar="ARUNTIME_SITE_ENGINE",
        type=click.Path(path_type=Path),
        help="A folder of npm packages with oxigraph, and codemirror if there; if absent, "
        "$ARUNTIME_SITE_ENGINE, then node_modules here, then in the cache.",
    )
    pairs = click.option(
        "--every-pair",
        is_flag=True,
        help="Compose every pair of runtimes beforehand, not only those of which one names the "
        "other; takes minutes.",
    )
    return repository(engine(pairs(data_option(function))))


def overlay_options(function: Command) -> Command:
    """``--data`` and ``--endpoint``, given to the command as they are.

    Where neither is given, private data is what an ``aruntime.toml`` names: the one of ``--policy``,
    or beside the paths that the command takes, or here; or in a folder above.
    """

    @functools.wraps(function)
    def wrapped(overlays: tuple[Path, ...], endpoint: str | None, **arguments: Any) -> Any:
        if not (overlays or endpoint):
            policy, paths = arguments.get("policy_file"), arguments.get("paths", (".",))
            overlays = data_beside(policy, paths)
        return function(overlays=overlays, endpoint=endpoint, **arguments)

    endpoint = click.option(
        "--endpoint",
        metavar="URL",
        help="Ask a SPARQL 1.1 endpoint instead of the shipped graph.",
    )
    return data_option(endpoint(wrapped))


def _paths(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[Path, ...]:
    """Overlays as paths; who names none does not wait for :mod:`pathlib`."""
    if not given:
        return ()
    from pathlib import Path

    return tuple(map(Path, given))


def graph_options(function: Command) -> Command:
    """``--data`` and ``--endpoint``, or an ``aruntime.toml``, given to the command as one open
    graph."""

    @functools.wraps(function)
    def wrapped(overlays: tuple[Path, ...], endpoint: str | None, **arguments: Any) -> Any:
        return function(graph=open_graph(overlays, endpoint), **arguments)

    return overlay_options(wrapped)


def data_beside(file: str | None, paths: Sequence[str] = (".",)) -> tuple[Path, ...]:
    """Private data that an ``aruntime.toml`` names: *file*, or the one beside some paths."""
    file = file or settings.beside(path for path in paths if path != "-")
    found = () if file is None else settings.data(file)
    if not found:
        return ()
    from pathlib import Path

    return tuple(map(Path, found))


def open_graph(overlays: Sequence[Path], endpoint: str | None) -> Graph:
    """The graph that the options ask for.

    A store that is compiled already is opened without the compiler; ``aruntime build`` is loaded
    where there is none yet, and where private files must be checked.
    """
    _refuse_both(overlays, endpoint)
    if endpoint:
        found = load("endpoint").graph(endpoint)
        assert isinstance(found, Graph)
        return found
    if not overlays and (store := open_store(folder := location())) is not None:
        return Graph(Oxigraph(store, folder))
    found = load("build").checked_graph(overlays)
    assert isinstance(found, Graph)
    return found


def prepare(overlays: Sequence[Path], endpoint: str | None) -> None:
    """Compile what :func:`open_graph` will open, where it is missing; nothing stays open."""
    _refuse_both(overlays, endpoint)
    if not endpoint and (overlays or not os.path.exists(location())):
        load("build").checked_store(overlays)


def _refuse_both(overlays: Sequence[Path], endpoint: str | None) -> None:
    if endpoint and overlays:
        raise click.UsageError(
            "--data and --endpoint exclude each other: load the overlay into the endpoint instead"
        )


def format_option(*extra: str) -> Callable[[Command], Command]:
    """``--format``: a table on a terminal and TSV in a pipe, unless asked otherwise."""
    forms = (*formats.FORMS, *extra)
    wide = len("|".join(forms)) > 60  # help fits 80 columns
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        metavar="FORM" if wide else None,
        default="auto",
        show_default=True,
        help=f"Form of the output: {', '.join(forms)}." if wide else "Form of the output.",
    )


def screen() -> Screen:
    """Where this command's answer goes."""
    terminal = sys.stdout.isatty()
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        width = int(columns)
    else:
        width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else 100
    return Screen(width or 100, terminal and "NO_COLOR" not in os.environ, terminal)


def resolved(form: str) -> str:
    """The form that ``auto`` stands for here."""
    return formats.form_for(form, screen())


def show(text: str, *, page: bool = False) -> None:
    """Write text that is safe and complete, line feeds and colours included.

    Args:
        page: use a pager where the text is longer than the terminal.
    """
    if page and sys.stdout.isatty() and text.count("\n") >= os.get_terminal_size().lines:
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(text, color=screen().colour)
    else:
        click.echo(text, nl=False, color=screen().colour)


def say(message: str) -> None:
    """Write a note to standard error, on one line and safe to show."""
    click.echo(f"aruntime: {line(message)}", err=True)


def show_rows(rows: Rows, form: str, title: str = "", *, page: bool = False) -> None:
    """Write the rows of a question; *page* as in :func:`show`."""
    show(formats.rows_as_text(rows, form, screen(), title), page=page)


def show_table(table: Table, form: str) -> None:
    """Write a table of cells."""
    show(formats.table_as_text(table, form, screen()))


def show_either(value: Any, table: Table, form: str) -> None:
    """Write an answer: in JSON its value, in every other form its table."""
    show_json(value) if resolved(form) == "json" else show_table(table, form)


def show_json(value: Any) -> None:
    """Write one JSON value."""
    show(formats.json_as_text(value))
