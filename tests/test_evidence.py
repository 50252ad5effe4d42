"""Evidence: pins on small repositories and archives, what verification finds, and what a newer
version does to a pin."""

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
from pyoxigraph import NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.errors import DataError
from aruntime.evidence import packages, passage
from aruntime.evidence.archive import Archive
from aruntime.evidence.packages import Packages, Purl, version_in
from aruntime.evidence.passage import CitedFile, Passage
from aruntime.evidence.pin import pin, triples
from aruntime.evidence.repositories import Repositories
from aruntime.evidence.stores import Stores
from aruntime.evidence.verify import STATUSES, Result, counts, verify, verify_one
from aruntime.git import commit_of
from aruntime.namespaces import ID, iri
from tests.conftest import Run
from tests.test_archive import body, serve
from tests.test_overlay import make_world, write_runtime

ORIGIN = "https://example.org/acme/engine"
PURL = "pkg:pypi/acme-engine@1.0"
GUIDE = b"# Guide\n\nWords.\n\n## Scheduling\n\nThe engine_scheduler picks sequences.\nIt batches_sequences at each step.\n\n## Limits\n\nNone.\n"
ANCHORS = ("engine_scheduler", "batches_sequences")
DOCS = ("stays", "moves", "edited", "gone", "renamed", "elsewhere")
"""Cited files by what the second release does to them; the last two go to other folders, the last
under another name."""


def git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "T", f"GIT_{who}_EMAIL": "t@example.org"}
        env[f"GIT_{who}_DATE"] = "2026-01-01T00:00:00Z"
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, input=data, check=True, capture_output=True)
    return done.stdout.decode().strip()


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


def text_of(name: str) -> bytes:
    """A page of its own for each name, so that no two files hold the same lines."""
    return GUIDE.replace(b"sequences.", f"sequences, {name}.".encode())


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clone whose first release is cited, whose second drifts, and whose newest commit is no
    release."""
    root = tmp_path_factory.mktemp("clones")
    clone = repository(root / "acme+engine")
    docs = {name: clone / "docs" / f"{name}.md" for name in DOCS}
    docs["stays"].parent.mkdir()
    for name, path in docs.items():
        path.write_bytes(text_of(name))
    commit(clone, "one", "v1.0")
    git(clone, "branch", "old")
    docs["moves"].write_bytes(b"Preface.\n\n" + text_of("moves"))
    docs["edited"].write_bytes(text_of("edited").replace(b"picks", b"chooses"))
    for name in ("gone", "renamed", "elsewhere"):
        docs[name].unlink()
    (clone / "guide").mkdir()
    (clone / "guide" / "renamed.md").write_bytes(b"Preface.\n" + text_of("renamed"))
    (clone / "guide" / "other.md").write_bytes(text_of("elsewhere"))
    commit(clone, "two", "v1.1", "v1.0.9")
    docs["stays"].write_bytes(b"Empty.\n")
    commit(clone, "three", "v1.2rc1", "v2.0-beta.1", "nightly-9")
    return root


def pinned(clones: Path, name: str = "stays") -> Passage:
    clone = clones / "acme+engine"
    revision = commit_of(clone, "v1.0")
    content = text_of(name)
    file = CitedFile(f"docs/{name}.md", passage.blob_hash(content), ORIGIN, revision)
    own = f"{ID}runtime/engine#owns"
    names = {"claim": own, "runtime": f"{ID}runtime/engine", "source": f"{ID}source/engine-docs"}
    found = pin(file, content, 7, 8, ANCHORS)
    return replace(found, evidence=f"{own}-{name}", locator=f"{name}:L7-L8", **names)


def packed(
    clones: Path, path: str = "pkg/guide.md", purl: str = PURL, text: bytes = GUIDE
) -> Passage:
    """The same lines in a package."""
    file = CitedFile(path, passage.file_digest(text), purl=purl)
    return replace(pinned(clones), file=file, digest=passage.file_digest(passage.cited(text, 7, 8)))


def cited(clones: Path, *names: str) -> list[Triple]:
    """Citations of the clone's files, a node a file and a passage."""
    found: list[Triple] = []
    for name in names:
        node, added = triples(
            "engine#owns", pinned(clones, name), "engine-docs", "documentation", found
        )
        found += [*added, Triple(NamedNode(f"{ID}runtime/engine#owns"), iri("ar:evidence"), node)]
    return found


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, clones: Path) -> Path:
    """A small graph whose runtime cites each file of the clone, and three pages that nobody has."""
    own, wanted = NamedNode(f"{ID}runtime/engine#owns"), cited(clones, *DOCS)
    wanted = [
        replace_node(t, {f"{own.value}-e{n}": f"{own.value}-{d}" for n, d in enumerate(DOCS, 1)})
        for t in wanted
    ]
    return make_world(tmp_path_factory.mktemp("world"), wanted, due="2026-01-03T00:00:00Z")


