"""Opening the graph: from the compiled store, which is compiled first where the cache lacks it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Store

from aruntime import build
from aruntime.engines.oxigraph import Oxigraph
from aruntime.graph import Graph
from aruntime.store import damage


def open_graph(overlays: Sequence[Path] = (), *, in_memory: bool = False) -> Graph:
    """The shipped graph with private files beside it.

    Args:
        overlays: RDF files, or folders of them.
        in_memory: copy the graph into memory, where whole-graph questions are three to five times
            as fast; right for a program that asks many.

    Raises:
        DataError: a file is malformed, or the cache cannot be used.
        UsageError: an overlay does not exist.
    """
    store = build.open_or_build(overlays)
    if in_memory:
        return Graph(Oxigraph(copied(store)))
    return Graph(Oxigraph(store, str(build.folder_of(overlays))))


def copied(store: Store) -> Store:
    """A copy of a store in memory.

    Raises:
        DamageError: the store is damaged.
    """
    found = Store()
    try:
        found.bulk_extend(store.quads_for_pattern(None, None, None, None))
    except (OSError, RuntimeError, ValueError) as error:
        raise damage(error) or error from None
    return found
