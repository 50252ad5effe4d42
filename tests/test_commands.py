"""What commands print, to the letter, on the frozen world: ``tests/commands/<command>/<case>.console``.

A case is a transcript in the form of the documentation (:mod:`tests.transcripts`), as a terminal of
100 columns without colours shows it: the command line after ``$``, then standard output, then
standard error. ``$ echo $?`` prints the exit code of the command before it, ``| grep TEXT`` keeps
the lines that hold a text, ``␍`` shows the carriage return that ends a line of CSV, and ``…`` stands
for what this machine or a larger vocabulary decides.

After a change that is meant, ``pytest tests/test_commands.py --update`` writes the transcripts
anew: the reviewer reads the difference as an answer that changed.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from aruntime.cli import COMMANDS
from aruntime.graph import Graph
from tests import transcripts
from tests.conftest import Run

FOLDER = Path(__file__).parent / "commands"
CASES = sorted(str(p.relative_to(FOLDER).with_suffix("")) for p in FOLDER.glob("*/*.console"))
EVERY_FORM = ("table", "tsv", "csv", "json", "markdown")
PINNED = {
    "compose": (*EVERY_FORM, "mermaid", "svg"),
    "compare": EVERY_FORM,
    "select": EVERY_FORM,
    "show": EVERY_FORM,
    "why": EVERY_FORM,
    "search": EVERY_FORM,
    "stats": EVERY_FORM,
    "doctor": EVERY_FORM,
    "export": ("turtle", "trig", "nquads", "ntriples"),
}
"""Forms of output that some transcript of a command must show. JSON-LD and RDF/XML are one line of
megabytes, and compared as graphs (tests/test_files.py)."""


def printed(line: str, run: Run, code: int) -> tuple[int, list[str]]:
    """Exit code and lines of one command line of a transcript.

    Args:
        code: exit code of the command before it.
    """
    if line == "echo $?":
        return 0, [str(code)]
    words = shlex.split(line)
    wanted = words[words.index("|") + 1 :] if "|" in words else []
    program, *arguments = words[: words.index("|")] if wanted else words
    assert program == "aruntime", line
    code, out, err = run(*arguments)
    assert not out or out.endswith("\n"), "the last line does not end"
    lines = [*out.replace("\r", "␍").split("\n")[:-1], *err.splitlines()]
    if wanted:
        assert wanted[0] == "grep" and len(wanted) == 2, line
        lines = [text for text in lines if wanted[1] in text]
    return code, lines


@pytest.mark.parametrize("name", CASES)
def test_a_command_prints_what_its_transcript_shows(
    name: str, small: Graph, aruntime: Run, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    path = FOLDER / f"{name}.console"
    if update:
        block = path.read_text("utf-8")
        told = transcripts.rewritten(block, lambda line, code: printed(line, aruntime, code))
        path.write_text(told, "utf-8")
    code, steps = 0, list(transcripts.script(path.read_text("utf-8")))
    assert any(step.shown for step in steps), "a case that shows nothing pins nothing"
    for step in steps:
        code, lines = printed(step.command, aruntime, code)
        assert transcripts.fits(step.shown, lines), "\n".join([step.command, *lines])


@pytest.mark.parametrize("command", PINNED)
def test_each_form_of_output_is_pinned(command: str) -> None:
    shown = [
        step.command
        for path in (FOLDER / command).glob("*.console")
        for step in transcripts.script(path.read_text("utf-8"))
    ]
    assert [f for f in PINNED[command] if not any(f"--format {f}" in line for line in shown)] == []


def test_each_folder_is_named_after_its_command() -> None:
    for name in CASES:
        command = name.partition("/")[0]
        assert command in COMMANDS, name
        text = (FOLDER / f"{name}.console").read_text("utf-8")
        assert text.split()[:3] == ["$", "aruntime", command], name
