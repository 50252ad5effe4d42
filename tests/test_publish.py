"""The publication and the site in one folder: everything that is linked is there, and each file is
the one that either command alone would write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from aruntime import paths
from aruntime.cli.publish import command
from aruntime.errors import UsageError
from aruntime.publication.publish import publish
from aruntime.site.publish import publish_site
from tests.conftest import Run
from tests.test_site import HOSTILE, Page, dead_links, pages

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).parent.parent
MARK = ".aruntime-published"
NAMES = (
    "ns", "ns/0.1.0", "id/scheme/layer", "id/responsibility/autoscaling", "question/lifecycles",
    "dataset", "graph/derived", "shapes", "shapes/0.1.0",
)  # fmt: skip
"""Names below https://w3id.org/aruntime/, one or two of each kind."""
ADDRESS = "https://runtimes.example.org/graph/"


@pytest.fixture(scope="module")
def world(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The frozen world with the agent that publishes it, as the graph of this module."""
    root = tmp_path_factory.mktemp("world")
    for name in ("ontology", "queries"):
        (root / name).symlink_to(CHECKOUT / name)
    shutil.copytree(small_root / "data", root / "data")
    (root / "data" / "agent").mkdir()
    shutil.copy(CHECKOUT / "data" / "agent" / "aruntime.ttl", root / "data" / "agent")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(root))
        yield root


@pytest.fixture(scope="module")
def folder(world: Path) -> Path:
    """What is published, with a private overlay beside the world."""
    (world / "ours.ttl").write_text(HOSTILE)
    publish_site(world / "public", [world / "ours.ttl"], address=ADDRESS)
    return world / "public"


def test_every_link_of_a_page_leads_to_a_file_of_the_folder(folder: Path) -> None:
    assert dead_links(folder, pages(folder)) == []


def test_pages_link_the_documents_of_their_things(folder: Path) -> None:
    shown = Page(folder / "id" / "responsibility" / "autoscaling.html").links
    assert {f"autoscaling.{s}" for s in ("ttl", "jsonld", "rdf", "nt")} <= set(shown)
    assert "../../vocabulary/layer.ttl" in Page(folder / "id" / "scheme" / "layer.html").links
    question = Page(folder / "question" / "lifecycles.html").links
    assert "../questions/lifecycles.rq" in question
    ontology = Page(folder / "ns" / "index.html")
    assert {"ontology.ttl", "shapes.ttl"} <= set(ontology.links)
    assert {"Claim", "owns"} <= ontology.anchors


def test_pages_know_where_they_are_served(folder: Path) -> None:
    """A host shows 404.html at any depth: its links and its style do not depend on where."""
    lost = (folder / "404.html").read_text()
    addresses = re.findall(r'(?:href|action)="([^"#]*)"', lost)
    assert [a for a in addresses if not a.startswith(ADDRESS)] == []
    shared = (folder / "id" / "responsibility" / "autoscaling.html").read_text()
    assert f'<link rel="canonical" href="{ADDRESS}id/responsibility/autoscaling.html">' in shared
    assert "canonical" not in lost


def test_the_list_of_downloads_has_every_file_but_those_of_things(folder: Path) -> None:
    listed = set(Page(folder / "downloads.html").links)
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    names = {line.partition("  ")[2] for line in sums}
    assert {n for n in names if not n.startswith(("id/", "w3id/"))} <= listed


def test_the_publication_in_it_is_the_one_of_export(folder: Path, world: Path) -> None:
    publish(world / "alone", [world / "ours.ttl"])
    alone = {p.relative_to(world / "alone").as_posix(): p.read_bytes() for p in (world / "alone").rglob("*") if p.is_file()}  # fmt: skip
    del alone[".aruntime-publication"]
    different = [name for name, content in alone.items() if (folder / name).read_bytes() != content]
    assert sorted(different) == ["SHA256SUMS", "w3id/.htaccess"], "they name another address"
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


def test_redirects_lead_to_files_of_the_folder(folder: Path) -> None:
    rules = (folder / "w3id" / ".htaccess").read_text()
    assert f"[E=SITE:{ADDRESS.rstrip('/')}]" in rules
    found = re.findall(r"RewriteRule (\S+) %\{ENV:SITE\}/(\S*) \[R", rules)
    for name in NAMES:
        first = next(pattern for pattern, _ in found[1:-1] if re.match(pattern, name))
        rules_of = (place.replace("$", "\\") for pattern, place in found if pattern == first)
        places = [re.sub(first, place, name) for place in rules_of]
        assert places, name
        for place in places:
            if place.startswith("ns/0.1.0/"):
                continue  # an earlier release's folder, which its host keeps beside this one
            file = f"{place}index.html" if place.endswith("/") or not place else place
            assert (folder / file).is_file(), f"{name} leads to {file}"


def test_the_folder_is_replaced_by_the_same_bytes_and_carries_one_mark(
    folder: Path, world: Path
) -> None:
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert [str(p) for p in before if p.name.startswith(".aruntime-")] == [MARK]
    publish_site(folder, [world / "ours.ttl"], address=ADDRESS)
    after = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


def test_a_folder_of_somebody_else_is_left_alone(world: Path, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not make"):
        publish_site(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["precious.txt"]


def test_the_command_says_what_it_made(world: Path, aruntime: Run, tmp_path: Path) -> None:
    code, out, err = aruntime("publish", tmp_path / "public")
    assert (code, out) == (0, "")
    assert " pages, " in err
    assert (tmp_path / "public" / "dataset" / "aruntime.trig").is_file()
    code, _, err = aruntime("publish", tmp_path / "none" / "public")
    assert code == 2 and "no such folder" in err


def test_the_workflow_runs_the_command_as_it_is() -> None:
    path = CHECKOUT / ".github" / "workflows" / "publish.yml"
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {}, "each job asks for what it needs"
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in uses), uses
    upload = next(s["with"] for s in steps if "upload-pages" in s.get("uses", ""))
    assert upload["include-hidden-files"] is True, ".well-known/void must be served"
    line = next(s["run"] for s in steps if s.get("run", "").startswith("aruntime publish"))
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r" (--[a-z-]+)", line)) <= known
    assert upload["path"].rpartition("/")[2] in line
