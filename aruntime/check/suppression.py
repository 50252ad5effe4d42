"""What is accepted: entries of the policy, comments and annotations in files, and a baseline."""

from __future__ import annotations

import bisect
import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from aruntime import atomic, questions
from aruntime.check.findings import level
from aruntime.check.model import Accepted, Finding
from aruntime.check.policy import Ignore, Policy
from aruntime.check.rules import names
from aruntime.detect.model import Place
from aruntime.errors import DataError
from aruntime.model import Json

_COMMENT: Final = re.compile(r"(?:#|//)\s*aruntime:\s*ignore\s+([\w/.-]+)(.*)$")
_ANNOTATION: Final = re.compile(
    r"^\s*[\"']?aruntime\.dev/ignore[\"']?:\s*[\"']?([\w/.-]+)[ :]?(.*)$"
)
_DOCUMENT: Final = re.compile(r"^---(?:\s|$)")
_VERSION: Final = 2
_MAX_BYTES: Final = 64 * 1024 * 1024


def by_policy(
    found: Sequence[Finding], policy: Policy, today: date
) -> tuple[list[Finding], list[Accepted]]:
    """Findings without those that the policy accepts; entries that are over, or accept nothing, are
    findings."""
    used: set[Ignore] = set()
    kept: list[Finding] = []
    accepted: list[Accepted] = []
    current = [i for i in policy.ignores if i.until is None or i.until >= today]
    for finding in found:
        entry = next((i for i in current if _accepts(i, finding)), None)
        if entry is None:
            kept.append(finding)
        else:
            used.add(entry)
            accepted.append(Accepted(finding, entry.reason, f"{entry.file}:{entry.line}"))
    for entry in policy.ignores:
        place = Place(entry.file, entry.line, 1, len("[[ignore]]") + 1)
        where = (entry.path, entry.object, entry.reason)
        if entry not in current:
            text = f"the ignore of {entry.rule} ended on {entry.until}: {entry.reason}"
            kept.append(_own("ignore-expired", entry.rule, text, place, policy, *where))
        elif entry not in used:
            text = f"the ignore of {entry.rule} accepts nothing; remove it"
            kept.append(_own("ignore-unmatched", entry.rule, text, place, policy, *where))
    return kept, accepted


def in_files(
    found: Sequence[Finding],
    accepted_before: Sequence[Accepted],
    policy: Policy,
    files: Iterable[str],
    text_of: Callable[[str], str | None],
) -> tuple[list[Finding], list[Accepted]]:
    """Findings without those that a comment at the line, or an annotation of the object, accepts;
    marks that accept nothing, or name no rule, are findings.

    Args:
        accepted_before: findings that marks may speak of as well.
        files: names of the files that were read.
        text_of: the text of a file by that name.
    """
    named = dict.fromkeys((*(f.place.file for f in found), *files))
    marks = {file: _marks(text_of(file) or "") for file in named}
    used: dict[str, set[_Key]] = {file: set() for file in named}
    for finding in (*found, *(a.finding for a in accepted_before)):
        if finding.place.file in marks:
            used[finding.place.file].update(marks[finding.place.file].keys(finding))
    kept, accepted = [], []
    told: set[tuple[str, int]] = set()
    for finding in found:
        mark = marks[finding.place.file].of(finding)
        if mark is None:
            kept.append(finding)
            continue
        line = mark.line
        if mark.reason:
            accepted.append(Accepted(finding, mark.reason, f"{finding.place.file}:{line}"))
            continue
        kept.append(finding)
        if (finding.place.file, line) not in told:
            told.add((finding.place.file, line))
            place = Place(finding.place.file, line, 1, 2)
            text = f"say why {mark.rule} is accepted: a reason after the rule"
            kept.append(_own("ignore-without-reason", mark.rule, text, place, policy))
    known, hints = names(), 100
    for file, of_file in marks.items():
        for mark in of_file.marks:
            if not used[file].isdisjoint(mark.covers):
                continue
            if mark.rule.partition("/")[0] in known:
                text = f"the ignore of {mark.rule} accepts nothing here; remove it"
            else:
                hints -= 1  # looking for a name that is alike takes long
                hint = questions.suggestion(mark.rule, known) if hints >= 0 else ""
                text = f"the ignore accepts nothing: no rule is called {mark.rule!r}{hint}"
            place = Place(file, mark.line, 1, 2)
            kept.append(_own("ignore-unmatched", mark.rule, text, place, policy, mark.reason))
    return kept, accepted


