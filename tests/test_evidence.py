"""Evidence: pins on small repositories and archives, what verification finds, and what a newer revision does to a pin."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from aruntime import corpus, paths
from aruntime.errors import DataError
from aruntime.evidence import content, passage
from aruntime.evidence.content import Packages, Repositories
from aruntime.evidence.drift import drift, drift_one, target
from aruntime.evidence.citations import Located
from aruntime.evidence.network import Network
from aruntime.evidence.pin import GitPlace, PackagePlace, Pin, pin, triples
from aruntime.evidence.verify import STATUSES, Result, Stores, counts, verify, verify_one
from aruntime.namespaces import ID, iri
from tests.test_network import body, serve
from tests.test_overlay import Run, make_world
from tests.test_overlay import aruntime as aruntime

ORIGIN = "https://example.org/acme/engine"
PURL = "pkg:pypi/acme-engine@1.0"
GUIDE = b"# Guide\n\nWords.\n\n## Scheduling\n\nThe engine_scheduler picks sequences.\nIt batches_sequences at each step.\n\n## Limits\n\nNone.\n"
ANCHORS = ("engine_scheduler", "batches_sequences")
DOCS = ("stays", "moves", "edited", "gone")


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    person = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "T"), ("EMAIL", "t@example.org"))}
    dates = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    env = {**os.environ, **person, **dates, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *arguments], cwd=folder, env=env, input=data, check=True, capture_output=True).stdout.decode().strip()


def commit(folder: Path, message: str, *tags: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    for tag in tags:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", ORIGIN + ".git")
    return folder


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clone whose first release is cited, whose second drifts, and whose newest commit is no release."""
    root = tmp_path_factory.mktemp("clones")
    clone = repository(root / "acme+engine")
    docs = {name: clone / "docs" / f"{name}.md" for name in DOCS}
    docs["stays"].parent.mkdir()
    for path in docs.values():
        path.write_bytes(GUIDE)
    commit(clone, "one", "v1.0")
    git(clone, "branch", "old")
    docs["moves"].write_bytes(b"Preface.\n\n" + GUIDE)
    docs["edited"].write_bytes(GUIDE.replace(b"picks", b"chooses"))
    docs["gone"].unlink()
    commit(clone, "two", "v1.1", "v1.0.9")
    docs["stays"].write_bytes(b"Empty.\n")
    commit(clone, "three", "v1.2rc1", "v2.0-beta.1", "nightly-9")
    return root


def pinned(clones: Path, name: str = "stays") -> Pin:
    clone = clones / "acme+engine"
    place = GitPlace(ORIGIN, content.commit_of(clone, "v1.0"), f"docs/{name}.md")
    return pin(place, content.file_at(clone, "v1.0", place.path), 7, 8, ANCHORS)


def located(found: Pin, name: str = "stays") -> Located:
    own = f"{ID}runtime/engine#owns"
    digest = found.content_digest.partition(";")[0].removeprefix("swh:1:cnt:")
    said = (found.place, found.start, found.end, found.heading, found.anchors, digest, found.lines_digest, f"{name}:L7-L8")
    return Located(own, own.partition("#")[0], f"{own}-{name}", f"{ID}source/engine-docs", *said)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, clones: Path) -> Path:
    """A small graph whose runtime cites the clone four times, and three pages that nobody has."""
    own, evidence = NamedNode(f"{ID}runtime/engine#owns"), []
    for name in DOCS:
        node = NamedNode(f"{own.value}-{name}")
        evidence += triples(node, pinned(clones, name), iri("source:engine-docs"), iri("evidence-type:documentation"))
        evidence += [Triple(own, iri("ar:evidence"), node), Triple(node, iri("ar:section"), Literal("2"))]
    return make_world(tmp_path_factory.mktemp("world"), evidence, due="2026-01-03T00:00:00Z")


