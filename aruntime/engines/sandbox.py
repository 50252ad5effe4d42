"""Foreign queries, kept from doing harm: no federation, no endless run, no crash of this process.

Oxigraph's Python interface can neither stop a query nor switch ``SERVICE`` off, and a deeply nested query ends the process
that evaluates it. So a foreign query is looked through first, and then runs in a child process that can be ended.
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable
from typing import Final

from aruntime.errors import AruntimeError, DataError, TimeLimitError, UsageError

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 64
_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""' r"|'''(?:[^'\\]|\\.|'(?!''))*'''" r'|"(?:[^"\\\n]|\\.)*"' r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n\r]*|[?$]\w+|[\w.-]*:[\w.%-]*|(?P<word>[A-Za-z]+)|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<escape>\\u)",
    re.DOTALL | re.IGNORECASE,
)  # fmt: skip
_UPDATES: Final = frozenset(("insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy"))


def refuse(text: str) -> None:
    """Refuse a query that would leave the machine, change anything, or nest too deeply to be parsed safely.

    Raises:
        UsageError: with what to change.
    """
    if len(text.encode()) > MAX_BYTES:
        raise UsageError(f"the query is longer than {MAX_BYTES} bytes")
    depth, first = 0, None
    for match in _TOKENS.finditer(text):
        if match.group("escape"):
            raise UsageError("write characters out instead of \\u escapes outside of strings")
        if match.group("open"):
            depth += 1
        elif match.group("close"):
            depth -= 1
        if depth > MAX_DEPTH:
            raise UsageError(f"the query nests deeper than {MAX_DEPTH} groups")
        word = (match.group("word") or "").lower()
        if word == "service":
            raise UsageError("SERVICE is refused: a query here leaves neither this graph nor this machine")
        if word in ("prefix", "base"):
            continue
        if word and first is None:
            first = word
    if first in _UPDATES:
        raise UsageError("the graph is read-only: only SELECT, ASK, CONSTRUCT and DESCRIBE are answered")


def within(seconds: float, work: Callable[..., str], *arguments: object) -> str:
    """What *work* returns, from a child process that is ended after *seconds*.

    Args:
        work: a module-level function that returns text.

    Raises:
        TimeLimitError: the child did not end in time.
        DataError: the child died.
        AruntimeError: whatever *work* raised of our own errors.
    """
    receiving, sending = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_child, args=(sending, work, arguments), daemon=True)
    child.start()
    sending.close()
    try:
        if not receiving.poll(seconds):
            raise TimeLimitError(f"the query did not end within {seconds:g} s; narrow it, or raise --timeout")
        try:
            answer = receiving.recv()
        except EOFError:
            raise DataError("the query ended the process that answered it; simplify it") from None
    finally:
        child.kill()
        child.join()
    if isinstance(answer, AruntimeError):
        raise answer
    assert isinstance(answer, str)
    return answer


def _child(sending, work: Callable[..., str], arguments: tuple[object, ...]) -> None:  # type: ignore[no-untyped-def]
    try:
        sending.send(work(*arguments))
    except AruntimeError as error:
        sending.send(error)
