"""Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning.

Rule identifiers and paths are the same in every run, fingerprints are our own, columns count
Unicode characters. Findings that are accepted are left out unless asked for, because not every
reader heeds ``suppressions``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from aruntime.check.model import Checked, Finding
from aruntime.check.rules import Rule
from aruntime.detect.model import Place
from aruntime.model import Json
from aruntime.namespaces import BASE
from aruntime.render.formats import json_as_text
from aruntime.render.reports.text import cited

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_MAX_TEXT: Final = 1000


def report(
    found: Checked, rules: Mapping[str, Rule], version: str, *, show_suppressed: bool = False
) -> str:
    """The SARIF document of a check.

    Args:
        rules: what each rule is about, by its name.
        version: the version of this program.
    """
    results = [(finding, None) for finding in found.findings]
    told: list[tuple[Finding, Json | None]] = [*results]
    if show_suppressed:
        for accepted in found.accepted:
            kind = "inSource" if ".toml" not in accepted.by else "external"
            told.append(
                (accepted.finding, {"kind": kind, "justification": accepted.reason[:_MAX_TEXT]})
            )
    identifiers = sorted({finding.rule_id for finding, _ in told})
    index = {name: number for number, name in enumerate(identifiers)}
    first: dict[str, Finding] = {}
    for finding, _ in told:
        first.setdefault(finding.rule_id, finding)
    run = {
        "tool": {
            "driver": {
                "name": "aruntime",
                "informationUri": BASE,
                "semanticVersion": version,
                "rules": [_rule(name, first[name], rules) for name in identifiers],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index, suppression) for finding, suppression in told],
    }
    return json_as_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(identifier: str, finding: Finding, rules: Mapping[str, Rule]) -> Json:
    rule = rules[finding.rule]
    title = f"{finding.subject}: {rule.what}" if finding.subject else rule.what
    said = [rule.what, rule.why]
    said += [f"Breaks it: `{rule.bad}`", f"Keeps it: `{rule.good}`"] if rule.bad else []
    return {
        "id": identifier,
        "name": "".join(part.capitalize() for part in identifier.replace("/", "-").split("-")),
        "shortDescription": {"text": title[:_MAX_TEXT]},
        "fullDescription": {"text": (rule.why or rule.what)[:_MAX_TEXT]},
        "help": {
            "text": f"{rule.what} {rule.why}".strip(),
            "markdown": "\n\n".join(filter(None, said)),
        },
        "defaultConfiguration": {"level": finding.level},
    }


def _result(finding: Finding, index: Mapping[str, int], suppression: Json | None) -> Json:
    lines = [finding.message]
    if finding.remedy:
        lines.append(f"To close it: {finding.remedy}.")
    lines += [cited(claim) for claim in finding.claims[:5]]
    result: Json = {
        "ruleId": finding.rule_id,
        "ruleIndex": index[finding.rule_id],
        "level": finding.level,
        "message": {"text": "\n".join(lines)},
        "locations": [_location(finding.place, finding.object)],
        "partialFingerprints": {"aruntime/v2": finding.fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(r.place, ""), "message": {"text": r.message}}
            for number, r in enumerate(finding.related, 1)
        ]
    if suppression is not None:
        result["suppressions"] = [suppression]
    return result


def _location(place: Place, name: str) -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(place.file)},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.line,
                "endColumn": place.end,
            },
        }
    }
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    return location


def uri(file: str) -> str:
    """A file as a URI reference: relative where it is, percent-encoded; ``stdin`` for ``-``."""
    if file == "-":
        return "stdin"
    return ("file://" if file.startswith("/") else "") + quote(os.fsencode(file), safe="/")
