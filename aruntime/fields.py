"""What may be said in a claim: its fields, as the ontology declares them, and their values as
people type them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from aruntime import corpus, paths, questions, runtime_files
from aruntime.errors import UnknownNameError, UsageError
from aruntime.namespaces import CLASSES, NS, PREFIXES, SCHEMES, iri

KINDS: Final[dict[str, dict[str, str]]] = {
    "responsibility": {
        "ar:responsibility": "responsibility:TODO",
        "ar:stance": "stance:TODO",
        "ar:unit": "unit:TODO",
        "ar:layer": "layer:TODO",
        "ar:scope": "scope:TODO",
    },
    "family": {"ar:family": "family:TODO", "ar:rank": "classification-rank:primary"},
    "integration": {"ar:relation": "relation:TODO", "ar:object": "runtime:TODO"},
    "target": {"ar:hardware": "hardware-target:TODO"},
    "interface": {"ar:interface": "interface:TODO", "ar:interfaceRole": "interface-role:TODO"},
    "trade-off": {
        "ar:tradeOff": "trade-off:TODO",
        "ar:pole": "pole:TODO",
        "ar:mechanism": "mechanism:TODO",
    },
    "lifecycle": {"ar:lifecycle": "lifecycle:TODO"},
}
"""For each kind of claim what it says, with names to be filled in."""

_KIND_CLASSES: Final = {"family": "ClassificationClaim", "trade-off": "TradeOffClaim"}
_SLUG: Final = re.compile(r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")
_LONGEST: Final = 100
"""Most characters of a slug, so that a file may have its name."""
_DOMAIN, _RANGE, _INCLUDES = map(iri, ("rdfs:domain", "rdfs:range", "schema:domainIncludes"))
_DEFINITION: Final = iri("skos:definition")
_OF_READINGS: Final = frozenset(
    iri(f"ar:{name}")
    for name in ("curationMode", "reviewBy", "reviewOutcome", "reviewed", "status", "verifiedIn")
)
"""What a claim has from the reading that it was read in."""
_SUBJECT: Final = iri("ar:subject")
"""What it has from its name."""


class Field(NamedTuple):
    """A property of claims as an option.

    Attributes:
        predicate: the property.
        range: local name of what it takes: a class of the ontology, or a datatype of XML Schema.
        classes: local names of the kinds of claim that have it; all have what a ``Claim`` has.
        definition: what it says of a claim, in the ontology's words.
    """

    predicate: NamedNode
    range: str
    classes: frozenset[str]
    definition: str

    @property
    def is_text(self) -> bool:
        """Whether its values are literals."""
        return self.range in ("langString", "string", "dateTime", "decimal", "integer", "boolean")

    @property
    def scheme(self) -> str | None:
        """The vocabulary that its values are from, if they are from one."""
        name = _kebab(self.range)
        return name if name in SCHEMES else None


@lru_cache
def fields() -> dict[str, Field]:
    """Fields of claims by the name of their option: ``--unit`` for ``ar:unit``, ``--as-of`` for
    ``ar:asOf``."""
    files = (paths.ontology() / f"{name}.ttl" for name in ("core", "evidence"))
    stated = [triple for path in files for triple in corpus.triples_of(path)]
    classes: dict[NamedNode, set[str]] = {}
    for t in stated:
        if t.predicate in (_DOMAIN, _INCLUDES) and isinstance(t.object, NamedNode):
            assert isinstance(t.subject, NamedNode)
            classes.setdefault(t.subject, set()).add(t.object.value.removeprefix(NS))
    for kind, predicates in KINDS.items():
        for predicate in predicates:
            classes.setdefault(iri(predicate), set()).add(class_of(kind))
    known = {"Claim", *map(class_of, KINDS)}
    said = {t.subject: t.object.value for t in stated
            if t.predicate == _DEFINITION and isinstance(t.object, Literal)}  # fmt: skip
    sentence = iri("ar:statement")
    found = {
        "statement": Field(sentence, "langString", frozenset(("Claim",)), said.get(sentence, ""))
    }
    for t in stated:
        if t.predicate != _RANGE or t.subject in (*_OF_READINGS, _SUBJECT):
            continue
        assert isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
        of = frozenset(classes.get(t.subject, ())) & known
        if of and t.object not in (iri("ar:Evidence"), iri("ar:Reading")):
            name = _kebab(t.subject.value.removeprefix(NS))
            range_ = re.split("[#/]", t.object.value)[-1]
            found[name] = Field(t.subject, range_, of, said.get(t.subject, ""))
    return dict(sorted(found.items()))


def given(options: Mapping[str, str | Sequence[str] | None]) -> dict[str, list[str]]:
    """Fields that a command was given, from its parameters by their Python names."""
    return {
        name.replace("_", "-"): [value] if isinstance(value, str) else list(value)
        for name, value in options.items()
        if value
    }


def value_of(option: str, owner: NamedNode, value: str, into: Path | None) -> NamedNode | Literal:
    """What a person typed, as the field takes it.

    Args:
        option: the field, by the name of its option.
        owner: the component of whose claim it is a field.
        value: text, or a name: a slug, a CURIE, or what follows ``#`` in a name of the owner's.
        into: see :func:`aruntime.runtime_files.find`.

    Raises:
        UsageError: there is no such field, or its vocabulary has no such word.
    """
    field = fields().get(option)
    if field is None:
        raise UsageError(f"a claim has no field {option}{questions.suggestion(option, fields())}")
    if field.range == "langString":
        return Literal(value, language="en")
    if field.is_text:
        if field.range == "dateTime" and len(value) == 10:
            value += "T00:00:00Z"
        datatype = NamedNode(PREFIXES["xsd"] + field.range)
        return Literal(value, datatype=datatype)
    if field.range == "Component":
        return component(value, into)
    if field.scheme is not None:
        return concept(field.scheme, value)
    prefix, colon, _ = value.partition(":")
    if colon and prefix in PREFIXES:
        return iri(value)
    return NamedNode(f"{owner.value}#{value.removeprefix('#')}")


def concept(scheme: str, value: str) -> NamedNode:
    """A word of a vocabulary.

    Raises:
        UsageError: it has no such word; the message offers a near one.
    """
    name = value.removeprefix(f"{scheme}:")
    names = _words(scheme)
    if name not in names:
        near = questions.near(name, names)
        message = f"no {scheme} is called {name!r}{questions.offer(near)}"
        raise UnknownNameError(message, kind=scheme, near=near)
    return iri(f"{scheme}:{name}")


@lru_cache
def _words(scheme: str) -> frozenset[str]:
    stated = corpus.triples_of(paths.ontology() / "vocab" / f"{scheme}.ttl")
    own = PREFIXES[scheme]
    names = (t.subject.value for t in stated if isinstance(t.subject, NamedNode))
    return frozenset(name.removeprefix(own) for name in names if name.startswith(own))


def component(value: str, into: Path | None) -> NamedNode:
    """A runtime or another component, by slug or CURIE; a component has a file of its own."""
    prefix, colon, name = value.partition(":")
    if colon and prefix in CLASSES:
        check_slug(name)
        return iri(value)
    if "://" in value:
        return NamedNode(value)
    check_slug(value)
    own = runtime_files.folder(into) / "runtime" / value / "about.ttl"
    if own.is_file():
        return runtime_files.node(runtime_files.find(value, into), value)
    for base in (runtime_files.folder(into), paths.data()):
        if (base / "component" / f"{value}.ttl").is_file():
            return iri(f"component:{value}")
    return iri(f"runtime:{value}")


def class_of(kind: str) -> str:
    """Local name of the class of a kind of claim: ``ResponsibilityClaim`` for
    ``responsibility``."""
    return _KIND_CLASSES.get(kind) or f"{kind.capitalize()}Claim"


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def check_slug(slug: str, option: str = "") -> None:
    """Refuse what cannot be the name of a thing and its file.

    Args:
        option: how the message names what was given, if by an option.

    Raises:
        UsageError: it is no slug.
    """
    if not _SLUG.match(slug) or len(slug) > _LONGEST:
        what = f"{option} {slug!r}".lstrip()
        raise UsageError(f"{what} is no slug: lower-case letters and digits, joined by hyphens")
