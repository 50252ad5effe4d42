"""``aruntime site``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aruntime.cli.build import require_sound
from aruntime.cli.options import data_option, say
from aruntime.errors import UsageError
from aruntime.opening import open_graph

try:
    from aruntime.site.site import build_site
except ImportError as error:  # the templates' library is an extra
    if (error.name or "").partition(".")[0] not in ("jinja2", "markupsafe"):
        raise
    build_site = None  # type: ignore[assignment]


@click.command("site")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--repository",
    metavar="URL",
    help="The repository's web address, for links to edit and report.",
)
@click.option(
    "--engine",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder of npm packages with oxigraph, and codemirror if there; if absent, "
    "$ARUNTIME_SITE_ENGINE, then node_modules here, then in the cache.",
)
@click.option(
    "--every-pair",
    is_flag=True,
    help="Compose every pair of runtimes beforehand, not only those of which one names the other; "
    "takes minutes.",
)
@data_option
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
    if build_site is None:
        raise UsageError("a site needs the extra: pip install 'aruntime[site]'")
    if engine is None and (named := os.environ.get("ARUNTIME_SITE_ENGINE")):
        engine = Path(named)
    require_sound(overlays)
    graph = open_graph(overlays, in_memory=True)
    made = build_site(graph, folder, repository=repository, engine=engine, every_pair=every_pair)
    for text in made.notes:
        say(text)
    say(made.summary(folder))
