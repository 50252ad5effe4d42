"""``aruntime evidence verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aruntime.cli.folders import PACKAGES, REPOSITORIES
from aruntime.cli.options import format_option, graph_options, resolved, show_either
from aruntime.evidence import verify
from aruntime.evidence.citations import passages
from aruntime.evidence.stores import Stores
from aruntime.graph import Graph
from aruntime.render.formats import Table


@click.command("verify")
@click.argument("runtime", required=False)
@click.option("--source", help="Only evidence from this source.")
@click.option("--file", "path", help="Only evidence in this cited file.")
@REPOSITORIES
@PACKAGES
@click.option("--online", is_flag=True, help="Ask the public archive for what is not at hand.")
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep results here, and skip what it says was verified.",
)
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 64))
@format_option()
@graph_options
def command(
    graph: Graph,
    runtime: str | None,
    source: str | None,
    path: str | None,
    repositories: Path | None,
    packages: Path | None,
    online: bool,
    journal: Path | None,
    workers: int,
    form: str,
) -> int:
    """Check that every cited line still stands where its claim says.

    Exit code 1 if one has changed or is missing.

    Example: aruntime evidence verify vllm --packages downloads
    """
    items = passages(graph, runtime, source, path)
    stores = Stores.at(repositories, packages, online)
    shown = not sys.stderr.isatty()
    with click.progressbar(
        length=len(items), label="verifying", file=sys.stderr, hidden=shown
    ) as bar:
        results = verify.verify(
            items, stores, workers=workers, journal=journal, progress=bar.update
        )
    table = Table(*verify.table(results, whole=resolved(form) != "table"))
    show_either(verify.report(results), table, form)
    click.echo(verify.summary(results), err=True)
    return int(verify.failed(results))
