"""Canonical form: one graph has one spelling, so that a difference in text is a difference in
meaning.

A person need not declare the prefixes that everyone knows (:data:`aruntime.namespaces.PREFIXES`),
nor the empty prefix in a file that describes one thing: where a name cannot be read without them,
they are declared, and those that are not used are dropped as the file is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from aruntime import atomic, corpus, paths, turtle
from aruntime.errors import DataError, UsageError
from aruntime.namespaces import CLASSES, PREFIXES
from aruntime.validation.files import thing
from aruntime.validation.shapes import shape_files

_DECLARED: Final = re.compile(r"^\s*@?prefix\s+([\w.-]*):", re.IGNORECASE | re.MULTILINE)


def turtle_files(targets: Sequence[Path] = ()) -> list[Path]:
    """The Turtle files of some files and folders, or the shipped ones.

    Raises:
        UsageError: a path does not exist, or there is no Turtle file.
    """
    if targets:
        found = [path for path in corpus.overlay_files(targets) if path.suffix == ".ttl"]
    else:
        found = [*corpus.vocabulary_files(), *shape_files(), *corpus.data_files()]
    if not found:
        raise UsageError("there is no Turtle file to format")
    return found


def canonical(path: Path) -> bytes:
    """The canonical form of a file.

    A comment block that opens a file of the ontology stays; any other comment is refused, because
    it would be lost.

    Raises:
        DataError: the file is malformed, or holds a comment.
    """
    heading = path.resolve().is_relative_to(paths.ontology().resolve())
    return turtle.format_triples(read(path), path, keep_heading=heading).encode()


def format_file(path: Path, *, check: bool = False) -> bool:
    """Write a file in canonical form, and say whether that changes it.

    Args:
        check: whether to write nothing.

    Raises:
        DataError: the file is malformed, holds a comment, or cannot be written.
    """
    text = canonical(path)
    changes = text != path.read_bytes()
    if changes and not check:
        atomic.write(path, text)
    return changes


def read(path: Path) -> list[Quad]:
    """The quads of a Turtle file in which known prefixes may be undeclared.

    Raises:
        DataError: the file is malformed, with its line.
    """
    try:
        return turtle.read(path)
    except DataError as error:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise error from None
        return turtle.parse_bytes(_declared(text, path).encode(), turtle.FORMATS[".ttl"], path)


def _declared(text: str, path: Path) -> str:
    """The text with declarations of the known prefixes that it lacks, all before its first line."""
    known = dict(PREFIXES)
    if {path.parent.name, path.parent.parent.name} & {*CLASSES}:
        known[""] = f"{thing(path)}#"
    missing = known.keys() - {match.group(1) for match in _DECLARED.finditer(text)}
    return " ".join([*(f"@prefix {name}: <{known[name]}> ." for name in sorted(missing)), text])
