"""Standard input as text, bounded."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from aruntime.detect.walk import MAX_BYTES
from aruntime.errors import DataError, UsageError


def text_of_stdin(paths: Sequence[str]) -> str | None:
    """The text of standard input if ``-`` is among *paths*.

    Raises:
        UsageError: it is closed.
        DataError: it is too long, or no UTF-8.
    """
    if "-" not in paths:
        return None
    if sys.stdin is None:
        raise UsageError("standard input is closed; name a file")
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DataError(f"standard input has more than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise DataError("standard input is not UTF-8") from None
