"""What is read from a deployment, and what is recognised in it: plain values."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from aruntime.model import Json, plain

STATUSES: Final = ("seen", "implied", "named", "unused")
"""``seen``: it is there; ``implied``: something that is there brings or needs it; ``named``: a
client or an address leads to it; ``unused``: it stands in the files and is not in use. What counts
most comes first."""

CERTAINTIES: Final = ("exact", "partial", "default", "lower-bound", "moving-tag", "unknown")
"""How sure a version is: ``partial`` names a series (7.4), ``default`` holds unless a variable is
set, ``lower-bound`` allows later ones, ``moving-tag`` points to another one tomorrow."""


class Place(NamedTuple):
    """A stretch of one line of a file; lines and columns count from 1, in Unicode characters.

    Attributes:
        end: the column after the last character.
    """

    file: str
    line: int
    column: int
    end: int


class Version(NamedTuple):
    """A version as a file gives it.

    Attributes:
        text: the version without prefix and variant; ``None`` where the file names none.
        certainty: one of :data:`CERTAINTIES`.
        written: what stands in the file, such as ``v0.8.5-cu128`` or ``>=1.2``.
        place: where that stands.
    """

    text: str | None
    certainty: str
    written: str
    place: Place | None


class Fact(NamedTuple):
    """One thing that a file says and that a key may match.

    Attributes:
        kind: ``package``, ``image``, ``resource``, ``chart``, ``field``, ``argument``,
            ``environment`` or ``address``.
        name: what keys of that kind look for, such as ``pkg:pypi/vllm``.
        value: what stands there, as text; of a field that names an object its kind and name.
        unit: what runs as one: a container, a service, one environment of packages.
        scope: what is declared as one: a Kubernetes object, a service, a chart, a project.
        object: how that is called, such as ``Deployment/vllm``.
        resource: the group and kind of the object, ``values`` or ``compose``.
        status: ``seen``, ``unused``, or ``transitive`` for a package that another one requires.
        note: what limits it, in words.
        namespace: of the object, where its file names one.
        entry: whether the entry point of an image runs, not a command in its place.
        roots: the outermost kustomizations that deploy it, if any does.
        patch: whether it stands in a patch, which goes before what is patched.
    """

    kind: str
    name: str
    value: str | None
    place: Place
    unit: str
    scope: str
    object: str
    resource: str = ""
    version: Version | None = None
    status: str = "seen"
    note: str = ""
    namespace: str = ""
    entry: bool = True
    roots: frozenset[str] = frozenset()
    patch: bool = False


def listed(
    kind: str, name: str, value: str, place: Place, resource: str, version: Version | None,
    status: str = "seen", note: str = "",
) -> Fact:  # fmt: skip
    """A fact of a file that lists packages: the file runs as one, and its folder is one project."""
    folder = os.path.dirname(place.file) or "."
    return Fact(
        kind, name, value, place, place.file, folder, place.file, resource, version, status, note
    )


class Detection(NamedTuple):
    """One component at one place.

    Attributes:
        component: its slug.
        version: the version in use as far as the files say; ``None`` where they do not.
        certainty: how sure that is, one of :data:`CERTAINTIES`.
        written: the version as it stands in the file, such as ``>=1.68.0``; for an SDK,
            a chart, or an image of somebody else's its own.
        configurations: configurations that are in use, as ``component#configuration``.
        settings: how else it is set up, in words.
        status: one of :data:`STATUSES`.
        place: the place that brings it in.
        version_place: where its version stands, if that is another place.
        key: what it was recognised by, such as ``image vllm/vllm-openai``.
        object: the object that holds it, such as ``Deployment/vllm``.
        unit: what runs as one with it; two rows of one unit are about one process or environment.
        note: what limits it, such as ``profile pd`` or ``required by another package``.
        namespace: of the object, where its file names one.
        scales: the objects whose number of replicas it sets, by kustomization, namespace and name.
    """

    component: str
    version: str | None
    certainty: str
    written: str
    configurations: tuple[str, ...]
    settings: tuple[str, ...]
    status: str
    place: Place
    version_place: Place | None
    key: str
    object: str
    unit: str
    note: str
    namespace: str = ""
    scales: tuple[tuple[str, str, str], ...] = ()

    def json(self) -> Json:
        """The row as ``aruntime detect --format json`` prints it: its fields, with ``file``,
        ``line`` and ``column`` of its place, and ``version_line`` where the version stands apart."""
        return {
            "component": self.component,
            "version": self.version,
            "certainty": self.certainty,
            "written": self.written,
            "configurations": list(self.configurations),
            "settings": list(self.settings),
            "status": self.status,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "key": self.key,
            "object": self.object,
            "note": self.note,
            "version_line": self.version_place.line if self.version_place else None,
        }


class Unread(NamedTuple):
    """A file, or a part of one, that was not looked at, and why."""

    file: str
    line: int | None
    reason: str


class Unrecognised(NamedTuple):
    """Something that no key matches: an image, a kind of object, a chart."""

    kind: str
    name: str
    place: Place


class Detected(NamedTuple):
    """What a deployment holds.

    Attributes:
        components: by file and line.
        files: the files that were read, in the order of their names.
    """

    components: tuple[Detection, ...]
    unread: tuple[Unread, ...]
    unrecognised: tuple[Unrecognised, ...]
    files: tuple[str, ...]

    def json(self) -> Json:
        """As ``aruntime detect --format json`` prints it: ``components``; ``unread``, each with
        its reason; ``unrecognised``, each with its place; and the ``files`` that were read."""
        return {
            "components": [row.json() for row in self.components],
            "unread": plain(self.unread),
            "unrecognised": [
                {"kind": u.kind, "name": u.name, "file": u.place.file, "line": u.place.line,
                 "column": u.place.column}
                for u in self.unrecognised
            ],
            "files": list(self.files),
        }  # fmt: skip
