"""``check`` on the frozen world: where findings stand, what is accepted, and the forms they take."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.namespace import RDF, SH

from aruntime import questions
from aruntime import settings as settings_of
from aruntime.check import changes, rules, suppression
from aruntime.check import policy as policies
from aruntime.check.check import check
from aruntime.check.model import Checked, Finding
from aruntime.check.policy import Policy
from aruntime.detect.model import Detected, Place
from aruntime.errors import AruntimeError, DataError, UsageError
from aruntime.evidence import repositories
from aruntime.git import commit_of
from aruntime.graph import Graph
from aruntime.opening import open_graph
from aruntime.render.formats import Screen
from aruntime.render.reports import ci, forms, sarif
from aruntime.render.reports import text as as_text
from tests.conftest import Run

CHECKOUT = Path(__file__).resolve().parent.parent
KEYS = CHECKOUT / "tests" / "check_keys.ttl"
SCHEMA = Path(
    os.environ.get(
        "ARUNTIME_SARIF_SCHEMA",
        CHECKOUT.parent / "shared" / "testdata" / "oasis" / "sarif-schema-2.1.0.json",
    )
)
TODAY = date(2026, 11, 28)
POD = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: model
spec:
  template:
    spec:
      containers:
        - name: server
          image: acme/server:1.0.0
        - name: engine
          image: acme/engine:1.7.0
"""
Check = Callable[..., Checked]


@pytest.fixture(scope="module")
def world(small_root: Path) -> Graph:
    """The frozen world with recognition keys of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aruntime.paths._ROOT", str(small_root))
        return open_graph([KEYS])


@pytest.fixture
def checked(world: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Graph) -> Check:
    """Checks files with these texts, named from the folder that they stand in."""
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, str] | str = POD, **arguments: object) -> Checked:
        texts = {"a.yaml": files} if isinstance(files, str) else files
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = settings_of.beside(["."])
        held = arguments.pop("policy", policies.read(found) if found else Policy())
        return check(world, ["."], held, today=TODAY, **arguments)  # type: ignore[arg-type]

    return run


def by_rule(found: Checked, rule: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.rule == rule]


def test_a_conflict_stands_at_the_line_of_one_party_and_names_the_other(checked: Check) -> None:
    (finding,) = by_rule(checked(), "contended")
    assert finding.rule_id == "contended/autoscaling" and finding.level == "error"
    assert (finding.place.file, finding.place.line, finding.place.column) == ("a.yaml", 12, 18)
    assert [(r.place.line, r.message.split(" (")[0]) for r in finding.related] == [
        (10, "server 1.0.0")
    ]
    assert finding.object == "Deployment/model"
    assert {claim.claim for claim in finding.claims} == {"engine#scales-itself", "server#scales"}


def test_a_requirement_holds_where_nothing_is_recognised(
    checked: Check, aruntime: Run, tmp_path: Path
) -> None:
    policy = '# ours\n[check]\nstrict = true\nrequire = ["rate-limiting"]\n'
    for files in (
        {"requirements.txt": "flask==3.0\n", "aruntime.toml": policy},
        {"a.yaml": POD, "aruntime.toml": policy + 'exclude = ["*"]\n'},
    ):
        for changed in (None, []):
            found = checked(files, changed=changed)
            (missing,) = by_rule(found, "required-owner")
            assert (missing.level, missing.place.file, missing.place.line) == (
                "error", "aruntime.toml", 4,
            )  # fmt: skip
            (nothing,) = by_rule(found, "nothing-recognised")
            assert nothing.level == "error" and "no component is recognised" in nothing.message
    (tmp_path / "aruntime.toml").unlink()
    command = ("check", "requirements.txt", "--fail-on", "all")
    assert aruntime(*command, "--data", KEYS)[0] == 1
    assert aruntime("check", "requirements.txt", "--data", KEYS)[0] == 0
    assert aruntime("check", "requirements.txt", "--data", KEYS, "--strict")[0] == 1
    assert by_rule(checked({"b.yaml": POD}), "nothing-recognised") == []


def test_a_requirement_says_what_runs(checked: Check) -> None:
    held = Policy(require=("autoscaling",))
    (finding,) = by_rule(checked(policy=held), "required-owner")
    runs = {claim.claim: claim.runs for claim in finding.claims}
    assert runs["engine#scales-itself"] == "1.7.0" and runs["server#scales"] == "1.0.0"
    assert "the files do not say what you run" not in ci.gitlab(checked(policy=held))


def test_claims_say_where_they_were_read_and_what_runs(checked: Check) -> None:
    (finding,) = by_rule(checked(), "contended")
    claim = next(c for c in finding.claims if c.claim == "engine#scales-itself")
    assert (claim.read, claim.runs, claim.verified) == ("1.0", "1.7.0", False)
    assert "#" in claim.locator or ":" in claim.locator
    (note,) = by_rule(checked(), "unverified-version")
    assert "you run 1.7.0" in note.message and note.level == "note"


SERVICE = """apiVersion: ray.io/v1
kind: RayService
metadata: {name: chat}
spec:
  serveConfigV2: |
    applications:
      - import_path: ray.serve.llm:build_openai_app
        args:
          llm_configs:
            - deployment_config:
                autoscaling_config: {min_replicas: 0}
  rayClusterConfig:
    enableInTreeAutoscaling: true
