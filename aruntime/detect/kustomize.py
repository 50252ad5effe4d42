"""Kustomize trees: which files are deployed, and which images they get, by a walk of our own.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/: ``resources``, ``bases``,
``components`` and patches lead to files and folders; ``images`` replaces names, tags and digests,
inner ones first. A file beside a kustomization that none leads to is not deployed. Of what lies
elsewhere only the repository and its ``?ref=`` are known.
"""

from __future__ import annotations

import bisect
import os
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import yaml

from aruntime.detect import images, yaml_files
from aruntime.detect.model import Fact, Unread, Version
from aruntime.detect.objects import Context, Wanted, chart_fact, fact
from aruntime.detect.walk import File, Files
from aruntime.detect.yaml_files import Budget, Node, Source, TooLarge, get, items, text

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LISTS: Final = ("resources", "bases", "components", "crds")
_REMOTE: Final = re.compile(
    r"^(?:https?://|ssh://(?:git@)?|git@)?github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/.*)?$"
)
_REF: Final = re.compile(r"[\w./-]+")
_LONGEST: Final = 4_096
"""Characters of a path."""
_MAX_TARGETS: Final = 50_000
"""Entries of all kustomizations that are looked up."""
_MAX_STEPS: Final = 500_000
"""Steps on all ways through kustomizations, and images that they replace."""
_LENGTH: Final = 32
"""Kustomizations of a chain that count as one step."""
_CHARACTERS: Final = 8
"""Characters of a patch that count as one node."""


class Kustomization(NamedTuple):
    """One kustomization file."""

    file: File
    node: Node
    source: Source


Chain = tuple[str, ...]
"""Folders of kustomizations that set images, from the file outwards, and last the outermost one."""


