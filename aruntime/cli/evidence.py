"""``aruntime evidence``: pin, verify, drift, refresh, stale."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from pyoxigraph import NamedNode, Triple

from aruntime import corpus, new
from aruntime.cli.help import Group
from aruntime.cli.options import format_option, graph_options, resolved, show_json, show_table
from aruntime.errors import DataError, UsageError
from aruntime.evidence import content, pin
from aruntime.evidence.content import Packages, Repositories
from aruntime.evidence.drift import STATES, Drift, drift, refresh
from aruntime.evidence.citations import locators
from aruntime.evidence.network import Network
from aruntime.evidence.verify import FAILING, Result, Stores, counts, verify
from aruntime.graph import Graph
from aruntime.render.formats import Table
from aruntime.namespaces import ID, PREFIXES, iri, slug
from aruntime.turtle import write

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_REPOSITORIES = click.option("--repositories", type=_FOLDER, help="Folder of clones, named owner+name or owner/name, bare or not.")


@click.group("evidence", cls=Group)
def command() -> None:
    """Pin, verify and compare the cited lines.

    Example: aruntime evidence stale
    """


@command.command("pin")
@click.argument("place")
@click.argument("path", required=False)
@click.argument("lines", metavar="[A-B]", required=False)
@click.option("--at", "revision", default="HEAD", show_default=True, help="Tag, branch or commit of a repository.")
@click.option("--repository", metavar="URL", help="The repository's public address; its origin remote if absent.")
@click.option("--purl", help="The package's identifier with version, for an archive.")
@click.option("--anchor", "anchors", multiple=True, help="A term that occurs in the lines; suggested if absent.")
@click.option("--source", default="SOURCE", help="Slug of the registered source.")
@click.option("--type", "kind", default="documentation", show_default=True, help="Slug of the evidence type.")
@click.option("--claim", default="runtime#claim", help="The claim, as runtime#slug, after which the evidence is named.")
@click.option("--write", "file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Add the evidence to the claim in this file.")
@_REPOSITORIES
@click.option("--online", is_flag=True, help="Fetch the repository of an address that is not among the clones.")
def pin_command(
    place: str,
    path: str | None,
    lines: str | None,
    revision: str,
    repository: str | None,
    purl: str | None,
    anchors: tuple[str, ...],
    source: str,
    kind: str,
    claim: str,
    file: Path | None,
    repositories: Path | None,
    online: bool,
) -> None:
    """The ready Turtle for lines A to B of PATH in PLACE.

    PLACE is a clone, bare or not; a downloaded package archive (with --purl); or the address of lines in a repository's web
    view, https://host/owner/name/blob/REVISION/PATH#L10-L24, read from --repositories or, with --online, fetched.

    Example: aruntime evidence pin ../vllm docs/design/arch_overview.md 10-24 --at v0.11.0 --source vllm-docs
    """
    with TemporaryDirectory() as scratch:
        if "://" in place:
            found = content.address(place)
            directory = Repositories(repositories).directory(found.origin) if repositories else None
            if directory is None and not online:
                raise UsageError("the repository is not at hand; give --repositories DIR or --online")
            local = directory or content.fetch(found.origin, found.revision, Path(scratch))
            where, text = _place(local, found.path, found.revision, repository or found.origin, None)
            lines = lines or found.lines
        elif path is None:
            raise UsageError("give PATH and lines A-B")
        else:
            where, text = _place(Path(place), path, revision, repository, purl)
    bounds = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", lines or "")
    if bounds is None:
        raise UsageError(f"lines are written A-B, not {lines!r}")
    pinned = pin.pin(where, text, int(bounds[1]), int(bounds[2] or bounds[1]), anchors)
    owner = NamedNode(f"{ID}runtime/{claim}")
    taken = {t.subject for t in corpus.triples_of(file)} if file else set()
    node = next(n for n in (NamedNode(f"{owner.value}-e{i}") for i in count(1)) if n not in taken)
    triples = pin.triples(node, pinned, iri(f"source:{source}"), iri(f"evidence-type:{kind}"))
    if file is None:
        click.echo(write(triples, PREFIXES), nl=False)
    elif owner not in taken:
        raise UsageError(f"the file has no claim {claim}", path=file)
    else:
        click.echo(new.extend(file, [*triples, Triple(owner, iri("ar:evidence"), node)]))


def _place(place: Path, path: str, revision: str, repository: str | None, purl: str | None) -> tuple[pin.GitPlace | pin.PackagePlace, bytes]:
    """Where the file is, and its bytes."""
    if not place.exists():
        raise UsageError("no such clone or archive", path=place)
    if purl:
        found = content.member(place, path)
        if found is None:
            raise DataError("the archive has no such member", path=f"{place}:{path}")
        return pin.PackagePlace(purl, path), found
    commit = content.commit_of(place, revision)
    origin = repository or content.git(place, "remote", "get-url", "origin").decode().strip()
    return pin.GitPlace(origin.removesuffix("/").removesuffix(".git"), commit, path), content.file_at(place, commit, path)


@command.command("verify")
@click.argument("runtime", required=False)
@click.option("--source", help="Only evidence from this source.")
@click.option("--file", "cited", help="Only evidence in this cited file.")
@_REPOSITORIES
@click.option("--packages", type=_FOLDER, help="Folder of downloaded package archives.")
@click.option("--online", is_flag=True, help="Ask the public archive for content that is not at hand.")
@click.option("--journal", type=click.Path(path_type=Path, dir_okay=False), help="Keep results here, and skip what it says was verified.")
@click.option("--workers", default=4, show_default=True, type=click.IntRange(1, 64), help="How many locators are checked at once.")
@format_option()
@graph_options
def verify_command(
    graph: Graph,
    runtime: str | None,
    source: str | None,
    cited: str | None,
    repositories: Path | None,
    packages: Path | None,
    online: bool,
    journal: Path | None,
    workers: int,
    form: str,
) -> int:
    """Check every locator against the content it names. Exit code 1 if one drifted or its file is missing.

    Example: aruntime evidence verify vllm --packages downloads
    """
    items = [i for i in locators(graph, runtime, source) if cited is None or (i.place is not None and i.place.path == cited)]
    if not items:
        raise UsageError("there is no evidence to verify")
    stores = Stores(Repositories(repositories) if repositories else None, Packages(packages) if packages else None, Network() if online else None)
    with click.progressbar(length=len(items), label="verifying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        done = 0

        def advance(now: int) -> None:
            nonlocal done
            bar.update(now - done)
            done = now

        results = verify(items, stores, workers=workers, journal=journal, progress=advance)
    _report(results, resolved(form))
    return int(any(r.status in FAILING for r in results))


def _report(results: list[Result], form: str) -> None:
    total = counts(results)
    if form == "json":
        entries = [
            {
                "evidence": slug(r.located.evidence),
                "claim": slug(r.located.claim),
                "status": r.status,
                "detail": r.detail,
                "locator": r.located.described,
            }
            for r in results
        ]
        show_json({"counts": total, "results": entries})
    else:
        rows = [r for r in results if r.status != "verified"] if form == "table" else results
        show_table(
            Table(
                ("status", "evidence", "detail", "locator"), tuple((r.status, slug(r.located.evidence), r.detail, r.located.described) for r in rows)
            ),
            form,
        )
    click.echo(f"{len(results)} locators: " + ", ".join(f"{number} {status}" for status, number in total.items()), err=True)


@command.command("drift")
@click.argument("runtime", required=False)
@click.option(
    "--to", default="default", show_default=True, help="Tag, branch or commit; default for the default branch, latest for the newest release tag."
)
@_REPOSITORIES
@format_option()
@graph_options
def drift_command(graph: Graph, runtime: str | None, to: str, repositories: Path | None, form: str) -> int:
    """Compare each cited passage with a newer revision: unchanged, moved, edited or gone. Exit code 1 if any is edited or gone.

    Example: aruntime evidence drift kserve --to latest --repositories mirrors
    """
    found = drift(locators(graph, runtime), _repositories(repositories), to)
    _report_drift(found, resolved(form))
    return int(any(d.state in ("edited", "gone") for d in found))


def _report_drift(found: list[Drift], form: str) -> None:
    total = {state: sum(d.state == state for d in found) for state in STATES}
    if form == "json":
        entries = [
            {"evidence": slug(d.located.evidence), "claim": slug(d.located.claim), "state": d.state, "commit": d.commit, "lines": d.lines}
            for d in found
        ]
        show_json({"counts": total, "drifts": entries})
    else:
        rows = tuple(
            (d.state, slug(d.located.evidence), "-".join(map(str, d.lines)) if d.lines else "", d.located.described)
            for d in found
            if d.state != "unchanged"
        )
        show_table(Table(("state", "evidence", "new lines", "locator"), rows), form)
    click.echo(f"{len(found)} locators: " + ", ".join(f"{number} {state}" for state, number in total.items()), err=True)


@command.command("refresh")
@click.argument("runtime", required=False)
@click.option(
    "--to", default="default", show_default=True, help="Tag, branch or commit; default for the default branch, latest for the newest release tag."
)
@_REPOSITORIES
@graph_options
def refresh_command(graph: Graph, runtime: str | None, to: str, repositories: Path | None) -> None:
    """Move the pins of unchanged and moved passages to a newer revision; nothing counts as read again.

    Example: aruntime evidence refresh kserve --to latest --repositories mirrors
    """
    at_hand = _repositories(repositories)
    found = drift(locators(graph, runtime), at_hand, to)
    for path in refresh(found, at_hand):
        click.echo(path)
    moved = sum(d.state in ("unchanged", "moved") for d in found)
    click.echo(f"{moved} of {len(found)} pins stand at the newer revision; the rest is the work list of aruntime evidence drift", err=True)


@command.command("stale")
@format_option()
@graph_options
def stale_command(graph: Graph, form: str) -> int:
    """Promoted claims past their review-by. Exit code 1 if there are any.

    Example: aruntime evidence stale
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = [row for row in graph.ask("claims-due-for-review").records() if (row["due"] or "") < now]
    if resolved(form) == "json":
        show_json(late)
    else:
        rows = tuple((row["due"] or "", (row["claim"] or "").removeprefix(ID + "runtime/"), slug(row["source"] or "")) for row in late)
        show_table(Table(("due", "claim", "source"), rows), form)
    click.echo(f"{len(late)} claims are past their review", err=True)
    return int(bool(late))


def _repositories(folder: Path | None) -> Repositories:
    if folder is None:
        raise UsageError("say where the clones are: --repositories DIR")
    return Repositories(folder)
