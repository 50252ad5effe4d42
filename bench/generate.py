"""Graphs of our shape and any size, the same from the same seed and the same shipped graph.

A made graph is a row of *landscapes*. Each is a copy of the shipped data under names of its own (``runtime/vllm`` becomes
``runtime/vllm-3``) in which one claim in four says what another shipped claim of its kind says, and in which locators,
digests and texts differ, so that the number of different terms grows as in real data; one in a hundred has ended. Counts,
predicates, joint values and text lengths are therefore those of the shipped graph; rules and shapes are kept.

Two limits on how landscapes are joined, both because ``ar:dependsOn`` is transitive and would otherwise make the closure
quadratic by nature: an integration, delegation or stack stays within its landscape (44 runtimes, 106 components), and it
points only to what comes earlier there. Claims that would point to something later are left out. The first property also
lets a landscape be cut anywhere without a dangling name, which gives every size.

``python bench/generate.py --triples 1000000 FOLDER`` writes a checkout with the made graph as its ``data/``: the program
finds its graph beside its package, so what runs from there measures the program as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).resolve().parent.parent))

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.model import Term
from aruntime.namespaces import ID, iri

SEED: Final = 20261123
DERIVED: Final = 0.22
"""Derived triples for each stated one, and what sources and stacks add, as measured; only the aim of a size depends on it."""
TAKEN_OVER: Final = 0.25
"""Share of claims that say what another claim of their kind says."""
ENDED: Final = 0.01
"""Share of claims that a later release ended: none is shipped yet, but every question leaves them out."""
MADE: Final = ("agent", "component", "runtime", "source", "stack")
KEPT: Final = iri("agent:aruntime")
"""The curator, whom the ontology names too."""

Said = list[tuple[NamedNode, Term]]
"""Predicates and objects of one subject."""
Described = dict[NamedNode, Said]
"""What one file says, by subject."""

_TYPE, _LABEL, _ALT = iri("rdf:type"), iri("rdfs:label"), iri("skos:altLabel")
_CLAIM_KINDS: Final = tuple(iri(f"ar:{kind}Claim") for kind in ("Responsibility", "Interface", "Target", "TradeOff"))
"""Kinds whose claims may take over another's words; the others must fit their runtime."""
_KEY: Final = tuple(
    iri(f"ar:{name}")
    for name in ("responsibility", "unit", "stance", "scope", "mode", "delegate", "interface", "interfaceRole", "hardware", "precision", "pole")
)
"""What tells one claim of a runtime from another."""
_COORDINATES: Final = frozenset(
    (*_KEY, *(iri(f"ar:{name}") for name in ("layer", "stateKind", "failureBoundary", "mechanism", "tradeOff", "statement")))
)
_EVIDENCE, _SOURCE, _SEARCHED, _AUTHORITY = iri("ar:evidence"), iri("ar:source"), iri("ar:searchedIn"), iri("ar:authoritativeFor")
_OTHER: Final = (iri("ar:object"), iri("ar:delegate"))
_COMPONENT, _SUBJECT = iri("ar:component"), iri("ar:subject")
_ADDRESSES: Final = frozenset(iri(name) for name in ("schema:codeRepository", "ar:repository", "foaf:homepage", "schema:url"))
_DIGESTS: Final = frozenset(iri(f"ar:{name}") for name in ("commit", "linesDigest", "fileDigest"))
_SWHID: Final = re.compile(r"^(swh:1:cnt:)(\w+)(;origin=)([^;]+)(;anchor=swh:1:rev:)(\w+)(;path=/)(.*)$")


@dataclass(frozen=True)
class Thing:
    """One made file: its folder, its name, and what it says."""

    kind: str
    slug: str
    triples: tuple[Triple, ...]


class Model:
    """The shipped data, arranged for copying.

    Attributes:
        files: what each file says, by the IRI of its thing.
        order: runtimes, each after those that it points to.
        alike: claims that may lend their words, by kind.
    """

    def __init__(self) -> None:
        self.files: dict[NamedNode, Described] = {}
        for path in corpus.data_files():
            said: Described = {}
            for triple in corpus.triples_of(path):
                if isinstance(triple.subject, NamedNode):
                    said.setdefault(triple.subject, []).append((triple.predicate, triple.object))
            self.files[iri(f"{path.parent.name}:{path.stem}")] = said
        self.order = self._order()
        self.alike: dict[Term, list[Said]] = {kind: [] for kind in _CLAIM_KINDS}
        for runtime in self.order:
            for pairs in self.files[runtime].values():
                if _kind(pairs) in self.alike:
                    self.alike[_kind(pairs)].append(pairs)

    def _order(self) -> list[NamedNode]:
        """Post-order over what runtimes point to, from stacks first, so that a small graph holds whole dependency cones."""
        found: dict[NamedNode, None] = {}
        open_: set[NamedNode] = set()

        def visit(runtime: Term) -> None:
            if not isinstance(runtime, NamedNode) or kind_of(runtime) != "runtime" or runtime in found or runtime in open_:
                return
            open_.add(runtime)
            for other in sorted({o for said in self.files[runtime].values() for p, o in said if p in _OTHER}, key=str):
                visit(other)
            found[runtime] = None

        stacks = (name for name in self.files if kind_of(name) == "stack")
        for stack in stacks:
            for _, part in (pair for pair in self.files[stack][stack] if pair[0] == _COMPONENT):
                visit(part)
        for name in self.files:
            visit(name)
        return list(found)


