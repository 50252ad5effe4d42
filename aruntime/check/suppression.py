"""What is accepted: entries of the policy, comments and annotations in files, and a baseline."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

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
    r"^\s*[\"']?aruntime\.dev/ignore[\"']?:\s*[\"']?([\w/.-]+)[ :]?(.*?)[\"']?\s*$"
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
    idle = {file: list(of_file) for file, of_file in marks.items() if of_file}
    for finding in (*found, *(a.finding for a in accepted_before)):
        of_file = idle.get(finding.place.file, [])
        idle[finding.place.file] = [mark for mark in of_file if not _covers(mark, finding)]
    kept, accepted = [], []
    told: set[tuple[str, int]] = set()
    for finding in found:
        mark = next((m for m in marks[finding.place.file] if _covers(m, finding)), None)
        if mark is None:
            kept.append(finding)
            continue
        line, _, _, _, reason = mark
        if reason:
            accepted.append(Accepted(finding, reason, f"{finding.place.file}:{line}"))
            continue
        kept.append(finding)
        if (finding.place.file, line) not in told:
            told.add((finding.place.file, line))
            place = Place(finding.place.file, line, 1, 2)
            text = f"say why {mark[3]} is accepted: a reason after the rule"
            kept.append(_own("ignore-without-reason", mark[3], text, place, policy))
    for file, of_file in idle.items():
        for line, _, _, rule, reason in of_file:
            if rule.partition("/")[0] in names():
                text = f"the ignore of {rule} accepts nothing here; remove it"
            else:
                hint = questions.suggestion(rule, names())
                text = f"the ignore accepts nothing: no rule is called {rule!r}{hint}"
            place = Place(file, line, 1, 2)
            kept.append(_own("ignore-unmatched", rule, text, place, policy, reason))
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


Mark = tuple[int, int, int, str, str]
"""Line, first and last line that it covers, rule, reason."""


def _marks(text: str) -> list[Mark]:
    """What a file accepts by itself."""
    found: list[Mark] = []
    if "aruntime" not in text:
        return found
    lines = text.split("\n")
    starts = [0, *(n for n, line in enumerate(lines) if _DOCUMENT.match(line)), len(lines)]
    for number, line in enumerate(lines, 1):
        if match := _COMMENT.search(line):
            alone = line.lstrip().startswith(("#", "//"))
            last = number + 1 if alone else number
            found.append((number, number, last, match[1], match[2].strip(" :-")))
        elif match := _ANNOTATION.match(line):
            first = max(start for start in starts if start < number)
            last = min((start for start in starts if start >= number), default=len(lines))
            found.append((number, first, last, match[1].rstrip(":"), match[2].strip(" :-")))
    return found


def _covers(mark: Mark, finding: Finding) -> bool:
    _, first, last, rule, _ = mark
    return first <= finding.place.line <= last and rule in (finding.rule, finding.rule_id)


def _own(
    rule: str, subject: str, text: str, place: Place, policy: Policy, *details: str | None
) -> Finding:
    return Finding(
        rule, subject, level(rule, f"{rule}/{subject}", policy), text, "", place, "", (), (), (), (),
        tuple(detail or "" for detail in details),
    )  # fmt: skip
