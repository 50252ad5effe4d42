"""``detect`` below folders and from standard input: what is read by its content, and that nothing
which looks like a deployment is passed over in silence."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from aruntime.detect import walk
from aruntime.detect.detect import detect
from aruntime.detect.model import Detected
from aruntime.detect.naming import name_of
from aruntime.graph import Graph
from tests.conftest import Run

Detect = Callable[[dict[str, str]], Detected]
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "spec": {"containers": [{"name": "a\u00e9\U0001f600", "image": "vllm/vllm-openai:v0.9.0"}]},
}
BOM = {"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/vllm@0.9.0"}]}
COMPOSE = "services:\n  a:\n    image: vllm/vllm-openai:v0.9.0\n"


@pytest.fixture
def told(graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Detect:
    """Detects what a folder with these files holds."""
    monkeypatch.chdir(tmp_path)

    def detected(files: dict[str, str]) -> Detected:
        for name, text in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")
        return detect(graph, ["."])

    return detected


def rows(found: Detected, component: str) -> list[tuple[str, int, str | None, str, str]]:
    """File, line, version, certainty and status of the rows of one component."""
    return [
        (r.place.file, r.place.line, r.version, r.certainty, r.status)
        for r in found.components
        if r.component == component
    ]


def reasons(found: Detected) -> list[tuple[str, str]]:
    return [(u.file, u.reason) for u in found.unread]


@pytest.mark.parametrize("indent", [None, 4, "\t"])
def test_objects_are_read_as_kubectl_writes_them_in_json(
    told: Detect, indent: int | str | None
) -> None:
    many = {"apiVersion": "v1", "items": [POD, POD], "kind": "List"}
    found = told({"pods.json": json.dumps(many, indent=indent)})
    assert [row[2:] for row in rows(found, "vllm")][:1] == [("0.9.0", "exact", "seen")]
    assert found.unread == ()


def test_an_sbom_is_known_by_what_stands_in_it(told: Detect) -> None:
    found = told({"sbom.json": json.dumps(BOM, indent=1), "tsconfig.json": '{"a": "b"}'})
    assert rows(found, "vllm") == [("sbom.json", 5, "0.9.0", "exact", "seen")]
    assert found.unread == () and found.files == ("sbom.json",)


def test_components_within_components_and_escaped_purls_are_found(told: Detect) -> None:
    inner = {"purl": "pkg:pypi/vllm@0.9.0?a=1&b=2", "name": "x"}
    text = json.dumps({"bomFormat": "CycloneDX", "components": [{"components": [inner]}]}, indent=1)
    found = told({"sbom.json": text.replace("&", "\\u0026")})
    assert rows(found, "vllm") == [("sbom.json", 7, "0.9.0", "exact", "seen")]


def test_an_spdx_document_of_odd_values_ends_nothing(told: Detect) -> None:
    odd = {"spdxVersion": "SPDX-2.3", "packages": 3, "relationships": [3, {"spdxElementId": []}]}
    assert told({"a.spdx.json": json.dumps(odd)}).unread == ()


def test_json_that_says_it_is_a_deployment_and_is_none_is_told(told: Detect) -> None:
    found = told({"a.json": json.dumps([POD]), "langgraph.json": "{}", "b.json": '{"kind": "x"}'})
    assert reasons(found) == [
        ("a.json", "JSON of no form that is read"),
        ("langgraph.json", "JSON of no form that is read"),
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("FROM vllm/vllm-openai:v0.9.0\n", (1, "0.9.0", "exact")),
        ("# a\nARG TAG=v0.9.0\nfrom --platform=x vllm/vllm-openai:${TAG}\n", (3, "0.9.0", "default")),
        (
            "FROM vllm/vllm-openai:v0.9.0 AS base\nRUN a\nFROM redis:7 AS b\nFROM base\nCOPY --from=b a a\n",
            (1, "0.9.0", "exact"),
        ),
        (
            "FROM vllm/vllm-openai:v0.9.0\nRUN <<EOF\nFROM redis:7\nEOF\nRUN a \\\n  # b\n  FROM redis:7\n",
            (1, "0.9.0", "exact"),
        ),
    ],
)  # fmt: skip
def test_a_dockerfile_says_what_its_last_stage_rests_on(
    told: Detect, text: str, row: tuple[int, str, str]
) -> None:
    found = told({"Dockerfile": text})
    assert rows(found, "vllm") == [("Dockerfile", *row, "seen")]
    assert rows(found, "redis") == [] and found.unread == ()


@pytest.mark.parametrize("name", ["Dockerfile.gpu", "Containerfile", "engine.Dockerfile"])
def test_names_of_dockerfiles(told: Detect, name: str) -> None:
    assert rows(told({name: "FROM redis:7.4.2\n"}), "redis") != []
    assert not walk.is_candidate("Dockerfile.dockerignore")


def test_a_dockerfile_without_an_image_is_told(told: Detect) -> None:
    found = told({"Dockerfile": "ARG BASE\nFROM $BASE\n", "a/Dockerfile": "RUN x\n"})
    assert reasons(found) == [
        ("Dockerfile", "$BASE names no image: it has no default, or is none"),
        ("a/Dockerfile", "no FROM begins a stage"),
    ]
    assert told({"Dockerfile": "FROM scratch\n", "a/Dockerfile": "FROM scratch\n"}).unread == ()


def test_requirements_are_known_by_name_or_folder(told: Detect) -> None:
    found = told({"requirements.in": "vllm>=0.9\n", "requirements/gpu.txt": "sglang==0.4.9\n"})
    assert rows(found, "vllm") == [("requirements.in", 1, None, "lower-bound", "seen")]
    assert rows(found, "sglang") == [("requirements/gpu.txt", 1, "0.4.9", "exact", "seen")]


@pytest.mark.parametrize("name", walk.NO_READER)
def test_what_has_no_reader_is_told_with_what_to_do(told: Detect, name: str) -> None:
    found = told({f"app/{name}": "a: b\n", f"node_modules/a/{name}": "a: b\n"})
    ((file, reason),) = reasons(found)
    assert file == f"app/{name}" and reason.endswith("give an SBOM of it, as CycloneDX JSON")


def test_a_kustomization_of_the_third_name_is_found(told: Detect) -> None:
    found = told({"Kustomization": "resources: [gone.yaml]\n"})
    assert reasons(found) == [("Kustomization", "gone.yaml does not exist")]


def test_links_that_lead_to_no_file_are_told(told: Detect, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "a.json").write_text(json.dumps(POD))
    Path("inside").mkdir()
    Path("again").symlink_to("inside")
    Path("outside").symlink_to(outside)
    Path("node_modules").symlink_to(outside)
    Path("gone.yaml").symlink_to("nowhere.yaml")
    Path("gone").symlink_to("nowhere")
    Path("lib.so").symlink_to("nowhere.so")
    Path("a.json").symlink_to(outside / "a.json")
    assert reasons(told({})) == [
        ("a.json", "it is a symbolic link that leaves the folder"),
        ("gone", "it is a symbolic link to what is not there"),
        ("gone.yaml", "it is a symbolic link to what is not there"),
        ("outside", "it is a symbolic link to a folder; name that folder itself"),
    ]


def test_what_compose_takes_from_elsewhere_is_told(told: Detect) -> None:
    text = "include: [b.yaml]\n" + COMPOSE + "    extends: {file: b.yaml, service: b}\n"
    found = told({"compose.yaml": text})
    assert [(u.line, u.reason) for u in found.unread] == [
        (1, "include is not followed: name the files that it leads to, too"),
        (5, "extends is not followed: what service a takes over"),
    ]
    assert rows(found, "vllm") != []


TEXTS = {
    "compose": COMPOSE,
    "objects": json.dumps(POD),
    "indented": json.dumps(POD, indent="\t"),
    "documents": "a: b\n---\n" + json.dumps(POD, ensure_ascii=False),
    "requirements": "# a\nvllm==0.9.0 \\\n  --hash=sha256:00\nray\n",
    "an SBOM": json.dumps(BOM),
    "a project": '[project]\nname = "a"\ndependencies = ["vllm==0.9.0"]\n',
    "a lock": '[[package]]\nname = "vllm"\nversion = "0.9.0"\n',
    "a Dockerfile": "# a\nFROM vllm/vllm-openai:v0.9.0\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_standard_input_may_have_each_form(graph: Graph, name: str) -> None:
    found = detect(graph, ["-"], TEXTS[name])
    assert {(r.place.file, r.version) for r in found.components if r.component == "vllm"} == {
        ("-", "0.9.0")
    }
    assert found.unread == ()


def test_a_package_on_standard_input_is_read(graph: Graph) -> None:
    text = json.dumps({"dependencies": {"@mlc-ai/web-llm": "0.2.83"}})
    assert [r.version for r in detect(graph, ["-"], text).components] == ["0.2.83"]
    assert name_of('{"lockfileVersion": 3}') == "package-lock.json"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("# only a comment\n", "of no form that is read; name the file instead"),
        ("No resources found\n", "of no form that is read; name the file instead"),
        ("hello\n", "of no form that is read; name the file instead"),
        ("a: b\n", "YAML of no form that is read"),
        ("---\n# a: b\n", "YAML of no form that is read"),
        ('{"a": 1}', "of no form that is read; name the file instead"),
        ("[a]\nb = 1\n", "of no form that is read; name the file instead"),
        ("-r other.txt\nvllm==0.9.0\n", "other.txt, which it includes, is not there or leads out of the folder"),
    ],
)  # fmt: skip
def test_standard_input_of_no_form_is_told(graph: Graph, text: str, reason: str) -> None:
    assert reasons(detect(graph, ["-"], text)) == [("-", reason)]


def test_nothing_stands_beside_standard_input(graph: Graph, told: Detect) -> None:
    told({".env": "TAG=v0.9.2\n", "Chart.yaml": "name: a\n"})
    text = COMPOSE.replace("v0.9.0", "${TAG:-v0.1.0}")
    found = detect(graph, ["-", "."], text)
    assert [row[2:] for row in rows(found, "vllm")] == [("0.1.0", "default", "seen")]


def test_an_empty_pipe_is_not_green(aruntime: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    code, _, err = aruntime("detect", "-", "--strict")
    assert code == 3 and "-: not read: it is empty" in err
    code, out, _ = aruntime("check", "-", "--strict")
    assert code == 3 and "not read: it is empty" in out
