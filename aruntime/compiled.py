"""Where compiled stores lie, and opening one: all of :mod:`aruntime.store` that a command needs which builds nothing.

A store's folder is named by what it was built from: a changed file, an overlay or another layout leads to another folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from aruntime import paths
from aruntime.terms import NS, PREFIXES

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL too, which takes a tenth of a command's time
except ImportError:  # a Python that builds its digests in another way
    from hashlib import blake2b

LAYOUT: Final = "10"
"""Changes whenever a store built by an older version must not be read."""

_SIGN: Final = Quad(NamedNode(NS.removesuffix("#")), NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["owl"] + "Ontology"), DefaultGraph())
"""What every store of ours holds; counting its quads would take longer than most answers."""


def location(overlays: Iterable[str | os.PathLike[str]] = ()) -> str:
    """The folder of the store of the shipped files with these overlay files, whether or not it was built."""
    return os.path.join(paths.cache_folder(), f"store-{_signature(overlays)}")


def opened(folder: str | os.PathLike[str]) -> Store | None:
    """The store in *folder*, read-only, or ``None`` if it is absent, broken or foreign."""
    try:
        store = Store.read_only(os.path.join(folder, "graph"))
        return store if _SIGN in store else None
    except (OSError, ValueError, RuntimeError):
        return None


def _signature(overlays: Iterable[str | os.PathLike[str]]) -> str:
    """A digest of what a build depends on, without reading it: a changed file changes its size or time.

    In a checkout every file is looked at; an installed package is replaced as a whole, and a large one has many files.
    """
    states = [LAYOUT]
    for folder in ("ontology", "data", "queries"):  # a build keeps answers, which depend on the questions
        place = os.path.join(paths.root(), folder)
        states += [f"{place}\0{os.stat(place).st_ctime_ns}"] if paths.installed() else _states(place)
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
