"""Python requirements, projects and locks.

Requirements say what a project uses itself; a lock says in which version, and what else comes with
it. PEP 508 and PEP 440 are read by ``packaging``, PEP 751 and the locks of uv, Poetry and PDM as
TOML, whose lines are found again by name.
"""

from __future__ import annotations

import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from aruntime.detect import images
from aruntime.detect.model import Fact, Place, Unread, Version, listed
from aruntime.detect.yaml_files import Source

_NAME: Final = re.compile(r'^name\s*=\s*["\']([^"\']+)["\']')
_HASHES: Final = re.compile(r"\s--hash[= ]\S+")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_INCLUDE: Final = re.compile(r"^(?:-r|--requirement)[ =]\s*(\S+)")
_QUOTED: Final = re.compile(r"""\"([^"\\]*(?:\\.?[^"\\]*)*)(?:"|$)|'([^']*)(?:'|$)""")
_KEY: Final = re.compile(r"""^\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")
_MAX_MISTAKES: Final = 100
"""Mistakes of one file that are told."""
_LONGEST: Final = 10_000
"""Characters of a requirement."""
_POETRY_EXACT: Final = re.compile(r"^(?:==)?\s*([0-9][\w.+!-]*)$")
TRANSITIVE: Final = "required by another package"


def requirement_facts(source: Source, unread: list[Unread]) -> Iterator[Fact | str]:
    """The facts of a requirements file; a ``str`` is another file that it includes."""
    lines, number, mistakes = source.lines, 0, 0
    while number < len(lines):
        first, parts = number, [lines[number]]
        while parts[-1].endswith("\\") and number + 1 < len(lines):
            number += 1
            parts[-1] = parts[-1][:-1]
            parts.append(lines[number].strip())
        number += 1
        line = " ".join(parts)
        plain = _HASHES.sub("", _COMMENT.sub("", line)).strip()
        if match := _INCLUDE.match(plain):
            yield match[1]
        elif plain and not plain.startswith("-"):
            column = len(lines[first]) - len(lines[first].lstrip())
            place = source.place(first, column, len(lines[first].strip()))
            why = ""
            try:
                if len(plain) > _LONGEST:
                    raise InvalidRequirement(f"it has more than {_LONGEST} characters")
                yield from facts(Requirement(plain), place)
            except InvalidRequirement as error:
                why = f"no requirement: {str(error).splitlines()[0]}"
                mistakes += 1
            if mistakes > _MAX_MISTAKES:
                why = f"from here on: it has more than {_MAX_MISTAKES} mistakes"
            if why:
                unread.append(Unread(source.file, place.line, why))
            if mistakes > _MAX_MISTAKES:
                return


def facts(
    requirement: Requirement, place: Place, status: str = "seen", note: str = ""
) -> Iterator[Fact]:
    """What one requirement says: a package and its extras, and the versions that it allows."""
    written = str(requirement.specifier)
    note = note or (f"if {requirement.marker}" if requirement.marker else "")
    version = required(requirement, place)
    for name in with_extras(requirement.name, requirement.extras):
        purl = f"pkg:pypi/{name}"
        yield listed("package", purl, written, place, "python", version, status, note)


def with_extras(name: str, extras: Any) -> list[str]:
    """A package, and each of its extras as in ``ray[serve]``."""
    plain = canonicalize_name(name)
    wanted = _texts(sorted(extras) if isinstance(extras, set) else extras)
    return [plain, *(f"{plain}[{canonicalize_name(extra)}]" for extra in wanted)]


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
    project = table(content, "project")
    said = [(text, "") for text in _texts(project.get("dependencies"))]
    for extra, texts in table(project, "optional-dependencies").items():
        said += [(text, f"only with extra {extra}") for text in _texts(texts)]
    for group, texts in table(content, "dependency-groups").items():
        said += [(text, f"only in dependency group {group}") for text in _texts(texts)]
    quoted = _quoted(source) if said else {}
    for text, note in said:
        place = quoted.get(text) or source.place(0, 0, 1)
        yield from stated(text, place, source, unread, note)
    poetry = table(content, "tool", "poetry")
    groups = [("", table(poetry, "dependencies"))]
    groups += [(g, table(t, "dependencies")) for g, t in table(poetry, "group").items()]
    lines = _lines_of_keys(source) if any(table for _, table in groups) else {}
    for group, dependencies in groups:
        for name, given in dependencies.items():
            if name.lower() != "python":
                place = source.place(lines.get(name, 0), 0, len(name))
                note = f"only in group {group}" if group else ""
                yield from _of_poetry(name, given, note, place)


def lock_facts(
    content: Mapping[str, Any], source: Source, direct: Mapping[str, str] | None
) -> Iterator[Fact]:
    """The facts of a lock: each package in its version, and whether the project asks for it itself.

    Args:
        direct: what :func:`direct_of` the project beside it says; if absent, what the lock does.
    """
    packages = content.get("package") or content.get("packages") or []
    packages = [p for p in packages if isinstance(p, dict) and isinstance(p.get("name"), str)]
    asked = direct if direct is not None else _asked(packages)
    parts = _extras((*asked, *(name for p in packages for name in _required(p))))
    lines = _lines_of_names(source)
    for package in packages:
        name = canonicalize_name(package["name"])
        version = package.get("version")
        places = lines.get(package["name"])
        place = places.popleft() if places else source.place(0, 0, 1)
        if not isinstance(version, str) or _is_project(package):
            continue
        found = images.version_of(version, False, place._replace(line=place.line + 1))
        found = found._replace(certainty="exact" if found.text else "unknown", written=version)
        for each in (name, *parts.get(name, ())):
            note = asked.get(each, TRANSITIVE)
            status = "transitive" if each not in asked else "unused" if note else "seen"
            yield listed("package", f"pkg:pypi/{each}", version, place, "lock", found, status, note)


def parsed(text: str, source: Source, unread: list[Unread]) -> Mapping[str, Any] | None:
    """A TOML file, or ``None`` with the reason in *unread*."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        match = re.search(r"line (\d+)", str(error))
        line = int(match[1]) if match else None
        unread.append(Unread(source.file, line, f"malformed TOML: {error}"))
        return None


def direct_of(content: Mapping[str, Any]) -> dict[str, str]:
    """What a ``pyproject.toml`` asks for itself, by name: for what, ``""`` for always."""
    names: dict[str, str] = {}
    quiet: list[Unread] = []
    for found in project_facts(content, Source("", ()), quiet):
        name = found.name.removeprefix("pkg:pypi/")
        note = found.note if found.status == "unused" else ""
        names[name] = note if name not in names or not note else names[name]
    return names


def stated(
    text: str, place: Place, source: Source, unread: list[Unread], note: str = ""
) -> Iterator[Fact]:
    """What a text says that is to be a requirement; what is none, in *unread*."""
    try:
        yield from facts(Requirement(text), place, "unused" if note else "seen", note)
    except InvalidRequirement as error:
        unread.append(
            Unread(source.file, place.line, f"no requirement: {str(error).splitlines()[0]}")
        )


def _of_poetry(name: str, given: Any, note: str, place: Place) -> Iterator[Fact]:
    """A dependency as Poetry writes it: ``name = "^1.2"`` or a table."""
    stated = given.get("version", "") if isinstance(given, dict) else given
    if not isinstance(stated, str):
        return
    optional = isinstance(given, dict) and given.get("optional") is True
    exact = _POETRY_EXACT.match(stated.strip())
    if exact:
        version = images.version_of(exact[1], False, None)._replace(
            certainty="exact", written=stated
        )
    else:
        version = Version(None, "lower-bound" if stated.strip("* ") else "unknown", stated, place)
    note = note or ("only with an extra" if optional else "")
    status = "unused" if note else "seen"
    for each in with_extras(name, given.get("extras") if isinstance(given, dict) else None):
        yield listed("package", f"pkg:pypi/{each}", stated, place, "python", version, status, note)


def _asked(packages: list[dict[str, Any]]) -> dict[str, str]:
    """What the projects of a lock ask for themselves, as uv writes it; Poetry and PDM do not say."""
    found: dict[str, str] = {}
    for package in filter(_is_project, packages):
        found.update(dict.fromkeys(_required(package), ""))
        for key, what in (
            ("optional-dependencies", "extra"),
            ("dev-dependencies", "dependency group"),
        ):
            for group in table(package, key):
                for name in _required(table(package, key), group):
                    found.setdefault(name, f"only in {what} {group}")
    return found


def _required(package: Mapping[str, Any], key: str = "dependencies") -> Iterator[str]:
    """What a package of a lock requires, with extras, as uv and Poetry write it."""
    given = package.get(key)
    if isinstance(given, dict):
        given = [{"name": n, **t} for n, t in given.items() if isinstance(t, dict)]
    for entry in given if isinstance(given, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            yield from with_extras(entry["name"], entry.get("extra") or entry.get("extras"))


def _extras(names: Iterable[str]) -> dict[str, list[str]]:
    """Names with an extra by the package that has it."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        package, bracket, _ = name.partition("[")
        if bracket:
            found.setdefault(package, []).append(name)
    return found


def _is_project(package: Mapping[str, Any]) -> bool:
    """Whether a package of a lock is the project itself."""
    source = package.get("source")
    return isinstance(source, dict) and bool({"virtual", "editable"} & set(source))


def _lines_of_names(source: Source) -> dict[str, deque[Place]]:
    found: dict[str, deque[Place]] = {}
    for number, line in enumerate(source.lines):
        if match := _NAME.match(line):
            found.setdefault(match[1], deque()).append(source.place(number, 0, len(line)))
    return found


def _lines_of_keys(source: Source) -> dict[str, int]:
    """The first line, from 0, that gives a key its value."""
    found: dict[str, int] = {}
    for number, line in enumerate(source.lines):
        if match := _KEY.match(line):
            found.setdefault(match[1] or match[2] or match[3], number)
    return found


def _quoted(source: Source) -> dict[str, Place]:
    """Where each quoted text stands first."""
    found: dict[str, Place] = {}
    for number, line in enumerate(source.lines):
        for match in _QUOTED.finditer(line):
            text = match[2] or (match[1] or "").replace('\\"', '"')
            if text not in found:
                found[text] = source.place(number, match.start() + 1, len(text))
    return found


def table(content: Any, *keys: str) -> Mapping[str, Any]:
    """The table at a path of keys; an empty one where there is none."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else {}


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
