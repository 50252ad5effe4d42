"""The tokens of SPARQL (https://www.w3.org/TR/sparql11-query/#sparqlGrammar) as patterns.

They are as strict as Oxigraph's grammar where a difference would let one of the two see a keyword
in what the other takes for a string, an IRI, a name or a comment. What is no ASCII stands in these
alone, so that names may be taken to hold all of it.
"""

from __future__ import annotations

from typing import Final

_ESCAPE: Final = (
    r"\\(?:[tbnrf\"'\\]|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}"
    r"|U(?:0000(?![dD][89a-fA-F])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4})"
)
"""In a string; surrogates are no characters."""
STRING: Final = (
    rf'"""(?:[^"\\]|{_ESCAPE}|"(?!""))*"""'
    rf"|'''(?:[^'\\]|{_ESCAPE}|'(?!''))*'''"
    rf'|"(?:[^"\\\n\r]|{_ESCAPE})*"'
    rf"|'(?:[^'\\\n\r]|{_ESCAPE})*'"
)
IRI: Final = r'<[^<>"{}|^`\\\x00-\x20]*>'
"""Without escapes; no-break spaces and the like do not end it."""
ESCAPED: Final = r'(?:<[^<>"{}|^`\\\x00-\x20]*)?\\.?'
"""An escape that stands in no string or name; in an IRI, with what of it stands before."""
COMMENT: Final = r"\#[^\n\r]*"
VARIABLE: Final = r"[?$](?:\w|[^\x00-\x7f])+"
LANGUAGE: Final = r"@[A-Za-z]+(?:-+[A-Za-z0-9]+)*"
LOCAL: Final = r"(?![.-])(?:[\w.%:-]|[^\x00-\x7f]|\\[_~.\-!$&'()*+,;=/?#@%])*"
"""What may follow the colon of a name; a full stop at its end is none of it."""
