"""What is shipped and what it is built from: versions that agree, dependencies that are bounded,
locked and licensed, and a wheel that is the same wherever it is built."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from aruntime.model import text
from aruntime.namespaces import iri
from aruntime.publication.edition import ONTOLOGY
from aruntime.turtle import read

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = ROOT / "requirements" / "ci.lock"
EXTRAS = ("test", "lint", "release")
"""What the lock holds beside the program's own dependencies."""
LICENCES = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1",
    "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "CC0-1.0", "W3C-20150513",
}  # fmt: skip
"""Licences of dependencies, as SPDX names them, that anybody can use this program under."""
NAMES = {
    "apache 2": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0", "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause", "bsd license": "BSD-3-Clause", "3-clause bsd": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause", "bsd 3-clause or apache-2.0": "BSD-3-Clause", "isc license (iscl)": "ISC", "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense", "w3c software and document license": "W3C-20150513",
    "w3c license": "W3C-20150513",
}  # fmt: skip
"""What packages call a licence in free text or in a classifier, with its SPDX name."""
TOLD = {
    "frozendict": "LGPL-3.0-only",
    "owlready2": "LGPL-3.0-or-later",
    "pyrudof": "MIT OR Apache-2.0",
}
"""Packages of the tests alone whose metadata name no licence of the list, with their licence."""


def requirements(*extras: str) -> Iterator[Requirement]:
    """What the project asks for, extras included, its own extras opened."""
    optional = PROJECT["optional-dependencies"]
    for line in (*PROJECT["dependencies"], *(one for extra in extras for one in optional[extra])):
        found = Requirement(line)
        if found.name == PROJECT["name"]:
            yield from (r for r in requirements(*found.extras) if str(r) not in _own())
        else:
            yield found


def _own() -> set[str]:
    return {str(Requirement(line)) for line in PROJECT["dependencies"]}


def locked() -> dict[str, list[tuple[str, int]]]:
    """Versions of each package in the lock, most often one, with the number of their hashes."""
    found: dict[str, list[tuple[str, int]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.read_text()):
        if match := re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", block):
            hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)
            found.setdefault(canonicalize_name(match[1]), []).append((match[2], len(hashes)))
    return found


def test_versions_agree() -> None:
    version = PROJECT["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == version
    heading = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heading is not None
    assert heading.groups() == (version, str(citation["date-released"]))
    header = {
        name: {
            text(quad.object)
            for quad in read(ROOT / "ontology" / "aruntime.ttl")
            if quad.subject == ONTOLOGY and quad.predicate == iri(name)
        }
        for name in ("owl:versionInfo", "owl:versionIRI", "owl:priorVersion", "dcterms:issued")
    }
    assert header == {
        "owl:versionInfo": {version},
        "owl:versionIRI": {f"{ONTOLOGY.value}/{version}"},
        "owl:priorVersion": {f"{ONTOLOGY.value}/0.1.0"},
        "dcterms:issued": {f"{citation['date-released']}T00:00:00Z"},
    }
    assert metadata.version("aruntime") == version, "install the checkout again"


def test_dependencies_are_bounded_on_both_sides() -> None:
    every = requirements(*PROJECT["optional-dependencies"])
    for found in (*every, Requirement("hatchling>=1.27,<2")):
        operators = {specifier.operator for specifier in found.specifier}
        assert {">=", "<"} <= operators, found


def test_reference_tools_come_with_the_program() -> None:
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert {"rdflib", "pyshacl", "owlrl"} <= names


def test_lock_holds_every_dependency_within_its_range() -> None:
    found = locked()
    for wanted in requirements(*EXTRAS):
        for version, _ in found[canonicalize_name(wanted.name)]:
            assert wanted.specifier.contains(Version(version)), wanted
    bare = {name for name, pins in found.items() for _, hashes in pins if not hashes}
    assert bare == set()


def test_lock_names_no_registry() -> None:
    lines = LOCK.read_text().splitlines()
    options = [line for line in lines if line.startswith("-") or "://" in line or "file:" in line]
    assert options == []
    assert any("uv pip compile" in line for line in lines if line.startswith("#"))


def installed(name: str, seen: set[str], extras: frozenset[str] = frozenset()) -> None:
    """Add a package and all that it needs here to a set of names."""
    key = canonicalize_name(name)
    if key in seen:
        return
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    seen.add(key)
    for line in found.requires or ():
        wanted = Requirement(line)
        marks = [{"extra": extra} for extra in (*extras, "")]
        if wanted.marker is None or any(wanted.marker.evaluate(mark) for mark in marks):
            installed(wanted.name, seen, frozenset(wanted.extras))


def licences(name: str) -> set[str]:
    """The licences of an installed package, as SPDX names them where they are known."""
    found = metadata.metadata(name)
    if expression := found.get("License-Expression"):
        return set(re.split(r" (?:AND|OR|WITH) |[()]", expression)) - {""}
    prefix = "License :: "
    classifiers = [c for c in found.get_all("Classifier") or () if c.startswith(prefix)]
    told = [c.rpartition(" :: ")[2] for c in classifiers if c != "License :: OSI Approved"]
    told = told or [
        (found.get("License") or "").strip().splitlines()[0] if found.get("License") else ""
    ]
    return {NAMES.get(one.lower().strip(), one) for one in told}


def test_licences_are_permissive() -> None:
    names: set[str] = set()
    for wanted in requirements(*EXTRAS):
        installed(wanted.name, names, frozenset(wanted.extras))
    assert {"rdflib", "pyoxigraph", "pyparsing", "mcp", "pytest"} <= names
    wrong = {n: licences(n) for n in names if n not in TOLD and not licences(n) <= LICENCES}
    assert wrong == {}, "say in LICENCES or NAMES what these are, or do without the package"


def test_what_users_install_has_no_copyleft() -> None:
    """Packages of the program and of its extras for users, those of the tests left out."""
    names: set[str] = set()
    for wanted in requirements("mcp", "pandas", "serve", "site"):
        installed(wanted.name, names, frozenset(wanted.extras))
    assert names.isdisjoint(TOLD)


def built(source: Path, folder: Path, epoch: str) -> dict[str, str]:
    """Digests of the wheel and the source archive, built in a copy of a checkout."""
    ignored = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", "build", "dist")
    shutil.copytree(source, folder, ignore=ignored, copy_function=shutil.copyfile)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "dist").iterdir()}


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    """The second copy is one of the first, so that a file saved meanwhile makes no difference."""
    here, elsewhere = tmp_path / "here", tmp_path / "some" / "where" / "else"
    first = built(ROOT, here, "1764288000")
    second = built(here, elsewhere, "1764288000")
    assert set(first) == {
        f"aruntime-{PROJECT['version']}-py3-none-any.whl",
        f"aruntime-{PROJECT['version']}.tar.gz",
    }
    assert first == second
