"""Kustomize trees: which files are deployed, and which images they get, by a walk of our own.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/: ``resources``, ``bases``,
``components`` and patches lead to files and folders; ``images`` replaces names, tags and digests,
inner ones first. A file beside a kustomization that none leads to is not deployed. Of what lies
elsewhere only the repository and its ``?ref=`` are known.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import yaml

from aruntime.detect import images, yaml_files
from aruntime.detect.helm import chart_version
from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Context, Wanted, fact
from aruntime.detect.walk import File, Files
from aruntime.detect.yaml_files import Budget, Node, Source, get, items, text

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LISTS: Final = ("resources", "bases", "components", "patchesStrategicMerge", "crds")
_REMOTE: Final = re.compile(
    r"^(?:https?://|ssh://(?:git@)?|git@)?github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/.*?)?(?:\?(?:.*&)?ref=([\w./-]+).*)?$"
)
_MAX_STEPS: Final = 10_000


class Kustomization(NamedTuple):
    """One kustomization file."""

    file: File
    node: Node
    source: Source


class Plan:
    """What the kustomizations among some files deploy.

    Attributes:
        reached: for each file that a kustomization leads to, by real path, the chains of
            kustomizations that do, from the file outwards.
        folders: folders that hold a kustomization, by real path.
    """

    def __init__(self, kustomizations: Sequence[Kustomization], files: Files) -> None:
        self.files = files
        self.by_folder = {_folder(k.file.path): k for k in kustomizations}
        self.folders = set(self.by_folder)
        self.reached: dict[str, list[tuple[Kustomization, ...]]] = {}
        self.unread: list[Unread] = []
        self._steps = 0
        inner = {
            folder
            for k in kustomizations
            for _, target in self._targets(k)
            for folder in [os.path.realpath(target)]
            if folder in self.folders
        }
        for folder, kustomization in self.by_folder.items():
            if folder not in inner:
                self._follow(kustomization, ())

    def is_unused(self, file: File) -> bool:
        """Whether a file lies beside a kustomization, and none leads to it."""
        real = os.path.realpath(file.path)
        return (
            not file.given
            and os.path.dirname(real) in self.folders
            and os.path.basename(real) not in NAMES
            and real not in self.reached
        )

    def applied(self, file: File, found: Fact) -> Iterator[Fact]:
        """A fact as the kustomizations that lead to its file make it: once for each image."""
        chains = self.reached.get(os.path.realpath(file.path), [])
        if found.kind != "image" or not chains:
            yield found
            return
        variants: dict[tuple[str, str], Fact] = {}
        for chain in chains:
            changed = found
            for kustomization in chain:
                changed = _replaced(changed, kustomization)
            key = (changed.name, changed.version.written if changed.version else "")
            variants.setdefault(
                key, changed._replace(unit=f"{found.unit} in {chain[-1].file.shown}")
            )
        yield from (
            variants.values()
            if len(variants) > 1
            else (variant._replace(unit=found.unit) for variant in variants.values())
        )

    def _follow(self, k: Kustomization, outer: tuple[Kustomization, ...]) -> None:
        self._steps += 1
        if k in outer or self._steps > _MAX_STEPS:
            return
        chain = (k, *outer)
        for node, target in self._targets(k):
            real = os.path.realpath(target)
            place = k.source.of(node)
            if not self.files.contains(target):
                why = f"{node.value} leads out of the folder"
                self.unread.append(Unread(k.file.shown, place.line, why))
            elif real in self.by_folder:
                self._follow(self.by_folder[real], chain)
            elif os.path.isfile(real):
                self.reached.setdefault(real, []).append(chain)
            else:
                why = f"{node.value} does not exist"
                self.unread.append(Unread(k.file.shown, place.line, why))

    def _targets(self, k: Kustomization) -> Iterator[tuple[yaml.ScalarNode, str]]:
        """Files and folders that a kustomization names."""
        base = os.path.dirname(k.file.path)
        for node in references(k.node):
            if not is_remote(node.value) and "\n" not in node.value:
                yield node, os.path.normpath(os.path.join(base, node.value))


def references(node: Node) -> Iterator[yaml.ScalarNode]:
    """The entries of a kustomization that lead to something else."""
    for name in _LISTS:
        for item in items(get(node, name)):
            if isinstance(item, yaml.ScalarNode):
                yield item
    for item in (*items(get(node, "patches")), *items(get(node, "patchesJson6902"))):
        path = get(item, "path")
        if isinstance(path, yaml.ScalarNode):
            yield path


def is_remote(written: str) -> bool:
    """Whether an entry lies elsewhere."""
    return "://" in written or written.startswith("git@") or bool(_REMOTE.match(written))


def facts(k: Kustomization, wanted: Wanted) -> Iterator[Fact]:
    """What a kustomization itself brings: repositories that it builds on, and charts."""
    shown = k.file.shown
    context = Context(k.source, wanted, shown, "kustomization", shown, shown, Budget())
    for node in references(k.node):
        match = _REMOTE.match(node.value)
        if match:
            place = k.source.of(node)
            name = f"pkg:github/{match[1]}/{match[2]}".lower()
            version = images.version_of(match[3], False, place)
            yield fact(context, "package", name, match[3], place)._replace(version=version)
    for chart in items(get(k.node, "helmCharts")):
        named, repository, version_node = (
            get(chart, "name"),
            text(get(chart, "repo")),
            get(chart, "version"),
        )
        if named is not None and text(named):
            host = re.sub(r"^[a-z]+://", "", repository or "").strip("/")
            name = f"{host}/{text(named)}" if host else text(named) or ""
            where = k.source.of(version_node) if version_node is not None else None
            version = chart_version(text(version_node) or "", where)
            found = fact(context, "chart", name, text(named), k.source.of(named))
            yield found._replace(version=version)


def patches(k: Kustomization) -> Iterator[tuple[Node, Source]]:
    """Documents of patches that stand in the kustomization itself."""
    inline = [get(item, "patch") for item in items(get(k.node, "patches"))]
    inline += [item for item in items(get(k.node, "patchesStrategicMerge"))]
    for node in inline:
        if isinstance(node, yaml.ScalarNode) and "\n" in node.value:
            yield from yaml_files.documents(yaml_files.inner(node, k.source), [])


def _replaced(found: Fact, k: Kustomization) -> Fact:
    """An image as the ``images`` of a kustomization leave it."""
    for entry in items(get(k.node, "images")):
        name = images.parse(text(get(entry, "name")) or "")
        if name is None or name.repository != found.name:
            continue
        new = images.parse(text(get(entry, "newName")) or "")
        tag = get(entry, "newTag")
        if new is not None:
            found = found._replace(name=new.repository)
        if tag is not None and text(tag):
            version = images.version_of(text(tag), False, k.source.of(tag))
            found = found._replace(version=version, value=version.text)
        found = found._replace(note=f"image set by {k.file.shown}")
    return found


def _folder(path: str) -> str:
    return os.path.realpath(os.path.dirname(path) or ".")
