"""YAML as nodes that know where they stand; bounded, so that no file can exhaust the program.

PyYAML composes nodes without making values: ``1.10`` and ``on`` stay text, which is what versions
need. libyaml refuses more than 1,000 levels; we follow 100. Aliases share nodes, so a file of
aliases of aliases is small until somebody walks through it: walks have a budget.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import yaml

from aruntime.detect.model import Place, Unread

MAX_DEPTH: Final = 100
MAX_NODES: Final = 500_000
"""Nodes that are visited in one file."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NEXT: Final = re.compile(r"^---(?:\s|$)", re.MULTILINE)
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))

Node = yaml.Node
Pair = tuple[yaml.ScalarNode, yaml.Node]


class TooLarge(Exception):
    """A file is deeper, or has more nodes, than is followed."""


class Source(NamedTuple):
    """A text, and where it stands in its file.

    Attributes:
        file: the file as it is reported.
        lines: the text, line by line.
        line: lines of the file before the text.
        column: columns before the text on each of its lines.
        fixed: where everything in the text stands, if its own lines are not those of the file.
    """

    file: str
    lines: tuple[str, ...]
    line: int = 0
    column: int = 0
    fixed: Place | None = None

    def place(self, line: int, column: int, length: int) -> Place:
        """A stretch of the text; *line* and *column* count from 0."""
        if self.fixed is not None:
            return self.fixed
        width = len(self.lines[line]) - column if line < len(self.lines) else 0
        first = column + self.column + 1
        return Place(self.file, line + self.line + 1, first, first + max(1, min(length, width)))

    def of(self, node: Node) -> Place:
        """Where a node begins."""
        start, end = node.start_mark, node.end_mark
        length = end.column - start.column if end.line == start.line else 1 << 30
        return self.place(start.line, start.column, length)


class Budget:
    """How many nodes may still be visited in a file."""

    def __init__(self, nodes: int = MAX_NODES) -> None:
        self.left = nodes

    def spend(self, depth: int) -> None:
        """Count one node.

        Raises:
            TooLarge: there is nothing left, or the node lies too deep.
        """
        self.left -= 1
        if self.left < 0:
            raise TooLarge(f"it comes to more than {MAX_NODES} nodes, aliases written out")
        if depth > MAX_DEPTH:
            raise TooLarge(f"it is nested more than {MAX_DEPTH} levels deep")


def documents(source: Source, unread: list[Unread]) -> Iterator[tuple[Node, Source]]:
    """The documents of a YAML text, each with the source that its places are in.

    Where one is malformed, that is added to *unread*, and reading goes on at the next ``---``.
    """
    while True:
        text = "\n".join(source.lines)
        try:
            for node in yaml.compose_all(text, Loader=_LOADER):
                if node is not None:
                    yield node, source
            return
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line if mark is not None else 0
            what = getattr(error, "problem", None) or getattr(error, "reason", None) or error
            where = source.place(line, 0, 1).line
            unread.append(
                Unread(source.file, where, f"malformed YAML: {' '.join(str(what).split())}")
            )
            rest = next(
                (n for n in range(max(line, 1), len(source.lines)) if _NEXT.match(source.lines[n])),
                None,
            )
            if rest is None:
                return
            source = source._replace(lines=source.lines[rest:], line=source.line + rest)


def pairs(node: Node | None) -> list[Pair]:
    """Keys and values of a mapping, merged ones (``<<``) last; none if it is no mapping."""
    found: dict[str, Pair] = {}
    queue, seen = [node], set()
    while queue:
        mapping = queue.pop(0)
        if not isinstance(mapping, yaml.MappingNode) or id(mapping) in seen:
            continue
        seen.add(id(mapping))
        for key, value in mapping.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value == "<<" and key.tag == "tag:yaml.org,2002:merge":
                queue += value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                found.setdefault(key.value, (key, value))
    return list(found.values())


def get(node: Node | None, *keys: str) -> Node | None:
    """The value at a path of keys, or ``None``."""
    for key in keys:
        node = next((value for name, value in pairs(node) if name.value == key), None)
    return node


def text(node: Node | None) -> str | None:
    """The text of a scalar; ``None`` for null and for what is no scalar."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    plain = node.style is None or node.style == ""
    return None if plain and node.value in _NULL else str(node.value)


def items(node: Node | None) -> list[Node]:
    """The items of a sequence; none if it is no sequence."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def inner(node: yaml.ScalarNode, source: Source) -> Source:
    """The text of a scalar as a source of its own: of a literal block with its own lines, of
    anything else all at the place of the scalar."""
    lines = tuple(node.value.split("\n"))
    first = node.start_mark.line + 1
    if node.style == "|" and source.fixed is None:
        for number, line in enumerate(lines):
            outer = source.lines[first + number] if first + number < len(source.lines) else ""
            if line.strip():
                indent = len(outer) - len(line)
                if indent >= 0 and outer.endswith(line):
                    return Source(source.file, lines, source.line + first, source.column + indent)
                break
    return Source(source.file, lines, fixed=source.of(node))


def find(
    word: str, node: Node, source: Source, start: tuple[int, int] | None = None
) -> Place | None:
    """Where *word* stands in what a scalar is written as, from *start* on.

    Args:
        start: line and column in the source, from 0; the beginning of the scalar if absent.
    """
    if source.fixed is not None or not word:
        return None
    line, column = start or (node.start_mark.line, node.start_mark.column)
    for number in range(line, min(node.end_mark.line + 1, len(source.lines))):
        at = source.lines[number].find(word, column if number == line else 0)
        if at >= 0:
            return source.place(number, at, len(word))
    return None
