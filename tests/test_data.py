"""The shipped data: what it holds, and that every rule holds for it."""

from __future__ import annotations

from collections import Counter

import pytest

from aruntime import corpus, paths, turtle
from aruntime.graph import Graph
from aruntime.model import Report, text
from aruntime.namespaces import ID, iri, slug
from aruntime.show import describe
from aruntime.stacks import shipped_stack
from aruntime.stats import statistics

MOST_USED = (
    "deepspeed", "dynamo", "jax", "kserve", "kubernetes", "langgraph", "llama-cpp", "llm-d", "lmcache", "megatron-lm", "ollama", "onnxruntime",
    "openai-agents", "openvino", "pydantic-ai", "pytorch", "ray-serve", "sglang", "temporal", "tensorrt-llm",
    "triton-inference-server", "vllm",
)  # fmt: skip
"""What people ask about most."""
OWNERSHIP = (
    "admission",
    "batching",
    "compilation",
    "device-constraints",
    "durable-workflow-state",
    "model-state",
    "placement",
)
"""What the report asks of any stack: each has a question who-owns-…."""


@pytest.fixture(scope="module")
def stats(graph: Graph) -> dict[str, object]:
    return statistics(graph)


@pytest.mark.slow
def test_shipped_files_conform(report: Report) -> None:
    """The quick sibling, for one runtime, is in test_validation.py; .ci/run validates all."""
    assert [f"{f.file}:{f.line}: {f.rule}: {f.focus}" for f in report.findings if f.blocking] == []
    assert report.focus_nodes > 1000 and report.rules > 100


