"""From lines that a person read to a passage that a machine can check, and into a runtime's
files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, fields, paths, runtime_files, turtle
from aruntime.errors import DataError, UsageError
from aruntime.evidence import packages, passage, repositories
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.repositories import Repositories
from aruntime.git import commit_of
from aruntime.namespaces import ID, PREFIXES, TYPE, iri

_REPOSITORY: Final = re.compile(r"https?://[^/]*(?:git|codeberg)[^/]*/[^/]+/[^/]+")
"""An address that leads to a repository, up to the repository's name."""
_PROSE: Final = re.compile(r"(?:.*/)?[^/.]+|.*\.(?:md|mdx|rst|txt|adoc|html|ipynb)", re.IGNORECASE)
"""Paths of files that are written for people; every other file is code or configuration."""
_LINES: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


@dataclass(frozen=True)
class Place:
    """Where a person says that lines stand.

    Attributes:
        place: a clone, an archive, or the address of lines in a repository's web view.
        path, lines: the file and its lines ``A-B``; an address has its own.
        revision: tag, branch or commit of a clone.
        repository: the clone's public address; its origin remote if absent, else the
            repository of the source, else the code repository of the claim's runtime.
        purl: the package's identifier, for an archive.
        claim: ``runtime#slug``, if the lines are for a claim.
        source: slug of the registered source, if it was given.
        into: where that runtime is described, see :func:`aruntime.runtime_files.find`.
        repositories: folder of clones in which an address is looked up.
        online: whether the repository of an address may be fetched.
    """

    place: str
    path: str | None = None
    lines: str | None = None
    revision: str = "HEAD"
    repository: str | None = None
    purl: str | None = None
    claim: str | None = None
    source: str | None = None
    into: Path | None = None
    repositories: Path | None = None
    online: bool = False


def read(given: Place) -> tuple[CitedFile, bytes, int, int]:
    """The file that a person names, its bytes, and the first and last line.

    Raises:
        UsageError: something that is needed was not given.
        DataError: there is no such revision, file or member.
    """
    path, lines = given.path, given.lines
    if "://" in given.place:
        file, content, lines = _of_address(given)
    elif path is None:
        raise UsageError("give PATH and lines A-B")
    elif not Path(given.place).exists():
        raise UsageError("no such clone or archive", path=given.place)
    elif given.purl:
        file, content = _of_archive(Path(given.place), path, given.purl)
    else:
        file, content = _of_clone(Path(given.place), path, given.revision, given)
    bounds = _LINES.fullmatch(lines or "")
    if bounds is None:
        raise UsageError(f"lines are written A-B, not {lines!r}")
    return file, content, int(bounds[1]), int(bounds[2] or bounds[1])


def _of_address(given: Place) -> tuple[CitedFile, bytes, str | None]:
    named, lines = repositories.web_address(given.place)
    own = replace(given, repository=given.repository or named.repository)
    clones = None if given.repositories is None else Repositories(given.repositories)
    directory = None if clones is None else clones.directory(named.repository)
    if directory is None and not given.online:
        remedy = "give --repositories DIR or --online"
        raise UsageError(f"the repository is not at hand; {remedy}")
    with TemporaryDirectory() as scratch:
        if directory is None:
            directory = repositories.fetch(named.repository, named.commit, Path(scratch))
        return *_of_clone(directory, named.path, named.commit, own), given.lines or lines


def _of_clone(directory: Path, path: str, revision: str, given: Place) -> tuple[CitedFile, bytes]:
    commit = commit_of(directory, revision)
    origin = given.repository or repositories.origin_of(directory)
    if not origin and given.source:
        origin = _repository_of_source(given.source, given.into)
    if not origin and given.claim:
        origin = _code_repository(given.claim, given.into)
    if not origin:
        remedy = "name its public address with --repository URL"
        raise UsageError(f"the clone has no remote called origin; {remedy}", path=directory)
    content = repositories.file_at(directory, commit, path)
    digest = passage.blob_hash(content)
    return CitedFile(path, digest, repositories.address_of(origin), commit), content


def _of_archive(archive: Path, path: str, purl: str) -> tuple[CitedFile, bytes]:
    content = packages.member(archive, path)
    if content is None:
        raise DataError("the archive has no such member", path=f"{archive}:{path}")
    return CitedFile(path, passage.file_digest(content), purl=purl), content


