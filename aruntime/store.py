"""The compiled store: everything stated and everything derived, on disk, read-only, addressed by names, sizes and times of its files.

A store is built in a temporary folder and renamed into place, so that a reader sees a whole store or none. Its default graph
is the union of all graphs, each triple once: what questions are asked of. When only some data files have changed, a store
starts as a copy of an older one (hard links, no bytes), in which what depends on them is made anew (:mod:`aruntime.increment`).

A cache that is broken, foreign or out of date is rebuilt, never trusted.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from time import sleep
from typing import Final, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from aruntime import compiled, corpus
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.increment import DIRECT, DRAWN, RESTATED, SCHEMA, UNION, find, quad_of, update
from aruntime.infer import AXIOMS, KINDS, Closure, Fact, direct
from aruntime.ledger import SOUND, Ledger, stamp_of, union
from aruntime.model import Term
from aruntime.terms import GRAPH, iri

KEEP: Final = 6
"""How many compiled stores stay in the cache."""

ABANDONED: Final = 6 * 3600
"""Seconds after which no build is still under way."""
PATIENCE: Final = 50
"""Times that removing a folder is tried."""
REPEATED: Final = NamedNode(GRAPH + "repeated")
"""What more than one file states."""
_TYPE: Final = iri("rdf:type")


def schema(stated: Corpus) -> Iterator[Triple]:
    """Triples of the ontology and its vocabularies, as shipped; an overlay can add no axiom."""
    vocabulary = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
    return chain.from_iterable(triples for name, triples in stated.graphs.items() if name in vocabulary)


def facts(store: Store) -> Iterator[Fact]:
    """What the closure starts from beside the schema: stated types, and direct statements from promoted claims."""
    types = (fact for fact in find(store, UNION, predicate=_TYPE) if quad_of(fact, DRAWN) not in store)
    return chain(types, (fact for fact, _, _ in direct(store)))


def following(store: Store, axioms: Iterable[Triple]) -> tuple[dict[Fact, None], dict[Fact, None]]:
    """Direct statements, and with them everything that follows from what *store* states; no blank node is told of."""
    directs = dict.fromkeys(fact for fact, _, _ in direct(store))
    derived = Closure(axioms, chain(find(store, UNION, predicate=_TYPE), directs)).derived
    named = (fact for fact in derived if isinstance(fact[0], NamedNode) and not isinstance(fact[2], BlankNode))
    return directs, directs | dict.fromkeys(named)


def _draw(store: Store, facts: Iterable[Fact]) -> list[Fact]:
    """Add facts that are not stated, and return those that are."""
    stated: list[Fact] = []
    drawn: list[Fact] = []
    for fact in facts:
        (stated if quad_of(fact, UNION) in store else drawn).append(fact)
    store.bulk_extend(quad_of(fact, graph) for graph in (UNION, DRAWN) for fact in drawn)
    return stated


def in_memory(stated: Corpus) -> Store:
    """A store of the corpus and what follows from it, kept in memory."""
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, UNION) for t in stated.triples())
    _draw(store, following(store, schema(stated))[1])
    return store


Finish = Callable[[Store, Path, Collection[Term] | None], None]
"""Keeps something beside a store once it is filled: given the store, its folder, and what a change concerned (all, if ``None``)."""


def _nothing(store: Store, folder: Path, concerned: Collection[Term] | None) -> None:
    """Nothing is kept beside the store."""


def open_compiled(overlays: Sequence[Path] = (), finish: Finish = _nothing) -> Store:
    """The compiled store of the shipped corpus with *overlays*, built first where the cache lacks it.

    Raises:
        DataError: a file cannot be read, or the cache folder cannot be written.
    """
    target = location(overlays)
    if (found := compiled.opened(target)) is not None:
        return found
    with _alone(target.parent):
        if (found := compiled.opened(target)) is None:  # no other program has built it while this one waited
            found = Store.read_only(str(_build(overlays, finish) / "graph"))
        return found


def location(overlays: Sequence[Path] = ()) -> Path:
    """Where the compiled store of these files lies, or would lie: named by names, sizes and times of the files."""
    return Path(compiled.location(corpus.overlay_files(overlays)))


def is_sound(overlays: Sequence[Path]) -> bool:
    """Whether these overlays, as they are, were compiled and found to keep all rules."""
    return (location(overlays) / SOUND).is_file()


def mark_sound(overlays: Sequence[Path]) -> None:
    """Remember that the compiled overlays keep all rules, if another program has not cleared the cache meanwhile."""
    with suppress(OSError):
        (location(overlays) / SOUND).touch()


def build(overlays: Sequence[Path] = (), finish: Finish = _nothing, *, whole: bool = False) -> Path:
    """Compile the store, whether or not the cache has it, and return its folder.

    The store appears in one step; until then, and if the build is killed, an older one stays as it was.

    Args:
        whole: start from nothing, even if the cache has a store to start from.
    """
    with _alone(location(overlays).parent):
        return _build(overlays, finish, whole=whole)


def _build(overlays: Sequence[Path], finish: Finish, *, whole: bool = False) -> Path:
    target, files = location(overlays), corpus.sources(overlays)
    for way in (_compile,) if whole else (_continue, _compile):
        with _scratch(target) as folder:
            try:
                if way(target.parent, files, folder, finish):
                    _replace(folder, target)
                    break
            except OSError as error:
                raise DataError(f"the store cannot be written: {error}", path=target) from None
    _forget(target)
    return target


def _compile(cache: Path, files: Mapping[str, Path], folder: Path, finish: Finish) -> bool:
    """Build a store from nothing, file by file; always done."""
    vocabulary = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
    axioms: list[Triple] = []
    ledger = Ledger.begin(folder)
    total = 0

    def stated() -> Iterator[Quad]:
        nonlocal total
        for name, path in files.items():
            stamp = stamp_of(path)  # before it is read: what is saved meanwhile has another
            triples = dict.fromkeys(corpus.triples_of(path))
            ledger.keep(name, stamp, triples)
            axioms.extend(triples if name in vocabulary else ())
            quads = _quads(name, triples)
            total += len(quads)
            yield from quads

    store = Store(str(folder / "graph"))
    store.bulk_extend(stated())
    if len(store) < total:
        store.extend(Quad(t.subject, t.predicate, t.object, REPEATED) for t in ledger.repeated())
    directs, drawn = following(store, axioms)
    stated_too = _draw(store, drawn)
    store.bulk_extend(quad_of(fact, DIRECT) for fact in directs)
    store.bulk_extend(quad_of(fact, RESTATED) for fact in stated_too if fact[1] != _TYPE)
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, SCHEMA) for t in axioms if t.predicate in AXIOMS or t.object in KINDS)
    finish(store, folder, None)
    store.optimize()
    store.flush()
    ledger.close()
    return True


def _quads(name: str, triples: Iterable[Triple]) -> list[Quad]:
    """What a file adds to a store: an overlay's triples stand in a graph of their own as well."""
    graphs = (UNION, NamedNode(name)) if name.startswith(OVERLAY) else (UNION,)
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples for graph in graphs]


