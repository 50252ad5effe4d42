"""The files that describe a runtime: which they are, and how they are written.

A runtime has a folder, ``runtime/<slug>/``, with three files; a private one may stand in a single
file instead, which is then all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, Triple

from aruntime import atomic, corpus, paths, turtle
from aruntime import folder as folders
from aruntime.errors import DataError, UsageError
from aruntime.namespaces import iri, located

_MARKER: Final = "aruntime-new"
"""A file in the folder in which a new folder is made."""


class Files(NamedTuple):
    """Where a runtime is described; three times the same file where it has only one.

    Attributes:
        about: who it is: labels, maintainer, releases, configurations, readings.
        claims: what people say of it.
        pins: the files and passages that claims rest on, written by ``aruntime evidence pin``.
    """

    about: Path
    claims: Path
    pins: Path


def folder(into: Path | None = None) -> Path:
    """The folder of ``runtime/``, ``source/`` and ``agent/``: *into*, or the checkout's ``data/``.

    Where the package is installed, the current folder takes the place of ``data/``, which nobody
    edits there.
    """
    if into is not None:
        return into.parent if into.suffix == ".ttl" else into
    return Path.cwd() if paths.installed() else paths.data()


def place(slug: str, into: Path | None = None) -> Files:
    """Where a new runtime's files belong.

    Raises:
        UsageError: there is such a runtime already.
    """
    if into is not None and into.suffix == ".ttl":
        return Files(into, into, into)
    own = folder(into) / "runtime" / slug
    flat = own.with_name(f"{slug}.ttl")
    if flat.exists():
        raise UsageError("the file exists already; nothing was written", path=flat)
    return Files(*(own / f"{name}.ttl" for name in Files._fields))


def find(slug: str, into: Path | None = None) -> Files:
    """The files of a runtime that exists.

    Args:
        into: the folder of ``runtime/``, a folder with single files, or the single file itself.

    Raises:
        UsageError: there is no such runtime there.
    """
    base = folder(into)
    own = base / "runtime" / slug
    if (own / "about.ttl").is_file():
        return Files(*(own / f"{name}.ttl" for name in Files._fields))
    if into is not None and into.suffix == ".ttl":
        singles = [into]
    else:
        singles = [own.with_name(f"{slug}.ttl"), base / f"{slug}.ttl"]
        if into is not None:
            singles += sorted(base.rglob("*.ttl"))
    for path in singles:
        if path.is_file() and any(_describes(triple, slug) for triple in corpus.triples_of(path)):
            return Files(path, path, path)
    remedy = f"aruntime new runtime {slug} begins one, and --into DIR says where else to look"
    raise UsageError(f"there is no runtime {slug}; {remedy}", path=base)


def node(files: Files, slug: str) -> NamedNode:
    """The runtime of that slug that files describe: in our namespace, or in one of its own."""
    for path in dict.fromkeys(files):
        for triple in corpus.triples_of(path) if path.is_file() else ():
            if _describes(triple, slug):
                assert isinstance(triple.subject, NamedNode)
                return triple.subject
    return iri(f"runtime:{slug}")


def source_triples(slug: str, into: Path | None = None) -> Iterable[Triple]:
    """What the file of the source of that slug says; nothing if there is none."""
    path = folder(into) / "source" / f"{slug}.ttl"
    return corpus.triples_of(path) if path.is_file() else ()


def source(slug: str, into: Path | None = None) -> NamedNode:
    """The source of that slug: of our namespace, or of the one in which its file describes it."""
    for triple in source_triples(slug, into):
        if triple.object == iri("ar:Source") and isinstance(triple.subject, NamedNode):
            return triple.subject
    return iri(f"source:{slug}")


def _describes(triple: Triple, slug: str) -> bool:
    """Whether a triple says what class a runtime of that slug is of."""
    found = located(triple.subject.value) if isinstance(triple.subject, NamedNode) else None
    named = found is not None and found[1:] == ("runtime", slug)
    return named and triple.predicate == iri("rdf:type")


def create(*contents: tuple[Path, Iterable[Triple]]) -> list[Path]:
    """Write new files; what is for the same file stands in it together.

    The files of a new folder appear together.

    Returns:
        The files, each once.

    Raises:
        UsageError: one of them exists; nothing is overwritten.
        DataError: a folder or file cannot be written.
    """
    files: dict[Path, list[Triple]] = {}
    for path, triples in contents:
        files.setdefault(path, []).extend(triples)
        if path.exists():
            raise UsageError("the file exists already; nothing was written", path=path)
    first, *others = {path.parent for path in files}
    if len(files) > 1 and not others and not first.exists():
        _create_folder(first, files)
        return list(files)
    for path, together in files.items():
        _make_folder(path.parent)
        atomic.write(path, turtle.write(together).encode())
    return list(files)


def _create_folder(place: Path, files: Mapping[Path, Iterable[Triple]]) -> None:
    """Write the files of a new folder, which appears with all of them."""
    _make_folder(place.parent)
    try:
        with folders.scratch(place.parent, ".aruntime-new-", _MARKER) as scratch:
            made = scratch / place.name
            made.mkdir()
            for path, triples in files.items():
                atomic.write(made / path.name, turtle.write(triples).encode())
            made.rename(place)
            atomic.flush_folder(place.parent)
    except OSError as error:
        raise DataError(f"the folder cannot be made: {error.strerror}", path=place) from None


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"the folder cannot be made: {error.strerror}", path=place) from None


def extend(path: Path, triples: Iterable[Triple]) -> Path:
    """Add triples to a file, which is begun where it is absent; its folder exists."""
    return rewrite(path, [*(corpus.triples_of(path) if path.is_file() else ()), *triples])


def rewrite(path: Path, triples: Iterable[Triple]) -> Path:
    """Replace what a file says, in canonical form.

    Raises:
        DataError: the file has comments, which would be lost, or cannot be written.
    """
    if path.is_file():
        stray = turtle.comments(path.read_text("utf-8-sig"))
        if stray:
            raise DataError(
                "the file has comments, which would be lost", path=path, line=stray[0][0]
            )
    atomic.write(path, turtle.write(triples).encode())
    return path
