"""``aruntime validate``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli.options import format_option, resolved, show_json, show_table
from aruntime.model import Finding
from aruntime.render.formats import Table, short
from aruntime.render.safe import line
from aruntime.validation.validate import Engine, validate


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--fail-on", type=click.Choice(["violation", "warning", "info"]), default="violation", show_default=True, help="Least severity that fails."
)
@click.option(
    "--engine",
    type=click.Choice(["fast", "reference"]),
    default="fast",
    show_default=True,
    help="Who applies the shapes: this program, or pySHACL, which finds the same and takes longer.",
)
@format_option()
def command(paths: tuple[Path, ...], fail_on: str, engine: Engine, form: str) -> int:
    """Check files against every rule: the shipped ones, or your own beside them.

    Exit code 1 if there are findings, 3 if a file cannot be read.

    Example: aruntime validate
    """
    report = validate(paths, engine)
    form = resolved(form)
    if form == "json":
        show_json(
            {"conforms": report.conforms, "focus_nodes": report.focus_nodes, "rules": report.rules, "findings": [_object(f) for f in report.findings]}
        )
    elif form == "table":
        for finding in report.findings:
            click.echo(_sentence(finding))
    else:
        rows = tuple((f.severity.value, f.rule, short(f.focus), f.file or "", str(f.line or ""), f.message) for f in report.findings)
        show_table(Table(("severity", "rule", "focus", "file", "line", "message"), rows), form)
    verdict = "conforms" if report.conforms else "does not conform"
    click.echo(f"{verdict}: {len(report.findings)} findings, {report.rules} rules, {report.focus_nodes} nodes looked at", err=True)
    order = ["violation", "warning", "info"]
    return int(any(order.index(f.severity) <= order.index(fail_on) for f in report.findings))


def _object(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "focus": finding.focus,
        "path": finding.path,
        "value": finding.value,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
    }


def _sentence(finding: Finding) -> str:
    where = ":".join(str(part) for part in (finding.file, finding.line) if part is not None)
    value = f" [{short(finding.value)}]" if finding.value else ""
    return line(f"{where or short(finding.focus)}: {finding.severity}: {finding.rule}: {short(finding.focus)}: {finding.message}{value}")
