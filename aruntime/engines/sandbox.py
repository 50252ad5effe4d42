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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from aruntime import errors
from aruntime.engines import lexing
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
    rf"{lexing.STRING}|(?P<iri>{lexing.IRI})|{lexing.COMMENT}|{lexing.VARIABLE}|{lexing.LANGUAGE}"
    rf"|(?P<prefix>[\w.-]*):(?:{lexing.LOCAL})?"
    r"|(?P<word>[A-Za-z]+)|(?P<open>[({\[])|(?P<close>[)}\]])"
    rf"|(?P<escape>{lexing.ESCAPED})",
    re.DOTALL,
)
_EITHER = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://)[^>]*['#()\[\]]")
"""An IRI that is something else where ``<`` compares, and hides a string or comment then."""
_SERVICE = re.compile(r"service(?:silent)?$", re.IGNORECASE)
"""A keyword at the end of a prefix: Oxigraph reads ``SERVICE:x {`` as ``SERVICE :x {``."""
_FROM = re.compile(r"from(?:named)?$", re.IGNORECASE)
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
    opened: list[str] = []
    words: list[str] = []
    called = before = ""  # the prefix of the name just before, and the keyword before that
    for match in _TOKENS.finditer(text):
        kind, token = match.lastgroup, match.group()
        if token.startswith("#"):
            continue
        if kind == "escape":
            raise UsageError(
                f"{token[-2:]} is no escape here: double a backslash within a string; elsewhere write "
                "characters out instead of \\u escapes"
            )
        if kind == "open":
            opened.append(token)
        elif kind == "close":
            opened[-1:] = []
        elif kind == "iri" and _EITHER.match(token):
            if opened[-1:] == ["("] or text[match.start() - 1 : match.start()] == "<":
                raise UsageError(
                    f"{token} may compare or be an IRI: write a space after a < that compares, and "
                    "an IRI by a prefix"
                )
        if len(opened) > MAX_DEPTH:
            raise UsageError(f"the query nests deeper than {MAX_DEPTH} groups")
        word = token.lower() if kind == "word" else ""
        if token == "{" and before != "graph" and _SERVICE.search(called):
            word = "service"
        called = match["prefix"] or ""
        if not opened and before != "prefix" and _FROM.search(called):
            word = "from"
        if "from" in word and not dataset:
            raise UsageError(
                "FROM is refused: the graph is one, and a query here loads no other; leave it out"
            )
        if "service" in word:
            raise UsageError(
                "SERVICE is refused: a query here leaves neither this graph nor this machine"
            )
        before = word or (before if called else "")
        if word and word not in ("prefix", "base"):
            words.append("from" if "from" in word else word)
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
        raise getattr(errors, kind)(**found)
    return found  # type: ignore[no-any-return]


@contextmanager
def sealed() -> Iterator[None]:
    """No file or socket can be opened meanwhile by this process, where the system can do that.

    What a query needs is open before: its store, and the module that names like words.
    """
    import difflib  # noqa: F401

    try:
        import resource
    except ImportError:  # where processes have no limits
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


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
        return marshal.dumps((type(error).__name__, vars(error)))


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
        resource.RLIMIT_AS: size() + MEMORY,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, hard))


def size() -> int:
    """Bytes of address space of this process; 0 where that cannot be told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _bound_to_parent() -> Callable[[int, int], object]:
    """Linux's ``prctl``, or what does nothing where there is none."""
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError, TypeError):
        return lambda option, value: None
