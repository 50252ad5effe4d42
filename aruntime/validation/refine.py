"""One mistake, one finding, in words that say what is wrong.

Rules are applied one by one, so that one mistake may break several: a ``TODO`` is no word of its
vocabulary, leads nowhere, and is left to write. Here the finding stays that says most. What a
reading or a cited file has wrong is found there, not at each claim or passage that has it from
there. And a breach of ``sh:class`` says what the value is instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from pyoxigraph import NamedNode, Store, Triple

from aruntime.model import Finding, Term, text
from aruntime.namespaces import TYPE, curie, iri, slug
from aruntime.store import match
from aruntime.validation.current import is_stated
from aruntime.validation.shapes import Shape

LEFT: Final = "nothing-is-left-to-write"
"""The rule that finds what a person must still write."""
DANGLING: Final = "no-dangling-name"
"""The rule that finds names of nothing."""
ORIGINS: Final = (iri("ar:readIn"), iri("ar:inFile"))
"""What leads from a claim to its reading, and from a passage to its cited file."""

Key = tuple[str | None, str | None, str | None]


def refine(
    found: Iterable[Finding], known: Collection[Shape], stated: Iterable[Triple], compiled: Store
) -> list[Finding]:
    """The findings that say most, each once.

    Args:
        known: the shapes.
        stated: triples as the files have them.
        compiled: these and all others, with what follows from them.
    """
    findings, stated = list(dict.fromkeys(found)), list(stated)
    said = _keys(stated, {finding.focus for finding in findings})
    findings = list(_at_their_origins(findings, said, compiled))
    said = _keys(stated, {finding.focus for finding in findings})
    written = [
        f for f in findings if f.rule != LEFT and (f.rule != DANGLING or _key(f) in said)
    ]  # what follows from a statement is found there
    left = [f for f in findings if f.rule == LEFT and (_key(f) in said or f.path == TYPE.value)]
    return [*left, *_telling(written, left, known, compiled)]


def _telling(
    findings: Iterable[Finding], left: Iterable[Finding], known: Collection[Shape], compiled: Store
) -> Iterator[Finding]:
    """Findings that are not there only because of what is left to write or leads nowhere."""
    waiting = {(f.focus, f.path) for f in left}
    nodes = {focus for focus, _ in waiting}
    classes, whole = dict(_classes(known)), {slug(text(s.name) or ""): _paths(s) for s in known}
    every = list(findings)
    dangling = {_key(f) for f in every if f.rule == DANGLING}
    unclear = waiting | {(focus, path) for focus, path, _ in dangling}
    for finding in every:
        elsewhere = finding.value if finding.value != finding.focus else None
        if (finding.focus, finding.path) in waiting or elsewhere in nodes:
            continue
        if _is_todo(finding.focus) or _is_todo(finding.value):
            continue
        if any((finding.focus, path) in unclear for path in whole.get(finding.rule, ())):
            continue
        if finding.rule != DANGLING and _key(finding) in dangling:
            continue
        if finding.rule in classes and finding.value is not None:
            yield _with_classes(finding, classes[finding.rule], compiled)
        else:
            yield finding


def _key(finding: Finding) -> Key:
    return finding.focus, finding.path, finding.value


def _keys(stated: Iterable[Triple], nodes: Collection[str]) -> set[Key]:
    """What the files say of some nodes."""
    return {
        (subject, predicate.value, text(value))
        for subject, predicate, value in ((text(s), p, o) for s, p, o in stated)
        if subject in nodes
    }


def _is_todo(value: str | None) -> bool:
    return value is not None and (value.startswith("TODO") or value.endswith("/TODO"))


def _at_their_origins(
    findings: Collection[Finding], said: Collection[Key], compiled: Store
) -> Iterator[Finding]:
    """Each finding at its origin, once, unless the origin itself breaks a rule in the same way."""
    there = {_key(finding) for finding in findings}
    moved = {finding: _at_its_origin(finding, said, compiled) for finding in findings}
    kept = (new for old, new in moved.items() if new == old or _key(new) not in there)
    yield from dict.fromkeys(kept)


def _at_its_origin(finding: Finding, said: Collection[Key], compiled: Store) -> Finding:
    """The same finding at the reading or cited file from which the node has the value."""
    if finding.value is None or finding.path is None or _key(finding) in said:
        return finding
    node = NamedNode(finding.focus) if ":" in finding.focus else None
    for relation in ORIGINS if node is not None else ():
        for _, _, origin in match(compiled, node, relation):
            for _, predicate, value in match(compiled, origin):
                if text(value) == finding.value and predicate != TYPE:
                    return finding._replace(focus=text(origin) or "", path=predicate.value)
    return finding


def _classes(shapes: Iterable[Shape]) -> Iterator[tuple[str, Term]]:
    """Rules that demand a class, with that class."""
    for shape in shapes:
        yield from _classes(shape.properties)
        for name, value in shape.constraints:
            if name == "class" and shape.message:
                yield slug(text(shape.name) or ""), value


def _paths(shape: Shape) -> set[str | None]:
    """Properties whose values decide whether a node as a whole conforms to a shape."""
    inner = [s for name, value in shape.constraints if name in ("or", "xone") for s in value]
    found = {text(member.path) for s in inner for member in (s, *s.properties) if member.path}
    return found.union(*map(_paths, inner))


def _with_classes(finding: Finding, wanted: Term, compiled: Store) -> Finding:
    """A breach of ``sh:class`` that says what the value is; other breaches of the same rule stay as
    they are."""
    value = finding.value or ""
    if ":" not in value or not value.startswith("http"):
        return finding
    node = NamedNode(value)
    facts = [fact for fact in match(compiled, node, TYPE) if is_stated(fact, compiled)]
    named = sorted(curie(text(fact[2]) or "") for fact in facts)
    if not named or text(wanted) in {text(fact[2]) for fact in facts}:
        return finding
    takes = f"{curie(finding.path or '')} takes a thing of class {curie(text(wanted) or '')}"
    message = f"{curie(value)} is of class {', '.join(named)}, but {takes}; correct either."
    return finding._replace(message=message)
