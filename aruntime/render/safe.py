"""Text that is safe to show: nothing in data can move the cursor, hide or reorder what is read.

Escaped are the C0 and C1 control characters except tab and line feed, the bidirectional controls
(https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters), the line and paragraph
separators, and surrogates, which no encoding can write. The escape is ``\\u`` and four digits, so
that in JSON, Turtle, N-Quads and TSV results the value stays what it was.
"""

from __future__ import annotations

import re
from typing import Final

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def safe(text: str) -> str:
    """*text* with control and bidirectional characters as escapes; tab and line feed stay.

    Example:
        >>> safe("a\\x1b[31mb")
        'a\\\\u001b[31mb'
    """
    if text.isprintable():  # true for most cells; never for text that holds what is escaped
        return text
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def line(text: str) -> str:
    """*text* on one line, safe to show: every run of white space is one space."""
    return safe(" ".join(text.split()))