def replace_node(triple: Triple, names: dict[str, str]) -> Triple:
    """A triple with other names for its nodes."""
    subject, value = (
        NamedNode(names[n.value]) if getattr(n, "value", "") in names else n
        for n in (triple.subject, triple.object)
    )
    return Triple(subject, triple.predicate, value)  # type: ignore[arg-type]


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


def values(text: str) -> dict[str, list[str]]:
    """What Turtle says of the nodes in it, by the property's name."""
    found: dict[str, list[str]] = {}
    for quad in turtle.parse_bytes(text.encode(), turtle.FORMATS[".ttl"], Path("out")):
        name = quad.predicate.value.rpartition("#")[2]
        found.setdefault(name, []).append(getattr(quad.object, "value", ""))
    return found


def verified(item: Passage, stores: Stores) -> str:
    return verify_one(item, stores).status


@pytest.mark.parametrize("bare", [False, True])
def test_pin_of_a_clone(aruntime: Run, clones: Path, tmp_path: Path, bare: bool) -> None:
    clone, extra = clones / "acme+engine", []
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(clone), "bare.git")
        clone, extra = tmp_path / "bare.git", ["--repository", ORIGIN + "/"]
    where = (clone, "docs/stays.md", "7-8", "--at", "v1.0", "--claim", "engine#owns", *extra)
    code, out, _ = aruntime("evidence", "pin", *where)
    found, text = values(out), text_of("stays")
    blob = git(clone, "hash-object", "--stdin", data=text)
    revision = git(clone, "rev-parse", "v1.0")
    where_ = f"origin={ORIGIN};anchor=swh:1:rev:{revision};path=/docs/stays.md"
    assert code == 0
    assert found["swhid"] == [f"swh:1:cnt:{blob};{where_}"]
    lines = b"".join(text.splitlines(keepends=True)[6:8])
    assert found["linesDigest"] == [hashlib.sha256(lines).hexdigest()]
    assert (found["heading"], found["commit"]) == (["Scheduling"], [revision])
    assert (found["startLine"], found["endLine"]) == (["7"], ["8"])
    assert (found["path"], found["repository"]) == (["docs/stays.md"], [ORIGIN])
    assert found["inFile"] == [f"{ID}runtime/engine#file-stays-md"]
    assert set(ANCHORS) <= set(found["anchorTerm"]) and 2 <= len(found["anchorTerm"]) <= 5
    terms = found["anchorTerm"]
    assert all(len(term) <= passage.ANCHOR_LIMIT and term.encode() in text for term in terms)


