"""New things: the files of a runtime, a source or an agent, canonical already, and claims added to
them.

What a person must still write begins with ``TODO``; the rule ``nothing-is-left-to-write`` finds
each of these by its line, and what options gave is filled in. Which fields a claim has is read from
the ontology, so that a property added there is an option here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, runtime_files
from aruntime.errors import UsageError
from aruntime.fields import KINDS, check_slug, class_of, component, concept, fields, value_of
from aruntime.namespaces import ID, PREFIXES, TYPE, iri
from aruntime.versions import rank

REVIEW_AFTER: Final = timedelta(days=181)
"""How long a claim may stand unread."""
TODO: Final = "TODO"
"""How what a person must still write begins."""

_STATEMENT: Final = f"{TODO} one plain sentence that the cited lines support."

_INSTEAD: Final = {
    "deployment-boundary": ("ar:family", "ar:rank"),
    "execution-model": ("ar:family", "ar:rank"),
    "operational-owner": ("ar:family", "ar:rank"),
    "precision": ("ar:hardware",),
}
"""Fields in place of which a claim of the same kind does not have others."""


def runtime(
    slug: str,
    given: Mapping[str, str | None],
    into: Path | None = None,
    today: datetime | None = None,
) -> list[Path]:
    """Write a runtime with its release, a reading of today without outcome, and three claims to
    fill in.

    Args:
        given: any of label, description, maintainer, homepage, repository, purl, version, license.
        into: see :func:`aruntime.runtime_files.find`.

    Returns:
        The files written: ``about.ttl`` and ``claims.ttl``.

    Raises:
        UsageError: the slug is none, or there is such a runtime already.
    """
    check_slug(slug)
    files = runtime_files.place(slug, into)
    version = given.get("version") or (given.get("purl") or "").partition("?")[0].partition("@")[2]
    own, now = iri(f"runtime:{slug}"), today or datetime.now(UTC)
    release = NamedNode(f"{own.value}#release-{_in_a_name(version) or TODO.lower()}")
    about = [
        Triple(own, TYPE, iri("ar:Runtime")),
        _text(own, "rdfs:label", given.get("label") or f"{TODO} name"),
        _text(own, "dcterms:description",
              given.get("description") or f"{TODO} one sentence that says what it is."),
        Triple(own, iri("ar:maintainer"), iri(f"agent:{given.get('maintainer') or TODO}")),
        Triple(own, iri("foaf:homepage"), _address(given.get("homepage"))),
        Triple(own, iri("schema:codeRepository"), _address(given.get("repository"))),
        Triple(own, iri("dcterms:license"), _licence(given.get("license"))),
        Triple(release, TYPE, iri("ar:Release")),
        Triple(release, iri("ar:version"), Literal(version or TODO)),
        Triple(release, iri("ar:purl"), Literal(given.get("purl") or TODO)),
    ]  # fmt: skip
    if given.get("label") and version:
        about.append(_text(release, "rdfs:label", f"{given['label']} {version}"))
    reading, read = _reading(about, own, release, now)
    claims: list[Triple] = []
    for name, kind in (
        ("family", "family"),
        ("lifecycle", "lifecycle"),
        ("owns-something", "responsibility"),
    ):
        claims += _claim(own, name, kind, {}, reading, now)
    return runtime_files.create((files.about, [*about, *read]), (files.claims, claims))


def claim(
    slug: str,
    name: str,
    kind: str,
    given: Mapping[str, Sequence[str]],
    into: Path | None = None,
    today: datetime | None = None,
) -> list[Path]:
    """Add a claim to a runtime's files: a candidate, until a reading finds it supported.

    It is read in the reading of today that has no outcome yet, which is added where there is none.

    Args:
        given: values by the name of a field, see :func:`fields`: slugs, CURIEs or text.

    Returns:
        The files that changed.

    Raises:
        UsageError: there is no such runtime, kind, field or name, or there is such a claim already.
    """
    check_slug(slug)
    check_slug(name)
    if kind not in KINDS:
        raise UsageError(f"no kind of claim is called {kind!r}; kinds are {', '.join(KINDS)}")
    files = runtime_files.find(slug, into)
    owner, now = runtime_files.node(files, slug), today or datetime.now(UTC)
    own = NamedNode(f"{owner.value}#{name}")
    about = corpus.triples_of(files.about)
    said = [*about, *(corpus.triples_of(files.claims) if files.claims.is_file() else ())]
    if any(t.subject == own for t in said):
        raise UsageError(f"there is a {slug}#{name} already", path=files.claims)
    releases = {t.subject: t.object.value for t in about
                if t.predicate == iri("ar:version") and isinstance(t.object, Literal)}  # fmt: skip
    release = max(releases, key=lambda node: rank(releases[node]), default=None)
    reading, read = _reading(about, owner, release, now)
    found = {option: [value_of(option, owner, value, into) for value in values]
             for option, values in given.items() if values}  # fmt: skip
    added: dict[Path, list[Triple]] = {files.about: read}
    added.setdefault(files.claims, []).extend(_claim(owner, name, kind, found, reading, now))
    return [runtime_files.extend(path, triples) for path, triples in added.items() if triples]


def source(
    slug: str,
    given: Mapping[str, str | None],
    into: Path | None = None,
    today: datetime | None = None,
) -> list[Path]:
    """Write a registered source.

    Args:
        given: any of label, url, version, publisher, authoritative_for, kind, license.
    """
    check_slug(slug)
    own = iri(f"source:{slug}")
    about = given.get("authoritative_for")
    triples = [
        Triple(own, TYPE, iri("ar:Source")),
        _text(own, "rdfs:label", given.get("label") or f"{TODO} name"),
        Triple(
            own,
            iri("ar:sourceKind"),
            concept("source-kind", given.get("kind") or "official-documentation"),
        ),
        Triple(own, iri("ar:publisher"), iri(f"agent:{given.get('publisher') or TODO}")),
        Triple(
            own,
            iri("ar:authoritativeFor"),
            component(about, into) if about else iri(f"runtime:{TODO}"),
        ),
        Triple(own, iri("ar:version"), Literal(given.get("version") or TODO)),
        Triple(own, iri("schema:url"), _address(given.get("url"))),
        Triple(own, iri("dcterms:license"), _licence(given.get("license"))),
        _instant(own, "ar:retrieved", today or datetime.now(UTC)),
    ]
    return runtime_files.create((runtime_files.folder(into) / "source" / f"{slug}.ttl", triples))


def agent(slug: str, given: Mapping[str, str | None], into: Path | None = None) -> list[Path]:
    """Write an agent: a project, company or person that maintains or publishes.

    Args:
        given: any of label, homepage.
    """
    check_slug(slug)
    own = iri(f"agent:{slug}")
    triples = [
        Triple(own, TYPE, iri("ar:Agent")),
        _text(own, "rdfs:label", given.get("label") or f"{TODO} name"),
        Triple(own, iri("foaf:homepage"), _address(given.get("homepage"))),
    ]
    return runtime_files.create((runtime_files.folder(into) / "agent" / f"{slug}.ttl", triples))


def _claim(
    owner: NamedNode,
    name: str,
    kind: str,
    given: Mapping[str, Sequence[NamedNode | Literal]],
    reading: NamedNode,
    now: datetime,
) -> list[Triple]:
    """A claim of a kind; fields that are not given are to be filled in."""
    own, known = NamedNode(f"{owner.value}#{name}"), fields()
    cls = class_of(kind)
    for option in given:
        if not known[option].classes & {"Claim", cls}:
            homes = ", ".join(k for k in KINDS if class_of(k) in known[option].classes)
            raise UsageError(
                f"a {kind} claim has no {option}; that is said in a claim of kind {homes}"
            )
    said: dict[NamedNode, Sequence[NamedNode | Literal]] = {
        iri("ar:statement"): [Literal(_STATEMENT, language="en")],
        **{iri(predicate): [iri(value)] for predicate, value in KINDS[kind].items()},
    }
    for option in given:
        for predicate in _INSTEAD.get(option, ()):
            said.pop(iri(predicate), None)
    if kind == "lifecycle":
        said[iri("ar:asOf")] = [_instant(own, "ar:asOf", now).object]  # type: ignore[list-item]
    said |= {known[option].predicate: values for option, values in given.items()}
    return [
        Triple(own, TYPE, iri(f"ar:{cls}")),
        *(Triple(own, predicate, value) for predicate, values in said.items() for value in values),
        Triple(own, iri("ar:readIn"), reading),
    ]


def _reading(
    about: Iterable[Triple], owner: NamedNode, release: object, now: datetime
) -> tuple[NamedNode, list[Triple]]:
    """Today's reading without outcome, and its triples where it is new."""
    stated = list(about)
    readings = {t.subject for t in stated if t.predicate == TYPE and t.object == iri("ar:Reading")}
    decided = {t.subject for t in stated if t.predicate == iri("ar:reviewOutcome")}
    day = f"{owner.value}#reading-{now:%Y-%m-%d}"
    nodes = (NamedNode(day if number == 1 else f"{day}-{number}") for number in count(1))
    own = next(node for node in nodes if node not in decided)
    if own in readings:
        return own, []
    triples = [
        Triple(own, TYPE, iri("ar:Reading")),
        Triple(own, iri("ar:curationMode"), iri("curation-mode:human")),
        Triple(own, iri("prov:wasAssociatedWith"), _reader(stated, owner)),
        _instant(own, "prov:endedAtTime", now),
        _instant(own, "ar:reviewBy", now + REVIEW_AFTER),
    ]
    if isinstance(release, NamedNode):
        triples.append(Triple(own, iri("ar:verifiedIn"), release))
    return own, triples


