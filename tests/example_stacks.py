"""The stacks of the truth table: a case of ``ontology/examples`` as components that exist nowhere
else, under the vocabulary of the real ontology, judged exactly as real components are.

A case is written in a language of its own, a line a claim; the README of that folder describes it,
and this module reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from aruntime.examples import Case
from aruntime.model import text
from aruntime.namespaces import ID, iri, slug
from aruntime.stack import Component, Stack, quads

EXAMPLE: Final = ID + "example/"
"""Where the components of cases stand."""

STANCES: Final = ("native", "embedded", "delegated", "operator", "caller", "excluded")
AVAILABLE: Final = ("preview", "experimental", "deprecated", "plug-in", "integration")
_CLAIM: Final = re.compile(rf"(\S+) ({'|'.join(STANCES)}) (\S+) / (\S+) / (\S+)")
_JOIN: Final = re.compile(r"(\S+) (\S+) (\S+)")
_SELECTS: Final = re.compile(r"(\S+) selects (\S+) (\S+)")
_CONFIGURATION: Final = re.compile(r"(\S+) (\S+)")
_COMMA: Final = re.compile(r',\s+(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""A comma that stands in no quotation."""
_LIST: Final = re.compile(r"\s+(?:and|or)\s+")

CLAIM_CLAUSES: Final = (
    "to", "through", "part", "in", "when", "forbids", "from", "until", "read in",
)  # fmt: skip
"""What may follow a claim, after a comma, beside a word for its availability."""
CONFIGURATION_CLAUSES: Final = ("option of", "default", "refines", "needs", "selects")
"""What may follow a configuration, after a comma."""


def stack_of(case: Case, vocabulary: Sequence[Quad]) -> Stack:
    """The stack of a case, its choices made.

    Args:
        vocabulary: see :func:`aruntime.stack.vocabulary`.

    Raises:
        ValueError: a line has another form than the README says.
    """
    layers: dict[str, int] = {}
    for t in vocabulary:
        if t.predicate == iri("ar:atLayer"):
            name, layer = slug(text(t.subject) or ""), int(slug(text(t.object) or ""))
            layers[name] = min(layer, layers.get(name, layer))
    facts: dict[str, list[Triple]] = {name: [] for name in case.components}
    for owner, triple in _facts(case, layers):
        facts.setdefault(owner, []).append(triple)
    members = (
        Component(name, EXAMPLE + name, tuple(quads(facts[name]))) for name in case.components
    )
    stack = Stack(vocabulary, members, case.versions)
    for component, configuration in case.chosen:
        stack.choose(component, configuration)
    if case.purpose is not None:
        stack.state_purpose(case.purpose)
    return stack


def _facts(case: Case, layers: Mapping[str, int]) -> Iterator[tuple[str, Triple]]:
    """What a case says of each component, as ``queries/lookup/component.rq`` selects it.

    Raises:
        ValueError: a line has another form.
    """
    for name in case.components:
        kind = "ar:Platform" if name in case.platforms else "ar:Component"
        yield name, _triple(_thing(name), "rdf:type", iri(kind))
        yield name, _triple(_thing(name), "rdfs:label", Literal(name))
    for name, family in case.families.items():
        yield name, _triple(_thing(name), "ar:primaryFamily", iri(f"family:{family}"))
    for name in case.searched:
        record = _thing(f"{name}#searched")
        yield name, _triple(record, "rdf:type", iri("ar:Coverage"))
        yield name, _triple(record, "ar:subject", _thing(name))
        yield name, _triple(record, "ar:covers", iri(f"responsibility:{case.responsibility}"))
    for line in case.configurations:
        yield from _configuration(line)
    for number, line in enumerate(case.claims, 1):
        yield from _claim(line, number, layers)
    for number, line in enumerate(case.joins, 1):
        yield from _join(line, number)


def _claim(line: str, number: int, layers: Mapping[str, int]) -> Iterator[tuple[str, Triple]]:
    """``engine native sampling / sequence / process`` and what follows it after commas."""
    head, *clauses = _COMMA.split(line.strip())
    form = "COMPONENT STANCE RESPONSIBILITY / UNIT / SCOPE"
    subject, stance, responsibility, unit, scope = _parts(_CLAIM, head, form)
    node = _thing(f"{subject}#{number}")
    values = {
        "ar:responsibility": iri(f"responsibility:{responsibility}"),
        "ar:stance": iri(f"stance:{stance}"),
        "ar:unit": iri(f"unit:{unit}"),
        "ar:layer": iri(f"layer:{layers.get(responsibility, 0)}"),
        "ar:scope": iri(f"scope:{scope}"),
    }
    yield from _claimed(node, subject, line, values)
    yield from _limits(node, subject, responsibility, clauses)


