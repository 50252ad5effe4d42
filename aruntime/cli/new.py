"""``aruntime new``."""

from __future__ import annotations

import click

from aruntime.cli import Lazy


@click.group("new", cls=Lazy, names=("runtime", "claim", "source", "agent", "overlay"))
def command() -> None:
    """Start the files of a runtime, source or agent, add a claim to a runtime, or begin an overlay.

    What you must still write is marked TODO; aruntime validate names each line of it.

    Example: aruntime new runtime my-engine --into drafts
    """
