"""Foreign queries, kept from doing harm: no federation, no endless run, no crash of this process.

Oxigraph's Python interface can neither stop a query nor switch ``SERVICE`` off, and a deeply nested
query ends the process that evaluates it. So a foreign query is looked through first, and then runs
in a child process that can be ended.
"""

from __future__ import annotations

import marshal
import os
import re
import select
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from aruntime import errors
from aruntime.errors import AruntimeError, DataError, TimeLimitError, UsageError

MAX_BYTES: Final = 64 * 1024
"""Longest query, in bytes."""
MAX_DEPTH: Final = 64
"""How deep groups and brackets of a query may nest."""
MAX_SECONDS: Final = 86_400.0
"""Longest time limit."""
MEMORY: Final = 2 * 1024**3
"""Bytes of address space that a query may take, beside what this process has."""
_PARENT_DIED: Final = 1
"""``PR_SET_PDEATHSIG`` of Linux's ``prctl``."""
ENDED: Final = "the query ended the process that answered it; simplify it"
"""What is said of a child that died."""

Plain = TypeVar("Plain")
_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n\r]*|[?$]\w+|[\w.-]*:[\w.%-]*"
    r"|(?P<word>[A-Za-z]+)|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<escape>\\u)",
    re.DOTALL | re.IGNORECASE,
)
_UPDATES: Final = frozenset(
    ("insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy")
)


def refuse(text: str, *, dataset: bool = False) -> tuple[str, ...]:
    """Refuse a query that would leave the machine, change anything, or nest too deeply to parse.

    Args:
        dataset: whether ``FROM`` may name graphs of the dataset.

    Returns:
        Its keywords in small letters, in order, without ``prefix`` and ``base``: the first names
        the form of the query.

    Raises:
        UsageError: with what to change.

    Example:
        >>> refuse("PREFIX a: <http://a/> SELECT ?from { ?from a:b 'service' }")
        ('select',)
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UsageError(f"the query is longer than {MAX_BYTES} bytes")
    depth, words = 0, []
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
        if word == "from" and not dataset:
            raise UsageError(
                "FROM is refused: the graph is one, and a query here loads no other; leave it out"
            )
        if word == "service":
            raise UsageError(
                "SERVICE is refused: a query here leaves neither this graph nor this machine"
            )
        if word and word not in ("prefix", "base"):
            words.append(word)
    if words and words[0] in _UPDATES:
        raise UsageError(
            "the graph is read-only: only SELECT, ASK, CONSTRUCT and DESCRIBE are answered"
        )
    return tuple(words)


def within(seconds: float, work: Callable[..., Plain], *arguments: object) -> Plain:
    """What *work* returns, from a child process that is ended after *seconds*.

    The child may use so much processor time, and :data:`MEMORY`; it ends with this process where
    the system can do that (Linux), and elsewhere by its limit of processor time. What it writes to
    standard error is dropped.

    Args:
        seconds: more than 0, at most :data:`MAX_SECONDS`.
        work: a module-level function; returns text, numbers, or lists and tuples of them.

    Raises:
        UsageError: *seconds* is no such number.
        TimeLimitError: the child did not end in time.
        DataError: the child died.
        AruntimeError: whatever *work* raised of our own errors.
    """
    if not 0 < seconds <= MAX_SECONDS:  # false for "not a number" too
        raise UsageError(f"a time limit is more than 0 and at most {MAX_SECONDS:.0f} seconds")
    answer = (_forked if hasattr(os, "fork") else _spawned)(seconds, work, arguments)
    if answer is None:
        limit = f"the query did not end within {seconds:g} s"
        raise TimeLimitError(f"{limit}; narrow it, or raise --timeout")
    if not answer:
        raise DataError(ENDED)
    kind, found = marshal.loads(answer)
    if kind is not None:
        message, path, line = found
        raise getattr(errors, kind)(message, path=path, line=line)
    return found  # type: ignore[no-any-return]


def _forked(
    seconds: float, work: Callable[..., object], arguments: Sequence[object]
) -> bytes | None:
    """What a copy of this process writes; ``None`` if it does not end in time."""
    reading, writing = os.pipe()
    parent, bind = os.getpid(), _bound_to_parent()
    child = os.fork()
    if child == 0:
        try:
            bind(_PARENT_DIED, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)
            os.close(reading)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            _limit_resources(seconds)
            with os.fdopen(writing, "wb") as file:
                file.write(_answer(work, arguments))
        finally:
            os._exit(0)  # what the parent began is the parent's to end
    os.close(writing)
    try:
        return _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _spawned(
    seconds: float, work: Callable[..., object], arguments: Sequence[object]
) -> bytes | None:
    """The same from a new process, where none can be copied; there it has no other limits."""
    from multiprocessing import Pipe, Process

    reading, writing = Pipe(duplex=False)
    child = Process(target=_send, args=(writing, work, arguments), daemon=True)
    child.start()
    writing.close()
    try:
        return reading.recv_bytes() if reading.poll(seconds) else None
    except EOFError:
        return b""
    finally:
        child.kill()
        child.join()


def _send(pipe: Any, work: Callable[..., object], arguments: Sequence[object]) -> None:
    pipe.send_bytes(_answer(work, arguments))


def _answer(work: Callable[..., object], arguments: Sequence[object]) -> bytes:
    """What *work* returns, or what it raises of our own errors, as bytes."""
    try:
        return marshal.dumps((None, work(*arguments)))  # type: ignore[arg-type]
    except AruntimeError as error:
        return marshal.dumps((type(error).__name__, (error.message, error.path, error.line)))


def _read(pipe: int, until: float) -> bytes | None:
    """Everything that is written to a pipe before it is closed; ``None`` if that takes too long."""
    parts: list[bytes] = []
    while (left := until - time.monotonic()) > 0 and select.select([pipe], [], [], left)[0]:
        part = os.read(pipe, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _limit_resources(seconds: float) -> None:
    """Lower the limits of this process, as far as they are not lower already."""
    import resource  # not there where processes cannot be copied

    wanted = {
        resource.RLIMIT_CPU: int(seconds) + 2,
        resource.RLIMIT_AS: _size(resource.getpagesize()) + MEMORY,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, hard))


def _size(page: int) -> int:
    """Bytes of address space of this process; 0 where that cannot be told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * page
    except OSError:
        return 0


def _bound_to_parent() -> Callable[[int, int], object]:
    """Linux's ``prctl``, or what does nothing where there is none."""
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError, TypeError):
        return lambda option, value: None
