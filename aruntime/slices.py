"""The rows of a long answer about one thing, or with some words in them, read without the others.

Beside an answer, SPARQL 1.1 results in JSON as Oxigraph writes them, stands an index for each column that is asked for: the
answer's length, then a line for each value with the bytes from and to which its rows stand, then a line that ends it. A value
that has no line has no rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from itertools import pairwise
from typing import Final

_FIRST: Final = b'"bindings":['
_BETWEEN: Final = b'}},{"'
"""Stands between two rows and nowhere else: inside a string, the quotation mark would be escaped."""
_LAST: Final = b"]}}"
_HEAD: Final = 4096
"""Bytes within which the rows begin: only names of columns stand before them."""
_HELD: Final = rb'"%b":\{"type":"\w+","value":"((?:[^"\\]|\\.)*)"'
"""What a row holds in a column, as JSON spells it."""
_END: Final = b".\n"
_TAB: Final = b"\t"
"""Ends a value in an index."""
_BREAKS: Final = dict.fromkeys(map(ord, "\t\n\r"), "\v")
"""Stand in no value of an index."""


def write(path: str, columns: Iterable[str], key: Callable[[str], str] = str) -> None:
    """Index the answer in the file *path*.

    Args:
        key: what an index has in place of a value.

    Raises:
        OSError: there is no such answer, or an index cannot be written.
    """
    import json

    with open(path, "rb") as file:
        answer = file.read()
    rows = list(_rows(answer))
    for column in columns:
        runs: dict[str, list[int]] = {}
        held = re.compile(_HELD % column.encode())
        for start, end in rows:
            if not (found := held.search(answer, start, end)):
                continue
            value = str(json.loads(b'"%b"' % found[1])).translate(_BREAKS)
            run = runs.setdefault(key(value), [0, 0])
            if run[-1] == start - 1:  # one comma stands between two rows
                run[-1] = end
            else:
                run += start, end
        with open(_index(path, column), "wb") as file:
            file.write(b"%d\n" % len(answer))
            file.writelines(value.encode() + _TAB + b" ".join(b"%d" % place for place in run[2:]) + b"\n" for value, run in runs.items())
            file.write(_END)


def read(path: str, values: Mapping[str, str]) -> bytes | None:
    """The answer in the file *path* as far as each of these columns has its value; ``None`` if it, or an index, is not kept."""
    try:
        runs = [list(_places(index, at + 1)) if at >= 0 else [] for index, at in (_looked_up(path, *pair) for pair in values.items())]
        common = reduce(_common, runs)
        return _picked(path, common)
    except OSError:
        return None


def find(path: str, column: str, part: str) -> bytes | None:
    """The answer in the file *path* as far as *column*'s key contains *part*, which is not empty; ``None`` if it is not kept or has no such index."""
    try:
        index = _read(path, column)
        return _picked(path, sorted(run for line in _lines(index, part.encode()) for run in _places(index, line)))
    except OSError:
        return None


def _looked_up(path: str, column: str, value: str) -> tuple[bytes, int]:
    """The index of a column, and where a value's line begins in it, after the end of the line before; -1 if there is none."""
    index = _read(path, column)
    return index, index.find(b"\n" + value.encode() + _TAB)


def _common(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where rows stand that stand in both; all begin and end with a row, and ascend."""
    found, here, there = [], 0, 0
    while here < len(one) and there < len(other):
        start, end = max(one[here][0], other[there][0]), min(one[here][1], other[there][1])
        if start < end:
            found.append((start, end))
        if one[here][1] < other[there][1]:
            here += 1
        else:
            there += 1
    return found


def _lines(index: bytes, part: bytes) -> Iterator[int]:
    """Where the lines begin whose values contain *part*."""
    at = index.find(part)
    while at >= 0:
        line = index.rfind(b"\n", 0, at) + 1
        if at < index.index(_TAB, line):
            yield line
        at = index.find(part, index.index(b"\n", at) + 1)


def _places(index: bytes, line: int) -> Iterator[tuple[int, int]]:
    """From where to where the rows of a line's value stand."""
    places = map(int, index[index.index(_TAB, line) : index.index(b"\n", line)].split())
    return zip(places, places, strict=True)


def _picked(path: str, places: Iterable[tuple[int, int]]) -> bytes:
    """The answer with the rows that stand there, and no others."""
    with open(path, "rb") as file:
        head = file.read(_HEAD).partition(_FIRST)[0]
        runs = []
        for start, end in places:
            file.seek(start)
            runs.append(file.read(end - start))
    return head + _FIRST + b",".join(runs) + _LAST


def _rows(answer: bytes) -> Iterator[tuple[int, int]]:
    """From where to where each row stands."""
    begin, end = answer.index(_FIRST) + len(_FIRST), answer.rindex(_LAST)
    if begin == end:
        return
    commas = [begin - 1]
    at = answer.find(_BETWEEN, begin)
    while at >= 0:
        commas.append(at + 2)
        at = answer.find(_BETWEEN, at + 2)
    for before, after in pairwise((*commas, end)):
        yield before + 1, after


def _read(path: str, column: str) -> bytes:
    """The index of a column.

    Raises:
        OSError: there is none, or it is not that of the answer as it is.
    """
    with open(_index(path, column), "rb") as file:
        found = file.read()
    head, _, lines = found.partition(b"\n")
    if head != b"%d" % os.stat(path).st_size or not found.endswith(b"\n" + _END):
        raise OSError(f"{path}: another answer, or cut short")
    return b"\n" + lines


def _index(path: str, column: str) -> str:
    return f"{path.removesuffix('.json')}.{column}.index"
