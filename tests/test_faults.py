"""The table of seeded faults (``python -m tests.seed_faults``): each can still be made, and is told
in docs/testing.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.seed_faults import BEGIN, CHECKOUT, END, PAGE, WANTED, Fault, load, made, table, written

FAULTS = load()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.number}-{fault.file}")
def test_a_fault_can_be_made(fault: Fault) -> None:
    before = (CHECKOUT / fault.file).read_text("utf-8")
    after = made(fault, before)
    assert after != before
    if fault.file.endswith(".py"):
        compile(after, fault.file, "exec")
    assert fault.why and not fault.why.endswith(".")
    files = [name for name in fault.tests if name.startswith("tests/")]
    assert files and all((CHECKOUT / name).is_file() for name in files)


def test_there_are_many_and_of_every_kind() -> None:
    assert len(FAULTS) >= 40
    places = " ".join(fault.file for fault in FAULTS)
    for name in ("compose", "comparison", "selection", "show", "seams", "versions", "refresh"):
        assert name in places
    for name in ("archive", "atomic", "verdict-"):
        assert name in places


def test_what_cannot_be_made_is_refused() -> None:
    fault = Fault(1, "a.py", "x", "y", "why", ())
    with pytest.raises(ValueError, match=r"occurs 2 times in a\.py"):
        made(fault, "x = x")
    with pytest.raises(ValueError, match="occurs 0 times"):
        made(fault, "")


def test_the_page_tells_of_each_fault_and_that_most_are_noticed() -> None:
    page = Path(PAGE).read_text("utf-8")
    rows = page.partition(BEGIN)[2].partition(END)[0].splitlines()[2:]
    assert [row.split(" | ")[2].rstrip() for row in rows] == [fault.why for fault in FAULTS]
    assert sum(row.endswith("| noticed |") for row in rows) >= 36
    assert sum("SURVIVES" in row for row in rows) <= (1 - WANTED) * len(FAULTS)


def test_a_table_takes_the_place_of_the_one_before() -> None:
    fault = Fault(1, "a.py", "x", "y", "something", ())
    page = f"head\n{BEGIN}old\n{END}tail\n"
    once = written(page, table([fault], {1: True}))
    assert once.startswith(f"head\n{BEGIN}|") and once.endswith(f"noticed |\n{END}tail\n")
    assert written(once, table([fault], {1: False})).count("SURVIVES") == 1
