"""The publication: every file reads alike in three libraries, describes itself truly, and opens in
the tools that people have.

What needs a program that is not a Python library (a JDK, pyLODE, ontospy) is skipped with a reason
where it is absent; ``.ci/run`` installs all of them.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
)

from aruntime import build, corpus, paths, turtle
from aruntime.corpus import Corpus
from aruntime.errors import UsageError
from aruntime.export import dataset
from aruntime.graph import Graph
from aruntime.namespaces import BASE, NS, PREFIXES, SCHEMES, iri
from aruntime.publication.edition import Edition
from aruntime.publication.tables import table_files
from tests.conftest import Run, once
from tests.published import by_pyld, by_rdflib, oxigraph, published, small_checkout
from tests.test_ontology import owl_api

SYNTAXES = ("ttl", "rdf", "jsonld", "nt")
MARK = ".aruntime-publication"
VERSION = "0.2.0"


@pytest.fixture(scope="session")
def root(shared: Path) -> Path:
    """A checkout of one runtime, the same for all workers."""
    return once(shared / "checkout", small_checkout)


@pytest.fixture(scope="session")
def folder(root: Path, shared: Path) -> Path:
    """The publication of that runtime, the same for all workers."""
    return once(shared / "publication", lambda place: published(root, place))


@pytest.fixture(scope="module")
def compiled(root: Path) -> Store:
    """What it was made of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(root))
        return build.in_memory(corpus.load())


def triples(path: Path) -> set[Quad]:
    return set(parse(path.read_bytes(), RdfFormat.TURTLE))


def rows(path: Path, query: str) -> list[tuple[str, ...]]:
    """Answers of a query about one published file."""
    store = Store()
    store.bulk_extend(oxigraph(path))
    return [tuple(t.value for t in row) for row in store.query(query, prefixes=PREFIXES)]  # type: ignore[union-attr]


@pytest.mark.parametrize("place", [f"ns/{VERSION}/ontology", "vocabulary/stance", "void"])
def test_every_syntax_is_the_same_graph_to_every_library(folder: Path, place: str) -> None:
    one = oxigraph(folder / f"{place}.ttl")
    assert len(one) > 50
    for suffix in SYNTAXES:
        path = folder / f"{place}.{suffix}"
        assert oxigraph(path) == one, suffix
        assert by_rdflib(path) == one, suffix
    assert by_pyld(folder / f"{place}.jsonld") == one


def test_the_newest_ontology_is_that_of_the_version(folder: Path) -> None:
    for suffix in SYNTAXES:
        newest, versioned = (folder / f"ns/{v}ontology.{suffix}" for v in ("", f"{VERSION}/"))
        assert newest.read_bytes() == versioned.read_bytes()


HEADER = """
dcterms:title dcterms:description dcterms:abstract dcterms:license owl:versionIRI owl:versionInfo
dcterms:creator vann:preferredNamespaceUri vann:preferredNamespacePrefix dcterms:created
dcterms:modified dcterms:issued dcterms:bibliographicCitation dcterms:publisher
dcterms:identifier bibo:status dcterms:source dcterms:language dcat:landingPage vann:example
rdfs:seeAlso rdfs:comment rdfs:label
""".split()
"""What FOOPS!, LOV, Widoco and OntoPortal look for."""


def test_the_header_says_everything_that_catalogues_ask(folder: Path) -> None:
    found = triples(folder / f"ns/{VERSION}/ontology.ttl")
    said = {q.predicate for q in found if q.subject == NamedNode(NS.removesuffix("#"))}
    assert [name for name in HEADER if iri(name) not in said] == []
    headers = {q.subject for q in found if q.object == iri("owl:Ontology")}
    assert headers == {NamedNode(NS.removesuffix("#"))}
    makers = {q.object for q in found if q.predicate == iri("dcterms:creator")}
    assert {q.subject for q in found if q.predicate == iri("schema:name")} == makers


