"""The publication's files as a page lists them: by folder, the forms of one thing in one row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from aruntime.publication.description import Written

_FOLDERS: Final = {
    "dataset": "The graph",
    "ns": "Ontology and rules",
    "tables": "Tables",
    "vocabulary": "Vocabularies",
    "questions": "Questions",
    "": "Descriptions",
}
"""Folders that the page lists, with their headings; a thing's documents stand on its own page."""


class Form(NamedTuple):
    """A file: where it lies, its path below the folder of its group, and its size in bytes."""

    path: str
    word: str
    size: int


class Download(NamedTuple):
    """What can be loaded, in one form or several."""

    title: str
    forms: tuple[Form, ...]


def groups(written: Iterable[Written]) -> list[tuple[str, str, list[Download]]]:
    """Headings with their anchor and what is below them.

    Args:
        written: the files of the publication.
    """
    found: dict[str, dict[str, list[Written]]] = {folder: {} for folder in _FOLDERS}
    for file in sorted(written):
        folder = file.path.rpartition("/")[0].partition("/")[0]
        if folder in found:
            key = str(PurePosixPath(file.path).with_suffix(""))
            found[folder].setdefault(key, []).append(file)
    return [
        (title, folder or "descriptions", list(map(_download, found[folder].values())))
        for folder, title in _FOLDERS.items()
        if found[folder]
    ]


def _download(files: list[Written]) -> Download:
    """The forms of one thing; a title of the pattern "what, form" is said once."""
    title = files[0].title
    if len(files) > 1:
        title = title.rpartition(", ")[0] or title
    forms = (Form(f.path, f.path.partition("/")[2] or f.path, f.size) for f in files)
    return Download(title, tuple(forms))
