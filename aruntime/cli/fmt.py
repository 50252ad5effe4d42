"""``aruntime fmt``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.validation.formatting import format_file, turtle_files


@click.command("fmt")
@click.argument("targets", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
def command(targets: tuple[Path, ...], check: bool) -> int:
    """Write Turtle files in their canonical form: the shipped ones, or those you name.

    Known prefixes need no declaration: they are added.

    Example: aruntime fmt --check
    """
    files, changed, verb = turtle_files(targets), 0, "would change" if check else "changed"
    for path in files:
        if format_file(path, check=check):
            changed += 1
            click.echo(f"{path}: {verb}")
    click.echo(f"{len(files)} files, {changed} {verb}", err=True)
    return int(check and changed > 0)
