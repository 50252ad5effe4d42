"""Writing the publication: all files into a temporary folder, which then takes the folder's name.

A reader meets the old publication or the new one, never a mixture; a folder that was not made by
this program is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Final

from aruntime import folder as folders
from aruntime.errors import DataError, UsageError
from aruntime.publication.dataset import dataset_files
from aruntime.publication.description import Written, description_files
from aruntime.publication.edition import Edition
from aruntime.publication.executables import question_files
from aruntime.publication.forms import File
from aruntime.publication.ontology import ontology_files
from aruntime.publication.redirects import redirect_files
from aruntime.publication.shapes import shape_file
from aruntime.publication.tables import table_files
from aruntime.publication.things import thing_files
from aruntime.publication.vocabulary import scheme_files

MARKER: Final = ".aruntime-publication"
"""A file in every folder that this module makes, and so may replace."""


def publish(folder: Path, overlays: Sequence[Path] = ()) -> list[Written]:
    """Write the publication of the shipped graph, with private files beside it.

    Args:
        folder: where it shall lie; absent, empty, or a publication that this program wrote.

    Returns:
        What was written: path, size and digest of each file, in order.

    Raises:
        UsageError: the folder holds something else, or its parent does not exist.
        DataError: a file of the graph is malformed, or the disk refuses.
    """
    target = folder.absolute()
    _refuse_foreign(target)
    source = Edition.load(overlays)
    try:
        prefix = f".{target.name}.aruntime-publication-"
        with folders.scratch(target.parent, prefix, MARKER) as scratch:
            scratch.chmod(0o755)
            written = [_write(scratch, file) for file in files(source)]
            written += [_write(scratch, file) for file in description_files(source, written)]
            folders.put(scratch, target, MARKER)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path=target) from None
    return written


def files(edition: Edition) -> Iterator[File]:
    """Every file of the publication but those that describe the others."""
    return chain(
        ontology_files(edition),
        shape_file(edition),
        scheme_files(edition),
        dataset_files(edition),
        thing_files(edition),
        table_files(edition),
        question_files(),
        redirect_files(edition),
    )


def _write(folder: Path, file: File) -> Written:
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    digest = sha256(file.content).hexdigest()
    return Written(file.path, file.title, file.media, file.conforms_to, len(file.content), digest)


def _refuse_foreign(target: Path) -> None:
    if not target.parent.is_dir():
        raise UsageError("no such folder", path=target.parent)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError("it is no folder; name another one", path=target)
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        remedy = "name an empty folder, or one that aruntime wrote"
        raise UsageError(f"the folder holds files that are not ours; {remedy}", path=target)
