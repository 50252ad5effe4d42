"""Verdicts: each on a stack small enough to be judged by eye."""

from __future__ import annotations

import pytest
from aruntime.parts import PARTS
from aruntime.results import of_json
from pyoxigraph import NamedNode, Quad, Store, Triple

from aruntime import corpus, parts, questions, store
from aruntime.compose import VERDICTS, Composition, compose, stack_components
from aruntime.corpus import Corpus
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.graph import Graph
from tests.test_questions import CASES


@pytest.fixture(scope="module")
def tiny() -> Graph:
    """Four runtimes, with one reason for every verdict."""
    files = {corpus.graph_name(p): p for p in corpus.vocabulary_files()} | {"case": CASES / "world.ttl"}
    return Graph(Oxigraph(store.in_memory(Corpus({name: corpus.triples_of(p) for name, p in files.items()}, files))))


@pytest.fixture(scope="module")
def stack(tiny: Graph) -> Composition:
    return compose(tiny, ["server", "engine"])


def verdict(composition: Composition, responsibility: str, unit: str) -> str:
    return next(a.verdict for a in composition.responsibilities if (a.responsibility, a.unit) == (responsibility, unit))


@pytest.mark.parametrize(
    ("responsibility", "unit", "expected"),
    [
        ("preemption", "sequence", "disputed"),
        ("autoscaling", "replica", "contended"),
        ("kv-cache-management", "kv-block", "delegated"),
        ("batching", "request", "layered"),
        ("batching", "sequence-step", "layered"),
        ("request-metrics", "request", "layered"),
        ("continuous-batching", "sequence-step", "owned"),
        ("request-routing", "request", "owned"),
        ("pod-scheduling", "pod", "open-delegation"),
        ("authentication", "request", "platform"),
        ("rollout", "model-version", "gap"),
        ("speculative-decoding", "sequence-step", "unknown"),
    ],
)
def test_verdict(stack: Composition, responsibility: str, unit: str, expected: str) -> None:
    assert verdict(stack, responsibility, unit) == expected


def test_every_verdict_has_a_case(stack: Composition) -> None:
    assert set(stack.summary) == set(VERDICTS)
    assert sum(stack.summary.values()) == len(stack.responsibilities)


def test_unknown_says_whether_it_was_looked_for(stack: Composition) -> None:
    reviewed = {a.responsibility: a.reviewed for a in stack.responsibilities if a.verdict == "unknown"}
    assert reviewed["speculative-decoding"] and not reviewed["sampling"]


def test_adding_the_delegate_closes_an_open_delegation(tiny: Graph) -> None:
    alone = compose(tiny, ["server"])
    assert verdict(alone, "kv-cache-management", "kv-block") == "open-delegation"
    assert verdict(compose(tiny, ["server", "engine"]), "kv-cache-management", "kv-block") == "delegated"


def test_what_must_be_decided_comes_first(stack: Composition) -> None:
    assert [a.verdict for a in stack.to_act_on] == ["disputed", "contended", "gap", "open-delegation"]


def test_each_claim_shows_its_source_and_place(stack: Composition) -> None:
    for answer in stack.responsibilities:
        assert bool(answer.claims) == (answer.verdict != "unknown")
        for claim in answer.claims:
            assert claim.source.endswith("-docs") and claim.locator.startswith("https://example.org/")


def test_a_version_brings_back_what_held_for_it_and_leaves_out_what_did_not(tiny: Graph) -> None:
    then = compose(tiny, ["engine"], {"engine": "1.0"})
    assert verdict(then, "graceful-drain", "replica") == "owned"
    now = {(a.responsibility, a.verdict) for a in compose(tiny, ["engine"], {"engine": "2.0"}).responsibilities}
    assert ("graceful-drain", "owned") not in now


def test_newest_release_is_the_version_unless_another_is_given(tiny: Graph) -> None:
    assert compose(tiny, ["engine"]).components[0]["version"] == "2.0"
    assert compose(tiny, ["engine"], {"engine": "1.0"}).components[0]["version"] == "1.0"


def test_seams_are_evidenced_unverified_or_impossible(tiny: Graph, stack: Composition) -> None:
    assert [(s.subject, s.object, s.relation, s.verdict) for s in stack.seams] == [("server", "engine", "hosts", "evidenced")]
    assert compose(tiny, ["server", "engine"], {"engine": "1.0"}).seams[0].verdict == "incompatible"
    assert compose(tiny, ["server", "engine"], {"engine": "2.7"}).seams[0].verdict == "evidenced"
    assert compose(tiny, ["server", "flow"]).seams[0].verdict == "unverified"


