"""``aruntime ask``."""

from __future__ import annotations

import click

from aruntime import questions
from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_rows, show_table
from aruntime.graph import Graph
from aruntime.model import Term
from aruntime.render.tables import Table


@click.command("ask")
@click.argument("name", required=False, metavar="QUESTION")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="KEY=VALUE", help="Bind a parameter; repeatable.")
@click.option("--list", "listing", is_flag=True, help="List the questions.")
@format_option()
@graph_options
def command(graph: Graph, name: str | None, parameters: tuple[str, ...], listing: bool, form: str) -> None:
    """Put a named question, or list the questions.

    Example: aruntime ask who-owns-batching -p runtime=vllm
    """
    if listing or name is None:
        show_list(form)
        return
    summary, parameters_known = questions.signature(questions.text_of(name))
    given: dict[str, str | Term] = dict(questions.pair(text) for text in parameters)
    missing = [p.name for p in parameters_known if p.required and p.name not in given]
    if missing:
        example = " ".join(f"-p {p.name}={p.example}" for p in parameters_known if p.name in missing)
        raise click.UsageError(f"{name} needs {', '.join(missing)}, for example {example}")
    for parameter in parameters_known:
        if parameter.name in given:
            given[parameter.name] = graph.resolve(parameter.kind, str(given[parameter.name]))
    if resolved(form) == "json":
        click.echo(graph.ask_json(name, given))
    else:
        show_rows(graph.ask(name, given), form, summary)


def show_list(form: str) -> None:
    """Write the catalogue of questions."""
    found = [questions.load(name) for name in questions.names()]
    if resolved(form) == "json":
        show_json(
            [
                {
                    "name": q.name,
                    "summary": q.summary,
                    "persona": q.persona,
                    "row": q.row,
                    "parameters": {p.name: {"kind": p.kind, "example": p.example, "required": p.required} for p in q.parameters},
                    "columns": dict(q.columns),
                    "tags": list(q.tags),
                }
                for q in found
            ]
        )
        return
    rows = tuple((q.name, q.summary, " ".join(p.name for p in q.parameters)) for q in found if "part" not in q.tags)
    show_table(Table(("question", "asks", "parameters"), rows), form)
