"""Closure, validation and loading: the same input for us and for the libraries that do the same.

Each reading begins anew, with nothing that an earlier one worked out. Peers' own formats are filled
before the clock starts; our index of what the shapes look at is made while it runs.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from unittest import mock

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store, Triple, parse, serialize

from aruntime import build, corpus
from aruntime.closure import Closure
from aruntime.namespaces import NS, PREFIXES, curie
from aruntime.store import Fact, match
from aruntime.validation import shapes, validate
from aruntime.validation.pyshacl_engine import to_rdflib

Json = dict[str, Any]
Job = Callable[[Json], Callable[[], int]]


class Conclusions:
    """Work that draws conclusions; afterwards they are told by kind.

    Args:
        given: the facts it starts from.
        work: what is timed.
        facts: turns what *work* returned into facts, the given ones among them or not.
    """

    def __init__(
        self, given: set[Fact], work: Callable[[], Any], facts: Callable[[Any], Any]
    ) -> None:
        self._given, self._work, self._facts = given, work, facts

    def __call__(self) -> int:
        self._found = self._work()
        return 0

    def kinds(self) -> dict[str, int]:
        """How many conclusions there are of each kind."""
        new = set(self._facts(self._found)) - self._given
        return dict(Counter(map(kind, new)).most_common())


def kind(fact: Fact) -> str:
    """What a conclusion is about, for people: its property, and of types the vocabulary too."""
    subject, predicate, value = fact
    if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
        return "about a class or list without a name"
    if not isinstance(value, NamedNode) and predicate.value.endswith("#type"):
        return "a type that is a text"
    if subject == value:
        return f"x {curie(predicate.value)} x"
    if predicate.value != PREFIXES["rdf"] + "type":
        return curie(predicate.value)
    prefix = curie(value.value).partition(":")[0]  # type: ignore[union-attr]
    return f"x a {prefix}:…"


def given() -> tuple[list[Triple], list[Fact]]:
    """Schema and facts of a corpus, as a build hands them to the closure."""
    found: list[Any] = []

    def record(schema: Iterable[Triple], facts: Iterable[Fact]) -> Closure:
        found.extend((list(schema), list(facts)))
        return Closure(*found)

    with mock.patch.object(build, "Closure", record):
        build.in_memory(corpus.load())
    return found[0], found[1]


def saved(path: str) -> tuple[list[Fact], int]:
    """What ``given`` gave when ``save`` wrote it: the facts of a file, the schema's first."""
    facts = [
        (q.subject, q.predicate, q.object) for q in parse(path=path, format=RdfFormat.N_TRIPLES)
    ]
    return facts, int(Path(path + ".schema").read_text())