def _repository_of_source(slug: str, into: Path | None) -> str | None:
    """The repository at which a registered source's address leads, if it leads to one."""
    for triple in runtime_files.source_triples(slug, into):
        if triple.predicate == iri("schema:url") and isinstance(triple.object, NamedNode):
            found = _REPOSITORY.match(triple.object.value)
            return found and found[0]
    return None


def _code_repository(claim: str, into: Path | None) -> str | None:
    """The address of the code of the runtime that *claim* (``runtime#slug``) is about, if its files
    say it."""
    slug = claim.partition("#")[0]
    try:
        about = runtime_files.find(slug, into).about
    except UsageError:
        about = paths.data() / "runtime" / slug / "about.ttl"
    for triple in corpus.triples_of(about) if about.is_file() else ():
        if triple.subject == iri(f"runtime:{slug}") and triple.predicate == iri(
            "schema:codeRepository"
        ):
            return str(triple.object.value)  # type: ignore[union-attr]
    return None


def pin(
    file: CitedFile, content: bytes, start: int, end: int, anchors: Sequence[str] = ()
) -> Passage:
    """Lines *start* to *end* of *content*, which is what *file* holds.

    Args:
        anchors: two to five terms that occur in the lines; suggested as far as fewer than two are given.

    Raises:
        DataError: the lines do not exist, or an anchor does not occur in them.
    """
    try:
        text = passage.cited(content, start, end)
    except ValueError as error:
        raise DataError(str(error), path=file.path) from None
    terms = tuple(anchors)
    if len(terms) < 2:
        terms = tuple(dict.fromkeys((*terms, *passage.suggest_anchors(text))))[:4]
    absent = [term for term in terms if not passage.has_anchor(text, term)]
    if absent:
        raise DataError(f"{', '.join(absent)} not in lines {start}-{end}", path=file.path)
    heading = passage.heading(content, start, file.path)
    return Passage(file, start, end, heading, terms, passage.file_digest(text))


def file_triples(node: NamedNode, file: CitedFile) -> list[Triple]:
    """Where a cited file is found: what changes when it is cited in another version."""
    values: list[tuple[str, NamedNode | Literal]] = [("ar:path", Literal(file.path))]
    if file.repository:
        values.append(("ar:repository", NamedNode(file.repository)))
        values.append(("ar:commit", Literal(file.commit)))
        values.append(("ar:swhid", Literal(file.swhid)))
    else:
        values.append(("ar:purl", Literal(file.purl)))
        values.append(("ar:fileDigest", Literal(file.digest)))
    return [Triple(node, iri(predicate), value) for predicate, value in values]


def passage_triples(node: NamedNode, pinned: Passage) -> list[Triple]:
    """Which lines a passage is: what changes when it is found elsewhere."""
    integer = NamedNode(PREFIXES["xsd"] + "integer")
    values = [
        ("ar:startLine", Literal(str(pinned.start), datatype=integer)),
        ("ar:endLine", Literal(str(pinned.end), datatype=integer)),
        ("ar:linesDigest", Literal(pinned.digest)),
        *(("ar:anchorTerm", Literal(term)) for term in pinned.anchors),
    ]
    if pinned.heading:
        values.append(("ar:heading", Literal(pinned.heading)))
    return [Triple(node, iri(predicate), value) for predicate, value in values]


