"""What many tests need: the shipped graph and a small one, each compiled once; and a cache of the
tests' own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aruntime import corpus, paths
from aruntime.cli import run
from aruntime.graph import Graph
from aruntime.model import Report
from aruntime.opening import open_graph
from aruntime.validation.validate import validate

Run = Callable[..., tuple[int, str, str]]
"""Runs one command line: exit code, standard output, standard error."""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache that no other program uses; the user's is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("ARUNTIME_CACHE", str(folder))
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
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the shipped ontology and questions, and the frozen world of the tests as data."""
    root = tmp_path_factory.mktemp("root")
    checkout = Path(__file__).resolve().parent.parent
    for name in ("ontology", "queries"):
        (root / name).symlink_to(checkout / name)
    (root / "data" / "runtime").mkdir(parents=True)
    shutil.copy(checkout / "tests" / "questions" / "world.ttl", root / "data" / "runtime")
    return root


@pytest.fixture
def small(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """The small graph; commands that run in this process answer from it too."""
    monkeypatch.setattr(paths, "_ROOT", str(small_root))
    return open_graph()


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
