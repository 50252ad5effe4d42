"""Findings for continuous integration: GitHub annotations, GitLab code quality, JUnit."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from aruntime.check.model import Checked, Finding
from aruntime.render.formats import json_as_text
from aruntime.render.reports.text import cited
from aruntime.render.safe import line

_GITHUB: Final = {"error": "error", "warning": "warning", "note": "notice"}
_GITLAB: Final = {"error": "major", "warning": "minor", "note": "info"}
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


def github(found: Checked) -> str:
    """Workflow commands that show findings at their lines in a pull request."""
    lines = []
    for finding in found.findings:
        place = finding.place
        where = f"file={_property(place.file)},line={place.line},col={place.column}"
        title = _property(f"aruntime {finding.rule_id}")
        lines.append(f"::{_GITHUB[finding.level]} {where},title={title}::{_data(_text(finding))}\n")
    return "".join(lines)


def gitlab(found: Checked) -> str:
    """A code quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""
    return json_as_text(
        [
            {
                "description": line(_text(finding)),
                "check_name": finding.rule_id,
                "fingerprint": finding.fingerprint,
                "severity": _GITLAB[finding.level],
                "location": {"path": finding.place.file, "lines": {"begin": finding.place.line}},
            }
            for finding in found.findings
        ]
    )


def junit(found: Checked) -> str:
    """A test suite: a case for each rule and file that has findings, one that passes if none has.

    An error is a failure; what only warns passes and says so in its output.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in found.findings:
        groups.setdefault((finding.rule_id, finding.place.file), []).append(finding)
    failures = sum(any(f.level == "error" for f in group) for group in groups.values())
    attributes = {
        "name": "aruntime check",
        "tests": str(max(1, len(groups))),
        "failures": str(failures),
    }
    suites = ElementTree.Element("testsuites", {**attributes, "errors": "0"})
    suite = ElementTree.SubElement(
        suites, "testsuite", {**attributes, "errors": "0", "skipped": "0", "time": "0"}
    )
    for (rule, file), group in sorted(groups.items()):
        case = ElementTree.SubElement(
            suite, "testcase", {"name": _xml(rule), "classname": _xml(file), "time": "0"}
        )
        text = "\n".join(_xml(f"{f.place.file}:{f.place.line}: {_text(f)}") for f in group)
        if any(f.level == "error" for f in group):
            failure = {"message": _xml(group[0].message), "type": _xml(rule)}
            ElementTree.SubElement(case, "failure", failure).text = text
        else:
            ElementTree.SubElement(case, "system-out").text = text
    if not groups:
        nothing = {"name": "no findings", "classname": "aruntime", "time": "0"}
        ElementTree.SubElement(suite, "testcase", nothing)
    ElementTree.indent(suites, " ")
    body = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _text(finding: Finding) -> str:
    parts = [finding.message]
    if finding.remedy:
        parts.append(f"To close it: {finding.remedy}.")
    parts += [cited(claim) for claim in finding.claims[:3]]
    return "\n".join(parts)


def _data(text: str) -> str:
    """Text of a workflow command, so that nothing in it ends the command or begins another."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return line(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
