"""What many tests need: the shipped graph, once; and a cache of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aruntime import corpus
from aruntime.graph import Graph
from aruntime.model import Report
from aruntime.opening import open_graph
from aruntime.validation.validate import validate


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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite expected rows; read the difference")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected rows are to be rewritten."""
    return bool(request.config.getoption("--update"))
