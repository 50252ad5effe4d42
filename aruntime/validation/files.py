"""Rules on files: one thing, one file, one name, one spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from aruntime import paths, turtle
from aruntime.errors import DataError
from aruntime.model import Finding, Severity
from aruntime.namespaces import ID

Rule = Callable[[Path, tuple[Triple, ...]], Iterator[str]]


def file_is_named_after_its_thing(path: Path, triples: tuple[Triple, ...]) -> Iterator[str]:
    """A data file describes the thing that its folder and name say, and parts of it."""
    own = f"{ID}{path.parent.name}/{path.stem}"
    subjects = {t.subject.value for t in triples if isinstance(t.subject, NamedNode)}
    if own not in subjects:
        yield f"the file describes no {own}; its folder is the class and its name the slug of one thing"
    for foreign in sorted(s for s in subjects if s != own and not s.startswith(own + "#")):
        yield f"{foreign} belongs into a file of its own"


def file_has_no_blank_node(path: Path, triples: tuple[Triple, ...]) -> Iterator[str]:
    """Facts have names, so that they can be compared, cited and retracted."""
    if any(isinstance(term, BlankNode) for t in triples for term in (t.subject, t.object)):
        yield "a blank node stands in the data; give it a name"


def file_is_canonical(path: Path, triples: tuple[Triple, ...]) -> Iterator[str]:
    """One graph has one spelling."""
    try:
        canonical = turtle.format_triples(triples, path, keep_heading=False)
    except DataError as error:
        yield error.message
        return
    if canonical.encode() != path.read_bytes():
        yield "the file is not in canonical form; run aruntime fmt"


RULES: Final[dict[str, Rule]] = {
    "file-is-named-after-its-thing": file_is_named_after_its_thing,
    "file-has-no-blank-node": file_has_no_blank_node,
    "file-is-canonical": file_is_canonical,
}
"""Rules on shipped files, by name."""


def findings(path: Path, triples: tuple[Triple, ...]) -> Iterator[Finding]:
    """Every breach of a rule on a shipped file; only files under ``data/`` are held to them."""
    if not path.is_relative_to(paths.data()):
        return
    focus = f"{ID}{path.parent.name}/{path.stem}"
    for rule, function in RULES.items():
        for message in function(path, triples):
            yield Finding(str(path), None, rule, Severity.VIOLATION, focus, None, None, message)