@pytest.fixture(scope="module")
def ours(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Our classes and properties with their values in the published ontology."""
    found: dict[str, dict[str, list[str]]] = {}
    for q in triples(folder / f"ns/{VERSION}/ontology.ttl"):
        if isinstance(q.subject, NamedNode) and q.subject.value.startswith(NS):
            value = getattr(q.object, "value", "")
            found.setdefault(q.subject.value, {}).setdefault(q.predicate.value, []).append(value)
    return found


def test_every_term_that_the_files_declare_is_published(
    ours: dict[str, dict[str, list[str]]], shipped: Corpus
) -> None:
    kind = NamedNode(PREFIXES["rdf"] + "type")
    declared = {
        t.subject.value
        for t in shipped.triples()
        if t.predicate == kind and getattr(t.object, "value", "").startswith(PREFIXES["owl"])
    }
    assert {name for name in declared if name.startswith(NS)} == ours.keys()


def test_every_term_says_everything_that_tools_read(
    ours: dict[str, dict[str, list[str]]],
) -> None:
    rdfs, skos, vs = (PREFIXES[name] for name in ("rdfs", "skos", "vs"))
    assert len(ours) > 250
    for term, values in ours.items():
        assert values[rdfs + "comment"] == values[skos + "definition"], term
        assert len(values[rdfs + "label"]) == 1, term
        retired = PREFIXES["owl"] + "deprecated" in values
        assert values[vs + "term_status"] == ["archaic" if retired else "testing"], term
        assert retired or len(values[skos + "example"]) == 1, term


def test_examples_are_turtle_that_uses_the_term_and_names_only_what_exists(
    ours: dict[str, dict[str, list[str]]], shipped: Corpus
) -> None:
    """Things of the examples' own are called ``my-…``."""
    heads = "".join(f"@prefix {name}: <{space}> ." for name, space in PREFIXES.items())
    known = {t.subject.value for t in shipped.triples() if isinstance(t.subject, NamedNode)}
    for term, values in ours.items():
        for example in values.get(PREFIXES["skos"] + "example", ()):
            base = f"@base <{PREFIXES['runtime']}> ."
            found = list(parse((base + heads + example).encode(), RdfFormat.TURTLE))
            assert any(term in (q.predicate.value, getattr(q.object, "value", "")) for q in found)
            for node in (n for q in found for n in (q.subject, q.predicate, q.object)):
                if isinstance(node, NamedNode) and node.value.startswith(BASE):
                    assert node.value in known or "/my-" in node.value, (term, node)


JUDGED = "Concluded only while a stack is judged; the published dataset has none."


def test_examples_that_name_real_things_are_true(
    ours: dict[str, dict[str, list[str]]], graph: Graph
) -> None:
    """But for what an example says of a thing of its own, and of a stack that is judged."""
    heads = "".join(f"@prefix {name}: <{space}> ." for name, space in PREFIXES.items())
    false = []
    for term, values in ours.items():
        judged = any(JUDGED in note for note in values.get(PREFIXES["skos"] + "scopeNote", ()))
        for example in values.get(PREFIXES["skos"] + "example", ()):
            base = f"@base <{PREFIXES['runtime']}> ."
            for q in parse((base + heads + example).encode(), RdfFormat.TURTLE):
                own = "/my-" in str(q.triple) or "/acme.example/" in str(q.triple)
                if not (judged or own) and not graph.engine.run(f"ASK {{ {q.triple} }}"):
                    false.append((term, example))
    assert false == []


def test_terms_of_judging_are_marked_as_absent_from_the_dataset(
    ours: dict[str, dict[str, list[str]]], graph: Graph
) -> None:
    note = PREFIXES["skos"] + "scopeNote"
    marked = {t for t, v in ours.items() if any(JUDGED in text for text in v.get(note, ()))}
    declared = {
        t.subject.value
        for t in parse(path=paths.ontology() / "composition.ttl")
        if t.predicate == iri("rdf:type") and isinstance(t.subject, NamedNode)
    } & ours.keys()
    used = {
        term
        for term in declared
        if graph.engine.run(f"ASK {{ {{ ?a a <{term}> }} UNION {{ ?a <{term}> ?b }} }}")
    }
    assert marked == declared - used - {NS + "componentRelease"}, "which a stack's file may state"


def test_properties_are_said_of_what_the_ontology_says(
    ours: dict[str, dict[str, list[str]]], graph: Graph
) -> None:
    """Also where no rdfs:domain makes it so."""
    odd = []
    for term, values in ours.items():
        if classes := values.get(PREFIXES["schema"] + "domainIncludes"):
            others = " ".join(f"MINUS {{ ?s a <{name}> }}" for name in classes)
            odd += [term] if graph.engine.run(f"ASK {{ ?s <{term}> ?o . {others} }}") else []
    assert odd == []


def test_words_that_are_easily_confused_have_a_note(
    ours: dict[str, dict[str, list[str]]],
) -> None:
    """Pairs that differ by case or ending alone, with data on both sides."""
    noted = {t.removeprefix(NS) for t, v in ours.items() if PREFIXES["skos"] + "scopeNote" in v}
    pairs = [
        ("Unit", "Scope"), ("owns", "ownsInPart"), ("owns", "ownsWithin"), ("target", "targets"),
        ("delegates", "delegatesTo"), ("dependsOn", "needs"), ("reviewed", "retrieved"),
        ("Configuration", "Choice"), ("Source", "Lead"), ("object", "subject"),
        ("shows", "showsInWords"), ("recognises", "addresses"),
    ]  # fmt: skip
    assert [pair for pair in pairs if not set(pair) <= noted] == []


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_is_whole_without_inference(folder: Path, name: str) -> None:
    path = folder / f"vocabulary/{name}.ttl"
    scheme = iri(f"scheme:{name}")
    found = triples(path)
    said = {q.predicate for q in found if q.subject == scheme}
    wanted = "dcterms:title dcterms:description dcterms:creator dcterms:license dcterms:created"
    wanted += " dcterms:modified owl:versionInfo skos:prefLabel skos:hasTopConcept"
    assert [p for p in wanted.split() if iri(p) not in said] == []
    concepts = {q.subject for q in found if q.predicate == iri("skos:inScheme")}
    typed = {q.subject for q in found if q.object == iri("skos:Concept")}
    assert concepts <= typed

    def pairs(name: str) -> set[tuple[object, object]]:
        return {(q.subject, q.object) for q in found if q.predicate == iri(name)}

    assert {(b, a) for a, b in pairs("skos:broader")} == pairs("skos:narrower")
    assert {(b, a) for a, b in pairs("skos:topConceptOf")} == pairs("skos:hasTopConcept")
    assert {(b, a) for a, b in pairs("skos:related") if a in concepts and b in concepts} == {
        (a, b) for a, b in pairs("skos:related") if b in concepts
    }


def test_the_default_graph_holds_everything(folder: Path, compiled: Store) -> None:
    whole = turtle.canonical(compiled.quads_for_pattern(None, None, None, DefaultGraph()))
    assert oxigraph(folder / "dataset/aruntime.nt") == whole
    dataset = oxigraph(folder / "dataset/aruntime.nq")
    default = Dataset(q for q in dataset if q.graph_name == DefaultGraph())
    named = turtle.canonical(Quad(*q.triple) for q in dataset if q.graph_name != DefaultGraph())
    assert turtle.canonical(default) == whole == named


def test_the_dataset_is_the_same_in_every_syntax(folder: Path) -> None:
    place = folder / "dataset"
    assert oxigraph(place / "aruntime.trig") == oxigraph(place / "aruntime.nq")
    one = oxigraph(place / "aruntime.nt")
    for suffix in ("ttl", "jsonld"):
        assert oxigraph(place / f"aruntime.{suffix}") == one
    declared = iri("owl:NamedIndividual")
    owl = oxigraph(place / "aruntime.owl")
    assert turtle.canonical(q for q in owl if q.object != declared) == one
    assert len(owl) > len(one)


@pytest.mark.parametrize("suffix", ["nt", "nq"])
def test_the_dataset_is_the_same_compressed(folder: Path, suffix: str) -> None:
    plain, packed = (folder / f"dataset/aruntime.{suffix}{end}" for end in ("", ".gz"))
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    node = f"<{BASE}catalog#dataset/{packed.name}>"
    said = rows(folder / "void.ttl", f"SELECT ?o {{ {node} dcat:compressFormat ?o }}")
    assert said == [("https://www.iana.org/assignments/media-types/application/gzip",)]


def test_editions_differ_only_where_something_changed(folder: Path, compiled: Store) -> None:
    """One statement a line, sorted; an annotation keeps its name when others come or go."""
    lines = (folder / "dataset/aruntime.nt").read_bytes().splitlines()
    assert lines == sorted(lines)
    claim = next(compiled.quads_for_pattern(None, iri("ar:derivedFromClaim"), None)).object
    fewer = Store()
    gone = [q for q in compiled.quads_for_pattern(None, None, None) if claim not in (q[0], q[2])]
    fewer.bulk_extend(gone)
    stated = Corpus({}, {})
    left = {
        " ".join(map(str, q.triple))
        for q in dataset(stated, fewer)
        if isinstance(q.subject, BlankNode)
    }
    ours = {line.removesuffix(b" .").decode() for line in lines if line.startswith(b"_:s")}
    assert ours - left and {line for line in left if line.startswith("_:s")} <= ours


def test_links_to_others_are_counted(folder: Path) -> None:
    found = rows(
        folder / "void.ttl",
        "SELECT ?p ?space ?n { ?set a void:Linkset ; void:linkPredicate ?p ; void:triples ?n ; "
        "void:objectsTarget/void:uriSpace ?space }",
    )
    assert found
    whole = oxigraph(folder / "dataset/aruntime.nt")
    for predicate, space, count in found:
        links = [
            q
            for q in whole
            if q.predicate.value == predicate and str(q.object).startswith(f"<{space}")
        ]
        assert int(count) == len(links) > 0


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["trig", "nq", "ttl", "nt", "jsonld", "owl"])
def test_the_dataset_is_the_same_to_rdflib(folder: Path, suffix: str) -> None:
    path = folder / f"dataset/aruntime.{suffix}"
    assert by_rdflib(path) == oxigraph(path)


