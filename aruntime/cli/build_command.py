"""``aruntime build``."""

from __future__ import annotations

from pathlib import Path

import click
from pyoxigraph import Triple

from aruntime import answers, export, store
from aruntime.cli.options import require_sound
from aruntime.engines import graph_store


@click.command("build")
@click.option("--data", "overlays", multiple=True, type=click.Path(path_type=Path), metavar="PATH", help="A private file or folder beside the graph.")
@click.option("--to-endpoint", "address", metavar="URL", help="Load the graph into this Graph Store instead (replaces what it holds).")
@click.option("--graph", "name", metavar="IRI", help="Name of the graph there; the default graph if absent.")
@click.option("--whole", is_flag=True, help="Begin anew, even if there is a store to start from.")
def command(overlays: tuple[Path, ...], whole: bool, address: str | None, name: str | None) -> None:
    """Compile the store now, whether or not the cache has it, and print where it lies.

    After a change, what depends on it is made anew. From nothing, or when nothing has changed, answers about the whole graph are
    found and kept as well.

    A Graph Store that wants to know who writes is told ARUNTIME_USER and ARUNTIME_PASSWORD (HTTP Basic or Digest).

    Example: aruntime build
    """
    require_sound(overlays)
    if address is None:
        click.echo(store.build(overlays, answers.write, whole=whole))
        return
    triples = dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in export.quads(overlays))
    click.echo(f"{graph_store.put(address, triples, name)} triples at {address}")
