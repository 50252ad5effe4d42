"""Every question, on a tiny graph with the rows it must give, on every engine, and on the shipped
graph.

``tests/questions/world.ttl`` is a frozen graph of four runtimes; ``tests/questions/<question>/``
holds the parameters and the expected rows (``data.ttl`` there replaces the shared graph). ``pytest
--update`` rewrites the rows: the reviewer reads the difference as an answer that changed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from aruntime import build, corpus, questions
from aruntime.corpus import Corpus
from aruntime.engines.engine import Engine, bind_inside, fill
from aruntime.engines.oxigraph import Oxigraph
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.namespaces import iri
from aruntime.render.formats import Screen, rows_as_text
from tests.conftest import every_third
from tests.rdflib_engine import Rdflib

Subject = NamedNode | BlankNode | Triple
CASES = Path(__file__).parent / "questions"
NAMES = questions.names()
_VARIABLE = re.compile(r"[?$](\w+)")


def stated(path: Path) -> Corpus:
    """The vocabulary and one tiny graph."""
    files = {corpus.graph_name(p): p for p in corpus.vocabulary_files()} | {"case": path}
    return Corpus({name: corpus.triples_of(p) for name, p in files.items()}, files)


@lru_cache
def world(path: Path) -> Store:
    """The same, with what follows from it."""
    return build.in_memory(stated(path))


@lru_cache
def engines(path: Path) -> dict[str, Engine]:
    built = world(path)
    return {"embedded": Oxigraph(built), "reference": Rdflib.of(built)}


def case(name: str) -> tuple[Path, dict[str, str], Path]:
    folder = CASES / name
    own = folder / "data.ttl"
    parameters = folder / "params.yaml"
    given = yaml.safe_load(parameters.read_text()) if parameters.is_file() else {}
    return own if own.is_file() else CASES / "world.ttl", given or {}, folder / "expected.csv"


def rows(answer: Rows) -> list[tuple[str, ...]]:
    return [
        tuple(map(settled, row))
        for row in csv.reader(io.StringIO(rows_as_text(answer, "csv", Screen()), newline=""))
    ]


def settled(cell: str) -> str:
    """GROUP_CONCAT joins in any order, anchors by lines and names by commas."""
    return "\n".join(", ".join(sorted(line.split(", "))) for line in sorted(cell.split("\n")))


@pytest.mark.parametrize("name", NAMES)
def test_question_gives_the_expected_rows(name: str, update: bool) -> None:
    data, parameters, expected = case(name)
    answer = questions.ask(engines(data)["embedded"], name, parameters)
    if update:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(rows_as_text(answer, "csv", Screen()), newline="")
    with expected.open(newline="") as handle:
        wanted = [tuple(map(settled, row)) for row in csv.reader(handle)]
    got = rows(answer)
    assert got[0] == wanted[0]
    assert sorted(got[1:]) == sorted(wanted[1:])
    assert len(wanted) > 1, "a case without rows shows nothing"


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n.startswith("who-owns-") else pytest.mark.slow) for n in NAMES],
)
def test_reference_engine_gives_the_same_rows(name: str) -> None:
    data, parameters, _ = case(name)
    both = engines(data)
    fast, slow = (
        rows(questions.ask(both[engine], name, parameters)) for engine in ("embedded", "reference")
    )
    assert fast[0] == slow[0]
    assert sorted(fast[1:]) == sorted(slow[1:])


@pytest.mark.parametrize("name", every_third(NAMES))
def test_question_runs_on_the_shipped_graph(name: str, graph: Graph) -> None:
    question = questions.load(name)
    parameters = {
        p.name: graph.resolve(p.kind, p.example) for p in question.parameters if p.required
    }
    answer = graph.ask(name, parameters)
    assert answer.columns == tuple(question.columns)


@pytest.mark.parametrize("name", NAMES)
def test_header_says_what_is_asked_and_what_comes_back(name: str) -> None:
    question = questions.load(name)
    assert question.summary.endswith("?")
    assert question.row.startswith("One row")
    assert question.persona
    read = questions.signature(question.text)
    assert read == (question.summary, question.parameters, question.tags)
    sourced = "source" in question.columns or "source" in question.row or "claims" in question.row
    assert sourced, "select ?source, or say in row which claims or sources an answer counts"
    assert "ORDER BY" in question.text


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_projected_wherever_they_are_mentioned(name: str) -> None:
    """Oxigraph 0.5 raises, or silently returns wrong rows, for a bound variable that a (sub-)SELECT
    does not project."""
    question = questions.load(name)
    body = "\n".join(line for line in question.text.splitlines() if not line.startswith("#"))
    for parameter in question.parameters:
        assert parameter.name in question.columns
        for projection, inside in _selects(body):
            if parameter.name in set(_VARIABLE.findall(inside)):
                assert parameter.name in projection or "*" in projection, (name, parameter.name)


def _selects(body: str) -> list[tuple[set[str], str]]:
    """Each SELECT's projected variables and the text of its group."""
    found = []
    for match in re.finditer(r"SELECT\s+(?:DISTINCT\s+)?(.*?)\s*WHERE\s*\{", body, re.DOTALL):
        depth, end = 1, match.end()
        while depth and end < len(body):
            depth += {"{": 1, "}": -1}.get(body[end], 0)
            end += 1
        projection = set(_VARIABLE.findall(match.group(1))) | (
            {"*"} if "*" in match.group(1) and "(" not in match.group(1) else set()
        )
        found.append((projection, body[match.end() : end]))
    return found


