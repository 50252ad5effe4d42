"""``aruntime doctor``."""

from __future__ import annotations

import click

from aruntime.cli.options import format_option, show_either
from aruntime.doctor import diagnose
from aruntime.render.formats import Table


@click.command("doctor")
@click.option(
    "--endpoint", metavar="URL", help="Probe a SPARQL endpoint instead of this installation."
)
@click.option("--deep", is_flag=True, help="Also verify every byte in the cache by its digest.")
@format_option()
def command(endpoint: str | None, deep: bool, form: str) -> int:
    """Check this installation and its cache, or what a SPARQL endpoint can do.

    Exit code 1 if something will not work. A store that --deep finds damaged is made anew when it
    is needed next.

    Credentials for an endpoint are read from ARUNTIME_USER and ARUNTIME_PASSWORD (HTTP Basic or
    Digest).

    Example: aruntime doctor
    """
    probes = diagnose(endpoint, deep=deep)
    rows = tuple((p.name, "yes" if p.works else "no", p.detail) for p in probes)
    table = Table(("probe", "works", "detail"), rows)
    show_either([probe._asdict() for probe in probes], table, form)
    return int(not all(probe.works for probe in probes))
