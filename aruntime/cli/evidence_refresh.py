"""``aruntime evidence refresh``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli.folders import PACKAGES, REPOSITORIES, TO, show_paths
from aruntime.cli.options import open_graph, overlay_options
from aruntime.evidence import drift
from aruntime.evidence.citations import passages
from aruntime.evidence.refresh import refresh, summary
from aruntime.evidence.stores import Stores


@click.command("refresh")
@click.argument("runtime", required=False)
@TO
@REPOSITORIES
@PACKAGES
@overlay_options
def command(
    overlays: tuple[Path, ...],
    endpoint: str | None,
    runtime: str | None,
    to: str,
    repositories: Path | None,
    packages: Path | None,
) -> None:
    """Cite a newer version wherever the cited lines stand in it unchanged.

    The claims do not count as read again.

    Example: aruntime evidence refresh kserve --to latest --repositories mirrors
    """
    cited = passages(open_graph(overlays, endpoint), runtime)
    found = drift.drift(cited, Stores.at(repositories, packages), to)
    show_paths(refresh(found, overlays))
    click.echo(summary(found), err=True)