def test_no_question_uses_graph_or_service() -> None:
    for name in NAMES:
        body = "\n".join(
            line for line in questions.text_of(name).splitlines() if not line.startswith("#")
        )
        assert not re.search(r"\b(GRAPH|SERVICE|FROM)\b", body), name


def test_the_seven_ownership_questions_are_there() -> None:
    subjects = (
        "compilation",
        "model-state",
        "admission",
        "batching",
        "placement",
        "durable-workflow-state",
        "device-constraints",
    )
    assert {f"who-owns-{subject}" for subject in subjects} <= set(NAMES)


def test_there_are_at_least_thirty_questions_for_people() -> None:
    assert len(NAMES) >= 30


def test_no_case_is_left_over_from_a_question_that_is_gone() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_can_be_put_where_the_outer_group_begins(name: str) -> None:
    """Oxigraph plans before it substitutes: only a value inside lets it start from the claims on
    the parameter."""
    text = questions.text_of(name)
    given = bind_inside(text, {"parameter": NamedNode("https://example.org/value")})
    assert (
        given.replace("  VALUES (?parameter) { (<https://example.org/value>) }\n", "")
        == fill(text, {})
        != given
    )


NOW = [name for name in NAMES if "a ar:CurrentClaim" in questions.text_of(name)]
"""Questions about what holds now; those about every version say until when."""


@pytest.mark.parametrize("name", NOW)
def test_a_claim_that_ended_says_nothing_of_today(name: str) -> None:
    data, parameters, _ = case(name)
    for ended, gone in ended_and_gone(data):
        assert set(questions.ask(ended, name, parameters).rows) == set(
            questions.ask(gone, name, parameters).rows
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", NOW)
def test_a_shipped_claim_that_ended_says_nothing_of_today(
    name: str, shipped_ended_and_gone: tuple[Oxigraph, Oxigraph]
) -> None:
    ended, gone = shipped_ended_and_gone
    parameters = {p.name: p.example for p in questions.load(name).parameters if p.required}
    assert set(questions.ask(ended, name, parameters).rows) == set(
        questions.ask(gone, name, parameters).rows
    )


@lru_cache
def ended_and_gone(path: Path) -> list[tuple[Oxigraph, Oxigraph]]:
    """A tiny world in which each third of the claims ended, or is not there."""
    found = stated(path)
    return [pair_without(found, claims_of(found)[start::3]) for start in range(3)]


@pytest.fixture(scope="module")
def shipped_ended_and_gone(shipped: Corpus) -> tuple[Oxigraph, Oxigraph]:
    """The same for one claim in six of the shipped graph."""
    return pair_without(shipped, claims_of(shipped)[::6])


def claims_of(found: Corpus) -> list[Subject]:
    """All claims, in the order of their names."""
    said = iri("ar:statement")
    return sorted({t.subject for t in found.triples() if t.predicate == said}, key=str)


def pair_without(found: Corpus, claims: Collection[Subject]) -> tuple[Oxigraph, Oxigraph]:
    """The graph with some claims ended, and without these claims."""
    until, said, some = iri("ar:untilVersion"), iri("ar:statement"), set(claims)
    ended = {
        name: (
            *ts,
            *(
                Triple(t.subject, until, Literal("0"))
                for t in ts
                if t.subject in some and t.predicate == said
            ),
        )
        for name, ts in found.graphs.items()
    }
    gone = {
        name: tuple(t for t in ts if t.subject not in some) for name, ts in found.graphs.items()
    }
    one, two = (Oxigraph(build.in_memory(Corpus(graphs, found.files))) for graphs in (ended, gone))
    return one, two


MULTIPLE = (
    "left-to-caller",
    "left-to-operator",
    "not-owned",
    "who-owns",
    "claims-of-runtime",
    "candidates-for",
    "delegations",
)


@pytest.mark.parametrize("name", MULTIPLE)
def test_what_limits_a_claim_stands_in_its_row(name: str) -> None:
    """Parts, configurations and conditions are never left out where somebody acts on an answer."""
    assert {"parts", "configurations", "condition"} <= set(questions.load(name).columns)
