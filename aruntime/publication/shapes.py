"""Every rule as one file of SHACL shapes, for any engine that knows SPARQL constraints.

Rules on one node are published as they are. A rule that needs several nodes, a query of
``ontology/checks``, becomes a constraint on one node, the ontology, so that it is asked once and
not once a node: its results name the node to mend in ``sh:value``. SHACL allows neither ``MINUS``
nor ``VALUES`` in a constraint (https://www.w3.org/TR/shacl/#pre-binding): ``NOT EXISTS`` and ``BIND``
say the same, as a test shows rule by rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

from aruntime import corpus, paths
from aruntime.engines.engine import fill
from aruntime.errors import DataError
from aruntime.namespaces import BASE, TYPE, iri
from aruntime.publication.edition import ONTOLOGY, Edition, construct
from aruntime.publication.forms import File, canonical, rdf_file
from aruntime.store import match
from aruntime.validation.checks import Check, check_files
from aruntime.validation.shapes import shape_files

SHAPES: Final = NamedNode(BASE + "shapes")
"""The shapes graph's name."""
_VALUES: Final = re.compile(r"VALUES \?(\w+) \{([^{}]*)\}")
_TABLE: Final = re.compile(r"VALUES \(([^()]*)\) \{((?:\s*\([^()]*\))*)\s*\}")
_ROW: Final = re.compile(r"\(([^()]*)\)")
_SUBSELECT: Final = re.compile(r"(?<=\{)(\s*SELECT (?:DISTINCT )?)")
_SHARED: Final = frozenset(
    iri(f"dcterms:{name}")
    for name in ("created", "creator", "issued", "license", "modified", "publisher")
)
"""What the rules' header takes from the ontology's."""


def shape_file(edition: Edition) -> Iterator[File]:
    """The file, under the name of its version and under the name that always is the newest."""
    found = canonical(rules(edition.compiled, edition.version))
    for folder in (f"ns/{edition.version}", "ns"):
        yield rdf_file(f"{folder}/shapes", "Rules (SHACL), Turtle", found, RdfFormat.TURTLE)


def rules(compiled: Store, version: str) -> Iterator[Triple]:
    """The file's header, every shape, and every check as a constraint.

    Args:
        compiled: holds the ontology, from which the header is taken.
    """
    yield from corpus.triples_of(paths.ontology() / "publication" / "shapes.ttl")
    yield Triple(SHAPES, iri("owl:versionInfo"), Literal(version))
    yield Triple(SHAPES, iri("owl:versionIRI"), NamedNode(f"{SHAPES.value}/{version}"))
    yield from _prefixes(compiled)
    for path in shape_files():
        for triple in corpus.triples_of(path):
            yield triple
            if triple.predicate == TYPE and isinstance(triple.subject, NamedNode):
                yield Triple(triple.subject, iri("rdfs:isDefinedBy"), SHAPES)
    for path in check_files():
        yield from constraint(Check(path))


def constraint(check: Check) -> Iterator[Triple]:
    """A check as a shape with one target and one SPARQL constraint."""
    shape, body = iri(f"rule:{check.rule}"), BlankNode()
    severity = iri(f"sh:{check.severity.value.capitalize()}")
    yield Triple(shape, TYPE, iri("sh:NodeShape"))
    yield Triple(shape, iri("rdfs:isDefinedBy"), SHAPES)
    yield Triple(shape, iri("sh:targetNode"), ONTOLOGY)
    yield Triple(shape, iri("sh:severity"), severity)
    yield Triple(shape, iri("sh:sparql"), body)
    yield Triple(body, TYPE, iri("sh:SPARQLConstraint"))
    yield Triple(body, iri("sh:prefixes"), ONTOLOGY)
    yield Triple(body, iri("sh:message"), Literal(check.message, language="en"))
    yield Triple(body, iri("sh:select"), Literal(as_constraint(check)))


def as_constraint(check: Check) -> str:
    """A check's query as SHACL takes it: ``$this`` is the node that is looked at, ``?value`` the
    node to mend, ``?found`` what the check calls its value.

    Raises:
        DataError: the query uses a variable that the constraint needs.
    """
    if taken := re.search(r"[?$](found|this)\b", check.query):
        raise DataError(f"a check cannot name a variable {taken.group()}", path=check.path)
    lines = fill(check.query, {}).splitlines()
    kept = (line for line in lines if not line.startswith(("#", "PREFIX", "ORDER BY")))
    text = "\n".join(line for line in kept if line.strip())
    text = re.sub(r"\?value\b", "?found", text)
    text = re.sub(r"\?focus\b", "?value", text)
    text = text.replace("SELECT DISTINCT ?value ?path ?found", _HEAD, 1)
    text = _SUBSELECT.sub(r"\1$this ", text)
    text = text.replace("MINUS {", "FILTER NOT EXISTS {")
    text = _TABLE.sub(_table, text)
    return _VALUES.sub(_values, text)


_HEAD: Final = "SELECT DISTINCT $this ?path ?value ?found"


def _values(block: re.Match[str]) -> str:
    return _either(f"BIND ({value} AS ?{block[1]})" for value in block[2].split())


def _table(block: re.Match[str]) -> str:
    names = block[1].split()
    rows = (zip(names, row.split(), strict=True) for row in _ROW.findall(block[2]))
    return _either(" ".join(f"BIND ({value} AS {name})" for name, value in row) for row in rows)


def _either(alternatives: Iterable[str]) -> str:
    """One group a row of values: what follows starts from each of them."""
    return "{\n    { " + " }\n    UNION { ".join(alternatives) + " }\n  }"


def _prefixes(compiled: Store) -> Iterator[Triple]:
    """The prefixes that constraints use, declared in the file itself, and who made the rules."""
    for triple in corpus.triples_of(paths.ontology() / "prefixes.ttl"):
        if triple.object not in (iri("owl:AnnotationProperty"), iri("owl:Class")):
            yield triple
    for _, predicate, value in match(compiled, ONTOLOGY):
        if predicate in _SHARED:
            yield Triple(SHAPES, predicate, value)
    yield from construct("creators", compiled)