@pytest.fixture(autouse=True)
def world(tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that graph, and a cache, for each test."""
    root = tmp_path / "world"
    shutil.copytree(shipped / "data", root / "data")
    for folder in ("ontology", "queries"):
        (root / folder).symlink_to(shipped / folder)
    monkeypatch.setattr(paths, "root", lambda: root)
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "cache"))
    return root


def values(turtle: str) -> dict[str, list[str]]:
    """What Turtle says of the one thing in it, by the property's name."""
    found: dict[str, list[str]] = {}
    for quad in parse(turtle.encode(), RdfFormat.TURTLE):
        found.setdefault(quad.predicate.value.rpartition("#")[2], []).append(getattr(quad.object, "value", ""))
    return found


@pytest.mark.parametrize("bare", [False, True])
def test_pin_of_a_clone(aruntime: Run, clones: Path, tmp_path: Path, bare: bool) -> None:
    clone, extra = clones / "acme+engine", []
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(clone), "bare.git")
        clone, extra = tmp_path / "bare.git", ["--repository", ORIGIN + "/"]
    code, out, _ = aruntime("evidence", "pin", clone, "docs/stays.md", "7-8", "--at", "v1.0", "--claim", "engine#owns", *extra)
    found, blob = values(out), git(clone, "hash-object", "--stdin", data=GUIDE)
    revision = git(clone, "rev-parse", "v1.0")
    assert code == 0
    assert found["swhid"] == [f"swh:1:cnt:{blob};origin={ORIGIN};anchor=swh:1:rev:{revision};path=/docs/stays.md;lines=7-8"]
    assert found["linesDigest"] == [hashlib.sha256(b"".join(GUIDE.splitlines(keepends=True)[6:8])).hexdigest()]
    assert (found["heading"], found["commit"], found["repository"]) == (["Scheduling"], [revision], [ORIGIN])
    assert (found["startLine"], found["endLine"], found["path"]) == (["7"], ["8"], ["docs/stays.md"])
    assert set(ANCHORS) <= set(found["anchorTerm"]) and 2 <= len(found["anchorTerm"]) <= 5
    assert all(len(term) <= passage.ANCHOR_LIMIT and term.encode() in GUIDE for term in found["anchorTerm"])


def archive(folder: Path, kind: str, path: str = "pkg/guide.md", text: bytes = GUIDE) -> Path:
    target = folder / f"acme_engine-1.0{kind}"
    if kind == ".tar.gz":
        with tarfile.open(target, "w:gz") as opened:
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            opened.addfile(entry, io.BytesIO(text))
    else:
        with zipfile.ZipFile(target, "w") as zipped:
            zipped.writestr(path, text)
    return target


@pytest.mark.parametrize("kind", [".tar.gz", ".zip", "-py3-none-any.whl"])
def test_pin_of_an_archive_is_verified_from_the_archive(aruntime: Run, tmp_path: Path, kind: str) -> None:
    code, out, _ = aruntime("evidence", "pin", archive(tmp_path, kind), "pkg/guide.md", "7-8", "--purl", PURL, "--anchor", "engine_scheduler")
    found = values(out)
    assert (code, found["purl"], found["anchorTerm"], found["heading"]) == (0, [PURL], ["engine_scheduler"], ["Scheduling"])
    assert found["fileDigest"] == [hashlib.sha256(GUIDE).hexdigest()] and "swhid" not in found
    item = located(pin(PackagePlace(PURL, "pkg/guide.md"), GUIDE, 7, 8, ANCHORS))
    assert verify_one(item, Stores(packages=Packages(tmp_path))).status == "verified"
    assert verify_one(replace(item, place=PackagePlace(PURL, "pkg/none.md")), Stores(packages=Packages(tmp_path))).status == "missing"
    assert verify_one(replace(item, place=PackagePlace("pkg:pypi/other@1.0", "x")), Stores(packages=Packages(tmp_path))).status == "unreachable"


def test_a_large_member_of_an_archive_is_found(tmp_path: Path) -> None:
    assert content.member(archive(tmp_path, ".tar.gz", text=GUIDE * 20_000), "pkg/guide.md")