class _Continued(NamedTuple):
    """A copy of an older store, brought in step with the files, and what its keeper needs to know.

    Attributes:
        concerned: nodes that the change concerned.
        now: what each changed file states; one that is gone is absent.
        stamps: stamps of the changed files, from before they were read.
    """

    store: Store
    ledger: Ledger
    concerned: set[Term]
    changed: list[str]
    now: dict[str, dict[Triple, None]]
    stamps: dict[str, str]


def _continued(cache: Path, files: Mapping[str, Path], folder: Path) -> _Continued | None:
    """The continuation in *folder* of the newest store in *cache* that can be continued, if there is one."""
    for old in _newest_first(cache):
        ledger = Ledger.read(old)
        changed = ledger.changed(files) if ledger else None
        before = compiled.opened(old) if changed is not None else None
        if ledger is None or changed is None or before is None:
            continue
        stamps = {name: stamp_of(files[name]) for name in changed if name in files}
        was = {name: ledger.stated(name) for name in changed}
        now = {name: dict.fromkeys(corpus.triples_of(files[name])) for name in changed if name in files}
        lost, won = union(was.values()), union(now.values())
        removed = [t for t in lost if t not in won]
        added = [t for t in won if t not in lost]
        if any(_in(before, t, REPEATED) for t in removed):
            continue
        elsewhere = {t for t in added if _in(before, t, UNION) and not _in(before, t, DRAWN)}
        repeated = elsewhere | {t for t, files_of in Counter(chain.from_iterable(now.values())).items() if files_of > 1}
        before.backup(str(folder / "graph"))
        store = Store(str(folder / "graph"))
        store.extend(Quad(t.subject, t.predicate, t.object, REPEATED) for t in repeated)
        for name in changed:
            if name.startswith(OVERLAY):
                store.remove_graph(NamedNode(name))
                store.extend(quad for quad in _quads(name, now.get(name, ())) if quad.graph_name != UNION)
        concerned = update(before, store, removed, [t for t in added if t not in elsewhere])
        return _Continued(store, ledger, concerned, changed, now, stamps)
    return None


