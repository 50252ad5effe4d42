"""``aruntime build``, and what other commands need of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from pyoxigraph import Store

from aruntime import build, export
from aruntime.cli.options import data_option
from aruntime.engines import upload
from aruntime.graph import Graph
from aruntime.opening import open_graph
from aruntime.store import overlays_checked
from aruntime.validation import validate


@click.command("build")
@data_option
@click.option(
    "--to-endpoint",
    "address",
    metavar="URL",
    help="Load the graph into this Graph Store instead (replaces what it holds).",
)
@click.option(
    "--graph",
    "name",
    metavar="IRI",
    help="Name of the graph there; the default graph if absent.",
)
def command(overlays: tuple[Path, ...], address: str | None, name: str | None) -> None:
    """Compile the store now, whether or not the cache has it, and print its folder.

    Credentials for a Graph Store are read from ARUNTIME_USER and ARUNTIME_PASSWORD (HTTP Basic or
    Digest).

    Example: aruntime build
    """
    require_sound(overlays)
    if address is None:
        click.echo(build.build(overlays))
        return
    triples = dict.fromkeys(quad.triple for quad in export.quads(overlays))
    click.echo(f"{upload.put(address, triples, name)} triples at {address}")


def require_sound(overlays: Sequence[Path]) -> None:
    """Refuse overlays that break a rule; what was compiled was checked before.

    Raises:
        DataError: the first violation, with its file and line.
    """
    if overlays and not overlays_checked(str(build.folder_of(overlays))):
        validate.require_sound(overlays)


def checked_graph(overlays: Sequence[Path]) -> Graph:
    """The graph with *overlays*, which break no rule; compiled first where there is none.

    Raises:
        DataError: an overlay breaks a rule, or the store cannot be compiled.
    """
    require_sound(overlays)
    return open_graph(overlays)


def checked_store(overlays: Sequence[Path]) -> Store:
    """The compiled store with *overlays*, which break no rule; compiled first where there is none.

    Raises:
        DataError: an overlay breaks a rule, or the store cannot be compiled.
    """
    require_sound(overlays)
    return build.open_or_build(overlays)
