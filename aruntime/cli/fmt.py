"""``aruntime fmt``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import corpus, paths, turtle
from aruntime.errors import UsageError
from aruntime.validation.shapes import shape_files


@click.command("fmt")
@click.argument("targets", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
def command(targets: tuple[Path, ...], check: bool) -> int:
    """Write Turtle files in their canonical form: the shipped ones, or those you name.

    Example: aruntime fmt --check
    """
    files = (
        [p for p in corpus.overlay_files(targets) if p.suffix == ".ttl"]
        if targets
        else [*corpus.vocabulary_files(), *shape_files(), *corpus.data_files()]
    )
    if not files:
        raise UsageError("there is no Turtle file to format")
    changed = 0
    for path in files:
        keep = path.resolve().is_relative_to(paths.ontology().resolve())
        canonical = turtle.format_file(path, keep_heading=keep).encode()
        if canonical != path.read_bytes():
            changed += 1
            click.echo(f"{path}: {'would change' if check else 'changed'}")
            if not check:
                path.write_bytes(canonical)
    click.echo(f"{len(files)} files, {changed} {'would change' if check else 'changed'}", err=True)
    return int(check and changed > 0)
