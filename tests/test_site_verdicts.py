"""The browser's reading of a judged stack (static/verdicts.js, static/stack.js) and that of
aruntime/verdicts.py are two programs for one task: here they read the same stacks alike, field by
field. Verdicts themselves come from the same queries in both."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aruntime.composition import Composition
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import slug
from aruntime.opening import open_graph
from aruntime.site import engine
from aruntime.site.composer import Composer
from aruntime.stack import Stack
from aruntime.verdicts import judged
from tests.site_packages import PACKAGES, STATIC

pytestmark = pytest.mark.slow
NODE = shutil.which("node")
DRIVER = Path(__file__).with_name("site_driver.mjs")
VERSIONS = ("0.9", "1.0", "1.0.0", "1.0.1", "v1.0", "1.0rc1", "1.5", "2.0", "nightly-3")


class Asked(NamedTuple):
    """A stack: components, configurations that are chosen, versions in use."""

    names: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


class Reader:
    """The browser's program in Node, which has read what a graph says of some components."""

    def __init__(self, composer: Composer, names: Iterable[str], folder: Path) -> None:
        assert NODE is not None
        self.composer = composer
        for file in STATIC.glob("*.js"):
            shutil.copy(file, folder)
        (folder / "package.json").write_text('{"type": "module"}')
        self.process = subprocess.Popen(
            [NODE, str(DRIVER), str(folder), str(PACKAGES / "node_modules")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        facts = {n: engine.ntriples(composer.component(n).facts).decode() for n in names}
        self._send({
            "queries": engine.stack_queries(), "facts": facts,
            "vocabulary": engine.ntriples(composer.vocabulary).decode(),
        })  # fmt: skip

    def _send(self, task: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()

    def compose(self, asked: Asked) -> dict[str, Any]:
        """The composition that the browser shows."""
        components = [{"name": n, "iri": self.composer.component(n).iri} for n in asked.names]
        self._send({"components": components, "chosen": asked.chosen, "versions": dict(asked.versions)})  # fmt: skip
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in found, found["error"]
        return found


def here(composer: Composer, asked: Asked) -> Composition:
    """The composition that the command line shows."""
    stack = Stack(composer.vocabulary, map(composer.component, asked.names), dict(asked.versions))
    for component, configuration in asked.chosen:
        stack.choose(component, configuration)
    return judged(stack)


def plain(found: dict[str, Any]) -> Any:
    """Limits have no order of their own."""
    found = json.loads(json.dumps(found))
    found["limits"] = sorted(found["limits"], key=lambda claim: claim["claim"])
    return found


def options(graph: Graph) -> dict[str, list[str]]:
    """Configurations by component."""
    found: dict[str, list[str]] = {}
    for row in graph.engine.select(CONFIGURATIONS, {}).records():
        found.setdefault(slug(row["component"] or ""), []).append(slug(row["node"] or "").partition("#")[2])  # fmt: skip
    return found


CONFIGURATIONS = """PREFIX ar: <https://w3id.org/aruntime/ns#>
SELECT ?component ?node
WHERE {
  ?node a ar:Configuration ; ar:ofComponent ?component .
}
ORDER BY ?component ?node"""


def varied(
    names: tuple[str, ...], known: dict[str, list[str]], chance: random.Random
) -> Iterator[Asked]:
    """A stack as it comes, with each configuration alone, and with several and versions."""
    yield Asked(names, (), ())
    each = [(name, option) for name in names for option in known.get(name, ())]
    for pair in each:
        yield Asked(names, (pair,), ())
    for _ in range(3):
        chosen = tuple(chance.sample(each, min(len(each), chance.randint(0, 2))))
        given = chance.sample(names, chance.randint(1, len(names)))
        yield Asked(names, chosen, tuple((name, chance.choice(VERSIONS)) for name in given))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if NODE is None:
        pytest.skip("needs Node")
    if not (PACKAGES / "node_modules" / "oxigraph" / "node.js").is_file():
        pytest.skip("needs the query engine: npm install oxigraph, see aruntime/site/engine.py")
    return tmp_path


def compared(graph: Graph, names: Iterable[str], stacks: Iterable[Asked], folder: Path) -> int:
    """How many stacks both read alike; those with options that exclude each other cannot be asked for."""
    composer = Composer(graph)
    reader = Reader(composer, names, folder)
    count = 0
    with reader.process as process:  # which ends when its input does
        for asked in stacks:
            try:
                expected = here(composer, asked).json()
            except UsageError:
                continue
            assert plain(reader.compose(asked)) == plain(expected), asked
            count += 1
        process.kill()
    return count


def test_every_stack_of_the_small_graph_is_read_alike(small: Graph, folder: Path) -> None:
    names = [slug(row["runtime"] or "") for row in small.engine.select(RUNTIMES, {}).records()]
    known = options(small)
    chance = random.Random(11)
    subsets = chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))
    stacks = [asked for subset in subsets for asked in varied(subset, known, chance)]
    assert len(stacks) > 60
    assert compared(small, names, stacks, folder) >= 0.9 * len(stacks)


RUNTIMES = """PREFIX ar: <https://w3id.org/aruntime/ns#>
SELECT ?runtime
WHERE {
  ?runtime a ar:Runtime .
}
ORDER BY ?runtime"""


def test_random_stacks_of_the_shipped_graph_are_read_alike(own_cache: Path, folder: Path) -> None:
    graph = open_graph(in_memory=True)
    names = [slug(row["runtime"] or "") for row in graph.engine.select(RUNTIMES, {}).records()]
    known = options(graph)
    chance = random.Random(11)
    stacks = []
    for _ in range(50):
        some = tuple(chance.sample(names, chance.randint(2, 6)))
        each = [(name, option) for name in some for option in known.get(name, ())]
        chosen = tuple(chance.sample(each, min(len(each), chance.randint(0, 3))))
        given = tuple((name, chance.choice(VERSIONS)) for name in some if chance.random() < 0.3)
        stacks.append(Asked(some, chosen, given))
    used = sorted({name for asked in stacks for name in asked.names})
    assert compared(graph, used, stacks, folder) >= 45