class Plan:
    """What the kustomizations among some files deploy.

    Attributes:
        reached: for each file that a kustomization leads to, by real path, the chains of
            kustomizations that do.
        folders: folders that hold a kustomization, by real path.
        patches: files that are patches, by real path.
        whole: whether all entries were looked up, so that a file that none leads to is unused.
    """

    def __init__(self, kustomizations: Sequence[Kustomization], files: Files) -> None:
        self.files = files
        self.by_folder = {_folder(k.file.path): k for k in kustomizations}
        self.folders = set(self.by_folder)
        self.reached: dict[str, dict[Chain, None]] = {}
        self.patches: set[str] = set()
        self._outermost: dict[str, set[str]] = {}
        self.unread: list[Unread] = []
        self.whole = True
        self._left, self._steps, self._changes = _MAX_TARGETS, _MAX_STEPS, _MAX_STEPS
        self._images: dict[str, _Images] = {}
        self._targets: dict[str, list[str]] = {}
        for folder, k in self.by_folder.items():
            try:
                self._images[folder], self._targets[folder] = _images(k), self._targets_of(k)
            except TooLarge as error:
                self.whole = False
                self.unread.append(Unread(k.file.shown, None, f"not followed: {error}"))
        self._named = {path for targets in self._targets.values() for path in targets}
        for folder in self._targets:
            if folder not in self._named and not self._follow(folder):
                why = (
                    f"not followed to the end: more than {_MAX_STEPS} steps through kustomizations"
                )
                self.unread.append(Unread(self.by_folder[folder].file.shown, None, why))
                break

    def is_unused(self, file: File) -> bool:
        """Whether a file lies beside a kustomization, and none leads to it."""
        real = os.path.realpath(file.path)
        return (
            self.whole
            and not file.given
            and os.path.dirname(real) in self.folders
            and os.path.basename(real) not in NAMES
            and real not in self._named
        )

    def chains(self, file: File) -> tuple[Chain, ...]:
        """The chains of kustomizations that lead to a file."""
        return tuple(self.reached.get(os.path.realpath(file.path), ()))

    def roots(self, file: File) -> frozenset[str]:
        """The outermost kustomizations that deploy a file, or that a kustomization is part of."""
        if os.path.basename(file.path) in NAMES:
            return frozenset(self._outermost.get(_folder(file.path), ()))
        return frozenset(chain[-1] for chain in self.chains(file))

    def applied(self, chains: Sequence[Chain], found: Fact) -> Iterator[Fact]:
        """A fact of a file as the chains that lead to it make it: once for each image."""
        if found.kind != "image" or not chains:
            yield found
            return
        variants: dict[tuple[str, str], Fact] = {}
        for chain in chains:
            changed = found
            for folder in chain:
                changed = self._replaced(changed, folder)
            outermost = self.by_folder[chain[-1]].file.shown
            key = (changed.name, changed.version.written if changed.version else "")
            variants.setdefault(key, changed._replace(unit=f"{found.unit} in {outermost}"))
            if self._changes < 0:
                why = f"images are not replaced: more than {_MAX_STEPS} steps"
                self.unread.append(Unread(found.place.file, None, why))
                break
        yield from (
            variants.values()
            if len(variants) > 1
            else (variant._replace(unit=found.unit) for variant in variants.values())
        )

    def _follow(self, outermost: str) -> bool:
        """Note the chains of all files that a kustomization leads to; ``False`` if there are too
        many ways."""
        seen: set[tuple[str, Chain]] = set()
        waiting: list[tuple[str, Chain]] = [(outermost, ())]
        while waiting:
            folder, outer = waiting.pop()
            chain = outer
            if not outer or self._images.get(folder):
                if folder in outer:
                    continue
                chain = (folder, *outer)
            if (folder, chain) in seen:
                continue
            seen.add((folder, chain))
            self._outermost.setdefault(folder, set()).add(outermost)
            for path in reversed(self._targets.get(folder, ())):
                self._steps -= 1 + len(chain) // _LENGTH
                if self._steps < 0:
                    return False
                if path in self.by_folder:
                    waiting.append((path, chain))
                else:
                    self.reached.setdefault(path, {}).setdefault(chain)
        return True

    def _targets_of(self, k: Kustomization) -> list[str]:
        """Files and folders that a kustomization names, by real path."""
        base, found, seen = os.path.dirname(k.file.path), dict[str, None](), set[str]()
        patches = {node.value for node in _patch_files(k.node)}
        for node in references(k.node):
            written, line = node.value, k.source.of(node).line
            if written in seen or is_remote(written) or "\n" in written:
                continue
            seen.add(written)
            self._left -= 1
            if self._left < 0:
                self.whole = False
                why = f"from here on: kustomizations name more than {_MAX_TARGETS} files"
                self.unread.append(Unread(k.file.shown, line, why))
                break
            path = ""
            if len(written) <= _LONGEST and "\0" not in written:
                path = os.path.realpath(os.path.normpath(os.path.join(base, written)))
            if path and not self.files.holds(path):
                why = f"{written} leads out of the folder"
                self.unread.append(Unread(k.file.shown, line, why))
            elif path in self.by_folder or os.path.isfile(path):
                found[path] = None
                if written in patches:
                    self.patches.add(path)
            else:
                why = f"{written[:_LONGEST]} does not exist"
                self.unread.append(Unread(k.file.shown, line, why))
        return list(found)

    def _replaced(self, found: Fact, folder: str) -> Fact:
        """An image as the ``images`` of a kustomization leave it, one entry after the other."""
        known, number = self._images.get(folder, {}), 0
        while True:
            self._changes -= 1
            entries = known.get(found.name, ())
            at = bisect.bisect_left(entries, number, key=lambda entry: entry.number)
            if at == len(entries) or self._changes < 0:
                return found
            entry = entries[at]
            number = entry.number + 1
            if entry.name is not None:
                found = found._replace(name=entry.name)
            if entry.version is not None:
                found = found._replace(version=entry.version, value=entry.version.text)
            found = found._replace(note=f"image set by {self.by_folder[folder].file.shown}")


