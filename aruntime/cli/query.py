"""``aruntime query``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from aruntime import names
from aruntime.cli.options import (
    format_option,
    open_graph,
    overlay_options,
    prepare,
    say,
    screen,
    show,
)
from aruntime.engines import sandbox
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import DataError, UsageError
from aruntime.render import rdf
from aruntime.render.formats import RDF_FORMS, Screen

if TYPE_CHECKING:
    from pathlib import Path


@click.command("query")
@click.argument("file", metavar="FILE|-")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds the query may take.")
@format_option(*RDF_FORMS)
@overlay_options
def command(
    overlays: tuple[Path, ...], endpoint: str | None, file: str, timeout: float, form: str
) -> None:
    """Run a SPARQL query, from a file or standard input.

    SELECT, ASK, CONSTRUCT and DESCRIBE; the graph is read-only; SERVICE, and FROM without
    --endpoint, are refused. The prefixes of the graph, such as ar:, runtime:, unit: and skos:, need
    no declaration. Exit code 5 after the time limit.

    Example: echo 'SELECT * { ?s a ar:Runtime } LIMIT 3' | aruntime query -
    """
    text = _read(file)
    sandbox.refuse(text, dataset=endpoint is not None)
    prepare(overlays, endpoint)
    where = "standard input" if file == "-" else file
    try:
        notes, found = sandbox.within(timeout, answer, overlays, endpoint, text, form, screen())
    except DataError as error:
        raise DataError(error.message, path=where, line=error.line) from None
    for note in notes:
        say(note)
    show(found)


def _read(file: str) -> str:
    """The text of the query.

    Raises:
        UsageError: there is no such file.
        DataError: it is no text.
    """
    try:
        if file != "-":
            with open(file, "rb") as handle:
                found = handle.read(sandbox.MAX_BYTES + 1)
        elif sys.stdin is None:
            raise UsageError("standard input is closed; name a file")
        else:
            found = sys.stdin.buffer.read(sandbox.MAX_BYTES + 1)
        return found.decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError("no such file", path=file) from None
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1} is no UTF-8"
        path = "standard input" if file == "-" else file
        raise DataError(f"cannot be read as text: {where}", path=path) from None


def answer(
    overlays: tuple[Path, ...], endpoint: str | None, text: str, form: str, screen: Screen
) -> tuple[list[str], str]:
    """Notes on a query, and its answer as text; runs in a child process."""
    engine = open_graph(overlays, endpoint).engine
    if not isinstance(engine, Oxigraph):
        return [], rdf.answer_as_text(engine.run(text), form, screen)
    with sandbox.sealed():
        found = engine.run(text)
    return names.unknown_terms(engine, text), rdf.answer_as_text(found, form, screen)
