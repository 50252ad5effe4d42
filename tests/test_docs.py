"""Documentation is tested: what it names exists, and what it shows runs."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import click
import pytest
from rdflib import OWL, RDFS, SKOS, Graph

from aruntime import questions
from aruntime.cli import COMMANDS, group, run
from aruntime.graph import Graph as Answers
from aruntime.model import Rows
from aruntime.namespaces import ID
from docs import pages, picture
from tests import transcripts
from tests.conftest import Run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SHOWN = [
    line
    for line in re.findall(r"`(aruntime [^`]+)`", README)
    if "…" not in line and not re.search(r"[A-Z]{3,}|my-data|^aruntime (serve|mcp)$", line)
]
"""Those that run until they are told to stop are left out; see test_serve.py and test_mcp_server.py."""

TRANSCRIPTS = (
    "README.md",
    pytest.param(
        "docs/tutorial.md", marks=pytest.mark.slow
    ),  # like the Python page it compiles a private file
    "docs/deployments.md",
)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    """The ontology, as the generated pages read it."""
    return pages.ontology()


@pytest.fixture(scope="module")
def made(ontology: Graph) -> dict[str, str]:
    """What the generated pages must say."""
    return pages.made(ontology)


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.list_commands(context)]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_named_in_the_documentation(name: str) -> None:
    assert re.search(
        rf"aruntime {name}\b",
        README + CONTRIBUTING + (ROOT / "docs" / "commands.md").read_text("utf-8"),
    ), name


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_ends_with_an_example(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"Example:\s+\S*.*aruntime", text.replace("\n", " ")), text


@pytest.mark.parametrize("line", SHOWN)
def test_command_shown_in_the_readme_runs(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = shlex.split(line, comments=False)[1:]
    assert run(arguments) in (0, 1), capsys.readouterr().err
    assert capsys.readouterr().out


@pytest.mark.parametrize("page", TRANSCRIPTS)
def test_transcripts_show_what_the_commands_print(
    page: str, aruntime: Run, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a change of data: ``pytest tests/test_docs.py --update``, and read the difference."""
    monkeypatch.setenv("COLUMNS", transcripts.WIDTH)
    monkeypatch.chdir(ROOT)
    path = ROOT / page
    if update:
        path.write_text(transcripts.updated(path.read_text("utf-8"), aruntime), "utf-8")
    code = 0
    for step in transcripts.steps(path.read_text("utf-8")):
        code, printed = transcripts.output(step.command, aruntime, code)
        assert transcripts.fits(step.shown, printed), "\n".join([step.command, *printed])


@pytest.mark.slow
def test_session_of_the_python_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    session = "\n".join(re.findall(r"```pycon\n(.*?)```", text, re.DOTALL))
    example = doctest.DocTestParser().get_doctest(session, {}, "docs/python.md", None, 0)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    report: list[str] = []
    failed = doctest.DocTestRunner(optionflags=options).run(example, out=report.append).failed
    assert not failed, "".join(report)


@pytest.mark.parametrize("name", ["model.svg", "model.md", "verdicts.md"])
def test_page_made_from_the_ontology_is_current(name: str, made: dict[str, str]) -> None:
    """``python -m docs.pages`` writes them."""
    assert (ROOT / "docs" / name).read_text("utf-8") == made[name]


def test_queries_and_names_of_the_model_are_of_the_graph(graph: Answers) -> None:
    text = (ROOT / "docs/model.md").read_text("utf-8")
    also = (ROOT / "docs/publication.md").read_text("utf-8")
    shown = re.findall(r"^```sparql\n(.*?)^```", text + also, re.DOTALL | re.MULTILINE)
    assert len(shown) == 7
    for query in shown:
        answer = graph.engine.run(query)
        assert isinstance(answer, Rows) and len(answer) > 0, query
    names = [ID + name for name in re.findall(r"…/id/([a-z/-]+(?:#[a-z-]+)?)", text)]
    assert len(names) == 2
    assert [name for name in names if not graph.engine.run(f"ASK {{ <{name}> ?p ?o }}")] == []


def test_picture_names_only_what_the_ontology_declares(ontology: Graph) -> None:
    declared = {str(term).rpartition("#")[2] for term in ontology.subjects(OWL.deprecated)}
    assert not picture.terms() & declared, "retired"
    assert all((picture.AR[name], RDFS.label, None) in ontology for name in picture.terms())


def test_each_verdict_says_what_to_do(ontology: Graph) -> None:
    names = [name for name, *_ in picture.verdicts(ontology)]
    assert len(names) == len(set(names)) == 12
    assert all(
        (node, SKOS.scopeNote, None) in ontology for node in ontology.subjects(picture.AR.symbol)
    )


def test_readme_is_one_screen_of_each_thing() -> None:
    assert len(README.splitlines()) <= 90


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"aruntime ask ([a-z][a-z-]+)", README + CONTRIBUTING)))
)
def test_question_named_in_the_documentation_exists(name: str) -> None:
    assert name in questions.names()


def test_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_command_reference_is_current() -> None:
    """docs/commands.md is what the commands say of themselves: python tests/command_reference.py >
    docs/commands.md."""
    from tests.command_reference import reference

    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == reference()
