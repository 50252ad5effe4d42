"""Files that the archive gave, in the user's cache: each under the digest that its citation names.

What lies there is believed only if its bytes have that digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aruntime import atomic, paths
from aruntime.errors import DataError
from aruntime.evidence import passage


def cached(digest: str) -> bytes | None:
    """What the archive gave before, if it is what its name says.

    Args:
        digest: a git blob hash or a SHA-256, in hexadecimal digits; empty for none.
    """
    try:
        content = _file(digest).read_bytes() if digest else b""
    except OSError:
        return None
    known = (passage.blob_hash(content), passage.file_digest(content))
    return content if digest in known else None


def cache(digest: str, content: bytes) -> None:
    """Keep what the archive gave; a cache that cannot be written keeps nothing."""
    path = _file(digest)
    with suppress(DataError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, content)


def files() -> Iterator[Path]:
    """Every file that is cached, sorted."""
    found = sorted((paths.cache() / "content").glob("*/*"))
    return (path for path in found if not path.name.startswith(atomic.PREFIX))


def _file(digest: str) -> Path:
    return paths.cache() / "content" / digest[:2] / digest
