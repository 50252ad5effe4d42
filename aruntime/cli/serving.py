"""What ``aruntime serve`` runs; loaded when it is used, see :func:`aruntime.cli.load`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from pyoxigraph import Store

from aruntime.cli.build import checked_store
from aruntime.errors import UsageError
from aruntime.opening import copied
from aruntime.serve.limits import Limits
from aruntime.serve.server import Address, serve


def run(
    overlays: Sequence[Path],
    where: tuple[str, int, Collection[str], Collection[str]],
    *,
    seconds: float,
    memory: int,
    rows: int,
    workers: int,
    say: Callable[[str], None],
) -> None:
    """Serve the graph with these limits until the process is told to stop.

    Raises:
        UsageError: a limit is none, or the address cannot be had.
    """
    if not 0 < seconds <= 3600:  # false for "not a number" too
        raise UsageError("--timeout is more than 0 and at most 3600 seconds")
    defaults = Limits()
    patience = min(defaults.patience, seconds / 2)
    limits = defaults._replace(
        seconds=seconds, patience=patience, memory=memory, rows=rows, workers=workers
    )

    def load() -> Store:
        return copied(checked_store(overlays))

    serve(load, Address(*where), limits, private=bool(overlays), say=say)
