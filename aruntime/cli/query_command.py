"""``aruntime query``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aruntime.cli.options import RDF_CHOICES, answer_text, format_option, open_graph, overlay_options, resolved
from aruntime.engines import guarded
from aruntime.errors import DataError, UsageError


@click.command("query")
@click.argument("file", metavar="FILE|-")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds the query may take.")
@format_option(*RDF_CHOICES)
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
    guarded.refuse(text)
    open_graph(overlays, endpoint).ready()
    try:
        click.echo(guarded.within(timeout, answer, overlays, endpoint, text, resolved(form)), nl=False)
    except DataError as error:
        raise DataError(error.message, path="standard input" if file == "-" else file, line=error.line) from None


def answer(overlays: tuple[Path, ...], endpoint: str | None, text: str, form: str) -> str:
    """The answer of a query as text; runs in a child process."""
    return answer_text(open_graph(overlays, endpoint).engine.run(text), form)
