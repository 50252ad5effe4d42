"""``aruntime new``."""

from __future__ import annotations

import click

from aruntime.cli.lazy import Subcommands


@click.group("new", cls=Subcommands, names=("runtime", "claim", "source", "agent"))
def command() -> None:
    """Start the files of a runtime, source or agent, or add a claim to a runtime.

    The files are canonical; aruntime validate then names, line by line, what is left to write.

    Example: aruntime new runtime my-engine --into drafts
    """
