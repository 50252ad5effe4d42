"""Graphs of our shape and any size, the same each time from the same shipped data.

A made graph is a row of *landscapes*. The first is the shipped data under its own names, so that
documented examples hold; each further one is a copy under other names (``runtime/vllm-2``), whose
digests, labels and sentences differ, so that the number of different terms grows as in real data.

The last landscape is cut to the size that is wanted: it keeps some runtimes, those of documented
examples first, and drops every claim, configuration, part or stack that needs a runtime which is
not there, and then what nothing refers to any more. So no name dangles, and rules hold; but for
*defects*, claims of the first landscape that are spoilt on purpose, for validators to find.

The layout is that of an installed package: ``aruntime/_graph`` beside the program's modules.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.model import Term
from aruntime.namespaces import ID, iri

GROWTH: Final = 1.9
"""Triples of a compiled graph for each that its files state; only the aim of a size uses it."""
DEFECTS: Final = 12
"""Claims that break a shape."""
_FIRST: Final = ("vllm", "kserve", "pytorch", "onnxruntime")
"""Runtimes that examples of questions and commands name."""
_MADE: Final = ("agent", "component", "recognition", "runtime", "source", "stack")
_CURATOR: Final = iri("agent:aruntime")
_DIGESTS: Final = (iri("ar:fileDigest"), iri("ar:linesDigest"))
_TEXTS: Final = tuple(
    map(iri, ("rdfs:label", "skos:altLabel", "ar:heading", "dcterms:description"))
)
_STATEMENT, _EVIDENCE, _TYPE = iri("ar:statement"), iri("ar:evidence"), iri("rdf:type")

Said = list[tuple[NamedNode, Term]]
"""Predicates and objects of one subject."""
Block = tuple[Path, Said]
"""What one file says of one subject; the file's path is relative to ``data/``."""
Subject = NamedNode | BlankNode | Triple
Landscape = dict[Subject, Block]


def shipped() -> Landscape:
    """The shipped data, subject by subject."""
    found: Landscape = {}
    for path in corpus.data_files():
        for triple in corpus.triples_of(path):
            place = path.relative_to(paths.data())
            found.setdefault(triple.subject, (place, []))[1].append(
                (triple.predicate, triple.object)
            )
    return found