def save(path: str, most: str = "") -> Job:
    """Write the closure's input as N-Triples, the schema first; the same file serves every peer.

    Args:
        most: how many facts to keep beside the axioms about our terms, evenly spread; all if empty.
    """
    schema, facts = given()
    axioms = dict.fromkeys((t.subject, t.predicate, t.object) for t in schema)
    plain = [f for f in dict.fromkeys(facts) if f not in axioms and not isinstance(f[2], Triple)]
    if most:
        firm = {f for f in axioms if isinstance(f[0], BlankNode) or f[0].value.startswith(NS)}  # type: ignore[union-attr]
        step = max(1, (len(axioms) - len(firm) + len(plain)) // int(most))
        axioms = dict.fromkeys([*firm, *[f for f in axioms if f not in firm][::step]])
        plain = plain[::step]
    lines = serialize([Triple(*fact) for fact in (*axioms, *plain)], format=RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    Path(path).write_bytes(lines or b"")
    Path(path + ".schema").write_text(str(len(axioms)))
    return lambda request: lambda: len(axioms) + len(plain)


def closure(path: str) -> Job:
    """Our closure."""
    facts, axioms = saved(path)
    schema = [Triple(*fact) for fact in facts[:axioms]]  # type: ignore[arg-type]

    def work() -> list[Fact]:
        return Closure(schema, facts[axioms:]).derived

    return lambda request: Conclusions(set(facts), work, list)


def owlrl(path: str) -> Job:
    """owlrl's closure, without the axioms that hold of every graph."""
    import owlrl as library
    import rdflib

    from aruntime.validation.pyshacl_engine import to_oxigraph

    facts, _ = saved(path)

    def facts_of(graph: Any) -> Iterator[Any]:
        return (tuple(map(to_oxigraph, t)) for t in graph if not isinstance(t[0], rdflib.Literal))

    def prepared(request: Json) -> Conclusions:
        graph = rdflib.Graph()
        for s, p, o in facts:
            graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
        rules = library.OWLRL_Semantics
        engine = library.DeductiveClosure(rules, axiomatic_triples=False, datatype_axioms=False)

        def work() -> rdflib.Graph:
            engine.expand(graph)
            return graph

        return Conclusions(set(facts), work, facts_of)

    return prepared


def reasonable(path: str) -> Job:
    """reasonable's closure."""
    import rdflib
    import reasonable as library  # type: ignore[import-untyped]

    from aruntime.validation.pyshacl_engine import to_oxigraph

    facts, _ = saved(path)

    def facts_of(found: Any) -> Iterator[Any]:
        named = (t for t in found if not isinstance(t[0], rdflib.Literal))
        return (tuple(map(to_oxigraph, t)) for t in named)

    def prepared(request: Json) -> Conclusions:
        reasoner = library.PyReasoner()
        with tempfile.NamedTemporaryFile(suffix=".n3") as file:
            file.write(Path(path).read_bytes())
            file.flush()
            reasoner.load_file(file.name)
        return Conclusions(set(facts), reasoner.reason, facts_of)

    return prepared


def described(every: str) -> list[Triple]:
    """What the shapes look at: what files state and what they leave unsaid, nothing inferred.

    Args:
        every: 1 for all subjects, *n* for each *n*-th.
    """
    stated = corpus.load()
    nodes = list(dict.fromkeys(t.subject for t in stated.triples()))[:: int(every)]
    return list(validate.described(nodes, build.open_or_build()))


def own_shapes(every: str) -> Job:
    """All shapes on the graph by this program."""
    triples, known = described(every), shapes.load()
    return lambda request: lambda: len(list(shapes.findings(shapes.Data(triples), known)))


def pyshacl(every: str) -> Job:
    """The same by pySHACL, as ``aruntime validate --engine reference`` runs it."""
    from aruntime.validation import pyshacl_engine as reference

    triples = described(every)
    stated = [t for path in shapes.shape_files() for t in corpus.triples_of(path)]

    def prepared(request: Json) -> Callable[[], int]:
        data, rules = reference.graph_of(triples), reference.graph_of(stated)
        return lambda: len(reference.report(data, rules))

    return prepared


def pyrudof(every: str) -> Job:
    """The same by pyrudof."""
    import pyrudof as library

    text = (serialize(described(every), format=RdfFormat.N_TRIPLES) or b"").decode()
    rules = "\n".join(path.read_text("utf-8") for path in shapes.shape_files())

    def prepared(request: Json) -> Callable[[], int]:
        session = library.Rudof(library.RudofConfig())
        session.read_data(text, library.RDFFormat.NTriples)
        session.read_shacl(rules)
        return lambda: len(session.validate_shacl())

    return prepared


def dump(path: str) -> Job:
    """Write the whole compiled graph as N-Triples that every peer reads: without triple terms."""
    facts = (f for f in match(build.open_or_build()) if not isinstance(f[2], Triple))
    with Path(path).open("wb") as file:
        serialize((Triple(*fact) for fact in facts), file, format=RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    return lambda request: lambda: 0


def _files() -> list[Path]:
    return [*corpus.vocabulary_files(), *corpus.data_files()]


def load_aruntime() -> Job:
    """Our load: every Turtle file to a store in memory, with everything that follows."""
    return lambda request: lambda: len(build.in_memory(corpus.load()))


def load_parsed() -> Job:
    """The part of it that peers do too: every Turtle file to a store in memory."""

    def load() -> int:
        store = Store()
        store.bulk_extend(build._quads(corpus.load()))
        return len(store)

    return lambda request: load


def load_oxigraph() -> Job:
    """Oxigraph's load of the same files."""

    def load() -> int:
        store = Store()
        for path in _files():
            store.bulk_load(path=str(path), format=RdfFormat.TURTLE)
        return len(store)

    return lambda request: load


def load_rdflib() -> Job:
    """rdflib's load of the same files."""
    import rdflib

    def load() -> int:
        graph = rdflib.Graph()
        for path in _files():
            graph.parse(path, format="turtle")
        return len(graph)

    return lambda request: load


JOBS: Final[dict[str, Callable[..., Job]]] = {
    "dump": dump,
    "save": save,
    "closure": closure,
    "owlrl": owlrl,
    "reasonable": reasonable,
    "shapes": own_shapes,
    "pyshacl": pyshacl,
    "pyrudof": pyrudof,
    "load": load_aruntime,
    "load-parsed": load_parsed,
    "load-oxigraph": load_oxigraph,
    "load-rdflib": load_rdflib,
}
