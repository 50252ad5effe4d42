"""The command line as people use it, on the shipped graph: examples, formats, exit codes, one message for each mistake."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pyoxigraph import RdfFormat, parse

from aruntime import cli, paths, new
from aruntime.cli import validate_command
from aruntime.engines import sandbox
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Report
from tests.test_evidence import commit, repository
from tests.test_network import body, serve
from tests.test_overlay import Run
from tests.test_overlay import aruntime as aruntime

ESCAPE = "\x1b"


def commands(command: click.Command = cli.group, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and subcommand, the whole first."""
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*names, name))


ALL = [*commands()]


def example(aruntime: Run, names: tuple[str, ...]) -> str:
    """The last paragraph of a command's help, before its options."""
    code, out, _ = aruntime(*names, "--help")
    assert code == 0
    text = re.split(r"\n(?:Options|Commands):", out)[0].rstrip().split("\n\n")[-1]
    return " ".join(text.split())


def test_every_command_is_listed_with_a_sentence(aruntime: Run) -> None:
    out = aruntime("--help")[1]
    assert {name for (name,) in (names for names in ALL if len(names) == 1)} == set(cli.COMMANDS)
    assert all(f"  {name} " in out for name in cli.COMMANDS)
    assert re.fullmatch(r"aruntime \d+\.\d+\.\d+\n", aruntime("--version")[1])


