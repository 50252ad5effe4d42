"""Answers to questions about the whole graph, or about one of its stacks, kept beside the store that gave them.

A store never changes, so neither does what it answers. What took long to find is kept as SPARQL 1.1 results in JSON;
``aruntime build`` finds all of it at once.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from os.path import dirname, join
from typing import TYPE_CHECKING, Final

from pyoxigraph import Store

from aruntime import parts, questions
from aruntime.engines.embedded import Embedded
from aruntime.model import Term, text
from aruntime.terms import ID

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "answers"
LONG: Final = 0.05
"""Seconds from which on an answer is worth keeping."""


def write(store: Store, folder: Path, concerned: Collection[Term] | None = None) -> None:
    """Keep the parts of stacks; and of a store that begins anew, all that can be asked of the whole graph or of one of its stacks.

    A change may concern any answer: in a store that continues another, they are found when they are asked for.
    """
    parts.write(store, folder, concerned)
    if concerned is not None:
        return
    engine = Embedded(store)
    for name in questions.names():
        query = questions.text_of(name)
        if not any(parameter.required for parameter in questions.signature(query)[1]):
            keep(str(folder), name, engine.select_json(query, {}))
    stacks: dict[Term, list[Term]] = {}
    for stack, component, _ in questions.ask(engine, "stack-components").rows:
        stacks.setdefault(stack, []).append(component)  # type: ignore[arg-type]
    of_stacks = {name: query for name in questions.names() if is_of_stack(query := questions.text_of(name)) and name != "stack-components"}
    for stack, components in stacks.items():
        small = Embedded(parts.stack(str(folder), stack, components))
        for name, query in of_stacks.items():
            keep(str(folder), name, small.select_json(query, {"stack": stack}), stack)


def is_of_stack(query: str) -> bool:
    """Whether a question is about one stack and nothing else."""
    return [parameter.name for parameter in questions.signature(query)[1]] == ["stack"]


def keep(folder: str, name: str, answer: bytes, stack: Term | None = None) -> None:
    """Keep one answer, in one step; a cache that cannot be written keeps nothing."""
    place = _place(folder, name, stack)
    try:
        os.makedirs(dirname(place), exist_ok=True)
        with open(f"{place}.{os.getpid()}", "wb") as file:
            file.write(answer)
        os.replace(file.name, place)
    except OSError:
        return


def read(folder: str, name: str, stack: Term | None = None) -> bytes | None:
    """The kept answer of a question about the whole graph, or about a stack; ``None`` if there is none."""
    try:
        with open(_place(folder, name, stack), "rb") as file:
            return file.read()
    except OSError:
        return None


def _place(folder: str, name: str, stack: Term | None) -> str:
    about = () if stack is None else ((text(stack) or "").removeprefix(ID).replace("/", "-"),)
    return join(folder, FOLDER, *about, f"{name}.json")