def test_a_truncated_archive_gives_one_message(aruntime: Run, tmp_path: Path) -> None:
    path = archive(tmp_path, ".tar.gz", text=random.Random(0).randbytes(50_000))
    path.write_bytes(path.read_bytes()[:30_000])
    assert aruntime("evidence", "pin", path, "pkg/guide.md", "1-1", "--purl", PURL)[0] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["docs/stays.md", "7-99"], 3, "lines 7-99 do not exist"),
        (["docs/stays.md", "0-1"], 3, "lines 0-1 do not exist"),
        (["docs/stays.md", "8-7"], 3, "lines 8-7 do not exist"),
        (["docs/stays.md", "7-x"], 2, "lines are written A-B"),
        (["docs/stays.md", "7-8", "--anchor", "absent_term"], 3, "absent_term not in lines 7-8"),
        (["docs/none.md", "7-8"], 3, "docs/none.md"),
        (["pkg/none.md", "7-8", "--purl", PURL], 3, "no such member"),
        pytest.param(["docs/stays.md", "7-8", "--at", "v9"], 3, "v9"),
        pytest.param(["docs/stays.md", "²-8"], 2, "A-B"),
    ],
)
def test_pin_refuses_what_is_not_there(aruntime: Run, clones: Path, arguments: list[str], code: int, words: str) -> None:
    found = aruntime("evidence", "pin", clones / "acme+engine", *arguments, *([] if "--at" in arguments else ["--at", "v1.0"]))
    assert found[:2] == (code, "") and words in found[2] and found[2].count("\n") == 1


