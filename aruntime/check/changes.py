"""Which files differ from a git revision.

Git reads the repository alone, never the files that are checked out: on their way to it they would
pass through programs that the repository's configuration names. Their hashes are made here.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from typing import Final

from aruntime.detect.walk import MAX_BYTES, shown
from aruntime.errors import UsageError

_QUIET: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""Nothing that a repository configures is run."""
_ALONE: Final = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "",
}  # fmt: skip
"""Nothing is fetched that a partial clone lacks."""


def since(revision: str, paths: Sequence[str]) -> set[str]:
    """Files of *paths* that differ from a revision, or that it lacks, as ``check`` shows them.

    Ends of lines do not count. What git stores in another form than it is checked out, such as a
    pointer, always differs.

    Raises:
        UsageError: git is absent, a path is in no repository, or there is no such revision.
    """
    if revision.startswith("-") or not revision.strip():
        raise UsageError(f"{revision!r} is no revision")
    found: set[str] = set()
    for path in dict.fromkeys(paths):
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        top = os.path.realpath(_git(folder, "rev-parse", "--show-toplevel").removesuffix("\n"))
        commit = _git(folder, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
        at = os.path.realpath(path)
        for name in _differing(top, commit):
            whole = os.path.join(top, name)
            if whole == at:
                found.add(shown(path))
            elif whole.startswith(at.rstrip(os.sep) + os.sep):
                found.add(shown(os.path.join(path, os.path.relpath(whole, at))))
    return found


def _differing(top: str, commit: str) -> Iterator[str]:
    """Names of the files of a repository that differ from a commit, or that it lacks."""
    for entry in filter(None, _git(top, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")):
        head, _, name = entry.partition("\t")
        if head.split(" ")[2] not in _hashes(os.path.join(top, name), len(head.split(" ")[2])):
            yield name
    others = ("ls-files", "-z", "--others", "--exclude-standard", "--full-name")
    yield from filter(None, _git(top, *others).split("\0"))


def _hashes(path: str, length: int) -> set[str]:
    """The names that git would give the content of a file, as it is and with plain ends of lines;
    none for what cannot be read."""
    try:
        kind = os.lstat(path)
        if stat.S_ISLNK(kind.st_mode):
            content = os.fsencode(os.readlink(path))
        elif stat.S_ISREG(kind.st_mode) and kind.st_size <= MAX_BYTES:
            with open(path, "rb") as file:
                content = file.read(MAX_BYTES)
        else:
            return set()
    except OSError:
        return set()
    make = hashlib.sha1 if length == 40 else hashlib.sha256
    forms = {content, content.replace(b"\r\n", b"\n")}
    return {make(b"blob %d\0" % len(form) + form).hexdigest() for form in forms}


def _git(folder: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *_QUIET, "-C", folder, *arguments],
            capture_output=True,
            timeout=60,
            check=False,
            env={**os.environ, **_ALONE},
        )
    except FileNotFoundError:
        raise UsageError("--changed-since needs git, which is not installed") from None
    except subprocess.TimeoutExpired:
        raise UsageError("git did not answer within 60 seconds") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"git: {said[-1] if said else 'failed'}", path=folder)
    return done.stdout.decode(errors="surrogateescape")
