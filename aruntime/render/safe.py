"""Text that is safe to show: nothing in the data can move the cursor, hide or reorder what a person reads."""

from __future__ import annotations

import re
from typing import Final

_UNSAFE: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"


def safe(text: str) -> str:
    """*text* with control and bidirectional characters written as escapes."""
    if text.isprintable():
        return text
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match.group()):04x}", text)


def line(text: str) -> str:
    """*text* on one line, safe to show."""
    return safe(" ".join(text.split()))
