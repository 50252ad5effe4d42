"""``aruntime new agent``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import new
from aruntime.cli.folders import INTO, show_paths


@click.command("agent")
@click.argument("slug")
@click.option("--label", help="The name of the project, company or person.")
@click.option("--homepage", metavar="URL", help="Its home page.")
@INTO
def command(slug: str, into: Path | None, **given: str | None) -> None:
    """Register an agent: who maintains a runtime or publishes a source.

    Example: aruntime new agent my-company --label "My Company" --into drafts
    """
    show_paths(new.agent(slug, given, into))
