"""What is accepted: entries of the policy, comments and annotations in files, and a baseline."""

from __future__ import annotations

import bisect
import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from aruntime import atomic
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
_VERSION: Final = 1
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
        if entry not in current:
            text = f"the ignore of {entry.rule} ended on {entry.until}: {entry.reason}"
            kept.append(_own("ignore-expired", entry.rule, text, place, policy))
        elif entry not in used:
            text = f"the ignore of {entry.rule} accepts nothing; remove it"
            kept.append(_own("ignore-unmatched", entry.rule, text, place, policy))
    return kept, accepted


def in_files(
    found: Sequence[Finding], policy: Policy, text_of: Callable[[str], str | None]
) -> tuple[list[Finding], list[Accepted]]:
    """Findings without those that a comment at the line, or an annotation of the object, accepts.

    Args:
        text_of: the text of a file by the name that findings have for it.
    """
    marks = {file: _marks(text_of(file) or "") for file in {f.place.file for f in found}}
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
        remedy = "write one with aruntime check PATH --write-baseline FILE"
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
    atomic.write(file, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def _accepts(entry: Ignore, finding: Finding) -> bool:
    if entry.rule not in (finding.rule, finding.rule_id):
        return False
    if entry.path is not None and not fnmatch.fnmatchcase(finding.place.file, entry.path):
        return False
    return entry.object is None or entry.object == finding.object


class _Mark(NamedTuple):
    """What a line of a file accepts."""

    line: int
    rule: str
    reason: str


class _Marks(NamedTuple):
    """What a file accepts by itself: the first mark of each rule for a line, and for a document.

    Attributes:
        starts: lines, from 0, on which documents begin.
        lines: marks of comments, by rule and line.
        documents: marks of annotations, by rule and document.
    """

    starts: Sequence[int]
    lines: dict[tuple[str, int], _Mark]
    documents: dict[tuple[str, int], _Mark]

    def of(self, finding: Finding) -> _Mark | None:
        """The first mark that covers a finding."""
        line = finding.place.line
        document = bisect.bisect_right(self.starts, line - 1)
        found = [
            mark
            for rule in (finding.rule, finding.rule_id)
            for mark in (self.lines.get((rule, line)), self.documents.get((rule, document)))
            if mark is not None
        ]
        return min(found, default=None)


def _marks(text: str) -> _Marks:
    """What a file accepts by itself."""
    known, lines = frozenset(names()), text.split("\n")
    found = _Marks([n for n, line in enumerate(lines) if _DOCUMENT.match(line)], {}, {})
    for number, line in enumerate(lines, 1):
        if match := _COMMENT.search(line):
            mark = _Mark(number, match[1], match[2].strip(" :-"))
            alone = line.lstrip().startswith(("#", "//"))
            covered = [(found.lines, at) for at in ((number, number + 1) if alone else (number,))]
        elif match := _ANNOTATION.match(line):
            reason = match[2].rstrip().removesuffix('"').removesuffix("'").strip(" :-")
            mark = _Mark(number, match[1].rstrip(":"), reason)
            covered = [(found.documents, bisect.bisect_right(found.starts, number - 1))]
        else:
            continue
        if mark.rule.partition("/")[0] in known:
            for marks, at in covered:
                marks.setdefault((mark.rule, at), mark)
    return found


def _own(rule: str, subject: str, text: str, place: Place, policy: Policy) -> Finding:
    rule_id = f"{rule}/{subject}"
    return Finding(rule, subject, level(rule, rule_id, policy), text, "", place, "", (), (), (), ())
