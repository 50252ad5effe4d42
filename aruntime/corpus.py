"""From files to triples: what is shipped, and private overlays beside it.

A corpus is a map from graph names to triples, one graph a file. Overlays stay in graphs of their
own (``…/graph/overlay/…``) whatever names they carry inside, and their blank nodes are renamed
apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, Triple

from aruntime import paths, turtle
from aruntime.errors import DataError, UsageError
from aruntime.namespaces import GRAPH

OVERLAY: Final = GRAPH + "overlay/"


@dataclass(frozen=True)
class Corpus:
    """Stated triples by graph, with the file that each graph came from."""

    graphs: dict[str, tuple[Triple | Quad, ...]]
    files: dict[str, Path]

    def triples(self) -> Iterator[Triple]:
        """All stated triples, graph after graph; a triple stated in two files comes twice."""
        for statements in self.graphs.values():
            yield from (t.triple if isinstance(t, Quad) else t for t in statements)

    def overlay(self) -> Corpus:
        """Only the graphs that came from overlays."""
        names = [name for name in self.graphs if name.startswith(OVERLAY)]
        return Corpus(
            {name: self.graphs[name] for name in names}, {name: self.files[name] for name in names}
        )


def vocabulary_files() -> list[Path]:
    """Files of classes, properties and concepts; shapes are no part of the graph."""
    base = paths.ontology()
    return sorted([*base.glob("*.ttl"), *base.glob("vocab/*.ttl")])


def data_files() -> list[Path]:
    """Files of shipped facts."""
    return sorted([*paths.data().glob("*/*.ttl"), *paths.data().glob("runtime/*/*.ttl")])


def default_files() -> list[Path]:
    """Files of rules that say what a data file may leave unsaid."""
    return sorted((paths.ontology() / "defaults").glob("*.rq"))


def rule_files() -> list[Path]:
    """Files of rules that derive direct statements from claims."""
    return sorted((paths.ontology() / "rules").glob("*.rq"))


def overlay_files(overlays: Iterable[Path]) -> list[Path]:
    """RDF files of the given files and folders.

    Raises:
        UsageError: a path does not exist, or a folder holds no RDF file.
    """
    found: list[Path] = []
    for path in overlays:
        if not path.exists():
            raise UsageError("no such file or folder", path=path)
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix in turtle.FORMATS and p.is_file()
            )
            if not inside:
                raise UsageError(
                    f"the folder holds no RDF file ({', '.join(turtle.FORMATS)})", path=path
                )
            found += inside
        else:
            found.append(path)
    return found


def graph_name(path: Path) -> str:
    """The name of a shipped file's graph: its place below the root, without suffix."""
    return GRAPH + path.relative_to(paths.root()).with_suffix("").as_posix()


def sources(overlays: Iterable[Path] = ()) -> dict[str, Path]:
    """Shipped files and overlays by the name of their graph.

    Raises:
        DataError: there is no shipped file at all.
        UsageError: an overlay does not exist.
    """
    shipped = [*vocabulary_files(), *data_files()]
    if not shipped:
        raise DataError("no ontology and data found; install the package again", path=paths.root())
    beside = {f"{OVERLAY}{number}": path for number, path in enumerate(overlay_files(overlays))}
    return {graph_name(path): path for path in shipped} | beside


def load(overlays: Iterable[Path] = ()) -> Corpus:
    """The shipped corpus with overlays beside it.

    Raises:
        DataError: a file is malformed, or there is no shipped file at all.
        UsageError: an overlay does not exist.
    """
    files = sources(overlays)
    return Corpus({name: tuple(turtle.read(path)) for name, path in files.items()}, files)


def triples_of(path: Path) -> tuple[Triple, ...]:
    """The triples of one file, whatever graphs they are in."""
    return tuple(quad.triple for quad in turtle.read(path))
