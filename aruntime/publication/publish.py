"""Writing the publication: every file of it, and last the files that describe the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

from aruntime.folder import Folder
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
    with Folder(folder, "publication") as made:
        return write(made, Edition.load(overlays))


def write(made: Folder, edition: Edition, address: str | None = None) -> list[Written]:
    """Write every file of the publication into a folder that may hold more.

    Args:
        address: where the folder will be served, for the redirects; if absent, the home page of the
            ontology's publisher.

    Returns:
        What was written, in order.
    """
    written = [_write(made, file) for file in files(edition, address)]
    return written + [_write(made, file) for file in description_files(edition, written)]


def files(edition: Edition, address: str | None = None) -> Iterator[File]:
    """Every file of the publication but those that describe the others."""
    return chain(
        ontology_files(edition),
        shape_file(edition),
        scheme_files(edition),
        dataset_files(edition),
        thing_files(edition),
        table_files(edition),
        question_files(),
        redirect_files(edition, address),
    )


def _write(made: Folder, file: File) -> Written:
    made.write(file.path, file.content)
    digest = sha256(file.content).hexdigest()
    return Written(
        file.path, file.title, file.media, file.conforms_to, len(file.content), digest, file.packed
    )
