"""Making a store: everything that the files state, and everything that follows from it.

A store is built in a temporary folder of the cache and renamed, so that a reader sees a whole store
or none. Builds in one cache take turns, by a lock that ends with the process that holds it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from aruntime import atomic, corpus
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.infer import Closure, add_defaults, axiom_annotations, direct, narrower
from aruntime.namespaces import iri
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
)

KEEP: Final = 6
"""How many stores stay in the cache; the oldest go first."""
_TYPE: Final = iri("rdf:type")


def schema(stated: Corpus) -> Iterator[Triple]:
    """Triples of the shipped ontology and its vocabularies; an overlay can add no axiom."""
    vocabulary = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
    for name in vocabulary & stated.graphs.keys():
        for t in stated.graphs[name]:
            yield t.triple if isinstance(t, Quad) else t


def fill(store: Store, stated: Corpus) -> Store:
    """Load a corpus and what follows from it into an empty *store*, and return that store.

    Inferred triples with blank nodes serve as premises and are not stored, but for the annotations
    of direct statements.
    """
    store.bulk_extend(_quads(stated))
    add_defaults(store)
    given = list(premises(store, stated))
    reasons = dict.fromkeys((fact, claim) for fact, _, claim in direct(store))
    directs = dict.fromkeys(fact for fact, _ in reasons)
    derived = dict.fromkeys(chain(directs, Closure(schema(stated), chain(given, directs)).derived))
    new = [fact for fact in derived if _is_named(fact) and quad(fact) not in store]
    store.bulk_extend(
        quad(fact, graph)
        for fact in chain(new, axiom_annotations(reasons))
        for graph in (UNION, DERIVED)
    )
    return store


def premises(store: Store, stated: Corpus) -> Iterator[Fact]:
    """What the closure starts from, beside the schema and direct statements.

    Types, and what is stated with a property that has a wider one, such as ``ar:evidence``.
    """
    return chain(match(store, predicate=_TYPE), narrower(store, schema(stated)))


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
        _scratch(target) as folder,
        _progress(f"building the store of {len(corpus.sources(overlays))} files"),
    ):
        try:
            store = Store(str(folder / "graph"))
            store.bulk_extend(in_memory(corpus.load(overlays)))  # where rules are applied faster
            store.flush()
            del store
            _replace(folder, target)
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
        folder = os.open(cache, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder of ours beside *target*, which is gone afterwards unless it was renamed."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
        (folder / MARKER).touch()
    except OSError as error:
        remedy = "set ARUNTIME_CACHE to a folder that can"
        raise DataError(
            f"the cache cannot be written: {error.strerror}; {remedy}", path=target.parent
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(built: Path, target: Path) -> None:
    """Move a finished store into place, over a damaged one if there is one."""
    if target.exists():
        grave = built.with_name(built.name + "-old")
        target.rename(grave)
        shutil.rmtree(grave, ignore_errors=True) if grave.is_dir() else grave.unlink()
    built.rename(target)


def _forget(current: Path) -> None:
    """Remove all but the newest stores, and what killed builds left: none is under way, since we
    hold the lock."""
    ours = [path for path in current.parent.iterdir() if (path / MARKER).is_file()]
    stores = sorted((p for p in ours if p.name.startswith("store-") and p != current), key=_age)
    for path in (
        *stores[: max(0, len(stores) - KEEP + 1)],
        *(p for p in ours if p.name.startswith(".building-")),
    ):
        shutil.rmtree(path, ignore_errors=True)
    for path in current.parent.glob(".building-*"):
        with suppress(OSError):  # killed before it was marked: nothing is in it, or it is not ours
            path.rmdir()


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
