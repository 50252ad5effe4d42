"""``aruntime.selection``: parts of one need that a component covers in several ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from aruntime import paths
from aruntime.graph import Graph
from aruntime.opening import open_graph
from aruntime.selection import select
from tests.conftest import WORLD, frozen_world

CLAIM = """
server:{name}
    a ar:ResponsibilityClaim ;
    ar:statement "The server speaks of {part}."@en ;
    ar:responsibility responsibility:token-streaming ;
    ar:part part:token-streaming.{part} ;
    {stance} ;
    ar:inConfiguration server:{place} ;
    ar:unit unit:request ;
    ar:layer layer:4 ;
    ar:scope scope:process ;
    ar:evidence server:groups-replicas-e1 ;
    ar:readIn server:reading-1 ;
.
"""
OWN = "ar:stance stance:native"
REFUSED = "ar:stance stance:excluded"
HANDED = "ar:stance stance:delegated ; ar:delegate runtime:engine"


def test_what_others_must_work_with_is_met_by_itself(graph: Graph) -> None:
    found = select(graph, {"owns": ["structured-output"], "with": ["vllm"]})
    vllm = next(candidate for candidate in found if candidate.component == "vllm")
    assert (vllm.verdict, vllm.answers[1].conditions) == ("yes", ("vllm itself",))


def test_a_part_that_is_handed_over_names_the_delegate(graph: Graph) -> None:
    found = select(graph, {"owns": ["model-loading"]})
    answers = {candidate.component: candidate.answers[0] for candidate in found}
    assert answers["kubernetes"].answer == "in part through container-runtime"
    assert "of it through vllm: format-reading, initialization" in answers["ray-serve"].conditions


@pytest.mark.parametrize(
    ("delivery", "place", "answer", "conditions"),
    [
        (HANDED, "grouped", "yes through engine", ("in grouped",)),
        (OWN, "grouped", "yes in configuration grouped", ()),
        (OWN, "plain", "in part", ("in grouped or plain", "of it: emission, client-delivery")),
        (
            HANDED,
            "plain",
            "in part",
            ("in grouped or plain", "of it: emission", "of it through engine: client-delivery"),
        ),
    ],
)
def test_parts_count_together_unless_their_configurations_exclude_each_other(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    delivery: str,
    place: str,
    answer: str,
    conditions: tuple[str, ...],
) -> None:
    claims = CLAIM.format(name="emits", part="emission", stance=OWN, place="grouped")
    claims += CLAIM.format(name="sends", part="client-delivery", stance=delivery, place=place)
    root = tmp_path / "root"
    frozen_world(root, WORLD.read_text("utf-8") + claims)
    monkeypatch.setattr(paths, "_ROOT", str(root))
    found = select(open_graph(in_memory=True), {"owns": ["token-streaming"]})
    server = next(candidate for candidate in found if candidate.component == "server")
    assert (server.answers[0].answer, set(server.answers[0].conditions)) == (
        answer,
        set(conditions),
    )


def test_a_limit_that_gives_way_in_a_configuration_is_told_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = CLAIM.format(name="emits", part="emission", stance=OWN, place="grouped")
    refused = CLAIM.format(name="holds-back", part="emission", stance=REFUSED, place="-")
    claims += refused.replace("    ar:inConfiguration server:- ;\n", "")
    root = tmp_path / "root"
    frozen_world(root, WORLD.read_text("utf-8") + claims)
    monkeypatch.setattr(paths, "_ROOT", str(root))
    found = select(open_graph(in_memory=True), {"owns": ["token-streaming"]})
    server = next(candidate for candidate in found if candidate.component == "server")
    assert "otherwise not emission" in server.answers[0].conditions
