"""The program under measurement: every place where the benchmark touches its inside.

All of this runs in a child whose ``aruntime`` is that of a checkout with a made graph (see ``bench/generate.py``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, serialize

from aruntime import answers, corpus, graph, parts, paths, store
from aruntime.infer import Closure, Fact
from aruntime.model import Term
from aruntime.validation import reference, shapes
from aruntime.validation.validate import Engine, validate


def build() -> object:
    """Compile the store from nothing and keep all answers, as ``aruntime build`` does where there is no other store."""
    return store.build((), answers.write, whole=True)


def rebuild() -> object:
    """Compile the store as ``aruntime build`` does, from what is there."""
    return store.build((), answers.write)


def first_file() -> Path:
    """The file that a change is made to: the first runtime's."""
    return min((paths.data() / "runtime").glob("*.ttl"))


@contextmanager
def passing() -> Iterator[None]:
    """A change that is taken back, so that the store that was built first is the current one again."""
    path = first_file()
    content, status = path.read_bytes(), path.stat()
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def change() -> None:
    """Say one thing differently in one file."""
    path = first_file()
    text = path.read_text("utf-8")
    for one, other in (("3", "4"), ("4", "3")):
        if (changed := text.replace(f" ;\n    ar:layer layer:{one} ;", f" ;\n    ar:layer layer:{other} ;", 1)) != text:
            path.write_text(changed, "utf-8")
            return


def dump(path: Path) -> int:
    """Write the whole graph, conclusions and all, as N-Triples; returns the number of triples."""
    compiled = store.open_compiled((), parts.write)
    compiled.dump(str(path), RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    with path.open("rb") as file:
        return sum(1 for _ in file)


def opened(*, kept: bool) -> Callable[[str, Mapping[str, Term]], bytes]:
    """What asks a named question as ``aruntime ask --format json`` does, and gives the answer's bytes.

    Args:
        kept: whether answers that the build kept are read, and long ones kept.
    """
    front = graph.Graph.open()
    if not kept:
        front.kept = None
    return front.ask_json


def closure_input() -> tuple[list[Any], list[Fact]]:
    """Schema and facts that the closure starts from."""
    stated = corpus.load()
    filled = Store()
    filled.bulk_extend(_quads(stated))
    return list(store.schema(stated)), list(store.facts(filled))


def _quads(stated: corpus.Corpus) -> Iterator[Quad]:
    return (Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in stated.triples())


def close(schema: list[Any], facts: list[Fact]) -> int:
    """The closure; returns the number of conclusions."""
    return len(Closure(schema, facts).derived)


def validated(targets: list[Path], engine: Engine = "fast") -> int:
    """Validate; returns the number of findings."""
    return len(validate(targets, engine).findings)


def shapes_alone(engine: str) -> Callable[[], int]:
    """What applies the shapes to the whole graph and counts the findings; files are read before."""
    triples = list(corpus.load().triples())
    if engine == "reference":
        return lambda: len(list(reference.findings(triples, shapes.shape_files())))
    return lambda: len(list(shapes.findings(shapes.Data(triples), shapes.load())))


def shapes_and_data(folder: Path) -> tuple[Path, Path]:
    """Shapes and stated data as two files, for validators that read files."""
    data, rules = folder / "stated.nt", folder / "shapes.ttl"
    with data.open("wb") as out:
        for path in (*corpus.vocabulary_files(), *corpus.data_files()):
            out.write(serialize(corpus.triples_of(path), format=RdfFormat.N_TRIPLES) or b"")
    with rules.open("wb") as out:
        for path in shapes.shape_files():
            out.write(path.read_bytes())
    return rules, data
