"""``aruntime evidence pin``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aruntime.cli.folders import INTO, REPOSITORIES, show_paths
from aruntime.evidence import pin


@click.command("pin")
@click.argument("place")
@click.argument("path", required=False)
@click.argument("lines", metavar="[A-B]", required=False)
@click.option("--at", "revision", default="HEAD", show_default=True, help="Tag, branch or commit.")
@click.option(
    "--repository",
    metavar="URL",
    help="The clone's public address; its origin or the source's if absent.",
)
@click.option(
    "--purl", help="The package with its version, for an archive; ?file_name= is its file."
)
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    help="One of two to five terms in the lines; suggested if absent.",
)
@click.option("--source", help="Slug of the registered source.")
@click.option("--type", "kind", help="Evidence type; documentation or source-code by the file.")
@click.option("--claim", metavar="RUNTIME#SLUG", help="The claim that rests on the lines.")
@click.option("--write", is_flag=True, help="Put it into the runtime's files and cite it there.")
@click.option("--online", is_flag=True, help="Fetch the repository of an address.")
@REPOSITORIES
@INTO
def command(
    place: str,
    path: str | None,
    lines: str | None,
    claim: str | None,
    source: str | None,
    kind: str | None,
    anchors: tuple[str, ...],
    write: bool,
    into: Path | None,
    **given: Any,
) -> None:
    """Cite lines A to B of a file, with their digest: print the evidence as Turtle, or write it.

    PLACE is where PATH is found: a clone, bare or not; a downloaded package archive (with --purl);
    or the address of lines in a repository's web view,
    https://host/owner/name/blob/REVISION/PATH#L10-L24, read from --repositories or, with --online,
    fetched.

    Example: aruntime evidence pin ../vllm docs/design/arch_overview.md 10-24 --at v0.11.0
    """
    place_ = pin.Place(place, path, lines, into=into, claim=claim, source=source, **given)
    found = pin.pin(*pin.read(place_), anchors)
    if write:
        show_paths(pin.write(claim, found, source, kind, into))
    else:
        click.echo(pin.as_turtle(claim, found, source, kind), nl=False)
