"""Seeded faults: does a test notice when something that a user relies on breaks?

``tests/faults.toml`` lists small faults, each with the tests that should notice it. Every one is made
in a copy of the tree, alone; a fault that leaves these tests green has survived, and is a test that
is missing. First the same tests run on the unchanged copy, where they must be green.

::

    python -m tests.seed_faults                 # all, in some minutes
    python -m tests.seed_faults --only 3 --only 17
    python -m tests.seed_faults --write         # and put the table into docs/testing.md
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import NamedTuple

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).with_name("faults.toml")
PAGE = CHECKOUT / "docs" / "testing.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"
COPIED = ("aruntime", "queries", "tests")
"""What faults are made in; the rest of the tree is linked."""
SHARED = "ARUNTIME_TESTS_SHARED"
"""Names the folder in which the tests of one copy share the compiled frozen world (tests/conftest.py);
so no fault can be one of what compiles it."""
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "pyoxigraph", "rdflib", "pyshacl", "yaml"])
WANTED = 0.9
"""Share of the faults that must be noticed."""


class Fault(NamedTuple):
    """One small fault.

    Attributes:
        number: its place in the file, from 1.
        file: path within the tree.
        old: exact text of that file; it occurs once.
        new: what takes its place.
        why: how a user would be misled.
        tests: what pytest is given to notice it.
    """

    number: int
    file: str
    old: str
    new: str
    why: str
    tests: tuple[str, ...]


def load(file: Path = FILE) -> list[Fault]:
    """The faults of a file, in its order."""
    rows = tomllib.loads(file.read_text("utf-8"))["fault"]
    return [
        Fault(n, row["file"], row["old"], row["new"], row["why"], tuple(row["tests"]))
        for n, row in enumerate(rows, 1)
    ]


def made(fault: Fault, text: str) -> str:
    """The text of the fault's file with the fault in it.

    Raises:
        ValueError: the old text does not occur exactly once, or nothing would change.
    """
    if text.count(fault.old) != 1:
        raise ValueError(
            f"fault {fault.number}: the old text occurs {text.count(fault.old)} times in {fault.file}"
        )
    if fault.old == fault.new:
        raise ValueError(f"fault {fault.number} changes nothing")
    return text.replace(fault.old, fault.new)


def copy_of_the_tree(folder: Path) -> Path:
    """A copy in which faults can be made."""
    folder.mkdir()
    left_out = shutil.ignore_patterns("__pycache__", ".git", "_graph")
    for path in CHECKOUT.iterdir():
        if path.name in COPIED:
            shutil.copytree(path, folder / path.name, ignore=left_out)
        elif path.name not in (".git", ".pytest_cache"):
            (folder / path.name).symlink_to(path)
    return folder


def tests_fail(tree: Path, tests: Sequence[str]) -> bool:
    """Whether a test goes red in that tree.

    Raises:
        RuntimeError: pytest ran no test.
    """
    log = tree.parent / f"{tree.name}.log"
    child = PROCESSES.Process(target=_pytest, args=(str(tree), [*tests], str(log)))
    child.start()
    child.join()
    if child.exitcode not in (0, 1, 2):
        raise RuntimeError(f"pytest {' '.join(tests)}: {log.read_text('utf-8')[-2000:]}")
    return child.exitcode != 0


def _pytest(tree: str, tests: list[str], log: str) -> None:
    """Run pytest over a copy of the tree, in a process that has loaded nothing of this one."""
    with open(log, "w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for name in [name for name in sys.modules if name.split(".")[0] in COPIED]:
        del sys.modules[name]
    os.chdir(tree)
    sys.dont_write_bytecode = True
    sys.path[:] = [tree, *(path for path in sys.path if path not in ("", str(CHECKOUT)))]
    os.environ |= {"PYTHONPATH": tree, "PYTHONDONTWRITEBYTECODE": "1", SHARED: f"{tree}-shared"}
    options = ["-n", "0", "-x", "-p", "no:cacheprovider", f"--basetemp={tree}-temporary"]
    sys.exit(int(pytest.main([*options, *tests])))


@contextmanager
def present(fault: Fault, tree: Path) -> Iterator[None]:
    """The tree with the fault in it, for as long as the block runs."""
    path = tree / fault.file
    before = path.read_bytes()
    path.write_text(made(fault, before.decode()), "utf-8")
    try:
        yield
    finally:
        path.write_bytes(before)


def noticed(faults: Sequence[Fault], jobs: int, *, green: bool = False) -> dict[int, bool]:
    """For each fault, whether its tests notice it.

    Args:
        jobs: how many copies of the tree are tried at a time.
        green: whether the tests are known to be green without a fault, and need not run first.

    Raises:
        RuntimeError: the tests of some fault are red without it.
    """
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        trees: Queue[Path] = Queue()
        for n in range(jobs):
            trees.put(copy_of_the_tree(Path(scratch, str(n))))

        def try_one(tests: tuple[str, ...], fault: Fault | None = None) -> bool:
            tree = trees.get()
            try:
                if fault is None:
                    return tests_fail(tree, tests)
                with present(fault, tree):
                    red = tests_fail(tree, tests)
                print(f"{fault.number:3} {word(red)}  {fault.file}: {fault.why}", flush=True)
                return red
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(jobs) as pool:
            every = sorted({fault.tests for fault in faults if not green})
            red = [
                tests for tests, fails in zip(every, pool.map(try_one, every), strict=True) if fails
            ]
            if red:
                raise RuntimeError(f"red without any fault: {'; '.join(map(' '.join, red))}")
            answers = pool.map(lambda fault: try_one(fault.tests, fault), faults)
            return {fault.number: answer for fault, answer in zip(faults, answers, strict=True)}


def word(red: bool | None) -> str:
    """How a fault came out."""
    return "not tried" if red is None else "noticed" if red else "SURVIVES"


def table(faults: Sequence[Fault], found: dict[int, bool]) -> str:
    """The faults and how they came out, as Markdown."""
    lines = ["| | fault in | a user would be misled: | |", "|--:|---|---|---|"]
    for fault in faults:
        lines.append(
            f"| {fault.number} | `{fault.file}` | {fault.why} | {word(found.get(fault.number))} |"
        )
    return "\n".join(lines) + "\n"


def written(page: str, content: str) -> str:
    """The page with its table replaced."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}{content}{END}{rest.partition(END)[2]}"


def main() -> int:
    """The program; exit code 1 if too many faults survive."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", type=int, action="append", metavar="N", help="this fault alone")
    parser.add_argument("--jobs", type=int, default=2, help="trees tried at a time (2)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/testing.md")
    parser.add_argument("--green", action="store_true", help="do not run the tests without a fault")
    given = parser.parse_args()
    faults = [f for f in load() if not given.only or f.number in given.only]
    found = noticed(faults, given.jobs, green=given.green)
    survive = [number for number, red in found.items() if not red]
    print(f"{len(faults) - len(survive)} of {len(faults)} faults are noticed")
    if given.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), table(faults, found)), "utf-8")
    return int(len(survive) > (1 - WANTED) * len(faults))


if __name__ == "__main__":
    sys.exit(main())
