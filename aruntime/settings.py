"""``aruntime.toml``: where it stands, and the private data that it names.

The file stands beside a deployment or in a folder above, up to the one with ``.git``. Its ``data``
key lists files and folders of private data, from its own folder on; what else is in it is the
policy of ``aruntime check`` (:mod:`aruntime.check.policy`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

from aruntime.errors import DataError, UsageError

NAME: Final = "aruntime.toml"
_MAX_BYTES: Final = 1_000_000


def beside(paths: Iterable[str]) -> str | None:
    """The ``aruntime.toml`` of some files or folders: in the folder of one, or in one above it.

    A link that leads nowhere counts, so that reading it says so.

    Raises:
        UsageError: two of them have different ones.

    Example:
        >>> beside(["deploy/model.yaml"])
        'aruntime.toml'
    """
    found: dict[str, str] = {}
    for path in paths:
        folder = os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path) or ".")
        while True:
            whole = os.path.join(folder, NAME)
            if os.path.lexists(whole):
                inside = os.path.relpath(whole)
                found.setdefault(whole if inside.startswith("..") else inside, path)
                break
            above = os.path.dirname(folder)
            if above == folder or os.path.exists(os.path.join(folder, ".git")):
                break
            folder = above
    if len(found) > 1:
        (one, first), (other, second) = list(found.items())[:2]
        held = f"{first} is held to {one}, {second} to {other}"
        raise UsageError(f"{held}; run the command once for each")
    return next(iter(found), None)


def table(file: str) -> tuple[dict[str, Any], str]:
    """What an ``aruntime.toml`` holds, and its text.

    Raises:
        DataError: it cannot be read, or is no TOML.
    """
    import tomllib  # few need it

    try:
        with open(file, "rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise DataError(f"it is larger than {_MAX_BYTES} bytes", path=file)
        text = content.decode("utf-8-sig")
        return tomllib.loads(text), text
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path=file) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"no TOML: {error}", path=file) from None


def data(file: str) -> tuple[str, ...]:
    """Files and folders of private data that an ``aruntime.toml`` names, from here on.

    Raises:
        DataError: it cannot be read, is no TOML, or its ``data`` is no list of paths that exist.
    """
    named = table(file)[0].get("data", [])
    if not isinstance(named, list) or not all(isinstance(path, str) and path for path in named):
        raise DataError('data is a list of paths, such as data = ["data"]', path=file)
    found = [os.path.join(os.path.dirname(file), path) for path in named]
    for path, written in zip(found, named, strict=True):
        if not os.path.exists(path):
            remedy = "correct data, or make the folder"
            raise DataError(f"data names {written!r}, which does not exist; {remedy}", path=file)
    return tuple(found)
