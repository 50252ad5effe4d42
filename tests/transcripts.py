"""Transcripts in the documentation: fenced ``console`` blocks of commands and what they print.

``$ aruntime …`` is run in this process, in the form that a terminal shows; ``$ echo $?`` prints the
exit code of the command before it. A line ``…`` stands for any number of lines, and ``…`` within a
line for the rest of it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from typing import NamedTuple

WIDTH = "92"
"""Columns of the terminal that transcripts show."""
BLOCK = re.compile(r"(?<=```console\n).*?(?=```\n)", re.DOTALL)
_FORMLESS = ("validate", "fmt")
_OWN_FORM = ("check", "new")
_LEFT_OUT = "…"

Run = Callable[..., tuple[int, str, str]]
Printed = Callable[[str, int], tuple[int, list[str]]]
"""Takes a command and the exit code of the one before it; gives its own and the lines it prints."""


class Step(NamedTuple):
    """A command and the lines that the documentation shows below it."""

    command: str
    shown: tuple[str, ...]


def steps(text: str) -> Iterator[Step]:
    """Commands of every block, in order."""
    for block in BLOCK.findall(text):
        yield from script(block)


def script(block: str) -> Iterator[Step]:
    """Commands of one block, in order."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield Step(command, tuple(shown))


def output(command: str, run: Run, code: int) -> tuple[int, list[str]]:
    """Exit code and lines of a command.

    Args:
        code: exit code of the command before it.
    """
    if command == "echo $?":
        return 0, [str(code)]
    program, *arguments = shlex.split(command)
    assert program == "aruntime", command
    if arguments[0] not in (*_FORMLESS, *_OWN_FORM) and "--format" not in arguments:
        arguments += ["--format", "table"]
    found, out, err = run(*arguments)
    assert found in (0, 1), err
    return found, out.splitlines() if arguments[0] not in _FORMLESS else err.splitlines()


def fits(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the lines shown are what was printed, with what ``…`` leaves out."""
    pattern = "".join(
        r"(?:.*\n)*" if line == _LEFT_OUT else _one_line(line) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def _one_line(line: str) -> str:
    return re.escape(line).replace(_LEFT_OUT, ".*")


def updated(text: str, run: Run) -> str:
    """The text with each block as the program prints it now; what was left out stays so."""
    return BLOCK.sub(
        lambda found: rewritten(found[0], lambda command, code: output(command, run, code)), text
    )


def rewritten(block: str, print_: Printed) -> str:
    """One block as its commands print it now; what was left out stays so."""
    code, lines = 0, []
    for step in script(block):
        code, printed = print_(step.command, code)
        lines += [f"$ {step.command}", *_as_shown(step.shown, printed)]
    return "".join(f"{line}\n" for line in lines)


def _as_shown(shown: tuple[str, ...], printed: list[str]) -> list[str]:
    """As many lines as were shown, each run of them from the line that begins like its first."""
    if fits(shown, printed):
        return list(shown)
    if _LEFT_OUT not in shown:
        if len(shown) != len(printed):
            return printed
        pairs = zip(shown, printed, strict=True)
        return [old if fits((old,), [new]) else new for old, new in pairs]
    found: list[str] = []
    at = 0
    for number, line in enumerate(shown):
        if line == _LEFT_OUT:
            found.append(line)
            continue
        if number and shown[number - 1] == _LEFT_OUT:
            key = _key(line)
            at = next((i for i in range(at, len(printed)) if _key(printed[i]).startswith(key)), at)
        found += printed[at : at + 1]
        at += 1
    return found


def _key(line: str) -> str:
    """What a line begins with: its words up to a gap or a number."""
    return re.split(r"\s{2,}|\d", line.strip())[0]
