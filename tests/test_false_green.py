"""What is wrong is never called conforming: files that are wrong in one place, beside all that is
right in them.

Each of these files was once, or might be, said to conform: a term nobody has, a contradiction, a
date that is none.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aruntime import corpus
from aruntime.model import Finding
from aruntime.namespaces import PREFIXES
from aruntime.validation import statements
from aruntime.validation.validate import validate
from tests.conftest import Run
from tests.test_overlay import overlay
from tests.test_overlay import private as private
from tests.test_overlay import world as world

SPELLING, TYPE = "term-of-a-standard-exists", "literal-is-of-its-type"
FUTURE, CONTRADICTION = "no-instant-in-the-future", "nothing-contradicts-itself"
BAD = {
    "rdf": ("agent:acme rdf:tpye ar:Agent .", SPELLING),
    "rdf, as a class": ("agent:acme a rdf:Propertie .", SPELLING),
    "rdfs": ('agent:acme rdfs:lable "Acme"@en .', SPELLING),
    "rdfs, case": ('agent:acme rdfs:Label "Acme"@en .', SPELLING),
    "rdfs, comment": ('agent:acme rdfs:coment "Acme"@en .', SPELLING),
    "owl": ("agent:acme owl:sameas agent:other .", SPELLING),
    "owl, as a class": ("agent:p a owl:ObjectPropery .", SPELLING),
    "sh": ("agent:shape sh:targetClas ar:Agent .", SPELLING),
    "sh, parameter": ("agent:shape sh:minCout 1 .", SPELLING),
    "skos": ('agent:acme skos:altlabel "A"@en .', SPELLING),
    "skos, as a value": ("agent:acme rdfs:seeAlso skos:Concpet .", SPELLING),
    "prov": ("agent:acme prov:wasDerivedform agent:other .", SPELLING),
    "dcterms": ('agent:acme dcterms:descripton "x"@en .', SPELLING),
    "dcat": ("agent:acme dcat:keywrod 'x' .", SPELLING),
    "foaf": ("agent:acme foaf:homepgae <https://acme.example/> .", SPELLING),
    "void": ("agent:acme void:tripels 1 .", SPELLING),
    "xsd": ('agent:acme rdfs:comment "2026-01-01"^^xsd:dateime .', SPELLING),
    "another scheme": ('agent:acme <https://www.w3.org/2000/01/rdf-schema#label> "A"@en .', SPELLING),
    "another case": ('agent:acme <http://WWW.w3.org/2004/02/Skos/core#altLabel> "A"@en .', SPELLING),
    "a slash for a sharp": ('agent:acme <http://www.w3.org/2000/01/rdf-schema/label> "A"@en .', SPELLING),
    "a sharp for a slash": ('agent:acme <http://purl.org/dc/terms#title> "A"@en .', SPELLING),
    "ar, another scheme": ("agent:acme a <http://w3id.org/aruntime/ns#Agent> .", SPELLING),
    "ar": ("agent:acme ar:pubilsher agent:other .", "term-is-declared"),
    "ar, as a class": ("agent:acme a ar:Agnet .", "class-is-declared"),
    "an impossible day": ('agent:acme dcterms:date "2026-02-30"^^xsd:date .', TYPE),
    "an impossible month": ('agent:acme dcterms:issued "2026-13-01T00:00:00Z"^^xsd:dateTime .', TYPE),
    "an impossible hour": ('agent:acme prov:startedAtTime "2026-01-01T25:00:00Z"^^xsd:dateTime .', TYPE),
    "a day in words": ('agent:acme dcterms:date "yesterday"^^xsd:date .', TYPE),
    "an impossible year": ('agent:acme dcterms:date "26"^^xsd:gYear .', TYPE),
    "a number in words": ('agent:acme void:triples "seven"^^xsd:integer .', TYPE),
    "a truth in words": ('agent:acme owl:deprecated "perhaps"^^xsd:boolean .', TYPE),
    "a future day": ('agent:acme dcterms:date "2999-01-01"^^xsd:date .', FUTURE),
    "a future instant": ('agent:acme dcterms:created "2999-01-01T00:00:00Z"^^xsd:dateTime .', FUTURE),
    "a future instant of another property": (
        'agent:acme prov:generatedAtTime "2999-01-01T00:00:00Z"^^xsd:dateTime .', FUTURE),
    "a future year": ('agent:acme dcterms:date "2999"^^xsd:gYear .', FUTURE),
    "the same and different": ("agent:acme owl:sameAs agent:other ; owl:differentFrom agent:other .", CONTRADICTION),
    "different from itself": ("agent:acme owl:differentFrom agent:other . agent:other owl:sameAs agent:acme .", CONTRADICTION),
    "a member of nothing": ("agent:acme a owl:Nothing .", CONTRADICTION),
    "two classes that exclude each other": ("agent:acme a ar:Source .", "classes-are-disjoint"),
    "a class and its complement": ("agent:A owl:complementOf agent:B . agent:acme a agent:A, agent:B .", CONTRADICTION),
    "an irreflexive property": ("agent:p a owl:IrreflexiveProperty . agent:acme agent:p agent:acme .", CONTRADICTION),
    "two values of one": ('agent:p a owl:FunctionalProperty . agent:acme agent:p 1, 2 .', CONTRADICTION),
}  # fmt: skip
VALID = (
    'agent:acme a ar:Agent ; rdfs:label "Acme"@en ; foaf:homepage <https://acme.example/> .\n'
    'agent:other a ar:Agent ; rdfs:label "Other"@en ; foaf:homepage <https://other.example/> .\n'
)


def own(text: str, number: int) -> str:
    """A text with names of its own."""
    return re.sub(r"agent:(\w+)", rf"agent:\1-{number}", text)


@pytest.fixture(scope="module")
def found(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """The findings in each bad file; all are judged at once, each with names of its own."""
    folder = tmp_path_factory.mktemp("bad")
    for number, (text, _) in enumerate(BAD.values()):
        overlay(
            folder, own(VALID.replace('"@en', f' {number}"@en') + text, number), f"{number}.ttl"
        )
    report = validate([folder])
    assert not report.conforms
    return {
        what: [f for f in report.findings if f.file and Path(f.file) == folder / f"{number}.ttl"]
        for number, what in enumerate(BAD)
    }


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_never_conforms(found: dict[str, list[Finding]], what: str) -> None:
    rule = BAD[what][1]
    broken = [finding for finding in found[what] if finding.blocking]
    assert rule in {finding.rule for finding in broken}, broken
    assert all(finding.line for finding in broken)


def rules(found: tuple[int, str, str]) -> tuple[int, bool, list[str]]:
    """Exit code, whether it conforms, and the rules that were broken."""
    report = json.loads(found[1])
    names = [f["rule"] for f in report["findings"] if f["severity"] == "violation"]
    return found[0], report["conforms"], names


def test_what_is_right_conforms(aruntime: Run, tmp_path: Path) -> None:
    right = """agent:acme skos:altLabel "A"@en ; dcterms:date "2026-02-28"^^xsd:date, "2026"^^xsd:gYear ;
      rdfs:seeAlso <https://acme.example/>, <https://www.w3.org/TR/skos-reference/#labels>,
        <https://w3id.org/aruntime/ns/0.1.0>, <http://www.w3.org/ns/prov> ; dcterms:valid "2999-01-01"^^xsd:date ;
      owl:differentFrom agent:other ; rdf:_1 agent:other ; prov:qualifiedAttribution agent:other ."""
    path = overlay(tmp_path, VALID + right)
    assert rules(aruntime("validate", path, "--format", "json")) == (0, True, [])


def test_what_no_rule_looks_at_is_said(aruntime: Run, tmp_path: Path, private: Path) -> None:
    path = overlay(tmp_path, VALID + '<https://e.org/x> <https://e.org/p> "unseen" .\n')
    code, out, err = aruntime("validate", path, "--format", "json")
    assert code == 0 and err.startswith("conforms, but 1 node was not looked at: ")
    assert (json.loads(out)["conforms"], json.loads(out)["overlooked"]) == (True, 1)
    assert aruntime("validate", path, "--strict")[0] == 1
    found = [f for f in json.loads(out)["findings"] if f["rule"] == statements.LOOKED_AT]
    assert [(f["focus"], f["severity"]) for f in found] == [("https://e.org/x", "warning")]
    _, out, _ = aruntime("validate", private, "--format", "json")
    assert json.loads(out)["findings"] == []
    assert aruntime("validate", private, "--strict")[0] == 0
    code, _, err = aruntime(
        "validate", overlay(tmp_path, "<https://e.org/x> a <https://e.org/Y> .")
    )
    assert code == 3 and "nothing would be checked" in err


def test_no_term_that_we_use_is_taken_for_misspelled() -> None:
    stated = corpus.Corpus(
        {str(p): corpus.triples_of(p) for p in corpus.vocabulary_files()},
        {str(p): p for p in corpus.vocabulary_files()},
    )
    assert list(statements.findings(stated, str)) == []
    assert statements.VOCABULARIES.keys() <= PREFIXES.keys()
