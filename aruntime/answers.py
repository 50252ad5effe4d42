"""Answers to questions about the whole graph, kept beside the store that gave them.

A store never changes, so neither does what it answers. What took long to find is kept as SPARQL 1.1 results in JSON;
``aruntime build`` finds all of it at once.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from os.path import join
from typing import TYPE_CHECKING, Final

from pyoxigraph import Store

from aruntime import parts, questions
from aruntime.engines.embedded import Embedded
from aruntime.model import Term

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "answers"
LONG: Final = 0.05
"""Seconds from which on an answer is worth keeping."""


def write(store: Store, folder: Path, concerned: Collection[Term] | None = None) -> None:
    """Keep the parts of stacks, and in a store that begins anew the answer of every question that can be asked of the whole graph.

    A change may concern any answer: in a store that continues another, they are found when they are asked for.
    """
    parts.write(store, folder, concerned)
    if concerned is not None:
        return
    engine = Embedded(store)
    for name in questions.names():
        text = questions.text_of(name)
        if not any(parameter.required for parameter in questions.signature(text)[1]):
            keep(str(folder), name, engine.select_json(text, {}))


def keep(folder: str, name: str, answer: bytes) -> None:
    """Keep one answer, in one step; a cache that cannot be written keeps nothing."""
    place = join(folder, FOLDER, f"{name}.json")
    try:
        os.makedirs(join(folder, FOLDER), exist_ok=True)
        with open(f"{place}.{os.getpid()}", "wb") as file:
            file.write(answer)
        os.replace(file.name, place)
    except OSError:
        return


def read(folder: str, name: str) -> bytes | None:
    """The kept answer of a question, or ``None`` if there is none."""
    try:
        with open(join(folder, FOLDER, f"{name}.json"), "rb") as file:
            return file.read()
    except OSError:
        return None
