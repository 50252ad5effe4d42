"""``detect`` and ``check`` on small files that mean much work: the time grows as the files do."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from aruntime.check import suppression
from aruntime.check.model import Finding
from aruntime.detect.detect import detect
from aruntime.detect.kustomize import remote
from aruntime.detect.model import Detected, Place
from aruntime.graph import Graph

SECONDS = 8
"""Processor time that one file may take: many times what it does, and a small part of what it did."""
POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
LEAF = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "vllm/vllm-openai:v0.8.5"}]}\n'


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """Fails a test, where it would go on for hours, by its processor time."""

    def ended(signum: int, frame: FrameType | None) -> None:
        pytest.fail(f"it takes more than {SECONDS} s of processor time")

    if not hasattr(signal, "setitimer"):
        pytest.skip("no timer of processor time here")
    before = signal.signal(signal.SIGVTALRM, ended)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def diamond(levels: int) -> dict[str, str]:
    """Kustomizations of which each leads to two of the next level, and these to one pod."""
    leaf = "resources:\n" + "- a.yaml\n" * 3_000
    files = {"leaf/kustomization.yaml": leaf, "leaf/a.yaml": LEAF}
    for level in range(levels):
        for side in "ab":
            to = [f"../{level + 1}{s}" for s in "ab"] if level + 1 < levels else ["../leaf"]
            files[f"{level}{side}/kustomization.yaml"] = (
                f"resources: [{', '.join(to)}]\nimages: [{{name: x, newTag: {side}{level}}}]\n"
            )
    return files


FILES: dict[str, Callable[[], dict[str, str]]] = {
    "dependencies of a project": lambda: {
        "pyproject.toml": '[project]\nname = "x"\ndependencies = [\n'
        + "".join(f'"p{n}",\n' for n in range(20_000))
        + '"vllm==0.8.5"]\n'
    },
    "dependencies of Poetry": lambda: {
        "pyproject.toml": "[tool.poetry.dependencies]\n"
        + "".join(f'p{n} = "1"\n' for n in range(20_000))
        + 'vllm = "0.8.5"\n'
    },
    "one package many times in a lock": lambda: {
        "uv.lock": "version = 1\n" + '[[package]]\nname = "vllm"\nversion = "0.8.5"\n' * 10_000
    },
    "continued lines": lambda: {"requirements.txt": "vllm==0.8.5\n" + "a\\\n" * 1_000_000},
    "malformed documents": lambda: {"a.yaml": LEAF + "---\n[\n" * 60_000},
    "open braces in a template": lambda: {
        "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n",
        "templates/a.yaml": "{{if " * 200_000 + "\n    image: vllm/vllm-openai:v0.8.5\n",
    },
    "blocks in a template": lambda: {
        "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n",
        "templates/a.yaml": "    image: vllm/vllm-openai:v0.8.5\n" + "{{if .a}}\n" * 100_000,
    },
    "merged mappings": lambda: {
        "a.yaml": LEAF
        + "---\napiVersion: v1\nkind: List\nx: &b {"
        + ",".join(f"k{n}: 1" for n in range(20_000))
        + "}\nitems:\n"
        + "- {<<: *b}\n" * 20_000
    },
    "merged mappings, walked through": lambda: {
        "a.yaml": LEAF
        + "---\napiVersion: v1\nkind: Pod\nx: &b {"
        + ",".join(f"k{n}: 1" for n in range(10_000))
        + "}\nitems:\n"
        + "- {<<: *b}\n" * 10_000
    },
    "containers": lambda: {
        "a.yaml": POD
        + '  - {image: "vllm/vllm-openai:v0.8.5", args: [--tensor-parallel-size, "2"]}\n' * 10_000
    },
    "packages of npm": lambda: {
        "a.yaml": LEAF,
        "package-lock.json": '{"packages": {'
        + ", ".join(f'"node_modules/p{n}": {{"version": "1.0.0"}}' for n in range(30_000))
        + "}}",
    },
    "components of an SBOM": lambda: {
        "bom.json": '{"bomFormat": "CycloneDX", "components": ['
        + "".join(f'{{"purl": "pkg:pypi/p{n}@1"}}, ' for n in range(30_000))
        + '{"purl": "pkg:pypi/vllm@0.8.5"}]}'
    },
    "ways through kustomizations": lambda: diamond(20),
    "a long command": lambda: {
        "a.yaml": LEAF
        + "---\n"
        + POD
        + "  - image: x\n    args:\n    - |\n"
        + ("      " + 'a"b"c ' * 16 + "\n") * 150_000
    },
    "one command many times": lambda: {
        "a.yaml": LEAF
        + f"---\n{POD}  - args: [&x '{'a b ' * 12_000}', {'*x, ' * 10_000}*x]\n"
        + "  - args: [*x]\n" * 10_000
    },
    "text that is repeated": lambda: {
        "a.yaml": LEAF
        + "---\napiVersion: v1\nkind: Pod\nx.yaml: &x |\n  a: b\n"
        + "  # a\n" * 100_000
        + f"z: [{'{x.yaml: *x}, ' * 5_000}]\n"
    },
    "a long key above many": lambda: {
        "a.yaml": LEAF
        + "---\napiVersion: v1\nkind: Pod\n? "
        + "labels." * 200_000
        + "\n: {"
        + "".join(f"k{n}: {{replicas: 1}}, " for n in range(20_000))
        + "}\n"
    },
    "query of an address": lambda: {
        "kustomization.yaml": 'resources: [a.yaml, "github.com/a/b/' + "?&" * 20_000 + '"]\n',
        "a.yaml": LEAF,
    },
}


def written(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("name", FILES)
def test_time_grows_as_files_do(graph: Graph, tmp_path: Path, name: str) -> None:
    found = detect(graph, [written(tmp_path, FILES[name]())])
    assert "vllm" in {row.component for row in found.components}


def test_a_list_is_read_to_its_end(graph: Graph, tmp_path: Path) -> None:
    many = "- {apiVersion: v1, kind: A}\n" * 25_000
    last = "- {apiVersion: ray.io/v1, kind: RayCluster, spec: {rayVersion: '2.50.0'}}\n"
    text = f"apiVersion: v1\nkind: List\nitems:\n{many}{last}"
    found = detect(graph, [written(tmp_path, {"a.yaml": text})])
    assert ("ray", "2.50.0") in {(row.component, row.version) for row in found.components}
    assert found.unread == ()


def test_what_a_list_has_beyond_the_limit_is_told(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aruntime.detect.yaml_files.MAX_NODES", 1_000)
    text = "apiVersion: v1\nkind: List\nitems: [&a {apiVersion: v1, kind: A}" + ", *a" * 2_000
    found = detect(graph, [written(tmp_path, {"a.yaml": text + "]\n"})])
    assert [u.reason for u in found.unread] == [
        "read in part: it comes to more than 1000 nodes, aliases written out"
    ]


def test_mistakes_of_a_file_are_told_up_to_a_number(graph: Graph, tmp_path: Path) -> None:
    found = detect(graph, [written(tmp_path, {"a.yaml": "---\n[\n" * 200})])
    assert len(found.unread) == 101
    told = (201, "from here on: it has more than 100 mistakes")
    assert told in {u[1:] for u in found.unread}
    found = detect(graph, [written(tmp_path, {"a.yaml": "", "requirements.txt": "a b c\n" * 200})])
    assert found.unread[-1][1:] == (101, "from here on: it has more than 100 mistakes")


def kustomized(found: Detected) -> set[str]:
    return {row.status for row in found.components if row.component == "vllm"}


def test_a_file_is_unused_only_if_all_entries_were_followed(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {**diamond(18), "leaf/b.yaml": LEAF}
    assert kustomized(detect(graph, [written(tmp_path / "a", files)])) == {"seen", "unused"}
    monkeypatch.setattr("aruntime.detect.kustomize._MAX_STEPS", 1_000)
    found = detect(graph, [str(tmp_path / "a")])
    assert kustomized(found) == {"seen", "unused"}
    assert {u.reason for u in found.unread} == {
        "images are not replaced: more than 1000 steps",
        "not followed to the end: more than 1000 steps through kustomizations",
    }
    monkeypatch.setattr("aruntime.detect.kustomize._MAX_TARGETS", 10)
    found = detect(graph, [str(tmp_path / "a")])
    assert kustomized(found) == {"seen"}
    assert any("name more than 10 files" in u.reason for u in found.unread)


def test_a_long_row_of_kustomizations_is_followed(graph: Graph, tmp_path: Path) -> None:
    files = {
        f"k{n}/kustomization.yaml": f"resources: [../k{n + 1}]\nimages: [{{name: a, newTag: b}}]\n"
        for n in range(1_500)
    }
    files |= {"k1500/kustomization.yaml": "resources: [a.yaml]\n", "k1500/a.yaml": LEAF}
    found = detect(graph, [written(tmp_path, files)])
    assert kustomized(found) == {"seen"} and found.unread == ()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("github.com/acme/base", ("pkg:github/acme/base", None)),
        ("git@github.com:Acme/base.git?ref=v1", ("pkg:github/acme/base", "v1")),
        ("https://github.com/a/b//c/d?timeout=9&ref=v1.2&x=y", ("pkg:github/a/b", "v1.2")),
        ("https://gitlab.com/a/b?ref=v1", None),
        ("../base", None),
    ],
)
def test_the_revision_of_a_repository_is_in_the_query(
    written: str, found: tuple[str, str | None] | None
) -> None:
    assert remote(written) == found


def finding(line: int) -> Finding:
    place = Place("a.yaml", line, 1, 2)
    return Finding("gap", "gap/x", "error", "", "", place, "", (), (), (), ())


def test_marks_are_found_by_line_and_document() -> None:
    text = (
        "a: b\nc: d\n---\naruntime.dev/ignore: 'gap: why'\n---\ne: f\n# aruntime: ignore gap x\ng\n"
    )
    marks = suppression._marks(text)
    found = {line: marks.of(finding(line)) for line in range(1, 9)}
    assert {line: mark.reason for line, mark in found.items() if mark} == {
        3: "why", 4: "why", 7: "x", 8: "x",
    }  # fmt: skip


def test_many_marks_and_findings_take_little_time() -> None:
    text = "---\naruntime.dev/ignore: 'gap: x'\n" * 40_000
    text += "aruntime.dev/ignore: gap" + " " * 200_000 + "x\n"
    marks = suppression._marks(text)
    assert all(marks.of(finding(line)) for line in range(1, 80_000))
