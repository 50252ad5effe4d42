"""Faults on purpose, in a copy of this process: it ends, or the disk refuses, at the n-th call that
touches a file.

The copy's functions of :mod:`os` are replaced; the program knows nothing of it. What Oxigraph writes
goes past them, so builds are killed by time as well.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

CALLS = ("open", "write", "fsync", "chmod", "mkdir", "rename", "replace", "unlink", "rmdir")
"""Functions of :mod:`os` through which files are touched."""
KILLED = 137


def calls(work: Callable[[], object]) -> int:
    """How many calls *work* makes, in a copy of this process."""
    reading, writing = os.pipe()

    def counted() -> None:
        made = _patched(lambda number, name: None)
        work()
        found = made()
        _REAL["write"](writing, b"%d" % found)

    assert in_copy(counted) == 0
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        return int(file.read())


def killed_at(work: Callable[[], object], number: int) -> int:
    """The exit code of a copy of this process that does *work* and is killed at a call of it; half
    of what that call would write is written."""

    def kill(at: int, name: str) -> None:
        if at == number:
            os._exit(KILLED)

    return in_copy(lambda: (_patched(kill, torn=number), work()))


def refused_from(work: Callable[[], object], number: int, code: int = errno.ENOSPC) -> int:
    """The exit code of a copy that does *work* on a disk that is full from a call on."""

    def refuse(at: int, name: str) -> None:
        if at >= number and name in ("open", "write", "fsync", "mkdir"):
            raise OSError(code, os.strerror(code))

    return in_copy(lambda: (_patched(refuse), sys.exit(work()))[-1])


def killed_after(work: Callable[[], object], seconds: float) -> int:
    """The exit code of a copy that is killed after some time, by a signal."""
    child = _copy(work)
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    timer.start()
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        timer.cancel()


def in_copy(work: Callable[[], object]) -> int:
    """The exit code of a copy of this process that does *work*."""
    return os.waitstatus_to_exitcode(os.waitpid(_copy(work), 0)[1])


def _copy(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


_REAL: dict[str, Any] = {name: getattr(os, name) for name in CALLS}


def _patched(before: Callable[[int, str], None], torn: int = 0) -> Callable[[], int]:
    """Let every call be told of *before* it is made; returns how many there were."""
    made = 0

    def wrapped(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal made
            made += 1
            if name == "write" and made == torn:
                handle, content = arguments
                _REAL["write"](handle, content[: len(content) // 2])
            before(made, name)
            return _REAL[name](*arguments, **named)

        return call

    for name in CALLS:
        setattr(os, name, wrapped(name))
    return lambda: made
