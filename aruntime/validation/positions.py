"""Where a node is described: file and line.

No RDF parser for Python tells the line of a triple. Turtle written in our form, and most that is
not, has each subject at the beginning of a line and each predicate at the beginning of another;
that is enough to point a person to the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from aruntime.namespaces import TYPE

_PREFIX = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_FIRST = re.compile(r"^\s*(<[^>]*>|[\w.-]*:[\w.%-]*|a(?=\s))")


def line_of(path: Path, focus: str, predicate: str | None) -> int | None:
    """The line where *focus* begins, or where its *predicate* stands; ``None`` if it cannot be
    told."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    prefixes: dict[str, str] = {}
    found: int | None = None
    for number, line in enumerate(lines, 1):
        if match := _PREFIX.match(line):
            prefixes[match.group(1)] = match.group(2)
            continue
        match = _FIRST.match(line)
        name = _expand(match.group(1), prefixes) if match else None
        if line[:1].strip():
            if found is not None:
                return found
            if name == focus:
                found = number
        if found is not None and predicate is not None and name == predicate:
            return number
    return found


def subjects(path: Path) -> dict[str, int]:
    """Every IRI that a Turtle file in our form describes, with the line where it begins."""
    prefixes: dict[str, str] = {}
    found: dict[str, int] = {}
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if match := _PREFIX.match(line):
            prefixes[match.group(1)] = match.group(2)
        elif line[:1].strip() and (match := _FIRST.match(line)):
            if name := _expand(match.group(1), prefixes):
                found.setdefault(name, number)
    return found


def _expand(token: str, prefixes: Mapping[str, str]) -> str | None:
    if token.startswith("<"):
        return token[1:-1]
    if token == "a":
        return TYPE.value
    prefix, _, local = token.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else None


def owners(files: Mapping[str, Path], subjects: Mapping[str, Iterable[str]]) -> dict[str, Path]:
    """The file that describes each subject: the first that states anything of it."""
    found: dict[str, Path] = {}
    for graph, names in subjects.items():
        for name in names:
            found.setdefault(name, files[graph])
    return found
