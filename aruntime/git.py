"""Git, asked by commands of its own that write nothing to the files that are checked out.

A repository may be somebody else's: nothing that it configures is run, and nothing is fetched that a
partial clone lacks.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from aruntime.errors import DataError

TIMEOUT: Final = 120
"""Seconds one git command may take."""
_QUIET: Final = (
    "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
)  # fmt: skip
_SILENT: Final = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_ALONE: Final = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}


def git(directory: Path | str, *arguments: str, missing: int | None = None) -> bytes:
    """The standard output of one git command in *directory*, a work tree or a git directory.

    Args:
        arguments: the command first; ``fetch`` alone may use the network.
        missing: an exit code that says that nothing was found, which is no error.

    Raises:
        DataError: git is missing, refuses, or does not end in time.
    """
    alone = {} if arguments[0] == "fetch" else _ALONE
    command = ["git", *_QUIET, "-C", str(directory), *arguments]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, **_SILENT, **alone},
        )
    except FileNotFoundError:
        raise DataError("git is not installed; install it to read repositories") from None
    except (OSError, ValueError) as error:  # a word that is too long, or holds a zero byte
        raise DataError(f"git {arguments[0]} cannot be run: {error}", path=directory) from None
    except subprocess.TimeoutExpired:
        raise DataError(
            f"git {arguments[0]} did not end within {TIMEOUT} s", path=directory
        ) from None
    if done.returncode not in (0, missing):
        detail = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DataError(f"git {arguments[0]}: {detail[0] if detail else 'failed'}", path=directory)
    return done.stdout


def commit_of(directory: Path | str, revision: str) -> str:
    """The full commit identifier of a tag, branch or abbreviated commit.

    Raises:
        DataError: the repository has no such revision.
    """
    try:
        found = git(directory, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except DataError:
        raise DataError(f"the repository has no revision {revision}", path=directory) from None
    return found.decode().strip()