@pytest.mark.slow
def test_the_dataset_is_the_same_to_pyld(folder: Path) -> None:
    path = folder / "dataset/aruntime.jsonld"
    assert by_pyld(path) == oxigraph(path)


def test_the_description_counts_what_is_there(folder: Path) -> None:
    path = folder / "void.ttl"
    data = Store()
    data.bulk_extend(oxigraph(folder / "dataset/aruntime.nq"))
    figures = dict(
        rows(path, "SELECT ?p ?n { <https://w3id.org/aruntime/dataset> ?p ?n FILTER ISNUMERIC(?n)}")
    )
    whole = list(data.quads_for_pattern(None, None, None, DefaultGraph()))
    assert figures[PREFIXES["void"] + "triples"] == str(len(whole))
    assert figures[PREFIXES["void"] + "properties"] == str(len({q.predicate for q in whole}))
    graphs = dict(rows(path, "SELECT ?g ?n { ?g a sd:NamedGraph ; void:triples ?n }"))
    assert graphs.keys() == {g.value for g in data.named_graphs()}
    for name, count in graphs.items():
        assert int(count) == len(list(data.quads_for_pattern(None, None, None, NamedNode(name))))
    classes = dict(rows(path, "SELECT ?c ?n { ?part void:class ?c ; void:entities ?n }"))
    kind = iri("rdf:type")
    claims = {q.subject for q in whole if (q.predicate, q.object) == (kind, iri("ar:Claim"))}
    assert classes[NS + "Claim"] == str(len(claims))


