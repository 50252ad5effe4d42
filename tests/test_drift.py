"""Drift and refresh: what a newer revision or package does to cited lines, and to the pins that
cite them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from aruntime import corpus, turtle
from aruntime.errors import DataError
from aruntime.evidence import passage, repositories
from aruntime.evidence.drift import STATES, Drift, drift
from aruntime.evidence.packages import Packages
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.pin import file_triples, passage_triples, pin, triples
from aruntime.evidence.refresh import refresh
from aruntime.evidence.repositories import Repositories
from aruntime.evidence.stores import Stores
from aruntime.git import commit_of
from aruntime.namespaces import ID, iri
from tests.conftest import Run
from tests.test_evidence import (
    ANCHORS,
    DOCS,
    GUIDE,
    ORIGIN,
    PURL,
    archive,
    commit,
    git,
    in_file,
    packed,
    pinned,
    repository,
    text_of,
)
from tests.test_evidence import clones as clones
from tests.test_evidence import shipped as shipped
from tests.test_evidence import world as world
from tests.test_overlay import write_runtime

DRIFTED = ("unchanged", "moved", "edited", "gone", "renamed", "renamed")
BY_VERSION = {
    "v1.1": DRIFTED,
    "latest": DRIFTED,
    "default": ("edited", *DRIFTED[1:]),
    "old": ("unchanged",) * 6,
    "v1.0": ("unchanged",) * 6,
    "v9": ("unreachable",) * 6,
}
NOW = {
    "stays": ("docs/stays.md", 7, 8),
    "moves": ("docs/moves.md", 9, 10),
    "renamed": ("guide/renamed.md", 8, 9),
    "elsewhere": ("guide/other.md", 7, 8),
}


def one(item: Passage, stores: Stores, to: str = "latest") -> Drift:
    (found,) = drift([item], stores, to)
    return found


@pytest.mark.parametrize("to", BY_VERSION)
def test_drift_to_a_tag_branch_default_or_latest(clones: Path, to: str) -> None:
    items = [pinned(clones, name) for name in DOCS]
    found = drift(items, Stores(Repositories(clones)), to)
    assert tuple(d.state for d in found) == BY_VERSION[to]
    assert [d.passage for d in found] == items


def test_lines_are_found_where_they_now_stand(clones: Path) -> None:
    for name, (path, start, end) in NOW.items():
        now = one(pinned(clones, name), Stores(Repositories(clones))).now
        assert now is not None and now.file is not None
        assert (now.file.path, now.start, now.end) == (path, start, end)
        assert now.digest == pinned(clones, name).digest
        clone = clones / "acme+engine"
        assert now.file.commit == commit_of(clone, "v1.1")
        assert now.file.digest == git(clone, "rev-parse", f"v1.1:{path}")


def test_what_is_not_at_hand_is_unreachable(clones: Path) -> None:
    item = pinned(clones)
    far = in_file(item, repository="https://example.org/far/away")
    for stores in (Stores(Repositories(clones)), Stores(packages=Packages(clones))):
        for other in (far, replace(item, file=None), packed(clones)):
            assert one(other, stores).state == "unreachable"


@pytest.mark.parametrize(
    "changes",
    [{"end": 99}, {"digest": "0" * 64}, {"anchors": ("absent_term", "engine_scheduler")}],
)
def test_a_pin_that_was_never_right_is_not_moved(clones: Path, changes: dict[str, object]) -> None:
    item = replace(pinned(clones), **changes)  # type: ignore[arg-type]
    assert one(item, Stores(Repositories(clones)), "v1.1").state == "edited"


def test_a_file_of_the_same_name_is_preferred(tmp_path: Path) -> None:
    clone = repository(tmp_path / "acme+engine")
    (clone / "a.md").write_bytes(GUIDE)
    first = commit(clone, "one", "v1.0")
    (clone / "a.md").unlink()
    for name in ("0.md", "z/a.md", "z/b.md"):
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).write_bytes(GUIDE)
    (clone / "y").mkdir()
    (clone / "y" / "a.md").write_bytes(b"another file\n")
    commit(clone, "two", "v2.0")
    file = CitedFile("a.md", passage.blob_hash(GUIDE), ORIGIN, first)
    found = one(pin(file, GUIDE, 7, 8, ANCHORS), Stores(Repositories(tmp_path)))
    assert found.now is not None and found.now.file is not None
    assert (found.state, found.now.file.path) == ("renamed", "z/a.md")


@pytest.mark.parametrize(
    ("tags", "newest"),
    [
        ("v1.9 v1.10 v1.2", "v1.10"),
        ("v1.0 v2.0rc1 v2.0-beta.1 v3.0.dev1 v3.0a1 nightly-4 stable", "v1.0"),
        ("b4567 b10001", "b10001"),
        ("torch-1.0", "torch-1.0"),
        ("v0.6.1 v0.6.1.post1 v0.6.2rc1", "v0.6.1.post1"),
    ],
)
def test_latest_is_the_newest_release_tag(tmp_path: Path, tags: str, newest: str) -> None:
    clone = repository(tmp_path / "clone")
    commits = {tag: commit(clone, tag, tag) for tag in tags.split()}
    assert repositories.newest(clone, "latest") == commits[newest]


def test_without_a_release_tag_there_is_no_latest(tmp_path: Path) -> None:
    clone = repository(tmp_path / "clone")
    commit(clone, "one", "stable", "v1.0rc1")
    with pytest.raises(DataError, match="no release tag"):
        repositories.newest(clone, "latest")


FOLDER = "acme_engine-1.0/docs/guide.md"
NEWER: list[tuple[str, bytes, str]] = [
    ("acme_engine-1.1/docs/guide.md", GUIDE, "unchanged"),
    ("acme_engine-1.1/docs/guide.md", b"Preface.\n" + GUIDE, "moved"),
    ("acme_engine-1.1/docs/guide.md", b"Empty.\n", "edited"),
    ("acme_engine-1.1/manual/guide.md", GUIDE, "renamed"),
    ("acme_engine-1.1/manual/other.md", GUIDE, "renamed"),
    ("acme_engine-1.1/manual/other.md", b"Empty.\n", "gone"),
]


@pytest.mark.parametrize("kind", [".tar.gz", ".zip"])
@pytest.mark.parametrize(("path", "text", "state"), NEWER)
def test_drift_of_a_package(
    clones: Path, tmp_path: Path, kind: str, path: str, text: bytes, state: str
) -> None:
    archive(tmp_path, kind, FOLDER)
    archive(tmp_path, kind, path, text, version="1.1")
    found = one(packed(clones, FOLDER), Stores(packages=Packages(tmp_path)))
    assert found.state == state
    if found.now is not None:
        assert found.now.file is not None
        digest = passage.file_digest(text)
        assert found.now.file == CitedFile(path, digest, purl="pkg:pypi/acme-engine@1.1")


VERSIONS = [
    (["1.0", "1.9", "1.10"], "latest", "1.10"),
    (["1.0", "1.9", "1.10"], "default", "1.10"),
    (["1.0", "1.9", "1.10"], "1.9", "1.9"),
    (["1.0", "1.0.post1", "1.1rc1"], "latest", "1.0.post1"),
    (["1.0", "0.9"], "latest", "1.0"),
    (["1.0", "0.9"], "0.9", "0.9"),
    (["1.0"], "2.0", None),
    (["1.0", "2.0+cu121"], "latest", "2.0+cu121"),
]


@pytest.mark.parametrize(("at_hand", "to", "taken"), VERSIONS)
def test_which_version_of_a_package_is_compared(
    clones: Path, tmp_path: Path, at_hand: list[str], to: str, taken: str | None
) -> None:
    for version in at_hand:
        path = FOLDER.replace("1.0", version)
        archive(tmp_path, ".zip", path, version=version)
    (tmp_path / "other_engine-9.0.zip").write_bytes(b"")
    found = one(packed(clones, FOLDER), Stores(packages=Packages(tmp_path)), to)
    if taken is None:
        assert found.state == "unreachable"
    else:
        assert found.now is not None and found.now.file is not None
        assert found.now.file.purl == f"pkg:pypi/acme-engine@{taken}"


def test_a_named_file_of_a_package_is_followed_to_its_like(clones: Path, tmp_path: Path) -> None:
    own = archive(tmp_path, "-cp312-none-any.whl")
    for python in ("311", "312"):
        archive(tmp_path, f"-cp{python}-none-any.whl", version="1.1")
    item = packed(clones, purl=f"{PURL}?file_name={own.name}")
    found = one(item, Stores(packages=Packages(tmp_path)))
    assert found.now is not None and found.now.file is not None
    name = "acme_engine-1.1-cp312-none-any.whl"
    assert found.now.file.purl == f"pkg:pypi/acme-engine@1.1?file_name={name}"


def test_a_damaged_newer_archive_holds_nothing(clones: Path, tmp_path: Path) -> None:
    archive(tmp_path, ".tar.gz", FOLDER)
    archive(tmp_path, ".tar.gz", FOLDER, version="1.1").write_bytes(b"\x1f\x8bno")
    assert one(packed(clones, FOLDER), Stores(packages=Packages(tmp_path))).state == "gone"


def test_drift_command(aruntime: Run, clones: Path, tmp_path: Path) -> None:
    command = ("evidence", "drift", "engine", "--repositories", clones, "--format")
    code, out, err = aruntime(*command, "json", "--to", "v1.1")
    found = json.loads(out)
    numbers = dict(zip(STATES, (1, 1, 2, 1, 1, 3), strict=True))
    assert (code, found["counts"]) == (1, numbers) and "9 passages: 1 unchanged" in err
    keys = {"evidence", "claim", "state", "commit", "purl", "path", "lines"}
    assert set(found["drifts"][0]) == keys
    code, out, _ = aruntime(*command, "tsv", "--to", "v1.1")
    assert "\tguide/renamed.md\t8-9\t" in out and out.count("\n") == 9
    assert aruntime("evidence", "drift", "--to", "old", "--repositories", clones)[0] == 0
    assert aruntime("evidence", "drift", "--packages", tmp_path)[0] == 0
    code, _, err = aruntime("evidence", "drift")
    assert code == 2 and "--packages DIR" in err


def said(path: Path, node: str) -> dict[str, str]:
    """What a file says of a node of the engine."""
    own = NamedNode(f"{ID}runtime/engine#{node}")
    return {
        t.predicate.value.rpartition("#")[2]: getattr(t.object, "value", "").removeprefix(own.value)
        for t in corpus.triples_of(path)
        if t.subject == own
    }


def test_refresh_moves_only_the_pins_whose_lines_still_stand(
    aruntime: Run, clones: Path, world: Path
) -> None:
    path = world / "data" / "runtime" / "engine" / "pins.ttl"
    clone = clones / "acme+engine"
    old, new = (commit_of(clone, tag) for tag in ("v1.0", "v1.1"))
    before = {p: p.read_bytes() for p in path.parent.iterdir() if p != path}
    count = path.read_text().count("a ar:CitedFile ;")
    command = ("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)
    code, out, err = aruntime(*command)
    assert (code, out) == (0, f"{path}\n") and "4 of 9 pins" in err
    after = path.read_text()
    for name in DOCS:
        file = said(path, f"file-{name}-md")
        assert file["commit"] == (new if name in NOW else old)
        if name in NOW:
            where, start, end = NOW[name]
            lines = said(path, f"owns-{name}")
            assert file["path"] == where and f"path=/{where}" in file["swhid"]
            assert (lines["startLine"], lines["endLine"]) == (str(start), str(end))
    assert after.count("a ar:CitedFile ;") == count
    assert {p: p.read_bytes() for p in before} == before, "nothing was read again"
    assert aruntime("fmt", "--check", path)[0] == 0
    verify = aruntime("evidence", "verify", "--repositories", clones, "--format", "json")
    assert json.loads(verify[1])["counts"]["verified"] == 6
    assert aruntime(*command)[:2] == (0, "") and path.read_text() == after


def test_passages_that_part_get_a_cited_file_of_their_own(
    aruntime: Run, clones: Path, world: Path
) -> None:
    """Of two passages in one file one still stands; later the other does, too, and the file is one
    again."""
    pins = world / "data" / "runtime" / "engine" / "pins.ttl"
    clone = clones / "acme+engine"
    where = (
        clone,
        "docs/edited.md",
        "1-3",
        "--at",
        "v1.0",
        "--anchor",
        "Guide",
        "--anchor",
        "Words",
    )
    options = ("--source", "engine-docs", "--claim", "engine#family", "--write")
    assert aruntime("evidence", "pin", *where, *options)[0] == 0
    refreshed = ("evidence", "refresh", "engine", "--repositories", clones, "--to")
    assert aruntime(*refreshed, "v1.1")[0] == 0
    assert said(pins, "owns-edited")["inFile"].endswith("#file-edited-md")
    assert said(pins, "family-e2")["inFile"].endswith("#file-edited-md-2")
    old, new = (commit_of(clone, tag) for tag in ("v1.0", "v1.1"))
    assert said(pins, "file-edited-md")["commit"] == old
    assert said(pins, "file-edited-md-2")["commit"] == new
    assert said(pins, "file-edited-md-2").keys() == said(pins, "file-edited-md").keys()
    again = ("evidence", "refresh", "engine", "--repositories", clones, "--to", "v1.0")
    assert aruntime(*again)[0] == 0
    assert said(pins, "family-e2")["inFile"].endswith("#file-edited-md")
    assert said(pins, "file-edited-md-2") == {}, "a file that nothing cites goes"
    assert aruntime("validate", pins.parent)[0] == 0


def test_refresh_of_a_package(clones: Path, tmp_path: Path, world: Path) -> None:
    archive(tmp_path, ".tar.gz", FOLDER)
    newer = FOLDER.replace("1.0", "1.1")
    archive(tmp_path, ".tar.gz", newer, b"Preface.\n" + GUIDE, version="1.1")
    pins = world / "data" / "runtime" / "engine" / "pins.ttl"
    before = corpus.triples_of(pins)
    item = packed(clones, FOLDER)
    node, added = triples("engine#owns", item, "engine-docs", "documentation", before)
    pins.write_text(turtle.write([*before, *added]))
    item = replace(item, evidence=node.value)
    found = drift([item], Stores(packages=Packages(tmp_path)), "latest")
    assert refresh(found) == [pins]
    assert said(pins, "file-guide-md")["path"] == newer
    assert said(pins, "file-guide-md")["purl"] == "pkg:pypi/acme-engine@1.1"
    assert said(pins, node.value.rpartition("#")[2])["startLine"] == "8"


def test_refresh_keeps_what_else_is_said(aruntime: Run, clones: Path, world: Path) -> None:
    path = world / "data" / "runtime" / "engine" / "pins.ttl"
    text = path.read_text().replace("    a ar:Evidence ;", '    a ar:Evidence ; ar:section "2" ;')
    path.write_text(text)
    aruntime("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)
    assert path.read_text().count("ar:section") == len(DOCS) + 3


def test_a_passage_with_a_file_of_its_own_is_refreshed_in_place(
    aruntime: Run, clones: Path, tmp_path: Path
) -> None:
    """As in a stack, or in an older private file: the passage says itself where its file is."""
    path = write_runtime(tmp_path / "mine", "private-engine")
    own = NamedNode(f"{ID}runtime/private-engine#owns")
    node, item = NamedNode(f"{own.value}-e2"), pinned(clones, "moves")
    assert item.file is not None
    stated = [*corpus.triples_of(path), Triple(own, iri("ar:evidence"), node)]
    stated += [*passage_triples(node, item), *file_triples(node, item.file)]
    stated += [Triple(node, iri("rdf:type"), iri("ar:Evidence"))]
    stated += [Triple(node, iri("ar:source"), iri("source:private-engine-docs"))]
    stated += [Triple(node, iri("ar:evidenceType"), iri("evidence-type:documentation"))]
    text = turtle.write(stated).replace("path=/docs/moves.md", "path=/docs/moves.md;lines=7-8")
    path.write_text(text)
    command = ("evidence", "refresh", "--to", "latest", "--repositories", clones)
    code, out, err = aruntime(*command, "--data", tmp_path / "mine")
    assert code == 0 and str(path) in out, err
    assert "lines=9-10" in path.read_text() and "ar:startLine 9 ;" in path.read_text()
    assert aruntime("validate", tmp_path / "mine")[0] == 0


def test_a_file_with_comments_is_not_refreshed(aruntime: Run, clones: Path, world: Path) -> None:
    path = world / "data" / "runtime" / "engine" / "pins.ttl"
    path.write_text(path.read_text() + "# mine\n")
    before = path.read_bytes()
    command = ("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)
    code, out, err = aruntime(*command)
    assert (code, out) == (3, "") and "comments" in err and path.read_bytes() == before


def test_text_of_each_page_is_its_own() -> None:
    assert len({text_of(name) for name in DOCS}) == len(DOCS)
