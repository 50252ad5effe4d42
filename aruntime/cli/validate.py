"""``aruntime validate``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli.options import (
    data_beside,
    data_option,
    format_option,
    resolved,
    show,
    show_json,
    show_table,
)
from aruntime.render.formats import Table
from aruntime.render.reports.validation import FORMS, written
from aruntime.validation import report
from aruntime.validation.validate import Engine, validate

_SEVERITIES = click.Choice(report.SEVERITIES)


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--fail-on",
    type=_SEVERITIES,
    default="violation",
    show_default=True,
    help="Exit with 1 from this severity on.",
)
@click.option(
    "--severity",
    type=_SEVERITIES,
    help="Show findings from this severity on; if absent, warning, or what --fail-on names.",
)
@click.option(
    "--engine",
    type=click.Choice(["fast", "reference"]),
    default="fast",
    show_default=True,
    help="Who applies the shapes: this program, or pySHACL, which is slower and finds the same.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if no rule looks at a node.")
@format_option(*FORMS)
@data_option
def command(
    paths: tuple[Path, ...],
    overlays: tuple[Path, ...],
    fail_on: str,
    severity: str | None,
    engine: Engine,
    strict: bool,
    form: str,
) -> int:
    """Check files against every rule: the shipped ones, or your own beside them.

    Without a path, what --data names is checked, or else what aruntime.toml names here or in a
    folder above, or else everything that ships.

    Exit code 1 if there are findings, or with --strict what no rule looks at, 3 if a file cannot be read.

    Example: aruntime validate
    """
    found = validate(paths, engine, overlays or data_beside(None, list(map(str, paths)) or ["."]))
    shown = report.of_severity(found, report.least(severity, fail_on))
    form = resolved(form)
    if form == "json":
        show_json(report.as_json(found, shown))
    elif form in (*FORMS, "table"):
        show(written(found, shown, "text" if form == "table" else form))
    else:
        show_table(Table(*report.table(shown)), form)
    click.echo(report.summary(found, shown), err=True)
    return int(
        bool(report.of_severity(found, fail_on)) or (strict and report.overlooked(found) > 0)
    )
