"""A world in which things are said several times, of several versions; these are ordered as
versions, never as text: 0.10 comes after 0.9."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from aruntime import build
from aruntime.engines.oxigraph import Oxigraph
from aruntime.graph import Graph
from aruntime.namespaces import iri, slug
from aruntime.stack import Component, Stack
from aruntime.stacks import compose
from aruntime.why import reasons
from tests.conftest import WORLD
from tests.test_questions import stated

LATER = """
server:hosts-newer-engines a ar:IntegrationClaim ;
    ar:statement "The server starts newer engines."@en ;
    ar:relation relation:hosts ; ar:object runtime:engine ; ar:inConfiguration server:grouped ;
    ar:objectFromVersion "1.10" ; ar:objectUntilVersion "10" ;
    ar:evidence server:hosts-engine-e1 ; ar:readIn server:reading-1 .
engine:release-9.0 a ar:Release ; ar:version "9.0" .
engine:release-10.0 a ar:Release ; ar:version "10.0" .
engine:reading-9 a ar:Reading ; ar:verifiedIn engine:release-9.0 ;
    ar:reviewOutcome review-outcome:supported .
engine:reading-10 a ar:Reading ; ar:verifiedIn engine:release-10.0 ;
    ar:reviewOutcome review-outcome:supported .
engine:captures ar:readIn engine:reading-9 , engine:reading-10 .
"""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The frozen world, in which something was read in later releases."""
    path: Path = tmp_path_factory.mktemp("later") / "world.ttl"
    path.write_text(WORLD.read_text("utf-8") + LATER)
    return Graph(Oxigraph(build.in_memory(stated(path))))


def test_of_two_bounds_the_narrower_counts(later: Graph) -> None:
    found = compose(later, ["server", "engine"], versions={"engine": "1.10"})
    seam = next(seam for seam in found.seams if seam.relation == "hosts")
    assert (seam.verdict, seam.versions) == ("optional", ("1.10", "2"))
    assert len(seam.claims) == 2


def test_what_joins_two_components_once_something_is_chosen_is_evidenced_then(later: Graph) -> None:
    chosen = [("server", "grouped")]
    found = compose(later, ["server", "engine"], configurations=chosen)
    assert {seam.verdict for seam in found.seams if seam.relation == "hosts"} == {"evidenced"}


def test_a_version_below_the_narrower_bound_is_impossible(later: Graph) -> None:
    found = compose(later, ["server", "engine"], versions={"engine": "1.9"})
    seam = next(seam for seam in found.seams if seam.relation == "hosts")
    assert (seam.verdict, seam.versions, seam.in_use) == ("impossible", ("1.10", "10"), "1.9")


def test_each_claim_behind_a_statement_is_shown_with_its_lines(later: Graph) -> None:
    found = reasons(later, "server", "hosts", "engine")
    claims = [slug(row["claim"] or "") for row in found.evidence]
    assert claims == ["server#hosts-engine", "server#hosts-newer-engines"]


def test_a_claim_names_the_newest_release_that_it_was_read_in(later: Graph) -> None:
    found = compose(later, ["engine"])
    claims = {claim.claim: claim for row in found.rows for claim in row.claims}
    assert claims["engine#captures"].release == "10.0"
    assert claims["engine#loads"].release == "1.0"


def test_the_version_in_use_is_the_one_that_most_claims_were_read_in_and_of_several_the_newest() -> (
    None
):
    def node(name: str) -> NamedNode:
        return NamedNode(f"https://example.org/{name}")

    versions = {"0.9": 2, "0.10": 2, "2.0": 1}
    facts = [Quad(node(v), iri("ar:version"), Literal(v)) for v in versions] + [
        Quad(node(f"{version}-{n}"), iri("ar:verifiedIn"), node(version))
        for version, number in versions.items()
        for n in range(number)
    ]
    (member,) = Stack([], [Component("x", node("x").value, facts)], {}).members
    assert (member.version, member.read) == ("0.10", ("0.9", "0.10", "2.0"))
