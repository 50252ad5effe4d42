"""The graph as the files are now, for the rules to look at: the compiled store, if there is one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pyoxigraph import Store

from aruntime import build, corpus
from aruntime.model import Term
from aruntime.store import DERIVED, Fact, holds, match, open_store, quad


def current(overlays: Sequence[Path] = ()) -> Store:
    """The compiled store of the shipped files with *overlays*, or its equal in memory.

    Who has just edited a file has none, and is not made to wait for it; nothing is written.

    Raises:
        DataError: a file is malformed.
        UsageError: an overlay does not exist.
    """
    found = open_store(build.folder_of(overlays))
    return build.in_memory(corpus.load(overlays)) if found is None else found


def is_stated(fact: Fact, store: Store) -> bool:
    """Whether a fact of *store* stands in a file, or follows from what a file leaves unsaid."""
    return not holds(store, quad(fact, DERIVED))


def described_by_shipped(nodes: Collection[Term]) -> set[Term]:
    """Which of some nodes the shipped files describe."""
    if not nodes:
        return set()
    plain = open_store(build.folder_of())
    if plain is None:
        stated = {triple.subject for triple in corpus.load().triples()}
        return {node for node in nodes if node in stated}
    return {n for n in nodes if any(is_stated(fact, plain) for fact in match(plain, n))}