def _continue(cache: Path, files: Mapping[str, Path], folder: Path, finish: Finish) -> bool:
    """Build a store in *folder* as the continuation of an older one; whether there was one that is whole."""
    try:
        continued = _continued(cache, files, folder)
        if continued is None:
            return False
        ledger = continued.ledger.successor(folder)
        for name in continued.changed:
            ledger.keep(name, continued.stamps[name], continued.now[name]) if name in continued.now else ledger.drop(name)
        finish(continued.store, folder, continued.concerned)
        continued.store.flush()
        ledger.close()
    except (OSError, ValueError, RuntimeError):
        return False
    del continued
    return compiled.opened(folder) is not None


@contextmanager
def current(overlays: Sequence[Path] = ()) -> Iterator[Store]:
    """The graph of the files as they are, for as long as it is looked at: nothing is kept that was not there before.

    Raises:
        DataError: a file cannot be read, or the cache folder cannot be written.
    """
    target, files = location(overlays), corpus.sources(overlays)
    if (found := compiled.opened(target)) is not None:
        yield found
        return
    with _scratch(target) as folder:
        try:
            continued = _continued(target.parent, files, folder)
        except (OSError, ValueError, RuntimeError):  # the older store is damaged
            continued = None
        yield in_memory(corpus.load(overlays)) if continued is None else continued.store


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Builds in one cache take turns; a program that ends gives its turn up. Where nothing can be locked, the build itself fails or goes on."""
    with ExitStack() as held:
        with suppress(ImportError, OSError):
            import fcntl

            cache.mkdir(parents=True, exist_ok=True)
            folder = os.open(cache, os.O_RDONLY)
            held.callback(os.close, folder)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder beside *target*, which is gone afterwards unless it was renamed."""
    import shutil
    import tempfile

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    except OSError as error:
        raise DataError(f"the cache cannot be written: {error.strerror}; set ARUNTIME_CACHE to a folder that can", path=target.parent) from None
    try:
        yield folder
    finally:
        for _ in range(PATIENCE):  # a store that is still being closed may put one more file there
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            sleep(0.02)


def _in(store: Store, triple: Triple, graph: NamedNode | DefaultGraph) -> bool:
    return Quad(triple.subject, triple.predicate, triple.object, graph) in store


def _newest_first(cache: Path) -> list[Path]:
    """Stores of a cache; one that another program removes meanwhile is left out."""
    found = []
    for path in cache.glob("store-*"):
        with suppress(OSError):
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def _replace(built: Path, target: Path) -> None:
    """Move a finished store into place, over a broken one if need be."""
    import shutil

    if target.exists():
        grave = built.with_name(built.name + "-old")
        target.rename(grave)
        if grave.is_dir():
            shutil.rmtree(grave, ignore_errors=True)
        else:
            grave.unlink()
    built.rename(target)


def _forget(current: Path) -> None:
    """Remove all but the newest stores, and what builds that were killed left behind."""
    import shutil

    old = [path for path in _newest_first(current.parent) if path != current][KEEP - 1 :]
    dead = [path for path in current.parent.glob(".building-*") if current.stat().st_mtime - path.stat().st_mtime > ABANDONED]
    for path in (*old, *dead):
        shutil.rmtree(path, ignore_errors=True)
