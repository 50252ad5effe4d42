"""No identifier of an earlier release is lost: each still names something, or is deprecated and
leads on.

``iris-0.1.0.txt`` holds what release 0.1.0 described, below https://w3id.org/aruntime/: terms, things
and fragments, one a line, each followed by the suffixes of its passages (``-e1``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from aruntime import corpus
from aruntime.corpus import Corpus
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.namespaces import BASE
from aruntime.publication.redirects import rules
from aruntime.validation.checks import check_files
from aruntime.validation.shapes import shape_files

FILE = Path(__file__).with_name("iris-0.1.0.txt")
COUNT = 6392
"""Identifiers of the release."""
OLD = "x:was-in-0.1.0"
LOST = f"""
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?old WHERE {{
  ?old <{OLD}> true .
  FILTER NOT EXISTS {{ ?old a ?class . FILTER NOT EXISTS {{ ?old owl:deprecated true }} }}
  FILTER NOT EXISTS {{
    ?old owl:deprecated true ; dcterms:isReplacedBy ?new .
    ?new a ?class .
    FILTER NOT EXISTS {{ ?new owl:deprecated true }}
  }}
  FILTER NOT EXISTS {{ ?old owl:deprecated true ; skos:historyNote ?reason }}
}}
"""
"""Which identifiers neither name a thing, nor lead to one that is in use, nor say why they do not."""
RETIRED = f"""
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT ?old WHERE {{ ?old <{OLD}> true ; owl:deprecated true }}
"""


@cache
def identifiers() -> tuple[str, ...]:
    def read() -> Iterator[str]:
        for line in FILE.read_text("utf-8").splitlines():
            name, *passages = line.split()
            yield BASE + name
            yield from (f"{BASE}{name}-{passage}" for passage in passages)

    return tuple(read())


@pytest.fixture(scope="module")
def store(shipped: Corpus) -> Store:
    """What the files state, shapes among them, and which identifiers are old."""
    found = Store()
    triples = [*shipped.triples(), *(t for path in shape_files() for t in corpus.triples_of(path))]
    found.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    found.bulk_extend(Quad(NamedNode(old), NamedNode(OLD), _TRUE) for old in identifiers())
    for path in check_files():
        rule = NamedNode(f"{BASE}id/rule/{path.stem}")
        found.add(Quad(rule, _TYPE, NamedNode("http://www.w3.org/ns/shacl#NodeShape")))
    return found


OWL = "http://www.w3.org/2002/07/owl#"
_TRUE = next(iter(Store().query("SELECT (true AS ?t) {}")))[0]
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def names(store: Store, query: str) -> set[str]:
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    return {str(row[0]).strip("<>").removeprefix(BASE) for row in rows}


def test_the_list_is_whole() -> None:
    assert len(set(identifiers())) == len(identifiers()) == COUNT
    assert {name.removeprefix(BASE).split("/")[0] for name in identifiers()} == {"id", "ns"} | {
        name.removeprefix(BASE) for name in identifiers() if "#" in name and "/id/" not in name
    }


def test_no_identifier_is_lost(store: Store) -> None:
    assert names(store, LOST) == set()


def test_a_lost_identifier_would_be_found() -> None:
    gone, new, thing = (NamedNode(BASE + f"id/runtime/{name}") for name in ("gone", "new", "thing"))
    found = Store()
    found.add(Quad(gone, NamedNode(OLD), _TRUE))
    assert names(found, LOST) == {"id/runtime/gone"}
    found.add(Quad(gone, NamedNode(OWL + "deprecated"), _TRUE))
    assert names(found, LOST) == {"id/runtime/gone"}, "deprecated, without a successor or a reason"
    found.add(Quad(gone, NamedNode("http://purl.org/dc/terms/isReplacedBy"), new))
    assert names(found, LOST) == {"id/runtime/gone"}, "led to nothing"
    found.add(Quad(new, _TYPE, thing))
    assert names(found, LOST) == set()


def test_what_is_retired_is_known(store: Store) -> None:
    retired = names(store, RETIRED)
    assert {name for name in retired if name.startswith("ns#")} == {
        f"ns#{name}"
        for name in ("configuration", "expectsFromPlatform", "mode", "ownsPartOf", "partlyOwns")
    }
    claims = {name for name in retired if name.startswith("id/runtime/") and "#" in name}
    rules_of = {name for name in retired if name.startswith("id/rule/")}
    assert (len(claims), len(rules_of)) == (38, 2), "one more is a change that readers must be told"


UNTOLD = """
SELECT ?old WHERE {
  ?old owl:deprecated true .
  MINUS { ?old dcterms:isReplacedBy ?new . }
  MINUS { ?old skos:historyNote ?reason . }
  MINUS { ?old ar:reviewOutcome ?found . FILTER (?found != review-outcome:supported) }
}
"""
"""What is retired without a successor, a reason, or a reading that found it wanting."""


def test_what_is_retired_leads_on_or_says_why_not(graph: Graph) -> None:
    found = graph.engine.run(UNTOLD)
    assert isinstance(found, Rows) and found.records() == []


def test_listings_leave_out_what_is_retired(graph: Graph) -> None:
    """A thing, a concept and a property."""
    for kind, name in {
        "component": "id/component/istio",
        "stance": "id/stance/partial",
        "property": "ns#mode",
    }.items():
        assert graph.engine.run(f"ASK {{ <{BASE}{name}> owl:deprecated true }}")
        listed = [row["thing"] for row in graph.ask("things", {"kind": kind}).records()]
        assert listed and BASE + name not in listed


def test_redirects_know_every_kind_of_identifier() -> None:
    """The rules of w3id.org have a pattern for each old identifier without its fragment."""
    text = rules("https://site.example")
    patterns = re.findall(r"^RewriteRule (\^(?:ns|id)\S*\$) %", text, re.MULTILINE)
    documents = {name.removeprefix(BASE).partition("#")[0] for name in identifiers()}
    assert {d for d in documents if not any(re.match(p, d) for p in patterns)} == set()
