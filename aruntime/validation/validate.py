"""All rules at once, with every finding at its file and line.

One file, shipped or private, is judged in the graph of all (:mod:`aruntime.validation.current`):
shapes look at what the file describes, and checks are asked about that alone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from pyoxigraph import NamedNode, Quad, Store, Triple

from aruntime import build, corpus, paths
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError, UsageError
from aruntime.model import Finding, Report, Severity, Term, text
from aruntime.namespaces import TYPE, iri
from aruntime.store import match
from aruntime.validation import checks, files, positions, shapes, statements
from aruntime.validation.current import current, described_by_shipped, is_stated
from aruntime.validation.data import Data
from aruntime.validation.refine import ORIGINS, refine

Engine = Literal["fast", "reference"]
"""Who applies shapes: this package, or pySHACL."""
_SUBCLASS = iri("rdfs:subClassOf")
_ALONE: Final = (
    "overlay-leaves-shipped-things-alone",
    "An overlay cannot alter what the shipped graph describes; state a claim of its own instead.",
)


def validate(
    targets: Sequence[Path] = (), engine: Engine = "fast", beside: Sequence[Path] = ()
) -> Report:
    """Check the shipped corpus, or only some files: shipped ones, or private ones beside it.

    Args:
        targets: files or folders to report on; if there are none, those of *beside*, or else all
            shipped files.
        engine: who applies the shapes.
        beside: private files or folders that *targets* may speak of.

    Returns:
        The report; it conforms if no finding is a violation.

    Raises:
        DataError: a file is malformed, or a rule would check nothing.
        UsageError: a path does not exist.
    """
    if not (targets or beside):
        stated = corpus.load()
        return judge(stated, build.in_memory(stated), engine)
    shipped = {path.resolve(): name for name, path in corpus.sources().items()}
    context = [path.resolve() for path in corpus.overlay_files(beside)]
    named = [path.resolve() for path in corpus.overlay_files(targets)] if targets else context
    chosen = [path for path in dict.fromkeys(named) if path in shipped or not _is_text(path)]
    if not chosen:
        what = "describes nothing of the graph: rules and texts for publications are no data"
        raise UsageError(what, path=targets[0])
    private = [path for path in chosen if path not in shipped]
    names = {f"{OVERLAY}{number}": path for number, path in enumerate(private)} | {
        shipped[path]: path for path in chosen if path in shipped
    }
    stated = Corpus({name: corpus.triples_of(path) for name, path in names.items()}, names)
    around = [path for path in dict.fromkeys((*private, *context)) if path not in shipped]
    return judge_files(stated, current(around), engine)


def _is_text(path: Path) -> bool:
    """Whether a file is the ontology's and no part of the graph: a rule, or a text that
    publications take up."""
    return path.is_relative_to(paths.ontology().resolve())


def judge(stated: Corpus, compiled: Store, engine: Engine = "fast") -> Report:
    """Apply every rule to a whole corpus.

    Args:
        compiled: the corpus with what follows from it.
    """
    known = shapes.load()
    data = Data(described({t.subject for t in stated.triples()}, compiled))
    broken = [*_shapes(data, known, engine), *_checks(compiled, None)]
    found = refine(broken, known, stated.triples(), compiled)
    found += _not_left_alone(stated, _shipped(stated))
    looked_at = shapes.focus_nodes(data, known)
    found += statements.overlooked(stated, looked_at, lambda name: _shown(stated.files[name]))
    return _report(stated, found, known, len(looked_at))


def judge_files(stated: Corpus, compiled: Store, engine: Engine = "fast") -> Report:
    """Apply every rule to some files of a larger corpus.

    Beside what the files describe, what has something from them is looked at: the claims that were
    read in a reading of theirs, since a mistake in the reading shows in these.

    Args:
        stated: the files to report on.
        compiled: everything, these files included.

    Raises:
        DataError: the rules know no class of what the files describe.
    """
    known = shapes.load()
    nodes = {triple.subject for triple in stated.triples()}
    heirs = {n for r in ORIGINS for node in nodes for n, _, _ in match(compiled, None, r, node)}
    said = list(described(nodes | heirs, compiled))
    data = Data([*said, *_classes(said, compiled)])
    looked_at = shapes.focus_nodes(data, known)
    altered = described_by_shipped({triple.subject for triple in stated.overlay().triples()})
    alone = list(_not_left_alone(stated, altered))
    if not alone and not looked_at:
        first = _shown(stated.files[min(stated.files)])
        unknown = "nothing in the file is of a class that the rules know"
        raise DataError(f"{unknown}; nothing would be checked", path=first)
    own = nodes - altered
    names = {text(node) for node in own}
    broken = list(_shapes(data, known, engine) if looked_at else ())
    broken += _checks(compiled, own | heirs - altered)
    refined = refine(broken, known, stated.triples(), compiled)
    found = [*(finding for finding in refined if finding.focus in names), *alone]
    found += statements.overlooked(
        stated, looked_at | altered, lambda name: _shown(stated.files[name])
    )
    return _report(stated, found, known, len(looked_at))


def described(nodes: Iterable[Term], compiled: Store) -> Iterator[Triple]:
    """What the files state of some nodes, and what they leave unsaid; nothing that is inferred."""
    for node in nodes:
        for fact in match(compiled, node):
            if is_stated(fact, compiled):
                yield Triple(*fact)  # type: ignore[arg-type]


def _classes(said: Sequence[Triple], compiled: Store) -> Iterator[Triple]:
    """Stated classes of what is named and not described, and the order of classes.

    That is all that shapes ask of other nodes.
    """
    named = {t.object for t in said if isinstance(t.object, NamedNode)}
    named -= {t.subject for t in said}
    for fact in chain.from_iterable(match(compiled, node, TYPE) for node in named):
        if is_stated(fact, compiled):
            yield Triple(*fact)  # type: ignore[arg-type]
    for fact in match(compiled, predicate=_SUBCLASS):
        yield Triple(*fact)  # type: ignore[arg-type]


def _shapes(data: Data, known: Collection[shapes.Shape], engine: Engine) -> Iterable[Finding]:
    if engine == "fast":
        return shapes.findings(data, known)
    reference = import_module(
        "aruntime.validation.pyshacl_engine"
    )  # by name: it takes longer to load than most files to check
    stated = (triple for path in shapes.shape_files() for triple in corpus.triples_of(path))
    found = reference.report(reference.graph_of(data.triples()), reference.graph_of(stated))
    return [result.finding() for result in found]


def _checks(compiled: Store, focus: Collection[Term] | None) -> list[Finding]:
    """Findings of all checks, one after the other: two at once take as long, since the store
    locks."""
    rules = map(checks.Check, checks.check_files())
    return [finding for rule in rules for finding in checks.findings(compiled, rule, focus)]


def _not_left_alone(stated: Corpus, shipped: Collection[Term]) -> Iterator[Finding]:
    """An overlay adds; it never says anything more of what the shipped graph describes."""
    rule, message = _ALONE
    for name, triples in stated.overlay().graphs.items():
        for triple in triples:
            if triple.subject in shipped:
                focus, path = text(triple.subject) or "", triple.predicate.value
                line = positions.line_of(stated.files[name], focus, path)
                where = _shown(stated.files[name])
                yield Finding(where, line, rule, Severity.VIOLATION, focus, path, None, message)


def _shipped(stated: Corpus) -> set[Term]:
    return {
        t.subject
        for name, triples in stated.graphs.items()
        if not name.startswith(OVERLAY)
        for t in triples
    }


def _names(triples: Iterable[Triple | Quad]) -> Iterator[str]:
    return (text(triple.subject) or "" for triple in triples)


def _report(
    stated: Corpus, found: Iterable[Finding], known: Collection[shapes.Shape], looked_at: int
) -> Report:
    """Findings at their places, with those on files themselves."""
    breaches = list(found)
    broken = {finding.focus for finding in breaches}
    graphs = stated.graphs.items() if broken else ()
    described = {name: broken.intersection(_names(triples)) for name, triples in graphs}
    owners = positions.owners(stated.files, described)
    located = [_locate(finding, owners) for finding in breaches]
    located += statements.findings(stated, lambda name: _shown(stated.files[name]))
    for name, path in stated.files.items():
        if not name.startswith(OVERLAY):
            located += [
                finding._replace(file=_shown(path))
                for finding in files.findings(path, stated.graphs[name])
            ]
    rules = (
        len(shapes.rule_ids(known))
        + len(checks.check_files())
        + len(files.RULES)
        + statements.NUMBER
        + 1
    )
    return Report(tuple(sorted(set(located), key=_order)), looked_at, rules)


def require_sound(overlays: Sequence[Path]) -> None:
    """Refuse overlays that break a rule.

    Raises:
        DataError: the first violation, with its file and line and the number of further ones.
    """
    build.open_or_build(overlays)  # first, since rules are asked of the compiled store
    violations = [finding for finding in validate(overlays).findings if finding.blocking]
    if violations:
        first = violations[0]
        more = (
            f" (and {len(violations) - 1} more; see aruntime validate {overlays[0]})"
            if len(violations) > 1
            else ""
        )
        raise DataError(f"{first.rule}: {first.message}{more}", path=first.file, line=first.line)
    build.mark_checked(overlays)


def _locate(finding: Finding, owners: dict[str, Path]) -> Finding:
    path = owners.get(finding.focus)
    if path is None or finding.file is not None:
        return finding
    return finding._replace(
        file=_shown(path), line=positions.line_of(path, finding.focus, finding.path)
    )


def _shown(path: Path) -> str:
    """A path as people write it: relative to where they are, if it lies below."""
    resolved = path.resolve()
    here = Path(os.getcwd()).resolve()
    return str(resolved.relative_to(here)) if resolved.is_relative_to(here) else str(resolved)


def _order(finding: Finding) -> tuple[str, int, str, str, str]:
    return finding.file or "", finding.line or 0, finding.rule, finding.focus, finding.value or ""
