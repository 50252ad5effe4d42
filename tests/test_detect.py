"""``detect``: what each form says, what is not there, and files that mean harm."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aruntime.detect import images, walk
from aruntime.detect.commands import arguments, words
from aruntime.detect.detect import detect
from aruntime.detect.model import Detected
from aruntime.detect.yaml_files import Source, documents, get
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.versions import release
from tests.conftest import Run

Detect = Callable[[dict[str, str]], Detected]


@pytest.fixture
def told(graph: Graph, tmp_path: Path) -> Detect:
    """Detects what files with these texts hold."""

    def detected(files: dict[str, str]) -> Detected:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return detect(graph, [str(tmp_path)])

    return detected


def rows(found: Detected, component: str) -> list[tuple[int, str | None, str, str]]:
    """Line, version, certainty and status of the rows of one component."""
    return [
        (r.place.line, r.version, r.certainty, r.status)
        for r in found.components
        if r.component == component
    ]


def pod(image: str, *lines: str) -> str:
    body = "".join(f"      {line}\n" for line in lines)
    return f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: main\n      image: {image}\n{body}"


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("v0.3.9post2", "0.3.9.post2"),
        ("0.6.1.post1", "0.6.1.post1"),
        ("26.07-vllm-python-py3", "26.07"),
        ("7.4.2-alpine3.21", "7.4.2"),
        ("v0.4.9.post3-cu126-nixl-v0.4.1", "0.4.9.post3"),
        ("12.4.1-devel-ubuntu22.04", "12.4.1"),
        ("v1.0.0-rc.2", "1.0.0rc2"),
        ("2.46.0.0e19ea-py39-gpu", "2.46.0"),
        ("0.9.0rc1", "0.9.0rc1"),
        ("main", None),
    ],
)
def test_a_tag_gives_the_version_without_its_variant(tag: str, version: str | None) -> None:
    assert release(tag) == version


def test_a_release_behind_a_branch_does_not_move() -> None:
    told = images.version_of("main-v1.77.0-stable", False, None)
    assert told[:3] == ("1.77.0", "exact", "main-v1.77.0-stable")
    assert images.version_of("main-stable", False, None).certainty == "moving-tag"


@pytest.mark.parametrize(
    ("written", "repository", "tag"),
    [
        ("redis", "redis", None),
        ("docker.io/library/redis:7", "redis", "7"),
        ("localhost:5000/acme/engine:v1", "localhost:5000/acme/engine", "v1"),
        ("vllm/vllm-openai@sha256:" + "0" * 64, "vllm/vllm-openai", None),
    ],
)
def test_an_image_reference_is_taken_apart(written: str, repository: str, tag: str | None) -> None:
    found = images.parse(written)
    assert found is not None and (found.repository, found.tag) == (repository, tag)


@pytest.mark.parametrize("written", ["<image>", "${VLLM_IMAGE}", "{{ .Values.image }}", "", "a b"])
def test_a_placeholder_is_no_image(written: str) -> None:
    assert images.parse(written) is None


def test_a_command_line_keeps_the_lines_of_its_words() -> None:
    text = 'c: >\n  serve\n  --kv_role=both\n  --kv-transfer-config \'{"kv_connector":"Nixl"}\'\n'
    source = Source("f", tuple(text.split("\n")))
    node, _ = next(documents(source, []))
    found = {a.name: (a.value, a.place.line) for a in arguments(words([get(node, "c")], source))}
    assert found["--kv-role"] == ("both", 3)
    assert found["--kv-transfer-config.kv_connector"] == ("Nixl", 4)


def test_what_a_configuration_merely_sets_up_is_not_implied(told: Detect) -> None:
    found = told({"pod.yaml": pod("vllm/vllm-openai:v0.9.0", 'command: ["vllm", "serve", "m"]')})
    assert {row.component for row in found.components} == {"kubernetes", "vllm"}
    assert {row.configurations for row in found.components} == {(), ("vllm#http-server",)}


def shows(found: Detected, component: str) -> set[str]:
    """The configurations in use of one component."""
    there = [r for r in found.components if r.component == component and r.status == "seen"]
    return {name.partition("#")[2] for row in there for name in row.configurations}


@pytest.mark.parametrize(
    ("lines", "server"),
    [
        ((), True),
        (('args: ["--model", "m"]',), True),
        (('command: ["python3", "/work/batch.py"]',), False),
        (("command: [vllm]", "args: [serve, m]"), True),
        (("command: [sh, -c]", 'args: ["python3 -m vllm.entrypoints.openai.api_server"]'), True),
    ],
)
def test_an_image_shows_its_entry_point_unless_another_command_runs(
    told: Detect, lines: tuple[str, ...], server: bool
) -> None:
    found = told({"pod.yaml": pod("vllm/vllm-openai:v0.9.0", *lines)})
    assert rows(found, "vllm")[0] == (6, "0.9.0", "exact", "seen")
    assert shows(found, "vllm") == ({"http-server"} if server else set())


def test_a_service_appends_its_command_and_replaces_its_entry_point(told: Detect) -> None:
    text = "services:\n  a:\n    image: vllm/vllm-openai:v0.9.0\n    %s: run m\n"
    assert shows(told({"compose.yaml": text % "command"}), "vllm") == {"http-server"}
    assert shows(told({"compose.yaml": text % "entrypoint"}), "vllm") == set()


def test_values_and_dockerfiles_replace_an_entry_point(told: Detect) -> None:
    values = "engine:\n  image: {repository: vllm/vllm-openai, tag: v0.9.0}\n  command: [run]\n"
    assert shows(told({"values.yaml": values}), "vllm") == set()
    built = "FROM vllm/vllm-openai:v0.9.0\nENTRYPOINT run\n"
    found = told({"values.yaml": "a: b\n", "Dockerfile": built})
    assert shows(found, "vllm") == set() and rows(found, "vllm")


@pytest.mark.parametrize(("size", "counts"), [("1", False), ("2", True), ("$(GPUS)", True)])
def test_a_size_of_one_is_not_parallel(told: Detect, size: str, counts: bool) -> None:
    line = f'args: ["--tensor-parallel-size", "{size}"]'
    found = shows(told({"pod.yaml": pod("vllm/vllm-openai:v0.9.0", line)}), "vllm")
    assert ("tensor-parallel" in found) == counts


@pytest.mark.parametrize(
    ("annotations", "replicas", "shown"),
    [
        ("{}", 0, {"knative-min-zero"}),
        ("{}", 1, set()),
        ("{serving.kserve.io/deploymentMode: Serverless}", 0, {"knative", "knative-min-zero"}),
        ("{serving.kserve.io/deploymentMode: RawDeployment}", 0, {"standard"}),
        (
            "{serving.kserve.io/deploymentMode: Standard, serving.kserve.io/autoscalerClass: keda}",
            0,
            {"standard", "keda", "keda-min-zero"},
        ),
        ("{serving.kserve.io/autoscalerClass: external}", 0, {"autoscaler-external"}),
    ],
)
def test_a_minimum_of_zero_counts_in_its_mode(
    told: Detect, annotations: str, replicas: int, shown: set[str]
) -> None:
    text = (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
        f"metadata: {{name: a, annotations: {annotations}}}\n"
        f"spec: {{predictor: {{minReplicas: {replicas}}}}}\n"
    )
    assert shows(told({"a.yaml": text}), "kserve") == shown


def test_words_in_an_env_variable_and_in_a_shell_string_count(told: Detect) -> None:
    found = told(
        {
            "pod.yaml": pod(
                "vllm/vllm-openai:v0.9.0",
                'command: ["sh", "-c", "sleep 1; vllm serve m --enable-lora"]',
                "env:",
                "  - name: VLLM_ADDITIONAL_ARGS",
                "    value: --tensor_parallel_size 2",
            )
        }
    )
    shown = {c for r in found.components for c in r.configurations}
    assert {"vllm#lora", "vllm#tensor-parallel", "vllm#http-server"} <= shown


def test_a_flag_of_another_program_shows_nothing(told: Detect) -> None:
    found = told({"pod.yaml": pod("acme/sidecar:v1", 'args: ["--enable-lora", "--vllm-port=1"]')})
    assert rows(found, "vllm") == []
    assert [u.name for u in found.unrecognised] == ["acme/sidecar"]


def test_a_mirror_of_an_image_is_that_image(told: Detect) -> None:
    found = told({"pod.yaml": pod("registry.example:5000/mirror/vllm/vllm-openai:v0.9.0")})
    assert rows(found, "vllm") == [(6, "0.9.0", "exact", "seen")]
    assert rows(told({"pod.yaml": pod("registry.example/acme/redis:7.4.2")}), "redis") == []


def test_a_simulator_is_no_engine(told: Detect) -> None:
    found = told({"pod.yaml": pod("ghcr.io/llm-d/llm-d-inference-sim:v0.5.0")})
    assert rows(found, "vllm") == []


def test_a_kind_needs_its_group(told: Detect) -> None:
    found = told({"a.yaml": "apiVersion: ome.io/v1\nkind: InferenceService\nspec: {}\n"})
    assert rows(found, "kserve") == []
    assert [u.name for u in found.unrecognised] == ["ome.io/InferenceService"]


def test_an_empty_map_switches_on_and_null_does_not(told: Detect) -> None:
    head = "apiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService\nspec:\n  router:\n"
    on = told({"a.yaml": head + "    scheduler: {}\n"})
    assert ("kserve#llmisvc-scheduler",) in [r.configurations for r in on.components]
    off = told({"a.yaml": head + "    scheduler:\n"})
    assert ("kserve#llmisvc-scheduler",) not in [r.configurations for r in off.components]


def test_what_a_flag_rules_out_is_not_implied(told: Detect) -> None:
    text = (
        "apiVersion: serving.kserve.io/v1beta1\n"
        "kind: InferenceService\n"
        "metadata: {name: a}\n"
        "spec:\n"
        "  predictor:\n"
        "    model:\n"
        "      modelFormat: {name: vLLM}\n"
    )
    assert rows(told({"a.yaml": text}), "vllm")
    off = told({"a.yaml": text + '      args: ["--backend=huggingface"]\n      image: acme/x:v1\n'})
    assert [status for *_, status in rows(off, "vllm") if status == "seen"] == []


def test_lists_and_merge_keys_and_aliases_are_read(told: Detect) -> None:
    found = told(
        {
            "list.yaml": "apiVersion: v1\nkind: List\nitems:\n"
            + "".join("  " + line + "\n" for line in ("- apiVersion: ray.io/v1", "  kind: RayCluster", "  spec: {rayVersion: '2.50.0'}")),
            "docker-compose.yml": (
                "x-base: &base\n"
                "  image: vllm/vllm-openai:v0.9.1\n"
                "services:\n"
                "  a:\n"
                "    <<: *base\n"
                "  b: {<<: *base, profiles: [x]}\n"
            ),
        }
    )  # fmt: skip
    assert (5, "2.50.0", "exact", "seen") in rows(found, "ray")
    assert {status for *_, status in rows(found, "vllm")} == {"seen", "unused"}


def test_compose_takes_env_files_and_defaults(told: Detect) -> None:
    text = "services:\n  a:\n    image: vllm/vllm-openai:${TAG:-v0.1.0}\n"
    assert rows(told({"compose.yaml": text}), "vllm") == [(3, "0.1.0", "default", "seen")]
    found = told({"compose.yaml": text, ".env": "TAG=v0.9.2\n"})
    assert rows(found, "vllm") == [(3, "0.9.2", "exact", "seen")]


def test_kustomize_sets_tags_and_leaves_files_out(told: Detect) -> None:
    found = told(
        {
            "base/kustomization.yaml": "resources:\n  - pod.yaml\n",
            "base/pod.yaml": pod("vllm/vllm-openai:v0.8.0"),
            "base/other.yaml": pod("lmsysorg/sglang:v0.4.9"),
            "prod/kustomization.yaml": (
                "resources:\n"
                "  - ../base\n"
                "  - https://github.com/kubernetes-sigs/gateway-api-inference-extension/config/crd?ref=v1.0.0\n"
                "images:\n"
                "  - name: vllm/vllm-openai\n"
                "    newTag: v0.8.5\n"
            ),
            "test/kustomization.yaml": "resources:\n  - ../base\n  - gone.yaml\n",
        }
    )
    assert sorted(v or "" for _, v, _, _ in rows(found, "vllm")) == ["0.8.0", "0.8.5"]
    assert [s for *_, s in rows(found, "sglang")] == ["unused"]
    assert [v for _, v, _, _ in rows(found, "inference-gateway")] == ["1.0.0"]
    assert any("gone.yaml does not exist" in u.reason for u in found.unread)


CLUSTER = "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec: {rayVersion: %s}\n"
PATCHED = "resources: [../base]\npatches:\n"
INLINE = "".join(f"      {line}\n" for line in (CLUSTER % "2.50.0").splitlines())
STEP = "      - op: replace\n        path: /spec/rayVersion\n        value: 2.50.0\n"
OTHER = (CLUSTER % "2.50.0").replace("a}", "b}")


@pytest.mark.parametrize(
    ("kustomization", "beside", "told_as", "unread"),
    [
        (f"{PATCHED}  - path: p.yaml\n", CLUSTER % "2.50.0", ["2.50.0"], []),
        (f"{PATCHED}  - patch: |\n{INLINE}", "", ["2.50.0"], []),
        ("resources: [../base, p.yaml]\n", OTHER, ["2.46.0", "2.50.0"], []),
        (
            f"{PATCHED}  - patch: |\n{STEP}",
            "",
            ["2.46.0"],
            ["a JSON patch is not applied: /spec/rayVersion"],
        ),
    ],
    ids=["file", "inline", "no patch", "JSON"],
)
def test_a_patch_goes_before_what_it_patches(
    told: Detect, kustomization: str, beside: str, told_as: list[str], unread: list[str]
) -> None:
    base = {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": CLUSTER % "2.46.0"}
    own = {"prod/kustomization.yaml": kustomization, **({"prod/p.yaml": beside} if beside else {})}
    found = told({**base, **own})
    versions = [v for _, v, _, s in rows(found, "ray") if v and s == "seen"]
    assert sorted(set(versions)) == told_as
    assert [u.reason for u in found.unread] == unread


def test_a_switch_that_is_off_turns_off_what_it_guards(told: Detect) -> None:
    found = told(
        {
            "Chart.yaml": (
                "apiVersion: v2\n"
                "name: app\n"
                "version: 1.0.0\n"
                "dependencies:\n"
                "  - name: ollama\n"
                "    repository: https://otwld.github.io/ollama-helm/\n"
                "    version: 1.0.0\n"
                "    condition: ollama.enabled\n"
            ),
            "values.yaml": "ollama: {enabled: false}\nredis:\n  enabled: false\n  image: {repository: redis, tag: 7.4.2}\n",
            "templates/a.yaml": (
                "{{- if .Values.redis.enabled }}\n"
                "apiVersion: ray.io/v1\n"
                "kind: RayCluster\n"
                "{{- end }}\n"
                "{{ if .Values.x.y }}a{{ end }}\n"
                "    image: vllm/vllm-openai:v0.9.0\n"
                "    image: {{ .Values.image }}\n"
            ),
        }
    )
    assert [s for *_, s in rows(found, "ollama")] == ["unused"]
    assert rows(found, "redis") == [(4, "7.4.2", "exact", "unused")]
    assert [s for *_, s in rows(found, "kuberay")] == ["unused"]
    assert rows(found, "vllm") == [(6, "0.9.0", "exact", "seen")]


def test_a_rendered_chart_is_read_from_standard_input(graph: Graph) -> None:
    text = "---\n# Source: app/templates/x.yaml\n" + pod("vllm/vllm-openai:v0.9.0")
    found = detect(graph, ["-"], text)
    row = next(r for r in found.components if r.component == "vllm")
    assert (row.place.file, row.place.line, row.note) == (
        "-", 8, "rendered from app/templates/x.yaml",
    )  # fmt: skip


def test_requirements_say_ranges_and_include_others(told: Detect) -> None:
    found = told(
        {
            "requirements.txt": (
                "-r more/requirements-gpu.txt\n"
                "vllm>=0.8  # engine\n"
                "ray[serve]==2.50.0 \\\n"
                "    --hash=sha256:00\n"
                "not a requirement!\n"
            ),
            "more/requirements-gpu.txt": "sglang~=0.4.9\n",
        }
    )
    assert rows(found, "vllm") == [(2, None, "lower-bound", "seen")]
    assert rows(found, "ray") == [(3, "2.50.0", "exact", "seen")]
    assert [r[1:] for r in rows(found, "sglang")] == [(None, "lower-bound", "seen")]
    assert [u.line for u in found.unread] == [5]


def test_extras_and_groups_are_not_installed_by_themselves(told: Detect) -> None:
    found = told(
        {
            "pyproject.toml": (
                "[project]\n"
                'name = "a"\n'
                'dependencies = ["pydantic-ai>=1.0"]\n'
                "[project.optional-dependencies]\n"
                'gpu = ["vllm==0.9.0"]\n'
                "[dependency-groups]\n"
                'dev = ["ray==2.50.0"]\n'
                "[tool.poetry.dependencies]\n"
                'langgraph = "^1.0"\n'
            ),
        }
    )
    assert rows(found, "vllm") == [(5, "0.9.0", "exact", "unused")]
    assert rows(found, "ray") == [(7, "2.50.0", "exact", "unused")]
    assert rows(found, "langgraph") == [(9, None, "lower-bound", "seen")]


UV = """[[package]]
name = "app"
source = { virtual = "." }
dependencies = [{ name = "ray", extra = ["serve"] }, { name = "kserve" }]

