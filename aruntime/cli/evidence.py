"""``aruntime evidence``."""

from __future__ import annotations

import click

from aruntime.cli.lazy import Subcommands


@click.group("evidence", cls=Subcommands, names=("pin", "verify", "drift", "refresh", "stale"))
def command() -> None:
    """Pin, verify and compare the cited lines.

    Example: aruntime evidence stale
    """