def test_a_clone_without_origin_is_the_runtimes_code(
    aruntime: Run, clones: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", str(clones / "acme+engine"), "plain")
    git(tmp_path / "plain", "remote", "remove", "origin")
    where = ("evidence", "pin", tmp_path / "plain", "docs/stays.md", "7-8", "--at", "v1.0")
    code, out, _ = aruntime(*where, "--claim", "engine#owns")
    assert (code, values(out)["repository"]) == (0, ["https://example.org/private/engine"])
    code, out, err = aruntime(*where)
    assert (code, out) == (2, "") and "--repository URL" in err and err.count("\n") == 1


def test_a_clone_without_origin_is_the_sources_repository(
    aruntime: Run, clones: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", str(clones / "acme+engine"), "plain")
    git(tmp_path / "plain", "remote", "remove", "origin")
    source = tmp_path / "own" / "source" / "engine-guide.ttl"
    source.parent.mkdir(parents=True)
    source.write_text(
        """@prefix ar: <https://w3id.org/aruntime/ns#> .
@prefix schema: <https://schema.org/> .
@prefix source: <https://w3id.org/aruntime/id/source/> .
source:engine-guide a ar:Source ; schema:url <https://github.com/acme/guide/tree/main> .
"""
    )
    where = ("evidence", "pin", tmp_path / "plain", "docs/stays.md", "7-8", "--at", "v1.0")
    given = ("--source", "engine-guide", "--into", tmp_path / "own")
    code, out, _ = aruntime(*where, *given)
    assert (code, values(out)["repository"]) == (0, ["https://github.com/acme/guide"])


@pytest.mark.parametrize(
    ("path", "cited_as", "kind"),
    [
        ("docs/guide.md", None, "documentation"),
        ("LICENSE", None, "documentation"),
        ("engine/core.py", None, "source-code"),
        ("engine/core.py", "documentation", "documentation"),
    ],
)
def test_the_type_of_evidence_follows_from_the_file(
    path: str, cited_as: str | None, kind: str
) -> None:
    pinned = pin(CitedFile(path, purl=PURL), GUIDE, 7, 8)
    before = triples("engine#owns", pinned, "guide", cited_as)[1] if cited_as else []
    added = triples("engine#owns", pinned, "guide", None, before)[1]
    types = [t.object for t in [*before, *added] if t.predicate == iri("ar:evidenceType")]
    assert types == [iri(f"evidence-type:{kind}")]


def archive(
    folder: Path, kind: str, path: str = "pkg/guide.md", text: bytes = GUIDE, version: str = "1.0"
) -> Path:
    target = folder / f"acme_engine-{version}{kind}"
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
def test_pin_of_an_archive_is_verified_from_the_archive(
    aruntime: Run, clones: Path, tmp_path: Path, kind: str
) -> None:
    where = (archive(tmp_path, kind), "pkg/guide.md", "7-8", "--purl", PURL)
    code, out, _ = aruntime("evidence", "pin", *where, "--anchor", "engine_scheduler")
    found = values(out)
    assert (code, found["purl"], found["heading"]) == (0, [PURL], ["Scheduling"])
    assert "engine_scheduler" in found["anchorTerm"] and "swhid" not in found
    assert 2 <= len(found["anchorTerm"]) <= 5
    assert found["fileDigest"] == [hashlib.sha256(GUIDE).hexdigest()]
    stores = Stores(packages=Packages(tmp_path))
    assert verified(packed(clones), stores) == "verified"
    assert verified(packed(clones, "pkg/none.md"), stores) == "missing"
    assert verified(packed(clones, purl="pkg:pypi/other@1.0"), stores) == "unreachable"


def test_a_purl_may_say_which_of_its_files_is_meant(clones: Path, tmp_path: Path) -> None:
    archive(tmp_path, "-cp311-none-any.whl", text=b"Another text.\n")
    right = archive(tmp_path, "-cp312-none-any.whl")
    stores = Stores(packages=Packages(tmp_path))
    assert verified(packed(clones), stores) == "drifted"
    named = f"{PURL}?file_name={right.name}"
    assert [*Packages(tmp_path).archives(named)] == [right]
    assert verified(packed(clones, purl=named), stores) == "verified"
    for name in ("absent.whl", "..%2Fup.whl", "%2Fetc%2Fpasswd"):
        assert not [*Packages(tmp_path).archives(f"{PURL}?file_name={name}")]


FILE_NAMES = [
    ("torch-2.14.1-cp311-cp311-linux_x86_64.whl", "pkg:pypi/torch", "2.14.1"),
    ("Torch-2.14.1.tar.gz", "pkg:pypi/torch", "2.14.1"),
    ("ai_dynamo-1.6.1-py3-none-any.whl", "pkg:pypi/ai-dynamo", "1.6.1"),
    ("onnxruntime_1.21.0+dfsg.orig.tar.xz", "pkg:deb/debian/onnxruntime", "1.21.0+dfsg"),
    ("mlc-ai-web-llm-0.2.83.tgz", "pkg:npm/%40mlc-ai/web-llm", "0.2.83"),
    ("api@v0.36.3.zip", "pkg:golang/k8s.io/api", "v0.36.3"),
    ("onnxruntime_ep_openvino-1.8.1-py3-none-any.whl", "pkg:pypi/onnxruntime", None),
    ("functorch-2.0.whl", "pkg:pypi/torch", None),
    ("notes.txt", "pkg:pypi/torch", None),
]


@pytest.mark.parametrize(("name", "purl", "version"), FILE_NAMES)
def test_the_version_of_an_archive(name: str, purl: str, version: str | None) -> None:
    assert version_in(name, Purl.parse(purl)) == version


def test_a_large_member_of_an_archive_is_found(tmp_path: Path) -> None:
    assert packages.member(archive(tmp_path, ".tar.gz", text=GUIDE * 20_000), "pkg/guide.md")


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
        (["docs/stays.md", "7-8", "--at", "v9"], 3, "v9"),
        (["docs/stays.md", "²-8"], 2, "A-B"),
        (["docs/stays.md", "7-8", "--write"], 2, "--claim RUNTIME#SLUG --source SLUG"),
    ],
)
def test_pin_refuses_what_is_not_there(
    aruntime: Run, clones: Path, arguments: list[str], code: int, words: str
) -> None:
    revision = [] if "--at" in arguments else ["--at", "v1.0"]
    found = aruntime("evidence", "pin", clones / "acme+engine", *arguments, *revision)
    assert found[:2] == (code, "") and words in found[2] and found[2].count("\n") == 1