def test_pin_writes_into_a_file(aruntime: Run, clones: Path, world: Path) -> None:
    path = world / "data" / "runtime" / "engine.ttl"
    place = ("evidence", "pin", clones / "acme+engine", "docs/stays.md", "7-8", "--at", "v1.0", "--source", "engine-docs", "--write", path)
    assert aruntime(*place, "--claim", "engine#family")[0] == 0
    assert f"{ID}runtime/engine#family-e2" in {getattr(t.object, "value", "") for t in corpus.triples_of(path)}
    assert aruntime("fmt", "--check", path)[0] == 0
    before = path.read_bytes()
    code, _, err = aruntime(*place, "--claim", "engine#absent")
    assert (code, path.read_bytes()) == (2, before) and "no claim engine#absent" in err


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "content": ({"content_digest": "0" * 40}, "content differs"),
    "lines": ({"end": 99}, "do not exist"),
    "digest": ({"lines_digest": "0" * 64}, "differ from their digest"),
    "anchor": ({"anchors": (*ANCHORS, "absent_term")}, "lack absent_term"),
    "heading": ({"heading": "Limits"}, "'Scheduling', not under 'Limits'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_difference_is_drift_and_says_why(clones: Path, what: str) -> None:
    changes, words = WRONG[what]
    found = verify_one(replace(located(pinned(clones)), **changes), Stores(Repositories(clones)))  # type: ignore[arg-type]
    assert found.status == "drifted" and words in found.detail


def mixed(clones: Path) -> dict[str, Located]:
    """A locator for each status."""
    good = located(pinned(clones))
    return {
        "verified": good,
        "missing": replace(good, evidence="e:none", place=GitPlace(ORIGIN, pinned(clones).place.commit, "none"), content_digest="1" * 40),  # type: ignore[union-attr]
        "drifted": replace(good, evidence="e:drifted", heading="Other"),
        "unreachable": replace(good, evidence="e:far", place=GitPlace("https://example.org/far/away", "1" * 40, "x"), content_digest="2" * 40),
        "unreachable paper": replace(good, evidence="e:paper", place=None),
        "missing commit": replace(good, evidence="e:commit", place=GitPlace(ORIGIN, "1" * 40, "docs/stays.md"), content_digest="3" * 40),
    }


def statuses(results: list[Result]) -> list[str]:
    return [result.status for result in results]


@pytest.mark.parametrize("workers", [1, 8])
def test_every_locator_has_one_result_in_its_order(clones: Path, workers: int) -> None:
    items, told = mixed(clones), []
    results = verify([*items.values()], Stores(Repositories(clones)), workers=workers, progress=told.append)
    assert [r.located for r in results] == [*items.values()]
    assert statuses(results) == [name.split()[0] for name in items]
    assert counts(results) == {"verified": 1, "drifted": 1, "missing": 2, "unreachable": 2} and tuple(counts([])) == STATUSES
    assert told == [*range(len(items) + 1)]
    assert set(statuses(verify([*items.values()], Stores()))) == {"unreachable"}


def test_a_journal_resumes_and_a_half_written_line_is_ignored(clones: Path, tmp_path: Path) -> None:
    items, journal = [*mixed(clones).values()], tmp_path / "journal"
    expected = statuses(verify(items, Stores(Repositories(clones)), journal=journal))
    again = verify(items, Stores(), journal=journal)
    assert [status == "verified" for status in statuses(again)] == [status == "verified" for status in expected]
    changed = replace(items[0], heading="Other")
    assert statuses(verify([changed], Stores(Repositories(clones)), journal=journal)) == ["drifted"]
    journal.write_text(journal.read_text().splitlines()[0][:30])
    assert statuses(verify(items, Stores(Repositories(clones)), journal=journal)) == expected


def test_what_follows_a_half_written_line_is_kept(clones: Path, tmp_path: Path) -> None:
    journal, item = tmp_path / "journal", located(pinned(clones))
    journal.write_text('{"key": "ab')
    verify([item], Stores(Repositories(clones)), journal=journal)
    assert statuses(verify([item], Stores(), journal=journal)) == ["verified"]


def test_what_the_network_gave_is_kept_and_a_corrupted_copy_is_not_trusted(clones: Path, tmp_path: Path) -> None:
    item = replace(located(pinned(clones)), place=GitPlace("https://example.org/far/away", "1" * 40, "guide.md"))
    path = f"/api/1/content/sha1_git:{item.content_digest}/raw/"
    with serve({path: body(GUIDE)}) as (root, asked):
        online = Stores(Repositories(clones), network=Network(root, private=True))
        assert statuses([verify_one(item, online), verify_one(item, online), verify_one(item, Stores())]) == ["verified"] * 3
        assert asked == [path]
        (kept,) = (p for p in (tmp_path / "cache" / "content").rglob("*") if p.is_file())
        kept.write_bytes(GUIDE.replace(b"picks", b"drops"))
        assert verify_one(item, Stores()).status == "unreachable"
        assert verify_one(item, online).status == "verified" and len(asked) == 2
        assert verify_one(item, Stores()).status == "verified"
    assert verify_one(replace(item, content_digest="4" * 40), online).status == "unreachable"


def test_an_archive_that_answers_something_else_is_no_drift(clones: Path) -> None:
    item = replace(located(pinned(clones)), place=GitPlace("https://example.org/far/away", "1" * 40, "guide.md"))
    with serve({f"/api/1/content/sha1_git:{item.content_digest}/raw/": body(b"an error page")}) as (root, _):
        assert verify_one(item, Stores(network=Network(root, private=True))).status == "unreachable"


def test_verify_command(aruntime: Run, clones: Path, tmp_path: Path) -> None:
    code, out, err = aruntime("evidence", "verify", "engine", "--repositories", clones, "--journal", tmp_path / "j", "--format", "json")
    found = json.loads(out)
    assert (code, found["counts"]) == (0, {"verified": 4, "drifted": 0, "missing": 0, "unreachable": 3})
    assert sum(found["counts"].values()) == len(found["results"]) and "7 locators" in err
    assert set(found["results"][0]) == {"evidence", "claim", "status", "detail", "locator"}
    assert len((tmp_path / "j").read_text().splitlines()) == 7
    path = paths.data() / "runtime" / "engine.ttl"
    path.write_text(path.read_text().replace("docs/gone.md", "docs/never.md").replace('ar:heading "Scheduling"', 'ar:heading "Other"', 1))
    code, out, _ = aruntime("evidence", "verify", "--source", "engine-docs", "--repositories", clones, "--format", "tsv")
    assert code == 1 and sorted(row.split("\t")[0] for row in out.splitlines()[1:]) == [
        "drifted", "missing", "unreachable", "unreachable", "unreachable", "verified", "verified",
    ]  # fmt: skip
    assert aruntime("evidence", "verify", "--source", "agine-docs")[0] == 2


STATES = {
    "v1.1": ("unchanged", "moved", "edited", "gone"),
    "latest": ("unchanged", "moved", "edited", "gone"),
    "default": ("edited", "moved", "edited", "gone"),
    "old": ("unchanged",) * 4,
    "v1.0": ("unchanged",) * 4,
    "v9": ("unreachable",) * 4,
}


@pytest.mark.parametrize("to", STATES)
def test_drift_to_a_tag_branch_default_or_latest(clones: Path, to: str) -> None:
    found = drift([located(pinned(clones, name), name) for name in DOCS], Repositories(clones), to)
    assert tuple(d.state for d in found) == STATES[to]
    for d in found:
        assert d.lines == {"unchanged": (7, 8), "moved": (9, 10)}.get(d.state)
        assert bool(d.commit) == (to != "v9")
    far = replace(located(pinned(clones)), place=GitPlace("https://example.org/far/away", "1" * 40, "x"))
    assert {drift_one(item, Repositories(clones), to).state for item in (far, replace(far, place=None))} == {"unreachable"}


@pytest.mark.parametrize(
    ("tags", "newest"),
    [
        ("v1.9 v1.10 v1.2", "v1.10"),
        ("v1.0 v2.0rc1 v2.0-beta.1 v3.0.dev1 v3.0a1 nightly-4 stable", "v1.0"),
        pytest.param("b4567 b10001", "b10001"),
        pytest.param("torch-1.0", "torch-1.0"),
    ],
)
def test_latest_is_the_newest_release_tag(tmp_path: Path, tags: str, newest: str) -> None:
    clone = repository(tmp_path / "clone")
    commits = {tag: commit(clone, tag, tag) for tag in tags.split()}
    assert target(clone, "latest") == commits[newest]


def test_without_a_release_tag_there_is_no_latest(tmp_path: Path) -> None:
    clone = repository(tmp_path / "clone")
    commit(clone, "one", "stable", "v1.0rc1")
    with pytest.raises(DataError, match="no release tag"):
        target(clone, "latest")


def test_a_pin_that_was_never_right_does_not_stop_the_others(clones: Path) -> None:
    assert drift_one(replace(located(pinned(clones)), end=99), Repositories(clones), "v1.1").state in ("edited", "unreachable")


def test_drift_command(aruntime: Run, clones: Path) -> None:
    code, out, err = aruntime("evidence", "drift", "engine", "--to", "v1.1", "--repositories", clones, "--format", "json")
    found = json.loads(out)
    assert (code, found["counts"]) == (1, {"unchanged": 1, "moved": 1, "edited": 1, "gone": 1, "unreachable": 3})
    assert set(found["drifts"][0]) == {"evidence", "claim", "state", "commit", "lines"} and "7 locators" in err
    assert aruntime("evidence", "drift", "--to", "old", "--repositories", clones)[0] == 0
    assert aruntime("evidence", "drift")[0] == 2


def test_refresh_moves_only_the_pins_whose_lines_still_stand(aruntime: Run, clones: Path, world: Path) -> None:
    path, v10, v11 = world / "data" / "runtime" / "engine.ttl", *(content.commit_of(clones / "acme+engine", tag) for tag in ("v1.0", "v1.1"))
    before = path.read_text()
    code, out, err = aruntime("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)
    after = path.read_text()
    assert (code, out) == (0, f"{path}\n") and "2 of 7 pins" in err
    by_name = {name: after.partition(f"\n:owns-{name}\n")[2].partition("\n.\n")[0] for name in DOCS}
    assert {name: v11 in text for name, text in by_name.items()} == {"stays": True, "moves": True, "edited": False, "gone": False}
    assert all(v10 in by_name[name] for name in ("edited", "gone")) and "ar:startLine 9" in by_name["moves"] and "lines=9-10" in by_name["moves"]
    for kept in ("ar:reviewed ", "ar:reviewBy ", "ar:verifiedIn ", "ar:linesDigest ", "ar:heading ", "ar:anchorTerm"):
        assert [line for line in before.splitlines() if kept in line] == [line for line in after.splitlines() if kept in line]
    assert aruntime("fmt", "--check", path)[0] == 0
    assert json.loads(aruntime("evidence", "verify", "--repositories", clones, "--format", "json")[1])["counts"]["verified"] == 4
    assert aruntime("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)[:2] == (0, "") and path.read_text() == after


def test_refresh_keeps_what_else_is_said_of_the_evidence(aruntime: Run, clones: Path, world: Path) -> None:
    path = world / "data" / "runtime" / "engine.ttl"
    aruntime("evidence", "refresh", "engine", "--to", "latest", "--repositories", clones)
    assert path.read_text().count("ar:section") == len(DOCS)


def test_stale_claims_are_listed(aruntime: Run) -> None:
    code, out, _ = aruntime("evidence", "stale", "--format", "json")
    assert code == 1 and {row["claim"].partition("#")[2] for row in json.loads(out)} == {"family", "lifecycle", "owns"}
