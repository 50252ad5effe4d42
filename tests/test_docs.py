"""Documentation is tested: what it names exists, and what it shows runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from aruntime import questions
from aruntime.cli import COMMANDS, group, run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SHOWN = [line for line in re.findall(r"`(aruntime [^`]+)`", README) if "…" not in line and not re.search(r"[A-Z]{3,}|my-data", line)]


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.commands]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_named_in_the_documentation(name: str) -> None:
    assert re.search(rf"aruntime {name}\b", README + CONTRIBUTING + (ROOT / "docs" / "commands.md").read_text("utf-8")), name


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_ends_with_an_example(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"Example:\s+\S*.*aruntime", text.replace("\n", " ")), text


@pytest.mark.parametrize("line", SHOWN)
def test_command_shown_in_the_readme_runs(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = shlex.split(line, comments=False)[1:]
    assert run(arguments) in (0, 1), capsys.readouterr().err
    assert capsys.readouterr().out


def test_readme_shows_what_the_command_prints(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    block = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert block is not None
    assert run(["compose", "kserve", "vllm", "--format", "table"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for line in block.group(1).splitlines():
        if line.strip() not in ("", "…"):
            assert " ".join(line.split()) in printed, line


def test_readme_is_one_screen_of_each_thing() -> None:
    assert len(README.splitlines()) <= 100


@pytest.mark.parametrize("name", sorted(set(re.findall(r"aruntime ask ([a-z][a-z-]+)", README + CONTRIBUTING))))
def test_question_named_in_the_documentation_exists(name: str) -> None:
    assert name in questions.names()


def test_links_lead_somewhere() -> None:
    for text in (README, CONTRIBUTING):
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / target).exists(), target


def test_command_reference_is_current() -> None:
    """docs/commands.md is what the commands say of themselves: python tests/command_reference.py > docs/commands.md."""
    from tests.command_reference import reference

    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == reference()
