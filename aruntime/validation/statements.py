"""What no standard has: misspelled terms of W3C and Dublin Core vocabularies, and literals whose
text is none of their type's; instants in the future; and nodes that no rule looks at.

The vocabularies' terms are those that rdflib ships; it is loaded where a file uses a term that our
own ontology does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Triple

from aruntime import corpus, paths, questions
from aruntime.corpus import Corpus
from aruntime.model import Finding, Severity, Term, text
from aruntime.namespaces import PREFIXES, curie, iri
from aruntime.validation.constraints import native
from aruntime.validation.positions import line_of

VOCABULARIES: Final = {
    "rdf": "RDF", "rdfs": "RDFS", "owl": "OWL", "sh": "SH", "skos": "SKOS", "prov": "PROV",
    "dcterms": "DCTERMS", "dcat": "DCAT", "foaf": "FOAF", "void": "VOID", "xsd": "XSD",
}  # fmt: skip
"""Vocabularies that add no terms of which nobody has heard, by prefix, as rdflib calls them."""
_NEAR: Final = re.compile(
    "https?://(?:"
    + "|".join(
        f"(?P<{prefix}>{re.escape(PREFIXES[prefix].partition('://')[2][:-1])})"
        for prefix in (*VOCABULARIES, "ar")
    )
    + ")[#/][a-z_][^#/]*",
    re.IGNORECASE,
)
"""A term of a known vocabulary or of ours, whatever its scheme, case, and last ``#`` or ``/``."""
_SHIPPED: Final = "rdflib.namespace"
"""The module that has them; it is loaded when it is needed."""
_DEPRECATED: Final = iri("owl:deprecated")
_MEMBER: Final = re.compile(r"_[1-9][0-9]*")
"""``rdf:_1``, ``rdf:_2`` …"""
_LATER: Final = {"rdf": {"JSON", "reifies", "dirLangString"}, "sh": {"SPARQLRule"}}
"""Terms that are younger than rdflib's lists, or missing there."""


_INSTANTS: Final = {
    PREFIXES["xsd"] + name for name in ("dateTime", "dateTimeStamp", "date", "gYearMonth", "gYear")
}
_AHEAD: Final = {
    PREFIXES["ar"] + "reviewBy",
    PREFIXES["dcterms"] + "valid",
    PREFIXES["dcterms"] + "available",
}
"""Properties that speak of the future."""


_ZONE: Final = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_SPELLINGS: Final = {
    PREFIXES["xsd"] + name: re.compile(pattern)
    for name, pattern in {
        "boolean": r"true|false|0|1",
        "date": rf"(?P<day>\d{{4}}-\d\d-\d\d){_ZONE}",
        "gYear": rf"-?\d{{4,}}{_ZONE}",
        "gYearMonth": rf"-?\d{{4,}}-(?:0[1-9]|1[0-2]){_ZONE}",
    }.items()
}
"""Spellings of types that no shape of ours has (https://www.w3.org/TR/xmlschema11-2/)."""


class Rule(NamedTuple):
    """A rule on what files state, statement by statement."""

    name: str
    severity: Severity
    find: Callable[[Triple], Iterator[tuple[Term, str]]]
    """The offending term of a statement, and what is wrong with it."""


def misspelled(triple: Triple) -> Iterator[tuple[Term, str]]:
    """Terms of a known vocabulary that it does not have, or whose namespace is misspelled."""
    for term in triple:
        name = term.datatype if isinstance(term, Literal) else term
        if isinstance(name, NamedNode):
            prefix, local = _split(name.value)
            if local and not _has(prefix, local):
                near = questions.suggestion(local, _terms(prefix))
                yield name, f"there is no {prefix}:{local}{near or '; correct its spelling'}"
            elif (meant := _meant(name.value)) is not None:
                yield name, f"the namespace of {meant}: is {PREFIXES[meant]}; correct this one"


def ill_typed(triple: Triple) -> Iterator[tuple[Term, str]]:
    """Literals whose text their datatype does not have."""
    value = triple.object
    if isinstance(value, Literal) and (native(value) is None or not _is_spelt(value)):
        yield value, f"this is no {curie(value.datatype.value)}; correct it, or its type."


