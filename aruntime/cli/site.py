"""``aruntime site``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli import load
from aruntime.cli.build import require_sound
from aruntime.cli.options import say, site_options
from aruntime.opening import open_graph


@click.command("site")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@site_options
def command(
    folder: Path,
    repository: str | None,
    engine: Path | None,
    every_pair: bool,
    overlays: tuple[Path, ...],
) -> None:
    """Write the graph as a static site: no server, no network, one page a thing.

    The folder is made, or replaced if this command made it before. To see all of it, serve it:
    python3 -m http.server -d DIR

    Example: aruntime site public
    """
    build_site = load("sites").build_site
    require_sound(overlays)
    graph = open_graph(overlays, in_memory=True)
    made = build_site(graph, folder, repository=repository, engine=engine, every_pair=every_pair)
    for text in made.notes:
        say(text)
    say(made.summary(folder))
