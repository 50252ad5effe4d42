"""Random input for everything that reads; ``python -m bench.fuzz`` does the same 100,000 times."""

from __future__ import annotations

from collections.abc import Iterator
from string import printable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import fuzz

QUICK = [name for name in fuzz.TARGETS if name != "arguments"]
few = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("name", QUICK)
def test_what_is_well_formed_is_read(name: str) -> None:
    for text in fuzz.TARGETS[name].seeds:
        fuzz.TARGETS[name].read(text)


@pytest.mark.parametrize("name", QUICK)
def test_what_is_changed_gives_an_error_of_ours_or_none(name: str) -> None:
    for text in fuzz.inputs(name, 25, seed=7):
        assert fuzz.tried(name, text) is None


@pytest.mark.parametrize("name", QUICK)
@given(text=st.lists(st.sampled_from([*fuzz._PIECES, *printable]), max_size=30).map("".join))
@few
def test_any_text_gives_an_error_of_ours_or_none(name: str, text: str) -> None:
    assert fuzz.tried(name, text) is None


@pytest.fixture(scope="module")
def world() -> Iterator[None]:
    with fuzz.small():
        yield


def test_any_arguments_give_a_code_of_ours(world: None) -> None:
    for text in (*fuzz.TARGETS["arguments"].seeds, *fuzz.inputs("arguments", 12, seed=7)):
        assert fuzz.tried("arguments", text) is None


def test_a_finding_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> None:
        raise KeyError(text)

    target = fuzz.TARGETS["header"]._replace(read=broken)
    monkeypatch.setitem(fuzz.TARGETS, "header", target)
    found = fuzz.tried("header", "x")
    assert found is not None and found.what == "KeyError: \"'x'\""
    monkeypatch.setattr(fuzz, "SLOW", -1.0)
    assert fuzz.tried("version", "1.0") is not None
