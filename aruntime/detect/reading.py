"""Reads files of every form into facts: which form a file has, and who reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from aruntime.detect import compose_files, helm, json_files, kubernetes, kustomize, python_files
from aruntime.detect.kustomize import Kustomization, Plan
from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Wanted
from aruntime.detect.walk import File, Files
from aruntime.detect.yaml_files import Budget, Node, Source, TooLarge, documents, get, pairs

_LOCKS: Final = ("uv.lock", "poetry.lock", "pdm.lock")
_YAML: Final = (".yaml", ".yml", ".lock")


class Read(NamedTuple):
    """What files said.

    Attributes:
        files: the files that were read, as they are shown.
    """

    facts: tuple[Fact, ...]
    unread: tuple[Unread, ...]
    files: tuple[str, ...]


def read_paths(paths: Sequence[str], wanted: Wanted, stdin: str | None = None) -> Read:
    """The facts of files and folders.

    Args:
        paths: files and folders; ``-`` stands for *stdin*.

    Raises:
        UsageError: a path does not exist.
    """
    return _Reader(Files(path for path in paths if path != "-"), wanted).read(
        stdin if "-" in paths else None
    )


class _Reader:
    """Reads files once, with what stands beside them."""

    def __init__(self, files: Files, wanted: Wanted) -> None:
        self.files, self.wanted = files, wanted
        self.unread: list[Unread] = files.unread
        self.texts: dict[str, str | None] = {}
        self.trees: dict[str, list[tuple[Node, Source]]] = {}

    def read(self, stdin: str | None) -> Read:
        """The facts of all files, and of standard input."""
        self.plan = self._plan()
        found: list[Fact] = []
        if stdin is not None:
            source = Source("-", tuple(stdin.split("\n")))
            found += self._guarded("-", kubernetes.read(source, self.wanted, self.unread))
        for file in self.files.files:
            for fact in self._guarded(file.shown, self._facts(file)):
                if self.plan.is_unused(file) and fact.status == "seen":
                    fact = fact._replace(status="unused", note="no kustomization leads to it")
                found += self.plan.applied(file, fact)
        self.unread += self.plan.unread
        names = [*(["-"] if stdin is not None else []), *(f.shown for f in self.files.files)]
        return Read(tuple(kubernetes.without_templates(found)), tuple(self.unread), tuple(names))

    def _guarded(self, shown: str, facts: Iterator[Fact]) -> Iterator[Fact]:
        """Facts, until a file turns out to be too large to be followed."""
        try:
            yield from facts
        except TooLarge as error:
            self.unread.append(Unread(shown, None, f"read in part: {error}"))
        except RecursionError:
            self.unread.append(Unread(shown, None, "read in part: it is nested too deep"))

    def _plan(self) -> Plan:
        found = []
        for file in self.files.files:
            if os.path.basename(file.path) in kustomize.NAMES:
                for node, source in self._tree(file)[:1]:
                    found.append(Kustomization(file, node, source))
        return Plan(found, self.files)

    def _text(self, file: File) -> str | None:
        if file.path not in self.texts:
            self.texts[file.path] = self.files.text(file)
        return self.texts[file.path]

    def _tree(self, file: File) -> list[tuple[Node, Source]]:
        if file.path not in self.trees:
            text = self._text(file)
            source = Source(file.shown, tuple((text or "").split("\n")))
            found = documents(source, self.unread)
            self.trees[file.path] = [] if text is None else list(found)
        return self.trees[file.path]

    def _facts(self, file: File) -> Iterator[Fact]:
        name = os.path.basename(file.path)
        if name in ("Chart.yaml", "Chart.yml", "Chart.lock"):
            yield from self._chart(file)
        elif name in kustomize.NAMES:
            yield from self._kustomization(file)
        elif name.endswith(_YAML) and name not in _LOCKS and not name.endswith("requirements.lock"):
            yield from self._yaml(file)
        else:
            text = self._text(file)
            if text is not None:
                source = Source(file.shown, tuple(text.split("\n")))
                yield from self._other(file, name, text, source)

    def _other(self, file: File, name: str, text: str, source: Source) -> Iterator[Fact]:
        if name.endswith(".json"):
            content = json_files.parsed(text, source, self.unread)
            if name == "package.json":
                yield from json_files.package_facts(content, text, source)
            elif name in ("package-lock.json", "npm-shrinkwrap.json"):
                yield from json_files.lock_facts(content, text, source)
            elif json_files.is_sbom(content):
                yield from json_files.sbom_facts(content, text, source)
            elif content is not None and file.given:
                self.unread.append(Unread(file.shown, None, "JSON of no form that is read"))
        elif name == "pyproject.toml":
            content = python_files.parsed(text, source, self.unread)
            if content is not None:
                yield from python_files.project_facts(content, source, self.unread)
        elif name in _LOCKS or (name.startswith("pylock.") and name.endswith(".toml")):
            content = python_files.parsed(text, source, self.unread)
            if content is not None:
                yield from python_files.lock_facts(content, source, self._direct(file))
        elif name.endswith((".txt", ".lock")):
            yield from self._requirements(file, text, source, {file.path})
        else:
            why = (
                "only the JSON form of SBOMs is read"
                if "spdx" in name or "cdx" in name
                else "no form that is read"
            )
            self.unread.append(Unread(file.shown, None, why))

    def _requirements(
        self, file: File, text: str, source: Source, seen: set[str]
    ) -> Iterator[Fact]:
        for found in python_files.requirement_facts(text, source, self.unread):
            if isinstance(found, Fact):
                yield found
                continue
            other = self.files.beside(file, found)
            if other is None:
                why = f"{found}, which it includes, is not there or leads out of the folder"
                self.unread.append(Unread(file.shown, None, why))
            elif other.path not in seen and other.path not in {f.path for f in self.files.files}:
                seen.add(other.path)
                below = self._text(other)
                if below is not None:
                    inside = Source(other.shown, tuple(below.split("\n")))
                    yield from self._requirements(other, below, inside, seen)

    def _direct(self, file: File) -> python_files.Direct | None:
        """What the project beside a lock asks for."""
        project = self.files.beside(file, "pyproject.toml")
        text = self._text(project) if project is not None else None
        if text is None:
            return None
        content = python_files.parsed(text, Source("", ()), [])
        return python_files.direct_of(content) if content is not None else None

    def _yaml(self, file: File) -> Iterator[Fact]:
        text = self._text(file)
        if text is None:
            return
        chart = self._chart_of(file)
        if chart is not None and "{{" in text and "templates" in file.shown.split("/"):
            source = Source(file.shown, tuple(text.split("\n")))
            yield from helm.template_facts(source, self.wanted, self._values(chart), _folder(chart))
            return
        budget, forms = Budget(), 0
        for node, source in self._tree(file):
            if kubernetes.is_object(node):
                yield from kubernetes.facts(node, source, self.wanted, budget)
            elif compose_files.is_compose(node):
                variables = self._variables(file)
                yield from compose_files.facts(node, source, self.wanted, budget, variables)
            elif pairs(node) and self._is_values(file, chart, node):
                folder = _folder(chart) if chart is not None else file.shown
                yield from helm.values_facts(node, source, self.wanted, budget, folder)
                if chart is not None and os.path.basename(file.path) == "values.yaml":
                    for tree, _ in self._tree(chart)[:1]:
                        yield from helm.switch_facts(tree, node, source, folder)
            else:
                continue
            forms += 1
        if not forms and self.trees.get(file.path):
            self.unread.append(Unread(file.shown, None, "YAML of no form that is read"))

    def _is_values(self, file: File, chart: File | None, node: Node) -> bool:
        named = "values" in os.path.basename(file.path)
        known = any(key.value in self.wanted.fields for key, _ in pairs(node))
        return (
            named
            or known
            or (chart is not None and os.path.dirname(chart.path) == os.path.dirname(file.path))
        )

    def _variables(self, file: File) -> dict[str, str]:
        env = self.files.beside(file, ".env")
        text = self._text(env) if env is not None else None
        return compose_files.variables_of(text or "")

    def _chart_of(self, file: File) -> File | None:
        """The chart that a file belongs to."""
        for level in ("Chart.yaml", "../Chart.yaml", "../../Chart.yaml"):
            chart = self.files.beside(file, level)
            if chart is not None:
                return chart
        return None

    def _values(self, chart: File) -> Node | None:
        values = self.files.beside(chart, "values.yaml")
        trees = self._tree(values) if values is not None else []
        return trees[0][0] if trees else None

    def _chart(self, file: File) -> Iterator[Fact]:
        for node, source in self._tree(file)[:1]:
            if file.path.endswith(".lock") and get(node, "dependencies") is None:
                continue
            yield from helm.chart_facts(node, source, self._values(file), _folder(file))

    def _kustomization(self, file: File) -> Iterator[Fact]:
        for node, source in self._tree(file)[:1]:
            k = Kustomization(file, node, source)
            yield from kustomize.facts(k, self.wanted)
            for patch, where in kustomize.patches(k):
                if kubernetes.is_object(patch):
                    yield from kubernetes.facts(patch, where, self.wanted, Budget())


def _folder(chart: File) -> str:
    """How a chart is called: by its folder."""
    return os.path.dirname(chart.shown) or "."