def test_the_description_names_agents_as_dcat_has_them(folder: Path) -> None:
    found = triples(folder / "void.ttl")
    parties = {q.object for q in found
               if q.predicate in (iri("dcterms:publisher"), iri("dcterms:creator"))}  # fmt: skip
    agents = {q.subject for q in found if q.object == iri("foaf:Agent")}
    named = {q.subject for q in found if q.predicate == iri("foaf:name")}
    assert parties and parties <= agents & named


def test_no_two_things_of_the_description_have_one_home_page(folder: Path) -> None:
    """FOAF says that they were the same."""
    pages = rows(folder / "void.ttl", "SELECT ?page { ?thing foaf:homepage ?page }")
    assert len(pages) == len(set(pages)) > 1


def test_the_description_gives_size_and_digest_of_each_file(folder: Path) -> None:
    found = rows(
        folder / "void.ttl",
        """SELECT ?url ?size ?sum ?media ?licence {
             ?d dcat:distribution ?f . ?f dcat:downloadURL ?url ; dcat:byteSize ?size ;
             spdx:checksum/spdx:checksumValue ?sum ; dcat:mediaType ?media ; dcterms:license ?licence
           }""",
    )
    listed = set()
    for url, size, digest, media, licence in found:
        content = (folder / url.removeprefix(BASE)).read_bytes()
        assert (int(size), digest) == (len(content), sha256(content).hexdigest())
        assert media.startswith("https://www.iana.org/assignments/media-types/")
        assert licence.startswith("https://creativecommons.org/")
        listed.add(url.removeprefix(BASE))
    homes = ("dataset", "ns", "tables", "vocabulary")
    there = {str(p.relative_to(folder)) for h in homes for p in (folder / h).rglob("*.*")}
    assert {p for p in there if (folder / p).is_file()} == listed


