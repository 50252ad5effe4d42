"""Refresh: cited files brought to the newer version in which their passages still stand.

A cited file of which all passages were found in one newer file is rewritten in place. Where some
were edited or are gone, these keep the old file, and the others get a cited file of their own. What
was read, when, and in which release stays as it is: the same words were found again, nobody read
them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths, runtime_files
from aruntime.evidence.drift import FOUND, Drift
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.pin import file_node, file_triples, passage_triples
from aruntime.namespaces import ID, TYPE, iri

_IN_FILE = iri("ar:inFile")
_OF_FILE: Final = frozenset(
    iri(f"ar:{name}") for name in ("path", "repository", "commit", "swhid", "purl", "fileDigest")
)
_OF_PASSAGE: Final = frozenset(
    iri(f"ar:{name}") for name in ("startLine", "endLine", "linesDigest", "anchorTerm", "heading")
)
_FIXED: Final = (iri("ar:source"), iri("ar:evidenceType"))


def refresh(drifts: Iterable[Drift], overlays: Sequence[Path] = ()) -> list[Path]:
    """Rewrite the pins of passages that were found in a newer version.

    Args:
        overlays: private files and folders in which passages may be described, too.

    Returns:
        The files that changed.

    Raises:
        DataError: a file has comments, which would be lost, or cannot be written.
    """
    found = {d.passage.evidence: d.now for d in drifts if d.state in FOUND and d.now is not None}
    places = _places(overlays)
    files: dict[Path, dict[str, Passage]] = {}
    for evidence, now in found.items():
        path = places.get(evidence) or _shipped(evidence)
        files.setdefault(path, {})[evidence] = now
    changed = []
    for path, here in files.items():
        before = corpus.triples_of(path)
        after = _Pins(before).moved(here)
        if set(after) != set(before):
            changed.append(runtime_files.rewrite(path, after))
    return sorted(changed)


def summary(drifts: Sequence[Drift]) -> str:
    """One line that says how many pins are at the newer version."""
    found = sum(one.state in FOUND for one in drifts)
    rest = "the rest is the work list of aruntime evidence drift"
    return f"{found} of {len(drifts)} pins are at the newer version; {rest}"


def _places(overlays: Sequence[Path]) -> dict[str, Path]:
    """The private file in which each passage is described."""
    found = {}
    for path in corpus.overlay_files(overlays):
        for triple in corpus.triples_of(path):
            if triple.predicate == TYPE and triple.object == iri("ar:Evidence"):
                found[triple.subject.value] = path  # type: ignore[union-attr]
    return found


def _shipped(evidence: str) -> Path:
    """The shipped file that describes a passage: its runtime's pins, or the one file of its
    thing."""
    thing = paths.data() / evidence.partition("#")[0].removeprefix(ID)
    pins = thing / "pins.ttl"
    return pins if pins.is_file() else thing.with_name(f"{thing.name}.ttl")


class _Pins:
    """The triples of one file, by subject, and what moves in them."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.nodes: dict[NamedNode, list[Triple]] = {}
        self.rest: list[Triple] = []
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self.nodes.setdefault(triple.subject, []).append(triple)
            else:
                self.rest.append(triple)

    def moved(self, here: dict[str, Passage]) -> list[Triple]:
        """The triples with some passages where they now stand."""
        citing: dict[NamedNode | None, list[NamedNode]] = {}
        for node in self.nodes:
            file = self._value(node, _IN_FILE)
            if file is not None or node.value in here:
                citing.setdefault(file, []).append(node)
        for file, nodes in citing.items():
            moved = {node: here[node.value] for node in nodes if node.value in here}
            for node, now in moved.items():
                self._replace(node, _OF_PASSAGE, passage_triples(node, now))
            if file is None:
                for node, now in moved.items():
                    assert now.file is not None
                    lines = f"{now.file.swhid};lines={now.start}-{now.end}"
                    self._replace(node, _OF_FILE, _qualified(file_triples(node, now.file), lines))
            else:
                self._move(file, nodes, moved)
        return [triple for triples in self.nodes.values() for triple in triples] + self.rest

    def _move(
        self, file: NamedNode, nodes: Sequence[NamedNode], moved: dict[NamedNode, Passage]
    ) -> None:
        """Let the passages of one cited file cite the files in which they now stand."""
        by_file: dict[CitedFile, list[NamedNode]] = {}
        for node, now in moved.items():
            assert now.file is not None
            by_file.setdefault(now.file, []).append(node)
        fixed = {predicate: self._value(file, predicate) for predicate in _FIXED}
        known = {predicate: value for predicate, value in fixed.items() if value is not None}
        vacated = len(moved) == len(nodes)
        for target, citing in by_file.items():
            own = file_triples(file, target)
            if {*own} <= {*self.nodes[file]}:
                vacated = False
                continue
            stated = [triple for triples in self.nodes.values() for triple in triples]
            thing = file.value.partition("#")[0]
            node, added = file_node(thing, target, known, stated, but=file)
            if added and vacated:
                self._replace(file, _OF_FILE, own)
                vacated = False
                continue
            self.nodes.setdefault(node, []).extend(added)
            for one in citing:
                self._replace(one, frozenset((_IN_FILE,)), [Triple(one, _IN_FILE, node)])
        if vacated:
            del self.nodes[file]

    def _value(self, node: NamedNode, predicate: NamedNode) -> NamedNode | None:
        values = (t.object for t in self.nodes.get(node, ()) if t.predicate == predicate)
        return next((value for value in values if isinstance(value, NamedNode)), None)

    def _replace(
        self, node: NamedNode, predicates: frozenset[NamedNode], triples: list[Triple]
    ) -> None:
        kept = [t for t in self.nodes.get(node, ()) if t.predicate not in predicates]
        self.nodes[node] = [*kept, *triples]


def _qualified(triples: list[Triple], swhid: str) -> list[Triple]:
    """A file's triples where they stand on a passage itself, whose SWHID names the lines."""
    wanted = iri("ar:swhid")
    return [
        Triple(t.subject, wanted, Literal(swhid)) if t.predicate == wanted else t for t in triples
    ]
