"""Work in a process of its own: its memory is its own, and it can be ended when it takes too long.

A child reads one JSON object a line and answers each with one; the first line it writes, unasked, says that it is ready.
Python, Java or anything else may stand at the other end.
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
from typing import Any, TextIO

Json = dict[str, Any]


class Failed(Exception):
    """A measurement that could not be made; the message says why."""


class Child:
    """One process, its answers and its memory.

    Args:
        line: command and arguments.
        folder: where it runs.
        environment: variables besides this process's own.
    """

    def __init__(self, line: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            line, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._buffer = b""

    def read(self, limit: float) -> Json:
        """Its next answer.

        Args:
            limit: seconds to wait.

        Raises:
            Failed: it took longer, died, or says that it failed.
        """
        assert self._process.stdout is not None
        end = time.monotonic() + limit
        while b"\n" not in self._buffer:
            if not select.select([self._process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                self.kill()
                raise Failed(f"longer than {limit:.0f} s")
            got = os.read(self._process.stdout.fileno(), 65536)
            if not got:
                self.kill()
                raise Failed(self._last_words())
            self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: Json = json.loads(line)
        if "error" in answer:
            if answer.get("fatal"):
                self.end()
            raise Failed(answer["error"])
        return answer

    def ask(self, request: Json, limit: float) -> Json:
        """Its answer to *request*; see :meth:`read`."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise Failed(self._last_words()) from None
        return self.read(limit)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def peak(self) -> float | None:
        """The most memory it has held so far, in MiB; read before it ends."""
        return peak(self._process.pid)

    def end(self) -> None:
        """Let it end, and end it if it does not."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
                self._process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                pass
        self.kill()

    def kill(self) -> None:
        """End it now."""
        if self.alive:
            self._process.kill()
        self._process.wait()

    def _last_words(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        lines = [line for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return (lines[-1] if lines else f"ended with {self._process.returncode}")[:300]


def peak(process: int) -> float | None:
    """The most memory a running process has held, in MiB (Linux alone tells)."""
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return None


def quiet_stdout() -> TextIO:
    """Where a child writes its answers, while what libraries print goes to the errors."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out
