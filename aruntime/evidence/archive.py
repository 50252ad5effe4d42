"""Software Heritage, the public archive of source code, asked for a file's content by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aruntime.engines.http import Server
from aruntime.errors import EndpointError

MAX_BYTES: Final = 20 * 1024 * 1024
"""Largest file, in bytes."""
DEADLINE: Final = 30.0
"""Seconds one file may take altogether, redirects included."""


@dataclass(frozen=True)
class Archive:
    """The archive, or a copy of it at another address."""

    address: str = "https://archive.softwareheritage.org"

    def content(self, blob_hash: str) -> bytes | None:
        """The bytes with that git blob hash, or ``None`` if the archive does not hold them.

        Raises:
            EndpointError: the archive cannot be reached, leads elsewhere, or answers too much.
            TimeLimitError: it answers too slowly.
        """
        address = f"{self.address}/api/1/content/sha1_git:{blob_hash}/raw/"
        server = Server(address, anonymous=True)
        try:
            answer = server.send("GET", address, None, {}, timeout=DEADLINE, limit=MAX_BYTES)
        except EndpointError as error:
            if error.status == 404:
                return None
            raise
        return answer.body
