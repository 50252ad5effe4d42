"""Rules on files: one thing, one file or folder, one name, one spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from aruntime import paths, turtle
from aruntime.errors import DataError
from aruntime.model import Finding, Severity
from aruntime.namespaces import ID, NS, PREFIXES

Stated = tuple[Triple | Quad, ...]
"""What a file states."""
Rule = Callable[[Path, Stated], Iterator[str]]
_TYPE: Final = PREFIXES["rdf"] + "type"
PLACES: Final = {
    "about": ("Runtime", "Release", "Choice", "Configuration", "Reading"),
    "claims": (
        "ClassificationClaim", "LifecycleClaim", "ResponsibilityClaim", "IntegrationClaim",
        "InterfaceClaim", "TargetClaim", "TradeOffClaim", "MeasurementClaim", "ComparisonClaim",
        "ResearchClaim", "Coverage",
    ),
    "pins": ("CitedFile", "Evidence"),
}  # fmt: skip
"""For each file of a runtime's folder, the classes of what it describes."""


def thing(path: Path) -> str:
    """The IRI of the thing that a data file describes, by its place:
    ``data/runtime/vllm/claims.ttl`` is about vllm."""
    if path.parent.parent.name == "runtime":
        return f"{ID}runtime/{path.parent.name}"
    return f"{ID}{path.parent.name}/{path.stem}"


def _holds_keys(path: Path) -> bool:
    """Whether a file holds the keys of a component that another file describes."""
    return path.parent.name == "recognition"


def file_is_named_after_its_thing(path: Path, triples: Stated) -> Iterator[str]:
    """A data file describes the thing that its folder and name say, and parts of it."""
    own = thing(path)
    subjects = {t.subject.value for t in triples if isinstance(t.subject, NamedNode)}
    if own not in subjects and not (path.stem in ("claims", "pins") or _holds_keys(path)):
        names = "its folder and name are the class and slug of one thing"
        yield f"the file describes no {own}; {names}"
    for foreign in sorted(s for s in subjects if s != own and not s.startswith(own + "#")):
        yield f"{foreign} belongs into a file of its own"


def runtime_file_holds_its_kind(path: Path, triples: Stated) -> Iterator[str]:
    """In a runtime's folder, about.ttl says who it is, claims.ttl what is said of it, pins.ttl
    where that stands."""
    if path.parent.parent.name != "runtime":
        return
    if path.stem not in PLACES:
        names = ", ".join(f"{name}.ttl" for name in PLACES)
        yield f"a runtime's folder holds {names} and nothing else"
        return
    for triple in triples:
        if triple.predicate.value == _TYPE and isinstance(triple.object, NamedNode):
            local = triple.object.value.removeprefix(NS)
            home = next((name for name, classes in PLACES.items() if local in classes), None)
            if home not in (None, path.stem):
                yield f"{triple.subject} is a {local}, which belongs into {home}.ttl"


def file_has_no_blank_node(path: Path, triples: Stated) -> Iterator[str]:
    """Facts have names, so that they can be compared, cited and retracted."""
    if any(isinstance(term, BlankNode) for t in triples for term in (t.subject, t.object)):
        yield "a blank node stands in the data; give it a name"


def file_is_canonical(path: Path, triples: Stated) -> Iterator[str]:
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
    "runtime-file-holds-its-kind": runtime_file_holds_its_kind,
    "file-has-no-blank-node": file_has_no_blank_node,
    "file-is-canonical": file_is_canonical,
}
"""Rules on shipped files, by name."""


def findings(path: Path, triples: Stated) -> Iterator[Finding]:
    """Every breach of a rule on a shipped file; only files under ``data/`` are held to them."""
    if not path.is_relative_to(paths.data()):
        return
    for rule, function in RULES.items():
        for message in function(path, triples):
            yield Finding(
                str(path), None, rule, Severity.VIOLATION, thing(path), None, None, message
            )
