"""The named questions as files, and as RDF for tools that list and run queries (sparql-examples,
YASGUI, sparql-editor): https://www.w3.org/TR/shacl-af/#SPARQLSelectExecutables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import questions
from aruntime.model import Question
from aruntime.namespaces import BASE, iri
from aruntime.publication.description import DATASET
from aruntime.publication.edition import ONTOLOGY
from aruntime.publication.forms import File, files

_MEDIA: Final = "application/sparql-query"


def question_files() -> Iterator[File]:
    """Each question as it is, and all of them as RDF."""
    found = [questions.load(name) for name in questions.names()]
    for question in found:
        path = f"questions/{question.name}.rq"
        yield File(path, question.summary, _MEDIA, question.text.encode())
    triples = [triple for question in found for triple in executable(question)]
    yield from files("questions/questions", "Questions (SHACL executables)", triples)


def executable(question: Question) -> Iterator[Triple]:
    """A question: what it asks, whom it serves, what can be run, and what its answers are about."""
    node = NamedNode(f"{BASE}question/{question.name}")
    for kind in ("SPARQLExecutable", "SPARQLSelectExecutable"):
        yield Triple(node, iri("rdf:type"), iri(f"sh:{kind}"))
    yield Triple(node, iri("rdfs:label"), Literal(question.name.replace("-", " "), language="en"))
    yield Triple(node, iri("rdfs:comment"), Literal(question.summary, language="en"))
    told = f"{question.row} {question.description}".strip()
    yield Triple(node, iri("dcterms:description"), Literal(told, language="en"))
    audience = Literal(question.persona, language="en")
    yield Triple(node, iri("schema:audience"), audience)
    yield Triple(node, iri("sh:prefixes"), ONTOLOGY)
    yield Triple(node, iri("sh:select"), Literal(without_header(question.text)))
    yield Triple(node, iri("schema:about"), DATASET)
    for tag in question.tags:
        yield Triple(node, iri("schema:keywords"), Literal(tag, language="en"))


def without_header(text: str) -> str:
    """The query alone."""
    return "".join(line for line in text.splitlines(True) if not line.startswith("#+")).lstrip()
