"""``aruntime compose``."""

from __future__ import annotations

import click

from aruntime.cli.options import (
    format_option,
    graph_options,
    resolved,
    say,
    screen,
    show,
    show_json,
    show_table,
)
from aruntime.compose import compose, stack_components
from aruntime.graph import Graph
from aruntime.render import stack


@click.command("compose")
@click.argument("components", nargs=-1, metavar="COMPONENT...")
@click.option("--stack", "name", metavar="NAME", help="The components of a stack that ships with the graph.")
@click.option("--at", "versions", multiple=True, metavar="COMPONENT=VERSION", help="Only claims that hold for this version; repeatable.")
@format_option()
@graph_options
def command(graph: Graph, components: tuple[str, ...], name: str | None, versions: tuple[str, ...], form: str) -> None:
    """Who owns what when these components run together?

    What an architect must decide comes first: contended, disputed, missing, or handed to nobody in the stack.

    Example: aruntime compose kserve vllm
    """
    if name:
        components = (*stack_components(graph, name), *components)
    if not components:
        raise click.UsageError("name at least one component, or --stack NAME")
    pinned: dict[str, str] = {}
    for pair in versions:
        component, equals, version = pair.partition("=")
        if not (component and equals and version):
            raise click.UsageError(f"--at takes COMPONENT=VERSION, not {pair!r}")
        if pinned.setdefault(component, version) != version:
            raise click.UsageError(f"--at gives {component} two versions")
    found = compose(graph, components, pinned)
    form = resolved(form)
    if form == "json":
        show_json(found.json())
    elif form == "table":
        place = screen()
        show(stack.as_text(found, width=place.width, colour=place.colour))
    else:
        for warning in stack.warnings(found):
            say(warning)
        show_table(stack.flat(found), form)
