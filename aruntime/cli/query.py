"""``aruntime query``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from pyoxigraph import Triple

from aruntime.cli.options import format_option, open_graph, overlay_options, resolved, rows_text
from aruntime.engines import sandbox
from aruntime.errors import DataError, UsageError
from aruntime.model import Rows
from aruntime.render import rdf
from aruntime.results import ask_json


@click.command("query")
@click.argument("file", metavar="FILE|-")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds the query may take.")
@format_option(*rdf.FORMATS)
@overlay_options
def command(overlays: tuple[Path, ...], endpoint: str | None, file: str, timeout: float, form: str) -> None:
    """Put a SPARQL query of your own, from a file or standard input.

    SELECT, ASK, CONSTRUCT and DESCRIBE; the graph is read-only and SERVICE is refused. Exit code 5 past the time limit.

    Example: echo 'SELECT * { ?s a ?o } LIMIT 3' | aruntime query -
    """
    if file == "-":
        text = sys.stdin.read()
    else:
        path = Path(file)
        if not path.is_file():
            raise UsageError("no such file", path=path)
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"cannot be read as UTF-8 text: {error}", path=path) from None
    sandbox.refuse(text)
    open_graph(overlays, endpoint)
    try:
        click.echo(sandbox.within(timeout, answer, overlays, endpoint, text, resolved(form)), nl=False)
    except DataError as error:
        raise DataError(error.message, path="standard input" if file == "-" else file, line=error.line) from None


def answer(overlays: tuple[Path, ...], endpoint: str | None, text: str, form: str) -> str:
    """The answer of a query as text; runs in a child process."""
    return answer_text(open_graph(overlays, endpoint).engine.run(text), form)


def answer_text(answer: Rows | bool | list[Triple], form: str) -> str:
    """The answer of any query form as text.

    Raises:
        UsageError: triples are asked for as a table of values, or solutions as RDF.
    """
    if isinstance(answer, Rows):
        if form in rdf.FORMATS:
            raise UsageError(f"solutions cannot be written as {form}; use table, json, csv, tsv or markdown")
        return rows_text(answer, form)
    if isinstance(answer, bool):
        return ask_json(answer) if form == "json" else f"{str(answer).lower()}\n"
    return rdf.as_rdf(answer, form if form in rdf.FORMATS else "turtle")
