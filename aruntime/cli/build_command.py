"""``aruntime build``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import parts, store


@click.command("build")
@click.option(
    "--data",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A private file or folder beside the graph; repeatable.",
)
def command(overlays: tuple[Path, ...]) -> None:
    """Compile the store now, whether or not the cache has it, and print where it lies.

    Example: aruntime build
    """
    click.echo(store.build(overlays, parts.write))
