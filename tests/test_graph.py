"""Names: every spelling that a command prints is accepted; one that is none gets near ones."""

from __future__ import annotations

import pytest

from aruntime import names, namespaces
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import ID, NS
from aruntime.search import search
from tests.conftest import every_third

ENGINE = f"{ID}runtime/engine"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("engine", ENGINE),
        ("Engine", ENGINE),
        ("ENGINE", ENGINE),
        ("runtime/engine", ENGINE),
        ("runtime/Engine", ENGINE),
        ("runtime:engine", ENGINE),
        (ENGINE, ENGINE),
        (f"<{ENGINE}>", ENGINE),
        ("database", f"{ID}component/database"),
        ("kv-block", f"{ID}unit/kv-block"),
        ("engine#preempts", f"{ENGINE}#preempts"),
        ("Engine#Preempts", f"{ENGINE}#preempts"),
        ("#preempts", f"{ENGINE}#preempts"),
        ("engine#preempts-e1", f"{ENGINE}#preempts-e1"),
        ("engine#release-1.0", f"{ENGINE}#release-1.0"),
        ("ar:Runtime", f"{NS}Runtime"),
        ("ar:RUNTIME", f"{NS}Runtime"),
        ("AgentRuntime", f"{NS}AgentRuntime"),
        ("delegatesTo", f"{NS}delegatesTo"),
        ("delegates-to", f"{NS}delegatesTo"),
        ("ar:delegates-to", f"{NS}delegatesTo"),
        ("skos:broader", "http://www.w3.org/2004/02/skos/core#broader"),
    ],
)
def test_a_thing_is_found_by_every_name_that_is_printed(
    small: Graph, name: str, found: str
) -> None:
    assert small.find(name) == found


@pytest.mark.parametrize(
    "name", ["makes-durable", "makesDurable", "MAKESDURABLE", "ar:makesDurable"]
)
def test_a_relation_is_a_property_in_one_word_or_two(small: Graph, name: str) -> None:
    assert small.identify(name, "property") == f"{NS}makesDurable"


def test_every_relation_that_is_printed_is_a_property(small: Graph) -> None:
    for row in small.ask("things", {"kind": "relation"}).records():
        assert small.identify((row["thing"] or "").rpartition("/")[2], "property").startswith(NS)


@pytest.mark.parametrize("kind", every_third([*namespaces.KINDS, *names.TERMS]))
def test_what_is_listed_is_found(small: Graph, kind: str) -> None:
    for row in small.ask("things", {"kind": kind}).records():
        thing = row["thing"] or ""
        assert small.find(names.name_of(thing)) == thing


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("engin", "no thing is called 'engin'; did you mean engine"),
        ("unit/requst", "no thing is called 'unit/requst'; did you mean request"),
        ("engine#preempt", "no thing is called 'engine#preempt'"),
        (
            "#family",
            "'#family' may be engine#family or flow#family or frame#family or server#family",
        ),
        ("no such thing", "no thing is called 'no such thing'; see aruntime list thing"),
        ("<>", "no thing is called '<>'"),
        ("", "no thing is called ''"),
        ("\udcff", "no thing is called"),
    ],
)
def test_a_name_that_is_none_is_refused_with_near_ones(
    small: Graph, name: str, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        small.find(name)
    assert message in str(refused.value)


def test_another_name_of_a_thing_is_offered_first(graph: Graph) -> None:
    with pytest.raises(UsageError, match="did you mean continuous-batching"):
        graph.identify("in-flight batching", "responsibility")
    with pytest.raises(
        UsageError, match="no runtime or component is called 'K8s'; did you mean kubernetes"
    ):
        graph.identify_component("K8s")


def test_a_class_and_a_property_that_differ_in_case_are_told_apart(small: Graph) -> None:
    assert small.identify("Unit", "class") == f"{NS}Unit"
    assert small.identify("unit", "property") == f"{NS}unit"
    with pytest.raises(UsageError, match="'UNIT' may be ar:Unit or ar:unit; say which"):
        small.identify("UNIT", "property")


def test_parameters_take_the_same_names(small: Graph) -> None:
    assert str(small.resolve("thing", "Database")) == f"<{ID}component/database>"
    assert str(small.resolve("runtime", "Engine")) == f"<{ENGINE}>"
    assert str(small.resolve("claim", "#preempts")) == f"<{ENGINE}#preempts>"
    assert str(small.resolve("component", "component:database")) == f"<{ID}component/database>"
    assert str(small.resolve("layer", "3")) == f"<{ID}layer/3>"
    assert small.resolve("text", "Engine") == "Engine"


def test_an_object_is_looked_for_among_the_values_of_its_property_first(small: Graph) -> None:
    assert small.find_object(f"{NS}unit", "Sequence") == f"{ID}unit/sequence"
    assert small.find_object(f"{NS}hosts", "engine") == ENGINE


def test_search_finds_all_words_in_any_order_and_the_best_first(small: Graph) -> None:
    found = search(small, ["Sequences", "step"])
    assert search(small, ["step sequences"]) == found
    assert [m.thing.removeprefix(f"{ID}runtime/") for m in found if "#" in m.thing] == [
        "engine#groups-sequences",
        "engine#batches-steps",
    ]
    claims = ["#" in m.thing for m in found]
    assert claims == sorted(claims)
    labels = [m for m in search(small, ["preemption"]) if m.property.endswith("label")]
    assert [m.text for m in labels] == ["Preemption of pods", "Preemption of sequences"]
    assert search(small, ["preemption"])[:2] == labels
    assert search(small, ["sequences", "nonsense"]) == []
    with pytest.raises(UsageError, match="a word"):
        search(small, [" "])