"""
GATEWAY = """services:
  gateway: {image: "ghcr.io/berriai/litellm:v1.77.0"}
  engine: {image: "vllm/vllm-openai:v0.33.0"}
  small: {image: "ollama/ollama:0.32.15"}
"""


@pytest.mark.parametrize(("name", "text"), [("a.yaml", SERVICE), ("compose.yaml", GATEWAY)])
def test_what_projects_document_is_not_contended(
    graph: Graph, tmp_path: Path, name: str, text: str
) -> None:
    """Replicas of Ray Serve on nodes that KubeRay adds; two engines behind one gateway."""
    (tmp_path / name).write_text(text)
    assert by_rule(check(graph, [str(tmp_path)]), "contended") == []


def test_versions_that_do_not_go_together_are_an_error(checked: Check) -> None:
    found = checked(POD.replace("1.7.0", "1.0.0"))
    (finding,) = by_rule(found, "impossible-versions")
    assert finding.level == "error" and "server works with engine 1.5 to 2" in finding.message
    assert by_rule(checked(), "impossible-versions") == []
    other = POD.replace("1.7.0", "1.0.0").replace("server:1.0.0", "server:0.9.0")
    assert by_rule(checked(other), "impossible-versions") == []  # its bounds were not read


def test_a_configuration_in_the_files_makes_the_choice(checked: Check) -> None:
    crd = "apiVersion: acme.example/v1\nkind: Server\nmetadata: {name: a}\nspec:\n  mode: %s\n"
    asked = {f.rule_id for f in checked().findings}
    assert "choice/server-mode" in asked
    chosen = {f.rule_id for f in checked(POD + "---\n" + crd % "plain").findings}
    assert "choice/server-mode" not in chosen
    both = checked(POD + "---\n" + crd % "plain" + "---\n" + crd % "grouped")
    (finding,) = by_rule(both, "mixed-options")
    assert "grouped and plain exclude each other" in finding.message


def test_a_choice_and_a_feature_are_told_apart(checked: Check) -> None:
    for finding in by_rule(checked(), "choice"):
        choice = "depends on a choice" in finding.message
        feature = "off unless it is turned on" in finding.message
        assert choice != feature
        assert finding.remedy.startswith("choose" if choice else "turn on")


def test_a_finding_wraps_on_a_terminal_alone_and_keeps_its_names(checked: Check) -> None:
    found = checked()
    narrow = as_text.report(found, Screen(40, terminal=True))
    assert " ".join(narrow.split()) == " ".join(as_text.report(found, Screen(40)).split())
    assert max(map(len, as_text.report(found, Screen(40)).splitlines())) > 100
    for finding in found.findings:
        assert finding.rule_id in narrow


def test_what_a_missing_component_would_close_is_said(checked: Check) -> None:
    (finding,) = by_rule(checked(), "open-delegation")
    assert finding.rule_id == "open-delegation/cluster" and finding.remedy == "add cluster"
    assert finding.responsibilities == ("pod-scheduling",)


def test_a_lock_that_its_requirements_exclude_is_a_finding(checked: Check) -> None:
    found = checked(
        {
            "pyproject.toml": '[project]\nname = "a"\ndependencies = ["acme-engine>=1.8"]\n',
            "uv.lock": '[[package]]\nname = "acme-engine"\nversion = "1.7.0"\n',
        }
    )
    (finding,) = by_rule(found, "lock-conflict")
    assert (finding.place.file, finding.place.line) == ("pyproject.toml", 3)
    assert "uv.lock pins 1.7.0, which >=1.8 excludes" in finding.message
    assert [(r.place.file, r.place.line) for r in finding.related] == [("uv.lock", 2)]


def test_two_versions_and_moving_tags_are_findings(checked: Check) -> None:
    found = checked(
        {
            "a.yaml": POD,
            "requirements.txt": "acme-engine==1.8.0\n",
            "b.yaml": POD.replace(":1.0.0", ":latest"),
        }
    )
    (finding,) = by_rule(found, "several-versions")
    assert "1.7.0, 1.8.0" in finding.message
    assert [f.place.line for f in by_rule(found, "moving-tag")] == [10]


def test_what_was_not_looked_at_is_a_finding(checked: Check) -> None:
    found = checked({"a.yaml": POD + "---\na: [\n", "b.yaml": POD.replace("acme/server", "acme/x")})
    assert [f.place.line for f in by_rule(found, "not-read")] == [15]
    assert [f.subject for f in by_rule(found, "not-recognised")] == ["acme/x"]


def test_an_archived_component_is_a_finding(checked: Check) -> None:
    found = checked(POD.replace("acme/server:1.0.0", "acme/frame:1.0.0"))
    assert [f.rule_id for f in by_rule(found, "archived")] == ["archived/frame"]


def test_the_policy_requires_owners(checked: Check) -> None:
    held = Policy(require=("authentication", "rate-limiting", "preemption"))
    ids = {f.rule_id for f in by_rule(checked(policy=held), "required-owner")}
    assert ids == {"required-owner/rate-limiting", "required-owner/preemption"}
    with pytest.raises(UsageError, match="no responsibility is called 'rate-limit'; did you mean"):
        checked(policy=Policy(require=("rate-limit",)))


TOML = """[check]
fail-on = ["gap", "contended/autoscaling"]
require = ["request-admission"]
in = ["server=plain"]
exclude = ["old/*"]

