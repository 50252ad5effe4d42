"""Options that say where files are, shared by the commands that read and write them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

FOLDER: Final = click.Path(path_type=Path, exists=True, file_okay=False)

INTO: Final = click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write to, which has or gets runtime/, source/ and agent/; or one file. Default: data/ of the checkout.",
)
REPOSITORIES: Final = click.option(
    "--repositories",
    type=FOLDER,
    help="Folder of clones, named owner+name or owner/name, bare or not.",
)
PACKAGES: Final = click.option(
    "--packages", type=FOLDER, help="Folder of downloaded package archives."
)
TO: Final = click.option(
    "--to",
    default="default",
    show_default=True,
    metavar="VERSION",
    help="Tag, branch, commit or package version; latest for the latest release, default for the default branch.",
)


def show_paths(paths: Iterable[Path]) -> None:
    """Write the files that were written, one a line."""
    for path in paths:
        click.echo(path)
