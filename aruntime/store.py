"""Opening the compiled store: a folder of the user's cache, named by a digest of what it was built
from.

A changed file, an overlay or another layout leads to another folder. :mod:`aruntime.build` makes
stores; this module is all that a command needs which finds one there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from aruntime import paths
from aruntime.digest import blake2b
from aruntime.errors import DamageError
from aruntime.model import Term
from aruntime.namespaces import GRAPH, NS, PREFIXES

LAYOUT: Final = "15"
"""Changes whenever a store built by an older version must not be read."""
MARKER: Final = "aruntime-store"
"""A file in every folder that this program makes in the cache, and so may delete."""
CHECKED: Final = "overlays-checked"
"""Holds the digest of overlays that broke no rule when they were compiled."""
SEAL: Final = "seal"
"""Lists the database's files with their sizes and digests; its first line is its own digest."""
_UNSEALED: Final = ("LOCK", "LOG")
"""Files of the database that say nothing."""

UNION: Final = DefaultGraph()
"""The graph that queries are asked of: everything stated and everything inferred, each triple
once."""
DERIVED: Final = NamedNode(GRAPH + "derived")
"""The graph of what was inferred and is stated in no file."""
_HEADER: Final = Quad(
    NamedNode(NS.removesuffix("#")),
    NamedNode(PREFIXES["rdf"] + "type"),
    NamedNode(PREFIXES["owl"] + "Ontology"),
    UNION,
)

Fact = tuple[Term, NamedNode, Term]
"""A triple as a plain tuple of subject, predicate and object."""


def location(overlays: Iterable[str | os.PathLike[str]] = ()) -> str:
    """The folder of the store of the shipped files with these overlay files, whether or not it was
    built."""
    return os.path.join(paths.cache_folder(), f"store-{_digest(overlays)}")


def open_store(folder: str | os.PathLike[str]) -> Store | None:
    """The store in *folder*, read-only, or ``None`` if it is absent, damaged or not one of ours.

    Whatever the database does not verify itself is verified here: which files there are, their
    sizes, and the digests of all but the tables, whose blocks it verifies by checksum as they are
    read. The ontology's header tells a store of this program from any other. The folder's time
    becomes that of this use, so that the stores that are not used go first.
    """
    try:
        if damaged_files(folder, deep=False):
            return None
        store = Store.read_only(os.path.join(folder, "graph"))
        if _HEADER not in store:
            return None
    except (OSError, ValueError, RuntimeError):
        return None
    with suppress(OSError):  # where nothing may be written, nothing is removed either
        os.utime(folder)
    return store


def seal(folder: str | os.PathLike[str]) -> None:
    """Write down what the finished database in *folder* consists of.

    Raises:
        OSError: the disk refuses.
    """
    lines = [_line(os.path.join(folder, "graph", name), name) for name in _database(folder)]
    body = "\n".join(lines).encode()
    with open(os.path.join(folder, SEAL), "wb") as file:
        file.write(_hash(body).encode() + b"\n" + body)
        file.flush()
        os.fsync(file.fileno())


def damaged_files(folder: str | os.PathLike[str], *, deep: bool = True) -> list[str]:
    """Names of the files of a store that are not what they were when it was finished.

    Args:
        deep: read the tables too, which takes a moment; otherwise their sizes must do.
    """
    try:
        with open(os.path.join(folder, SEAL), "rb") as file:
            head, _, body = file.read().partition(b"\n")
        if head != _hash(body).encode():
            return [SEAL]
        sealed = {line.rpartition(" ")[2]: line for line in body.decode().split("\n")}
        found = {
            name: _line(os.path.join(folder, "graph", name), name, sealed.get(name), deep)
            for name in _database(folder)
        }
    except OSError as error:
        return [os.path.basename(error.filename or SEAL)]
    names = sorted(sealed.keys() | found.keys())
    return [name for name in names if sealed.get(name) != found.get(name)]


def unseal(folder: str | os.PathLike[str]) -> None:
    """Let the next command build the store anew."""
    with suppress(OSError):
        os.unlink(os.path.join(folder, SEAL))


def damage(error: BaseException) -> DamageError | None:
    """What is said of a store whose database found damage as it was read; ``None`` for other
    errors."""
    if "orruption" not in str(error):
        return None
    return DamageError(f"the compiled store is damaged ({error}); aruntime build makes it anew")


def _database(folder: str | os.PathLike[str]) -> list[str]:
    """Files of the database in a store that say something, sorted."""
    names = os.listdir(os.path.join(folder, "graph"))
    return sorted(name for name in names if not name.startswith(_UNSEALED))


def _line(path: str, name: str, known: str | None = None, deep: bool = True) -> str:
    """Digest, size and name of a file; the digest of a table is taken from *known* unless it is to
    be read."""
    size = os.stat(path).st_size
    if name.endswith(".sst") and known is not None and not deep:
        return f"{known.partition(' ')[0]} {size} {name}"
    with open(path, "rb") as file:
        return f"{_hash(file.read())} {size} {name}"


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def overlays_checked(folder: str) -> bool:
    """Whether the overlays of the store in *folder* were validated and broke no rule."""
    try:
        with open(os.path.join(folder, CHECKED), encoding="utf-8") as file:
            return file.read() == os.path.basename(folder)
    except (OSError, UnicodeDecodeError):
        return False


def quad(fact: Fact, graph: NamedNode | DefaultGraph = UNION) -> Quad:
    """A fact in a graph."""
    subject, predicate, value = fact
    assert not isinstance(subject, Literal)
    return Quad(subject, predicate, value, graph)


def match(
    store: Store,
    subject: Term | None = None,
    predicate: Term | None = None,
    value: Term | None = None,
    graph: NamedNode | DefaultGraph = UNION,
) -> Iterator[Fact]:
    """Facts of one graph that match what is given; nothing matches a literal as subject.

    Raises:
        DamageError: the store is damaged.
    """
    if isinstance(subject, Literal):
        return
    try:
        for found in store.quads_for_pattern(subject, predicate, value, graph):  # type: ignore[arg-type]
            yield found.subject, found.predicate, found.object
    except (OSError, RuntimeError, ValueError) as error:
        raise damage(error) or error from None


def holds(store: Store, wanted: Quad) -> bool:
    """Whether a store holds a quad.

    Raises:
        DamageError: the store is damaged.
    """
    try:
        return wanted in store
    except (OSError, RuntimeError, ValueError) as error:
        raise damage(error) or error from None


def _digest(overlays: Iterable[str | os.PathLike[str]]) -> str:
    """A digest of names, sizes and times of the files that a build reads, without reading them.

    In a checkout every file is looked at; an installed package is replaced as a whole, so that the
    time of each of its folders says enough.
    """
    states = [LAYOUT]
    for folder in ("ontology", "data"):
        place = os.path.join(paths.root(), folder)
        installed = paths.installed()
        states += [f"{place}\0{os.stat(place).st_ctime_ns}"] if installed else _states(place)
    states += (_state(os.path.realpath(file), os.stat(file)) for file in overlays)
    return blake2b("\n".join(states).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _states(folder: str) -> Iterator[str]:
    """Name, size and time of every file below *folder*, in the order of names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _states(entry.path)
        elif not entry.name.startswith("."):
            yield _state(entry.path, entry.stat())


def _state(path: str, status: os.stat_result) -> str:
    return f"{path}\0{status.st_size}\0{status.st_mtime_ns}"