def test_digests_are_in_a_list_that_sha256sum_reads(folder: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed here")
    command = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=folder, check=False).returncode == 0
    listed = {line[66:] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    described = {f"void.{suffix}" for suffix in SYNTAXES} | {".well-known/void", "SHA256SUMS"}
    assert there - listed == described | {MARK}


_PUBLISH = """
import sys
from pathlib import Path
from aruntime import paths
paths._ROOT = sys.argv[1]
from aruntime.publication.publish import publish
publish(Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_a_publication_is_replaced_as_a_whole_and_by_the_same_bytes(
    root: Path, folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (place / MARK).touch()
    (place / "old.ttl").touch()
    command = [sys.executable, "-c", _PUBLISH, str(root), str(place)]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing is left beside it"
    for path in folder.rglob("*"):
        if path.is_file():
            assert (place / path.relative_to(folder)).read_bytes() == path.read_bytes(), path
    assert len(list(place.rglob("*"))) == len(list(folder.rglob("*")))


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not make"):
        published(Path(paths.root()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="no such folder"):
        published(Path(paths.root()), tmp_path / "none" / "out")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        published(Path(paths.root()), tmp_path / "link")


def test_the_command_refuses_what_does_not_go_together(aruntime: Run, tmp_path: Path) -> None:
    code, _, err = aruntime("export", "--publication", tmp_path / "a", "-o", tmp_path / "b")
    assert (code, "leave out -o" in err) == (2, True)


@pytest.mark.slow
def test_the_owl_api_opens_each_file_in_dl_and_rl_and_consistent(folder: Path) -> None:
    files = [folder / f"ns/{VERSION}/ontology.{suffix}" for suffix in ("ttl", "rdf", "nt")]
    files += [folder / f"vocabulary/{name}.ttl" for name in SCHEMES]
    files += [folder / f"dataset/aruntime.{suffix}" for suffix in ("owl", "ttl")]
    found = owl_api(*files)
    assert found.keys() == {str(path) for path in files}
    for name, answer in found.items():
        assert (answer["DL"], answer["RL"], answer["consistent"]) == ([], [], True), name


@pytest.mark.slow
def test_the_owl_api_opens_each_shipped_file(folder: Path) -> None:
    shipped = [*corpus.vocabulary_files(), *(paths.data() / "runtime" / "vllm").glob("*.ttl")]
    assert owl_api(*shipped).keys() == {str(path) for path in shipped}


def test_owlready_sees_classes_properties_and_individuals(
    folder: Path, ours: dict[str, dict[str, list[str]]]
) -> None:
    owlready2 = pytest.importorskip("owlready2")
    world = owlready2.World()
    ontology = world.get_ontology((folder / f"ns/{VERSION}/ontology.rdf").as_uri()).load()
    kinds = {"classes": "Class", "object_properties": "ObjectProperty"}
    for method, kind in kinds.items():
        seen = {term.iri for term in getattr(ontology, method)() if term.iri.startswith(NS)}
        type_ = PREFIXES["rdf"] + "type"
        assert seen == {t for t, v in ours.items() if PREFIXES["owl"] + kind in v[type_]}
    stances = world.get_ontology((folder / "vocabulary/stance.rdf").as_uri()).load()
    assert {one.iri.rpartition("/")[2] for one in stances.individuals()} >= {"native", "caller"}
    data = owlready2.World()
    whole = data.get_ontology((folder / "dataset/aruntime.owl").as_uri()).load()
    assert PREFIXES["runtime"] + "knative" in {one.iri for one in whole.individuals()}


@pytest.mark.slow
def test_pylode_documents_our_terms_and_no_others(
    folder: Path, ours: dict[str, dict[str, list[str]]], tmp_path: Path
) -> None:
    program = _program("pylode")
    page = tmp_path / "page.html"
    terms = folder / f"ns/{VERSION}/terms.ttl"
    subprocess.run([program, terms, "-p", "ontpub", "-o", page], check=True, capture_output=True)
    text = page.read_text()
    entities = text.split('<div class="property entity"')[1:]
    assert {re.search(r"<code>(.*?)</code>", e)[1] for e in entities} == ours.keys()  # type: ignore[index]
    assert text.count("<h1>aruntime: an ontology of AI runtimes</h1>") == 1


@pytest.mark.slow
def test_ontospy_documents_our_terms_and_no_others(
    folder: Path, ours: dict[str, dict[str, list[str]]], tmp_path: Path
) -> None:
    program = _program("ontospy")
    terms = folder / f"ns/{VERSION}/terms.ttl"
    form = ["--type", "markdown", "--nobrowser"]
    command = [program, "gendocs", terms, *form, "-o", tmp_path]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    pages = {path.stem for path in tmp_path.glob("*-*.md")}
    names = [page.partition("-")[2] for page in pages]
    expected = sorted(f"ar{term.removeprefix(NS)}".lower() for term in ours)
    assert {name for name in names if not name.startswith("ar")} == set()
    assert set(names) == set(expected)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("ARUNTIME_TOOLS")) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here; .ci/run installs it in a place of its own")
    return found


THINGS = (
    "runtime/knative",
    "responsibility/batching",
    "source/knative-docs",
    "agent/knative-project",
)


@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_is_the_same_in_every_syntax(folder: Path, compiled: Store, thing: str) -> None:
    node = BASE + "id/" + thing
    one = {
        q
        for q in compiled.quads_for_pattern(None, None, None, DefaultGraph())
        if isinstance(q.subject, NamedNode) and q.subject.value.partition("#")[0] == node
    }
    assert one
    for suffix in SYNTAXES:
        path = folder / f"id/{thing}.{suffix}"
        read = by_pyld(path) if suffix == "jsonld" else oxigraph(path)
        assert set(read) == one, suffix


def test_a_runtime_reads_as_plain_json(folder: Path) -> None:
    """No IRI of ours, no prefix, claims inside with their evidence, lists wherever several may
    stand."""
    text = (folder / "id/runtime/knative.jsonld").read_text()
    found = json.loads(text)
    assert (found["id"], found["label"]) == ("runtime/knative", "Knative Serving")
    claim = next(c for c in found["claims"] if c["id"].endswith("#limits-concurrency"))
    assert claim["stance"] == "stance/native"
    assert claim["statement"].endswith(".")
    assert claim["evidence"][0]["anchorTerm"]
    assert isinstance(claim["evidence"][0]["startLine"], int)
    assert isinstance(found["maintainer"], str | list)
    assert {c["id"] for c in found["choices"]} >= {"runtime/knative#autoscaler-class"}
    assert found["releases"] and found["configurations"]
    assert text.count("https://w3id.org/") == 2, "the context and the base"
    assert set(found) == {key for key in found if ":" not in key}


def test_names_in_json_have_no_prefix(folder: Path) -> None:
    """Who knows no RDF need not learn what prov: is, nor open an object to read one name."""

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (name for name in value if name != "@context")
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                yield from keys(inner)

    for path in folder.glob("id/*/*.jsonld"):
        document = json.loads(path.read_text())
        assert [name for name in keys(document) if ":" in name] == [], path
    claim = json.loads((folder / "id/runtime/knative.jsonld").read_text())["claims"][0]
    assert claim["wasAttributedTo"] == "agent/aruntime"


def test_literals_are_as_they_were_spelt(folder: Path) -> None:
    """A date that ends with Z does not come back as +00:00."""
    instants = [
        q.object.value
        for q in oxigraph(folder / "dataset/aruntime.nt")
        if isinstance(q.object, Literal) and q.object.datatype == iri("xsd:dateTime")
    ]
    assert instants and all(value.endswith("Z") for value in instants)


def test_tables_are_described_and_their_keys_are_unique(folder: Path) -> None:
    csvw = pytest.importorskip("csvw")
    group = csvw.TableGroup.from_file(folder / "tables/csv-metadata.json")
    names = {table.url.string for table in group.tables}
    assert names == {path.name for path in (folder / "tables").glob("*.csv")}
    for table in group.tables:
        table.check_primary_key()
        found = list(table)  # every cell is of its column's datatype
        assert found, table.url
        assert all(column.common_props["dc:description"] for column in table.tableSchema.columns)
    claims = next(table for table in group.tables if table.url.string == "claims.csv")
    assert any(len(row["parts"]) > 1 for row in claims), "a column of several values is a list"
    assert group.common_props["dc:license"]["@id"].startswith("https://creativecommons.org/")


def test_tables_state_what_the_graph_states(folder: Path) -> None:
    """As csv2rdf reads them, but for columns that state nothing of the graph's."""
    uritemplate = pytest.importorskip("uritemplate")
    whole = set(oxigraph(folder / "dataset/aruntime.nt"))
    stated: set[str] = set()
    for table in json.loads((folder / "tables/csv-metadata.json").read_text())["tables"]:
        schema, file = table["tableSchema"], folder / "tables" / table["url"]
        for row in csv.DictReader(io.StringIO(file.read_text(), newline="")):
            for column in schema["columns"]:
                if "propertyUrl" in column and row[column["name"]]:
                    about = uritemplate.expand(column.get("aboutUrl", schema["aboutUrl"]), row)
                    value = _cell(column, row, uritemplate.expand)
                    triple = Quad(NamedNode(about), NamedNode(column["propertyUrl"]), value)
                    assert triple in whole, table["url"]
                    stated.add(f"{table['url']} {column['name']}")
    claims = {f"claims.csv {n}" for n in ("component", "unit", "layer", "statement", "reviewed")}
    assert claims <= stated
    assert {"components.csv lifecycle", "evidence.csv source", "integrations.csv other"} <= stated


def _cell(column: dict[str, Any], row: dict[str, str], expand: Any) -> NamedNode | Literal:
    text = row[column["name"]]
    if template := column.get("valueUrl"):
        return NamedNode(expand(template, row))
    if language := column.get("lang"):
        return Literal(text, language=language)
    return Literal(text, datatype=iri(f"xsd:{column['datatype']}"))


def test_licences_are_valid_spdx_expressions() -> None:
    """SPDX lists an exception beside licences; only WITH joins it to one
    (https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/)."""
    spdx = pytest.importorskip("license_expression")
    file = next(f for f in table_files(Edition.load()) if f.path == "tables/components.csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    found = {row["name"]: row["license_expression"] for row in rows if row["license_expression"]}
    licensing = spdx.get_spdx_licensing()
    for name, expression in found.items():
        assert licensing.validate(expression, strict=True).errors == [], name
    assert found["iree"] == "Apache-2.0 WITH LLVM-exception"
    assert found["vllm"] == "Apache-2.0"
    assert {row["name"] for row in rows if row["license"]} == found.keys()


@pytest.mark.slow
def test_every_row_that_a_table_names_is_in_the_other(tmp_path: Path) -> None:
    csvw = pytest.importorskip("csvw")
    for file in table_files(Edition.load()):
        (tmp_path / Path(file.path).name).write_bytes(file.content)
    group = csvw.TableGroup.from_file(tmp_path / "csv-metadata.json")
    group.check_referential_integrity()