def pin_command(clones: Path, *options: object, path: str = "docs/stays.md") -> tuple[object, ...]:
    where = (clones / "acme+engine", path, "7-8", "--at", "v1.0", "--source", "engine-docs")
    return ("evidence", "pin", *where, "--write", *options)


def test_pin_writes_into_the_runtimes_files(aruntime: Run, clones: Path, world: Path) -> None:
    folder = world / "data" / "runtime" / "engine"
    code, out, _ = aruntime(*pin_command(clones), "--claim", "engine#family")
    assert (code, out) == (0, f"{folder / 'pins.ttl'}\n{folder / 'claims.ttl'}\n")
    node = NamedNode(f"{ID}runtime/engine#family-e2")
    said = {
        t.predicate: t.object for t in corpus.triples_of(folder / "pins.ttl") if t.subject == node
    }
    cited_file = NamedNode(f"{ID}runtime/engine#file-stays-md")
    assert said[iri("ar:inFile")] == cited_file, "the cited file was there already"
    citation = Triple(NamedNode(f"{ID}runtime/engine#family"), iri("ar:evidence"), node)
    assert citation in corpus.triples_of(folder / "claims.ttl")
    assert aruntime("fmt", "--check", folder)[0] == 0
    assert aruntime("validate", folder)[0] == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    code, _, err = aruntime(*pin_command(clones), "--claim", "engine#absent")
    assert code == 2 and "no claim engine#absent" in err
    code, _, err = aruntime(*pin_command(clones), "--claim", "engine#family", "--type", "docs")
    assert code == 2 and "no evidence-type" in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_of_another_type_or_version_is_another_cited_file(
    aruntime: Run, clones: Path, world: Path
) -> None:
    pins = world / "data" / "runtime" / "engine" / "pins.ttl"
    aruntime(*pin_command(clones), "--claim", "engine#family", "--type", "specification")
    aruntime(*pin_command(clones), "--claim", "engine#family", "--at", "old")
    names = [
        n
        for n in ("file-stays-md", "file-stays-md-2", "file-stays-md-3")
        if f":{n}\n" in pins.read_text()
    ]
    assert names == ["file-stays-md", "file-stays-md-2"], "old is the commit of v1.0"


def test_pin_writes_into_a_single_file(aruntime: Run, clones: Path, tmp_path: Path) -> None:
    path = write_runtime(tmp_path / "mine", "private-engine")
    single = path.rename(tmp_path / "mine" / "everything.ttl")
    options = ("--claim", "private-engine#owns", "--into")
    for into in (tmp_path / "mine", single):
        code, out, _ = aruntime(*pin_command(clones), *options, into)
        assert (code, out) == (0, f"{single}\n")
    text = single.read_text()
    assert text.count(":file-stays-md\n") == 1
    assert text.count("ar:inFile :file-stays-md") == 1, "the same lines are pinned once"
    assert aruntime("fmt", "--check", single)[0] == 0


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "lines": ({"end": 99}, "do not exist"),
    "digest": ({"digest": "0" * 64}, "differ from their digest"),
    "anchor": ({"anchors": (*ANCHORS, "absent_term")}, "lack absent_term"),
    "heading": ({"heading": "Limits"}, "'Scheduling', not under 'Limits'"),
}


