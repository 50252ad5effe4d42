"""One digest, without what a command does not need: hashlib loads OpenSSL, a tenth of a command's
time."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that builds its digests in another way
    from hashlib import blake2b

__all__ = ["blake2b"]
