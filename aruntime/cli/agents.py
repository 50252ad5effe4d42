"""What ``aruntime mcp`` runs; loaded when it is used, see :func:`aruntime.cli.load`."""

from __future__ import annotations

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.session import Session

try:
    from aruntime import tools
except ImportError as missing:
    MISSING: str | None = missing.name
else:
    MISSING = None


def run(graph: Graph) -> None:
    """Answer until standard input ends.

    Raises:
        UsageError: the extra is not installed.
    """
    if MISSING:
        raise UsageError(f"{MISSING} is not installed; pip install 'aruntime[mcp]'")
    tools.server(Session(graph.engine)).run("stdio")
