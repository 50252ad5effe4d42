"""Compositions of the shipped graph: invariants that hold whatever the data say, and each output
form."""

from __future__ import annotations

import json

import pytest

from aruntime.composition import Composition
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.render import stack
from aruntime.render.formats import Screen
from aruntime.stacks import compose, differences, failures, narrowed, shipped_stack


@pytest.fixture(scope="module")
def found(graph: Graph) -> Composition:
    return compose(graph, ["kserve", "vllm"], configurations=[("kserve", "standard")])


def test_every_row_has_a_verdict_of_the_vocabulary_and_claims(found: Composition) -> None:
    assert len({row.responsibility for row in found.rows}) == len(found.rows)
    for row in found.rows:
        assert row.verdict in found.words
        assert bool(row.claims) == (row.verdict != "unknown")
        assert row.verdict in [verdict for _, verdict in row.units]


def test_each_claim_can_be_copied_and_names_its_lines(found: Composition) -> None:
    for row in found.rows:
        for claim in row.claims:
            assert claim.claim.startswith(f"{claim.component}#")
            assert claim.statement.endswith(".") and claim.source and claim.locator


def test_the_summary_counts_every_row_once(found: Composition) -> None:
    assert sum(found.summary.values()) == len(found.rows)


def test_a_choice_that_was_made_is_no_choice_any_more(graph: Graph, found: Composition) -> None:
    open_ = compose(graph, ["kserve", "vllm"])
    choice = {c.choice: c for c in open_.choices if c.component == "kserve"}["deployment-mode"]
    assert choice.chosen is None and len(choice.options) >= 3
    made = {c.choice: c for c in found.choices if c.component == "kserve"}["deployment-mode"]
    assert made.chosen == "standard" and not made.implied


def test_scale_to_zero_is_nobodys_in_standard_mode(found: Composition) -> None:
    row = next(row for row in found.rows if row.responsibility == "scale-to-zero")
    assert (row.verdict, row.act) == ("gap", True)


def test_adding_the_missing_component_closes_what_it_was_to_take_over(
    graph: Graph, found: Composition
) -> None:
    missing = {m.component: m.closes for m in found.missing}
    assert "autoscaling" in missing["kubernetes"]
    with_it = compose(
        graph, ["kserve", "vllm", "kubernetes"], configurations=[("kserve", "standard")]
    )
    row = next(row for row in with_it.rows if row.responsibility == "autoscaling")
    assert row.missing == () and row.verdict not in ("open-delegation", "gap")
    assert any(claim.component == "kubernetes" for claim in row.claims)


def test_another_version_than_the_verified_one_makes_claims_unverified(graph: Graph) -> None:
    old = compose(graph, ["vllm"], versions={"vllm": "0.1.0"})
    assert any("unverified" in note for note in old.notes)
    assert not any(claim.verified for row in old.rows for claim in row.claims)
    read = compose(graph, ["vllm"], versions={"vllm": "0.33.0"})
    assert all(claim.verified for row in read.rows for claim in row.claims)


def test_a_bound_that_excludes_the_version_is_an_impossible_seam(graph: Graph) -> None:
    pair = compose(graph, ["lmcache", "vllm"], versions={"vllm": "0.10.0"})
    seam = next(seam for seam in pair.seams if seam.relation == "extends")
    assert (seam.verdict, seam.versions[0], seam.in_use) == ("impossible", "0.20.0", "0.10.0")
    assert failures(pair, ["impossible"]) == ["impossible"]


def test_rows_can_be_narrowed_and_verdicts_must_exist(found: Composition) -> None:
    only = narrowed(found, ["gap,caller"], [])
    assert {row.verdict for row in only.rows} <= {"gap", "caller"} and only.rows
    assert {row.layer for row in narrowed(found, [], [3]).rows} == {3}
    with pytest.raises(UsageError, match="verdicts are"):
        narrowed(found, ["hole"], [])


def test_instead_says_what_changes(graph: Graph, found: Composition) -> None:
    other = compose(graph, ["kserve", "sglang"], configurations=[("kserve", "standard")])
    changed = differences(found, other)
    assert changed["before"] == ["kserve", "vllm"] and changed["after"] == ["kserve", "sglang"]
    assert differences(found, found)["changed"] == []
    assert {"responsibility", "before", "after"} == set(changed["changed"][0])


@pytest.mark.parametrize(
    ("components", "message"),
    [(["vllm", "vllm"], "named twice"), (["no-such-engine"], "no runtime or component")],
)
def test_names_that_do_not_fit_are_refused(
    graph: Graph, components: list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        compose(graph, components)


def test_configurations_that_do_not_exist_are_refused_with_those_that_do(graph: Graph) -> None:
    with pytest.raises(UsageError, match="standard"):
        compose(graph, ["kserve", "vllm"], configurations=[("kserve", "no-such-mode")])
    with pytest.raises(UsageError, match="not among the components"):
        compose(graph, ["vllm"], configurations=[("kserve", "standard")])


def test_the_first_screen_holds_the_headline_of_every_decision(graph: Graph) -> None:
    text = stack.as_text(compose(graph, ["kserve", "vllm"]), Screen(100))
    first = "\n".join(text.splitlines()[:40])
    for row in compose(graph, ["kserve", "vllm"]).rows:
        if row.act and row.asked:
            assert row.responsibility in first, row.responsibility
    assert "deployment-mode" in first and "missing" in first
    assert max(map(len, text.splitlines())) <= 100


def test_brief_is_headlines_and_all_is_everything(found: Composition) -> None:
    brief, plain, everything = (
        stack.as_text(found, Screen(100), brief=b, everything=e)
        for b, e in ((True, False), (False, False), (False, True))
    )
    assert len(brief) < len(plain) < len(everything)
    for row in found.rows:
        assert row.responsibility in everything


def test_warnings_stand_in_every_form(graph: Graph) -> None:
    pair = compose(graph, ["lmcache", "vllm"], versions={"vllm": "0.10.0"})
    words = "impossible with 0.10.0"
    assert words in stack.as_text(pair, Screen(100), brief=True)
    assert any(words in cell for row in stack.flat(pair).rows for cell in row)
    assert any(s["verdict"] == "impossible" for s in pair.json()["seams"])


def test_json_is_plain_and_whole(found: Composition) -> None:
    read = json.loads(json.dumps(found.json()))
    keys = [
        "components",
        "choices",
        "responsibilities",
        "missing",
        "limits",
        "seams",
        "questions",
        "tradeoffs",
        "lifecycle",
    ]
    assert set(keys) <= set(read)
    assert len(read["responsibilities"]) == len(found.rows)


def test_every_shipped_stack_is_judged(graph: Graph) -> None:
    names = [row["thing"] or "" for row in graph.ask("things", {"kind": "stack"}).records()]
    assert len(names) >= 26
    for name in names:
        members, configurations = shipped_stack(graph, name)
        assert len(members) >= 2
        assert compose(graph, members, configurations=configurations).rows
