"""From a place in a source to a machine-checkable locator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from aruntime.errors import DataError
from aruntime.evidence import passage
from aruntime.namespaces import PREFIXES, iri


@dataclass(frozen=True)
class GitPlace:
    """A file at a commit of a repository.

    Attributes:
        origin: the repository's public address, as SWHIDs spell it (no trailing ``.git``).
        commit: 40 hexadecimal digits.
    """

    origin: str
    commit: str
    path: str


@dataclass(frozen=True)
class PackagePlace:
    """A member of a released package.

    Attributes:
        purl: package identifier with version.
        path: the member's full path in the archive.
    """

    purl: str
    path: str


@dataclass(frozen=True)
class Pin:
    """Lines of a file, and everything needed to find and check them again."""

    place: GitPlace | PackagePlace
    start: int
    end: int
    heading: str | None
    anchors: tuple[str, ...]
    lines_digest: str
    content_digest: str
    """The qualified SWHID of a git place, the SHA-256 of a package member."""


def pin(place: GitPlace | PackagePlace, content: bytes, start: int, end: int, anchors: Sequence[str] = ()) -> Pin:
    """Pin lines *start* to *end* of *content*.

    Args:
        anchors: two to five terms that occur in the lines; suggested where none are given.

    Raises:
        DataError: the lines do not exist, or an anchor does not occur in them.
    """
    try:
        text = passage.cited(content, start, end)
    except ValueError as error:
        raise DataError(str(error), path=place.path) from None
    terms = tuple(anchors) or tuple(passage.suggest_anchors(text))
    absent = [term for term in terms if not passage.has_anchor(text, term)]
    if absent:
        raise DataError(f"{', '.join(absent)} not in lines {start}-{end}", path=place.path)
    if isinstance(place, GitPlace):
        digest = passage.swhid(content, origin=place.origin, commit=place.commit, path=place.path, lines=(start, end))
    else:
        digest = passage.file_digest(content)
    return Pin(place, start, end, passage.heading(content, start, place.path), terms, passage.file_digest(text), digest)


def triples(evidence: NamedNode, pinned: Pin, source: NamedNode, evidence_type: NamedNode) -> list[Triple]:
    """The evidence node of a pin, as it stands in ``data/``."""
    integer = NamedNode(PREFIXES["xsd"] + "integer")
    values: list[tuple[str, NamedNode | Literal]] = [
        ("rdf:type", iri("ar:Evidence")),
        ("ar:source", source),
        ("ar:evidenceType", evidence_type),
        ("ar:path", Literal(pinned.place.path)),
        ("ar:startLine", Literal(str(pinned.start), datatype=integer)),
        ("ar:endLine", Literal(str(pinned.end), datatype=integer)),
        ("ar:linesDigest", Literal(pinned.lines_digest)),
        *(("ar:anchorTerm", Literal(term)) for term in pinned.anchors),
    ]
    if pinned.heading:
        values.append(("ar:heading", Literal(pinned.heading)))
    if isinstance(pinned.place, GitPlace):
        values.append(("ar:repository", NamedNode(pinned.place.origin)))
        values.append(("ar:commit", Literal(pinned.place.commit)))
        values.append(("ar:swhid", Literal(pinned.content_digest)))
    else:
        values.append(("ar:purl", Literal(pinned.place.purl)))
        values.append(("ar:fileDigest", Literal(pinned.content_digest)))
    return [Triple(evidence, iri(predicate), value) for predicate, value in values]
