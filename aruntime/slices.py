"""The rows of a long answer about one thing, read without the others.

Beside an answer, SPARQL 1.1 results in JSON as Oxigraph writes them, stands an index for each column that is asked for: a
line for each value, with the bytes from and to which its rows stand. A value that has no line has no rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_FIRST: Final = b'"bindings":['
_BETWEEN: Final = b'}},{"'
"""Stands between two rows and nowhere else: inside a string, the quotation mark would be escaped."""
_LAST: Final = b"]}}"
_HEAD: Final = 4096
"""Bytes within which the rows begin: only names of columns stand before them."""


def write(path: str, answer: bytes, columns: Iterable[str]) -> None:
    """Index the answer that the file *path* is to hold by *columns*.

    Raises:
        OSError: the files cannot be written.
    """
    rows = list(_rows(answer))
    for column in columns:
        runs: dict[bytes, list[int]] = {}
        for start, end in rows:
            if not (value := _value(answer, column, start, end)):
                continue
            run = runs.setdefault(value, [0, 0])
            if run[-1] == start - 1:  # one comma stands between two rows
                run[-1] = end
            else:
                run += start, end
        with open(_index(path, column), "wb") as file:
            file.writelines(b"%b %b\n" % (value, b" ".join(b"%d" % place for place in run[2:])) for value, run in runs.items())


def read(path: str, column: str, value: str) -> bytes | None:
    """The answer in the file *path* as far as *column* has that value; ``None`` if it is not kept or has no such index."""
    wanted = b"\n%b " % value.encode()
    try:
        with open(_index(path, column), "rb") as file:
            index = b"\n" + file.read()
        at = index.find(wanted)
        places = [int(place) for place in index[at + len(wanted) : index.index(b"\n", at + 1)].split()] if at >= 0 else []
        with open(path, "rb") as file:
            head = file.read(_HEAD).partition(_FIRST)[0]
            runs = []
            for start, end in zip(places[::2], places[1::2], strict=True):
                file.seek(start)
                runs.append(file.read(end - start))
    except OSError:
        return None
    return head + _FIRST + b",".join(runs) + _LAST


def _rows(answer: bytes) -> Iterable[tuple[int, int]]:
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


def _value(answer: bytes, column: str, start: int, end: int) -> bytes:
    """What a row holds in a column, as JSON spells it; empty if nothing."""
    at = answer.find(b'"%b":{"type":"' % column.encode(), start, end)
    if at < 0:
        return b""
    begin = answer.index(b'"value":"', at) + len(b'"value":"')
    return answer[begin : answer.index(b'"', begin)]


def _index(path: str, column: str) -> str:
    return f"{path.removesuffix('.json')}.{column}.index"
