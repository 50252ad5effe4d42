"""Dockerfiles: which image the image that is built rests on.

https://docs.docker.com/reference/dockerfile/: ``FROM`` begins a stage, and what runs is the last
one, built on an image or on an earlier stage. An ``ARG`` before the first ``FROM`` may have a
default, which whoever builds can replace. Of an ``ENTRYPOINT`` it is read that there is one, and
nothing else: not what ``RUN`` installs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aruntime.detect import images
from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Context, Wanted, fact
from aruntime.detect.yaml_files import Budget, Source

_INSTRUCTION: Final = re.compile(r"\s*(FROM|ARG|ENTRYPOINT)\s+(\S.*)", re.IGNORECASE)
_FROM: Final = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*", re.IGNORECASE)
_HEREDOC: Final = re.compile(r"<<-?[\"']?([A-Za-z_]\w*)")
_LONGEST: Final = 2_000
"""Characters of an instruction."""


class _Stage(NamedTuple):
    """A stage: the image that it rests on, the line that says so, and whether the entry point is
    still that of the image."""

    base: str
    line: int
    entry: bool = True


def is_dockerfile(text: str) -> bool:
    """Whether a text begins as a Dockerfile does."""
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _INSTRUCTION.match(line)
            if match is None or match[1].upper() == "FROM":
                return match is not None and _FROM.fullmatch(match[2][:_LONGEST]) is not None
    return False


def facts(source: Source, wanted: Wanted, unread: list[Unread]) -> Iterator[Fact]:
    """The image that the last stage rests on; that it has none that can be told in *unread*."""
    variables: dict[str, str] = {}
    stages: dict[str, _Stage] = {}
    last, name = None, ""
    for line, word, rest in _instructions(source):
        if word == "ARG" and last is None:
            name, equals, value = rest.partition("=")
            if equals and name.isidentifier():
                variables[name] = images.substituted(value.strip("\"' "), variables)[0][:_LONGEST]
        elif word == "FROM" and (match := _FROM.fullmatch(rest)):
            last = stages.get(match[1].lower()) or _Stage(match[1], line)
            name = (match[2] or "").lower()
            stages[name] = last
        elif word == "ENTRYPOINT" and last is not None:
            last = stages[name] = last._replace(entry=False)
    if last is None:
        unread.append(Unread(source.file, None, "no FROM begins a stage"))
        return
    if last.base == "scratch":
        return
    found = images.parse(last.base, variables)
    column = max(0, source.lines[last.line].find(last.base))
    place = source.place(last.line, column, len(last.base))
    if found is None:
        why = f"{last.base} names no image: it has no default, or is none"
        unread.append(Unread(source.file, place.line, why))
        return
    is_default = found.default or "$" in last.base
    version = images.version_of(found.tag, is_default, place)
    if not version.written and found.digest:
        version = version._replace(written=f"@{found.digest}")
    file = source.file
    context = Context(source, wanted, file, "dockerfile", file, file, Budget(), entry=last.entry)
    yield fact(context, "image", found.repository, version.text, place)._replace(version=version)


def _instructions(source: Source) -> Iterator[tuple[int, str, str]]:
    """Line, word and rest of each ``FROM`` and ``ARG``; what is continued, or stands in a document
    of ``RUN``, begins no instruction."""
    ends = {line.strip() for line in source.lines}
    until, continued = "", False
    for number, whole in enumerate(source.lines):
        line = whole[:_LONGEST]
        if until:
            until = "" if line.strip() == until else until
            continue
        if continued and line.lstrip().startswith("#"):
            continue
        match = None if continued else _INSTRUCTION.match(line)
        if match is not None:
            yield number, match[1].upper(), match[2].strip()
        elif (document := _HEREDOC.search(line)) and document[1] in ends:
            until = document[1]
        continued = whole.rstrip().endswith("\\")