@pytest.mark.slow  # the default tests run ``aruntime fmt --check`` once
@pytest.mark.parametrize("path", corpus.data_files(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_file_is_canonical(path) -> None:  # type: ignore[no-untyped-def]
    assert turtle.format_file(path, keep_heading=False) == path.read_text("utf-8")


def test_there_is_enough_to_answer_from(stats: dict[str, dict[str, int]]) -> None:
    assert stats["runtimes"] >= 65
    assert stats["claims"]["promoted"] >= 3500
    assert stats["claims_by_kind"]["integration"] >= 140


def test_what_is_not_owned_is_told_too(stats: dict[str, dict[str, int]]) -> None:
    assert (
        sum(
            stats["claims_by_stance"][stance]
            for stance in ("excluded", "delegated", "operator", "caller")
        )
        >= 200
    )


def test_each_family_has_three_runtimes_of_its_own(graph: Graph) -> None:
    primary = Counter(
        slug(row["family"] or "")
        for row in graph.ask("families").records()
        if slug(row["rank"] or "") == "primary"
    )
    assert len(primary) == 8
    assert min(primary.values()) >= 3


def test_something_is_owned_at_each_layer_up_to_the_agentic_one(graph: Graph) -> None:
    layers = {slug(row["layer"] or "") for row in graph.ask("owned-at-layer").records()}
    assert layers >= set("012345")


def test_every_runtime_has_family_lifecycle_responsibilities_and_coverage(graph: Graph) -> None:
    runtimes = {row["thing"] for row in graph.ask("things", {"kind": "runtime"}).records()}
    assert {
        row["runtime"]
        for row in graph.ask("families").records()
        if slug(row["rank"] or "") == "primary"
    } == runtimes
    assert {row["runtime"] for row in graph.ask("lifecycles").records()} == runtimes
    counted = {
        row["runtime"]: int(row["claims"] or 0) for row in graph.ask("runtime-counts").records()
    }
    assert min(counted.values()) >= 5


@pytest.mark.parametrize("name", MOST_USED)
def test_what_is_used_most_is_told_most_of(graph: Graph, name: str) -> None:
    assert len(graph.ask("claims-of-runtime", {"runtime": name})) >= 25


@pytest.mark.parametrize("subject", OWNERSHIP)
def test_what_is_used_most_speaks_to_each_ownership_question_of_its_family(
    graph: Graph, subject: str
) -> None:
    """By a claim; or by a record that it was looked for in the sources and not found."""
    query = f"""SELECT ?beneath ?family {{
      <{ID}ownership-question/{subject}> ar:asksAbout/^skos:broader* ?beneath .
      OPTIONAL {{ ?beneath ar:askedOf ?family }} }}"""
    rows = graph.engine.run(query).records()  # type: ignore[union-attr]
    beneath, families = ({row.get(name) for row in rows} for name in ("beneath", "family"))
    concerned = {
        row["runtime"]
        for row in graph.ask("families").records()
        if row["family"] in families and slug(row["rank"] or "") == "primary"
    }
    said = {row["runtime"] for row in graph.ask(f"who-owns-{subject}").records()}
    sought = {
        row["runtime"]
        for row in graph.ask("looked-for-and-not-found").records()
        if row["responsibility"] in beneath
    }
    wanted = {text(iri(f"runtime:{name}")) for name in MOST_USED} & concerned
    assert wanted
    assert wanted - said - sought == set()


def test_every_current_claim_was_read_and_found_supported(graph: Graph) -> None:
    query = """SELECT ?claim { ?claim a ar:CurrentClaim .
      MINUS { ?reading ar:reviewOutcome review-outcome:supported . ?claim ar:readIn ?reading . } }"""
    assert graph.engine.run(query).records() == []  # type: ignore[union-attr]


def test_no_claim_says_its_mode_in_free_text(graph: Graph) -> None:
    assert graph.engine.run("ASK { ?claim ar:mode ?mode }") is False


def test_conditions_in_words_are_the_exception(graph: Graph) -> None:
    query = "SELECT (COUNT(DISTINCT ?claim) AS ?n) { ?claim a ar:CurrentClaim %s }"
    limited, every = (
        int(graph.engine.run(query % more).records()[0]["n"] or 0)  # type: ignore[union-attr]
        for more in ("; ar:condition ?condition .", ".")
    )
    assert limited <= 0.15 * every


def test_every_integration_is_seen_from_both_sides(graph: Graph) -> None:
    rows = graph.ask("integrations-of").records()
    seen: dict[str, set[str]] = {}
    for row in rows:
        for side in (row["subject"], row["object"]):
            assert side is not None
            if side not in seen:
                seen[side] = {claim["claim"] for claim in describe(graph, side).claims}
            assert slug(row["claim"] or "") in seen[side]


def test_every_stack_has_components_that_the_graph_knows(graph: Graph) -> None:
    stacks = [slug(row["thing"] or "") for row in graph.ask("things", {"kind": "stack"}).records()]
    assert len(stacks) >= 26
    for name in stacks:
        assert len(shipped_stack(graph, name)[0]) >= 2


def test_every_locator_names_lines(graph: Graph) -> None:
    query = "SELECT (COUNT(?e) AS ?all) (COUNT(?d) AS ?pinned) { ?e a ar:Evidence OPTIONAL { ?e ar:linesDigest ?d } }"
    (row,) = graph.engine.run(query).records()  # type: ignore[union-attr]
    assert int(row["pinned"] or 0) >= 0.95 * int(row["all"] or 0) > 0


def test_no_statement_uses_a_marketing_word(graph: Graph) -> None:
    words = (
        "blazing",
        "seamless",
        "cutting-edge",
        "state-of-the-art",
        "effortless",
        "world-class",
        "revolutionary",
    )
    rows = graph.engine.run(
        "PREFIX ar: <https://w3id.org/aruntime/ns#> SELECT ?s { ?c ar:statement ?s }"
    )
    for row in rows.records():  # type: ignore[union-attr]
        assert not any(word in (row["s"] or "").lower() for word in words), row


def test_no_file_names_the_machine_it_was_written_on() -> None:
    for path in (*corpus.data_files(), *corpus.vocabulary_files()):
        content = path.read_text("utf-8")
        assert (
            "/work/" not in content
            and "/root/" not in content
            and "/tmp/" not in content.replace('"/tmp/', "").replace("`/tmp/", "")
        ), path


def test_seed_report_is_a_lead_and_never_evidence() -> None:
    assert (paths.data() / "lead" / "ai-runtime-landscape-report.ttl").is_file()
