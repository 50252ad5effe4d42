"""All rules at once, with every finding at its file and line."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

import rdflib
from pyoxigraph import NamedNode, Store

from aruntime import corpus, store
from aruntime.corpus import OVERLAY, Corpus
from aruntime.errors import DataError
from aruntime.model import Finding, Report, Severity, text
from aruntime.terms import curie
from aruntime.validation import checks, files, positions, shapes


def validate(targets: Sequence[Path] = ()) -> Report:
    """Check the shipped corpus, or only some files: shipped ones, or private ones beside it.

    Args:
        targets: files or folders to report on; all shipped files if there are none.

    Returns:
        The report; it conforms if no finding is a violation.

    Raises:
        DataError: a file is malformed, or a rule would check nothing.
        UsageError: a path does not exist.
    """
    shipped = {path.resolve() for path in (*corpus.vocabulary_files(), *corpus.data_files())}
    chosen = [path.resolve() for path in corpus.overlay_files(targets)]
    stated = corpus.load([path for path in chosen if path not in shipped])
    if not chosen:
        return judge(stated)
    wanted = {name for name, path in stated.files.items() if path.resolve() in set(chosen)}
    return judge(stated, wanted)


def judge(stated: Corpus, wanted: Collection[str] | None = None) -> Report:
    """Apply every rule to a corpus.

    Args:
        wanted: names of the graphs to report on; all if absent. Shapes are node-local, so only the nodes described
            there are looked at; checks look at everything, and what they find elsewhere is left out.
    """
    shape_graph = shapes.shapes_graph()
    data = _data(stated, wanted)
    if wanted is not None and not shapes.focus_nodes(data, shape_graph) and not _overlay_findings(stated):
        raise DataError("nothing in the file is of a class that the rules know; nothing would be checked", path=_shown(stated.files[min(wanted)]))
    compiled = store.in_memory(stated)
    rules = [checks.load(path) for path in checks.check_files()]
    found = shapes.findings(data, shape_graph) if shapes.focus_nodes(data, shape_graph) else []
    for rule in rules:
        found += checks.findings(compiled, rule)
    found += _overlay_findings(stated)
    found += _clashes(stated, compiled)
    subjects = {name: {t.subject.value for t in triples if isinstance(t.subject, NamedNode)} for name, triples in stated.graphs.items()}
    owners = positions.owners(stated.files, subjects)
    located = [_locate(finding, owners) for finding in found]
    if wanted is not None:
        shown = {_shown(stated.files[name]) for name in wanted}
        located = [finding for finding in located if finding.file in shown]
    for name, path in stated.files.items():
        if not name.startswith(OVERLAY) and (wanted is None or name in wanted):
            located += [f._replace(file=_shown(path)) for f in files.findings(path, stated.graphs[name])]
    total = len(shapes.rule_ids(shape_graph)) + len(rules) + len(files.RULES) + 2
    return Report(tuple(sorted(set(located), key=_order)), len(shapes.focus_nodes(data, shape_graph)), total)


def _data(stated: Corpus, wanted: Collection[str] | None) -> rdflib.Graph:
    """What shapes look at: the wanted graphs, and of everything that they name the class."""
    data = rdflib.Graph()
    chosen = [triple for name, triples in stated.graphs.items() if wanted is None or name in wanted for triple in triples]
    shapes.add(data, chosen)
    if wanted is not None:
        named = {triple.object for triple in chosen} - {triple.subject for triple in chosen}
        kind = NamedNode(str(rdflib.RDF.type))
        shapes.add(data, (t for t in stated.triples() if t.predicate == kind and t.subject in named))
    return data


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


def _overlay_findings(stated: Corpus) -> list[Finding]:
    """An overlay adds; it never says anything more of what the shipped graph describes."""
    own = {t.subject for name, triples in stated.graphs.items() if not name.startswith(OVERLAY) for t in triples}
    rule, message = (
        "overlay-leaves-shipped-things-alone",
        "An overlay cannot alter what the shipped graph describes; state a claim of its own instead.",
    )
    found = []
    for name, triples in stated.overlay().graphs.items():
        for triple in triples:
            if triple.subject in own:
                focus, path, file = text(triple.subject) or "", triple.predicate.value, stated.files[name]
                line = positions.line_of(file, focus, path)
                found.append(Finding(_shown(file), line, rule, Severity.VIOLATION, focus, path, None, message))
    return found


def _clashes(stated: Corpus, compiled: Store) -> list[Finding]:
    """Nothing is of two kinds that exclude each other."""
    message = "It belongs to {} and to {}, which exclude each other; correct its class, or the property that makes it one."
    return [
        Finding(None, None, "classes-are-disjoint", Severity.VIOLATION, member, None, None, message.format(curie(one), curie(other)))
        for member, one, other in store.clashes(stated, compiled)
    ]


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
