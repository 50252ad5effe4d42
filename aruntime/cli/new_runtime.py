"""``aruntime new runtime``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import new
from aruntime.cli.folders import INTO, show_paths


@click.command("runtime")
@click.argument("slug")
@click.option("--label", help="Its name as its maintainers write it.")
@click.option("--description", help="One sentence that says what it is.")
@click.option("--maintainer", metavar="AGENT", help="Slug of the agent that maintains it.")
@click.option("--homepage", metavar="URL", help="Its home page.")
@click.option("--repository", metavar="URL", help="Where its code is kept.")
@click.option("--purl", help="The release as a package: pkg:pypi/my-engine@1.2.0.")
@click.option("--version", help="The release that is read; the purl's version if absent.")
@click.option("--license", metavar="SPDX", help="The licence by its SPDX identifier or address.")
@INTO
def command(slug: str, into: Path | None, **given: str | None) -> None:
    """Start a runtime: its release, a reading of today, and three claims to fill in.

    Example: aruntime new runtime my-engine --label "My Engine" --version 1.2.0 --into drafts
    """
    show_paths(new.runtime(slug, given, into))
