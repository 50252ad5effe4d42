"""Python requirements, projects and locks.

Requirements say what a project uses itself; a lock says in which version, and what else comes with
it. PEP 508 and PEP 440 are read by ``packaging``, PEP 751 and the locks of uv, Poetry and PDM as
TOML, whose lines are found again by name.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from aruntime.detect import images
from aruntime.detect.model import Fact, Place, Unread, Version
from aruntime.detect.yaml_files import Source

_NAME: Final = re.compile(r'^name\s*=\s*["\']([^"\']+)["\']')
_HASHES: Final = re.compile(r"\s--hash[= ]\S+")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_INCLUDE: Final = re.compile(r"^(?:-r|--requirement)[ =]\s*(\S+)")
_POETRY_EXACT: Final = re.compile(r"^(?:==)?\s*([0-9][\w.+!-]*)$")
TRANSITIVE: Final = "required by another package"


class Direct(NamedTuple):
    """What a project asks for itself: names by what they are asked for in, ``""`` for always."""

    names: Mapping[str, str]


def requirement_facts(text: str, source: Source, unread: list[Unread]) -> Iterator[Fact | str]:
    """The facts of a requirements file; a ``str`` is another file that it includes."""
    lines = list(source.lines)
    number = 0
    while number < len(lines):
        first, line = number, lines[number]
        while line.endswith("\\") and number + 1 < len(lines):
            number += 1
            line = line[:-1] + " " + lines[number].strip()
        number += 1
        plain = _HASHES.sub("", _COMMENT.sub("", line)).strip()
        if match := _INCLUDE.match(plain):
            yield match[1]
        elif plain and not plain.startswith("-"):
            column = len(lines[first]) - len(lines[first].lstrip())
            place = source.place(first, column, len(lines[first].strip()))
            try:
                yield fact(Requirement(plain), place, source.file)
            except InvalidRequirement as error:
                why = f"no requirement: {str(error).splitlines()[0]}"
                unread.append(Unread(source.file, place.line, why))


def fact(
    requirement: Requirement, place: Place, unit: str, status: str = "seen", note: str = ""
) -> Fact:
    """What one requirement says: a package, and the versions that it allows."""
    name = f"pkg:pypi/{canonicalize_name(requirement.name)}"
    written = str(requirement.specifier)
    note = note or (f"if {requirement.marker}" if requirement.marker else "")
    return Fact(
        "package", name, written, place, unit, _folder(unit), unit, "python",
        required(requirement, place), status, note,
    )  # fmt: skip


def required(requirement: Requirement, place: Place) -> Version:
    """The version that a requirement allows: one if it is pinned, else what it begins with."""
    written = str(requirement.specifier)
    if not written:
        return Version(None, "unknown", "", None)
    for clause in requirement.specifier:
        if clause.operator in ("==", "===") and not clause.version.endswith(".*"):
            return images.version_of(clause.version, False, place)._replace(
                written=written, certainty="exact", place=None
            )
    return Version(None, "lower-bound", written, place)


def project_facts(
    content: Mapping[str, Any], source: Source, unread: list[Unread]
) -> Iterator[Fact]:
    """The facts of ``pyproject.toml``: what is always required, extras and dependency groups."""
    project = _table(content, "project")
    for text in _texts(project.get("dependencies")):
        yield from _stated(text, source, unread)
    for extra, texts in _table(project, "optional-dependencies").items():
        for text in _texts(texts):
            yield from _stated(text, source, unread, "unused", f"only with extra {extra}")
    for group, texts in _table(content, "dependency-groups").items():
        for text in _texts(texts):
            yield from _stated(text, source, unread, "unused", f"only in dependency group {group}")
    poetry = _table(content, "tool", "poetry")
    groups = [("", _table(poetry, "dependencies"))]
    groups += [
        (g, _table(t, "dependencies"))
        for g, t in _table(poetry, "group").items()
        if isinstance(t, dict)
    ]
    for group, dependencies in groups:
        for name, given in dependencies.items():
            if name.lower() != "python":
                yield from _of_poetry(name, given, group, source)


def lock_facts(content: Mapping[str, Any], source: Source, direct: Direct | None) -> Iterator[Fact]:
    """The facts of a lock: each package in its version, and whether the project asks for it itself.

    Args:
        direct: what the project beside it asks for; if absent, what the lock says of it.
    """
    packages = content.get("package") or content.get("packages") or []
    packages = [p for p in packages if isinstance(p, dict) and isinstance(p.get("name"), str)]
    asked = dict(direct.names) if direct is not None else _asked(packages)
    lines = _lines_of_names(source)
    for package in packages:
        name = canonicalize_name(package["name"])
        version = package.get("version")
        place = next(iter(lines.get(package["name"], [])), source.place(0, 0, 1))
        if lines.get(package["name"]):
            lines[package["name"]].pop(0)
        if not isinstance(version, str) or _is_project(package):
            continue
        found = images.version_of(version, False, place._replace(line=place.line + 1))
        found = found._replace(certainty="exact" if found.text else "unknown", written=version)
        status, note = ("seen", asked[name]) if name in asked else ("transitive", TRANSITIVE)
        if name in asked and note:
            status = "unused"
        yield Fact(
            "package", f"pkg:pypi/{name}", version, place, source.file, _folder(source.file),
            source.file, "lock", found, status, note,
        )  # fmt: skip


def parsed(text: str, source: Source, unread: list[Unread]) -> Mapping[str, Any] | None:
    """A TOML file, or ``None`` with the reason in *unread*."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        match = re.search(r"line (\d+)", str(error))
        line = int(match[1]) if match else None
        unread.append(Unread(source.file, line, f"malformed TOML: {error}"))
        return None


