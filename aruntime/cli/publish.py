"""``aruntime publish``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli import load
from aruntime.cli.build import require_sound
from aruntime.cli.options import say, site_options


@click.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--address",
    metavar="URL",
    help="Where the folder will be served, for the redirects of w3id.org, links that people share, "
    "and 404.html; if absent, redirects lead to the home page of the ontology's publisher.",
)
@site_options
def command(
    folder: Path,
    address: str | None,
    repository: str | None,
    engine: Path | None,
    every_pair: bool,
    overlays: tuple[Path, ...],
) -> None:
    """Write all that is published into one folder: the site, and the files that others load.

    It is aruntime site and aruntime export --publication in one: a page and documents for every
    name, for any static host. The folder is made, or replaced if this command made it before.

    Example: aruntime publish public
    """
    publish_site = load("sites").publish_site
    require_sound(overlays)
    made = publish_site(
        folder,
        overlays,
        address=address,
        repository=repository,
        engine=engine,
        every_pair=every_pair,
    )
    for text in made.notes:
        say(text)
    say(made.summary(folder))
