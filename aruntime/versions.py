"""Versions as publishers write them, in order."""

from __future__ import annotations

import re
from itertools import zip_longest


def key(version: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key: numbers by size, words (``rc``, ``beta``) before the plain release."""
    parts = []
    for part in re.findall(r"\d+|[A-Za-z]+", version.removeprefix("v").split("+")[0]):
        parts.append((1, int(part), "") if part.isdigit() else (-1, 0, part.lower()))
    return tuple(parts)


def compare(one: str, two: str) -> int:
    """Negative, zero or positive as *one* is before, the same as, or after *two*; missing parts count as zero."""
    for left, right in zip_longest(key(one), key(two), fillvalue=(1, 0, "")):
        if left != right:
            return -1 if left < right else 1
    return 0


def within(version: str, first: str | None, last: str | None) -> bool:
    """Whether *version* lies in a range; a bound stands for every release that begins with it, so 0.9.2 is within …0.9."""
    if first is not None and compare(version, first) < 0:
        return False
    if last is None:
        return True
    depth = len(key(last))
    return compare(version, last) <= 0 or key(version)[:depth] == key(last)
