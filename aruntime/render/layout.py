"""Text in columns for a terminal: cells wrap between words, and nothing is cut.

Widths are counted as terminals show them: wide East Asian characters take two columns
(https://www.unicode.org/reports/tr11/), combining marks none. Escape sequences are written only
where the caller asks for colour. Cells are data: they must have gone through
:mod:`aruntime.render.safe`, and no markup is read in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

GAP: Final = 2
"""Spaces between columns."""

Look = Mapping[str, Any]
"""Keywords of :func:`click.style`, for example ``{"bold": True}``."""

Rows = Sequence[Sequence[str]]
"""Rows of cells, all of one length; a line feed in a cell begins a new line."""

BOLD: Final[Look] = {"bold": True}
DIM: Final[Look] = {"dim": True}


def styled(text: str, look: Look, colour: bool) -> str:
    """*text* in a look if *colour* is true, else as it is."""
    return click.style(text, **look) if colour and look and text else text


def width_of(text: str) -> int:
    """Columns that *text* takes on a terminal."""
    if text.isascii():
        return len(text)
    import unicodedata

    total = 0
    for letter in text:
        if not unicodedata.combining(letter) and unicodedata.category(letter) not in ("Me", "Cf"):
            total += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
    return total


def wrap(text: str, width: int) -> list[str]:
    """*text* in lines of at most *width* columns, broken between words.

    A word that is wider than a line goes on in the next one. Spaces at the beginning of a line of
    *text* are kept, and indent the lines it is broken into.

    Example:
        >>> wrap("who owns what", 8)
        ['who owns', 'what']
    """
    found: list[str] = []
    for part in text.split("\n"):
        indent = " " * min(len(part) - len(part.lstrip(" ")), max(0, width - 1))
        room = max(1, width - len(indent))
        line, used = "", 0
        for word in part.split():
            size = width_of(word)
            if line and used + 1 + size <= room:
                line, used = f"{line} {word}", used + 1 + size
                continue
            if line:
                found.append(indent + line)
            while size > room:
                head = _head(word, room)
                found.append(indent + head)
                word = word[len(head) :]
                size = width_of(word)
            line, used = word, size
        found.append(indent + line if line else "")
    return found


def _head(word: str, width: int) -> str:
    """As much of the beginning of *word* as *width* columns hold, if possible up to a hyphen; at
    least one character."""
    size = 1
    while size < len(word) and width_of(word[: size + 1]) <= width:
        size += 1
    return word[: word.rfind("-", size // 2, size) + 1 or size]


def grid(rows: Rows, width: int, looks: Sequence[Look] = (), *, colour: bool = False) -> list[str]:
    """Lines of *rows* in columns that fit *width*; long words are broken where nothing else helps.

    Args:
        looks: for each column, or for the first of them, how its cells look.
    """
    if not rows:
        return []
    sizes = _sizes(rows)
    return _lines(rows, _widths(sizes, width) or _broken(sizes, width), looks, colour)


def table(heading: Sequence[str], rows: Rows, width: int, *, colour: bool = False) -> list[str]:
    """Lines of a table with a heading; of records where its longest words do not fit side by side.

    A record has a line for each cell that says something, and is followed by an empty line. Its
    lines are left to the terminal to wrap, so that names can be copied; so is the last column of a
    table whose others take no more than half of the width.
    """
    sizes = _sizes([heading, *rows])
    widths = _widths(sizes, width)
    if widths is None:
        widths = [*(longest for _, longest in sizes[:-1]), sizes[-1][0]]
        if len(sizes) == 1 or sum(widths[:-1]) + GAP * (len(sizes) - 1) > width // 2:
            return _records(heading, rows, colour)
    looks = [BOLD] * len(heading)
    rule = [(GAP * " ").join("─" * size for size in widths)[:width]]
    return _lines([heading], widths, looks, colour) + rule + _lines(rows, widths, (), colour)


def _records(heading: Sequence[str], rows: Rows, colour: bool) -> list[str]:
    names = [styled(name, BOLD, colour) for name in _padded(heading)]
    lines: list[str] = []
    for row in rows:
        said = [f"{name}  {cell}" for name, cell in zip(names, row, strict=True) if cell]
        lines += ["", *said] if lines else said
    return lines


def _padded(cells: Sequence[str]) -> list[str]:
    widest = max(map(width_of, cells), default=0)
    return [cell + " " * (widest - width_of(cell)) for cell in cells]


def _sizes(rows: Rows) -> list[tuple[int, int]]:
    """For each column the width of its longest word and of its longest line."""
    found = []
    for cells in zip(*rows, strict=True):
        lines = [line for cell in set(cells) for line in cell.split("\n")]
        words = {word for line in lines for word in line.split()}
        longest = max(map(width_of, lines), default=0)
        indent = max((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
        found.append((min(longest, indent + max(map(width_of, words), default=0)), longest))
    return found


def _widths(sizes: Sequence[tuple[int, int]], width: int) -> list[int] | None:
    """Widths of columns that break no word; ``None`` if there are none.

    Columns that need little get it; those that need more share the rest evenly.
    """
    room = width - GAP * (len(sizes) - 1)
    if sum(word for word, _ in sizes) > room:
        return None
    return _level(sizes, room)


def _broken(sizes: Sequence[tuple[int, int]], width: int) -> list[int]:
    """Widths of columns where even the longest words do not fit: the widest give way first."""
    room = width - GAP * (len(sizes) - 1)
    return _level([(1, word) for word, _ in sizes], room)


def _level(sizes: Sequence[tuple[int, int]], room: int) -> list[int]:
    """The widest columns between each one's least and greatest width that *room* holds."""
    found = [least for least, _ in sizes]
    for level in range(1, max(room, 1) + 1):
        wider = [min(most, max(least, level)) for least, most in sizes]
        if sum(wider) > room:
            break
        found = wider
    return found


def _lines(rows: Rows, widths: Sequence[int], looks: Sequence[Look], colour: bool) -> list[str]:
    lines = []
    for row in rows:
        cells = [
            wrap(cell, size) if width_of(cell) > size or "\n" in cell else [cell]
            for cell, size in zip(row, widths, strict=True)
        ]
        for number in range(max(map(len, cells))):
            line, missing = "", 0
            for column, (parts, size) in enumerate(zip(cells, widths, strict=True)):
                part = parts[number] if number < len(parts) else ""
                if part:
                    look = looks[column] if column < len(looks) else {}
                    line += " " * missing + styled(part, look, colour)
                    missing = 0
                missing += size - width_of(part) + GAP
            lines.append(line)
    return lines
