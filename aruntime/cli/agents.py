"""What ``aruntime mcp`` runs; loaded when it is used, see :func:`aruntime.cli.load`."""

from __future__ import annotations

from aruntime import tools
from aruntime.graph import Graph
from aruntime.session import Session


def run(graph: Graph) -> None:
    """Answer until standard input ends."""
    tools.server(Session(graph.engine)).run("stdio")