[[package]]
name = "ray"
version = "2.50.0"

[[package]]
name = "kserve"
version = "0.16.0"
dependencies = [{ name = "vllm", extra = ["runai"] }]
"""
POETRY = '[tool.poetry.dependencies]\nray = {version = "2.50.0", extras = ["serve"]}\n'
PROJECT = '[project]\nname = "a"\ndependencies = ["ray[serve]==2.50.0"]\n'
PART = '[project]\nname = "a"\n[project.optional-dependencies]\nx = ["ray[serve]==2.50.0"]\n'
LOCK = '[[package]]\nname = "ray"\nversion = "2.50.0"\n'


@pytest.mark.parametrize(
    ("files", "line", "status"),
    [
        ({"requirements.txt": "Ray[Default, Serve]==2.50.0\n"}, 1, "seen"),
        ({"pyproject.toml": PROJECT}, 3, "seen"),
        ({"pyproject.toml": PART}, 4, "unused"),
        ({"pyproject.toml": POETRY}, 2, "seen"),
        ({"uv.lock": UV}, 7, "seen"),
        ({"uv.lock": UV.replace('"ray", extra', '"ray", e').replace("vllm", "ray").replace("runai", "serve")}, 7, "implied"),
        ({"environment.yml": "name: a\nchannels: [conda-forge]\ndependencies:\n  - conda-forge::ray-serve=2.50.0=py312_0\n"}, 4, "seen"),
        ({"environment.yml": "dependencies:\n  - python\n  - pip:\n      - --pre\n      - ray[serve]==2.50.0\n"}, 5, "seen"),
    ],
    ids=["requirements", "project", "extra", "poetry", "uv", "uv, transitive", "conda", "pip in conda"],
)  # fmt: skip
def test_an_extra_brings_its_component(
    told: Detect, files: dict[str, str], line: int, status: str
) -> None:
    found = told(files)
    assert rows(found, "ray-serve") == [(line, "2.50.0", "exact", status)]
    assert found.unread == ()


@pytest.mark.parametrize("name", ["poetry.lock", "uv.lock"])
def test_a_lock_has_the_extras_that_the_project_asks_for(told: Detect, name: str) -> None:
    found = told({"pyproject.toml": PROJECT, name: LOCK})
    assert (2, "2.50.0", "exact", "seen") in rows(found, "ray-serve")
    assert len(rows(found, "ray-serve")) == 2


@pytest.mark.parametrize(
    ("package", "told_as"),
    [
        ("vllm=0.9.0", ("0.9.0", "exact")),
        ("vllm==0.9.0", ("0.9.0", "exact")),
        ("vllm 0.9.0 py312_0", ("0.9.0", "exact")),
        ("vllm 0.9.*", ("0.9", "partial")),
        ("vllm>=0.9,<1", (None, "lower-bound")),
        ("conda-forge/linux-64::vllm", (None, "unknown")),
    ],
)
def test_a_package_of_conda_says_its_version(
    told: Detect, package: str, told_as: tuple[str | None, str]
) -> None:
    found = told({"env.yaml": f"channels: [conda-forge]\ndependencies: ['{package}']\n"})
    assert rows(found, "vllm") == [(2, *told_as, "seen")]


def test_servers_of_conda_are_no_clients(told: Detect) -> None:
    found = told({"env.yaml": "channels: []\ndependencies: [ollama=0.9.0, pytorch=2.9.0]\n"})
    assert rows(found, "ollama") == [(2, "0.9.0", "exact", "seen")]
    assert rows(found, "pytorch") == [(2, "2.9.0", "exact", "seen")]


@pytest.mark.parametrize(
    ("name", "head"),
    [("poetry.lock", "[[package]]"), ("pdm.lock", "[[package]]"), ("pylock.toml", "[[packages]]")],
)
def test_a_lock_says_versions_and_the_project_what_it_uses(
    told: Detect, name: str, head: str
) -> None:
    found = told(
        {
            "pyproject.toml": '[project]\nname = "a"\ndependencies = ["vllm"]\n',
            name: f'{head}\nname = "vllm"\nversion = "0.9.0"\n\n{head}\nname = "temporalio"\nversion = "1.20.0"\n',
        }
    )
    assert (2, "0.9.0", "exact", "seen") in rows(found, "vllm")
    assert [s for *_, s in rows(found, "temporal")] == ["implied"]


@pytest.mark.parametrize(
    "written",
    [
        "image: {registry: docker.io, name: 'lmcache/lmstack-router:v0.1.7'}",
        "image: {hub: lmcache, name: lmstack-router, tag: v0.1.7}",
        "image: {registry: docker.io, repository: lmcache/lmstack-router, tag: v0.1.7}",
    ],
)
def test_an_image_stands_in_parts(told: Detect, written: str) -> None:
    found = told({"values.yaml": f"router:\n  {written}\n"})
    assert rows(found, "vllm-router") == [(2, "0.1.7", "exact", "seen")]


APPLICATION = (
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n"
    "    chart: {chart}\n    repoURL: {repo}\n    targetRevision: 1.4.2\n"
)
RELEASE = (
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n"
    "  chart:\n    spec:\n      chart: {chart}\n      version: 1.4.2\n"
)


@pytest.mark.parametrize(("form", "line"), [(APPLICATION, 5), (RELEASE, 6)])
def test_a_chart_that_a_controller_installs_is_in_use(told: Detect, form: str, line: int) -> None:
    repo = "https://ray-project.github.io/kuberay-helm/"
    found = told({"a.yaml": form.format(chart="kuberay-operator", repo=repo)})
    assert rows(found, "kuberay") == [(line, "1.4.2", "exact", "seen")]


def test_what_serves_is_read_below_its_args(told: Detect) -> None:
    config = "        min_replicas: 0\n"
    text = (
        "apiVersion: ray.io/v1\nkind: RayService\nspec:\n  serveConfigV2: |\n    applications:\n"
        "    - args:\n        llm_configs:\n        - deployment_config:\n            autoscaling_config:\n"
        f"      {config}"
    )
    assert {"autoscaling", "zero-minimum"} <= shows(told({"a.yaml": text}), "ray-serve")


def test_a_template_that_no_object_names_is_not_in_use(told: Detect) -> None:
    head = "apiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService"
    template = f"{head}Config\nmetadata: {{name: a}}\nspec:\n  template:\n    containers:\n      - image: vllm/vllm-openai:v0.9.0\n"
    assert [s for *_, s in rows(told({"a.yaml": template}), "vllm")] == ["unused"]
    user = f"---\n{head}\nmetadata: {{name: b}}\nspec: {{baseRefs: [{{name: a}}]}}\n"
    assert [s for *_, s in rows(told({"a.yaml": template + user}), "vllm")] == ["seen"]


def test_a_lock_with_two_versions_says_both(told: Detect) -> None:
    lock = "".join(f'[[package]]\nname = "vllm"\nversion = "{v}"\n\n' for v in ("0.24.0", "0.25.1"))
    found = told({"pyproject.toml": '[project]\ndependencies = ["vllm"]\n', "uv.lock": lock})
    assert [v for _, v, c, _ in rows(found, "vllm") if c == "exact"] == ["0.24.0", "0.25.1"]


def test_npm_locks_tell_direct_from_transitive(told: Detect) -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"@mlc-ai/web-llm": "^0.2.0"}},
            "node_modules/@mlc-ai/web-llm": {"version": "0.2.83"},
            "node_modules/onnxruntime-web": {"version": "1.20.0"},
        },
    }
    found = told({"package-lock.json": json.dumps(lock, indent=1)})
    assert rows(found, "webllm") == [(9, "0.2.83", "exact", "seen")]
    assert [r[1:] for r in rows(found, "onnxruntime-web")] == [("1.20.0", "exact", "implied")]


def test_sboms_of_both_forms_are_read(told: Detect) -> None:
    cyclone = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [
            {"bom-ref": "a", "purl": "pkg:pypi/vllm@0.9.0"},
            {"bom-ref": "b", "purl": "pkg:pypi/ray@2.50.0"},
            {"bom-ref": "c", "purl": "pkg:docker/library/redis@7.4.2"},
        ],
        "dependencies": [
            {"ref": "root", "dependsOn": ["a", "c"]},
            {"ref": "a", "dependsOn": ["b"]},
        ],
    }
    spdx = {
        "spdxVersion": "SPDX-2.3",
        "packages": [
            {
                "SPDXID": "p",
                "externalRefs": [
                    {"referenceType": "purl", "referenceLocator": "pkg:npm/@mlc-ai/web-llm@0.2.83"}
                ],
            }
        ],
    }
    found = told({"a.cdx.json": json.dumps(cyclone, indent=1), "b.spdx.json": json.dumps(spdx)})
    assert [r[1:] for r in rows(found, "vllm")] == [("0.9.0", "exact", "seen")]
    assert [r[1:] for r in rows(found, "ray")] == [("2.50.0", "exact", "implied")]
    assert [r[1:] for r in rows(found, "redis")] == [("7.4.2", "exact", "seen")]
    assert [r[1:] for r in rows(found, "webllm")] == [("0.2.83", "exact", "seen")]


def test_documents_before_and_after_a_mistake_are_read(told: Detect) -> None:
    text = pod("vllm/vllm-openai:v0.9.0") + "---\na: [1\n---\n" + pod("lmsysorg/sglang:v0.4.9")
    found = told({"a.yaml": text})
    assert rows(found, "vllm") == [(6, "0.9.0", "exact", "seen")]
    assert rows(found, "sglang") == [(15, "0.4.9", "exact", "seen")]
    assert [(u.line, u.reason[:14]) for u in found.unread] == [(9, "malformed YAML")]


HARM = {
    "laughs.yaml": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    + "apiVersion: v1\nkind: Pod\n",
    "circle.yaml": "apiVersion: v1\nkind: Pod\nspec: &a {b: *a}\n",
    "deep.yaml": "apiVersion: v1\nkind: Pod\nspec: " + "[" * 900 + "]" * 900 + "\n",
    "deeper.yaml": "a: " + "[" * 200_000,
    "deep.cdx.json": "[" * 200_000,
    "deep.json": "{}",
    "pyproject.toml": "a = " + "[" * 5_000,
    "merge.yaml": "a: &a {<<: *a, apiVersion: v1}\nkind: Pod\n",
    "tabs.yaml": "a:\n\t- b\n",
    "requirements.txt": "-r requirements.txt\nvllm==" + "1" * 10_000 + "\n",
    "package-lock.json": '{"packages": {"": 3, "node_modules/x": [], "y": {"version": {}}}}',
    "uv.lock": 'package = [3, {name = 3}, {name = "vllm", version = 3, source = 3}]\n',
    "values.yaml": "image: [1]\nenv: 3\ncommand: {a: b}\nservices: 3\n? [a]\n: b\n",
    "Chart.yaml": "name: [x]\ndependencies: [3, {name: {}}, {name: a, condition: '...', tags: [[]]}]\n",
    "kustomization.yaml": "resources: [., ../.., /etc, {a: b}]\nimages: [3, {name: '${X}'}]\npatches: 3\n",
    "docker-compose.yml": "services: {a: {image: 3, profiles: 3, environment: [3, {name: []}], command: {}}}\n",
}


@pytest.mark.parametrize("name", HARM)
def test_no_text_ends_or_holds_up_the_program(told: Detect, name: str) -> None:
    start = time.process_time()
    found = told({name: HARM[name]})
    assert time.process_time() - start < 5
    assert isinstance(found, Detected)
    if name in ("laughs.yaml", "circle.yaml", "deep.yaml", "deeper.yaml"):
        assert found.unread


def test_what_is_no_text_or_too_large_is_told(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_BYTES", 1000)
    (tmp_path / "binary.yaml").write_bytes(b"a: \0\1\2")
    (tmp_path / "latin.yaml").write_bytes(b"a: b\nc: \xe9\n")
    (tmp_path / "large.yaml").write_text("a: b\n" * 1000)
    (tmp_path / "pipe.yaml").mkdir()
    found = detect(graph, [str(tmp_path)])
    assert [(Path(u.file).name, u.line, u.reason) for u in found.unread] == [
        ("binary.yaml", None, "it is no text"),
        ("large.yaml", None, "it is larger than 1000 bytes"),
        ("latin.yaml", 2, "it is not UTF-8"),
    ]


def test_links_out_of_the_folder_are_not_followed(graph: Graph, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(pod("vllm/vllm-openai:v0.9.0"))
    inside = tmp_path / "inside"
    (inside / "below").mkdir(parents=True)
    (inside / "link.yaml").symlink_to(outside)
    (inside / "folder").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside)
    (inside / "requirements.txt").write_text("-r ../../etc/passwd\n-r /etc/passwd\n")
    found = detect(graph, [str(inside)])
    assert found.components == ()
    reasons = sorted(u.reason for u in found.unread)
    assert (
        reasons[0] == "../../etc/passwd, which it includes, is not there or leads out of the folder"
    )
    assert reasons[2:] == [
        "it is a symbolic link that leaves the folder",
        "it is a symbolic link to a folder; name that folder itself",
    ]


def test_a_file_that_changes_into_a_pipe_is_not_waited_for(graph: Graph, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "values.yaml")
    found = detect(graph, [str(tmp_path)])
    assert [u.reason for u in found.unread] == ["it is no regular file"]


def test_a_path_that_is_not_there_is_a_mistake(graph: Graph) -> None:
    with pytest.raises(UsageError, match="no such file"):
        detect(graph, ["/nowhere"])


def test_the_command_tells_rows_and_what_was_left(aruntime: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(pod("vllm/vllm-openai:v0.9.0") + "---\na: [\n")
    code, out, err = aruntime("detect", tmp_path)
    assert code == 0 and "\tvllm\t0.9.0\texact\tseen\t" in out
    assert "not read: malformed YAML" in err
    assert aruntime("detect", tmp_path, "--strict")[0] == 3
    code, out, _ = aruntime("detect", tmp_path, "--format", "json")
    found = json.loads(out)
    assert found["components"][-1]["component"] == "vllm" and found["unread"][0]["line"] == 9
    assert aruntime("detect", tmp_path / "none")[0] == 2
