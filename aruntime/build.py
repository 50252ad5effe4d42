"""Making a store: everything that the files state, and everything that follows from it.

A store is built in a temporary folder of the cache and renamed, so that a reader sees a whole store
or none. Builds in one cache take turns, by a lock that ends with the process that holds it; what
killed builds left goes at the next one.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from aruntime import atomic, corpus, folder
from aruntime.closure import Closure, carried, narrower
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.infer import add_defaults, axiom_annotations, direct
from aruntime.namespaces import TYPE
from aruntime.store import (
    CHECKED,
    DERIVED,
    MARKER,
    UNION,
    Fact,
    location,
    match,
    open_store,
    quad,
    seal,
)

KEEP: Final = 6
"""How many stores stay in the cache; those that were used last."""


def schema(stated: Corpus) -> Iterator[Triple]:
    """Triples of the shipped ontology and its vocabularies; an overlay can add no axiom."""
    vocabulary = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
    for name in vocabulary & stated.graphs.keys():
        for t in stated.graphs[name]:
            yield t.triple if isinstance(t, Quad) else t


def fill(store: Store, stated: Corpus) -> Store:
    """Load a corpus and what follows from it into an empty *store*, and return that store.

    Inferred triples with blank nodes serve as premises and are not stored, but for the annotations
    of what follows from claims.
    """
    store.bulk_extend(_quads(stated))
    add_defaults(store)
    axioms = list(schema(stated))
    given = list(premises(store, axioms))
    reasons = dict.fromkeys((fact, claim) for fact, _, claim in direct(store))
    directs = dict.fromkeys(fact for fact, _ in reasons)
    closure = Closure(axioms, chain(given, directs))
    derived = dict.fromkeys(chain(directs, closure.derived))
    new = [fact for fact in derived if _is_named(fact) and quad(fact) not in store]
    store.bulk_extend(
        quad(fact, graph)
        for fact in chain(new, axiom_annotations(carried(closure, reasons)))
        for graph in (UNION, DERIVED)
    )
    return store


def premises(store: Store, axioms: Iterable[Triple]) -> Iterator[Fact]:
    """What the closure starts from, beside the schema and direct statements.

    Types, and what is stated with a property that has a wider one, such as ``ar:evidence``.
    """
    return chain(match(store, predicate=TYPE), narrower(store, axioms))


def _quads(stated: Corpus) -> Iterator[Quad]:
    """Every statement in the default graph, and those of an overlay in a graph of its own as
    well."""
    for name, statements in stated.graphs.items():
        for t in statements:
            plain = isinstance(t, Quad) and t.graph_name == UNION
            yield t if plain else Quad(t.subject, t.predicate, t.object)  # type: ignore[misc]
            if name.startswith(OVERLAY):
                yield Quad(t.subject, t.predicate, t.object, NamedNode(name))


def _is_named(fact: Fact) -> bool:
    return isinstance(fact[0], NamedNode) and not isinstance(fact[2], BlankNode)


def in_memory(stated: Corpus) -> Store:
    """A store of the corpus and what follows from it that lives in memory alone."""
    return fill(Store(), stated)


def folder_of(overlays: Sequence[Path] = ()) -> Path:
    """Where the compiled store of these files lies, or would lie.

    Raises:
        UsageError: an overlay does not exist.
    """
    return Path(location(corpus.overlay_files(overlays)))


def open_or_build(overlays: Sequence[Path] = ()) -> Store:
    """The compiled store of the shipped corpus with *overlays*, built first where the cache lacks
    it.

    Raises:
        DataError: a file cannot be read, or the cache folder cannot be written.
    """
    target = folder_of(overlays)
    if (found := open_store(target)) is not None:
        return found
    with _lock(target.parent):
        if (
            found := open_store(target)
        ) is None:  # no other program has built it while this one waited
            found = Store.read_only(str(_build(overlays) / "graph"))
        return found


def build(overlays: Sequence[Path] = ()) -> Path:
    """Compile the store, whether or not the cache has it, and return its folder.

    Raises:
        DataError: a file cannot be read, or the cache folder cannot be written.
    """
    with _lock(folder_of(overlays).parent):
        return _build(overlays)


def mark_checked(overlays: Sequence[Path]) -> None:
    """Remember that the compiled overlays break no rule; forgotten where the cache cannot be
    written."""
    target = folder_of(overlays)
    with suppress(DataError):
        atomic.write(target / CHECKED, target.name.encode())


def _build(overlays: Sequence[Path]) -> Path:
    target = folder_of(overlays)
    with (
        _scratch(target) as made,
        _progress(f"building the store of {len(corpus.sources(overlays))} files"),
    ):
        try:
            store = Store(str(made / "graph"))
            store.bulk_extend(in_memory(corpus.load(overlays)))  # where rules are applied faster
            store.flush()
            del store
            seal(made)
            _set_aside(target)
            folder.put(made, target, MARKER)
        except OSError as error:
            raise DataError(f"the store cannot be written: {error}", path=target) from None
    _forget(target)
    return target


@contextmanager
def _progress(text: str) -> Iterator[None]:
    """Say on a terminal what takes a moment; silent elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    print(f"aruntime: {text} (only after a change) …", end="", file=sys.stderr, flush=True)
    begun = time.monotonic()
    try:
        yield
    finally:
        print(f" {time.monotonic() - begun:.1f} s", file=sys.stderr)


@contextmanager
def _lock(cache: Path) -> Iterator[None]:
    """Hold the cache's build lock; where nothing can be locked, the build itself fails or goes on
    alone."""
    try:
        import fcntl

        cache.mkdir(parents=True, exist_ok=True)
        handle = os.open(cache, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder of ours beside *target*, which is gone afterwards unless it was renamed."""
    with ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            made = stack.enter_context(folder.scratch(target.parent, ".building-", MARKER))
        except OSError as error:
            remedy = "set ARUNTIME_CACHE to a folder that can"
            raise DataError(
                f"the cache cannot be written: {error.strerror}; {remedy}", path=target.parent
            ) from None
        yield made


def _set_aside(target: Path) -> None:
    """Rename what stands in a store's place and was not made by us: nobody's files are removed."""
    with suppress(OSError):
        target.rmdir()  # a killed removal leaves it empty
    if os.path.lexists(target) and not folder.is_ours(target, MARKER):
        number = next(n for n in count(1) if not os.path.lexists(f"{target}-not-ours-{n}"))
        target.rename(f"{target}-not-ours-{number}")


def _forget(current: Path) -> None:
    """Remove all stores but those used last."""
    found = [p for p in current.parent.glob("store-*") if folder.is_ours(p, MARKER)]
    stores = sorted((path for path in found if path != current), key=_age)
    for path in stores[: max(0, len(stores) - KEEP + 1)]:
        folder.remove(path, MARKER)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
