"""``aruntime export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aruntime import atomic, export
from aruntime.cli.build import require_sound
from aruntime.cli.options import show
from aruntime.errors import UsageError
from aruntime.render.safe import safe


@click.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice([*export.FORMATS]),
    default="turtle",
    show_default=True,
    help="Form of the output.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; standard output if absent.",
)
@click.option("--stated-only", is_flag=True, help="Leave out what follows from the stated triples.")
@click.option(
    "--data",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A private file or folder beside the graph; repeatable.",
)
def command(form: str, output: Path | None, stated_only: bool, overlays: tuple[Path, ...]) -> None:
    """The whole graph in a standard format; the same files give the same bytes.

    Example: aruntime export --format trig -o aruntime.trig
    """
    if output is not None and not output.parent.is_dir():
        raise UsageError("no such folder", path=output.parent)
    require_sound(overlays)
    written = export.export(form, overlays, derived=not stated_only)
    if output is not None:
        atomic.write(output, written)
    elif sys.stdout.isatty():
        show(safe(written.decode()))
    else:
        sys.stdout.buffer.write(written)
