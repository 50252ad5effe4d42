"""``aruntime new source``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import new
from aruntime.cli.folders import INTO, show_paths


@click.command("source")
@click.argument("slug")
@click.option("--label", help="What the source is called.")
@click.option("--url", metavar="URL", help="Where it is published.")
@click.option("--version", help="The version that is read.")
@click.option("--publisher", metavar="AGENT", help="Slug of the agent that publishes it.")
@click.option("--authoritative-for", metavar="COMPONENT", help="What it may be cited for.")
@click.option("--kind", metavar="SOURCE-KIND", help="official-documentation if absent.")
@click.option("--license", metavar="SPDX", help="The licence by its SPDX identifier or address.")
@INTO
def command(slug: str, into: Path | None, **given: str | None) -> None:
    """Register a source: what claims may cite.

    Example: aruntime new source my-engine-docs --authoritative-for my-engine --into drafts
    """
    show_paths(new.source(slug, given, into))