@pytest.mark.parametrize("names", ALL, ids=lambda names: " ".join(names) or "aruntime")
def test_example_of_each_help_runs(
    aruntime: Run,
    names: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    text = example(aruntime, names)
    assert text.startswith("Example: ")
    line = text.removeprefix("Example: ")
    piped = re.fullmatch(r"echo '(.*)' \| (.*)", line)
    if piped:
        monkeypatch.setattr(sys, "stdin", io.StringIO(piped.group(1) + "\n"))
        line = piped.group(2)
    arguments = shlex.split(line)
    assert arguments[0] == "aruntime" and tuple(arguments[1 : 1 + len(names)])[: len(names)] in (names, (*names, "stale"), (*names, "runtime"))
    prepare(names, tmp_path, monkeypatch, request)
    code, _, err = aruntime(*arguments[1:])
    assert code == 0, err


def prepare(names: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The files that an example needs, in a folder of its own; the shipped files are validated once for all tests."""
    (folder / "here" / "mirrors").mkdir(parents=True)
    (folder / "here" / "downloads").mkdir()
    monkeypatch.chdir(folder / "here")
    if names == ("validate",):
        report: Report = request.getfixturevalue("report")
        monkeypatch.setattr(validate_command, "validate", lambda paths, engine: report)
    elif names == ("new", "claim"):
        new.create(Path("drafts/runtime/my-engine.ttl"), new.runtime("my-engine"))
    elif names == ("evidence", "pin"):
        clone = repository(folder / "vllm")
        (clone / "docs" / "design").mkdir(parents=True)
        (clone / "docs" / "design" / "arch_overview.md").write_text("# Title\n" + "The async_engine schedules requests.\n" * 30)
        commit(clone, "one", "v0.11.0")


def test_the_module_runs_as_a_program_and_its_help_is_plain_in_a_pipe() -> None:
    for arguments in (["--help"], ["compose", "--help"], ["list", "family"]):
        done = subprocess.run([sys.executable, "-m", "aruntime", *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "") and ESCAPE not in done.stdout
    done = subprocess.run([sys.executable, "-m", "aruntime", "show", "vlm"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "did you mean vllm" in done.stderr and "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m aruntime ask locators | head -1", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("?claim") and done.stderr == ""


@pytest.mark.parametrize("arguments", [["compose", "kserve", "vllm"], ["ask", "who-owns-batching", "-p", "runtime=vllm"]], ids=" ".join)
def test_a_command_that_asks_loads_nothing_but_what_it_needs(arguments: list[str], graph: Graph) -> None:
    """A library that takes longer to load than a question to answer stands before no answer."""
    graph.ready()
    slow = {"aruntime.store", "aruntime.validation", "dataclasses", "hashlib", "json", "pathlib", "rdflib", "rich", "yaml"}
    program = "import sys; before = {*sys.modules}; from aruntime.cli import run; run(sys.argv[1:]); print(*{*sys.modules} - before, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert "aruntime.graph" in done.stderr.split() and not slow & set(done.stderr.split())


def on_terminal(arguments: list[str], **environment: str) -> str:
    """What a command writes to a terminal."""
    pty = pytest.importorskip("pty")
    reading, writing = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    child = subprocess.Popen([sys.executable, "-m", "aruntime", *arguments], stdout=writing, stderr=writing, stdin=writing, env=env)
    os.close(writing)
    found = b""
    try:
        while part := os.read(reading, 65_536):
            found += part
    except OSError:
        pass  # the terminal is gone when its last writer is
    os.close(reading)
    assert child.wait() == 0
    return found.decode()


@pytest.mark.parametrize("arguments", [["list", "family"], ["compose", "kserve"], ["show", "kserve"]], ids=" ".join)
def test_no_color_leaves_no_escape_codes_on_a_terminal(arguments: list[str]) -> None:
    assert ESCAPE in on_terminal(arguments)
    plain = on_terminal(arguments, NO_COLOR="1")
    assert ESCAPE not in plain and len(plain) > 200


def table(text: str, form: str) -> list[list[str]]:
    if form == "markdown":
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in text.splitlines() if row.startswith("|") and "---" not in row]
    return [*csv.reader(io.StringIO(text, newline=""), delimiter="\t" if form == "tsv" else ",")]


_TABLES = [("ask", "families"), ("ask", "who-owns-batching", "-p", "runtime=vllm"), ("compose", "kserve", "vllm"), ("stats",)]


@pytest.mark.parametrize("arguments", _TABLES, ids=" ".join)
def test_every_format_holds_the_same_rows(aruntime: Run, arguments: tuple[str, ...]) -> None:
    found = {}
    for form in ("csv", "tsv", "markdown", "table", "json", "auto"):
        code, found[form], err = aruntime(*arguments, "--format", form)
        assert (code, err) == (0, "") and ESCAPE not in found[form] and found[form].endswith("\n")
    rows = {form: table(found[form], form) for form in ("csv", "tsv", "markdown")}
    assert len(rows["csv"]) == len(rows["tsv"]) == len(rows["markdown"]) > 3
    assert {len(row) for row in rows["csv"]} == {len(rows["csv"][0])}
    assert found["auto"] == found["tsv"]
    json.loads(found["json"])


def test_answers_as_json_are_sparql_results(aruntime: Run, graph: Graph) -> None:
    found = json.loads(aruntime("ask", "families", "--format", "json")[1])
    assert set(found) == {"head", "results"} and len(found["results"]["bindings"]) == len(graph.ask("families"))
    assert {term["type"] for row in found["results"]["bindings"] for term in row.values()} <= {"uri", "literal"}


def test_list_of_questions(aruntime: Run) -> None:
    rows = table(aruntime("ask", "--list", "--format", "tsv")[1], "tsv")
    assert len(rows) > 30 and all(row[1].endswith("?") for row in rows[1:])
    found = json.loads(aruntime("ask", "--list", "--format", "json")[1])
    assert {row[0] for row in rows[1:]} <= {question["name"] for question in found}


def test_json_of_compose_stats_and_validate_has_the_documented_keys(aruntime: Run, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(aruntime("compose", "kserve", "vllm", "--format", "json")[1])
    assert set(found) >= {"components", "responsibilities", "seams", "questions", "tradeoffs", "summary"}
    assert [component["runtime"] for component in found["components"]] == ["kserve", "vllm"]
    assert sum(found["summary"].values()) == len(found["responsibilities"]) > 20
    found = json.loads(aruntime("stats", "--format", "json")[1])
    keys = "triples runtimes claims claims_by_kind claims_by_stance sources evidence families layers responsibilities questions"
    assert set(found) >= set(keys.split()) and found["claims"]["promoted"] == sum(found["claims_by_kind"].values())
    assert found["runtimes"] == len([*(paths.data() / "runtime").glob("*.ttl")])
    monkeypatch.setattr(validate_command, "validate", lambda paths, engine: report)
    code, out, err = aruntime("validate", "--format", "json")
    found = json.loads(out)
    assert set(found) >= {"conforms", "findings"} and found["conforms"] == report.conforms == (code == 0) and f"{report.rules} rules" in err
    assert all(set(f) == {"severity", "rule", "focus", "path", "value", "message", "file", "line"} for f in found["findings"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compos", "vllm"], "did you mean compose"),
        (["evidence", "verfy"], "id you mean"),
        (["show", "vlm"], "did you mean vllm"),
        (["compose", "kserv"], "did you mean kserve"),
        (["compose", "vllm", "--at", "vlm=1"], "not among the components"),
        (["compare", "vllm", "sglng"], "did you mean sglang"),
        (["why", "kserve", "hosts", "vlm"], "did you mean vllm"),
        (["evidence", "verify", "vlm"], "did you mean vllm"),
        (["ask", "famlies"], "did you mean families"),
        (["ask", "families", "-p", "famly=x"], "did you mean family"),
        (["ask", "families", "-p", "family=generative"], "did you mean generative-model"),
        (["ask", "families", "-p", "family"], "key=value"),
        (["ask", "who-owns"], "-p responsibility="),
        (["list", "runtim"], "did you mean runtime"),
        (["select", "--owns", "batchng"], "did you mean batching"),
        (["select", "--target", "amd-gpus"], "did you mean amd-gpu"),
        (["compose"], "at least one component"),
        (["stats", "--endpoint", "ftp://e.org"], "no http or https address"),
        (["stats", "--endpoint", "http://127.0.0.1:9/", "--data", "."], "exclude each other"),
        (["query", "absent.rq"], "no such file"),
        (["new", "runtime", "My Engine"], "is no slug"),
        (["new", "claim", "my-engine"], "RUNTIME#SLUG"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_mistake_gives_a_remedy_and_exit_code_2(aruntime: Run, arguments: list[str], words: str) -> None:
    code, out, err = aruntime(*arguments)
    assert (code, out) == (2, "") and words in err


def test_unlike_components_are_not_compared(aruntime: Run) -> None:
    for left, right in (("kserve", "vllm"), ("temporal", "nccl")):
        code, out, err = aruntime("compare", left, right)
        if code:
            assert (code, out) == (2, "") and "share no" in err and "--layer" in err
    assert aruntime("compare", "temporal", "nccl")[0] == 2
    assert aruntime("compare", "temporal", "nccl", "--layer", "1")[0] == 0
    assert aruntime("compare", "vllm", "vllm")[0] == 2


def ask(aruntime: Run, tmp_path: Path, text: str, *arguments: object) -> tuple[int, str, str]:
    path = tmp_path / "query.rq"
    path.write_text(text, newline="")
    return aruntime("query", path, *arguments)


def test_query_answers_each_form(aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    select = "PREFIX ar: <https://w3id.org/aruntime/ns#>\nSELECT ?s { ?s a ar:Runtime } ORDER BY ?s"
    code, out, _ = ask(aruntime, tmp_path, select, "--format", "csv")
    assert code == 0 and "https://w3id.org/aruntime/id/runtime/vllm" in out.splitlines()
    assert ask(aruntime, tmp_path, "\ufeff" + select, "--format", "csv")[1] == out
    assert ask(aruntime, tmp_path, "ASK { ?s ?p ?o }")[:2] == (0, "true\n")
    assert json.loads(ask(aruntime, tmp_path, "ASK { ?s ?p <https://e/nowhere> }", "--format", "json")[1]) == {"head": {}, "boolean": False}
    assert ask(aruntime, tmp_path, select, "--format", "turtle")[0] == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO(select))
    assert aruntime("query", "-", "--format", "csv")[1] == out


@pytest.mark.parametrize(("form", "rdf"), [("turtle", RdfFormat.TURTLE), ("nquads", RdfFormat.N_QUADS), ("jsonld", RdfFormat.JSON_LD)])
def test_query_writes_triples_in_each_format(aruntime: Run, tmp_path: Path, form: str, rdf: RdfFormat) -> None:
    text = "CONSTRUCT { ?s a ?c } { ?s a ?c FILTER(?s = <https://w3id.org/aruntime/id/runtime/vllm>) }"
    code, out, _ = ask(aruntime, tmp_path, text, "--format", form)
    assert code == 0 and {quad.subject.value for quad in parse(out.encode(), rdf)} == {"https://w3id.org/aruntime/id/runtime/vllm"}
    assert ask(aruntime, tmp_path, "DESCRIBE <https://w3id.org/aruntime/id/runtime/vllm>", "--format", form)[0] == 0


REFUSED = {
    "SERVICE": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "sErViCe": "SELECT * { sErViCe SILENT ?e { ?s ?p ?o } }",
    "in a subselect": "SELECT * { { SELECT * { SERVICE<URL>{ ?s ?p ?o } } } }",
    "after a comparison": "SELECT * { ?s ?p ?o FILTER(?o<5)SERVICE<URL>{ ?a ?b ?c } }",
    "after a comment": "SELECT * { # a comment\nSERVICE <URL> { ?s ?p ?o } }",
    "after a quote in a comment": "SELECT * { # it's\nSERVICE <URL> { ?s ?p ?o } # it's\n}",
    "after a string": 'SELECT * { BIND("\\"" AS ?x) SERVICE <URL> { ?s ?p ?o } BIND("" AS ?y) }',
    "by a codepoint": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "INSERT": "INSERT DATA { <https://e/a> <https://e/b> 1 }",
    "an update with a prologue": "PREFIX a: <https://e/>\nBASE <https://e/> # x\ndelete where { ?s ?p ?o }",
    "LOAD": "LOAD <URL>",
    "CLEAR": "CLEAR ALL",
    "nesting": "SELECT * " + "{ " * 70 + "?s ?p ?o" + " }" * 70,
    "nested brackets": "ASK { FILTER(" + "(" * 70 + "1" + ")" * 70 + ") }",
    "length": "ASK {} #" + "x" * 70_000,
}  # fmt: skip


def test_what_would_leave_change_or_crash_is_refused(aruntime: Run, tmp_path: Path) -> None:
    with serve({"/": body(b"")}) as (root, asked):
        for name, text in REFUSED.items():
            code, out, err = ask(aruntime, tmp_path, text.replace("URL", f"{root}/"))
            assert (code, out) == (2, "") and err.count("\n") == 1, name
        assert asked == []


def test_a_carriage_return_ends_a_comment() -> None:
    with pytest.raises(UsageError, match="SERVICE"):
        sandbox.refuse("SELECT * { # a comment\rSERVICE <https://example.org/> { ?s ?p ?o } }")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service $SERVICE { BIND(\"SERVICE <x>\" AS ?service) BIND('''it's a SERVICE''' AS ?SERVICE) }",
        "PREFIX service: <https://e/SERVICE#> SELECT * { service:service service:SERVICE ?service . <https://e/service> ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER(?o < 5 || ?o > 6) } # SERVICE\nLIMIT 1",
        "SELECT (1 AS ?insert) { BIND('DELETE' AS ?x) }",
        "SELECT * " + "{ " * 20 + "?s ?p ?o" + " }" * 20 + " LIMIT 1",
    ],
)
def test_words_that_only_look_like_it_are_answered(aruntime: Run, tmp_path: Path, text: str) -> None:
    code, _, err = ask(aruntime, tmp_path, text)
    assert code == 0, err


def test_a_query_that_takes_too_long_is_ended(aruntime: Run, tmp_path: Path) -> None:
    code, out, err = ask(aruntime, tmp_path, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.5")
    assert (code, out) == (5, "") and "0.5 s" in err and "--timeout" in err


def test_a_query_that_ends_its_process_is_one_message() -> None:
    text = "ASK { FILTER(" + "!" * 60_000 + "true) }"
    done = subprocess.run([sys.executable, "-m", "aruntime", "query", "-"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "") and done.stderr.startswith("aruntime: ") and done.stderr.count("\n") == 1


def test_building_the_store_does_not_count_as_asking(tmp_path: Path) -> None:
    env = {**os.environ, "ARUNTIME_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "aruntime", "query", "--timeout", "0.3", "-"]
    done = subprocess.run(command, input="ASK {}", env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "true\n"), done.stderr
    assert not [*tmp_path.glob(".building-*")]


def test_malformed_sparql_says_where(aruntime: Run, tmp_path: Path) -> None:
    code, out, err = ask(aruntime, tmp_path, "SELECT *\n{ ?s ?p ?o }\nLIMIT x\n")
    assert (code, out) == (3, "") and "malformed SPARQL" in err and "3:7" in err and err.count("\n") == 1


def test_malformed_sparql_names_its_file(aruntime: Run, tmp_path: Path) -> None:
    assert f"{tmp_path / 'query.rq'}:3" in ask(aruntime, tmp_path, "SELECT *\n{ ?s ?p ?o }\nLIMIT x\n")[2]


def test_a_query_that_is_no_utf8_gives_one_message(aruntime: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    assert aruntime("query", tmp_path / "latin.rq")[0] in (2, 3)


def test_a_narrow_terminal_gets_records(aruntime: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = aruntime("ask", "who-owns-batching", "-p", "runtime=vllm", "--format", "table")[1]
    assert "\nclaim           vllm#chooses-requests-per-step\n" in out
    assert "│" not in out and "─" not in out


def test_selection_tells_whole_part_and_no_apart(aruntime: Run) -> None:
    found = json.loads(aruntime("select", "--owns", "inference-api", "--format", "json")[1])
    assert {c["runtime"] for c in found["candidates"]} >= {"triton-inference-server", "kserve"}
    assert {c["runtime"] for c in found["refused"]} >= {"onnxruntime", "tensorrt-llm"}
    rows = dict(line.split("\t")[:2] for line in aruntime("select", "--owns", "inference-api", "--format", "tsv")[1].splitlines())
    assert rows["kserve"] == "meets all"
    assert rows["mediapipe"] == "meets in part: owns inference-api (request-cancellation in part)"
    assert rows["tensorrt-llm"] == "says no: owns inference-api (delegated to triton-inference-server)"


def test_versions_that_do_not_fit_are_told(aruntime: Run) -> None:
    assert "dynamo uses-as-backend vllm ≥ 0.31.0 ≤ 0.31.0: not 0.33.0, the version listed above" in aruntime("compose", "dynamo", "vllm")[2]
    assert "vllm was read in 0.33.0, not in 0.1.0" in aruntime("compose", "vllm", "--at", "vllm=0.1.0")[2]
    assert aruntime("compose", "vllm", "--at", "vllm=banana")[0] == 2
    assert aruntime("compose", "vllm", "--at", "vllm=0.1", "--at", "vllm=0.2")[0] == 2


def test_why_without_evidence_says_so(aruntime: Run) -> None:
    code, _, err = aruntime("why", "vllm")
    assert code == 2 and "no claim" in err


def test_an_argument_that_is_no_text_is_refused(aruntime: Run) -> None:
    code, _, err = aruntime("search", "\udcff")
    assert code == 2 and "not UTF-8" in err