def in_file(item: Passage, **changes: str) -> Passage:
    assert item.file is not None
    return replace(item, file=replace(item.file, **changes))


@pytest.mark.parametrize("what", WRONG)
def test_each_difference_is_drift_and_says_why(clones: Path, what: str) -> None:
    changes, words = WRONG[what]
    item = replace(pinned(clones), **changes)  # type: ignore[arg-type]
    found = verify_one(item, Stores(Repositories(clones)))
    assert found.status == "drifted" and words in found.detail


def test_other_content_is_drift(clones: Path) -> None:
    item = in_file(pinned(clones), digest="0" * 40)
    found = verify_one(item, Stores(Repositories(clones)))
    assert found.status == "drifted" and "content differs" in found.detail


FAR = "https://example.org/far/away"


def mixed(clones: Path) -> dict[str, Passage]:
    """A passage for each status."""
    good = pinned(clones)
    return {
        "verified": good,
        "missing": in_file(replace(good, evidence="e:none"), path="none", digest="1" * 40),
        "drifted": replace(good, evidence="e:drifted", heading="Other"),
        "unreachable": in_file(replace(good, evidence="e:far"), repository=FAR, digest="2" * 40),
        "unreachable paper": replace(good, evidence="e:paper", file=None),
        "missing commit": in_file(
            replace(good, evidence="e:commit"), commit="1" * 40, digest="3" * 40
        ),
    }


def statuses(results: list[Result]) -> list[str]:
    return [result.status for result in results]


@pytest.mark.parametrize("workers", [1, 8])
def test_every_passage_has_one_result_in_its_order(clones: Path, workers: int) -> None:
    items, told = mixed(clones), []
    stores = Stores(Repositories(clones))
    results = verify([*items.values()], stores, workers=workers, progress=told.append)
    assert [r.passage for r in results] == [*items.values()]
    assert statuses(results) == [name.split()[0] for name in items]
    assert counts(results) == {"verified": 1, "drifted": 1, "missing": 2, "unreachable": 2}
    assert tuple(counts([])) == STATUSES
    assert sum(told) == len(items)
    assert set(statuses(verify([*items.values()], Stores()))) == {"unreachable"}


def test_a_journal_resumes_and_a_half_written_line_is_ignored(clones: Path, tmp_path: Path) -> None:
    items, journal = [*mixed(clones).values()], tmp_path / "journal"
    stores = Stores(Repositories(clones))
    expected = statuses(verify(items, stores, journal=journal))
    again = statuses(verify(items, Stores(), journal=journal))
    assert [s == "verified" for s in again] == [s == "verified" for s in expected]
    changed = replace(items[0], heading="Other")
    assert statuses(verify([changed], stores, journal=journal)) == ["drifted"]
    journal.write_text(journal.read_text().splitlines()[0][:30])
    assert statuses(verify(items, stores, journal=journal)) == expected


def test_what_follows_a_half_written_line_is_kept(clones: Path, tmp_path: Path) -> None:
    journal, item = tmp_path / "journal", pinned(clones)
    journal.write_text('{"key": "ab')
    verify([item], Stores(Repositories(clones)), journal=journal)
    assert statuses(verify([item], Stores(), journal=journal)) == ["verified"]


@pytest.mark.parametrize(
    "content", ["# notes\n", "[1]\n", '{"other": 1}\n', '{"key": 1}\n', "\xff\x00\n"]
)
def test_another_file_is_no_journal(clones: Path, tmp_path: Path, content: str) -> None:
    journal = tmp_path / "journal"
    journal.write_text(content)
    with pytest.raises(DataError, match="no journal"):
        verify([pinned(clones)], Stores(), journal=journal)
    assert journal.read_text() == content


