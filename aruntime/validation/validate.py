"""All rules at once, with every finding at its file and line.

All shipped files are validated from the files alone. One file, shipped or private, is validated against the compiled store,
which is first brought in step: shapes look at what the file describes, and checks are asked about that alone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode, Store, Triple

from aruntime import build, corpus
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.model import Finding, Report, Severity, Term, text
from aruntime.namespaces import iri
from aruntime.store import DERIVED, match, open_store, quad
from aruntime.validation import checks, files, positions, shapes

Engine = Literal["fast", "reference"]
"""Who applies shapes: this package, or pySHACL."""
_TYPE, _SUBCLASS = iri("rdf:type"), iri("rdfs:subClassOf")
_ALONE: Final = ("overlay-leaves-shipped-things-alone", "An overlay cannot alter what the shipped graph describes; state a claim of its own instead.")


def validate(targets: Sequence[Path] = (), engine: Engine = "fast") -> Report:
    """Check the shipped corpus, or only some files: shipped ones, or private ones beside it.

    Args:
        targets: files or folders to report on; all shipped files if there are none.
        engine: who applies the shapes.

    Returns:
        The report; it conforms if no finding is a violation.

    Raises:
        DataError: a file is malformed, or a rule would check nothing.
        UsageError: a path does not exist.
    """
    if not targets:
        return judge(corpus.load(), engine)
    shipped = {path.resolve(): name for name, path in corpus.sources().items()}
    chosen = list(dict.fromkeys(path.resolve() for path in corpus.overlay_files(targets)))
    private = [path for path in chosen if path not in shipped]
    names = {f"{OVERLAY}{number}": path for number, path in enumerate(private)} | {shipped[path]: path for path in chosen if path in shipped}
    stated = Corpus({name: corpus.triples_of(path) for name, path in names.items()}, names)
    return judge_files(stated, _current(private), engine)


def _current(overlays: Sequence[Path]) -> Store:
    """The graph of the files as they are: the compiled store if there is one, else one in memory, nothing written."""
    found = open_store(build.folder_of(overlays))
    return build.in_memory(corpus.load(overlays)) if found is None else found


def judge(stated: Corpus, engine: Engine = "fast") -> Report:
    """Apply every rule to a whole corpus."""
    known, compiled = shapes.load(), build.in_memory(stated)
    subjects = {t.subject for t in stated.triples()}
    data = shapes.Data(t for node in subjects for t in _described(compiled, node))
    found = [*_shapes(data, known, engine), *_checks(compiled, None), *_not_left_alone(stated, _shipped(stated))]
    return _report(stated, found, known, len(shapes.focus_nodes(data, known)))


def judge_files(stated: Corpus, compiled: Store, engine: Engine = "fast") -> Report:
    """Apply every rule to some files of a larger corpus.

    Args:
        stated: the files to report on.
        compiled: everything, these files included.
    """
    known = shapes.load()
    described = (t for node in {t.subject for t in stated.triples()} for t in _described(compiled, node))
    data = shapes.Data([*described, *_classes(stated, compiled)])
    looked_at = shapes.focus_nodes(data, known)
    altered: set[Term] = set()
    if private := [t.subject for t in stated.overlay().triples()]:
        plain = _current(())
        altered = {node for node in dict.fromkeys(private) if any(quad(f, DERIVED) not in plain for f in match(plain, node))}
    alone = list(_not_left_alone(stated, altered))
    if not alone and not looked_at:
        first = _shown(stated.files[min(stated.files)])
        raise DataError("nothing in the file is of a class that the rules know; nothing would be checked", path=first)
    own = {t.subject for t in stated.triples()} - altered
    names = {text(node) for node in own}
    broken = _shapes(data, known, engine) if looked_at else ()
    found = [*(finding for finding in broken if finding.focus in names), *_checks(compiled, own), *alone]
    return _report(stated, found, known, len(looked_at))


def _described(compiled: Store, node: Term) -> Iterator[Triple]:
    """What the files state of a node, and what they leave unsaid; nothing that is inferred."""
    for fact in match(compiled, node):
        if quad(fact, DERIVED) not in compiled:
            yield Triple(*fact)  # type: ignore[arg-type]


def _classes(stated: Corpus, compiled: Store) -> Iterator[Triple]:
    """Stated classes of what files name and do not describe, and the order of classes: all that shapes ask of other nodes."""
    named = {t.object for t in stated.triples() if isinstance(t.object, NamedNode)} - {t.subject for t in stated.triples()}
    for fact in chain.from_iterable(match(compiled, node, _TYPE) for node in named):
        if quad(fact, DERIVED) not in compiled:
            yield Triple(*fact)  # type: ignore[arg-type]
    for fact in match(compiled, predicate=_SUBCLASS):
        yield Triple(*fact)  # type: ignore[arg-type]


def _shapes(data: shapes.Data, known: Collection[shapes.Shape], engine: Engine) -> Iterable[Finding]:
    if engine == "fast":
        return shapes.findings(data, known)
    reference = import_module("aruntime.validation.pyshacl_engine")  # by name: it takes longer to load than most files to check
    return reference.findings(data.triples(), shapes.shape_files())  # type: ignore[no-any-return]


def _checks(compiled: Store, focus: Collection[Term] | None) -> list[Finding]:
    """Findings of all checks, which are asked side by side: queries run outside of Python's lock."""
    rules = [checks.Check(path) for path in checks.check_files()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(chain.from_iterable(pool.map(lambda rule: list(checks.findings(compiled, rule, focus)), rules)))


def _not_left_alone(stated: Corpus, shipped: Collection[Term]) -> Iterator[Finding]:
    """An overlay adds; it never says anything more of what the shipped graph describes."""
    rule, message = _ALONE
    for name, triples in stated.overlay().graphs.items():
        for triple in triples:
            if triple.subject in shipped:
                focus, path, file = text(triple.subject) or "", triple.predicate.value, stated.files[name]
                line = positions.line_of(file, focus, path)
                yield Finding(_shown(file), line, rule, Severity.VIOLATION, focus, path, None, message)


def _shipped(stated: Corpus) -> set[Term]:
    return {t.subject for name, triples in stated.graphs.items() if not name.startswith(OVERLAY) for t in triples}


def _names(triples: Iterable[Triple]) -> Iterator[str]:
    return (text(triple.subject) or "" for triple in triples)


def _report(stated: Corpus, found: Iterable[Finding], known: Collection[shapes.Shape], looked_at: int) -> Report:
    """Findings at their places, with those on files themselves."""
    breaches = list(found)
    broken = {finding.focus for finding in breaches}
    owners = positions.owners(stated.files, {name: broken.intersection(_names(triples)) for name, triples in stated.graphs.items() if broken})
    located = [_locate(finding, owners) for finding in breaches]
    for name, path in stated.files.items():
        if not name.startswith(OVERLAY):
            located += [finding._replace(file=_shown(path)) for finding in files.findings(path, stated.graphs[name])]
    rules = len(shapes.rule_ids(known)) + len(checks.check_files()) + len(files.RULES) + 1
    return Report(tuple(sorted(set(located), key=_order)), looked_at, rules)


def require_sound(overlays: Sequence[Path]) -> None:
    """Refuse overlays that break a rule.

    Raises:
        DataError: the first violation, with its file and line and the number of further ones.
    """
    violations = [finding for finding in validate(overlays).findings if finding.blocking]
    if violations:
        first = violations[0]
        more = f" (and {len(violations) - 1} more; see aruntime validate {overlays[0]})" if len(violations) > 1 else ""
        raise DataError(f"{first.rule}: {first.message}{more}", path=first.file, line=first.line)
    build.open_or_build(overlays)
    build.mark_checked(overlays)


def _locate(finding: Finding, owners: dict[str, Path]) -> Finding:
    path = owners.get(finding.focus)
    if path is None or finding.file is not None:
        return finding
    return finding._replace(file=_shown(path), line=positions.line_of(path, finding.focus, finding.path))


def _shown(path: Path) -> str:
    """A path as people write it: relative to where they are, if it lies below."""
    resolved = path.resolve()
    here = Path(os.getcwd()).resolve()
    return str(resolved.relative_to(here)) if resolved.is_relative_to(here) else str(resolved)


def _order(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.file or "", finding.line or 0, finding.rule, finding.focus, finding.value or ""
