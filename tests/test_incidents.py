"""Public incidents: a stack that broke because nobody, or two, owned something, and the verdict
that would have warned.

Each file of ``tests/incidents`` names a public thread and says in one sentence of ours what broke;
the stack is judged over the shipped graph. ``then`` is the fixed set-up or another one, and
overrides what it repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from aruntime.composition import Composition, Row
from aruntime.graph import Graph
from aruntime.stacks import compose
from tests.conftest import every_third

FOLDER = Path(__file__).parent / "incidents"
INCIDENTS = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
SET_UP = {"components", "configurations", "versions"}
EXPECTED = {"verdict", "units", "owners", "missing", "claims", "conditions", "seam"}


def judged(graph: Graph, stack: Mapping[str, Any]) -> Composition:
    """The composition of an incident's stack."""
    choices = tuple(stack.get("configurations", ()))
    versions = tuple(stack.get("versions", {}).items())
    return composed(graph, tuple(stack["components"]), versions, choices)


@cache
def composed(
    graph: Graph,
    components: tuple[str, ...],
    versions: tuple[tuple[str, str], ...],
    choices: tuple[str, ...],
) -> Composition:
    configurations = [tuple(choice.split("=")) for choice in choices]
    return compose(graph, components, versions=dict(versions), configurations=configurations)


def fixed(incident: Mapping[str, Any]) -> dict[str, Any]:
    """The set-up after the fix: what ``then`` says, and the rest of the stack as it was."""
    then = incident["then"]
    kept = {
        key: incident[key]
        for key in SET_UP | {"responsibility"}
        if key in incident and key not in then
    }
    return kept | then


def deviations(found: Composition, expected: Mapping[str, Any]) -> Iterator[str]:
    """What differs from the expected verdict, in words."""
    if "responsibility" in expected:
        name = expected["responsibility"]
        row = next((row for row in found.rows if row.responsibility == name), None)
        if row is None:
            yield f"nothing is said of {name}"
        else:
            yield from _of_row(row, expected)
    if "seam" in expected:
        ends = expected["seam"]["from"], expected["seam"]["to"]
        verdicts = {seam.verdict for seam in found.seams if (seam.subject, seam.object) == ends}
        if expected["seam"]["verdict"] == "evidenced":
            agrees = "evidenced" in verdicts and verdicts <= {"evidenced", "optional"}
        else:
            agrees = expected["seam"]["verdict"] in verdicts
        if not agrees:
            yield f"seam from {ends[0]} to {ends[1]}: {sorted(verdicts) or 'none'} instead of {expected['seam']['verdict']}"


def _of_row(row: Row, expected: Mapping[str, Any]) -> Iterator[str]:
    if row.verdict != expected.get("verdict", row.verdict):
        yield f"verdict {row.verdict} instead of {expected['verdict']}"
    units = dict(row.units)
    for unit, verdict in expected.get("units", {}).items():
        if units.get(unit) != verdict:
            yield f"in unit {unit}: {units.get(unit, 'nothing')} instead of {verdict}"
    if "owners" in expected and not expected["owners"] and row.owners:
        yield f"owners {list(row.owners)} instead of none"
    holding = {claim.claim for claim in row.claims if claim.state == "holds"}
    for name, here in (
        ("owners", set(row.owners)), ("missing", set(row.missing)), ("claims", holding), ("conditions", set(row.conditions)),
    ):  # fmt: skip
        lacking = [value for value in expected.get(name, ()) if value not in here]
        if lacking:
            yield f"{name} lack {', '.join(lacking)}; found {', '.join(sorted(here)) or 'none'}"


def report(
    name: str, incident: Mapping[str, Any], stack: Mapping[str, Any], found: list[str]
) -> str:
    """A failure that can be acted on without opening the thread."""
    set_up = " ".join(stack["components"]) + "".join(
        f" --in {choice}" for choice in stack.get("configurations", ())
    )
    versions = "".join(
        f" --at {component}={version}"
        for component, version in (stack.get("versions") or {}).items()
    )
    lines = [
        f"{incident['thread']} ({FOLDER.name}/{name}.yaml): {incident['broke']}",
        f"  compose {set_up}{versions}",
    ]
    return "\n".join(lines + [f"  {stack.get('responsibility', 'seam')}: {line}" for line in found])


@pytest.mark.parametrize("name", every_third(INCIDENTS))
def test_verdict_would_have_warned(graph: Graph, name: str) -> None:
    incident = INCIDENTS[name]
    found = list(deviations(judged(graph, incident), incident))
    assert not found, report(name, incident, incident, found)


@pytest.mark.parametrize("name", every_third(INCIDENTS))
def test_verdict_after_the_fix(graph: Graph, name: str) -> None:
    incident = INCIDENTS[name]
    stack = fixed(incident)
    found = list(deviations(judged(graph, stack), stack))
    assert not found, report(name, incident, stack, found)


@pytest.mark.parametrize("name", every_third(INCIDENTS))
def test_what_warns_asks_for_a_decision(graph: Graph, name: str) -> None:
    incident = INCIDENTS[name]
    if "responsibility" not in incident:
        return  # a seam warns, which is no row
    rows = judged(graph, incident).rows
    row = next(row for row in rows if row.responsibility == incident["responsibility"])
    assert row.act, (
        f"{incident['thread']}: {row.responsibility} is {row.verdict}, which asks nobody to do anything"
    )


@pytest.mark.parametrize("name", INCIDENTS)
def test_file_is_well_formed(name: str) -> None:
    incident = INCIDENTS[name]
    assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", incident["thread"])
    assert name == re.sub("[/#]", "-", incident["thread"]).lower()
    assert incident["broke"].endswith(".") and ". " not in incident["broke"]
    plain = {"thread", "broke", "note", "responsibility", "then"} | SET_UP | EXPECTED
    assert set(incident) <= plain
    assert set(incident["then"]) <= {"why", "responsibility"} | SET_UP | EXPECTED
    assert "verdict" in incident or "seam" in incident


def test_there_are_enough() -> None:
    assert len(INCIDENTS) >= 12
