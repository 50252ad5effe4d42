"""The errors a user can meet; each says what, where and how to mend it, and has its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class AruntimeError(Exception):
    """Something a user can mend.

    Args:
        message: what is wrong, and the remedy.
        path: the file it stands in, if any.
        line: the line in that file, counted from 1, if known.
    """

    exit_code = 3

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else str(path)
        self.line = line

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{where}: {self.message}" if where else self.message


class UsageError(AruntimeError):
    """A name, option or combination that does not exist (exit code 2)."""

    exit_code = 2


_LISTING = {"claim": "search", "question": "ask --list"}
"""Commands that list names; of other kinds it is ``list``."""


class UnknownNameError(UsageError):
    """Nothing is called so (exit code 2).

    Args:
        message: what is not known, with the names that come near.
        kind: of what it is no name: ``runtime``, ``claim`` …; ``thing`` for anything.
        near: known names that come near.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "thing",
        near: Sequence[str] = (),
        path: Path | str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message, path=path, line=line)
        self.kind = kind
        self.near = near

    def __str__(self) -> str:
        command = _LISTING.get(self.kind, f"list {self.kind}")
        return f"{super().__str__()}; see aruntime {command}"


class DataError(AruntimeError):
    """A file, graph, shape or cache that cannot be used (exit code 3)."""

    exit_code = 3


class DamageError(DataError):
    """The compiled store was changed or is broken; it is made anew from the files (exit code 3)."""


class EndpointError(AruntimeError):
    """A server did not answer as it should (exit code 4).

    Args:
        message: which server, and what was wrong.
        status: the HTTP status of its answer, where that is what was wrong.
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        path: Path | str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message, path=path, line=line)
        self.status = status


class TimeLimitError(AruntimeError):
    """The work did not end within its time limit (exit code 5)."""

    exit_code = 5
