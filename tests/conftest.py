"""What many tests need: the shipped graph and a small one, each compiled once for all workers; and a
cache of the tests' own.
"""

from __future__ import annotations

import fcntl
import gc
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from aruntime import build, corpus, paths
from aruntime.cli import run
from aruntime.graph import Graph
from aruntime.model import Report
from aruntime.opening import open_graph
from aruntime.validation.validate import validate

gc.set_threshold(50_000)  # by default a seventh of the time goes into looking for garbage
settings.register_profile("aruntime", deadline=None, derandomize=True)
settings.load_profile("aruntime")  # red means that something changed, not that the machine is busy

WORLD = Path(__file__).parent / "questions" / "world.ttl"
"""A frozen graph of four runtimes, whose answers are written down."""

Run = Callable[..., tuple[int, str, str]]
"""Runs one command line: exit code, standard output, standard error."""


def every_third(names: Iterable[str]) -> list[object]:
    """All of *names* as parameters; two of three are slow tests."""
    slow = pytest.mark.slow
    return [n if place % 3 == 0 else pytest.param(n, marks=slow) for place, n in enumerate(names)]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common; of a run that seeds faults, all runs."""
    if given := os.environ.get("ARUNTIME_TESTS_SHARED"):
        Path(given).mkdir(exist_ok=True)
        return Path(given)
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def once(place: Path, make: Callable[[Path], object]) -> Path:
    """*place*, made by whichever worker needs it first, while the others wait for it."""
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            scratch = place.with_name(f".{place.name}.new")
            make(scratch)
            scratch.rename(place)
    return place


@pytest.fixture(scope="session", autouse=True)
def own_cache(shared: Path) -> Iterator[Path]:
    """A cache that no other program uses; the user's is left alone.

    Whichever worker needs a store first compiles it, while the others wait (see
    :func:`aruntime.build.open_or_build`). None is forgotten, however many overlays are compiled.
    """
    with pytest.MonkeyPatch.context() as patch:
        folder = shared / "cache"
        folder.mkdir(exist_ok=True)
        patch.setenv("ARUNTIME_CACHE", str(folder))
        patch.setattr(build, "KEEP", 1_000)
        yield folder


@pytest.fixture(scope="session")
def graph(own_cache: Path) -> Graph:
    """The shipped graph."""
    return open_graph()


@pytest.fixture(scope="session")
def shipped() -> corpus.Corpus:
    """The shipped files' triples."""
    return corpus.load()


@pytest.fixture(scope="session")
def report() -> Report:
    """What every rule finds in the shipped files."""
    return validate()


@pytest.fixture(scope="session")
def small_root(shared: Path) -> Path:
    """A root with the shipped ontology and questions, and the frozen world of the tests as data."""
    return once(shared / "small", frozen_world)


def frozen_world(root: Path, world: str = WORLD.read_text("utf-8")) -> None:
    """Each runtime of the world in a folder of its own, as the shipped ones are."""
    root.mkdir()
    checkout = Path(__file__).resolve().parent.parent
    for name in ("ontology", "queries"):
        (root / name).symlink_to(checkout / name)
    head, _, blocks = world.partition("\n\n")
    for block in blocks.split("\n\n"):
        runtime = re.match(r"(?:runtime:)?(engine|flow|frame|server)\b[:\n ]", block)
        folder = root / "data" / (f"runtime/{runtime[1]}" if runtime else "other")
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "about.ttl"
        file.write_text(f"{file.read_text() if file.exists() else head}\n\n{block}")


@pytest.fixture
def small(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """The small graph; commands that run in this process answer from it too."""
    monkeypatch.setattr(paths, "_ROOT", str(small_root))
    return open_graph()


@pytest.fixture
def small_program(small_root: Path, tmp_path: Path) -> str:
    """A command line that starts the program on the frozen world, in a process of its own."""
    script = tmp_path / "program.py"
    script.write_text(
        f"""from aruntime import paths
paths._ROOT = {str(small_root)!r}
if __name__ == "__main__":
    from aruntime.__main__ import main
    main()
"""
    )
    return f"{sys.executable} {script}"


@pytest.fixture
def aruntime(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return command


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite expected rows; read the difference"
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected rows are to be rewritten."""
    return bool(request.config.getoption("--update"))
