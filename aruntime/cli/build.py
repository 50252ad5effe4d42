"""``aruntime build``."""

from __future__ import annotations

from pathlib import Path

import click
from pyoxigraph import Triple

from aruntime import build, export
from aruntime.cli.options import require_sound
from aruntime.engines import upload


@click.command("build")
@click.option("--data", "overlays", multiple=True, type=click.Path(path_type=Path), metavar="PATH", help="A private file or folder beside the graph.")
@click.option("--to-endpoint", "address", metavar="URL", help="Load the graph into this Graph Store instead (replaces what it holds).")
@click.option("--graph", "name", metavar="IRI", help="Name of the graph there; the default graph if absent.")
def command(overlays: tuple[Path, ...], address: str | None, name: str | None) -> None:
    """Compile the store now, whether or not the cache has it, and print where it lies.

    Credentials for a Graph Store are read from ARUNTIME_USER and ARUNTIME_PASSWORD (HTTP Basic or Digest).

    Example: aruntime build
    """
    require_sound(overlays)
    if address is None:
        click.echo(build.build(overlays))
        return
    triples = dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in export.quads(overlays))
    click.echo(f"{upload.put(address, triples, name)} triples at {address}")
