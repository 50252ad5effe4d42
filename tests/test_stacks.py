"""The shipped stacks: rows that a sceptic read one by one against the sources, each with the
reason why it must come out so (``tests/stacks/<stack>.yaml``). *Judged* is the answer as it stands:
right, hiding something that would change a decision, or wrong (known, and not mended yet)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from aruntime import paths
from aruntime.graph import Graph
from aruntime.stacks import compose, shipped_stack
from tests.conftest import every_third

FOLDER = Path(__file__).parent / "stacks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> dict[str, Any]:
    """What was judged of a stack: expected rows by responsibility."""
    content = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def test_every_shipped_stack_was_read() -> None:
    assert NAMES == sorted(path.stem for path in Path(paths.data(), "stack").glob("*.ttl"))


@pytest.mark.parametrize("name", every_third(NAMES))
def test_rows_are_as_they_were_judged(graph: Graph, name: str) -> None:
    members, configurations = shipped_stack(graph, name)
    composition = compose(graph, members, configurations=configurations)
    rows = {row.responsibility: row for row in composition.rows}
    for responsibility, expected in read(name)["rows"].items():
        row = rows.get(responsibility)
        assert row is not None, f"no row on {responsibility}"
        found = (row.verdict, set(row.owners), set(row.missing))
        wanted = (expected["verdict"], set(expected["owners"]), set(expected["missing"]))
        assert found == wanted, f"{responsibility}: {expected['because']}"


@pytest.mark.parametrize("name", NAMES)
def test_each_row_says_how_it_was_judged_and_why(name: str) -> None:
    judged = read(name)
    assert judged["stack"] == name
    for responsibility, expected in judged["rows"].items():
        assert expected["judged"] in ("right", "hides", "wrong"), responsibility
        assert len(expected["because"]) >= 30, responsibility


def test_nine_in_ten_are_right_and_none_is_wrong() -> None:
    judged = [row["judged"] for name in NAMES for row in read(name)["rows"].values()]
    assert len(judged) >= 600
    assert judged.count("right") >= 0.9 * len(judged)
    assert judged.count("wrong") == 0
