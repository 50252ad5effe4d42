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
    asked = questions.signature(questions.text_of(name))
    graph = open_graph(overlays, endpoint)
    found = graph.answer(name, dict(questions.pair(text) for text in parameters))
    show_rows(found, form, asked.summary)


def show_list(form: str) -> None:
    """Write the catalogue of questions; as JSON with everything that their headers say."""
    if resolved(form) == "json":
        show_json(list(map(questions.described, questions.names())))
        return
    rows = []
    for name in questions.names():
        asked = questions.signature(questions.text_of(name))
        if not {"part", "lookup"} & set(asked.tags):  # they answer other commands
            rows.append((name, asked.summary, " ".join(p.name for p in asked.parameters)))
    show_table(Table(("question", "asks", "parameters"), tuple(rows)), form)
