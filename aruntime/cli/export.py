"""``aruntime export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aruntime import atomic, export
from aruntime.cli.build import require_sound
from aruntime.cli.options import data_option, show
from aruntime.errors import UsageError
from aruntime.publication.publish import publish
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
@click.option(
    "--publication",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder for everything that others load and cite: ontology, vocabularies, rules, dataset.",
)
@click.option("--stated-only", is_flag=True, help="Leave out what follows from the stated triples.")
@data_option
def command(
    form: str,
    output: Path | None,
    folder: Path | None,
    stated_only: bool,
    overlays: tuple[Path, ...],
) -> None:
    """The whole graph in a standard format; the same files give the same bytes.

    With --publication, a folder of files that describe each other; docs/publication.md says how to
    load them.

    Example: aruntime export --format trig -o aruntime.trig
    """
    if folder is not None:
        if output is not None or stated_only:
            raise UsageError("--publication has its own files; leave out -o and --stated-only")
        require_sound(overlays)
        written = publish(folder, overlays)
        click.echo(f"{len(written)} files in {folder}")
        return
    if output is not None:
        if not output.parent.is_dir():
            raise UsageError("no such folder", path=output.parent)
        atomic.refuse(output)
    require_sound(overlays)
    content = export.export(form, overlays, derived=not stated_only)
    if output is not None:
        atomic.write(output, content)
    elif sys.stdout.isatty():
        show(safe(content.decode()))
    else:
        sys.stdout.buffer.write(content)
