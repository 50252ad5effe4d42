"""Command lines: the words of ``command``, ``args`` and ``entrypoint``, however they are written.

They stand as lists, as one string, in folded blocks, in ``sh -c`` strings over several lines, and
in environment variables that carry arguments. Each word keeps its place in the file.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import yaml

from aruntime.detect.images import substituted
from aruntime.detect.model import Place
from aruntime.detect.yaml_files import Budget, Node, Source, cost, find, items

_MAX_WORDS: Final = 5_000
_LONGEST: Final = 100_000
"""Characters of a command line that are taken apart."""
_CHARACTERS: Final = 4
"""Characters of a command line that count as one node."""


class Word(NamedTuple):
    """A word of a command line, and where it stands."""

    text: str
    place: Place


class Argument(NamedTuple):
    """What a key can match: words in a row, or an option with its value."""

    name: str
    value: str | None
    place: Place


def words(nodes: Sequence[Node | None], source: Source, budget: Budget | None = None) -> list[Word]:
    """The words of some scalars and lists of scalars, in order.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    budget = budget or Budget()
    found: list[Word] = []
    for node in nodes:
        parts: list[Node | None] = [*items(node)[:_MAX_WORDS]] or [node]
        for part in parts:
            if isinstance(part, yaml.ScalarNode) and part.value and len(found) < _MAX_WORDS:
                alone = isinstance(node, yaml.SequenceNode) and not _is_line(part.value)
                budget.spend(0, cost(part))
                if not alone:
                    budget.spend(0, min(len(part.value), _LONGEST) // _CHARACTERS)
                found += [Word(part.value, source.of(part))] if alone else _split(part, source)
    return found


def _is_line(value: str) -> bool:
    """Whether an item of a list is a whole command line, such as what follows ``sh -c``."""
    return len(value[:_LONGEST].split(maxsplit=1)) > 1 and not value.lstrip().startswith(("{", "["))


def _split(node: yaml.ScalarNode, source: Source) -> Iterator[Word]:
    """The words of one string as a shell takes it apart; what cannot be found stands where the
    string begins."""
    value, _ = substituted(node.value[:_LONGEST])
    value = value.replace("\\\n", " ").replace(";", " ; ")
    try:
        parts = shlex.split(value)
    except ValueError:  # a quotation that does not end
        parts = value.split()
    at: tuple[int, int] | None = None
    for part in parts[:_MAX_WORDS]:
        place = find(part.partition("=")[0] if part.startswith("-") else part, node, source, at)
        if place is not None:
            at = (place.line - source.line - 1, place.end - source.column - 1)
        yield Word(part, place or source.of(node))


def arguments(line: Sequence[Word]) -> Iterator[Argument]:
    """What a command line says: each option with its value, and up to three words in a row.

    An option is spelt with hyphens, whatever joins its words; a JSON object that is its value gives
    ``--option.key`` too.

    Example:
        >>> place = Place("f", 1, 1, 2)
        >>> [a[:2] for a in arguments([Word("--kv_role=both", place)])]
        [('--kv-role', 'both')]
    """
    for number, word in enumerate(line):
        if word.text.startswith("-") and len(word.text) > 1:
            name, equals, value = word.text.partition("=")
            name = name.replace("_", "-") if name.startswith("--") else name
            following = line[number + 1].text if number + 1 < len(line) else None
            if not equals and following is not None and not following.startswith("-"):
                value, equals = following, "="
            yield Argument(name, value if equals else None, word.place)
            yield from _members(name, value, word.place)
            continue
        names = [w.text.rpartition("/")[2] for w in line[number : number + 3]]
        for length in range(1, len(names) + 1):
            yield Argument(" ".join(names[:length]), None, word.place)


def _members(name: str, value: str, place: Place) -> Iterator[Argument]:
    """The members of a JSON object that an option takes."""
    if not value.lstrip().startswith("{") or len(value) > _LONGEST:
        return
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = dict(re.findall(r'"?(\w+)"?\s*:\s*"?([\w./-]+)"?', value))
    for key, member in found.items() if isinstance(found, dict) else ():
        if isinstance(member, str):
            yield Argument(f"{name}.{key}", member, place)
