"""Faults around a command: no input gives a traceback, and each fault has its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from aruntime import cli
from aruntime.errors import DataError
from aruntime.graph import Graph
from tests.conftest import Run

LONG = "x" * 300


@pytest.fixture(autouse=True)
def compiled(graph: Graph) -> None:
    """The store is there, so that compiling it takes no part."""


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a shell gives for a line in which A stands for the program."""
    env = {**os.environ, "A": f"{sys.executable} -m aruntime", **environment}
    command = ["bash", "-c", line]
    return subprocess.run(
        command, capture_output=True, text=True, errors="surrogateescape", env=env, check=False
    )


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("$A stats >/dev/full", 3, "aruntime: No space left on device\n"),
        ("$A --help >/dev/full", 3, "aruntime: No space left on device\n"),
        ("$A query - >/dev/full <<< 'ASK {}'", 3, "aruntime: No space left on device\n"),
        ("$A stats >&-", 3, "aruntime: standard output is closed: there is nowhere to write to\n"),
        ("$A stats >&- 2>&-", 3, ""),
        ("$A show nothing-at-all 2>&-", 2, ""),
        ("$A show nothing-at-all 2>/dev/full", 2, ""),
        ("$A query - <&-", 2, "aruntime: standard input is closed; name a file\n"),
        ("$A check - <&-", 2, "aruntime: standard input is closed; name a file\n"),
        ("$A detect - <&-", 2, "aruntime: standard input is closed; name a file\n"),
        ("printf '\\xff\\xfe' | $A query -", 3, "aruntime: standard input: cannot be read as text: byte 1 is no UTF-8\n"),
        ("printf 'ASK {}\\n\\x00' | $A query -", 3, "malformed SPARQL: line 2, column 1"),
        ("$A query /tmp", 3, "aruntime: /tmp: Is a directory\n"),
        ("$A query absent.rq", 2, "aruntime: absent.rq: no such file\n"),
        (f"$A query {LONG}", 3, "File name too long"),
        (f"$A ask {LONG}", 2, "no question is called"),
        (f"$A show {LONG}", 2, "no thing is called"),
        (f"$A list {LONG}", 2, "no kind is called"),
        (f"$A list family --data {LONG}", 3, "File name too long"),
        (f"$A export -o {LONG}", 3, "File name too long"),
        (f"$A fmt {LONG}", 3, "File name too long"),
        ("$A export -o /tmp", 2, "is a directory"),
        ("$A list family --data /dev/null/x", 2, "no such file or folder"),
        ("$A query \"$(printf 'caf\\xe9.rq')\"", 2, "no such file"),
        ("$A list thing | head -1", 0, ""),
    ],
)  # fmt: skip
def test_a_fault_is_one_message(line: str, code: int, message: str) -> None:
    done = shell(line if "|" not in line or "head" not in line else f"set -o pipefail; {line}")
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.count("\n") <= (5 if "Usage:" in done.stderr else 1)


def test_an_encoding_without_a_character_gets_its_escape() -> None:
    done = shell(
        "$A list unit --format table; $A show 'é' ", PYTHONIOENCODING="latin-1", PYTHONUTF8="0"
    )
    assert "\\u2500" in done.stdout
    assert "Traceback" not in done.stderr


def test_an_error_that_nobody_foresaw_asks_to_be_reported(
    aruntime: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("division\nby \x1b zero")

    class Panic(BaseException):
        """What Rust raises for a panic is no Exception."""

    monkeypatch.setattr(
        cli.Lazy,
        "get_command",
        lambda self, context, name: click.Command(name, callback=broken),
    )
    monkeypatch.delenv("ARUNTIME_DEBUG", raising=False)
    assert aruntime("stats") == (
        3,
        "",
        "aruntime: unexpected error, please report it: ZeroDivisionError: division by \\u001b zero (ARUNTIME_DEBUG=1 shows where)\n",
    )
    monkeypatch.setenv("ARUNTIME_DEBUG", "1")
    code, out, err = aruntime("stats")
    assert (code, out) == (3, "")
    assert err.startswith("Traceback (most recent call last):\n") and "broken" in err
    monkeypatch.delenv("ARUNTIME_DEBUG")
    for error, code, words in (
        (Panic("x"), 3, "Panic: x"),
        (RecursionError(), 3, "RecursionError"),
        (MemoryError(), 3, "not enough memory"),
        (KeyboardInterrupt(), 130, ""),
        (DataError("broken", path="a\u202eb", line=3), 3, "aruntime: a\\u202eb:3: broken"),
        (click.ClickException("no"), 2, "aruntime: no"),
    ):

        def fails(error: BaseException = error) -> None:
            raise error

        command = click.Command("x", callback=fails)
        monkeypatch.setattr(
            cli.Lazy, "get_command", lambda self, context, name, found=command: found
        )
        got = aruntime("stats")
        assert got[:2] == (code, "")
        assert words in got[2]
        assert got[2].count("\n") == 1


STARTED = "import sys, aruntime.__main__ as program; print('started', flush=True); program.main()"
"""The program, which says when it is loaded."""


@pytest.mark.parametrize("after", [0, 0.03, 0.1, 0.4])
def test_ctrl_c_ends_with_130_and_says_nothing(tmp_path: Path, after: float) -> None:
    """At any moment; how much was done by then differs from machine to machine."""
    query = tmp_path / "long.rq"
    query.write_text("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    command = [sys.executable, "-c", STARTED, "query", str(query)]
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # ignored in the background
    )
    assert child.stdout is not None and child.stdout.readline() == "started\n"
    time.sleep(after)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=300)
    assert (child.returncode, out, err.strip()) == (130, "", "")


def test_a_store_that_is_missing_is_compiled_first(small_program: str, tmp_path: Path) -> None:
    done = shell(
        "$A list layer --format csv", A=small_program, ARUNTIME_CACHE=str(tmp_path / "cache")
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 8
    assert len([*tmp_path.glob("cache/store-*")]) == 1


def test_a_store_that_is_damaged_is_compiled_again(small_program: str, tmp_path: Path) -> None:
    here = {"A": small_program, "ARUNTIME_CACHE": str(tmp_path / "cache")}
    assert shell("$A build", **here).returncode == 0
    (damaged,) = tmp_path.glob("cache/store-*/graph/CURRENT")
    damaged.write_bytes(b"garbage")
    done = shell("$A doctor --format tsv", **here)
    assert done.returncode == 1
    assert "\tno\tdamaged: " in done.stdout and "aruntime build makes it anew" in done.stdout
    assert shell("$A list layer", **here).returncode == 0
    assert shell("$A doctor", **here).returncode == 0
