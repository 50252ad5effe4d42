"""A store that continues an older one is the store that would have been built from nothing: the same graph, the same parts."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store, Triple, serialize

from aruntime import corpus, parts, paths, store, turtle
from aruntime.increment import DIRECT, UNION, find
from aruntime.infer import direct
from aruntime.terms import iri

STEPS = 5
"""Changes in a row, each of which continues what the one before it left."""
_OBJECTS = ("ar:stance", "ar:status", "ar:responsibility", "ar:object", "ar:family", "ar:delegate", "ar:layer", "ar:relation", "ar:subject")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that may be changed: the whole vocabulary, and a part of the data."""
    shutil.copytree(paths.ontology(), tmp_path / "ontology")
    shutil.copytree(paths.queries(), tmp_path / "queries")
    for folder in ("agent", "component", "source", "stack"):
        shutil.copytree(paths.data() / folder, tmp_path / "data" / folder)
    (tmp_path / "data" / "runtime").mkdir()
    for name in ("dbos", "kserve", "langgraph", "vllm"):
        shutil.copy(paths.data() / "runtime" / f"{name}.ttl", tmp_path / "data" / "runtime")
    monkeypatch.setattr(paths, "_ROOT", str(tmp_path))
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    store.build(finish=parts.write)
    return tmp_path


def graph_of(folder: Path) -> str:
    """The canonical hash of everything a compiled store holds, and of the parts beside it."""
    dataset = turtle.canonical(quad for quad in Store.read_only(str(folder / "graph")) if quad.graph_name != store.REPEATED)
    total = hashlib.sha256("\n".join(sorted(map(str, dataset))).encode())
    for path in sorted(folder.glob("*/*.json")):
        total.update(f"{path.relative_to(folder)}\n{path.read_text()}".encode())
    for path in sorted(folder.glob("*/current.nt")):
        total.update("\n".join([str(path.relative_to(folder)), *sorted(path.read_text().splitlines())]).encode())
    return total.hexdigest()


def differences(root: Path) -> str | None:
    """What a continued build and a whole one disagree about, if they do; the continued one stays in the cache."""
    monkey = pytest.MonkeyPatch()
    try:
        monkey.setattr(store, "_compile", _refuse)
        near = graph_of(store.build(finish=parts.write))
        monkey.undo()
        monkey.setenv("ARUNTIME_CACHE", str(root / "other"))
        far = graph_of(store.build(finish=parts.write, whole=True))
    finally:
        monkey.undo()
    return None if near == far else f"{near} is not {far}"


def _refuse(*arguments: object) -> None:
    raise AssertionError("the build began from nothing")


def change(path: Path, work: Callable[[list[Triple]], list[Triple]]) -> None:
    path.write_text(turtle.write(work([quad.triple for quad in turtle.read(path)])))


def mutate(draw: random.Random, files: list[Path]) -> None:
    """Change one file: drop statements, or say something else of the same kind."""
    path = draw.choice(files)
    triples = [quad.triple for quad in turtle.read(path)]
    kinds = [iri(name) for name in _OBJECTS]
    values = {kind: [t.object for t in triples if t.predicate == kind] for kind in kinds}
    for _ in range(draw.randint(1, 12)):
        index = draw.randrange(len(triples))
        t = triples[index]
        if t.predicate in kinds and draw.random() < 0.8:
            triples[index] = Triple(t.subject, t.predicate, draw.choice(values[t.predicate]))
        elif draw.random() < 0.5:
            triples = [other for other in triples if other.subject != t.subject]
        else:
            triples.pop(index)
    path.write_text(turtle.write(triples))


@pytest.mark.parametrize("seed", range(4))
def test_any_row_of_changes_gives_the_graph_of_a_whole_build(root: Path, seed: int) -> None:
    draw = random.Random(seed)
    files = sorted((root / "data" / "runtime").glob("*.ttl"))
    for _ in range(STEPS):
        mutate(draw, files)
        assert differences(root) is None


def test_files_come_and_go(root: Path) -> None:
    path = root / "data" / "runtime" / "kserve.ttl"
    text = path.read_text()
    path.unlink()
    assert differences(root) is None
    path.write_text(text)
    assert differences(root) is None


def test_what_is_stated_and_also_follows_survives_either(root: Path) -> None:
    path = root / "data" / "component" / "knative.ttl"
    fact = next(find(store.open_compiled(), DIRECT, iri("runtime:kserve"), iri("ar:runsOn")), None) or next(
        find(store.open_compiled(), DIRECT, iri("runtime:kserve"))
    )
    stated = Triple(*fact)  # type: ignore[arg-type]
    change(path, lambda triples: [*triples, stated])
    assert differences(root) is None
    claims = root / "data" / "runtime" / "kserve.ttl"
    text = claims.read_text()
    claims.write_text(text.replace("claim-status:promoted", "claim-status:candidate"))
    assert differences(root) is None
    claims.write_text(text)
    assert differences(root) is None
    change(path, lambda triples: [t for t in triples if t != stated])
    assert differences(root) is None


def test_what_two_files_state_stays_until_neither_does(root: Path) -> None:
    one, two = (root / "data" / "component" / f"{name}.ttl" for name in ("knative", "cuda"))
    said = Triple(iri("component:knative"), iri("rdfs:comment"), iri("component:cuda"))
    change(one, lambda triples: [*triples, said])
    change(two, lambda triples: [*triples, said])
    store.build(finish=parts.write)
    change(one, lambda triples: [t for t in triples if t != said])
    assert Quad(said.subject, said.predicate, said.object, UNION) in store.open_compiled()
    change(two, lambda triples: [t for t in triples if t != said])
    assert Quad(said.subject, said.predicate, said.object, UNION) not in store.open_compiled()


def test_a_new_word_or_rule_starts_from_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_compile", _refuse)
    for path in (root / "ontology" / "vocab" / "unit.ttl", root / "ontology" / "rules" / "families-are-direct.rq"):
        path.write_text(path.read_text() + "\n")
        with pytest.raises(AssertionError, match="from nothing"):
            store.build()


def test_an_overlay_continues_the_shipped_store(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.nt"
    path.write_bytes(serialize([Triple(iri("runtime:mine"), iri("rdf:type"), iri("ar:Runtime"))], format=RdfFormat.N_TRIPLES) or b"")
    monkey = pytest.MonkeyPatch()
    monkey.setattr(store, "_compile", _refuse)
    near = graph_of(store.build([path], parts.write))
    monkey.undo()
    assert near == graph_of(store.build([path], parts.write, whole=True))
    assert Quad(iri("runtime:mine"), iri("rdf:type"), iri("ar:Component"), UNION) in store.open_compiled([path])


def test_every_direct_statement_is_about_the_subject_or_evidence_of_its_claim() -> None:
    """The law on which the continuation of a store rests."""
    compiled = store.in_memory(corpus.load())
    for (subject, _, _), rule, claim in direct(compiled):
        named = {fact[2] for name in ("ar:subject", "ar:evidence") for fact in find(compiled, UNION, claim, iri(name))}
        assert subject in named, f"{rule} concludes something about {subject} from {claim}"
