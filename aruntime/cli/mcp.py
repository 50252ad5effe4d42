"""``aruntime mcp``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aruntime.cli import load
from aruntime.cli.options import open_graph, overlay_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("mcp")
@overlay_options
def command(overlays: tuple[Path, ...], endpoint: str | None) -> None:
    """Answer agents over the Model Context Protocol, on standard input and output.

    Tools are compose, select, compare, why, show, search, ask and list_questions; each answer
    carries its claims and sources. Needs the extra mcp: pip install 'aruntime[mcp]'. An agent's
    settings name the command: {"mcpServers": {"aruntime": {"command": "aruntime", "args": ["mcp"]}}}

    Example: aruntime mcp
    """
    load("agents").run(open_graph(overlays, endpoint))