def _claimed(
    node: NamedNode, subject: str, line: str, values: Mapping[str, NamedNode]
) -> Iterator[tuple[str, Triple]]:
    """A claim of a component, with its line as the statement and further values by property."""
    every = {"rdf:type": iri("ar:Claim"), "ar:subject": _thing(subject)}
    for predicate, value in (every | {"ar:statement": Literal(line)} | dict(values)).items():
        yield subject, _triple(node, predicate, value)


def _join(line: str, number: int) -> Iterator[tuple[str, Triple]]:
    """``agent calls engine`` and what follows it, or ``agent selects engine CONFIGURATION``."""
    head, *clauses = _COMMA.split(line.strip())
    if selected := _SELECTS.fullmatch(head):
        who, other, configuration = selected.groups()
        yield who, _triple(_thing(who), "ar:selects", _thing(f"{other}#{configuration}"))
        return
    subject, relation, object_ = _parts(_JOIN, head, "COMPONENT RELATION COMPONENT")
    node = _thing(f"{subject}#join-{number}")
    values = {"ar:relation": iri(f"relation:{relation}"), "ar:object": _thing(object_)}
    yield from _claimed(node, subject, line, values)
    yield from _limits(node, subject, "", clauses)


def _limits(
    node: NamedNode,
    subject: str,
    responsibility: str,
    clauses: Iterable[str],
) -> Iterator[tuple[str, Triple]]:
    """What clauses say of a claim."""
    availability = "built-in"
    for clause in clauses:
        if clause in AVAILABLE:
            availability = clause
            continue
        word, said = _clause(clause, CLAIM_CLAUSES)
        values = _LIST.split(said)
        if word == "to":
            found = [("ar:delegate", _thing(name)) for name in values]
        elif word == "through":
            found = [("ar:through", _thing(name)) for name in values]
        elif word == "part":
            found = [("ar:part", iri(f"part:{responsibility}.{name}")) for name in values]
        elif word == "in":
            found = [("ar:inConfiguration", _thing(f"{subject}#{name}")) for name in values]
        elif word == "forbids":
            component, configuration = _parts(
                _CONFIGURATION, said, "forbids COMPONENT CONFIGURATION"
            )
            found = [("ar:forbids", _thing(f"{component}#{configuration}"))]
        elif word == "when":
            yield subject, _triple(node, "ar:condition", Literal(said.strip('"')))
            continue
        elif word == "read in":
            release = _thing(f"{subject}@{said}")
            yield subject, _triple(release, "ar:version", Literal(said))
            yield subject, _triple(release, "ar:releaseOf", _thing(subject))
            found = [("ar:verifiedIn", release)]
        else:
            yield subject, _triple(node, f"ar:{word}Version", Literal(said))
            continue
        yield from ((subject, _triple(node, predicate, value)) for predicate, value in found)
    yield subject, _triple(node, "ar:availability", iri(f"availability:{availability}"))


def _configuration(line: str) -> Iterator[tuple[str, Triple]]:
    """``server standard, option of mode, default`` and the like."""
    head, *clauses = _COMMA.split(line.strip())
    subject, name = _parts(_CONFIGURATION, head, "COMPONENT CONFIGURATION")
    node = _thing(f"{subject}#{name}")
    yield subject, _triple(node, "rdf:type", iri("ar:Configuration"))
    yield subject, _triple(node, "rdfs:label", Literal(name))
    yield subject, _triple(node, "ar:ofComponent", _thing(subject))
    choice: NamedNode | None = None
    for clause in clauses:
        word, said = _clause(clause, CONFIGURATION_CLAUSES)
        if word == "option of":
            choice = _thing(f"{subject}#{said}")
            yield subject, _triple(node, "ar:optionOf", choice)
            yield subject, _triple(choice, "rdf:type", iri("ar:Choice"))
            yield subject, _triple(choice, "rdfs:label", Literal(said))
            yield subject, _triple(choice, "ar:ofComponent", _thing(subject))
        elif word == "default":
            if choice is None:
                raise ValueError(f"default of which choice? say 'option of' before it: {line}")
            yield subject, _triple(choice, "ar:defaultOption", node)
        elif word == "selects":
            other = "#".join(_parts(_CONFIGURATION, said, "selects COMPONENT CONFIGURATION"))
            yield subject, _triple(node, "ar:selects", _thing(other))
        elif word == "refines":
            yield subject, _triple(node, "ar:refines", _thing(f"{subject}#{said}"))
        else:
            for needed in _LIST.split(said):
                yield subject, _triple(node, "ar:needs", _thing(needed))


def _clause(clause: str, words: Iterable[str]) -> tuple[str, str]:
    """A clause as its first words and what follows them."""
    for word in words:
        if clause == word or clause.startswith(f"{word} "):
            return word, clause.removeprefix(word).strip()
    raise ValueError(f"{clause!r} begins with none of {', '.join(words)}")


def _parts(pattern: re.Pattern[str], text: str, form: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not of the form {form}")
    return match.groups()


def _thing(name: str) -> NamedNode:
    return NamedNode(EXAMPLE + name)


def _triple(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, iri(predicate), value)
