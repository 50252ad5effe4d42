"""``detect`` on deployments that projects document: precision, recall, and what must not be told."""

from __future__ import annotations

import time
from typing import NamedTuple

import pytest

from aruntime.detect.detect import detect
from aruntime.detect.model import Detected
from aruntime.graph import Graph
from tests import deployments
from tests.deployments import FOLDER, FORBIDDEN, TABLE, Expected, is_at, says

pytestmark = pytest.mark.skipif(
    not (FOLDER.is_dir() and TABLE.is_file()),
    reason=f"{FOLDER} or {TABLE} is absent; ARUNTIME_DEPLOYMENTS names another folder",
)


class Score(NamedTuple):
    """How one deployment came out."""

    found: Detected
    rows: list[Expected]
    right: list[Expected]
    false: list[str]
    seconds: float


@pytest.fixture(scope="module")
def scores(graph: Graph) -> dict[str, Score]:
    scored = {}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        rows = [row for row in deployments.expected() if row.deployment == folder.name]
        taken = []
        for _ in range(
            2
        ):  # the better of two: the first may have to collect another test's garbage
            start = time.process_time()
            found = detect(graph, [str(folder)])
            taken.append(time.process_time() - start)
        seconds = min(taken)
        known = {row.component for row in rows}
        versions = {(row.component, row.version) for row in rows}
        right = [
            row for row in rows if any(is_at(row, f) and says(row, f) for f in found.components)
        ]
        false = [
            f"{f.component} {f.version} line {f.place.line}"
            for f in found.components
            if f.status == "seen"
            and (
                f.component not in known
                or (f.version is not None and (f.component, f.version) not in versions)
            )
        ]
        scored[folder.name] = Score(found, rows, right, false, seconds)
    return scored


def test_what_is_there_is_found_and_little_else(scores: dict[str, Score]) -> None:
    print(f"\n{'deployment':32}{'rows':>5}{'right':>6}{'seen':>6}{'false':>6}{'seconds':>9}")
    for name, score in scores.items():
        seen = sum(f.status == "seen" for f in score.found.components)
        print(
            f"{name:32}{len(score.rows):5}{len(score.right):6}{seen:6}{len(score.false):6}{score.seconds:9.2f}"
        )
        for row in score.rows:
            if row not in score.right:
                print(
                    f"    not found: {row.component} {row.version} {row.configuration!r} line {row.line}"
                )
        for text in score.false:
            print(f"    not expected: {text}")
    known = [row for s in scores.values() for row in s.rows if row.component != "kubeflow-trainer"]
    right = sum(len(s.right) for s in scores.values())
    seen = sum(f.status == "seen" for s in scores.values() for f in s.found.components)
    false = sum(len(s.false) for s in scores.values())
    print(
        f"recall {right / len(known):.1%} of {len(known)}, precision {1 - false / seen:.1%} of {seen}"
    )
    assert right / len(known) >= 0.9
    assert 1 - false / seen >= 0.95


def test_nothing_is_told_that_must_not_be(scores: dict[str, Score]) -> None:
    for name, component in FORBIDDEN:
        told = [f for f in scores[name].found.components if f.component == component]
        assert not [f for f in told if f.status == "seen"], (name, component)
    assert not [f for f in scores["o13-dynamo-vllm"].found.components if f.component == "etcd"]


def test_what_is_not_in_the_graph_is_told_as_unrecognised(scores: dict[str, Score]) -> None:
    names = {u.name for u in scores["o08-trainer-deepspeed"].found.unrecognised}
    assert "trainer.kubeflow.org/ClusterTrainingRuntime" in names
    names = {u.name for u in scores["o03-kserve-standard"].found.unrecognised}
    assert "my-ray-model-server" in names


def test_it_is_quick(scores: dict[str, Score]) -> None:
    assert {name: s.seconds for name, s in scores.items() if s.seconds > 0.5} == {}