def landscapes(triples: int) -> Iterator[Landscape]:
    """Landscapes that state about *triples* triples together."""
    whole = shipped()
    size = _size(whole)
    for number in range(1, triples // size + 1):
        yield renamed(whole, number)
    if left := triples % size:
        yield renamed(cut(whole, left), triples // size + 1)


def cut(whole: Landscape, triples: int) -> Landscape:
    """A part of a landscape, of about that size: some runtimes, and what stands without others."""
    sizes: dict[str, int] = {}
    for place, said in whole.values():
        if place.parts[0] == "runtime":
            slug = _slug(place)
            sizes[slug] = sizes.get(slug, 0) + len(said)
    kept: set[str] = set()
    for slug in sorted(sizes, key=lambda slug: (slug not in _FIRST, slug)):
        if slug in _FIRST or sum(sizes[other] for other in kept) + sizes[slug] / 2 < triples:
            kept.add(slug)
    gone = {s for s, (p, _) in whole.items() if p.parts[0] == "runtime" and _slug(p) not in kept}
    return _without(whole, gone)


def _without(whole: Landscape, gone: set[Subject]) -> Landscape:
    """A landscape without some subjects, what needs these, and what only they referred to."""
    needs = {s: {o for _, o in said if o in whole and o != s} for s, (_, said) in whole.items()}
    firm = {s for s in whole if _kind(s) not in ("", "stack")}  # stand even where others are gone
    parts = {s: iri(f"stack:{p.stem}") for s, (p, _) in whole.items() if p.parts[0] == "stack"}
    passing = {s for s in set().union(*needs.values()) if _kind(s) in ("", "agent", "source")}
    here = whole.keys() - gone
    while True:
        broken = {s for s in here - firm if not needs[s] <= here or parts.get(s, s) not in here}
        unused = (here & passing).difference(*(needs[s] for s in here - broken))
        if not (lost := broken | unused):
            break
        here -= lost
    return {
        subject: (place, [(p, o) for p, o in said if o not in whole or o in here])
        for subject, (place, said) in whole.items()
        if subject in here
    }


def renamed(landscape: Landscape, number: int) -> Landscape:
    """A landscape under names of its own, if it is not the first."""
    if number == 1:
        return dict(landscape)
    memo: dict[tuple[NamedNode, Term], Term] = {}

    def value(pair: tuple[NamedNode, Term]) -> Term:
        if pair not in memo:
            memo[pair] = _value(*pair, number)
        return memo[pair]

    return {
        _name(subject, number): (_moved(place, number), [(p, value((p, o))) for p, o in said])
        for subject, (place, said) in landscape.items()
        if place.parts[0] != "lead" and subject != _CURATOR
    }


def _value(predicate: NamedNode, value: Term, number: int) -> Any:
    """What stands in another landscape for a shipped value."""
    if not isinstance(value, Literal):
        return _name(value, number)
    if predicate in _DIGESTS:
        text = hashlib.sha256(f"{number}/{value.value}".encode()).hexdigest()[: len(value.value)]
    elif predicate in _TEXTS or (predicate == _STATEMENT and len(value.value) < 280):
        text = f"{value.value} ({number})"
    else:
        return value
    return Literal(text, language=value.language) if value.language else Literal(text)


def _name(term: Any, number: int) -> Any:
    if not isinstance(term, NamedNode) or term == _CURATOR or not term.value.startswith(ID):
        return term
    thing, hash_, part = term.value.partition("#")
    if thing.removeprefix(ID).partition("/")[0] not in _MADE:
        return term
    return NamedNode(f"{thing}-{number}{hash_}{part}")


def _moved(place: Path, number: int) -> Path:
    """Where a file lies in another landscape."""
    if place.parts[0] == "runtime" and len(place.parts) == 3:
        return Path("runtime", f"{place.parts[1]}-{number}", place.name)
    return place.with_stem(f"{place.stem}-{number}")


def spoilt(landscape: Landscape, defects: int = DEFECTS) -> Landscape:
    """A landscape in which some claims, evenly spread, break a shape."""
    claims = [s for s, (_, said) in landscape.items() if any(p == _STATEMENT for p, _ in said)]
    found = dict(landscape)
    for count in range(min(defects, len(claims))):
        subject = claims[(2 * count + 1) * len(claims) // (2 * defects)]
        place, said = found[subject]
        found[subject] = place, _SPOIL[count % len(_SPOIL)](said)
    return found


_SPOIL: Final[tuple[Callable[[Said], Said], ...]] = (
    lambda said: [pair for pair in said if pair[0] != _STATEMENT],
    lambda said: [pair for pair in said if pair[0] != _EVIDENCE],
    lambda said: [*said, (iri("ar:condition"), Literal("under a condition that goes on " * 30))],
)


def files(triples: int, defects: int = DEFECTS) -> Iterator[tuple[Path, list[Triple]]]:
    """Made files: where each lies below ``data/``, and what it states; *triples* in all, about."""
    for number, landscape in enumerate(landscapes(triples)):
        said: dict[Path, list[Triple]] = {}
        for subject, (place, pairs) in (
            landscape if number else spoilt(landscape, defects)
        ).items():
            said.setdefault(place, []).extend(Triple(subject, p, o) for p, o in pairs)
        yield from said.items()


def stated_for(triples: int) -> int:
    """How many triples files must state so that the compiled graph has about *triples*."""
    vocabulary = sum(len(corpus.triples_of(path)) for path in corpus.vocabulary_files())
    return max(1, int(triples / GROWTH) - vocabulary)


def install(folder: Path, triples: int) -> None:
    """Write the program, meaning and questions as they are, and a made graph, into *folder*."""
    package = folder / "aruntime"
    here = Path(corpus.__file__).parent
    shutil.copytree(here, package, ignore=shutil.ignore_patterns("__pycache__", "_graph"))
    for name in ("ontology", "queries"):
        shutil.copytree(Path(paths.root(), name), package / "_graph" / name)
    for place, stated in files(stated_for(triples)):
        target = package / "_graph" / "data" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(turtle.write(stated), "utf-8")


def _size(landscape: Landscape) -> int:
    return sum(len(said) for _, said in landscape.values())


def _slug(place: Path) -> str:
    return place.parts[1].removesuffix(".ttl")


def _kind(term: object) -> str:
    """The class of a thing that has files of its own; nothing for a part of one."""
    if not isinstance(term, NamedNode) or "#" in term.value or not term.value.startswith(ID):
        return ""
    return term.value.removeprefix(ID).partition("/")[0]
