"""YAML as nodes that know where they stand; bounded, so that no file can exhaust the program.

PyYAML composes nodes without making values: ``1.10`` and ``on`` stay text, which is what versions
need. libyaml refuses more than 1,000 levels; we follow 100. Aliases share nodes, so a file of
aliases of aliases is small until somebody walks through it: walks have a budget, and the keys of a
mapping are looked up where they stand, merged ones in the mapping that they come from.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator
from typing import Final, NamedTuple

import yaml

from aruntime.detect.model import Place, Unread

MAX_DEPTH: Final = 100
MAX_NODES: Final = 500_000
"""Nodes that are visited in one file."""
MAX_MERGED: Final = 50
"""Mappings that one mapping merges (``<<``), those that they merge included."""
MAX_MISTAKES: Final = 100
"""Mistakes of one file that are told."""
_MERGED: Final = f"it merges more than {MAX_MERGED} mappings into one"
_CHARACTERS: Final = 256
"""Characters of a text that count as one node."""
_NEAR: Final = 40
"""Lines in which a word is looked for."""
_WIDE: Final = 2_000
"""Characters of a line in which a word is looked for."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NEXT: Final = re.compile(r"^---(?:\s|$)", re.MULTILINE)
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))

Node = yaml.Node
Pair = tuple[yaml.ScalarNode, yaml.Node]


class TooLarge(Exception):
    """A file is deeper, or has more nodes or mistakes, than is followed."""


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

    def __init__(self) -> None:
        self.left = MAX_NODES

    def spend(self, depth: int, cost: int = 1) -> None:
        """Count some nodes.

        Raises:
            TooLarge: there is nothing left, or the node lies too deep.
        """
        self.left -= cost
        if self.left < 0:
            raise TooLarge(f"it comes to more than {MAX_NODES} nodes, aliases written out")
        if depth > MAX_DEPTH:
            raise TooLarge(f"it is nested more than {MAX_DEPTH} levels deep")


def cost(node: Node | None, path: str = "") -> int:
    """What a visit of a node counts: the more, the longer its text and the way to it are, and the
    more it merges.

    Raises:
        TooLarge: it merges more than :data:`MAX_MERGED` mappings.
    """
    if isinstance(node, yaml.ScalarNode):
        return 1 + (len(path) + len(node.value)) // _CHARACTERS
    return 1 + len(path) // _CHARACTERS + len(_layers(node)[1:])


def documents(source: Source, unread: list[Unread]) -> Iterator[tuple[Node, Source]]:
    """The documents of a YAML text, each with the source that its places are in.

    Where one is malformed, that is added to *unread*, and reading goes on at the next ``---``, from
    there on document by document, up to :data:`MAX_MISTAKES` mistakes.
    """
    line = yield from _composed(source, unread)
    if line is None:
        return
    lines, mistakes = source.lines, 1
    starts = [n for n in range(max(line, 1), len(lines)) if _NEXT.match(lines[n])]
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        piece = source._replace(lines=lines[first:end], line=source.line + first)
        if mistakes == MAX_MISTAKES:
            why = f"from here on: it has more than {MAX_MISTAKES} mistakes"
            unread.append(Unread(source.file, piece.place(0, 0, 1).line, why))
            return
        mistakes += (yield from _composed(piece, unread)) is not None


def _composed(
    source: Source, unread: list[Unread]
) -> Generator[tuple[Node, Source], None, int | None]:
    """The documents up to a mistake, which is added to *unread*; returns its line, from 0."""
    try:
        for node in yaml.compose_all("\n".join(source.lines), Loader=_LOADER):
            if node is not None:
                yield node, source
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line if mark is not None else 0
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        where = source.place(line, 0, 1).line
        unread.append(Unread(source.file, where, f"malformed YAML: {' '.join(str(what).split())}"))
        return int(line)
    return None


def _own(node: yaml.MappingNode) -> tuple[dict[str, Pair], list[Node]]:
    """The keys of a mapping itself, and the nodes that it merges."""
    found: dict[str, Pair] = {}
    merged: list[Node] = []
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value == "<<" and key.tag == "tag:yaml.org,2002:merge":
                several = value.value if isinstance(value, yaml.SequenceNode) else [value]
                if len(several) > MAX_MERGED:
                    raise TooLarge(_MERGED)
                merged += several
            else:
                found.setdefault(key.value, (key, value))
    return found, merged


def _layers(node: Node | None) -> list[dict[str, Pair]]:
    """The keys of a mapping, then those of each mapping that it merges; kept with the node.

    Raises:
        TooLarge: it merges more than :data:`MAX_MERGED` mappings.
    """
    if not isinstance(node, yaml.MappingNode):
        return []
    if "layers" in node.__dict__:
        return node.__dict__["layers"]  # type: ignore[no-any-return]
    layers: list[dict[str, Pair]] = []
    queue, seen = deque[Node]([node]), set[int]()
    while queue:
        mapping = queue.popleft()
        if isinstance(mapping, yaml.MappingNode) and id(mapping) not in seen:
            if len(seen) > MAX_MERGED:
                raise TooLarge(_MERGED)
            seen.add(id(mapping))
            if "own" not in mapping.__dict__:
                mapping.__dict__["own"] = _own(mapping)
            found, merged = mapping.__dict__["own"]
            layers.append(found)
            queue += merged
    node.__dict__["layers"] = layers
    return layers


def pairs(node: Node | None) -> list[Pair]:
    """Keys and values of a mapping, merged ones (``<<``) last; none if it is no mapping."""
    found: dict[str, Pair] = {}
    for layer in _layers(node):
        for name, pair in layer.items():
            found.setdefault(name, pair)
    return list(found.values())


def get(node: Node | None, *keys: str) -> Node | None:
    """The value at a path of keys, or ``None``."""
    for key in keys:
        for layer in _layers(node):
            if key in layer:
                node = layer[key][1]
                break
        else:
            return None
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
    """Where *word* stands in what a scalar is written as, from *start* on, if that is near.

    Args:
        start: line and column in the source, from 0; the beginning of the scalar if absent.
    """
    if source.fixed is not None or not word:
        return None
    line, column = start or (node.start_mark.line, node.start_mark.column)
    for number in range(line, min(node.end_mark.line + 1, line + _NEAR, len(source.lines))):
        begin = column if number == line else 0
        at = source.lines[number].find(word, begin, begin + _WIDE)
        if at >= 0:
            return source.place(number, at, len(word))
    return None
