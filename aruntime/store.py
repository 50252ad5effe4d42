"""The compiled store: everything stated and everything derived, on disk, read-only, addressed by its content.

A store is built in a temporary folder and renamed into place, so that a reader sees a whole store or none. It holds

* in the default graph the union of all graphs, each triple once: what questions are asked of;
* in ``graph/derived`` what follows from the rest, and in ``graph/overlay/n`` what each overlay states.

A cache that is broken, foreign or out of date is rebuilt, never trusted.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from aruntime import corpus, paths
from aruntime.corpus import DERIVED, OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.infer import Closure, Fact, direct
from aruntime.model import text
from aruntime.terms import NS, PREFIXES

LAYOUT: Final = "3"
"""Changes whenever a store built by an older version must not be read."""
KEEP: Final = 6
"""How many compiled stores stay in the cache."""

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_SIGN: Final = Quad(NamedNode(NS.removesuffix("#")), _TYPE, NamedNode(PREFIXES["owl"] + "Ontology"), DefaultGraph())
"""What every store of ours holds; counting its quads would take longer than most answers."""


def schema(stated: Corpus) -> Iterator[Triple]:
    """Triples of the ontology and its vocabularies, as shipped; an overlay can add no axiom."""
    vocabulary = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
    return chain.from_iterable(triples for name, triples in stated.graphs.items() if name in vocabulary)


def facts(stated: Corpus, store: Store) -> Iterator[Fact]:
    """What the closure starts from beside the schema: types, and direct statements from promoted claims."""
    for triple in stated.triples():
        if triple.predicate == _TYPE:
            yield triple.subject, triple.predicate, triple.object
    for fact, _, _ in direct(store):
        yield fact


def derive(stated: Corpus, store: Store) -> list[Triple]:
    """Everything that follows from the corpus whose triples *store* holds; no blank node is told of."""
    directs = {fact: None for fact, _, _ in direct(store)}
    closure = Closure(schema(stated), facts(stated, store))
    given = {(t.subject, t.predicate, t.object) for t in stated.triples()}
    return [
        Triple(subject, predicate, value)
        for subject, predicate, value in chain(directs, closure.derived)
        if (subject, predicate, value) not in given and isinstance(subject, NamedNode) and not _blank(value)
    ]


def clashes(stated: Corpus, store: Store) -> list[tuple[str, str, str]]:
    """What belongs to two classes that are disjoint, once everything that follows is drawn."""
    found = Closure(schema(stated), facts(stated, store)).clashes()
    return [(text(member) or "", text(one) or "", text(other) or "") for member, one, other in found]


def _blank(value: object) -> bool:
    return type(value).__name__ == "BlankNode"


def fill(store: Store, stated: Corpus) -> None:
    """Put a corpus and what follows from it into an empty *store*."""
    default, derived = DefaultGraph(), NamedNode(DERIVED)
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, default) for t in stated.triples())
    conclusions = derive(stated, store)
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, g) for t in conclusions for g in (default, derived))
    for name, triples in stated.graphs.items():
        if name.startswith(OVERLAY):
            store.bulk_extend(Quad(t.subject, t.predicate, t.object, NamedNode(name)) for t in triples)


def in_memory(stated: Corpus) -> Store:
    """A store of the corpus and what follows from it, kept in memory."""
    store = Store()
    fill(store, stated)
    return store


Finish = Callable[[Store, Path], None]
"""What is kept beside a store once it is filled: given the store and the folder to write to."""


def _nothing(store: Store, folder: Path) -> None:
    """Nothing is kept beside the store."""


def open_compiled(overlays: Sequence[Path] = (), finish: Finish = _nothing) -> Store:
    """The compiled store of the shipped corpus with *overlays*, built first where the cache lacks it.

    Raises:
        DataError: a file cannot be read, or the cache folder cannot be written.
    """
    folder = location(overlays)
    try:
        opened = Store.read_only(str(folder / "graph"))
        if _SIGN in opened:
            return opened
        return Store.read_only(str(build(overlays, finish) / "graph"))
    except (OSError, ValueError, RuntimeError):
        return Store.read_only(str(build(overlays, finish) / "graph"))


def location(overlays: Sequence[Path] = ()) -> Path:
    """Where the compiled store of these files lies, or would lie: named by names, sizes and times of the files."""
    return paths.cache() / f"store-{_signature(overlays)}"


def _signature(overlays: Sequence[Path]) -> str:
    """A digest of what a build depends on, without reading it: a changed file changes its size or time."""
    total = hashlib.blake2b(LAYOUT.encode(), digest_size=16)
    base = paths.root()
    for folder in (base / "ontology", base / "data", base / "queries"):  # a build keeps answers, which depend on the questions
        _stat_tree(folder, total.update)
    for path in corpus.overlay_files(overlays):
        status = path.stat()
        total.update(f"{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return total.hexdigest()


def _stat_tree(folder: Path, update: object) -> None:
    assert callable(update)
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            _stat_tree(Path(entry.path), update)
        elif not entry.name.startswith("."):
            status = entry.stat()
            update(f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())


def build(overlays: Sequence[Path] = (), finish: Finish = _nothing) -> Path:
    """Compile the store, whether or not the cache has it, and return its folder.

    The store appears in one step; until then, and if the build is killed, an older one stays as it was.
    """
    import shutil
    import tempfile

    target = location(overlays)
    stated = corpus.load(overlays)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    except OSError as error:
        raise DataError(f"the cache cannot be written: {error.strerror}; set ARUNTIME_CACHE to a folder that can", path=target.parent) from None
    try:
        store = Store(str(temporary / "graph"))
        fill(store, stated)
        finish(store, temporary)
        store.optimize()
        store.flush()
        del store
        _replace(temporary, target)
    except OSError as error:
        raise DataError(f"the store cannot be written: {error}", path=target) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget(target)
    return target


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
    """Remove all but the newest stores."""
    import shutil

    stores: Iterable[Path] = (p for p in current.parent.glob("store-*") if p != current)
    for old in sorted(stores, key=lambda p: p.stat().st_mtime, reverse=True)[KEEP - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