class _Image(NamedTuple):
    """An entry of ``images``: which it is, and the name and version that it sets."""

    number: int
    name: str | None
    version: Version | None


_Images = dict[str, list[_Image]]
"""Entries by the name that they replace."""


def _images(k: Kustomization) -> _Images:
    """The ``images`` of a kustomization."""
    found: _Images = {}
    for number, entry in enumerate(items(get(k.node, "images"))):
        name = images.parse(text(get(entry, "name")) or "")
        if name is not None:
            new = images.parse(text(get(entry, "newName")) or "")
            tag = get(entry, "newTag")
            version = None
            if tag is not None and text(tag):
                version = images.version_of(text(tag), False, k.source.of(tag))
            image = _Image(number, new.repository if new is not None else None, version)
            found.setdefault(name.repository, []).append(image)
    return found


def references(node: Node) -> Iterator[yaml.ScalarNode]:
    """The entries of a kustomization that lead to something else."""
    for name in _LISTS:
        for item in items(get(node, name)):
            if isinstance(item, yaml.ScalarNode):
                yield item
    yield from _patch_files(node)


def _patch_files(node: Node) -> Iterator[yaml.ScalarNode]:
    """The entries of a kustomization that lead to patches."""
    for item in items(get(node, "patchesStrategicMerge")):
        if isinstance(item, yaml.ScalarNode):
            yield item
    for item in (*items(get(node, "patches")), *items(get(node, "patchesJson6902"))):
        path = get(item, "path")
        if isinstance(path, yaml.ScalarNode):
            yield path


def remote(written: str) -> tuple[str, str | None] | None:
    """The package that an entry stands for which names a repository of GitHub, and its ``?ref=``.

    Example:
        >>> remote("https://github.com/acme/base//deploy?timeout=9&ref=v1.2")
        ('pkg:github/acme/base', 'v1.2')
    """
    path, _, query = written[:_LONGEST].partition("?")
    match = _REMOTE.match(path)
    if match is None:
        return None
    refs = [part[4:] for part in query.split("&") if part.startswith("ref=")]
    ref = _REF.match(refs[-1]) if refs else None
    return f"pkg:github/{match[1]}/{match[2]}".lower(), ref.group() if ref else None


def is_remote(written: str) -> bool:
    """Whether an entry lies elsewhere."""
    return "://" in written or written.startswith("git@") or remote(written) is not None


def facts(k: Kustomization, wanted: Wanted) -> Iterator[Fact]:
    """What a kustomization itself brings: repositories that it builds on, and charts."""
    shown = k.file.shown
    context = Context(k.source, wanted, shown, "kustomization", shown, shown, Budget())
    for node in references(k.node):
        elsewhere = remote(node.value)
        if elsewhere is not None:
            name, ref = elsewhere
            place = k.source.of(node)
            version = images.version_of(ref, False, place)
            yield fact(context, "package", name, ref, place)._replace(version=version)
    for chart in items(get(k.node, "helmCharts")):
        named = get(chart, "name")
        if named is not None and (called := text(named)):
            repository = text(get(chart, "repo"))
            yield chart_fact(context, called, repository, named, get(chart, "version"))


def patches(k: Kustomization, budget: Budget) -> Iterator[tuple[Node, Source]]:
    """Documents of patches that stand in the kustomization itself.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    inline = [get(item, "patch") for item in items(get(k.node, "patches"))]
    inline += [item for item in items(get(k.node, "patchesStrategicMerge"))]
    for node in inline:
        if isinstance(node, yaml.ScalarNode) and "\n" in node.value:
            budget.spend(0, len(node.value) // _CHARACTERS)
            yield from yaml_files.documents(yaml_files.inner(node, k.source), [])


def _folder(path: str) -> str:
    return os.path.realpath(os.path.dirname(path) or ".")