def _reader(stated: Iterable[Triple], owner: NamedNode) -> NamedNode:
    """Who reads: this project, or whoever maintains a runtime that has a namespace of its own."""
    if not owner.value.startswith(ID):
        for triple in stated:
            known = triple.subject == owner and triple.predicate == iri("ar:maintainer")
            if known and isinstance(triple.object, NamedNode):
                return triple.object
    return iri("agent:aruntime")


def _in_a_name(version: str) -> str:
    """A version as part of a node's name: what no name may hold becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", version).strip("-.")


def _address(url: str | None) -> NamedNode:
    try:
        return NamedNode(url or f"https://example.org/{TODO}")
    except ValueError:
        raise UsageError(f"{url!r} is no address") from None


def _licence(name: str | None) -> NamedNode:
    """A licence by its SPDX identifier (https://spdx.org/licenses/) or address."""
    return _address(name if name and "://" in name else f"https://spdx.org/licenses/{name or TODO}")


def _text(own: NamedNode, predicate: str, value: str) -> Triple:
    return Triple(own, iri(predicate), Literal(value, language="en"))


def _instant(own: NamedNode, predicate: str, instant: datetime) -> Triple:
    value = instant.strftime("%Y-%m-%dT00:00:00Z")
    return Triple(
        own, iri(predicate), Literal(value, datatype=NamedNode(PREFIXES["xsd"] + "dateTime"))
    )
