"""``detect``: which components, in which versions and configurations, does a deployment hold?"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from aruntime.detect.model import (
    STATUSES,
    Detected,
    Detection,
    Fact,
    Place,
    Unrecognised,
    Version,
)
from aruntime.detect.reading import Read, read_paths
from aruntime.detect.recognition import RELATIONS, Key, Keys
from aruntime.graph import Graph

_OWN: Final = ("image", "package", "chart")
"""Kinds of facts that state a version or leave it open: nothing else says it for them."""
_BUILT_IN: Final = re.compile(r"^(?:core|apps|batch|autoscaling|policy|extensions|.*\.k8s\.io)/")
_NONE: Final = Version(None, "unknown", "", None)


_Matched = tuple[Fact, list[Key]]
"""A fact, and the keys that it matches."""


class _Hit(NamedTuple):
    """A component that a key finds in a fact."""

    component: str
    relation: str
    status: str
    fact: Fact
    key: Key

    @property
    def shows(self) -> tuple[str, ...]:
        """The configurations that it shows."""
        return (*self.key.shows, *self.key.starts) if self.fact.entry else self.key.shows

    @property
    def scales(self) -> Iterator[tuple[str, str, str]]:
        """The objects whose number of replicas it sets, by kustomization, namespace and name."""
        said, usual = self.fact.value or "", self.key.sets_replicas
        if usual and said:
            name = said if said.find("/") > 0 else usual.replace("{}", said.strip("/"))
            for root in sorted(self.fact.roots) or [""]:
                yield root, self.fact.namespace, name


def detect(graph: Graph, paths: Sequence[str], stdin: str | None = None) -> Detected:
    """What the files of a deployment say that it holds.

    Args:
        paths: files and folders; ``-`` stands for *stdin*.
        stdin: the text that stands for ``-``: Kubernetes objects, such as a rendered chart.

    Raises:
        UsageError: a path does not exist.

    Example:
        >>> found = detect(open_graph(), ["deploy/"])
        >>> [(row.component, row.version) for row in found.components][:1]
        [('kserve', None)]
    """
    keys = Keys(graph)
    return recognised(read_paths(paths, keys.wanted, stdin), keys)


def recognised(read: Read, keys: Keys) -> Detected:
    """What is recognised in facts that were read."""
    hits: list[_Hit] = []
    unknown: dict[tuple[str, str], Unrecognised] = {}
    clusters: set[str] = set()
    matches: list[tuple[Fact, Key]] = []
    for fact, found in _in_use([(fact, list(keys.matching(fact))) for fact in read.facts], keys):
        matches += [(fact, key) for key in found]
        if fact.kind == "resource" and fact.name == "*":
            if fact.place.file in clusters:
                continue
            clusters.add(fact.place.file)
        if not found and _should_be_known(fact):
            entry = Unrecognised(fact.kind, fact.name, fact.place)
            unknown.setdefault((fact.kind, fact.name), entry)
        hits += [_hit(fact, key, r, c) for key in found for r, c in key.relations]
    rows = _rows(hits, matches)
    rows += _needed(rows, keys)
    rows.sort(key=lambda row: (*row.place[:3], row.component, _rank(row), row.key))
    return Detected(
        tuple(rows),
        tuple(sorted(set(read.unread), key=lambda u: (u.file, u.line or 0, u.reason))),
        tuple(sorted(unknown.values(), key=lambda u: (*u.place[:3], u.name))),
        read.files,
    )


def _in_use(facts: Sequence[_Matched], keys: Keys) -> Iterator[_Matched]:
    """Facts with their keys: what nothing puts in use or a patch replaces as unused, and without
    keys that show nothing beside what other keys show in the object."""
    named: set[tuple[str, str]] = set()
    shown: dict[str, set[str]] = {}
    for fact, found in facts:
        for key in found:
            if key.puts_in_use and fact.value:
                named.add((key.puts_in_use, fact.value))
            if key.only_with is None and key.shows and fact.status == "seen":
                shown.setdefault(fact.scope, set()).update(key.shows)
    patched = {(r, *_spot(fact)) for fact, _ in facts if fact.patch for r in fact.roots}
    for fact, found in facts:
        if fact.roots and not fact.patch and fact.kind in ("field", "image"):
            if all((root, *_spot(fact)) in patched for root in fact.roots):
                fact = fact._replace(status="unused", note="a patch replaces it")
        patterns = keys.named.get(fact.resource)
        name = fact.object.partition("/")[2]
        if (
            patterns is not None
            and fact.status == "seen"
            and fact.name != "*"
            and (fact.resource, name) not in named
            and not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        ):
            fact = fact._replace(status="unused", note="no object names it")
        yield fact, [key for key in found if keys.holds(key, shown.get(fact.scope, ()))]


def _spot(fact: Fact) -> tuple[str, str, str]:
    """Where in an object a fact stands, whatever file says it."""
    return fact.object, fact.kind, fact.name


def _rank(found: _Hit | Detection) -> int:
    """How much a status counts, the least most."""
    return STATUSES.index(found.status)


def _should_be_known(fact: Fact) -> bool:
    """Whether what no key matches is told: images, charts and kinds that somebody defines."""
    if fact.kind == "resource":
        return fact.name != "*" and not _BUILT_IN.match(fact.name)
    if fact.kind == "chart":  # the deployment's own chart has no repository
        return "/" in fact.name
    return fact.kind == "image"


def _hit(fact: Fact, key: Key, relation: str, component: str) -> _Hit:
    status = RELATIONS[relation]
    if fact.status == "unused" and status:
        status = "unused"
    elif fact.status == "transitive" and status == "seen":
        status = "implied"
    return _Hit(component, relation, status, fact, key)


def _rows(hits: Sequence[_Hit], matches: Sequence[tuple[Fact, Key]]) -> list[Detection]:
    """Rows of what keys find: what is set up is told where the component itself is found."""
    present = [hit for hit in hits if hit.status]
    ruled = {
        (out, fact.scope, fact.place.file)
        for fact, key in matches
        for out in key.rules_out
        if fact.status == "seen"
    }
    kept: list[_Hit] = []
    for hit in present:
        if (hit.component, hit.fact.scope, hit.fact.place.file) in ruled:
            if hit.relation != "recognises":
                continue
            hit = hit._replace(status="unused")
        kept.append(hit)
    bases = _bases(kept)
    for hit in hits:
        if not hit.status:
            scope, unit = hit.fact.scope, hit.fact.unit
            status = bases.get((hit.component, scope, unit)) or bases.get((hit.component, scope))
            if status is not None:
                kept.append(hit._replace(status=status))
    return _with_versions(_merged(kept))


def _bases(present: Iterable[_Hit]) -> dict[tuple[str, ...], str]:
    """The status of each component, on which that of its settings rests, by scope and unit, and by
    scope alone."""
    found: dict[tuple[str, ...], str] = {}
    for hit in present:
        if hit.status != "named":
            scope, unit = hit.fact.scope, hit.fact.unit
            for where in ((hit.component, scope, unit), (hit.component, scope)):
                known = found.setdefault(where, hit.status)
                if _rank(hit) < STATUSES.index(known):
                    found[where] = hit.status
    return found


def _merged(hits: Sequence[_Hit]) -> list[tuple[Detection, Fact]]:
    """One row for a component at a place, whatever number of keys find it there."""
    groups: dict[tuple[str, Place, str], list[_Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.component, hit.fact.place, hit.fact.unit), []).append(hit)
    rows = []
    for (component, place, unit), group in groups.items():
        group.sort(key=lambda hit: (_rank(hit), list(RELATIONS).index(hit.relation)))
        first = group[0]
        version = next(
            (h.fact.version for h in group if component in h.key.versions and h.fact.version), _NONE
        )
        shown = [s for h in group for s in h.shows if s.startswith(f"{component}#")]
        scales = [target for h in group for target in h.scales]
        settings = [h.key.setting for h in group if h.key.setting]
        settings += [f"scales {name}" for _, _, name in scales]
        own = _version_of_wrapping(first.fact)
        where = version.place or own.place
        row = Detection(
            component=component,
            version=version.text,
            certainty=version.certainty,
            written=version.written or own.written,
            configurations=tuple(dict.fromkeys(shown)),
            settings=tuple(dict.fromkeys(settings)),
            status=first.status,
            place=place,
            version_place=where if where != place else None,
            key=first.key.words,
            object=first.fact.object,
            unit=unit,
            note=first.fact.note,
            namespace=first.fact.namespace,
            scales=tuple(scales),
        )
        rows.append((row, first.fact))
    return rows


def _version_of_wrapping(fact: Fact) -> Version:
    """What stands at an image, package or chart whose version is not that of the component."""
    return fact.version if fact.kind in _OWN and fact.version else _NONE


def _with_versions(found: Sequence[tuple[Detection, Fact]]) -> list[Detection]:
    """Rows with the version that another row of the same unit, or else scope, gives; what is unused
    gives one only to what is."""
    stated: dict[tuple[str, str, bool], dict[str, Detection]] = {}
    for row, fact in found:
        if row.version is not None:
            for where in (fact.unit, fact.scope):
                key = (row.component, where, row.status == "unused")
                stated.setdefault(key, {}).setdefault(row.version, row)
    rows = []
    for row, fact in found:
        if row.version is None and fact.kind not in _OWN and row.status in ("seen", "unused"):
            for where in (fact.unit, fact.scope):
                known = stated.get((row.component, where, row.status == "unused"), {})
                if len(known) == 1:
                    other = next(iter(known.values()))
                    row = row._replace(
                        version=other.version,
                        certainty=other.certainty,
                        written=other.written,
                        version_place=other.version_place or other.place,
                    )
                    break
        rows.append(row)
    return rows


def _needed(rows: Sequence[Detection], keys: Keys) -> Iterator[Detection]:
    """What the configurations in use need, where nothing else shows it."""
    there = {row.component for row in rows if row.status in ("seen", "implied")}
    for row in rows:
        for shown in row.configurations if row.status == "seen" else ():
            for component in keys.needs.get(shown, ()):
                if component not in there:
                    there.add(component)
                    yield row._replace(
                        component=component,
                        version=None,
                        certainty="unknown",
                        written="",
                        configurations=(),
                        settings=(),
                        status="implied",
                        version_place=None,
                        key=f"{shown} needs it",
                    )
