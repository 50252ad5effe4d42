"""Which files differ from a git revision."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from aruntime.errors import UsageError

_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external=")
"""Nothing that a repository configures is run."""


def since(revision: str, paths: Sequence[str]) -> set[str]:
    """Files below *paths* that differ from a revision, or that it lacks, as ``check`` shows them.

    Raises:
        UsageError: git is absent, a path is in no repository, or there is no such revision.
    """
    if revision.startswith("-") or not revision.strip():
        raise UsageError(f"{revision!r} is no revision")
    found: set[str] = set()
    for path in dict.fromkeys(paths):
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        top = _git(folder, "rev-parse", "--show-toplevel").strip()
        names = _git(
            folder, "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", revision, "--"
        )
        names += _git(top, "ls-files", "-z", "--others", "--exclude-standard", "--full-name")
        for name in filter(None, names.split("\0")):
            whole = os.path.join(top, name)
            inside = os.path.relpath(whole)
            found.add((whole if inside.startswith("..") else inside).replace(os.sep, "/"))
    return found


def _git(folder: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *_QUIET, "-C", folder, *arguments],
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except FileNotFoundError:
        raise UsageError("--changed-since needs git, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise UsageError("git did not answer within 60 seconds") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"git: {said[-1] if said else 'failed'}", path=folder)
    return done.stdout.decode(errors="surrogateescape")
