"""Reads files of every form into facts: which form a file has, and who reads it.

A file is read by its name, and as far as names leave that open by what stands in it; standard input
has no name, and is read as a file of the name that :func:`.naming.name_of` gives it.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from aruntime.detect import (
    compose_files,
    conda_files,
    dockerfiles,
    helm,
    json_files,
    kubernetes,
    kustomize,
    naming,
    python_files,
    walk,
)
from aruntime.detect.kustomize import Kustomization, Plan
from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Context, Wanted
from aruntime.detect.objects import walk as walk_through
from aruntime.detect.walk import File, Files
from aruntime.detect.yaml_files import (
    Budget,
    Node,
    Source,
    TooLarge,
    documents,
    get,
    items,
    pairs,
    text,
)

_STDIN: Final = File("-", "-", True)
_MAX_INCLUDED: Final = 1_000
"""Other files that one requirements file may include."""
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

    Garbage is not collected meanwhile: there is little, and looking for it among the nodes of a
    large file takes longer than reading it.

    Args:
        paths: files and folders; ``-`` stands for *stdin*.

    Raises:
        UsageError: a path does not exist.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        files = Files(path for path in paths if path != "-")
        return _Reader(files, wanted).read(stdin if "-" in paths else None)
    finally:
        if collects:
            gc.enable()


class _Reader:
    """Reads files once, with what stands beside them."""

    def __init__(self, files: Files, wanted: Wanted) -> None:
        self.files, self.wanted = files, wanted
        self.unread: list[Unread] = files.unread
        self.texts: dict[str, str | None] = {}
        self.trees: dict[str, list[tuple[Node, Source]]] = {}
        self.direct: dict[str, dict[str, str] | None] = {}
        self.variables: dict[str, dict[str, str]] = {}
        self.listed = frozenset(file.path for file in files.files)

    def read(self, stdin: str | None) -> Read:
        """The facts of all files, and of standard input."""
        plan = self._plan()
        found: list[Fact] = []
        if stdin is not None:
            self.texts[_STDIN.path] = stdin
            found += self._guarded(_STDIN, self._from_stdin(stdin))
        for file in self.files.files:
            unused, chains = plan.is_unused(file), plan.chains(file)
            roots, patch = plan.roots(file), os.path.realpath(file.path) in plan.patches
            for fact in self._guarded(file, self._facts(file, os.path.basename(file.path))):
                if unused and fact.status == "seen":
                    fact = fact._replace(status="unused", note="no kustomization leads to it")
                if roots:
                    fact = fact._replace(roots=roots, patch=fact.patch or patch)
                found += plan.applied(chains, fact)
        self.unread += plan.unread
        names = [*(["-"] if stdin is not None else []), *(f.shown for f in self.files.files)]
        return Read(tuple(found), tuple(self.unread), tuple(names))

    def _guarded(self, file: File, facts: Iterator[Fact]) -> Iterator[Fact]:
        """Facts, until a file turns out to be too large to be followed."""
        try:
            yield from facts
        except TooLarge as error:
            self.unread.append(Unread(file.shown, None, f"read in part: {error}"))
        except RecursionError:
            self.unread.append(Unread(file.shown, None, "read in part: it is nested too deep"))

    def _from_stdin(self, text: str) -> Iterator[Fact]:
        """The facts of a text without a name."""
        name = naming.name_of(text)
        if name is not None:
            yield from self._facts(_STDIN, name)
        else:
            why = (
                "of no form that is read; name the file instead" if text.strip() else "it is empty"
            )
            self.unread.append(Unread(_STDIN.shown, None, why))

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
            self.trees[file.path] = []  # what fails is not tried again
            text = self._text(file)
            if text is not None:
                plain = json_files.as_yaml(text) if text.lstrip().startswith("{") else text
                source = Source(file.shown, tuple(plain.split("\n")))
                self.trees[file.path] = list(documents(source, self.unread))
        return self.trees[file.path]

    def _facts(self, file: File, name: str) -> Iterator[Fact]:
        if name in walk.NO_READER:
            why = (
                f"{walk.NO_READER[name]} has no reader here; give an SBOM of it, as CycloneDX JSON"
            )
            self.unread.append(Unread(file.shown, None, why))
        elif name in ("Chart.yaml", "Chart.yml", "Chart.lock"):
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
            yield from self._json(file, name, text, source)
        elif name in ("pyproject.toml", *_LOCKS) or (
            name.startswith("pylock.") and name.endswith(".toml")
        ):
            content = python_files.parsed(text, source, self.unread)
            if content is not None and name == "pyproject.toml":
                yield from python_files.project_facts(content, source, self.unread)
            elif content is not None:
                yield from python_files.lock_facts(content, source, self._direct(file))
        elif name.endswith((".txt", ".in", ".lock")):
            yield from self._requirements(file, text, source, {file.path})
        elif walk.is_dockerfile(name):
            yield from dockerfiles.facts(source, self.wanted, self.unread)
        else:
            why = (
                "only the JSON form of SBOMs is read"
                if "spdx" in name or "cdx" in name or name.endswith("bom.xml")
                else "no form that is read"
            )
            self.unread.append(Unread(file.shown, None, why))

    def _json(self, file: File, name: str, text: str, source: Source) -> Iterator[Fact]:
        content = json_files.parsed(text, source, self.unread)
        if content is None:
            return
        if name == "package.json":
            yield from json_files.package_facts(content, text, source)
        elif name in ("package-lock.json", "npm-shrinkwrap.json"):
            yield from json_files.lock_facts(content, text, source)
        elif json_files.is_sbom(content):
            yield from json_files.sbom_facts(content, text, source)
        elif json_files.is_deployment(content):
            yield from self._yaml(file)
        else:
            self.unread.append(Unread(file.shown, None, "JSON of no form that is read"))

    def _requirements(
        self, file: File, text: str, source: Source, seen: set[str]
    ) -> Iterator[Fact]:
        included = set[str]()
        for found in python_files.requirement_facts(source, self.unread):
            if isinstance(found, Fact):
                yield found
                continue
            if found in included:
                continue
            included.add(found)
            if len(included) > _MAX_INCLUDED:
                why = f"from {found} on: it includes more than {_MAX_INCLUDED} files"
                self.unread.append(Unread(file.shown, None, why))
                return
            other = self._beside(file, found)
            if other is None:
                why = f"{found}, which it includes, is not there or leads out of the folder"
                self.unread.append(Unread(file.shown, None, why))
            elif other.path not in seen and other.path not in self.listed:
                seen.add(other.path)
                below = self._text(other)
                if below is not None:
                    inside = Source(other.shown, tuple(below.split("\n")))
                    yield from self._requirements(other, below, inside, seen)

    def _beside(self, file: File, name: str) -> File | None:
        """What stands beside a file; nothing stands beside standard input."""
        return None if file is _STDIN else self.files.beside(file, name)

    def _direct(self, file: File) -> dict[str, str] | None:
        """What the project beside a lock asks for."""
        project = self._beside(file, "pyproject.toml")
        if project is None:
            return None
        if project.path not in self.direct:
            text = self._text(project)
            content = python_files.parsed(text, Source("", ()), []) if text is not None else None
            found = python_files.direct_of(content) if content is not None else None
            self.direct[project.path] = found
        return self.direct[project.path]

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
                self.unread += compose_files.left_out(node, source)
                yield from compose_files.facts(node, source, self.wanted, budget, variables)
            elif conda_files.is_environment(node):
                yield from conda_files.facts(node, source, budget, self.unread)
            elif pairs(node) and self._is_values(file, chart, node):
                folder = _folder(chart) if chart is not None else file.shown
                context = Context(source, self.wanted, folder, "values", folder, folder, budget)
                yield from walk_through(node, context)
                if chart is not None and os.path.basename(file.path) == "values.yaml":
                    for tree, _ in self._tree(chart)[:1]:
                        yield from helm.switch_facts(tree, node, source, budget, folder)
            else:
                continue
            forms += 1
        if not forms and (file is _STDIN or self.trees.get(file.path)):
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
        env = self._beside(file, ".env")
        if env is None:
            return {}
        if env.path not in self.variables:
            self.variables[env.path] = compose_files.variables_of(self._text(env) or "")
        return self.variables[env.path]

    def _chart_of(self, file: File) -> File | None:
        """The chart that a file belongs to."""
        for level in ("Chart.yaml", "../Chart.yaml", "../../Chart.yaml"):
            chart = self._beside(file, level)
            if chart is not None:
                return chart
        return None

    def _values(self, chart: File) -> Node | None:
        values = self._beside(chart, "values.yaml")
        trees = self._tree(values) if values is not None else []
        return trees[0][0] if trees else None

    def _chart(self, file: File) -> Iterator[Fact]:
        for node, source in self._tree(file)[:1]:
            if file.path.endswith(".lock") and get(node, "dependencies") is None:
                continue
            yield from helm.chart_facts(node, source, self._values(file), _folder(file))

    def _kustomization(self, file: File) -> Iterator[Fact]:
        budget = Budget()
        for node, source in self._tree(file)[:1]:
            k = Kustomization(file, node, source)
            yield from kustomize.facts(k, self.wanted)
            for patch, where in kustomize.patches(k, budget):
                if kubernetes.is_object(patch):
                    for fact in kubernetes.facts(patch, where, self.wanted, budget):
                        yield fact._replace(patch=True)
                for step in items(patch):
                    path = text(get(step, "path")) or ""
                    if path.rpartition("/")[2] in (*self.wanted.fields, "image", "args"):
                        why = f"a JSON patch is not applied: {path}"
                        self.unread.append(Unread(file.shown, where.of(step).line, why))


def _folder(chart: File) -> str:
    """How a chart is called: by its folder."""
    return os.path.dirname(chart.shown) or "."
