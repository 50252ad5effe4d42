"""``aruntime detect``."""

from __future__ import annotations

import click

from aruntime.cli.options import (
    format_option,
    graph_options,
    resolved,
    say,
    screen,
    show,
    show_either,
)
from aruntime.cli.stdin import text_of_stdin
from aruntime.detect.detect import detect
from aruntime.graph import Graph
from aruntime.render.deployment import as_text, components, rest


@click.command("detect")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--strict", is_flag=True, help="Exit with 3 if something could not be read.")
@format_option()
@graph_options
def command(graph: Graph, paths: tuple[str, ...], strict: bool, form: str) -> int:
    """Which components, in which versions and configurations, does a deployment hold?

    Reads Kubernetes objects, Kustomize trees, Helm charts, Docker Compose files, Python and npm
    requirements and locks, and SBOMs, as files or below folders; - is standard input, for
    helm template … | aruntime detect -. Nothing is run and nothing is fetched. A component is seen,
    implied by something that is there, named by a client or an address, or unused. Exit code 1 if
    nothing is recognised.

    Example: aruntime detect deploy/
    """
    found = detect(graph, paths, text_of_stdin(paths))
    if resolved(form) == "table":
        show(as_text(found, colour=screen().colour))
    else:
        show_either(found.json(), components(found), form)
    if resolved(form) != "json":
        for sentence in rest(found):
            say(sentence)
    if strict and found.unread:
        return 3
    return 0 if found.components else 1
