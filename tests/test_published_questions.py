"""Each shipped question gives the same rows wherever the published dataset is loaded: in a store
that knows no union of graphs, in rdflib, and in servers of two makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, parse
from rdflib.plugins.sparql import prepareQuery

from aruntime import questions
from aruntime.engines import upload
from aruntime.engines.engine import Engine
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import Remote
from tests.rdflib_engine import Rdflib
from tests.servers import STARTERS
from tests.test_publication import compiled as compiled
from tests.test_publication import folder as folder
from tests.test_publication import root as root
from tests.test_questions import NAMES, rows

HERE = {
    "vllm": "knative",
    "kserve": "https://w3id.org/aruntime/id/runtime/knative",
    "runtime/vllm": "runtime/knative",
    "vllm#family": "knative#family",
    "#chooses-requests-per-step": "#limits-concurrency",
    "continuous-batching": "autoscaling",
}
"""What the small dataset has instead of what questions give as examples. Rows are wanted of each:
where nothing is found to group, rdflib 7.6 gives a row of nothing, against the standard."""


def parameters(name: str) -> dict[str, str]:
    """Examples of a question's own, of those that it cannot do without."""
    own = {p.name: p.example for p in questions.load(name).parameters if p.required}
    return {parameter: HERE.get(example, example) for parameter, example in own.items()}


def table(engine: Engine, name: str) -> list[tuple[str, ...]]:
    head, *found = rows(questions.ask(engine, name, parameters(name)))
    return [head, *sorted(found)]


@pytest.fixture(scope="module")
def wanted(compiled: Store) -> dict[str, list[tuple[str, ...]]]:
    """What the embedded engine answers from the graph that was published."""
    found = {name: table(Oxigraph(compiled), name) for name in NAMES}
    assert sum(len(answer) > 1 for answer in found.values()) > len(NAMES) // 2
    assert [name for name in NAMES if parameters(name) and len(found[name]) == 1] == []
    return found


def differing(engine: Engine, wanted: dict[str, list[tuple[str, ...]]]) -> list[str]:
    return [name for name in NAMES if table(engine, name) != wanted[name]]


@pytest.mark.parametrize("file", ["aruntime.nq", "aruntime.trig"])
def test_a_store_without_a_union_graph_gives_the_same_rows(
    folder: Path, wanted: dict[str, list[tuple[str, ...]]], file: str
) -> None:
    store = Store()
    form = RdfFormat.N_QUADS if file.endswith("nq") else RdfFormat.TRIG
    store.bulk_load(path=str(folder / "dataset" / file), format=form)
    assert len(list(store.named_graphs())) > 100
    assert differing(Oxigraph(store), wanted) == []


@pytest.mark.slow
def test_rdflib_gives_the_same_rows(folder: Path, wanted: dict[str, list[tuple[str, ...]]]) -> None:
    graph = rdflib.Graph().parse(folder / "dataset/aruntime.nt", format="nt")
    assert differing(Rdflib(graph), wanted) == []


@pytest.fixture(scope="module", params=STARTERS)
def served(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    program, start = STARTERS[request.param]
    if program is None:
        pytest.skip(f"{request.param} is not installed here; .ci/run installs it")
    limits = {"ResultSetMaxRows": 50_000} if request.param == "virtuoso" else {}
    with start(tmp_path_factory.mktemp(request.param), **limits) as address:
        content = (folder / "dataset/aruntime.nt").read_bytes()
        triples = [quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)]
        with patch.dict(os.environ, address.credentials):
            upload.put(address.store, triples, address.graph)
        yield Remote(address.query)


@pytest.mark.slow
def test_a_server_gives_the_same_rows(
    served: Engine, wanted: dict[str, list[tuple[str, ...]]]
) -> None:
    assert differing(served, wanted) == []


@pytest.mark.slow
def test_the_questions_are_published_as_they_are_and_as_executables(folder: Path) -> None:
    graph = rdflib.Graph().parse(folder / "questions/questions.ttl")
    sh, rdfs = rdflib.SH, rdflib.RDFS
    texts = {
        str(node).rpartition("/")[2]: str(text) for node, text in graph.subject_objects(sh.select)
    }
    assert texts.keys() == set(NAMES)
    for name in NAMES:
        published = (folder / f"questions/{name}.rq").read_text()
        assert published == questions.text_of(name)
        assert published.endswith(texts[name])
        node = rdflib.URIRef(f"https://w3id.org/aruntime/question/{name}")
        assert str(graph.value(node, rdfs.comment)).endswith("?")
        assert (node, rdflib.RDF.type, sh.SPARQLSelectExecutable) in graph
        prepareQuery(texts[name])  # type: ignore[no-untyped-call]
