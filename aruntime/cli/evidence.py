"""``aruntime evidence``."""

from __future__ import annotations

import click

from aruntime.cli import Lazy


@click.group("evidence", cls=Lazy, names=("pin", "verify", "drift", "refresh", "stale"))
def command() -> None:
    """Cite lines of sources, check them, and compare them with newer versions.

    Example: aruntime evidence stale
    """