def direct_of(content: Mapping[str, Any]) -> Direct:
    """What a ``pyproject.toml`` asks for, by name; extras and groups with what they need."""
    names: dict[str, str] = {}
    quiet: list[Unread] = []
    for found in project_facts(content, Source("", ()), quiet):
        name = found.name.removeprefix("pkg:pypi/")
        note = found.note if found.status == "unused" else ""
        names[name] = note if name not in names or not note else names[name]
    return Direct(names)


def _stated(
    text: str, source: Source, unread: list[Unread], status: str = "seen", note: str = ""
) -> Iterator[Fact]:
    place = _place_of(text, source)
    try:
        yield fact(Requirement(text), place, source.file, status, note)
    except InvalidRequirement as error:
        unread.append(
            Unread(source.file, place.line, f"no requirement: {str(error).splitlines()[0]}")
        )


def _of_poetry(name: str, given: Any, group: str, source: Source) -> Iterator[Fact]:
    """A dependency as Poetry writes it: ``name = "^1.2"`` or a table."""
    stated = given.get("version", "") if isinstance(given, dict) else given
    if not isinstance(stated, str):
        return
    optional = isinstance(given, dict) and given.get("optional") is True
    pattern = re.compile(rf'^\s*["\']?{re.escape(name)}["\']?\s*=')
    number = next((n for n, line in enumerate(source.lines) if pattern.match(line)), 0)
    place = source.place(number, 0, len(name))
    exact = _POETRY_EXACT.match(stated.strip())
    if exact:
        version = images.version_of(exact[1], False, None)._replace(
            certainty="exact", written=stated
        )
    else:
        version = Version(None, "lower-bound" if stated.strip("* ") else "unknown", stated, place)
    note = f"only in group {group}" if group else "only with an extra" if optional else ""
    yield Fact(
        "package", f"pkg:pypi/{canonicalize_name(name)}", stated, place, source.file,
        _folder(source.file), source.file, "python", version, "unused" if note else "seen", note,
    )  # fmt: skip


def _asked(packages: list[dict[str, Any]]) -> dict[str, str]:
    """What the projects of a lock ask for themselves, as uv writes it; Poetry and PDM do not say."""
    found: dict[str, str] = {}
    for package in filter(_is_project, packages):
        for entry in package.get("dependencies") or ():
            if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                found[canonicalize_name(entry["name"])] = ""
        for key, what in (
            ("optional-dependencies", "extra"),
            ("dev-dependencies", "dependency group"),
        ):
            for name, entries in _table(package, key).items():
                for entry in entries if isinstance(entries, list) else ():
                    if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                        found.setdefault(canonicalize_name(entry["name"]), f"only in {what} {name}")
    return found


def _is_project(package: Mapping[str, Any]) -> bool:
    """Whether a package of a lock is the project itself."""
    source = package.get("source")
    return isinstance(source, dict) and bool({"virtual", "editable"} & set(source))


def _lines_of_names(source: Source) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for number, line in enumerate(source.lines):
        if match := _NAME.match(line):
            found.setdefault(match[1], []).append(source.place(number, 0, len(line)))
    return found


def _place_of(text: str, source: Source) -> Place:
    for quote in ('"', "'"):
        for number, line in enumerate(source.lines):
            at = line.find(f"{quote}{text}{quote}")
            if at >= 0:
                return source.place(number, at + 1, len(text))
    return source.place(0, 0, 1)


def _table(content: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else {}


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _folder(file: str) -> str:
    return os.path.dirname(file) or "."
