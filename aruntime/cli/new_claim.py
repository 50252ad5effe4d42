"""``aruntime new claim``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aruntime import fields, new
from aruntime.cli.folders import INTO, show_paths
from aruntime.errors import UsageError


def _field_options(command: click.Command) -> click.Command:
    """An option for each field of claims."""
    for name, field in fields.fields().items():
        command.params.append(
            click.Option(
                [f"--{name}"],
                multiple=not field.is_text,
                metavar="TEXT" if field.is_text else (field.scheme or field.range).upper(),
                help=field.definition,
            )
        )
    return command


@_field_options
@click.command("claim")
@click.argument("name", metavar="RUNTIME#SLUG")
@click.option(
    "--kind",
    type=click.Choice([*fields.KINDS]),
    metavar="KIND",
    default="responsibility",
    show_default=True,
    help=f"What the claim is about: {', '.join(fields.KINDS)}.",
)
@INTO
def command(name: str, kind: str, into: Path | None, **given: Any) -> None:
    """Add a claim to a runtime: a candidate, until a reading finds it supported.

    Fields that are not given are to be filled in; aruntime list unit (stance, scope …) names the
    words that they take.

    Example: aruntime new claim my-engine#batches --stance native --unit sequence --into drafts
    """
    slug, hash_, claim = name.partition("#")
    if not hash_:
        raise UsageError(f"a claim is written RUNTIME#SLUG, not {name!r}")
    show_paths(new.claim(slug, claim, kind, fields.given(given), into))
