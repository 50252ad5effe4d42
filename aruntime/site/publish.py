"""The publication and the site in one folder: what a static host serves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from aruntime.engines.oxigraph import Oxigraph
from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.publication import publish
from aruntime.publication.edition import Edition
from aruntime.site.site import Made, counted, write_site


def publish_site(
    folder: Path,
    overlays: Sequence[Path] = (),
    *,
    address: str | None = None,
    repository: str | None = None,
    engine: Path | None = None,
    every_pair: bool = False,
) -> Made:
    """Write the publication and the site into one folder: what ``aruntime publish`` does.

    Every name below https://w3id.org/aruntime/ has its page and its documents in the folder; pages
    link to the documents by relative paths, so that it can be served from anywhere.

    Args:
        folder: absent, empty, or made by this function before.
        overlays: private files beside the shipped ones; they are published with them.
        address: where the folder will be served, for the redirects of w3id.org, links that people
            share, and ``404.html``; if absent, redirects lead to the home page of the ontology's
            publisher.
        repository, engine, every_pair: as in :func:`build_site`.

    Raises:
        UsageError: the folder holds something else, or an overlay does not exist.
        DataError: a file of the graph is malformed, or the disk refuses.

    Example:
        >>> publish_site(Path("public"), [Path("ours.ttl")]).notes
        ()
    """
    begun = time.process_time()
    with Folder(folder, "published") as made:
        edition = Edition.load(overlays)
        written = publish.write(made, edition, address)
        notes = write_site(
            Graph(Oxigraph(edition.compiled)), made, repository=repository, engine=engine,
            every_pair=every_pair, documents=written, address=address,
        )  # fmt: skip
    return counted(made, begun, notes)
