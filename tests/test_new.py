"""Scaffolds: what ``aruntime new`` writes, what options fill in, and what is refused."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from aruntime import corpus, fields, new, turtle
from aruntime.errors import DataError, UsageError
from aruntime.namespaces import ID, SCHEMES, iri
from tests.conftest import Run
from tests.test_overlay import world as world

DAY = datetime(2026, 3, 1, tzinfo=UTC)
OWN = f"{ID}runtime/my-engine"


def said(path: Path, node: str) -> dict[str, list[str]]:
    """What a file says of a node of my-engine, by CURIE-less property and value."""
    found: dict[str, list[str]] = {}
    for t in corpus.triples_of(path):
        if t.subject == NamedNode(f"{OWN}{node}"):
            name = t.predicate.value.replace("#", "/").rpartition("/")[2]
            found.setdefault(name, []).append(getattr(t.object, "value", ""))
    return found


def runtime(into: Path, **given: str | None) -> list[Path]:
    return new.runtime("my-engine", given, into, DAY)


def test_a_runtime_has_three_claims_read_in_a_reading_without_outcome(tmp_path: Path) -> None:
    about, claims = runtime(tmp_path, label="My Engine", purl="pkg:pypi/my-engine@1.2.0")
    folder = tmp_path / "runtime" / "my-engine"
    assert (about, claims) == (folder / "about.ttl", folder / "claims.ttl")
    assert said(about, "")["label"] == ["My Engine"]
    assert said(about, "#release-1.2.0")["version"] == ["1.2.0"]
    assert said(about, "#release-1.2.0")["label"] == ["My Engine 1.2.0"]
    reading = said(about, "#reading-2026-03-01")
    assert reading["verifiedIn"] == [f"{OWN}#release-1.2.0"] and "reviewOutcome" not in reading
    assert reading["reviewBy"] == ["2026-08-29T00:00:00Z"]
    for name in ("family", "lifecycle", "owns-something"):
        claim = said(claims, f"#{name}")
        assert claim["readIn"] == [f"{OWN}#reading-2026-03-01"]
        assert not claim.keys() & {"subject", "status", "availability", "reviewed", "reviewBy"}


def test_what_is_not_given_is_to_be_written(tmp_path: Path) -> None:
    about, _ = runtime(tmp_path)
    assert (
        said(about, "#release-todo")["version"] == said(about, "#release-todo")["purl"] == ["TODO"]
    )
    for name in ("label", "description", "maintainer", "homepage", "codeRepository", "license"):
        assert "TODO" in said(about, "")[name][0]


GIVEN = {
    "label": ("rdfs:label", "X"), "description": ("dcterms:description", "An engine."),
    "maintainer": ("ar:maintainer", f"{ID}agent/acme"),
    "homepage": ("foaf:homepage", "https://acme.example/"),
    "repository": ("schema:codeRepository", "https://acme.example/x"),
    "license": ("dcterms:license", "https://spdx.org/licenses/MIT"),
}  # fmt: skip


def test_every_option_of_a_runtime_is_written(aruntime: Run, tmp_path: Path) -> None:
    options = {name: value.removeprefix(f"{ID}agent/").removeprefix("https://spdx.org/licenses/")
               for name, (_, value) in GIVEN.items()}  # fmt: skip
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    purl = ("--purl", "pkg:pypi/x@1.0?arch=source", "--version", "1.0+a b")
    code, out, err = aruntime("new", "runtime", "my-engine", *flags, *purl, "--into", tmp_path)
    assert (code, err) == (0, "") and len(out.splitlines()) == 2
    about = Path(out.splitlines()[0])
    values = {(t.predicate, getattr(t.object, "value", "")) for t in corpus.triples_of(about)}
    assert {(iri(predicate), value) for predicate, value in GIVEN.values()} <= values
    assert said(about, "#release-1.0-a-b")["version"] == ["1.0+a b"]
    assert "TODO" not in about.read_text()


@pytest.mark.parametrize("kind", fields.KINDS)
def test_a_claim_of_each_kind_is_added(tmp_path: Path, kind: str) -> None:
    runtime(tmp_path, version="1.0")
    (path,) = new.claim("my-engine", "a", kind, {}, tmp_path, DAY)
    claim = said(path, "#a")
    assert claim["readIn"] == [f"{OWN}#reading-2026-03-01"]
    assert claim["type"] == [iri(f"ar:{fields.class_of(kind)}").value]
    assert path.read_text() == turtle.format_file(path, keep_heading=False)


def test_fields_of_a_claim_are_options(aruntime: Run, tmp_path: Path) -> None:
    runtime(tmp_path, version="1.0")
    options = (
        "--responsibility continuous-batching --stance delegated --unit sequence-step --layer 3"
        " --scope scope:process --state-kind queue --state-kind kv-cache --from-version 0.9"
    ).split()
    sentence = "It batches sequences at each step."
    command = ("new", "claim", "my-engine#batches", *options, "--statement", sentence)
    assert aruntime(*command, "--delegate", "vllm", "--into", tmp_path)[0] == 0
    claim = said(tmp_path / "runtime" / "my-engine" / "claims.ttl", "#batches")
    assert claim["statement"] == [sentence] and claim["fromVersion"] == ["0.9"]
    assert claim["delegate"] == [f"{ID}runtime/vllm"] and claim["scope"] == [f"{ID}scope/process"]
    assert sorted(claim["stateKind"]) == [f"{ID}state-kind/kv-cache", f"{ID}state-kind/queue"]
    assert not any("TODO" in value for values in claim.values() for value in values)


def test_what_the_model_adds_to_claims_is_an_option(tmp_path: Path) -> None:
    runtime(tmp_path)
    given = {
        "part": ["collective-communication.execution"],
        "through": ["nccl"],
        "in-configuration": ["tensor-parallel"],
        "condition": ["NVIDIA GPUs"],
    }
    (path,) = new.claim("my-engine", "a", "responsibility", given, tmp_path, DAY)
    claim = said(path, "#a")
    assert claim["inConfiguration"] == [f"{OWN}#tensor-parallel"]
    assert claim["through"] == [f"{ID}runtime/nccl"] and claim["condition"] == ["NVIDIA GPUs"]
    assert claim["part"] == [f"{ID}part/collective-communication.execution"]


def test_a_component_of_its_own_file_is_one(tmp_path: Path) -> None:
    runtime(tmp_path)
    (tmp_path / "component").mkdir()
    (tmp_path / "component" / "etcd.ttl").write_text("")
    new.claim("my-engine", "a", "responsibility", {"delegate": ["etcd"]}, tmp_path, DAY)
    claims = tmp_path / "runtime" / "my-engine" / "claims.ttl"
    assert said(claims, "#a")["delegate"] == [f"{ID}component/etcd"]


def test_another_coordinate_takes_the_place_of_the_family(tmp_path: Path) -> None:
    runtime(tmp_path)
    given = {"execution-model": ["iterative-decoding"]}
    (path,) = new.claim("my-engine", "a", "family", given, tmp_path, DAY)
    assert not said(path, "#a").keys() & {"family", "rank"}


def test_a_claim_is_never_added_to_a_reading_that_has_an_outcome(tmp_path: Path) -> None:
    about, _ = runtime(tmp_path, version="1.0")
    text = about.read_text().replace(
        "a ar:Reading ;", "a ar:Reading ; ar:reviewOutcome <https://e.example/supported> ;"
    )
    about.write_text(text)
    changed = new.claim("my-engine", "late", "responsibility", {}, tmp_path, DAY)
    assert changed == [about, about.with_name("claims.ttl")]
    assert said(changed[1], "#late")["readIn"] == [f"{OWN}#reading-2026-03-01-2"]
    assert said(about, "#reading-2026-03-01-2")["verifiedIn"] == [f"{OWN}#release-1.0"]


def test_another_day_is_another_reading(tmp_path: Path) -> None:
    runtime(tmp_path, version="1.0")
    later = datetime(2026, 3, 2, tzinfo=UTC)
    new.claim("my-engine", "late", "responsibility", {}, tmp_path, later)
    claims = tmp_path / "runtime" / "my-engine" / "claims.ttl"
    assert said(claims, "#late")["readIn"] == [f"{OWN}#reading-2026-03-02"]


@pytest.mark.parametrize("name", ["runtime/my-engine.ttl", "mine.ttl", "deep/er/mine.ttl"])
def test_a_single_file_is_extended(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    runtime(path, version="1.0")
    assert new.claim("my-engine", "a", "responsibility", {}, tmp_path, DAY) == [path]
    assert said(path, "#a") and said(path, "#family") and said(path, "")
    assert new.claim("my-engine", "b", "responsibility", {}, path, DAY) == [path]


def test_source_and_agent_have_what_their_neighbours_have(aruntime: Run, tmp_path: Path) -> None:
    into = ("--into", tmp_path)
    assert aruntime("new", "source", "docs", "--authoritative-for", "vllm", *into)[0] == 0
    assert aruntime("new", "agent", "acme", "--label", "Acme", *into)[0] == 0
    text = (tmp_path / "source" / "docs.ttl").read_text()
    for wanted in ("runtime:vllm", "ar:version", "schema:url", "dcterms:license", "ar:retrieved"):
        assert wanted in text
    shipped = iri("source:vllm-sdist")
    neighbour = Path(__file__).parent.parent / "data" / "source" / "vllm-sdist.ttl"
    assert {t.predicate for t in corpus.triples_of(tmp_path / "source" / "docs.ttl")} == {
        t.predicate for t in corpus.triples_of(neighbour) if t.subject == shipped
    }
    assert '"Acme"@en' in (tmp_path / "agent" / "acme.ttl").read_text()


REFUSED = [
    (["claim", "my-engine#family"], "already"),
    (["claim", "absent#x"], "there is no runtime absent"),
    (["claim", "my-engine"], "RUNTIME#SLUG"),
    (["claim", "my-engine#X y"], "no slug"),
    (["claim", "my-engine#x", "--stance", "nativ"], "did you mean native?"),
    (["claim", "my-engine#x", "--kind", "family", "--stance", "native"], "responsibility"),
    (["claim", "my-engine#x", "--kind", "opinion"], "opinion"),
    (["runtime", "my-engine"], "exists already"),
    (["runtime", "../up"], "no slug"),
    (["runtime", "x" * 300], "no slug"),
    (["runtime", "new", "--homepage", "no address"], "no address"),
    (["source", "docs", "--kind", "diary"], "source-kind"),
    (["source", "Docs"], "no slug"),
    (["agent", ""], "no slug"),
]


@pytest.mark.parametrize(("command", "words"), REFUSED)
def test_what_is_refused_writes_nothing(
    aruntime: Run, tmp_path: Path, command: list[str], words: str
) -> None:
    runtime(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.ttl")}
    code, out, err = aruntime("new", *command, "--into", tmp_path)
    assert (code, out) == (2, "") and words in err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.ttl")} == before


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    folder.mkdir()
    (folder / "acme.ttl").symlink_to(tmp_path / "elsewhere.ttl")
    with pytest.raises(DataError, match="symbolic link"):
        new.agent("acme", {}, tmp_path)
    assert not (tmp_path / "elsewhere.ttl").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_gives_one_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError):
        new.agent("acme", {}, tmp_path)


def test_comments_are_not_lost(tmp_path: Path) -> None:
    _, claims = runtime(tmp_path)
    claims.write_text(claims.read_text() + "# mine\n")
    with pytest.raises(DataError, match="comments"):
        new.claim("my-engine", "a", "responsibility", {}, tmp_path, DAY)


def test_every_field_is_a_property_of_claims_that_takes_a_known_kind_of_value() -> None:
    for name, field in fields.fields().items():
        known = field.is_text or field.scheme in SCHEMES
        assert known or field.range in ("Component", "Configuration"), name
    predicates = {field.predicate for field in fields.fields().values()}
    assert {iri(p) for said in fields.KINDS.values() for p in said} <= predicates


def test_a_field_that_is_none_is_refused(tmp_path: Path) -> None:
    runtime(tmp_path)
    with pytest.raises(UsageError, match="did you mean unit"):
        new.claim("my-engine", "a", "responsibility", {"units": ["x"]}, tmp_path, DAY)