def test_boundary_questions_are_answered_by_claims_or_not_at_all(tiny: Graph, stack: Composition) -> None:
    assert {q["family"]: bool(q["claims"]) for q in stack.boundary_questions} == {"generative-model": True, "model-serving": True}
    flow = compose(tiny, ["frame", "flow"]).boundary_questions
    assert {q["family"]: bool(q["claims"]) for q in flow} == {"agent-application": True, "framework-native": False}


def test_opposite_sides_of_a_trade_off_are_shown(stack: Composition) -> None:
    (entry,) = stack.trade_offs
    assert entry["tradeoff"] == "latency-throughput"
    assert {(side["runtime"], side["pole"]) for side in entry["sides"]} == {("server", "latency"), ("engine", "throughput")}


def test_lifecycle_warnings_name_what_is_archived_or_only_maintained(tiny: Graph, stack: Composition) -> None:
    assert [(w["runtime"], w["lifecycle"]) for w in stack.lifecycle] == [("engine", "maintenance")]
    assert [w["lifecycle"] for w in compose(tiny, ["frame", "flow"]).lifecycle] == ["archived"]


def test_previews_are_marked(stack: Composition) -> None:
    (answer,) = (a for a in stack.responsibilities if a.responsibility == "kv-cache-offloading")
    assert answer.claims[0].availability == "preview"


def test_candidates_and_retracted_claims_decide_nothing(tiny: Graph, stack: Composition) -> None:
    assert verdict(stack, "token-streaming", "request") == "unknown"
    assert verdict(compose(tiny, ["flow"]), "agent-retry", "retry") == "unknown"


def test_json_has_the_documented_keys(stack: Composition) -> None:
    found = stack.json()
    assert set(found) >= {"components", "responsibilities", "seams", "questions", "tradeoffs", "summary"}
    assert set(found["components"][0]) == {"runtime", "iri", "version"}
    answer = next(a for a in found["responsibilities"] if a["claims"])
    assert set(answer) == {"responsibility", "unit", "layer", "verdict", "reviewed", "claims"}
    assert set(answer["claims"][0]) >= {"claim", "runtime", "stance", "scope", "availability", "source", "locator"}
    assert set(found["seams"][0]) >= {"from", "to", "relation", "verdict", "claims"}


def test_components_of_a_shipped_stack_are_found(tiny: Graph) -> None:
    assert stack_components(tiny, "server-engine") == ["engine", "server"]


@pytest.mark.parametrize(
    ("components", "versions", "message"),
    [
        (["server", "server"], {}, "named twice"),
        (["serve"], {}, "did you mean server"),
        (["server"], {"engine": "1.0"}, "not among the components"),
    ],
)
def test_wrong_names_are_refused_with_a_remedy(tiny: Graph, components: list[str], versions: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compose(tiny, components, versions)


def test_parts_kept_at_build_are_what_the_store_answers(graph: Graph) -> None:
    assert graph.kept is not None
    for runtime in ("kserve", "vllm", "langgraph"):
        component = NamedNode(graph.identify(runtime))
        for part in PARTS:
            name = f"component-{part}"
            kept = of_json(parts.read(graph.kept, name, {"component": component}) or b"")
            asked = questions.ask(graph.engine, name, {"component": component})
            assert kept.columns == asked.columns
            assert sorted(map(str, kept.rows)) == sorted(map(str, asked.rows))
    kept = of_json(parts.read(graph.kept, "stack-vocabulary", {}) or b"")
    assert sorted(map(str, kept.rows)) == sorted(map(str, questions.ask(graph.engine, "stack-vocabulary").rows))


def test_triples_kept_at_build_are_what_holds_now(graph: Graph) -> None:
    assert graph.kept is not None
    for runtime in ("kserve", "vllm", "langgraph"):
        component = graph.identify(runtime)
        answers = [questions.ask(graph.engine, f"component-{part}", {"component": component}) for part in PARTS]
        kept = Store()
        assert parts.load_current(graph.kept, component, kept)
        assert set(kept) == {Quad(*triple) for answer in answers for triple in parts.triples(answer)}
    kept = Store()
    assert parts.load_vocabulary(graph.kept, kept)
    assert set(kept) == {Quad(*Triple(*row)) for row in questions.ask(graph.engine, "stack-vocabulary").rows}  # type: ignore[arg-type]


def test_an_owner_in_another_unit_closes_no_gap(graph: Graph) -> None:
    verdicts = {(a.responsibility, a.unit): a.verdict for a in compose(graph, ["vllm", "lmcache"]).responsibilities}
    assert verdicts["tenant-isolation", "process"] == "gap"
    assert verdicts["tenant-isolation", "kv-block"] == "owned"
