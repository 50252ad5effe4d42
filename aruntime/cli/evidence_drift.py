"""``aruntime evidence drift``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli.folders import PACKAGES, REPOSITORIES, TO
from aruntime.cli.options import format_option, graph_options, show_either
from aruntime.evidence import drift
from aruntime.evidence.citations import passages
from aruntime.evidence.stores import Stores
from aruntime.graph import Graph
from aruntime.render.formats import Table


@click.command("drift")
@click.argument("runtime", required=False)
@TO
@REPOSITORIES
@PACKAGES
@format_option()
@graph_options
def command(
    graph: Graph,
    runtime: str | None,
    to: str,
    repositories: Path | None,
    packages: Path | None,
    form: str,
) -> int:
    """Compare each cited passage with a newer version.

    Exit code 1 if any is edited or gone. States: unchanged, moved, renamed, edited, gone,
    unreachable.

    Example: aruntime evidence drift kserve --to latest --repositories mirrors
    """
    found = drift.drift(passages(graph, runtime), Stores.at(repositories, packages), to)
    show_either(drift.report(found), Table(*drift.table(found)), form)
    click.echo(drift.summary(found), err=True)
    return int(drift.failed(found))
