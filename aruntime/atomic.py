"""Writing a file so that a reader, a full disk or a kill never meets half of it.

The bytes go to a temporary file in the same folder, are flushed to the disk, and take the file's
name in one step.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress

from aruntime.errors import DataError


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Replace the file at *path*, or create it, with *content*; its permissions stay as they were.

    Raises:
        DataError: the path is a symbolic link or a folder, or the disk refuses; the old file is
            then untouched.
    """
    target = os.fspath(path)
    if os.path.islink(target):
        raise DataError(
            "refused: it is a symbolic link; write to the file that it points to", path=target
        )
    if os.path.exists(target) and not os.path.isfile(target):
        raise DataError("refused: it is no regular file", path=target)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(
            prefix=".aruntime-", dir=os.path.dirname(target) or "."
        )
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _permissions(target))
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path=target) from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


def _permissions(target: str) -> int:
    """The permissions of the file that is replaced, or those of a new file."""
    try:
        return os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
