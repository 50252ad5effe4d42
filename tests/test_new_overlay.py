"""A new overlay beside the frozen world: it composes at once, and what it assumes is said
everywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from aruntime import corpus, paths, settings, turtle
from aruntime.cli import run
from aruntime.errors import DataError, UsageError
from aruntime.graph import Graph
from aruntime.namespaces import NS, iri, located, slug
from aruntime.new import REVIEW_AFTER
from aruntime.overlay.overlay import overlay
from tests import transcripts
from tests.conftest import Run

CHECKOUT = Path(__file__).resolve().parent.parent
DAY = datetime.now(UTC)
OWN = "https://acme.example/id/runtime/acme-gateway"
ROUTES = "acme-gateway#routes-by-prefix"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new overlay whose gateway stands before the frozen world's engine."""
    root = tmp_path_factory.mktemp("overlay") / "private"
    for path in overlay(root, today=DAY):
        text = path.read_text("utf-8").replace("runtime:vllm", "runtime:engine")
        text = text.replace("vllm/vllm-openai:v0.33.0", "acme/engine:1.0")
        path.write_text(text, "utf-8")
    return root


@pytest.fixture
def private(folder: Path, small: Graph, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That overlay beside the frozen world, in whose folder commands run."""
    monkeypatch.chdir(folder)
    return folder


def answer(aruntime: Run, *arguments: object) -> str:
    code, out, err = aruntime(*arguments)
    assert code == 0, err
    return out


def test_it_keeps_every_rule_and_is_canonical(aruntime: Run, private: Path) -> None:
    assert aruntime("fmt", "--check", "data")[0] == 0
    for command in (["validate"], ["validate", "--data", private], ["validate", "data/runtime"]):
        code, out, err = aruntime(*command, "--format", "json")
        assert (code, json.loads(out)["findings"]) == (0, []), err


def test_a_verdict_says_that_it_rests_on_what_is_assumed(aruntime: Run, private: Path) -> None:
    command = ("compose", "acme-gateway", "engine", "--data", private)
    found = json.loads(answer(aruntime, *command, "--format", "json"))
    rows = {row["responsibility"]: row for row in found["responsibilities"]}
    row = rows["cache-aware-routing"]
    assert (row["verdict"], row["assumed"]) == ("owned", [ROUTES])
    (claim,) = row["claims"]
    assert (claim["status"], claim["source"], claim["verified"]) == ("assumed", "", False)
    assert [r for r in rows.values() if r["assumed"]] == [row]
    (seam,) = found["seams"]
    assert (seam["verdict"], seam["claims"]) == ("assumed", ["acme-gateway#routes-to-vllm"])
    assert "assumed" in found["notes"][0] and "cache-aware-routing" in found["notes"][0]


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "markdown", "mermaid", "svg"])
def test_every_form_of_a_composition_marks_it(
    aruntime: Run, private: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = aruntime(
        "compose", "acme-gateway", "engine", "--for", "online-serving", "--format", form
    )
    assert code == 0
    marked = [line for line in out.splitlines() if "cache-aware-routing" in line]
    assert marked and all("assumed" in line for line in marked)
    assert any("routes" in line and "assumed" in line for line in out.splitlines())


def test_a_candidate_decides_nothing_and_blocks_nothing(aruntime: Run, private: Path) -> None:
    found = json.loads(answer(aruntime, "compose", "acme-gateway", "--format", "json"))
    assert "rate-limiting" not in {row["responsibility"] for row in found["responsibilities"]}
    shown = json.loads(answer(aruntime, "show", "acme-gateway", "--format", "json"))
    statuses = {claim["claim"]: claim["status"] for claim in shown["claims"]}
    assert statuses["acme-gateway#limits-rate"] == "candidate" and statuses[ROUTES] == "assumed"


def test_select_ranks_what_is_assumed_behind_what_is_shown(aruntime: Run, private: Path) -> None:
    command = ("select", "--owns", "cache-aware-routing", "--format", "json")
    code, out, _ = aruntime(*command)
    assert code == 1, "nothing is shown to meet the need"
    (candidate,) = json.loads(out)["candidates"]
    assert (candidate["component"], candidate["verdict"]) == ("acme-gateway", "assumed")
    (need,) = candidate["needs"]
    assert need["answer"] == "assumed: yes"
    assert need["claims"] == [{"claim": ROUTES, "source": "", "status": "assumed"}]
    assert "assumed: yes" in aruntime(*command[:-1], "tsv")[1]


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "json", "markdown"])
def test_why_says_who_assumes_it_and_until_when(aruntime: Run, private: Path, form: str) -> None:
    for name in (ROUTES, "#routes-by-prefix", f"{OWN}#routes-by-prefix"):
        code, out, err = aruntime("why", name, "--format", form)
        assert (
            code == 0
            and "assumed" in out
            and "acme" in out
            and f"{DAY + REVIEW_AFTER:%Y-%m-%d}" in out
        )
        assert "assumed: no evidence shows it" in err
    code, _, err = aruntime("why", "acme-gateway", "ar:owns", "cache-aware-routing")
    assert code == 2 and "not found" in err


def test_compare_and_search_mark_it(aruntime: Run, private: Path) -> None:
    command = ("compare", "acme-gateway", "engine", "--layer", "4")
    lines = json.loads(answer(aruntime, *command, "--format", "json"))["lines"]
    side = next(x["left"] for x in lines if x["responsibility"] == "cache-aware-routing")
    assert side["assumed"] == [ROUTES]
    assert f"assumed, not shown: {ROUTES}" in answer(aruntime, *command, "--format", "tsv")
    for form in ("table", "tsv", "json"):
        found = answer(aruntime, "search", "prefix longest", "--format", form)
        assert "assumed" in found and "acme-gateway" in found


def test_nothing_assumed_is_stated_directly_or_answered_as_a_fact(
    aruntime: Run, private: Path
) -> None:
    text = answer(aruntime, "export", "--data", private, "--format", "ntriples")
    own, claims = NamedNode(OWN), set[object]()
    direct = set()
    for quad in parse(text.encode(), RdfFormat.N_TRIPLES):
        if quad.predicate == iri("ar:status") and quad.object == iri("claim-status:assumed"):
            claims.add(quad.subject)
        if quad.subject == own and quad.predicate.value.startswith(NS):
            direct.add(quad.predicate.value.removeprefix(NS))
        assert quad.object != own or quad.subject.value.startswith("https://acme.example/id/")  # type: ignore[union-attr]
    assert direct == {"maintainer"}
    assert {slug(str(c.value)) for c in claims} >= {ROUTES, "acme-gateway#routes-to-vllm"}  # type: ignore[attr-defined]
    for question in ("claims-of-runtime", "integrations-of"):
        rows = answer(aruntime, "ask", question, "-p", "runtime=acme-gateway")
        assert len(rows.splitlines()) == 1, rows


def test_the_private_data_of_a_settings_file_is_read(
    aruntime: Run, private: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "acme-gateway" in answer(aruntime, "list", "runtime")
    monkeypatch.chdir(private / "data" / "runtime")
    assert "acme-gateway" in answer(aruntime, "list", "runtime")
    assert "agent/acme>" not in answer(aruntime, "export", "--format", "ntriples")
    monkeypatch.chdir(tmp_path)
    assert "acme-gateway" not in answer(aruntime, "list", "runtime")
    (tmp_path / "aruntime.toml").write_text('data = ["absent"]\n')
    code, out, err = aruntime("list", "runtime")
    assert (code, out) == (3, "") and "data names 'absent'" in err
    (tmp_path / "aruntime.toml").write_text('data = "absent"\n')
    with pytest.raises(DataError, match="list of paths"):
        settings.data(str(tmp_path / "aruntime.toml"))


def test_a_check_notes_what_is_assumed_and_can_be_made_to_fail(
    aruntime: Run, private: Path
) -> None:
    found = json.loads(answer(aruntime, "check", "deploy", "--format", "json"))
    (finding,) = [f for f in found["findings"] if f["rule"].startswith("assumed-claim/")]
    assert (finding["rule"], finding["level"]) == ("assumed-claim/cache-aware-routing", "note")
    assert (finding["file"], finding["line"]) == ("deploy/gateway.yaml", 17)
    assert [(c["claim"], c["status"]) for c in finding["claims"]] == [(ROUTES, "assumed")]
    assert not [f for f in found["findings"] if f["rule"].startswith("required-owner")]
    for form in ("text", "json", "github", "sarif", "junit", "gitlab"):
        code, out, _ = aruntime("check", "deploy", "--fail-on", "assumed-claim", "--format", form)
        assert code == 1 and "assumes; no evidence shows it" in out, form


def test_a_claim_is_added_in_the_namespace_of_its_component(aruntime: Run, tmp_path: Path) -> None:
    overlay(tmp_path / "own", today=DAY)
    data = tmp_path / "own" / "data"
    answer(aruntime, "new", "claim", "acme-gateway#queues", "--stance", "native", "--into", data)
    claims = corpus.triples_of(data / "runtime" / "acme-gateway" / "claims.ttl")
    (read,) = [t.object for t in claims if t.subject == NamedNode(f"{OWN}#queues")
               and t.predicate == iri("ar:readIn")]  # fmt: skip
    about = corpus.triples_of(data / "runtime" / "acme-gateway" / "about.ttl")
    (reader,) = {t.object for t in about if t.subject == read
                 and t.predicate == iri("prov:wasAssociatedWith")}  # fmt: skip
    assert reader == NamedNode("https://acme.example/id/agent/acme")


def test_names_are_the_organisations_own(tmp_path: Path) -> None:
    written = overlay(tmp_path, "edge-proxy", "example-corp", "https://data.example.org/ai/", DAY)
    texts = {path.name: path.read_text("utf-8") for path in written}
    assert {"edge-proxy.ttl", "example-corp.ttl", "edge-proxy-docs.ttl"} <= texts.keys()
    assert "acme" not in "".join(texts.values()).lower() and "$" not in texts["README.md"]
    for path in written:
        if path.suffix == ".ttl":
            triples = corpus.triples_of(path)
            assert path.read_text("utf-8") == turtle.write(triples)
            for triple in triples:
                assert located(str(triple.subject.value))[0] == "https://data.example.org/ai/"  # type: ignore[index, union-attr]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--component", "Not A Slug"], "no slug"),
        (["--organisation", "Globex"], "--organisation 'Globex' is no slug"),
        (["--organisation", ""], "no slug"),
        (["--namespace", "acme.example"], "no namespace"),
        (["--namespace", "https://acme.example/id"], "no namespace"),
        (["--namespace", "https://acme.example/a b/"], "no namespace"),
        (["--namespace", "https://w3id.org/aruntime/id/"], "this project's"),
        (["--namespace", "https://w3id.org/aruntime/acme/"], "this project's"),
    ],
)
def test_what_is_refused_writes_nothing(
    aruntime: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    code, out, err = aruntime("new", "overlay", tmp_path / "own", *arguments)
    assert (code, out) == (2, "") and words in err
    assert not (tmp_path / "own").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        overlay(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.slow
def test_the_page_on_overlays_runs_as_it_is_written(
    aruntime: Run, tmp_path: Path, update: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", transcripts.WIDTH)
    monkeypatch.chdir(tmp_path)
    page = CHECKOUT / "docs" / "overlays.md"
    if update:
        page.write_text(transcripts.updated(page.read_text("utf-8"), aruntime), "utf-8")
        return
    code = 0
    for step in transcripts.steps(page.read_text("utf-8")):
        code, printed = transcripts.output(step.command, aruntime, code)
        assert transcripts.fits(step.shown, printed), "\n".join([step.command, *printed])


@pytest.mark.slow
def test_the_steps_of_a_new_overlay_run_as_its_readme_and_workflow_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay(tmp_path)
    monkeypatch.chdir(tmp_path)
    readme = (tmp_path / "README.md").read_text("utf-8")
    workflow = (tmp_path / ".github" / "workflows" / "aruntime.yml").read_text("utf-8")
    steps = [line for line in readme.splitlines() if line.startswith("aruntime ")]
    steps += [x.partition("run: ")[2] for x in workflow.splitlines() if "run: aruntime" in x]
    assert len(steps) == 8
    for step in steps:
        assert run(step.split()[1:]) == 0, step


@pytest.mark.slow
def test_rules_and_texts_of_publications_are_no_private_files(aruntime: Run, small: Graph) -> None:
    ontology = paths.ontology()
    for name in ("publication", "shapes"):
        code, out, err = aruntime("validate", ontology / name)
        assert (code, out) == (2, "") and "no data" in err
    found = json.loads(aruntime("validate", ontology, "--format", "json")[1])["findings"]
    places = {str(finding["file"]) for finding in found}
    assert not [place for place in places if "/publication/" in place or "/shapes/" in place]
    assert "overlay-leaves-shipped-things-alone" not in {finding["rule"] for finding in found}
