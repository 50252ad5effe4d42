"""``aruntime new``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from aruntime import new
from aruntime.cli.help import Group
from aruntime.errors import UsageError

_SLUG = re.compile(r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")
_INTO = click.option(
    "--into", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds runtime/ and source/; the checkout's data/ if absent."
)


@click.group("new", cls=Group)
def command() -> None:
    """Start a file for a runtime or source, or add a claim to a runtime's file.

    The file is canonical; aruntime validate then names, line by line, what is left to write.

    Example: aruntime new runtime my-engine --into drafts
    """


@command.command("runtime")
@click.argument("slug")
@_INTO
def runtime_command(slug: str, into: Path | None) -> None:
    """Start a runtime's file.

    Example: aruntime new runtime my-engine --into drafts
    """
    click.echo(new.create(_file(into, "runtime", slug), new.runtime(slug)))


@command.command("claim")
@click.argument("name", metavar="RUNTIME#SLUG")
@click.option("--kind", type=click.Choice([*new.KINDS]), default="responsibility", show_default=True, help="What the claim is about.")
@_INTO
def claim_command(name: str, kind: str, into: Path | None) -> None:
    """Add a candidate claim to a runtime's file.

    Example: aruntime new claim my-engine#batches-requests --into drafts
    """
    runtime, hash_, slug = name.partition("#")
    if not hash_:
        raise UsageError(f"a claim is written RUNTIME#SLUG, not {name!r}")
    _check(slug)
    click.echo(new.extend(_file(into, "runtime", runtime), new.claim(runtime, slug, kind)))


@command.command("source")
@click.argument("slug")
@_INTO
def source_command(slug: str, into: Path | None) -> None:
    """Start a source's file.

    Example: aruntime new source my-engine-docs --into drafts
    """
    click.echo(new.create(_file(into, "source", slug), new.source(slug)))


def _file(into: Path | None, kind: str, slug: str) -> Path:
    _check(slug)
    return (into or new.folder()) / kind / f"{slug}.ttl"


def _check(slug: str) -> None:
    if not _SLUG.match(slug):
        raise UsageError(f"{slug!r} is no slug: lower-case letters and digits, joined by hyphens")
