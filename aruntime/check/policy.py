"""``aruntime.toml``: what fails, what must have an owner, and what is accepted and why.

=====================  =============================================================
``data``               files and folders of private data; see :mod:`aruntime.settings`
``[check]``
``fail-on``            rules whose findings are errors, such as ``["gap", "contended"]``; ``[]`` none
``require``            responsibilities that must have an owner
``for``                what the stack is for, if it does not follow from its components
``in``                 configurations in use that no file shows, ``["kserve=standard"]``
``at``                 versions in use that no file shows, ``["kserve=0.20.0"]``
``values``             values files that are in use; others beside a chart are not
``exclude``            files that are no part of the deployment, as patterns
``strict``             fail on what could not be read, and where nothing is recognised
``inline-ignores``     ``false``: comments in files accept nothing
``baseline``           a file of findings that are known
``[[ignore]]``
``rule``               a rule, or rule and subject: ``gap`` or ``gap/scale-to-zero``
``path``, ``object``   where it holds: a pattern of files, an object; at least one
``reason``             why it is accepted
``until``              the last day on which it is
=====================  =============================================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from aruntime import questions, settings
from aruntime.check import rules
from aruntime.detect.model import Place
from aruntime.errors import DataError, UsageError

_CHECK: Final = {
    "fail-on": list, "require": list, "for": str, "in": list, "at": list, "values": list,
    "exclude": list, "strict": bool, "inline-ignores": bool, "baseline": str,
}  # fmt: skip
_IGNORE: Final = {"rule": str, "path": str, "object": str, "reason": str, "until": date}


class Ignore(NamedTuple):
    """What is accepted.

    Attributes:
        place: where it is written, as ``file:line``.
    """

    rule: str
    path: str | None
    object: str | None
    reason: str
    until: date | None
    file: str
    line: int


class Policy(NamedTuple):
    """What a deployment is held to.

    Attributes:
        fail_on: rules whose findings are errors; ``None`` for those that the vocabulary names.
        lines: where a key of ``[check]`` stands, as far as it begins a line.
    """

    file: str | None = None
    fail_on: tuple[str, ...] | None = None
    require: tuple[str, ...] = ()
    purpose: str | None = None
    configurations: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    strict: bool = False
    inline_ignores: bool = True
    baseline: str | None = None
    ignores: tuple[Ignore, ...] = ()
    lines: Mapping[str, int] = MappingProxyType({})

    def place(self, key: str) -> Place:
        """Where the file says something, or would."""
        return Place(self.file or settings.NAME, self.lines.get(key, 1), 1, len(key) + 1)


def read(file: str) -> Policy:
    """The policy of one file.

    Raises:
        DataError: it cannot be read, is no TOML, or says what no policy says; with its line.
    """
    table, text = settings.table(file)
    lines = text.split("\n")
    for key in table:
        if key not in ("check", "data", "ignore"):
            known = "it has data, [check] and [[ignore]]"
            raise DataError(f"there is no [{key}]; {known}", path=file)
    check = _table(table.get("check", {}), _CHECK, "[check]", file)
    entries = table.get("ignore", [])
    if not isinstance(entries, list):
        raise DataError("ignores are written [[ignore]], one table each", path=file)
    starts = [n for n, line in enumerate(lines, 1) if line.strip() == "[[ignore]]"]
    ignores = tuple(
        _ignore(entry, file, starts[number] if number < len(starts) else 1)
        for number, entry in enumerate(entries)
    )
    folder = os.path.dirname(file)
    baseline = check.get("baseline")
    return Policy(
        file=file,
        fail_on=(
            tuple(map(known_rule, _texts(check, "fail-on", file))) if "fail-on" in check else None
        ),
        require=_texts(check, "require", file),
        purpose=check.get("for"),
        configurations=_pairs(check, "in", "COMPONENT=CONFIGURATION", file),
        versions=_pairs(check, "at", "COMPONENT=VERSION", file),
        values=_texts(check, "values", file) if "values" in check else None,
        exclude=_texts(check, "exclude", file),
        strict=check.get("strict", False),
        inline_ignores=check.get("inline-ignores", True),
        baseline=None if baseline is None else os.path.join(folder, baseline),
        ignores=ignores,
        lines=MappingProxyType({k: n for n, k in reversed(_keys(lines)) if k in check}),
    )


def _keys(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Lines that begin with a key, and the key."""
    found = ((n, line.partition("=")) for n, line in enumerate(lines, 1))
    return [(n, key.strip().strip("\"'")) for n, (key, equals, _) in found if equals]


def known_rule(name: str) -> str:
    """A rule's name, checked; ``gap/scale-to-zero`` too.

    Raises:
        UsageError: there is no such rule; the message offers near names.
    """
    rules.rule(name.partition("/")[0])
    return name


def _ignore(entry: Any, file: str, line: int) -> Ignore:
    found = _table(entry, _IGNORE, "[[ignore]]", file, line)
    if "rule" not in found:
        raise DataError("an ignore names a rule", path=file, line=line)
    if "path" not in found and "object" not in found:
        raise DataError("an ignore says where it holds: path, object or both", path=file, line=line)
    if not found.get("reason", "").strip():
        raise DataError("an ignore says why: reason", path=file, line=line)
    return Ignore(
        known_rule(found["rule"]), found.get("path"), found.get("object"), found["reason"],
        found.get("until"), file, line,
    )  # fmt: skip


def _table(
    given: Any, known: Mapping[str, Any], where: str, file: str, line: int | None = None
) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise DataError(f"{where} is a table", path=file, line=line)
    for key, value in given.items():
        if key not in known:
            names = ", ".join(known)
            raise DataError(f"{where} has no {key!r}; it has {names}", path=file, line=line)
        right = isinstance(value, known[key]) and not isinstance(value, datetime)
        if not right:
            kind = {list: "a list", str: "text", bool: "true or false", date: "a day, 2027-01-31"}
            raise DataError(f"{key} in {where} is {kind[known[key]]}", path=file, line=line)
    return given


def _texts(check: Mapping[str, Any], key: str, file: str) -> tuple[str, ...]:
    found = check.get(key, [])
    if not all(isinstance(text, str) for text in found):
        raise DataError(f"{key} in [check] is a list of texts", path=file)
    return tuple(found)


def _pairs(check: Mapping[str, Any], key: str, form: str, file: str) -> tuple[tuple[str, str], ...]:
    try:
        takes = f"{key} in [check] takes {form}"
        return tuple(questions.pair(text, takes) for text in _texts(check, key, file))
    except UsageError as error:
        raise DataError(error.message, path=file) from None
