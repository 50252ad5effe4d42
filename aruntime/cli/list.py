"""``aruntime list``."""

from __future__ import annotations

from typing import Final

import click

from aruntime import names, namespaces, questions
from aruntime.cli.options import format_option, graph_options, resolved, show_rows, show_table
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Rows, text
from aruntime.render.formats import Table, cell

KINDS: Final = (*namespaces.KINDS, *names.TERMS, "thing")


@click.command("list")
@click.argument("kind", metavar="KIND")
@format_option()
@graph_options
def command(graph: Graph, kind: str, form: str) -> None:
    """List the things of a kind, and what each of them is.

    Kinds are runtime, component, source, stack, responsibility, unit, layer, family and the other
    vocabularies; class and property for the terms of the ontology; thing for everything.

    Example: aruntime list runtime
    """
    found = graph.ask("things", {"kind": singular(kind)})
    if resolved(form) in ("table", "markdown"):
        show_table(_table(found), form)
    else:
        show_rows(found, form)


def singular(kind: str) -> str:
    """The kind that people call *kind*, in the singular or plural and in any letter case.

    Raises:
        UsageError: there is no such kind; the message offers near names.
    """
    small = kind.lower()
    for wanted in (small, small.removesuffix("s"), small.removesuffix("es")):
        if wanted in KINDS:
            return wanted
    if small.endswith("ies") and small[:-3] + "y" in KINDS:
        return small[:-3] + "y"
    hint = questions.suggestion(kind, KINDS)
    raise UsageError(f"no kind is called {kind!r}{hint}; kinds are {', '.join(KINDS)}")


def _table(found: Rows) -> Table:
    """Names, labels and definitions; among things of all kinds, names with their kind."""
    rows = []
    for kind, thing, label, definition in found.rows:
        name = names.name_of(text(thing) or "") if cell(kind) == "thing" else cell(thing)
        rows.append((name, cell(label), cell(definition)))
    return Table(("name", "label", "definition"), tuple(rows))