def triples(
    claim: str, pinned: Passage, source: str, kind: str | None, before: Iterable[Triple] = ()
) -> tuple[NamedNode, list[Triple]]:
    """A passage as it stands in ``pins.ttl``, with its cited file where *before* does not have
    that.

    Args:
        claim: ``runtime#slug`` or an IRI, after which the passage is named: ``runtime#slug-e1``.
        source: slug or IRI of the registered source.
        kind: slug of the evidence type; if absent, that of the file where *before* cites it, else
            what its name says: ``documentation`` or ``source-code``.
        before: what the files say already; where they have this very passage, it is this one.

    Returns:
        The passage's node, and the triples to add.
    """
    stated = list(before)
    owner = claim if "://" in claim else f"{ID}runtime/{claim}"
    assert pinned.file is not None
    fixed = {iri("ar:source"): NamedNode(source) if "://" in source else iri(f"source:{source}")}
    if kind:
        fixed[iri("ar:evidenceType")] = iri(f"evidence-type:{kind}")
    thing = owner.partition("#")[0]
    file, added = file_node(thing, pinned.file, fixed, stated)
    taken = {triple.subject for triple in stated}
    for node in (NamedNode(f"{owner}-e{i}") for i in count(1)):
        own = [Triple(node, TYPE, iri("ar:Evidence")), Triple(node, iri("ar:inFile"), file)]
        own += passage_triples(node, pinned)
        if node not in taken or {t for t in stated if t.subject == node} == {*own}:
            return node, [*added, *own]
    raise AssertionError("there is always another name")


def file_node(
    thing: str,
    file: CitedFile,
    fixed: Mapping[NamedNode, NamedNode],
    before: Iterable[Triple],
    but: NamedNode | None = None,
) -> tuple[NamedNode, list[Triple]]:
    """The node of a cited file among *before*, or a new one's and its triples.

    Args:
        thing: IRI of the runtime, of which the node is a part.
        fixed: its source and evidence type, which are the same in every version; without a type,
            a node of any type is meant, and a new one's follows from the file's name.
        but: a node that is not meant.
    """
    said: dict[NamedNode, set[tuple[NamedNode, object]]] = {}
    for triple in before:
        if isinstance(triple.subject, NamedNode):
            said.setdefault(triple.subject, set()).add((triple.predicate, triple.object))
    values = {TYPE: iri("ar:CitedFile"), **fixed}
    wanted = {(t.predicate, t.object) for t in file_triples(NamedNode(thing), file)}
    for node, stated in said.items():
        if node != but and wanted | {*values.items()} <= stated:
            return node, []
    kind = "documentation" if _PROSE.fullmatch(file.path) else "source-code"
    values.setdefault(iri("ar:evidenceType"), iri(f"evidence-type:{kind}"))
    name = re.sub(r"[^a-z0-9]+", "-", file.path.rpartition("/")[2].lower()).strip("-") or "file"
    names = (f"{thing}#file-{name}" if i == 1 else f"{thing}#file-{name}-{i}" for i in count(1))
    node = next(node for node in map(NamedNode, names) if node not in said)
    return node, [*(Triple(node, *item) for item in values.items()), *file_triples(node, file)]


def as_turtle(
    claim: str | None, pinned: Passage, source: str | None, kind: str | None = None
) -> str:
    """A passage and its cited file, ready to be copied."""
    return turtle.write(triples(claim or "runtime#claim", pinned, source or "SOURCE", kind)[1])


def write(
    claim: str | None,
    pinned: Passage,
    source: str | None,
    kind: str | None = None,
    into: Path | None = None,
) -> list[Path]:
    """Put a passage into the files of its claim's runtime, and cite it in the claim.

    Returns:
        The files that changed: ``pins.ttl`` and ``claims.ttl``.

    Raises:
        UsageError: no claim or source is given, or there is no such runtime, claim or evidence
            type.
    """
    if claim is None or source is None:
        raise UsageError(
            "say for which claim and from which source: --claim RUNTIME#SLUG --source SLUG"
        )
    if kind:
        fields.concept("evidence-type", kind)
    files = runtime_files.find(claim.partition("#")[0], into)
    stated = [t for path in dict.fromkeys(files) if path.is_file() for t in corpus.triples_of(path)]
    runtime, _, name = claim.partition("#")
    owner = NamedNode(f"{runtime_files.node(files, runtime).value}#{name}")
    if owner not in {triple.subject for triple in stated}:
        remedy = f"aruntime new claim {claim} adds it"
        raise UsageError(f"there is no claim {claim}; {remedy}", path=files.claims)
    known = runtime_files.source(source, into)
    node, added = triples(owner.value, pinned, known.value, kind, stated)
    citation = Triple(owner, iri("ar:evidence"), node)
    if files.pins == files.claims:
        return [runtime_files.extend(files.pins, [*added, citation])]
    return [runtime_files.extend(files.pins, added), runtime_files.extend(files.claims, [citation])]
