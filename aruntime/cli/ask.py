"""``aruntime ask``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aruntime import questions
from aruntime.cli.options import (
    format_option,
    open_graph,
    overlay_options,
    resolved,
    say,
    screen,
    show_json,
    show_rows,
    show_table,
)
from aruntime.render.formats import Table

if TYPE_CHECKING:
    from pathlib import Path


@click.command("ask")
@click.argument("name", required=False, metavar="QUESTION")
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="KEY=VALUE",
    help="Give the question a parameter; repeatable.",
)
@click.option("--list", "listing", is_flag=True, help="List the questions.")
@format_option()
@overlay_options
def command(
    overlays: tuple[Path, ...],
    endpoint: str | None,
    name: str | None,
    parameters: tuple[str, ...],
    listing: bool,
    form: str,
) -> None:
    """Ask a named question, or list the questions.

    Example: aruntime ask who-owns-batching -p runtime=vllm
    """
    if listing or name is None:
        show_list(form)
        return
    given = dict(questions.pair(text, empty=True) for text in parameters)
    if lacking := questions.lacking(name, given):
        needed = ", ".join(p.name for p in lacking)
        example = " ".join(f"-p {p.name}={p.example}" for p in lacking)
        raise click.UsageError(f"{name} needs {needed}, for example {example}")
    found = open_graph(overlays, endpoint).answer(name, given)
    asked = questions.signature(questions.text_of(name))
    show_rows(found, form, asked.summary, page=resolved(form) == "table")
    narrowing = [f"-p {p.name}=NAME" for p in asked.parameters if p.name not in given]
    if screen().terminal and narrowing and len(found) > 1:
        say(f"{len(found)} rows; {' or '.join(narrowing)} asks for fewer")


def show_list(form: str) -> None:
    """Write the catalogue of questions; as JSON with everything that their headers say."""
    if resolved(form) == "json":
        show_json(list(map(questions.described, questions.names())))
        return
    rows = tuple(
        (name, asked.summary, " ".join(p.name for p in asked.parameters))
        for name, asked in questions.catalogue().items()
    )
    show_table(Table(("question", "asks", "parameters"), rows), form)
