"""Answers kept beside the store that gave them: about the whole graph, and from these about one thing; and about each stack.

A store never changes, so neither does what it answers. ``aruntime build`` finds at once whatever can be asked of the whole
graph where it begins anew or nothing is left to change; what it did not find and took long is kept when it is asked for.
Answers are SPARQL 1.1 results in JSON.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from os.path import dirname, join
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Store

from aruntime import parts, questions, slices
from aruntime.engines.embedded import Embedded
from aruntime.model import Parameter, Term, text
from aruntime.results import whole
from aruntime.terms import CLASSES, ID, SCHEMES

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "answers"
LONG: Final = 0.05
"""Seconds from which on an answer is worth keeping."""
FEW: Final = ("stack", "kind", "property")
"""Parameters with so few values that an answer for each may be kept."""
WIDE: Final = ("runtime", "responsibility", "property")
"""Kinds of parameters that a question may require and yet be asked of the whole graph at once."""

SEARCH: Final = "search"
"""The question that looks for words."""
TEXTS: Final = "texts"
"""Its answer for no words at all, which is every text; no question is called so."""
_NO_WORDS: Final = b'"text":{"type":"literal","value":""}'


def write(store: Store, folder: Path, concerned: Collection[Term] | None = None) -> None:
    """Keep the parts of stacks; and, unless something was changed, all that can be asked of the whole graph or of one of its stacks.

    A change may concern any answer: in a store that continues another with changes, they are found when they are asked for.
    """
    parts.write(store, folder, concerned)
    if concerned:
        return
    engine, place = Embedded(store), str(folder)
    _keep_whole(engine, place)
    _keep_texts(engine, place)
    _keep_things(engine, place)
    _keep_stacks(engine, place)


def _keep_whole(engine: Embedded, folder: str) -> None:
    """What can be asked of the whole graph, each answer indexed by the columns that a caller may bind."""
    for name in questions.names():
        parameters = _parameters(name)
        if all(parameter.kind in WIDE for parameter in parameters if parameter.required):
            _keep_found(engine, folder, name, {})
            slices.write(_place(folder, name, {}), (p.name for p in parameters if p.kind not in ("text", "integer")))


def _keep_texts(engine: Embedded, folder: str) -> None:
    keep(folder, TEXTS, {}, engine.select_json(questions.text_of(SEARCH), {"text": Literal("")}))
    slices.write(_place(folder, TEXTS, {}), ("match",), str.lower)


def _keep_things(engine: Embedded, folder: str) -> None:
    """The list of each kind of things, what is said of each runtime, and where it is mentioned."""
    for kind in (*CLASSES, *SCHEMES):
        _keep_found(engine, folder, "things", {"kind": Literal(kind)})
    for _, runtime, _ in questions.ask(engine, "things", {"kind": "runtime"}).rows:
        for name in ("describe", "mentions"):
            _keep_found(engine, folder, name, {"thing": runtime})  # type: ignore[dict-item]


def _keep_stacks(engine: Embedded, folder: str) -> None:
    """What can be asked of a stack, found in what holds now of its components."""
    stacks: dict[Term, list[Term]] = {}
    for stack, component, _ in questions.ask(engine, "stack-components").rows:
        stacks.setdefault(stack, []).append(component)  # type: ignore[arg-type]
    names = [name for name in questions.names() if is_of_stack(_parameters(name)) and name != "stack-components"]
    for stack, components in stacks.items():
        small = Embedded(parts.stack(folder, stack, components))
        for name in names:
            _keep_found(small, folder, name, {"stack": stack})


def is_of_stack(parameters: Collection[Parameter]) -> bool:
    """Whether a question with these parameters is about one stack and nothing else."""
    return [parameter.name for parameter in parameters] == ["stack"]


def _parameters(name: str) -> tuple[Parameter, ...]:
    return questions.signature(questions.text_of(name))[1]


def _keep_found(engine: Embedded, folder: str, name: str, about: Mapping[str, Term]) -> None:
    keep(folder, name, about, engine.select_json(questions.text_of(name), about))


def may_keep(about: Mapping[str, Term]) -> bool:
    """Whether so few answers like one about this are possible that it may be kept."""
    return not about or (len(about) == 1 and about.keys() <= set(FEW))


def keep(folder: str, name: str, about: Mapping[str, Term], answer: bytes) -> None:
    """Keep one answer, in one step.

    Raises:
        OSError: the cache cannot be written.
    """
    place = _place(folder, name, about)
    os.makedirs(dirname(place), exist_ok=True)
    passing = f"{place}.{os.getpid()}"
    try:
        with open(passing, "wb") as file:
            file.write(answer)
        os.replace(passing, place)
    except OSError:
        with suppress(OSError):
            os.unlink(passing)
        raise


def read(folder: str, name: str, about: Mapping[str, Term]) -> bytes | None:
    """The kept answer of a question with these parameters, or ``None`` if the store must be asked."""
    if (kept := parts.read(folder, name, about)) is not None:
        return kept
    if (kept := whole(_place(folder, name, about))) is not None:
        return kept
    if name == SEARCH:
        return _search(folder, about)
    named = {column: value.value for column, value in about.items() if isinstance(value, NamedNode)}
    return slices.read(_place(folder, name, {}), named) if named and len(named) == len(about) else None


def _search(folder: str, about: Mapping[str, Term]) -> bytes | None:
    """Texts that contain what is looked for; ``None`` also for what JSON cannot hold as it is."""
    words = text(about.get("text")) or ""
    if not words or not words.isprintable() or '"' in words or "\\" in words:
        return None
    found = slices.find(_place(folder, TEXTS, {}), "match", words.lower())
    return found and found.replace(_NO_WORDS, _NO_WORDS[:-2] + words.encode() + _NO_WORDS[-2:])


def _place(folder: str, name: str, about: Mapping[str, Term]) -> str:
    """A file of its own for each question, in a folder for what it is about, if that is one thing."""
    return join(folder, FOLDER, *((text(value) or "").removeprefix(ID).replace("/", "-") for value in about.values()), f"{name}.json")