def by_baseline(
    found: Sequence[Finding], file: str
) -> tuple[list[Finding], list[Accepted], list[str]]:
    """Findings without those of a baseline, and the fingerprints that nothing has any more.

    Raises:
        DataError: the file cannot be read, or is no baseline.
    """
    known = read_baseline(file)
    present = {finding.fingerprint for finding in found}
    kept = [finding for finding in found if finding.fingerprint not in known]
    accepted = [
        Accepted(finding, "known before", file) for finding in found if finding.fingerprint in known
    ]
    return kept, accepted, sorted(set(known) - present)


def read_baseline(file: str) -> dict[str, Json]:
    """The entries of a baseline by fingerprint.

    Raises:
        DataError: the file cannot be read, or is no baseline.
    """
    try:
        with open(file, "rb") as opened:
            value = json.loads(opened.read(_MAX_BYTES))
        entries = value["findings"]
        if value["version"] != _VERSION:
            raise KeyError
        return {str(entry["fingerprint"]): entry for entry in entries}
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path=file) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        remedy = "remove it, and write one with aruntime check PATH --write-baseline FILE"
        raise DataError(f"no baseline of version {_VERSION}; {remedy}", path=file) from None


def write_baseline(file: str, found: Iterable[Finding], keep: Mapping[str, Json]) -> None:
    """Write a baseline of findings, and of entries to be kept.

    Raises:
        DataError: the file cannot be written.
    """
    entries = dict(keep)
    for finding in found:
        entries[finding.fingerprint] = {
            "fingerprint": finding.fingerprint,
            "rule": finding.rule_id,
            "file": finding.place.file,
            "object": finding.object,
        }
    value = {"version": _VERSION, "findings": [entries[key] for key in sorted(entries)]}
    atomic.write(file, (json.dumps(value, indent=1) + "\n").encode())


def _accepts(entry: Ignore, finding: Finding) -> bool:
    if entry.rule not in (finding.rule, finding.rule_id):
        return False
    if entry.path is not None and not fnmatch.fnmatchcase(finding.place.file, entry.path):
        return False
    return entry.object is None or entry.object == finding.object


_Key = tuple[str, str, int]
"""A rule on a line, or in a document: ``line`` or ``document``, the rule, and which one."""


class _Mark(NamedTuple):
    """What a line of a file accepts, and where."""

    line: int
    rule: str
    reason: str
    covers: tuple[_Key, ...]


class _Marks(NamedTuple):
    """What a file accepts by itself.

    Attributes:
        starts: lines, from 0, on which documents begin.
        marks: all marks, in the order of lines.
        first: the first mark of each rule for a line, and for a document.
    """

    starts: list[int]
    marks: list[_Mark]
    first: dict[_Key, _Mark]

    def keys(self, finding: Finding) -> list[_Key]:
        """Where a mark has to stand that covers a finding."""
        line = finding.place.line
        document = bisect.bisect_right(self.starts, line - 1)
        places = (("line", line), ("document", document))
        return [(k, rule, at) for rule in (finding.rule, finding.rule_id) for k, at in places]

    def of(self, finding: Finding) -> _Mark | None:
        """The first mark that covers a finding."""
        return min((self.first[k] for k in self.keys(finding) if k in self.first), default=None)


def _marks(text: str) -> _Marks:
    """What a file accepts by itself."""
    found = _Marks([], [], {})
    if "aruntime" not in text:
        return found
    lines = text.split("\n")
    found.starts.extend(n for n, line in enumerate(lines) if _DOCUMENT.match(line))
    for number, line in enumerate(lines, 1):
        if match := _COMMENT.search(line):
            rule, reason = match[1], match[2]
            alone = line.lstrip().startswith(("#", "//"))
            at = [("line", number), *([("line", number + 1)] if alone else [])]
        elif match := _ANNOTATION.match(line):
            rule, reason = (
                match[1].rstrip(":"),
                match[2].rstrip().removesuffix('"').removesuffix("'"),
            )
            at = [("document", bisect.bisect_right(found.starts, number - 1))]
        else:
            continue
        covers = tuple((kind, rule, place) for kind, place in at)
        mark = _Mark(number, rule, reason.strip(" :-"), covers)
        found.marks.append(mark)
        for key in covers:
            found.first.setdefault(key, mark)
    return found


def _own(
    rule: str, subject: str, text: str, place: Place, policy: Policy, *details: str | None
) -> Finding:
    return Finding(
        rule, subject, level(rule, subject, policy), text, "", place,
        details=tuple(detail or "" for detail in details),
    )  # fmt: skip
