"""Work in a process of its own: its memory is its own, and it can be ended when it takes too long.

A child writes one JSON object a line: first, unasked, that it is ready; then one for each line that
it reads. Python, Java or anything else may stand at the other end.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

Json = dict[str, Any]
LOAD = 1800.0
"""Seconds that a child may take to become ready."""


class Failed(Exception):
    """A measurement that could not be made; the message says why."""


class Peer(Protocol):
    """Something that can be asked for a reading."""

    ready: Json

    def ask(self, request: Json, limit: float) -> Json:
        """One reading: ``seconds``, ``count``, and more.

        Raises:
            Failed: it took longer than *limit* seconds, or cannot do it.
        """

    def end(self) -> None:
        """End it."""


class Child:
    """One process; it is started again if it had to be ended, or died.

    Args:
        line: command and arguments.
        folder: where it runs.
        environment: variables besides this process's own.

    Attributes:
        ready: what it said when it was ready first.
    """

    def __init__(self, line: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._how = line, folder, {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self.ready = self._start()

    def ask(self, request: Json, limit: float) -> Json:
        """See :class:`Peer`."""
        if self._process is None:
            self._start()
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({**request, "limit": limit}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise Failed(self._last_words()) from None
        return self._read(10 * limit + 10)  # of wall time; the child counts its processor's

    def end(self) -> None:
        """See :class:`Peer`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> Json:
        line, folder, environment = self._how
        self._errors = tempfile.TemporaryFile()
        pipe, self._buffer = subprocess.PIPE, b""
        self._process = subprocess.Popen(
            line, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=self._errors
        )
        return self._read(LOAD)

    def _read(self, limit: float) -> Json:
        assert self._process is not None and self._process.stdout is not None
        pipe, end = self._process.stdout.fileno(), time.monotonic() + limit
        while b"\n" not in self._buffer:
            if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
                self.end()
                raise Failed(f"longer than {limit:.0f} s")
            got = os.read(pipe, 65536)
            if not got:
                raise Failed(self._last_words())
            self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: Json = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def _last_words(self) -> str:
        assert self._process is not None
        code = self._process.wait()
        self._process = None
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").split("\n")
        return next((line for line in reversed(said) if line.strip()), f"ended with {code}")[:200]
