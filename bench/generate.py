"""Graphs of our shape and any size, the same from the same seed: engines with claims, evidence and sources."""

from __future__ import annotations

import random
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus
from aruntime.corpus import Corpus
from aruntime.terms import GRAPH, ID, PREFIXES, iri

SEED = 20261123
CLAIMS = 25
"""Claims of one runtime; a claim with its evidence takes about 30 triples."""
_DATE = NamedNode(PREFIXES["xsd"] + "dateTime")


def corpus_of(triples: int) -> Corpus:
    """The shipped vocabulary with enough made-up runtimes that the data has about *triples* triples."""
    files = {corpus.graph_name(path): path for path in corpus.vocabulary_files()}
    graphs = {name: corpus.triples_of(path) for name, path in files.items()}
    draw = random.Random(SEED)
    words = _words(graphs)
    number, total = 0, 0
    while total < triples:
        number += 1
        made = tuple(_runtime(number, draw, words))
        graphs[f"{GRAPH}made/{number}"] = made
        total += len(made)
    return Corpus(graphs, files)


def _words(graphs: dict[str, tuple[Triple, ...]]) -> dict[str, list[NamedNode]]:
    """Concepts by the class they belong to."""
    found: dict[str, list[NamedNode]] = {}
    kind = iri("rdf:type")
    for triples in graphs.values():
        for t in triples:
            if t.predicate == kind and isinstance(t.object, NamedNode) and isinstance(t.subject, NamedNode) and t.subject.value.startswith(ID):
                found.setdefault(t.object.value.rpartition("#")[2], []).append(t.subject)
    return {name: sorted(nodes, key=str) for name, nodes in found.items()}


def _runtime(number: int, draw: random.Random, words: dict[str, list[NamedNode]]) -> Iterator[Triple]:
    own, source, release = iri(f"runtime:engine-{number}"), iri(f"source:docs-{number}"), NamedNode(f"{ID}runtime/engine-{number}#release-1.0")
    yield from _of(
        own, {"rdf:type": iri("ar:Runtime"), "rdfs:label": Literal(f"Engine {number}", language="en"), "ar:maintainer": iri("agent:maker")}
    )
    yield from _of(release, {"rdf:type": iri("ar:Release"), "ar:releaseOf": own, "ar:version": Literal("1.0")})
    yield from _of(source, {"rdf:type": iri("ar:Source"), "rdfs:label": Literal(f"Docs {number}", language="en"), "ar:authoritativeFor": own})
    if number % 10 == 1:
        stack = iri(f"stack:pair-{number}")
        yield from _of(stack, {"rdf:type": iri("ar:Stack"), "rdfs:label": Literal(f"Pair {number}", language="en"), "ar:component": own})
        yield Triple(stack, iri("ar:component"), iri(f"runtime:engine-{number + 1}"))
    family = draw.choice(words["Family"])
    yield from _claim(own, 0, "Classification", {"ar:family": family, "ar:rank": iri("classification-rank:primary")}, source, release)
    for index in range(1, CLAIMS + 1):
        if index % 6 == 0:
            other = iri(f"runtime:engine-{draw.randint(1, max(2, number))}")
            said = {"ar:relation": draw.choice(words["Relation"]), "ar:object": other}
            yield from _claim(own, index, "Integration", said, source, release)
            continue
        stance = draw.choices(["native", "partial", "delegated", "platform", "excluded"], [6, 1, 2, 1, 1])[0]
        said = {
            "ar:stance": iri(f"stance:{stance}"),
            **{f"ar:{w.lower()}": draw.choice(words[w]) for w in ("Responsibility", "Unit", "Layer", "Scope")},
        }
        if stance == "delegated":
            said["ar:delegate"] = iri(f"runtime:engine-{draw.randint(1, max(2, number))}")
        yield from _claim(own, index, "Responsibility", said, source, release)


def _claim(own: NamedNode, index: int, kind: str, said: dict[str, NamedNode], source: NamedNode, release: NamedNode) -> Iterator[Triple]:
    claim, evidence = NamedNode(f"{own.value}#claim-{index}"), NamedNode(f"{own.value}#claim-{index}-e1")
    yield from _of(claim, {"rdf:type": iri(f"ar:{kind}Claim"), "ar:subject": own, "ar:status": iri("claim-status:promoted"), **said})
    yield from _of(claim, {"ar:availability": iri("availability:built-in"), "ar:verifiedIn": release, "ar:evidence": evidence})
    yield Triple(claim, iri("ar:statement"), Literal(f"The engine does thing {index}.", language="en"))
    for name, day in (("reviewed", "2026-01-01"), ("reviewBy", "2026-07-01")):
        yield Triple(claim, iri(f"ar:{name}"), Literal(f"{day}T00:00:00Z", datatype=_DATE))
    place = {"ar:path": "docs/x.md", "ar:commit": f"{index:040x}", "ar:linesDigest": f"{index:064x}", "ar:anchorTerm": "thing"}
    yield from _of(
        evidence, {"rdf:type": iri("ar:Evidence"), "ar:source": source, "ar:repository": own, "ar:evidenceType": iri("evidence-type:documentation")}
    )
    yield from _of(evidence, {name: Literal(value) for name, value in place.items()})
    for name, line in (("startLine", "1"), ("endLine", "9")):
        yield Triple(evidence, iri(f"ar:{name}"), Literal(line, datatype=NamedNode(PREFIXES["xsd"] + "integer")))


def _of(subject: NamedNode, said: dict[str, NamedNode | Literal] | dict[str, NamedNode] | dict[str, Literal]) -> Iterator[Triple]:
    for predicate, value in said.items():
        yield Triple(subject, iri(predicate), value)
