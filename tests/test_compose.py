"""Compositions: invariants that hold of the shipped graph whatever the data say, what is expected of
the frozen world, and each output form."""

from __future__ import annotations

import json

import pytest

from aruntime.composition import Composition
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.render import stack, stack_page
from aruntime.render.formats import Screen
from aruntime.stacks import compose, differences, failures, narrowed, replaced


@pytest.fixture(scope="module")
def found(graph: Graph) -> Composition:
    return compose(graph, ["kserve", "vllm"], configurations=[("kserve", "standard")])


def test_every_row_has_a_verdict_of_the_vocabulary_and_claims(found: Composition) -> None:
    assert len({row.responsibility for row in found.rows}) == len(found.rows)
    for row in found.rows:
        assert row.verdict in found.words
        assert row.claims or row.verdict == "unknown"
        assert row.verdict in [verdict for _, verdict in row.units]


def test_each_claim_can_be_copied_and_names_its_lines(found: Composition) -> None:
    for row in found.rows:
        for claim in row.claims:
            assert claim.claim.startswith(f"{claim.component}#")
            assert claim.statement.endswith(".") and claim.source and claim.locator


def test_the_summary_counts_every_row_once(found: Composition) -> None:
    assert sum(found.summary.values()) == len(found.rows)


def test_a_choice_that_was_made_is_no_choice_any_more(small: Graph) -> None:
    open_ = compose(small, ["server", "engine"])
    (choice,) = open_.choices
    assert (choice.component, choice.choice) == ("server", "mode")
    assert choice.chosen is None and len(choice.options) == 2
    made = compose(small, ["server", "engine"], configurations=[("server", "grouped")])
    assert [(c.chosen, c.implied) for c in made.choices] == [("grouped", False)]


def test_options_of_one_choice_are_not_chosen_together(small: Graph) -> None:
    both = [("server", "plain"), ("server", "canary")]
    with pytest.raises(UsageError, match="server=plain and server=canary exclude each other"):
        compose(small, ["server"], configurations=both)
    refined = compose(
        small, ["server"], configurations=[("server", "grouped"), ("server", "canary")]
    )
    assert [choice.chosen for choice in refined.choices] == ["grouped"]


def test_what_is_presumed_gives_way_to_what_is_chosen(small: Graph) -> None:
    plain, grouped = [("server", "plain")], [("server", "grouped")]
    found = compose(small, ["server"], configurations=plain, presumed=grouped)
    assert found == compose(small, ["server"], configurations=plain)
    usual = compose(small, ["server"], presumed=grouped)
    assert usual == compose(small, ["server"], configurations=grouped)


def test_another_component_in_ones_place_serves_the_same_purpose(small: Graph) -> None:
    asked = {"versions": {"engine": "1.0"}, "purpose": "training"}
    other = replaced(small, "engine", "frame", ["server", "engine"], **asked)  # type: ignore[arg-type]
    assert [member.name for member in other.components] == ["server", "frame"]
    assert other.purposes == ("training",) and not any(m.given for m in other.components)


def test_what_an_option_refuses_is_nobodys_once_it_is_chosen(small: Graph) -> None:
    found = compose(small, ["server", "engine"], configurations=[("server", "grouped")])
    row = next(row for row in found.rows if row.responsibility == "request-queueing")
    assert (row.verdict, row.act, row.owners) == ("gap", True, ())


def test_adding_the_missing_component_closes_what_it_was_to_take_over(small: Graph) -> None:
    alone = compose(small, ["server"])
    missing = {m.component: (m.alternatives, m.closes) for m in alone.missing}
    assert missing["database"] == (("engine",), ("kv-cache-management",))
    with_it = compose(small, ["server", "engine"])
    assert "database" not in {m.component for m in with_it.missing}
    row = next(row for row in with_it.rows if row.responsibility == "kv-cache-management")
    assert (row.verdict, row.owners, row.missing) == ("delegated", ("engine",), ())


def test_what_only_an_option_needs_that_is_no_default_is_missing_once_it_is_chosen(
    graph: Graph,
) -> None:
    open_choice = {m.component: m for m in compose(graph, ["kserve", "vllm"]).missing}
    assert open_choice["knative"].once == ()
    assert open_choice["keda"].once == ("kserve=keda", "kserve=llmisvc-keda")
    chosen = compose(graph, ["kserve", "vllm"], configurations=[("kserve", "keda")])
    assert next(m for m in chosen.missing if m.component == "keda").once == ()


def test_another_version_than_the_verified_one_makes_claims_unverified(small: Graph) -> None:
    old = compose(small, ["engine"], versions={"engine": "0.1"})
    assert any("unverified" in note for note in old.notes)
    verified = {claim.claim for row in old.rows for claim in row.claims if claim.verified}
    assert verified == {"engine#drains"}, "only its bounds include that version"
    read = compose(small, ["engine"], versions={"engine": "1.0"})
    assert read.rows and all(claim.verified for row in read.rows for claim in row.claims)


def test_a_bound_that_excludes_the_version_is_an_impossible_seam(small: Graph) -> None:
    pair = compose(small, ["server", "engine"], versions={"engine": "1.0"})
    seam = next(seam for seam in pair.seams if seam.relation == "hosts")
    assert (seam.verdict, seam.versions, seam.in_use) == ("impossible", ("1.5", "2"), "1.0")
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
    assert changed.before == ("kserve", "vllm") and changed.after == ("kserve", "sglang")
    assert differences(found, found).changed == ()
    assert {"responsibility", "before", "after"} == set(changed.json()["changed"][0])
    rows = stack.changes(changed, "vllm", "sglang").rows
    other_words = stack.changes(changed, "vllm", "sglang", renamed=False).rows
    assert {*other_words} < {*rows} and len(rows) == len(changed.changed)
    assert ("sampling", "owned: vllm", "owned: sglang") in {*rows} - {*other_words}


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
    text = stack_page.as_text(compose(graph, ["kserve", "vllm"]), Screen(100))
    first = "\n".join(text.splitlines()[:40])
    for row in compose(graph, ["kserve", "vllm"]).rows:
        if row.act and row.asked:
            assert row.responsibility in first, row.responsibility
    assert "deployment-mode" in first and "missing" in first
    assert max(map(len, text.splitlines())) <= 100


def test_brief_is_headlines_and_all_is_everything(found: Composition) -> None:
    brief, plain, everything = (
        stack_page.as_text(found, Screen(100), brief=b, everything=e)
        for b, e in ((True, False), (False, False), (False, True))
    )
    assert len(brief) < len(plain) < len(everything)
    for row in found.rows:
        assert row.responsibility in everything


def test_warnings_stand_in_every_form(small: Graph) -> None:
    pair = compose(small, ["server", "engine"], versions={"engine": "1.0"})
    words = "impossible with 1.0"
    assert words in stack_page.as_text(pair, Screen(100), brief=True)
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


@pytest.mark.parametrize(
    ("components", "purposes"),
    [
        (("vllm", "pytorch", "nccl"), {"online-serving"}),
        (("openai-agents", "litellm"), {"agents"}),
        (("deepspeed", "pytorch", "nccl"), {"model-development", "training"}),
        (("triton-inference-server", "onnxruntime"), {"compiled-inference", "online-serving"}),
        (("vllm", "torchtitan"), {"online-serving", "training"}),
    ],
)
def test_a_library_adds_no_purpose_foreign_to_its_user(
    graph: Graph, components: tuple[str, ...], purposes: set[str]
) -> None:
    assert set(compose(graph, components).purposes) == purposes