class Landscape:
    """One copy of the shipped data.

    Args:
        number: from 1 on; part of every name.
        wanted: triples at which the copy may end, counted over runtimes.
    """

    def __init__(self, model: Model, number: int, seed: int, wanted: int) -> None:
        self.model, self.number = model, number
        self._draw = random.Random(f"{seed}/{number}")
        self._salt = f"{seed}/{number}/".encode()
        self._memo: dict[tuple[NamedNode, Term], Term] = {}
        self.runtimes: dict[NamedNode, Described] = {}
        self._present: set[Term] = set()
        self.size = 0
        for runtime in model.order:
            if self.size >= wanted:
                break
            said = self._varied(runtime)
            self.runtimes[runtime] = said
            self._present.add(runtime)
            self.size += sum(map(len, said.values()))

    def things(self) -> Iterator[Thing]:
        """All its files: runtimes, then stacks whose parts are here, and what these need."""
        stacks = {n: s for n, s in self._shipped("stack").items() if all(o in self._present or kind_of(o) == "component" for o in _parts(n, s))}
        whole = {**self.runtimes, **stacks}
        named = {o for said in whole.values() for pairs in said.values() for _, o in pairs if isinstance(o, NamedNode)}
        present = self._present | {o for o in named if kind_of(o) == "component"}
        sources = {name: _authority(said, present) for name, said in self._shipped("source").items() if name in named}
        named |= {o for said in sources.values() for pairs in said.values() for _, o in pairs if isinstance(o, NamedNode)}
        components = {name: said for name, said in self._shipped("component").items() if name in named}
        agents = {name: said for name, said in self._shipped("agent").items() if name in named and name != KEPT}
        for name, said in {**agents, **components, **sources, **whole}.items():
            yield Thing(kind_of(name), self._name(name).value.rpartition("/")[2], tuple(self._renamed(said)))

    def _shipped(self, kind: str) -> dict[NamedNode, Described]:
        return {name: said for name, said in self.model.files.items() if kind_of(name) == kind}

    def _varied(self, runtime: NamedNode) -> Described:
        """What a runtime's file says here: no claim that points to something later, and some with another's words."""
        said = self.model.files[runtime]
        kept = {name: pairs for name, pairs in said.items() if self._points_back(runtime, pairs)}
        unused = {o for name in said.keys() - kept.keys() for p, o in said[name] if p == _EVIDENCE}
        taken = {_key(pairs) for pairs in kept.values()}
        found: Described = {}
        for name, pairs in kept.items():
            if name in unused:
                continue
            lenders = self.model.alike.get(_kind(pairs))
            if lenders and self._draw.random() < TAKEN_OVER:
                lent = self._draw.choice(lenders)
                if _key(lent) not in taken and self._points_back(runtime, lent):
                    taken.add(_key(lent))
                    pairs = [pair for pair in pairs if pair[0] not in _COORDINATES] + [pair for pair in lent if pair[0] in _COORDINATES]
            if lenders and self._draw.random() < ENDED:
                pairs = [*pairs, (iri("ar:untilVersion"), Literal("9999.0"))]
            found[name] = pairs
        return found

    def _points_back(self, runtime: NamedNode, pairs: Said) -> bool:
        return all(p not in _OTHER or kind_of(o) == "component" or (o in self._present and o != runtime) for p, o in pairs)

    def _renamed(self, said: Described) -> Iterator[Triple]:
        for subject, pairs in said.items():
            own = self._name(subject)
            for pair in pairs:
                value = self._memo.get(pair)
                if value is None:
                    value = self._memo[pair] = self._value(*pair)
                yield Triple(own, pair[0], value)

    def _name(self, node: NamedNode) -> NamedNode:
        if kind_of(node) not in MADE or node == KEPT:
            return node
        thing, hash_, part = node.value.partition("#")
        return NamedNode(f"{thing}-{self.number}{hash_}{part}")

    def _value(self, predicate: NamedNode, value: Term) -> Term:
        """The value that stands here for a shipped one."""
        if isinstance(value, NamedNode):
            return NamedNode(f"{value.value}-{self.number}") if predicate in _ADDRESSES else self._name(value)
        if not isinstance(value, Literal) or (new := self._text(predicate, value.value)) is None:
            return value
        return Literal(new, language=value.language) if value.language else Literal(new, datatype=value.datatype)

    def _text(self, predicate: NamedNode, text: str) -> str | None:
        if predicate in _DIGESTS:
            return self._digest(text)
        if predicate in (_LABEL, _ALT, iri("ar:heading")):
            return f"{text} {self.number}"
        if predicate == iri("ar:path"):
            return f"l{self.number}/{text}"
        if predicate == iri("ar:purl"):
            return text.replace("@", f"-{self.number}@", 1)
        if predicate == iri("ar:anchorTerm") and len(text) < 34 and len(text) % 2:
            return f"{text}{self.number}"
        if predicate == iri("ar:statement") and len(text) < 270:
            return f"{text[:-1]}, as landscape {self.number} has it."
        if predicate == iri("ar:swhid") and (found := _SWHID.match(text)):
            cnt, content, origin, address, anchor, commit, path, rest = found.groups()
            return f"{cnt}{self._digest(content)}{origin}{address}-{self.number}{anchor}{self._digest(commit)}{path}l{self.number}/{rest}"
        return None

    def _digest(self, text: str) -> str:
        """Another digest of the same length."""
        return hashlib.blake2b(self._salt + text.encode(), digest_size=len(text) // 2).hexdigest()


def things(triples: int, seed: int = SEED, defects: int = 0) -> Iterator[Thing]:
    """Made files that state about *triples* triples, one landscape in memory at a time.

    Args:
        defects: how many claims of the first landscape break a shape.
    """
    model = Model()
    total, number = 0, 0
    while total < triples:
        number += 1
        landscape = Landscape(model, number, seed, triples - total)
        for thing in _spoilt(landscape, seed, defects) if number == 1 else landscape.things():
            total += len(thing.triples)
            yield thing


def stated_for(triples: int) -> int:
    """How many triples the made files must state so that the graph, with its vocabulary and conclusions, has about *triples*."""
    vocabulary = sum(len(corpus.triples_of(path)) for path in corpus.vocabulary_files())
    return max(1, int(triples / (1 + DERIVED)) - vocabulary)


def checkout(folder: Path, triples: int, seed: int = SEED, defects: int = 0) -> None:
    """Write program, meaning and questions as they are, and a made graph of about *triples* triples, into an empty *folder*."""
    base = Path(paths.root())
    for name in ("aruntime", "ontology", "queries", "data/lead"):
        shutil.copytree(base / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_graph"))
    for kind in MADE:
        (folder / "data" / kind).mkdir(parents=True, exist_ok=True)
    curator = f"data/{KEPT.value.removeprefix(ID)}.ttl"
    shutil.copy(base / curator, folder / curator)
    for thing in things(stated_for(triples), seed, defects):
        (folder / "data" / thing.kind / f"{thing.slug}.ttl").write_text(turtle.write(thing.triples), "utf-8")


def kind_of(term: Term) -> str:
    """The class of data that a name belongs to, or nothing: ``runtime`` for a runtime and every part of its file."""
    if not isinstance(term, NamedNode) or not term.value.startswith(ID):
        return ""
    return term.value[len(ID) :].partition("/")[0]


def _kind(pairs: Said) -> Term:
    return next(o for p, o in pairs if p == _TYPE)


def _key(pairs: Said) -> frozenset[tuple[NamedNode, Term]]:
    return frozenset(pair for pair in pairs if pair[0] in _KEY)


def _parts(stack: NamedNode, said: Described) -> list[Term]:
    return [o for p, o in said[stack] if p == _COMPONENT]


def _authority(said: Described, present: set[Term]) -> Described:
    """A source without authority over what is not here."""
    return {name: [(p, o) for p, o in pairs if p != _AUTHORITY or o in present] for name, pairs in said.items()}


def _without(predicate: str) -> Callable[[Said], Said]:
    node = iri(predicate)
    return lambda pairs: [pair for pair in pairs if pair[0] != node]


def _with(predicate: str, value: Term) -> Callable[[Said], Said]:
    return lambda pairs: [*pairs, (iri(predicate), value)]


_DEFECTS: Final = (
    _without("ar:statement"),
    _without("ar:evidence"),
    _without("ar:reviewOutcome"),
    _with("ar:availability", iri("availability:roadmap")),
    _with("ar:mode", Literal("a mode that takes far more than the sixty characters that a mode may take")),
    _with("ar:subject", iri("agent:nobody")),
)


def _spoilt(landscape: Landscape, seed: int, defects: int) -> Iterator[Thing]:
    draw = random.Random(f"{seed}/defects")
    claims = [(said, name) for said in landscape.runtimes.values() for name, pairs in said.items() if any(p == _SUBJECT for p, _ in pairs)]
    for count, (said, name) in enumerate(draw.sample(claims, min(defects, len(claims)))):
        said[name] = _DEFECTS[count % len(_DEFECTS)](said[name])
    return landscape.things()


def main() -> None:
    """Write a checkout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="an empty folder, or one that is not there yet")
    parser.add_argument("--triples", type=int, default=100_000, help="size of the graph with its conclusions")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--defects", type=int, default=0, help="claims that break a shape")
    options = parser.parse_args()
    checkout(options.folder, options.triples, options.seed, options.defects)


if __name__ == "__main__":
    main()
