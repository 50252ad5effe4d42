"""The program under measurement: every place where the benchmark touches its inside.

All of this runs in a child whose ``aruntime`` is that of a checkout with a made graph (see ``bench/generate.py``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, serialize

from aruntime import corpus, graph, parts, paths, results, store
from aruntime.infer import Closure, Fact
from aruntime.model import Term
from aruntime.validation import shapes
from aruntime.validation.validate import validate


def build() -> object:
    """Compile the store."""
    return store.build((), parts.write)


def first_file() -> Path:
    """The file that a change is made to: the first runtime's."""
    return min((paths.data() / "runtime").glob("*.ttl"))


def change() -> None:
    """Say one thing differently in one file."""
    path = first_file()
    text = path.read_text("utf-8")
    path.write_text(text.replace(" ;\n    ar:layer layer:3 ;", " ;\n    ar:layer layer:4 ;", 1), "utf-8")


def dump(path: Path) -> int:
    """Write the whole graph, conclusions and all, as N-Triples; returns the number of triples."""
    compiled = store.open_compiled((), parts.write)
    compiled.dump(str(path), RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    with path.open("rb") as file:
        return sum(1 for _ in file)


def opened() -> Callable[[str, Mapping[str, Term]], tuple[int, bytes]]:
    """What asks a named question as ``aruntime ask --format json`` does: number of rows, and the answer's bytes."""
    front = graph.Graph.open()

    def ask(name: str, bindings: Mapping[str, Term]) -> tuple[int, bytes]:
        rows = front.ask(name, bindings)
        return len(rows), results.as_json(rows).encode()

    return ask


def closure_input() -> tuple[list[Any], list[Fact]]:
    """Schema and facts that the closure starts from."""
    stated = corpus.load()
    filled = Store()
    filled.bulk_extend(_quads(stated))
    return list(store.schema(stated)), list(store.facts(stated, filled))


def _quads(stated: corpus.Corpus) -> Iterator[Quad]:
    return (Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in stated.triples())


def close(schema: list[Any], facts: list[Fact]) -> int:
    """The closure; returns the number of conclusions."""
    return len(Closure(schema, facts).derived)


def validated(targets: list[Path], engine: str | None = None) -> int:
    """Validate; returns the number of findings.

    Args:
        engine: ``reference`` for pySHACL, where the program offers a choice.
    """
    if engine is not None and has_fast_validation():
        return len(validate(targets, engine=engine).findings)  # type: ignore[call-arg]
    return len(validate(targets).findings)


def has_fast_validation() -> bool:
    """Whether validation offers another engine than pySHACL."""
    return "engine" in inspect.signature(validate).parameters


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
