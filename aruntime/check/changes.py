"""Which files differ from a git revision.

Git reads the repository alone, never the files that are checked out: on their way to it they would
pass through programs that the repository's configuration names. Their hashes are made here.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence

from aruntime.detect.walk import MAX_BYTES, shown
from aruntime.errors import DataError, UsageError
from aruntime.git import commit_of, git


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
        try:
            shown_top = os.fsdecode(git(folder, "rev-parse", "--show-toplevel"))
            top = os.path.realpath(shown_top.removesuffix("\n"))
            differing = list(_differing(top, commit_of(folder, revision)))
        except DataError as error:
            raise UsageError(error.message, path=error.path) from None
        at = os.path.realpath(path)
        for name in differing:
            whole = os.path.join(top, name)
            if whole == at:
                found.add(shown(path))
            elif whole.startswith(at.rstrip(os.sep) + os.sep):
                found.add(shown(os.path.join(path, os.path.relpath(whole, at))))
    return found


def _differing(top: str, commit: str) -> Iterator[str]:
    """Names of the files of a repository that differ from a commit, or that it lacks."""
    for entry in _listed(top, "ls-tree", "-r", "-z", "--full-tree", commit):
        head, _, name = entry.partition("\t")
        if head.split(" ")[2] not in _hashes(os.path.join(top, name), len(head.split(" ")[2])):
            yield name
    yield from _listed(top, "ls-files", "-z", "--others", "--exclude-standard", "--full-name")


def _listed(top: str, *arguments: str) -> Iterator[str]:
    """What a git command lists, entries that end in a zero byte."""
    return filter(None, os.fsdecode(git(top, *arguments)).split("\0"))


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
