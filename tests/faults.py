"""Faults on purpose: a process that ends, or whose disk refuses, at the n-th call that touches a file.

A helper process loads the program and makes a copy of itself for each command; the copy's functions
of :mod:`os` are replaced, of which the program knows nothing. The helper never opens a database
itself, whose threads no copy would have. What Oxigraph writes goes past these functions, so builds
are killed by time as well.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aruntime import paths
from aruntime.cli import run

CALLS = ("open", "write", "fsync", "chmod", "mkdir", "rename", "replace", "unlink", "rmdir")
"""Functions of :mod:`os` through which files are touched."""
KILLED = 137


class Helper:
    """Runs command lines in copies of a process of its own; use it as a context manager.

    Args:
        root: the folder of ontology, data and queries.
        cache: the cache folder.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults", str(root)],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "ARUNTIME_CACHE": str(cache)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, words: Sequence[object], fault: str = "none", at: float = 0) -> tuple[int, str]:
        """The exit code and the output of a command line.

        Args:
            fault: ``count`` gives the number of calls as output; ``kill`` ends the process at a
                call, of which half is done if it writes; ``full`` refuses from that call on;
                ``after`` kills it after so many seconds.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"words": list(map(str, words)), "fault": fault, "at": at}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code, output = json.loads(self._process.stdout.readline())
        return code, output


def _serve() -> None:
    """The life of a helper: one order a line."""
    paths._ROOT = sys.argv[1]
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_obey(order["words"], order["fault"], order["at"])), flush=True)


def _obey(words: list[str], fault: str, at: float) -> tuple[int, str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(words, fault, at, writing)
    os.close(writing)
    seconds = at if fault == "after" else 120
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    timer.start()
    try:
        with os.fdopen(reading, "rb") as file:
            output = file.read().decode("utf-8", "replace")
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output
    finally:
        timer.cancel()


def _live(words: list[str], fault: str, at: float, output: int) -> None:
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = open(1, "w", closefd=False)

        def nothing(number: int, name: str) -> None:
            """No fault."""

        def kill(number: int, name: str) -> None:
            if number == at:
                os._exit(KILLED)

        def refuse(number: int, name: str) -> None:
            if number >= at and name in ("open", "write", "fsync", "mkdir"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        faults = {"kill": kill, "full": refuse}
        made = _patched(faults.get(fault, nothing), int(at) if fault == "kill" else 0)
        code = run(words)
        if fault == "count":
            _REAL["write"](1, b"\n%d" % made())
        sys.stdout.flush()
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


if __name__ == "__main__":
    _serve()
