"""``aruntime serve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aruntime.cli import load
from aruntime.cli.options import data_option, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen at; 0 takes a free one.",
)
@click.option(
    "--timeout", default=10.0, show_default=True, help="Seconds that a query may take; then 504."
)
@click.option(
    "--memory",
    default=512,
    show_default=True,
    type=click.IntRange(64),
    help="MiB that a query may take; then 422.",
)
@click.option(
    "--max-rows",
    default=100_000,
    show_default=True,
    type=click.IntRange(1),
    help="Rows that an answer may have; then 422.",
)
@click.option(
    "--workers",
    default=4,
    show_default=True,
    type=click.IntRange(2, 64),
    help="Processes that answer; one of them named questions alone.",
)
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy that tells in X-Forwarded-For for whom it asks; repeatable.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="With --data: a name of this server that requests may be addressed to; repeatable.",
)
@data_option
def command(
    overlays: tuple[Path, ...],
    host: str,
    port: int,
    timeout: float,
    memory: int,
    max_rows: int,
    workers: int,
    proxies: tuple[str, ...],
    hosts: tuple[str, ...],
) -> None:
    """Serve the graph over HTTP, read-only: SPARQL 1.1, things as linked data, named questions.

    Needs the extra serve: pip install 'aruntime[serve]'. Other computers reach it only with
    --host; put a proxy that knows TLS before it. With --data, web pages of other origins cannot
    read it.

    Example: aruntime serve --port 8080
    """
    load("serving").run(
        overlays,
        (host, port, hosts, proxies),
        seconds=timeout,
        memory=memory * 1024**2,
        rows=max_rows,
        workers=workers,
        say=say,
    )
