"""Environments of conda: its own packages, and those that pip installs into them.

https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html: a package is
``[channel::]name``, followed by one version with ``=``, ``==`` or a space, perhaps with a build, or
by a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aruntime.detect import images, python_files
from aruntime.detect.model import Fact, Place, Unread, Version, listed
from aruntime.detect.yaml_files import Budget, Node, Source, cost, get, items, text

_PACKAGE: Final = re.compile(r"(?:\S+::)?([\w.-]+)\s*(.*)")
_ONE: Final = re.compile(r"={0,2}\s*(\d[^\s=<>,|*]*?)(?:\.\*)?(?:[\s=].*)?")
_LONGEST: Final = 1_000
"""Characters of a package."""


def is_environment(node: Node) -> bool:
    """Whether a document is an environment of conda."""
    dependencies = items(get(node, "dependencies"))
    return bool(dependencies) and (
        get(node, "channels") is not None or any(get(item, "pip") for item in dependencies)
    )


def facts(node: Node, source: Source, budget: Budget, unread: list[Unread]) -> Iterator[Fact]:
    """What an environment holds.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    for item in items(get(node, "dependencies")):
        budget.spend(0, cost(item))
        written = (text(item) or "")[:_LONGEST]
        if match := _PACKAGE.fullmatch(written):
            place, name = source.of(item), f"pkg:conda/{match[1].lower()}"
            version = _version(match[2], place)
            yield listed("package", name, match[2], place, "python", version)
        for one in items(get(item, "pip")):
            budget.spend(0, cost(one))
            required = (text(one) or "")[:_LONGEST]
            if required and not required.startswith("-"):
                yield from python_files.stated(required, source.of(one), source, unread)


def _version(written: str, place: Place) -> Version:
    one = _ONE.fullmatch(written)
    if one is not None:
        return images.version_of(one[1], False, place)._replace(written=written, place=None)
    return Version(None, "lower-bound" if written else "unknown", written, place)