def test_a_journal_is_neither_a_link_nor_a_folder(clones: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    bad = ("link", "", "no/folder", "x" * 300, "/dev/zero")
    for journal in map(tmp_path.joinpath, bad):
        with pytest.raises(DataError):
            verify([pinned(clones)], Stores(), journal=journal)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_ends_the_journal_with_one_message(
    clones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda handle, line: len(line) // 2)
    with pytest.raises(DataError, match="disk is full"):
        verify([pinned(clones)], Stores(Repositories(clones)), journal=tmp_path / "journal")


def far(clones: Path) -> Passage:
    return in_file(pinned(clones), repository=FAR, commit="1" * 40, path="guide.md")


def test_what_the_archive_gave_is_cached_and_a_corrupted_copy_is_not_trusted(
    clones: Path, tmp_path: Path
) -> None:
    item, text = far(clones), text_of("stays")
    assert item.file is not None
    path = f"/api/1/content/sha1_git:{item.file.digest}/raw/"
    with serve({path: body(text)}) as (root, asked):
        online = Stores(Repositories(clones), archive=Archive(root))
        assert [verified(item, s) for s in (online, online, Stores())] == ["verified"] * 3
        assert asked == [path]
        (kept,) = (p for p in (tmp_path / "cache" / "content").rglob("*") if p.is_file())
        kept.write_bytes(text.replace(b"picks", b"drops"))
        assert verified(item, Stores()) == "unreachable"
        assert verified(item, online) == "verified" and len(asked) == 2
        assert verified(item, Stores()) == "verified"
    found = verify_one(in_file(item, digest="4" * 40), online)
    assert found.status == "unreachable" and "cannot be reached" in found.detail


def test_a_cache_that_cannot_be_written_is_done_without(
    clones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ARUNTIME_CACHE", str(tmp_path / "file"))
    item = far(clones)
    assert item.file is not None
    path = f"/api/1/content/sha1_git:{item.file.digest}/raw/"
    with serve({path: body(text_of("stays"))}) as (root, _):
        assert verified(item, Stores(archive=Archive(root))) == "verified"


def test_an_archive_that_answers_something_else_is_no_drift(clones: Path) -> None:
    item = far(clones)
    assert item.file is not None
    path = f"/api/1/content/sha1_git:{item.file.digest}/raw/"
    with serve({path: body(b"an error page")}) as (root, _):
        assert verified(item, Stores(archive=Archive(root))) == "unreachable"


def test_verify_command(aruntime: Run, clones: Path, tmp_path: Path) -> None:
    command = ("evidence", "verify", "engine", "--repositories", clones)
    code, out, err = aruntime(*command, "--journal", tmp_path / "j", "--format", "json")
    found = json.loads(out)
    assert (code, found["counts"]) == (
        0, {"verified": 6, "drifted": 0, "missing": 0, "unreachable": 3},
    )  # fmt: skip
    assert sum(found["counts"].values()) == len(found["results"]) and "9 passages" in err
    assert set(found["results"][0]) == {"evidence", "claim", "status", "detail", "locator"}
    assert len((tmp_path / "j").read_text().splitlines()) == 9
    path = paths.data() / "runtime" / "engine" / "pins.ttl"
    text = path.read_text().replace('"docs/gone.md"', '"docs/never.md"')
    path.write_text(text.replace('ar:heading "Scheduling"', 'ar:heading "Other"', 1))
    command = ("evidence", "verify", "--source", "engine-docs", "--repositories", clones)
    code, out, _ = aruntime(*command, "--format", "tsv")
    found = sorted(row.split("\t")[0] for row in out.splitlines()[1:])
    assert code == 1
    assert found == ["drifted", "missing", *["unreachable"] * 3, *["verified"] * 4]
    assert aruntime("evidence", "verify", "--source", "agine-docs")[0] == 2
    assert aruntime("evidence", "verify", "--file", "nowhere.md")[0] == 2


def test_stale_claims_are_listed(aruntime: Run) -> None:
    code, out, _ = aruntime("evidence", "stale", "--format", "json")
    found = {row["claim"].partition("#")[2] for row in json.loads(out)}
    assert (code, found) == (1, {"family", "lifecycle", "owns"})
