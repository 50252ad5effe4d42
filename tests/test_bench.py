"""Made graphs have the shape of the shipped one and keep its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyshacl
import rdflib
from pyoxigraph import RdfFormat, Triple, serialize
from rdflib.namespace import SH

from aruntime import corpus, paths
from aruntime.corpus import Corpus
from aruntime.namespaces import ID, iri
from bench.generate import KEPT, MADE, things


def test_every_common_predicate_is_made_and_as_common(shipped: Corpus) -> None:
    """A whole landscape differs from the shipped data only by claims left out or with another's words."""
    real = Counter(t.predicate.value for name, triples in shipped.graphs.items() if "/graph/data/" in name for t in triples)
    made = Counter(t.predicate.value for thing in things(real.total() - 2000) for t in thing.triples)
    for predicate, count in real.items():
        if count >= 100:
            assert 0.75 < made[predicate] / count < 1.25, predicate


def test_the_same_seed_gives_the_same_graph() -> None:
    assert list(things(3000)) == list(things(3000))
    assert list(things(3000)) != list(things(3000, seed=1))


def test_a_small_graph_names_nothing_that_is_not_there() -> None:
    made = list(things(12_000))
    subjects = {t.subject for thing in made for t in thing.triples}
    named = {t.object for thing in made for t in thing.triples if str(t.object).startswith(tuple(f"<{ID}{kind}/" for kind in MADE))}
    assert named - subjects == {iri("agent:aruntime")}


def test_a_made_graph_keeps_every_shape_but_where_it_is_spoilt() -> None:
    """pySHACL finds the seeded defects, one claim each, and nothing else."""
    data, shapes = rdflib.Graph(), rdflib.Graph()
    curator = paths.data() / f"{KEPT.value.removeprefix(ID)}.ttl"
    for path in (*corpus.vocabulary_files(), curator):
        data += as_rdflib(corpus.triples_of(path))
    for thing in things(4000, defects=6):
        data += as_rdflib(thing.triples)
    for path in (paths.ontology() / "shapes").glob("*.ttl"):
        shapes.parse(path)
    _, found, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    assert isinstance(found, rdflib.Graph)
    assert len(set(found.objects(None, SH.focusNode))) == 6


def as_rdflib(triples: Iterable[Triple]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
