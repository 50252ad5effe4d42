"""``aruntime new overlay``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime.cli.folders import show_paths
from aruntime.overlay.overlay import overlay


@click.command("overlay")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--component",
    metavar="SLUG",
    default="acme-gateway",
    show_default=True,
    help="The component that the example describes.",
)
@click.option(
    "--organisation",
    metavar="SLUG",
    default="acme",
    show_default=True,
    help="Who maintains it and states the claims.",
)
@click.option(
    "--namespace",
    metavar="IRI",
    help="What the names of your things begin with; if absent, https://ORGANISATION.example/id/.",
)
def command(folder: Path, component: str, organisation: str, namespace: str | None) -> None:
    """Begin a private repository: claims of your own, a policy, a deployment and a CI workflow.

    The example composes at once: it says what is only assumed, which every answer repeats.

    Example: aruntime new overlay private
    """
    show_paths(overlay(folder, component, organisation, namespace))
