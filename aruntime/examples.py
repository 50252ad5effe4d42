"""The truth table of verdicts: small stacks, each with the verdict that it must get and the reason.

Cases stand in ``ontology/examples/<verdict>.yaml``; the README of that folder describes their form.
A case becomes a :class:`aruntime.stack.Stack` of components that exist nowhere else, under the
vocabulary of the real ontology, so that it is judged exactly as a stack of real components is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Triple

from aruntime import paths
from aruntime.errors import DataError
from aruntime.model import Json, text
from aruntime.namespaces import ID, iri, slug
from aruntime.stack import Component, Stack, quads

if TYPE_CHECKING:
    from pathlib import Path

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
KEYS: Final = {
    "name", "because", "components", "platforms", "families", "claims", "joins", "configurations",
    "in", "purpose", "versions", "searched", "responsibility", "verdict", "units", "owners",
    "missing", "conditions", "options", "reviewed", "contrast",
}  # fmt: skip
"""What a case can say."""


class Case(NamedTuple):
    """One stack, and what it must come to.

    Attributes:
        name: unique among all cases.
        because: the reason for the verdict, one sentence.
        components: names of the components, platforms included.
        platforms: those of them that run anything, so that nothing follows from their presence.
        families: the primary family of some of them, from which the purpose of the stack follows.
        claims: what is claimed, a line each.
        joins: how components work together, a line each.
        configurations: configurations that exist, a line each.
        chosen: configurations that are chosen, as pairs of component and configuration.
        purpose: what the stack is for, where it is said.
        versions: versions in use, by component.
        searched: components in whose sources the responsibility was looked for and not found.
        responsibility: what is judged.
        verdict: the verdict on it.
        units: the verdict in each unit of work, where that is part of the case.
        owners: who owns it, where that is part of the case.
        missing: components that are absent and to which it is handed.
        conditions: what must be said beside the verdict.
        options: who owns it once a configuration is chosen, by ``component#configuration``.
        reviewed: whether sources were searched for it.
        contrast: names of cases that it is easily mixed up with.
    """

    name: str
    because: str
    components: tuple[str, ...]
    platforms: tuple[str, ...]
    families: Mapping[str, str]
    claims: tuple[str, ...]
    joins: tuple[str, ...]
    configurations: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...]
    purpose: str | None
    versions: Mapping[str, str]
    searched: tuple[str, ...]
    responsibility: str
    verdict: str
    units: Mapping[str, str] | None
    owners: tuple[str, ...] | None
    missing: tuple[str, ...] | None
    conditions: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]] | None
    reviewed: bool | None
    contrast: tuple[str, ...]

    def json(self) -> Json:
        """What the case says; what it does not speak of is left out."""
        said = {key: value for key, value in self._asdict().items() if value or value is False}
        return said | ({"chosen": [list(pair) for pair in self.chosen]} if self.chosen else {})


def load() -> tuple[Case, ...]:
    """All cases, by verdict and in the order of their files.

    Raises:
        DataError: a file or a line of it has another form than the README of the folder says.
    """
    files = sorted((paths.ontology() / "examples").glob("*.yaml"))
    return tuple(case for file in files for case in read(file))


def of_verdict(verdict: str) -> tuple[Case, ...]:
    """The cases of one verdict, the plainest first; none if it has no file.

    Raises:
        DataError: as :func:`load`.
    """
    file = paths.ontology() / "examples" / f"{verdict}.yaml"
    return read(file) if file.is_file() else ()


def read(file: Path) -> tuple[Case, ...]:
    """The cases of one file.

    Raises:
        DataError: as :func:`load`.
    """
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built so
        found = yaml.load(file.read_text("utf-8"), loader)
        return tuple(_case(entry, file) for entry in found)
    except yaml.YAMLError as error:
        raise DataError(f"no YAML: {error}", path=file) from None


def _case(entry: Mapping[str, Any], file: Path) -> Case:
    """A case as its file says it, once its lines have been understood."""
    name = entry.get("name", "a case without a name")
    if unknown := set(entry) - KEYS:
        raise DataError(f"{name}: no case has a key {', '.join(sorted(unknown))}", path=file)
    if absent := {"name", "because", "components", "responsibility", "verdict"} - set(entry):
        raise DataError(f"{name}: say {', '.join(sorted(absent))} too", path=file)
    chosen = entry.get("in", {})
    case = Case(
        name=name,
        because=entry["because"],
        components=(*entry["components"], *entry.get("platforms", ())),
        platforms=tuple(entry.get("platforms", ())),
        families=entry.get("families", {}),
        claims=tuple(entry.get("claims", ())),
        joins=tuple(entry.get("joins", ())),
        configurations=tuple(entry.get("configurations", ())),
        chosen=tuple((who, name) for who, names in chosen.items() for name in _several(names)),
        purpose=entry.get("purpose"),
        versions={who: str(version) for who, version in entry.get("versions", {}).items()},
        searched=tuple(entry.get("searched", ())),
        responsibility=entry["responsibility"],
        verdict=entry["verdict"],
        units=entry.get("units"),
        owners=None if "owners" not in entry else tuple(entry["owners"]),
        missing=None if "missing" not in entry else tuple(entry["missing"]),
        conditions=tuple(entry.get("conditions", ())),
        options=_options(entry.get("options")),
        reviewed=entry.get("reviewed"),
        contrast=_several(entry.get("contrast", ())),
    )
    try:
        for _ in _facts(case, {}):
            pass
    except ValueError as error:
        raise DataError(f"{name}: {error}", path=file) from None
    return case


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _options(given: Mapping[str, Any] | None) -> Mapping[str, tuple[str, ...]] | None:
    return None if given is None else {name: _several(owners) for name, owners in given.items()}


def stack_of(case: Case, vocabulary: Sequence[Quad]) -> Stack:
    """The stack of a case, its choices made.

    Args:
        vocabulary: see :func:`aruntime.stack.vocabulary`.
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
    yield from (
        (subject, _triple(node, predicate, value))
        for predicate, value in (
            ("rdf:type", iri("ar:Claim")),
            ("ar:subject", _thing(subject)),
            ("ar:statement", Literal(line)),
            ("ar:responsibility", iri(f"responsibility:{responsibility}")),
            ("ar:stance", iri(f"stance:{stance}")),
            ("ar:unit", iri(f"unit:{unit}")),
            ("ar:layer", iri(f"layer:{layers.get(responsibility, 0)}")),
            ("ar:scope", iri(f"scope:{scope}")),
        )
    )
    yield from _limits(node, subject, responsibility, clauses)


def _join(line: str, number: int) -> Iterator[tuple[str, Triple]]:
    """``agent calls engine`` and what follows it, or ``agent selects engine CONFIGURATION``."""
    head, *clauses = _COMMA.split(line.strip())
    if selected := _SELECTS.fullmatch(head):
        who, other, configuration = selected.groups()
        yield who, _triple(_thing(who), "ar:selects", _thing(f"{other}#{configuration}"))
        return
    subject, relation, object_ = _parts(_JOIN, head, "COMPONENT RELATION COMPONENT")
    node = _thing(f"{subject}#join-{number}")
    yield from (
        (subject, _triple(node, predicate, value))
        for predicate, value in (
            ("rdf:type", iri("ar:Claim")),
            ("ar:subject", _thing(subject)),
            ("ar:statement", Literal(line)),
            ("ar:relation", iri(f"relation:{relation}")),
            ("ar:object", _thing(object_)),
        )
    )
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
