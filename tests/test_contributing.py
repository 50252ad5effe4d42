"""The recipe of CONTRIBUTING.md, step by step as a newcomer would take it, on a tiny repository."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from aruntime import paths
from tests.conftest import Run
from tests.test_evidence import commit, git
from tests.test_overlay import make_world

RECIPE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text("utf-8")
DESIGN = b"""# Design

The scheduler chooses, at each step, which sequences run in the engine.
It batches_sequences of all requests that are under way.

Releases are made every month; the project is maintained and active.
It serves generative models over HTTP.
"""
FILLED = {
    "family:TODO": "family:generative-model",
    "lifecycle:TODO": "lifecycle:active",
    "responsibility:TODO": "responsibility:inference-api",
    "stance:TODO": "stance:native",
    "unit:TODO": "unit:request",
    "layer:TODO": "layer:3",
    "scope:TODO": "scope:process",
    "TODO one sentence that says what it is.": "An engine that serves language models.",
    "https://example.org/TODO": "https://acme.example/",
    "TODO one plain sentence that the cited lines support.": "The engine serves models over HTTP.",
}


def commands() -> list[list[str]]:
    """The recipe's commands, in order."""
    (block,) = re.findall(r"```sh\n(.*?)```", RECIPE, re.DOTALL)
    lines = [line for line in block.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    return [shlex.split(part) for line in lines for part in line.split("&&")]


def fill_in(path: Path) -> None:
    """What a person does with an editor."""
    text = path.read_text()
    for left, filled in FILLED.items():
        text = text.replace(left, filled)
    path.write_text(text)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with another runtime, and beside it a clone that has no remote."""
    root = make_world(tmp_path / "checkout")
    monkeypatch.setattr(paths, "root", lambda: root)
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    clone = tmp_path / "clone"
    (clone / "docs").mkdir(parents=True)
    git(clone, "init", "-q", "-b", "main")
    (clone / "docs" / "design.md").write_bytes(DESIGN)
    commit(clone, "one", "v1.2")
    monkeypatch.chdir(root)
    return root


def test_the_recipe_ends_conforming(aruntime: Run, checkout: Path) -> None:
    *first, pin, fmt, validate = commands()
    assert [words[1:3] for words in first[:3]] == [
        ["new", "agent"],
        ["new", "source"],
        ["new", "runtime"],
    ]
    for words in first:
        code, out, err = aruntime(*words[1:])
        assert (code, err) == (0, ""), words
        assert all(Path(line).is_file() for line in out.splitlines())
    folder = checkout / "data" / "runtime" / "my-engine"
    fill_in(folder / "claims.ttl")
    fill_in(folder / "about.ttl")
    clone = str(checkout.parent / "clone")
    pin = [clone if word == "CLONE" else word for word in pin[1:]]
    for name in ("batches", "family", "lifecycle", "owns-something"):
        said = [word.replace("#batches", f"#{name}") for word in pin]
        assert aruntime(*said)[0] == 0, (
            "the code repository stands in for the remote that is not there"
        )
    code, out, _ = aruntime(*validate[1:], "--format", "json")
    assert code == 1 and "TODO" not in out, "nobody has read it yet"
    about = folder / "about.ttl"
    outcome = re.findall(r"`(ar:reviewOutcome [^`]+)`", RECIPE)[0]
    about.write_text(
        about.read_text().replace("    a ar:Reading ;", f"    a ar:Reading ; {outcome}")
    )
    assert aruntime(*fmt[1:])[0] == 0
    code, out, err = aruntime(*validate[1:], "--fail-on", "warning", "--format", "table")
    assert (code, out) == (0, ""), out
    assert err.startswith("conforms: 0 findings")
    assert {path.name for path in folder.iterdir()} == {"about.ttl", "claims.ttl", "pins.ttl"}
    assert aruntime("show", "my-engine#batches")[0] == 0


def test_the_recipe_is_shorter_than_a_screen() -> None:
    section = RECIPE.partition("## Add a runtime")[2].partition("\n## ")[0]
    assert len(section.splitlines()) <= 35
