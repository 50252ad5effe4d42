"""What commands write: the same rows in every form, plain in a pipe, and safe on a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from aruntime import paths
from aruntime.cli import compose, options, query, show
from aruntime.engines.oxigraph import Oxigraph
from aruntime.graph import Graph
from aruntime.namespaces import ID, NS, PREFIXES
from aruntime.opening import open_graph
from aruntime.render.formats import Screen
from tests.conftest import Run

ESCAPE = "\x1b"


def test_the_module_runs_as_a_program_and_its_output_is_plain_in_a_pipe(graph: Graph) -> None:
    for arguments in (["--help"], ["compose", "--help"], ["list", "family"], ["show", "vllm"]):
        command = [sys.executable, "-m", "aruntime", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert ESCAPE not in done.stdout


def on_terminal(arguments: list[str], **environment: str) -> str:
    """What a command writes to a terminal."""
    pty = pytest.importorskip("pty")
    reading, writing = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PAGER": "cat", **environment}
    command = [sys.executable, "-m", "aruntime", *arguments]
    child = subprocess.Popen(command, stdout=writing, stderr=writing, stdin=writing, env=env)
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


@pytest.mark.parametrize(
    "arguments", [["list", "family"], ["compose", "kserve"], ["show", "kserve"]], ids=" ".join
)
def test_no_color_leaves_no_escape_codes_on_a_terminal(graph: Graph, arguments: list[str]) -> None:
    assert ESCAPE in on_terminal(arguments)
    plain = on_terminal(arguments, NO_COLOR="1")
    assert ESCAPE not in plain
    assert len(plain) > 200


def table(text: str, form: str) -> list[list[str]]:
    if form == "markdown":
        lines = [row for row in text.splitlines() if row.startswith("|") and "---" not in row]
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in lines]
    return [*csv.reader(io.StringIO(text, newline=""), delimiter="\t" if form == "tsv" else ",")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "families"),
        ("ask", "who-owns-batching", "-p", "runtime=server"),
        ("ask", "--list"),
        ("list", "unit"),
        ("show", "engine"),
        ("compare", "engine", "server", "--layer", "3"),
        ("stats",),
    ],
    ids=" ".join,
)
def test_every_form_holds_the_same_rows(
    aruntime: Run, small: Graph, arguments: tuple[str, ...]
) -> None:
    found = {}
    for form in ("csv", "tsv", "markdown", "table", "json", "auto"):
        code, found[form], err = aruntime(*arguments, "--format", form)
        assert (code, err) == (0, "")
        assert ESCAPE not in found[form]
        assert found[form].endswith("\n")
    rows = {form: table(found[form], form) for form in ("csv", "tsv", "markdown")}
    assert len(rows["csv"]) == len(rows["tsv"]) == len(rows["markdown"]) > 1
    assert {len(row) for row in rows["csv"]} == {len(rows["csv"][0])}
    assert found["auto"] == found["tsv"]
    json.loads(found["json"])


def test_answers_as_json_are_sparql_results(aruntime: Run, small: Graph) -> None:
    found = json.loads(aruntime("ask", "families", "--format", "json")[1])
    assert set(found) == {"head", "results"}
    assert len(found["results"]["bindings"]) == len(small.ask("families"))


def test_the_list_of_questions_leaves_out_what_other_commands_ask(aruntime: Run) -> None:
    rows = table(aruntime("ask", "--list", "--format", "tsv")[1], "tsv")
    assert len(rows) > 30
    assert all(row[1].endswith("?") for row in rows[1:])
    everything = {
        question["name"]
        for question in json.loads(aruntime("ask", "--list", "--format", "json")[1])
    }
    assert {row[0] for row in rows[1:]} < everything
    assert everything - {row[0] for row in rows} >= {"names", "exists", "search"}


def test_a_terminal_is_told_how_to_ask_for_fewer_rows(graph: Graph) -> None:
    assert "rows; -p runtime=NAME asks for fewer" in on_terminal(["ask", "who-owns-batching"])
    assert "asks for fewer" not in on_terminal(["ask", "who-owns-batching", "-p", "runtime=vllm"])


def test_a_narrow_terminal_gets_records(
    aruntime: Run, monkeypatch: pytest.MonkeyPatch, small: Graph
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = aruntime("ask", "who-owns-batching", "-p", "runtime=server", "--format", "table")[1]
    assert out.splitlines()[:5] == [
        "Which component owns batching?",
        "",
        "runtime         server",
        "responsibility  batching",
        "stance          native",
    ]
    assert "─" not in out


MEAN = "\x1b]0;owned\x07\u202emoc.elpmaxe\u2066 [bold]b[/bold] [/x] \x9b2J"
"""A statement that sets a terminal's title, turns text round, clears the screen, and holds
markup."""


@pytest.fixture(scope="module")
def mean_store(small_root: Path) -> Store:
    """The small graph with such a statement, label and locator."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(small_root))
        engine = open_graph().engine
    assert isinstance(engine, Oxigraph)
    store = Store()
    store.bulk_extend(engine.store.quads_for_pattern(None, None, None, None))
    claim = NamedNode(f"{ID}runtime/server#hosts-engine")
    for subject, prop in (
        (claim, NS + "statement"),
        (NamedNode(f"{ID}runtime/server"), PREFIXES["rdfs"] + "label"),
        (NamedNode(claim.value + "-e1"), NS + "locator"),
    ):
        for quad in list(store.quads_for_pattern(subject, NamedNode(prop), None)):
            store.remove(quad)
        store.add(Quad(subject, NamedNode(prop), Literal(MEAN)))
    return store