[[ignore]]
rule = "contended"
path = "*.yaml"
reason = "the engine's own autoscaler is off"
until = 2027-01-31

[[ignore]]
rule = "gap"
object = "Deployment/none"
reason = "nothing has it"

[[ignore]]
rule = "disputed"
path = "*"
reason = "was looked into"
until = 2026-01-31
"""


def test_ignores_accept_expire_and_must_match(checked: Check) -> None:
    found = checked({"a.yaml": POD, "aruntime.toml": TOML, "old/a.yaml": POD})
    assert [(a.finding.rule_id, a.by) for a in found.accepted] == [
        ("contended/autoscaling", "aruntime.toml:7")
    ]
    assert {f.place.line for f in by_rule(found, "ignore-unmatched")} == {13}
    assert {f.place.line for f in by_rule(found, "ignore-expired")} == {18}
    assert by_rule(found, "disputed") and not by_rule(found, "contended")
    assert {f.place.file for f in found.findings} == {"a.yaml", "aruntime.toml"}
    assert not [f for f in found.findings if f.rule_id == "choice/server-mode"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check]\nfail = 1\n", r"\[check\] has no 'fail'"),
        ('[check]\nfail-on = "gap"\n', r"fail-on in \[check\] is a list"),
        ('[check]\nfail-on = ["gab"]\n', "no rule is called 'gab'; did you mean gap"),
        ('[check]\nin = ["server"]\n', "in in .check. takes COMPONENT=CONFIGURATION"),
        ("[checks]\n", r"there is no \[checks\]"),
        ('[[ignore]]\nrule = "gap"\nreason = "x"\n', "says where it holds"),
        ('[[ignore]]\nrule = "gap"\npath = "*"\n', "says why"),
        ('[[ignore]]\nrule = "gap"\npath = "*"\nreason = "x"\nuntil = "soon"\n', "until in"),
        ("[check\n", "no TOML"),
        ("ignore = 3\n", "one table each"),
    ],
)
def test_a_policy_says_what_is_wrong_with_it(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "aruntime.toml"
    file.write_text(text)
    with pytest.raises(AruntimeError, match=said):
        policies.read(str(file))


def test_comments_and_annotations_accept_with_a_reason(checked: Check) -> None:
    line = POD.replace(
        "acme/engine:1.7.0", "acme/engine:1.7.0 # aruntime: ignore contended its scaler is off"
    )
    found = checked(line)
    assert [(a.reason, a.by) for a in found.accepted] == [("its scaler is off", "a.yaml:12")]
    above = POD.replace(
        "          image: acme/engine",
        "          # aruntime: ignore contended off\n          image: acme/engine",
    )
    assert [a.reason for a in checked(above).accepted] == ["off"]
    noted = POD.replace(
        "  name: model\n",
        '  name: model\n  annotations:\n    aruntime.dev/ignore: "contended: off"\n',
    )
    assert [a.reason for a in checked(noted).accepted] == ["off"]
    assert checked(line, policy=Policy(inline_ignores=False)).accepted == ()


def test_a_comment_without_a_reason_accepts_nothing(checked: Check) -> None:
    found = checked(
        POD.replace("acme/engine:1.7.0", "acme/engine:1.7.0 # aruntime: ignore contended")
    )
    assert by_rule(found, "contended") and by_rule(found, "ignore-without-reason")


def test_a_mark_that_accepts_nothing_is_a_finding(checked: Check) -> None:
    said = "acme/engine:1.7.0 # aruntime: ignore {} because\n"
    for name, message in (
        ("moving-tga", "no rule is called 'moving-tga'; did you mean moving-tag"),
        ("moving-tag", "the ignore of moving-tag accepts nothing here"),
    ):
        found = checked(POD.replace("acme/engine:1.7.0\n", said.format(name)))
        (finding,) = by_rule(found, "ignore-unmatched")
        assert message in finding.message and finding.place.line == 12
    alone = checked("# aruntime: ignore gap because\na: 1\n")
    assert [f.place.line for f in by_rule(alone, "ignore-unmatched")] == [1]
    used = POD.replace("acme/engine:1.7.0\n", said.format("contended"))
    assert (
        by_rule(checked({"a.yaml": used, "aruntime.toml": TOML}), "ignore-unmatched")[0].place.line
        == 13
    )
    assert by_rule(checked(used, policy=Policy(inline_ignores=False)), "ignore-unmatched") == []


def test_a_pattern_that_matches_nothing_is_a_finding(checked: Check) -> None:
    toml = '[check]\nvalues = ["values-prod.yaml", "values-x.yaml"]\nexclude = ["old/*", "odl/*"]\n'
    found = checked(
        {"a.yaml": POD, "old/a.yaml": POD, "values-prod.yaml": "a: 1\n", "aruntime.toml": toml}
    )
    assert [(f.place.line, f.message.split("'")[1]) for f in by_rule(found, "pattern-unmatched")] == [
        (2, "values-x.yaml"), (3, "odl/*"),
    ]  # fmt: skip


def test_what_fails_is_known(checked: Check) -> None:
    for name in ("gap/not-a-thing", "moving-tag/servr", "choice/servr-mode", "required-owner/gap"):
        with pytest.raises(UsageError, match=f"fail-on {name}: no .* is called"):
            checked(policy=Policy(fail_on=(name,)))
    known = ("contended/AutoScaling", "moving-tag/server", "choice/server-mode", "not-read/a.yaml")
    found = checked(policy=Policy(fail_on=known))
    assert {f.rule_id for f in found.findings if f.level == "error"} == {
        "contended/autoscaling", "choice/server-mode",
    }  # fmt: skip
    assert not checked({"a.yaml": POD, "aruntime.toml": "[check]\nfail-on = []\n"}).fails


def test_a_policy_that_cannot_be_found_or_told_apart_is_an_error(
    checked: Check, aruntime: Run, tmp_path: Path
) -> None:
    checked({"a/x.yaml": POD, "b/x.yaml": POD, "a/aruntime.toml": "[check]\nfail-on = []\n"})
    assert aruntime("check", "a", "b", "--data", KEYS)[0] == 0
    (tmp_path / "b" / "aruntime.toml").write_text('[check]\nrequire = ["rate-limiting"]\n')
    code, _, err = aruntime("check", "a", "b", "--data", KEYS)
    assert code == 2 and "a is held to a/aruntime.toml, b to b/aruntime.toml" in err
    assert aruntime("check", "a", "b", "--data", KEYS, "--policy", "a/aruntime.toml")[0] == 0
    (tmp_path / "b" / "aruntime.toml").unlink()
    (tmp_path / "b" / "aruntime.toml").symlink_to("nowhere")
    code, _, err = aruntime("check", "b", "--data", KEYS)
    assert code == 3 and "b/aruntime.toml: cannot be read" in err


def test_forms_are_written_beside_what_is_read(checked: Check, aruntime: Run) -> None:
    checked({"d/a.yaml": POD, "d/aruntime.toml": "[check]\n"})
    command = ("check", "d", "--data", KEYS, "--fail-on", "none")
    for also in (["json=d/a.yaml"], ["json=./d/aruntime.toml"], ["json=x", "json=./x"]):
        given = [part for one in also for part in ("--also", one)]
        code, _, err = aruntime(*command, *given)
        assert code == 2 and "name another" in err, also
    assert Path("d/a.yaml").read_text() == POD
    assert aruntime(*command, "--also", "json=x", "--also", "sarif=y")[0] == 0


def test_a_baseline_holds_when_lines_move_and_tells_what_is_fixed(
    checked: Check, tmp_path: Path
) -> None:
    before = checked()
    suppression.write_baseline("base.json", before.findings, {})
    moved = checked("# a comment\n\n" + POD, baseline="base.json")
    assert moved.findings == () and moved.fixed == ()
    assert len(moved.accepted) == len(before.findings)
    other = checked(POD.replace("acme/server:1.0.0", "acme/frame:1.0.0"), baseline="base.json")
    assert "archived/frame" in {f.rule_id for f in other.findings}
    assert other.fixed
    (tmp_path / "base.json").write_text("{}")
    with pytest.raises(DataError, match="no baseline"):
        checked(baseline="base.json")


def test_only_findings_of_changed_files_are_told(checked: Check) -> None:
    files = {"a.yaml": POD, "b.yaml": POD.replace(":1.0.0", ":latest")}
    assert by_rule(checked(files), "moving-tag")
    assert {f.place.file for f in checked(files, changed=["b.yaml"]).findings} <= {
        "a.yaml",
        "b.yaml",
    }
    assert checked(files, changed=["c.yaml"]).findings == ()


def test_fingerprints_are_unique_and_do_not_know_lines(checked: Check) -> None:
    found = [f.fingerprint for f in checked().findings]
    assert len(set(found)) == len(found)
    assert found == [f.fingerprint for f in checked("\n\n" + POD).findings]


def test_a_new_finding_is_none_that_was_known(checked: Check) -> None:
    """Other images, namespaces, versions, reasons, and one more of the same are new."""
    tag = POD.replace("acme/engine:1.7.0", "acme/engine:latest")
    second = tag + "        - name: more\n          image: acme/engine:%s\n"
    space = tag.replace("  name: model", "  name: model\n  namespace: %s", 1)
    versions = {"requirements.txt": "acme-engine==1.8.0\n"}
    pairs: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("moving-tag", {"a.yaml": tag}, {"a.yaml": tag.replace("latest", "main")}),
        ("moving-tag", {"a.yaml": tag}, {"a.yaml": second % "main"}),
        ("moving-tag", {"a.yaml": tag}, {"a.yaml": second % "latest"}),
        ("moving-tag", {"a.yaml": space % "one"}, {"a.yaml": space % "two"}),
        ("not-read", {"a.yaml": "a: [\n"}, {"a.yaml": "a: b: c\n"}),
        ("several-versions", {"a.yaml": POD, **versions},
         {"a.yaml": POD.replace("1.7.0", "1.6.0"), **versions}),
    ]  # fmt: skip
    for rule, before, after in pairs:
        suppression.write_baseline("base.json", checked(before).findings, {})
        new = by_rule(checked(after, baseline="base.json"), rule)
        assert len(new) == 1, (rule, after)
        prints = [f.fingerprint for f in checked(after).findings]
        assert len(set(prints)) == len(prints)


def test_a_name_that_is_no_text_is_written_in_each_form(
    checked: Check, aruntime: Run, tmp_path: Path
) -> None:
    name = os.fsdecode(b"\xff\xfe.yaml")
    checked({name: POD.replace("1.7.0", "latest")})
    options = ("--data", KEYS, "--fail-on", "none")
    for form in forms.FORMS:
        code, out, err = aruntime("check", ".", *options, "--format", form, "--also", f"{form}=o")
        assert (code, "unexpected" in err) == (0, False), form
        assert out.encode() == Path("o").read_bytes(), form
    assert "%FF%FE.yaml" in aruntime("check", ".", *options, "--format", "sarif")[1]
    assert aruntime("check", ".", *options, "--write-baseline", "base.json")[0] == 0
    assert aruntime("check", ".", *options, "--baseline", "base.json")[1] == ""


def test_sarif_is_valid_and_complete(checked: Check, world: Graph) -> None:
    if not SCHEMA.is_file():
        pytest.skip(f"{SCHEMA} is absent; ARUNTIME_SARIF_SCHEMA names another")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    bad = checked({"a b é.yaml": POD, "aruntime.toml": TOML})
    empty = Checked((), (), (), Detected((), (), (), ()), None)
    for found in (bad, empty):
        text = forms.written(world, found, "sarif", show_suppressed=True)
        document = json.loads(text)
        assert [error.message for error in validator.iter_errors(document)] == []
        assert isinstance(document["runs"][0]["results"], list)
    document = json.loads(forms.written(world, bad, "sarif"))
    result = next(r for r in document["runs"][0]["results"] if r["ruleId"].startswith("disputed"))
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b%20%C3%A9.yaml"
    assert location["region"]["startLine"] == 12 and location["region"]["startColumn"] == 18
    assert result["partialFingerprints"]["aruntime/v2"]
    assert "suppressions" not in json.dumps(document)


@pytest.mark.slow
def test_validate_has_the_same_forms(aruntime: Run, graph: Graph) -> None:
    bad = CHECKOUT / "tests" / "rules" / "image-key-is-a-repository" / "fail-tag.ttl"
    for form in ("text", "json", "github", "sarif", "junit", "gitlab", "turtle"):
        code, out, _ = aruntime("validate", bad, "--format", form)
        assert code == 1 and "image-key-is-a-repository" in out, form
        if form == "turtle":
            found = rdflib.Graph().parse(data=out, format="turtle")
            (report,) = found.subjects(RDF.type, SH.ValidationReport)
            assert found.value(report, SH.conforms) == rdflib.Literal(False)
            assert set(found.subjects(RDF.type, SH.ValidationResult)) == set(
                found.objects(report, SH.result)
            )
        if form == "sarif" and SCHEMA.is_file():
            jsonschema = pytest.importorskip("jsonschema")
            jsonschema.validate(json.loads(out), json.loads(SCHEMA.read_text()))


def test_junit_counts_failures_and_has_a_case_a_rule_and_file(checked: Check) -> None:
    found = checked()
    suite = ElementTree.fromstring(ci.junit(found).encode()).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == len({f.rule_id for f in found.findings})
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0
    empty = Checked((), (), (), Detected((), (), (), ()), None)
    assert ElementTree.fromstring(ci.junit(empty).encode()).attrib["tests"] == "1"


def test_gitlab_has_what_its_report_needs(checked: Check) -> None:
    for entry in json.loads(ci.gitlab(checked())):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert (
            entry["severity"] in ("info", "minor", "major") and entry["location"]["lines"]["begin"]
        )


def hostile(text: str) -> Checked:
    place = Place(text or "f", 1, 1, 2)
    finding = Finding("gap", text, "error", text, text, place, text, (text,), (), (), ())
    return Checked((finding,), (), (), Detected((), (), (), ()), None)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60))
def test_no_text_breaks_out_of_a_form(text: str) -> None:
    found = hostile(text)
    lines = ci.github(found).split("\n")
    assert len(lines) == 2 and lines[0].startswith("::error file=") and lines[1] == ""
    assert lines[0].count("::") >= 2 and "\r" not in lines[0] and "\x1b" not in lines[0]
    ElementTree.fromstring(
        ci.junit(found).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )
    json.loads(ci.gitlab(found))
    assert not set(sarif.uri(text.replace("\ud800", ""))) & set(' <>"{}|\\^`')


def test_verdicts_that_ask_somebody_to_act_are_rules(graph: Graph) -> None:
    query = """SELECT ?v ?act { ?v <https://w3id.org/aruntime/ns#needsDecision> ?act }"""
    rows = graph.engine.select(query, {}).records()
    acting = {(r["v"] or "").rpartition("/")[2] for r in rows if r["act"] == "true"}
    assert acting == rules.verdicts()


def test_every_rule_says_what_why_and_shows_examples(graph: Graph) -> None:
    for name in rules.names():
        rule = rules.described(graph, name)
        assert all(len(text) > 5 for text in rule[1:]), name
    assert "did you mean moving-tag" in questions.suggestion("moving-tags", rules.names())


@pytest.mark.slow
def test_the_command_exits_alike_in_every_form(
    checked: Check, aruntime: Run, tmp_path: Path
) -> None:
    checked()
    for form in forms.FORMS:
        options = ("--data", KEYS, "--format", form)
        assert aruntime("check", ".", *options)[0] == 1, form
        assert aruntime("check", ".", *options, "--fail-on", "none")[0] == 0, form
    code, out, err = aruntime("check", ".", "--data", KEYS, "--also", "sarif=out.sarif")
    assert code == 1 and "a.yaml:12:18: error contended/autoscaling" in out and "errors" in err
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert aruntime("check", ".", "--data", KEYS, "--write-baseline", "b.json")[0] == 0
    assert aruntime("check", ".", "--data", KEYS, "--baseline", "b.json")[0] == 0
    assert aruntime("check", ".", "--data", KEYS, "--also", "pdf=x")[0] == 2
    assert aruntime("check", ".", "--data", KEYS, "--fail-on", "gab")[0] == 2
    (tmp_path / "b.yaml").write_text("a: [\n")
    assert aruntime("check", ".", "--data", KEYS, "--fail-on", "none", "--strict")[0] == 3


def test_changed_since_asks_git(checked: Check, aruntime: Run, tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is absent")
    checked()
    commit(tmp_path)
    options = ("check", ".", "--data", KEYS, "--changed-since")
    assert aruntime(*options, "HEAD")[0] == 0
    (tmp_path / "a.yaml").write_text("\n" + POD)
    assert aruntime(*options, "HEAD")[0] == 1
    (tmp_path / "a.yaml").write_text(POD)
    assert aruntime(*options, "HEAD")[0] == 0
    (tmp_path / "aruntime.toml").write_text("[check]\n")
    assert aruntime(*options, "HEAD")[0] == 1
    code, _, err = aruntime(*options, "nowhere")
    assert code == 2 and "no revision nowhere" in err
    assert aruntime(*options, "--output=x")[0] == 2


def commit(folder: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *command], cwd=folder, check=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is absent")
def test_changed_since_runs_nothing_that_a_repository_names(tmp_path: Path) -> None:
    """Filters, monitors, drivers of differences, those of submodules, and what a partial clone
    fetches with."""
    (tmp_path / "whole" / "sub").mkdir(parents=True)
    for folder in (tmp_path / "whole" / "sub", tmp_path / "whole"):
        (folder / "a.yaml").write_text("a: 1\n")
        (folder / "b.yaml").write_text("b: 1\n")
        (folder / ".gitattributes").write_text("*.yaml filter=x diff=x\n")
        commit(folder)
        run = f"touch {tmp_path}/ran; cat"
        for key in ("filter.x.clean", "filter.x.smudge", "filter.x.process", "core.fsmonitor",
                    "diff.x.command", "diff.x.textconv", "diff.external"):  # fmt: skip
            subprocess.run(["git", "config", key, run], cwd=folder, check=True)
        (folder / "a.yaml").write_text("a: 2\n")
        os.utime(folder / "b.yaml", (1, 1))
        for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            subprocess.run(["git", "config", key, "true"], cwd=folder, check=True)
    part = tmp_path / "part"
    allow = ["git", "-c", "protocol.file.allow=always"]
    subprocess.run(
        [*allow, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{tmp_path}/whole", part],
        check=True, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1"}, capture_output=True,
    )  # fmt: skip
    key = "remote.origin.uploadpack"
    subprocess.run(
        ["git", "config", key, f"touch {tmp_path}/ran; git-upload-pack"], cwd=part, check=True
    )
    (tmp_path / "ran").unlink(missing_ok=True)
    whole = str(tmp_path / "whole")
    assert changes.since("HEAD", [whole]) >= {f"{whole}/a.yaml"}
    assert f"{whole}/b.yaml" not in changes.since("HEAD", [whole])
    head = commit_of(tmp_path / "whole", "HEAD")
    with suppress(AruntimeError):
        changes.since("HEAD", [str(part)])
    with pytest.raises(DataError):
        repositories.file_at(part, head, "a.yaml")
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is absent")
def test_what_changed_is_named_as_findings_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By way of a link, with other ends of lines, new, gone, and beside a path that was named."""
    work = tmp_path / "work"
    (work / "deploy").mkdir(parents=True)
    for name in ("same", "ends", "gone", "other"):
        (work / "deploy" / f"{name}.yaml").write_text("a: 1\n")
    commit(work)
    (work / "deploy" / "ends.yaml").write_bytes(b"a: 1\r\n")
    (work / "deploy" / "gone.yaml").unlink()
    (work / "deploy" / "other.yaml").write_text("a: 2\n")
    (work / "deploy" / "new.yaml").write_text("a: 2\n")
    (tmp_path / "link").symlink_to(work / "deploy")
    monkeypatch.chdir(tmp_path)
    names = ("gone", "new", "other")
    assert changes.since("HEAD", ["link"]) == {f"link/{name}.yaml" for name in names}
    assert changes.since("HEAD", ["work/"]) == {f"work/deploy/{name}.yaml" for name in names}
    assert changes.since("HEAD", ["work/deploy/same.yaml"]) == set()
    assert changes.since("HEAD", ["work/deploy/other.yaml"]) == {"work/deploy/other.yaml"}


def test_the_hook_runs_as_pre_commit_runs_it(graph: Graph, tmp_path: Path) -> None:
    """pre-commit runs the entry with its arguments in the top folder of the repository."""
    (tmp_path / "a.yaml").write_text(POD.replace("acme/engine", "vllm/vllm-openai"))
    hooks = {h["id"]: h for h in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())}
    hook = hooks["aruntime-check"]
    assert hook["pass_filenames"] is False and hook["language"] == "python"
    program, *entry = shlex.split(hook["entry"])
    assert program == "aruntime"
    done = subprocess.run(
        [sys.executable, "-m", program, *entry, *hook["args"]],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert "2 components in 1 file" in done.stderr


@pytest.mark.slow
def test_pre_commit_runs_the_hooks_of_a_clone(graph: Graph, tmp_path: Path) -> None:
    """As a repository that names this one has them run: cloned, installed, each hook by its files."""
    program = shutil.which("pre-commit", path=os.path.dirname(sys.executable)) or shutil.which(
        "pre-commit"
    )
    if program is None or shutil.which("git") is None:
        pytest.skip("pre-commit or git is absent")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "a.yaml").write_text(
        POD.replace("acme/engine:1.7.0", "vllm/vllm-openai")
    )
    (tmp_path / "agent.ttl").write_text(
        "@prefix ar: <https://w3id.org/aruntime/ns#> .\n<https://acme.example/id/agent/acme> a ar:Agent .\n"
    )
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / ".hooks")}
    done = subprocess.run(
        [program, "try-repo", str(CHECKOUT), "--all-files", "--verbose"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=1200,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "moving-tag/vllm" in said and "in 1 file" in said
    assert "agent.ttl: changed" in said
    assert "agent-has-label" in said


@pytest.mark.slow
def test_the_action_installs_what_it_runs(graph: Graph, tmp_path: Path) -> None:
    """Every step of action.yml, as the runner runs it, from an empty environment."""
    if shutil.which("bash") is None:
        pytest.skip("bash is absent")
    (tmp_path / "a.yaml").write_text(POD.replace("acme/engine:1.7.0", "vllm/vllm-openai"))
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text())
    inputs = {name: spec["default"] for name, spec in action["inputs"].items()}
    output = tmp_path / "output"
    env = {
        **os.environ,
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTION_PATH": str(CHECKOUT),
        "GITHUB_OUTPUT": str(output),
    }
    (tmp_path / "temp").mkdir()
    for number, step in enumerate(action["runs"]["steps"]):
        script = tmp_path / "temp" / f"{number}.sh"
        script.write_text(step["run"])
        given = {
            name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
            for name, value in step.get("env", {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=tmp_path, env={**env, **given}, capture_output=True, text=True, timeout=1200,
        )  # fmt: skip
        assert done.returncode in ((0,) if number == 0 else (0, 1)), done.stderr
    assert "::warning file=a.yaml,line=12" in done.stdout
    results = json.loads((tmp_path / "aruntime.sarif").read_text())["runs"][0]["results"]
    assert "moving-tag/vllm" in {result["ruleId"] for result in results}


def test_the_action_runs_as_github_runs_it(graph: Graph, tmp_path: Path) -> None:
    """The runner writes each script to a file and runs it with bash --noprofile --norc -eo pipefail."""
    if shutil.which("bash") is None:
        pytest.skip("bash is absent")
    (tmp_path / "a.yaml").write_text(POD.replace("acme/engine", "vllm/vllm-openai"))
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    step = next(s for s in action["runs"]["steps"] if s.get("id") == "check")
    inputs = {name: spec["default"] for name, spec in action["inputs"].items()}
    program = tmp_path / "temp" / "aruntime" / "bin" / "aruntime"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m aruntime "$@"\n')
    program.chmod(0o755)
    given = {
        name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in step["env"].items()
    }
    script = tmp_path / "temp" / "script.sh"
    script.write_text(step["run"])
    output = tmp_path / "temp" / "output"
    env = {
        **os.environ,
        **given,
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_OUTPUT": str(output),
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert output.read_text() == "sarif=aruntime.sarif\n"
    assert json.loads((tmp_path / "aruntime.sarif").read_text())["runs"][0]["results"]


def scaler(kind: str, name: str, target: str = "model", namespace: str = "") -> str:
    api = "keda.sh/v1alpha1" if kind == "ScaledObject" else "autoscaling/v2"
    return (
        f"---\napiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\n"
        + (f"  namespace: {namespace}\n" if namespace else "")
        + f"spec:\n  scaleTargetRef:\n    name: {target}\n    kind: Deployment\n"
    )


HPA, SCALED = "HorizontalPodAutoscaler", "ScaledObject"
STANDARD = "serving.kserve.io/deploymentMode: Standard"
ISVC = (
    "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
    "metadata: {name: a, annotations: {%s}}\nspec: {predictor: {minReplicas: 1}}\n"
)
ROOT = "resources: [../base, own.yaml]\n"


@pytest.mark.parametrize(
    ("files", "scalers"),
    [
        ({"a.yaml": ISVC % STANDARD + scaler(SCALED, "b", "a-predictor")}, ["InferenceService/a", f"{SCALED}/b"]),
        ({"a.yaml": ISVC % f"{STANDARD}, serving.kserve.io/autoscalerClass: external" + scaler(SCALED, "b", "a-predictor")}, []),
        ({"a.yaml": scaler(HPA, "a") + scaler(SCALED, "b")}, [f"{HPA}/a", f"{SCALED}/b"]),
        ({"a.yaml": scaler(HPA, "a"), "b.yaml": scaler(HPA, "b")}, [f"{HPA}/a", f"{HPA}/b"]),
        ({"a.yaml": scaler(HPA, "a"), "b.yaml": scaler(HPA, "a")}, []),
        ({"a.yaml": scaler(HPA, "a") + scaler(SCALED, "b", "other")}, []),
        ({"a.yaml": scaler(HPA, "a", namespace="x") + scaler(SCALED, "b", namespace="y")}, []),
        ({"a.yaml": scaler(HPA, "a") + scaler(SCALED, "b").replace("    kind: Deployment\n", "")}, [f"{HPA}/a", f"{SCALED}/b"]),
        (
            {
                "base/kustomization.yaml": "resources: [hpa.yaml]\n",
                "base/hpa.yaml": scaler(HPA, "a"),
                "prod/kustomization.yaml": ROOT,
                "prod/own.yaml": scaler(SCALED, "b"),
            },
            [f"{HPA}/a", f"{SCALED}/b"],
        ),
        (
            {
                "base/kustomization.yaml": "resources: []\n",
                "dev/kustomization.yaml": ROOT,
                "dev/own.yaml": scaler(HPA, "a"),
                "prod/kustomization.yaml": ROOT,
                "prod/own.yaml": scaler(SCALED, "b"),
            },
            [],
        ),
    ],
    ids=["KServe", "KServe, external", "both", "two", "one in two files", "two targets", "two namespaces", "no kind", "base", "overlays"],
)  # fmt: skip
def test_two_that_scale_one_workload_are_a_finding(
    graph: Graph, tmp_path: Path, files: dict[str, str], scalers: list[str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = by_rule(check(graph, [str(tmp_path)]), "several-scalers")
    assert len(found) == bool(scalers)
    for finding in found:
        assert finding.rule == "several-scalers" and finding.level == "error"
        assert f"{' and '.join(scalers)} each set its number of replicas" in finding.message
        assert len(finding.related) == 1
