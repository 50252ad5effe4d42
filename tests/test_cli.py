"""The command line: help, examples, names and mistakes; each mistake gives one message, with its
remedy and exit code.
"""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from aruntime import cli, paths
from aruntime.graph import Graph
from aruntime.model import Report
from aruntime.site.site import Made
from tests.conftest import Run

SOUND = Report((), 1, 1)


def commands(
    command: click.Command = cli.group, names: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Every command and subcommand, the whole first."""
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*names, name))


ALL = [*commands()]


def test_help_groups_the_commands_by_who_needs_them(aruntime: Run) -> None:
    code, out, err = aruntime("--help")
    assert (code, err) == (0, "")
    assert re.findall(r"^(\w+):$", out, re.MULTILINE) == ["Options", *cli.GROUPS]
    assert re.findall(r"^  (\w+)  +\S.*$", out.partition("Architect:")[2], re.MULTILINE) == list(
        cli.COMMANDS
    )
    assert list(cli.COMMANDS) == [names[0] for names in ALL if len(names) == 1]
    assert re.fullmatch(r"aruntime \d+\.\d+\.\d+\n", aruntime("--version")[1])


@pytest.mark.parametrize("names", ALL, ids=lambda names: " ".join(names) or "aruntime")
def test_help_fits_80_columns_and_cuts_no_sentence(
    aruntime: Run, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = aruntime(*names, "--help")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    said = "\n".join(line for line in out.splitlines() if not line.startswith("Usage:"))
    assert not re.search(r"(\.\.\.|…)$", said, re.MULTILINE)


def test_help_of_the_whole_loads_no_command() -> None:
    program = "import sys; from aruntime.cli import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stderr.split() if name.startswith("aruntime.")}
    assert loaded == {"aruntime.cli", "aruntime.errors", "aruntime.render", "aruntime.render.safe"}


def example(aruntime: Run, names: tuple[str, ...]) -> str:
    """The last paragraph of a command's help before its options."""
    code, out, _ = aruntime(*names, "--help")
    assert code == 0
    text = re.split(r"\n(?:Options|Commands|Architect):", out)[0].rstrip().split("\n\n")[-1]
    return " ".join(text.split())


WHOLE = (("build",), ("export",), ("site",), ("stats",))
"""Commands that go through the whole graph, whichever it is; the frozen world will do."""


@pytest.mark.parametrize("names", ALL, ids=lambda names: " ".join(names) or "aruntime")
def test_the_example_of_each_help_runs(
    aruntime: Run,
    names: tuple[str, ...],
    small_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if names in WHOLE:
        monkeypatch.setattr(paths, "_ROOT", str(small_root))
    text = example(aruntime, names)
    assert text.startswith("Example: ")
    line = text.removeprefix("Example: ")
    piped = re.fullmatch(r"echo '(.*)' \| (.*)", line)
    if piped:
        monkeypatch.setattr(
            sys, "stdin", SimpleNamespace(buffer=io.BytesIO(piped.group(1).encode()))
        )
        line = piped.group(2)
    arguments = shlex.split(line)
    assert tuple(arguments[1:])[: len(names)] == names
    prepare(aruntime, names, tmp_path, monkeypatch)
    code, _, err = aruntime(*arguments[1:])
    assert code == 0, err


def prepare(
    aruntime: Run, names: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that an example needs, in a folder of its own; validation is told to find
    nothing."""
    for name in ("mirrors", "downloads"):
        (folder / "here" / name).mkdir(parents=True)
    monkeypatch.chdir(folder / "here")
    if names == ("validate",):
        module = import_module("aruntime.cli.validate")
        monkeypatch.setattr(module, "validate", lambda paths, engine, beside: SOUND)
    elif names == ("serve",):  # it would serve until it is told to stop; see test_serve.py
        module = import_module("aruntime.cli.serving")
        monkeypatch.setattr(module, "serve", lambda *given, **more: None)
    elif names == ("mcp",):  # it would answer until standard input ends; see test_mcp_server.py
        monkeypatch.setattr(import_module("aruntime.cli.agents"), "run", lambda graph: None)
    elif names in (("site",), ("publish",)):  # minutes for the whole graph; see test_site.py
        made = Made(pages=1, files=1, bytes=1, seconds=0.0, notes=())
        module = import_module("aruntime.cli.sites")
        name = "build_site" if names == ("site",) else "publish_site"
        monkeypatch.setattr(module, name, lambda *given, **more: made)
    elif names in (("detect",), ("check",)):
        pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'redis:7.4.2'}]}\n"
        (folder / "here" / "deploy").mkdir()
        (folder / "here" / "deploy" / "cache.yaml").write_text(pod)
    elif names == ("new", "claim"):
        assert aruntime("new", "runtime", "my-engine", "--into", "drafts")[0] == 0
    elif names == ("evidence", "pin"):
        clone = folder / "vllm"
        (clone / "docs" / "design").mkdir(parents=True)
        page = clone / "docs" / "design" / "arch_overview.md"
        page.write_text("# Title\n" + "The async_engine schedules requests.\n" * 30)
        for line in (
            "init -q",
            "remote add origin https://example.org/vllm",
            "add .",
            "-c user.name=a -c user.email=a@example.org commit -qm one",
            "tag v0.11.0",
        ):
            subprocess.run(["git", "-C", str(clone), *line.split()], check=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compos", "vllm"], "did you mean compose"),
        (["evidence", "verfy"], "did you mean verify"),
        (["show", "vlm"], "did you mean vllm"),
        (["compose", "kserv"], "did you mean kserve"),
        (["compose", "K8s"], "did you mean kubernetes"),
        (["compose", "vllm", "--at", "vlm=1"], "not among the components"),
        (["compare", "vllm", "sglng"], "did you mean sglang"),
        (["why", "kserve", "hosts", "vlm"], "did you mean vllm"),
        (["why", "kserve", "hots", "vllm"], "no property is called 'hots'; did you mean hosts"),
        (["why", "vllm"], "vllm is not a claim"),
        (["why", "vllm", "hosts"], "give a claim, or thing, predicate and object"),
        (["ask", "famlies"], "did you mean families"),
        (["ask", "families", "-p", "famly=x"], "did you mean family"),
        (["ask", "families", "-p", "family=generative"], "did you mean generative-model"),
        (["ask", "families", "-p", "family"], "key=value"),
        (["ask", "who-owns"], "-p responsibility="),
        (["list", "runtim"], "did you mean runtime"),
        (["select", "--owns", "batchng"], "did you mean batching"),
        (["select", "--target", "amd-gpus"], "did you mean amd-gpu"),
        (["compose"], "at least one component"),
        (["search", " "], "say a word"),
        (["stats", "--endpoint", "ftp://e.org"], "no http or https address"),
        (["stats", "--endpoint", "http://127.0.0.1:9/", "--data", "."], "exclude each other"),
        (["new", "runtime", "My Engine"], "is no slug"),
        (["new", "claim", "my-engine"], "RUNTIME#SLUG"),
        (["export", "-o", "/no/such/folder/x.ttl"], "/no/such/folder: no such folder"),
        (["search", "\udcff"], "not UTF-8"),
    ],
    ids=lambda value: ascii(" ".join(value)) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_mistake_gives_a_remedy_and_exit_code_2(
    aruntime: Run, arguments: list[str], words: str
) -> None:
    code, out, err = aruntime(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "who-owns-batching", "-p", "runtime=Engine"],
        ["ask", "WHO-OWNS-BATCHING", "-p", "runtime=runtime/engine"],
        ["ask", "mentions", "-p", "thing=Database"],
        ["ask", "evidence-of", "-p", "claim=#preempts"],
        ["show", "#preempts"],
        ["show", "makes-durable"],
        ["why", "#preempts"],
        ["why", "SERVER", "Hosts", "Engine"],
        ["why", "flow", "persists-to", "database"],
        ["why", "flow", "persistsTo", "component/database"],
        ["list", "CLASS"],
        ["list", "Properties"],
        ["list", "things"],
        ["list", "families"],
    ],
    ids=" ".join,
)
def test_names_are_taken_as_they_are_printed(
    aruntime: Run, small: Graph, arguments: list[str]
) -> None:
    code, out, err = aruntime(*arguments)
    assert (code, err) == (0, "")
    assert out.count("\n") > 1


def test_why_leads_from_a_relation_to_the_cited_lines(aruntime: Run, small: Graph) -> None:
    assert aruntime("why", "flow", "persists-to", "database", "--format", "table")[
        1
    ].splitlines() == [
        "flow persistsTo database  (claim flow#keeps-in-database by rule integrations-are-direct)",
        "",
        "flow#keeps-in-database: The flow keeps its history in a database.",
        f"  flow-docs  https://example.org/flow/blob/{26:040d}/docs/keeps-in-database.md#L1-L3",
    ]


def test_a_list_says_what_each_thing_is(aruntime: Run, small: Graph) -> None:
    rows = aruntime("list", "unit", "--format", "markdown")[1].splitlines()
    assert rows[0] == "| name | label | definition |"
    assert "| device | Device | One processor or accelerator. |" in rows
    names = [
        row.split("\t")[1] for row in aruntime("list", "thing", "--format", "tsv")[1].splitlines()
    ]
    assert "<https://w3id.org/aruntime/id/component/database>" in names
    rows = aruntime("list", "property", "--format", "markdown")[1].splitlines()
    assert (
        "| makesDurable | makes durable | Records and resumes runs of the other as durable steps, in some configuration at least. |"
        in rows
    )


def test_search_in_any_order_gives_the_same_rows(aruntime: Run, small: Graph) -> None:
    one, two = (
        aruntime("search", *words, "--format", "markdown")
        for words in (["tool", "Call"], ["call", "TOOL"])
    )
    assert one == two
    assert one[0] == 0
    assert one[1].splitlines()[2] == "| unit/tool-call | rdfs:label | Tool call |"
    assert aruntime("search", "tool", "nowhere-at-all")[:2] == (
        1,
        "?text\t?thing\t?property\t?match\t?status\n",
    )


def test_unlike_components_are_not_compared(aruntime: Run) -> None:
    code, out, err = aruntime("compare", "temporal", "nccl")
    assert (code, out) == (2, "")
    assert "share no" in err and "--layer" in err
    assert aruntime("compare", "temporal", "nccl", "--layer", "1")[0] == 0
    assert aruntime("compare", "vllm", "vllm")[0] == 2


def test_stats_counts_what_is_there(aruntime: Run) -> None:
    found = json.loads(aruntime("stats", "--format", "json")[1])
    assert found["claims"]["promoted"] == sum(found["claims_by_kind"].values())
    assert found["runtimes"] == len(
        [n for n in (paths.data() / "runtime").iterdir() if n.name[0] != "."]
    )
    assert set(found) >= set(
        "triples runtimes claims claims_by_kind claims_by_stance sources evidence families layers responsibilities questions".split()
    )


def test_doctor_finds_nothing_wrong_here(aruntime: Run) -> None:
    code, out, err = aruntime("doctor", "--format", "json")
    assert (code, err) == (0, "")
    assert {probe["works"] for probe in json.loads(out)} == {True}


_HEAVY = {
    "aruntime.build",
    "aruntime.closure",
    "aruntime.engines.http",
    "aruntime.corpus",
    "aruntime.infer",
    "aruntime.turtle",
    "aruntime.validation",
    "concurrent",
    "dataclasses",
    "difflib",
    "hashlib",
    "json",
    "multiprocessing",
    "pathlib",
    "rdflib",
    "shutil",
    "tempfile",
    "yaml",
}
"""What takes long to load and answers no question."""


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["ask", "who-owns-batching", "-p", "runtime=vllm"], {"difflib"}),  # click's, for a short option
        (["ask", "who-owns-batching", "--parameter", "runtime=vllm"], set()),
        (["ask", "--list"], set()),
        (["search", "batching"], set()),
        (["list", "unit"], set()),
        (["stats"], set()),
        (["show", "vllm"], set()),
        (["show", "contended"], {"pathlib", "yaml"}),
        (["why", "vllm#chooses-requests-per-step"], {"aruntime.closure", "aruntime.corpus", "aruntime.infer", "aruntime.turtle",
                                                     "pathlib", "dataclasses"}),
        (["compare", "vllm", "sglang"], {"dataclasses"}),
        (["select", "--owns", "batching"], {"dataclasses"}),
        (["doctor"], {"aruntime.engines.http", "dataclasses", "hashlib", "json", "pathlib", "shutil", "tempfile"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_command_that_asks_loads_no_more_than_it_needs(
    graph: Graph, arguments: list[str], needed: set[str]
) -> None:
    program = "import sys; from aruntime.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert "aruntime.engines.oxigraph" in loaded
    assert loaded & _HEAVY <= needed
