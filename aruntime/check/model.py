"""A finding of ``check``, and what a check comes to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from aruntime.composition import Composition
from aruntime.detect.model import Detected, Place
from aruntime.model import Json, plain

LEVELS: Final = ("error", "warning", "note")
"""How much a finding matters, the most first: an error makes the check fail."""


class Related(NamedTuple):
    """Another place that a finding is about."""

    place: Place
    message: str


class Cited(NamedTuple):
    """A claim that a finding rests on.

    Attributes:
        claim: ``component#claim``, to be copied into other commands.
        read: the release that it was read in.
        runs: the version that the deployment runs, or ``None`` where it does not say.
        verified: whether the claim is known to hold for that version.
        status: ``promoted``, or ``assumed`` where no evidence shows it.
        locator: the pinned lines of the source.
    """

    claim: str
    statement: str
    read: str | None
    runs: str | None
    verified: bool
    locator: str
    status: str


class Finding(NamedTuple):
    """Something in a deployment that somebody should look at.

    Attributes:
        rule: the rule's identifier, such as ``gap``; see :mod:`.rules`.
        subject: what it is about, such as a responsibility; one rule and subject are one cause.
        level: one of :data:`LEVELS`.
        message: what is wrong, in one or two sentences.
        remedy: what would close it; empty where the message says so.
        place: the line that brings it in.
        object: the object that holds that line, such as ``Deployment/vllm``.
        components: the components concerned.
        responsibilities: the responsibilities concerned.
        details: what tells it from others of its rule, subject and object, such as the image.
        namespace: of the object, where its file names one.
        ordinal: how many before it are the same but for their lines.
    """

    rule: str
    subject: str
    level: str
    message: str
    remedy: str
    place: Place
    object: str = ""
    components: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    claims: tuple[Cited, ...] = ()
    details: tuple[str, ...] = ()
    namespace: str = ""
    ordinal: int = 0

    @property
    def rule_id(self) -> str:
        """Rule and subject, such as ``gap/scale-to-zero``: stable across runs and versions."""
        return f"{self.rule}/{self.subject}" if self.subject else self.rule

    @property
    def fingerprint(self) -> str:
        """What stays the same when lines move: rule, subject, components, object, details, and the
        files that take part."""
        files = sorted({related.place.file for related in self.related})
        said = [
            self.rule_id, sorted(self.components), self.place.file, self.namespace, self.object,
            sorted(self.details), files, self.ordinal,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]

    def json(self) -> Json:
        """The finding as ``aruntime check --format json`` prints it: ``rule`` is
        :attr:`rule_id`, and its place is ``file``, ``line`` and ``column``."""
        return {
            "rule": self.rule_id,
            "level": self.level,
            "message": self.message,
            "remedy": self.remedy,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "object": self.object,
            "components": list(self.components),
            "responsibilities": list(self.responsibilities),
            "related": [
                {"file": r.place.file, "line": r.place.line, "message": r.message}
                for r in self.related
            ],
            "claims": plain(self.claims),
            "fingerprint": self.fingerprint,
        }


def numbered(found: Iterable[Finding]) -> list[Finding]:
    """Findings in the order of their places, no two with one fingerprint."""
    told: set[str] = set()
    distinct: list[Finding] = []
    for finding in sorted(found, key=lambda f: (*f.place[:3], f.rule_id, f.message)):
        while finding.fingerprint in told:
            finding = finding._replace(ordinal=finding.ordinal + 1)
        told.add(finding.fingerprint)
        distinct.append(finding)
    return distinct


class Accepted(NamedTuple):
    """A finding that is not to be mended, and why."""

    finding: Finding
    reason: str
    by: str


class Checked(NamedTuple):
    """What a check comes to.

    Attributes:
        findings: what is to be looked at, by file and line.
        accepted: findings that an ignore or the baseline takes out.
        fixed: fingerprints of the baseline that nothing has any more.
        composition: the stack that was judged; ``None`` where no component was found.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    fixed: tuple[str, ...]
    detected: Detected
    composition: Composition | None

    @property
    def fails(self) -> bool:
        """Whether a finding is an error."""
        return any(finding.level == "error" for finding in self.findings)

    def json(self) -> Json:
        """As ``aruntime check --format json`` prints it: ``findings``; ``accepted``, each with
        ``reason`` and ``by``; ``fixed`` fingerprints of the baseline; ``summary``, how many
        findings there are of each level; and ``detected``."""
        counts = {level: sum(f.level == level for f in self.findings) for level in LEVELS}
        return {
            "findings": [finding.json() for finding in self.findings],
            "accepted": [
                {"reason": a.reason, "by": a.by, **a.finding.json()} for a in self.accepted
            ],
            "fixed": list(self.fixed),
            "summary": {**counts, "accepted": len(self.accepted)},
            "detected": self.detected.json(),
        }
