"""What ``aruntime mcp`` runs; loaded when it is used, see :func:`aruntime.cli.load`."""

from __future__ import annotations

from aruntime import mcp_server
from aruntime.graph import Graph
from aruntime.session import Session


def run(graph: Graph) -> None:
    """Answer until standard input ends."""
    mcp_server.server(Session(graph.engine)).run("stdio")
