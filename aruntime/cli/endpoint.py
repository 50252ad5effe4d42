"""What the option ``--endpoint`` needs; loaded where it is given, see :func:`aruntime.cli.load`."""

from __future__ import annotations

from aruntime.engines.remote import Remote
from aruntime.graph import Graph


def graph(address: str) -> Graph:
    """The graph that a SPARQL 1.1 endpoint serves.

    Raises:
        UsageError: the address is no http or https URL.
    """
    return Graph(Remote(address))