@pytest.fixture
def mean(small: Graph, mean_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command answers from that graph."""
    monkeypatch.setattr(options, "open_store", lambda folder: mean_store)


@pytest.mark.parametrize("form", ["table", "tsv", "markdown", "json", "csv"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "server"),
        ("show", "server#hosts-engine"),
        ("why", "server", "hosts", "engine"),
        ("why", "server#hosts-engine"),
        ("list", "runtime"),
        ("search", "owned"),
        ("ask", "mentions", "-p", "thing=engine"),
        ("compose", "server", "engine"),
        ("query", "-"),
    ],
    ids=" ".join,
)
def test_nothing_in_the_data_is_obeyed(
    aruntime: Run,
    mean: None,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    form: str,
) -> None:
    if arguments[0] == "query":
        text = "SELECT ?s ?x { ?s ar:statement|rdfs:label ?x } ORDER BY ?s"
        monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": io.BytesIO(text.encode())}))
    for module in (options, compose, query, show):
        monkeypatch.setattr(module, "screen", lambda: Screen(width=100, terminal=True))
    code, out, err = aruntime(*arguments, "--format", form)
    assert code == 0, err
    assert not set("\x1b\x07\x9b\u202e\u2066") & set(out + err)
    if "[bold]" in out:
        assert "[bold]b[/bold] [/x]" in " ".join(out.split())


def test_a_message_never_repeats_control_characters_raw(aruntime: Run) -> None:
    code, out, err = aruntime("show", "\x1b[31mred\u202e")
    assert (code, out) == (2, "")
    assert not set("\x1b\u202e") & set(err)


def test_triples_on_a_terminal_are_escaped(tmp_path: Path, graph: Graph) -> None:
    query = tmp_path / "query.rq"
    query.write_text(
        'CONSTRUCT { ar:a ar:b ?x } WHERE { BIND ("\\u001b]0;x\\u0007\\u202e" AS ?x) }'
    )
    for form in ("turtle", "nquads", "jsonld"):
        out = on_terminal(["query", str(query), "--format", form])
        assert not set("\x1b\x07\u202e") & set(out)
        assert "]0;x" in out