def _is_spelt(value: Literal) -> bool:
    """Whether a day, year or truth has a spelling of its type."""
    pattern = _SPELLINGS.get(value.datatype.value)
    if pattern is None:
        return True
    found = pattern.fullmatch(value.value)
    if found is None or "day" not in found.groupdict():
        return found is not None
    try:
        date.fromisoformat(found["day"])
    except ValueError:
        return False
    return True


def in_the_future(triple: Triple) -> Iterator[tuple[Term, str]]:
    """Instants after now, of whatever property, but for what is said of the future."""
    value = triple.object
    if isinstance(value, Literal) and value.datatype.value in _INSTANTS:
        now = datetime.now(UTC).isoformat()
        if triple.predicate.value not in _AHEAD and value.value[:19] > now[:19]:
            yield value, "an instant lies in the future; give the day on which it really happened."


RULES: Final = (
    Rule("no-instant-in-the-future", Severity.VIOLATION, in_the_future),
    Rule("term-of-a-standard-exists", Severity.VIOLATION, misspelled),
    Rule("literal-is-of-its-type", Severity.VIOLATION, ill_typed),
)
LOOKED_AT: Final = "node-is-looked-at"
"""The rule that finds what no other rule looks at."""
NUMBER: Final = len(RULES)
"""How many rules are only here; one is a check as well, of the properties that matter most."""


def findings(stated: Corpus, shown: Callable[[str], str]) -> Iterator[Finding]:
    """Every breach of a rule on statements.

    Args:
        shown: a path as people write it, by the name of its graph.
    """
    for name, triples in stated.graphs.items():
        for statement in triples:
            triple = statement.triple if isinstance(statement, Quad) else statement
            for rule in RULES:
                for term, wrong in rule.find(triple):
                    focus, path = text(triple.subject) or "", triple.predicate.value
                    line = line_of(stated.files[name], focus, path)
                    message = wrong[0].upper() + wrong[1:]
                    yield Finding(
                        shown(name),
                        line,
                        rule.name,
                        rule.severity,
                        focus,
                        path,
                        text(term),
                        message,
                    )


def overlooked(
    stated: Corpus, looked_at: Collection[Term], shown: Callable[[str], str]
) -> Iterator[Finding]:
    """Named nodes of files at which no rule looked, since their class is none that rules know.

    The ontology's own terms are none of them: other rules look at these. Nor are names that are
    retired and only lead on.
    """
    texts = paths.ontology().resolve()
    for name, triples in stated.graphs.items():
        if stated.files[name].resolve().is_relative_to(texts):
            continue
        retired = {t.subject for t in triples if t.predicate == _DEPRECATED}
        for node in dict.fromkeys(t.subject for t in triples):
            if isinstance(node, NamedNode) and node not in looked_at and node not in retired:
                line = line_of(stated.files[name], node.value, None)
                message = (
                    "No rule looks at this; give it a class of the ontology, or expect no check."
                )
                yield Finding(
                    shown(name), line, LOOKED_AT, Severity.WARNING, node.value, None, None, message
                )


def _split(iri: str) -> tuple[str, str]:
    """Prefix and local name of a term of a known vocabulary; empty for others."""
    for prefix in VOCABULARIES:
        if iri.startswith(PREFIXES[prefix]):
            return prefix, iri.removeprefix(PREFIXES[prefix])
    return "", ""


def _meant(iri: str) -> str | None:
    """The prefix of the vocabulary that the namespace of a term all but is."""
    near = _NEAR.fullmatch(iri)
    if near is None or near.lastgroup is None or iri.startswith(PREFIXES[near.lastgroup]):
        return None
    return near.lastgroup


@cache
def _has(prefix: str, local: str) -> bool:
    known = prefix == "rdf" and _MEMBER.fullmatch(local)
    return bool(known) or PREFIXES[prefix] + local in _ours() or local in _terms(prefix)


@cache
def _ours() -> frozenset[str]:
    """Terms that our own ontology uses."""
    files = [*corpus.vocabulary_files()]
    return frozenset(
        term.value
        for path in files
        for triple in corpus.triples_of(path)
        for term in (triple.predicate, triple.object)
        if isinstance(term, NamedNode)
    )


@cache
def _terms(prefix: str) -> frozenset[str]:
    """The terms of a vocabulary."""
    vocabulary = getattr(import_module(_SHIPPED), VOCABULARIES[prefix])
    names = {str(term).removeprefix(PREFIXES[prefix]) for term in dir(vocabulary)}
    return frozenset(names | _LATER.get(prefix, set()))
