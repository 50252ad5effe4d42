"""A stack as a small graph: its components' claims, the vocabulary that decides, and what is
chosen.

The graph is judged by the queries of ``queries/stack``: numbered ones add facts in their order, the
others select rows. Nothing here knows a verdict by name; their order, symbols and words are data
(``ontology/vocab/verdict.ttl``).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from aruntime import paths, questions
from aruntime.engines.engine import Engine
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Term, text
from aruntime.namespaces import iri, slug
from aruntime.questions import lookup
from aruntime.versions import compare, rank, within

STACK: Final = iri("stack:ad-hoc")
"""The stack that is judged."""
_FROM, _UNTIL, _VERSION, _VERIFIED = (
    iri(f"ar:{name}") for name in ("fromVersion", "untilVersion", "version", "verifiedIn")
)


class Member(NamedTuple):
    """A component of a stack.

    Attributes:
        name: its slug.
        iri: its IRI.
        version: the version in use: the one given, else the newest that its claims were read in.
        given: whether the version was given.
        read: versions that its claims were read in.
        configurations: those in use, once the stack is judged: options of choices first, then
            features that no other feature in use refines.
    """

    name: str
    iri: str
    version: str | None
    given: bool
    read: tuple[str, ...]
    configurations: tuple[str, ...] = ()


class Component(NamedTuple):
    """What is said of a component, whatever the stack.

    Attributes:
        name: its slug.
        iri: its IRI.
        facts: what queries/lookup/component.rq selects of it.
    """

    name: str
    iri: str
    facts: Sequence[Quad]


class Stack:
    """The small graph of some components, ready to be asked.

    Args:
        vocabulary: what the vocabulary says that decides verdicts; see :func:`vocabulary`.
        components: what is said of each component.
        versions: for some of them, by name, the version in use.

    Attributes:
        members: the components, in the order given.
        store: the small graph.
    """

    def __init__(
        self,
        vocabulary: Iterable[Quad],
        components: Iterable[Component],
        versions: Mapping[str, str],
    ) -> None:
        self.store = Store()
        self.engine = Oxigraph(self.store)
        self.store.extend(vocabulary)
        self.members: tuple[Member, ...] = tuple(
            self._join(component, versions.get(component.name)) for component in components
        )

    @classmethod
    def of(cls, graph: Graph, names: Iterable[str], versions: Mapping[str, str]) -> Stack:
        """The stack of components that *graph* knows by these names.

        Raises:
            UsageError: a name is unknown.
        """
        return cls(vocabulary(graph), (component(graph, name) for name in names), versions)

    def _join(self, component: Component, version: str | None) -> Member:
        """Add one component: what is said of it, as far as it can hold in the version in use."""
        found = component.facts
        bounds: dict[Term, dict[str, str]] = {}
        for t in found:
            if t.predicate in (_FROM, _UNTIL):
                bounds.setdefault(t.subject, {})[t.predicate.value] = text(t.object) or ""
        ended = {
            node
            for node, limit in bounds.items()
            if (version is None and _UNTIL.value in limit)
            or (
                version is not None
                and not within(version, limit.get(_FROM.value), limit.get(_UNTIL.value))
            )
        }
        self.store.extend(t for t in found if t.subject not in ended)
        self.store.add(Quad(STACK, iri("ar:component"), NamedNode(component.iri)))
        releases = {t.subject: text(t.object) or "" for t in found if t.predicate == _VERSION}
        if version is not None:
            self._mark_unverified(
                found, bounds, {node for node, v in releases.items() if compare(v, version) == 0}
            )
        read = tuple(sorted(set(releases.values()), key=rank))
        in_use = version or _newest(found, releases)
        return Member(component.name, component.iri, in_use, version is not None, read)

    def _mark_unverified(
        self, found: Sequence[Quad], bounds: Mapping[Term, Mapping[str, str]], releases: set[Term]
    ) -> None:
        """Mark claims that were read in another release and state no bounds that include the
        version in use."""
        verified = {
            t.subject for t in found if t.predicate == _VERIFIED and t.object in releases
        } | set(bounds)
        for node in {t.subject for t in found if t.predicate == iri("ar:statement")} - verified:
            self.store.add(Quad(node, iri("rdf:type"), iri("ar:UnverifiedClaim")))

    def choose(self, component: str, name: str, *, presumed: bool = False) -> None:
        """Put a configuration of a component into use.

        Args:
            component: the component's slug.
            name: the configuration's slug or label, in any letter case.
            presumed: give way where one that excludes it is in use already.

        Raises:
            UsageError: the stack has no such component, the component no such configuration, or
                one that excludes it is in use already.
        """
        member = next((m for m in self.members if m.name == component), None)
        if member is None:
            raise UsageError(
                f"a configuration of {component} is chosen, which is not among the components"
            )
        found = self._called(member, name)
        options = options_of(self.engine, NamedNode(member.iri))
        in_use = self.store.quads_for_pattern(STACK, iri("ar:inUse"), None, None)
        rivals = [q.object for q in in_use if exclude(options, _slug(q.object), _slug(found))]
        # what a claim forbids can be asked for: its verdict warns
        rivals = [node for node in rivals if not any(map(self._is_forbidden, (node, found)))]
        if not rivals:
            self.store.add(Quad(STACK, iri("ar:inUse"), found))
        elif not presumed:
            both = f"{_slug(rivals[0])} and {_slug(found)}".replace("#", "=")
            raise UsageError(f"{both} exclude each other; choose one")

    def _called(self, member: Member, name: str) -> NamedNode:
        """The configuration of a component of that slug or label."""
        known = {
            _slug(q.subject).partition("#")[2]: q.subject
            for q in self.store.quads_for_pattern(
                None, iri("ar:ofComponent"), NamedNode(member.iri), None
            )
            if Quad(q.subject, iri("rdf:type"), iri("ar:Configuration")) in self.store
        }
        labels = {key: self._label(node) for key, node in known.items()}
        wanted = name.casefold()
        fits = [key for key in known if wanted in (key.casefold(), labels[key].casefold())]
        fits = fits or [key for key in known if wanted.replace("-", " ") in labels[key].casefold()]
        if len(fits) != 1:
            names = ", ".join(sorted(known)) or "none"
            raise UsageError(f"{member.name} has no configuration {name!r}; it has {names}")
        found = known[fits[0]]
        assert isinstance(found, NamedNode)
        return found

    def _is_forbidden(self, configuration: Term) -> bool:
        quads = self.store.quads_for_pattern(None, iri("ar:forbids"), configuration, None)
        return next(quads, None) is not None

    def state_purpose(self, purpose: str) -> None:
        """Say what the stack is for, instead of leaving it to follow from its components."""
        self.store.add(Quad(STACK, iri("ar:purpose"), iri(f"purpose:{purpose}")))

    def judge(self) -> None:
        """Add what the numbered queries conclude, in their order."""
        for step in steps():
            self.store.extend(quads(self.engine.construct(query(step), {})))

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of one query of ``queries/stack``, without what is unbound."""
        return self.engine.select(query(name), {}).known()

    def facts(self) -> dict[str, dict[str, list[str]]]:
        """Values of everything in the small graph, by IRI of the node and local name of the
        property: ``facts()["…/id/runtime/vllm"]["primaryFamily"]``."""
        found: dict[str, dict[str, list[str]]] = {}
        for q in self.store:
            node, name = found.setdefault(text(q.subject) or "", {}), q.predicate.value
            node.setdefault(name.rpartition("#")[2] or name, []).append(text(q.object) or "")
        return found

    def _label(self, node: Term) -> str:
        labels = self.store.quads_for_pattern(node, iri("rdfs:label"), None, None)  # type: ignore[arg-type]
        return next((q.object.value for q in labels if isinstance(q.object, Literal)), "")


def _newest(found: Sequence[Quad], releases: Mapping[Any, str]) -> str | None:
    """The version that most claims were read in; of several the newest."""
    counts: dict[str, int] = {}
    for t in found:
        if t.predicate == _VERIFIED and t.object in releases:
            counts[releases[t.object]] = counts.get(releases[t.object], 0) + 1
    return max(
        sorted(counts, key=rank, reverse=True),
        key=lambda version: counts[version],
        default=next(iter(releases.values()), None),
    )


def vocabulary(graph: Graph) -> tuple[Quad, ...]:
    """What the vocabulary says that decides verdicts."""
    return tuple(quads(graph.engine.construct(lookup("stack-vocabulary"), {})))


def _slug(node: Term) -> str:
    return slug(text(node) or "")


Options = Mapping[str, Mapping[str, Collection[str]]]
"""Options that each configuration of a component is or refines, by their choice; names are
``component#configuration``."""


def options_of(engine: Engine, component: NamedNode) -> Options:
    """What excludes what among the configurations of a component; see :func:`exclude`."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in engine.select(lookup("options-of"), {"component": component}).known():
        choices = found.setdefault(slug(row["configuration"]), {})
        choices.setdefault(slug(row["choice"]), []).append(slug(row["option"]))
    return found


def exclude(options: Options, one: str, other: str) -> bool:
    """Whether two configurations cannot be in use together: they are, or refine, different options
    of one choice."""
    ours, theirs = options.get(one, {}), options.get(other, {})
    return any(set(ours[choice]).isdisjoint(theirs[choice]) for choice in ours.keys() & theirs)


def component(graph: Graph, name: str) -> Component:
    """What *graph* says of a component that decides verdicts.

    Raises:
        UsageError: the graph knows no such component.
    """
    found = graph.identify_component(name)
    facts = graph.engine.construct(lookup("component"), {"component": NamedNode(found)})
    return Component(name, found, tuple(quads(facts)))


def quads(triples: Iterable[Triple]) -> Iterable[Quad]:
    """Triples as a store takes them."""
    return (Quad(t.subject, t.predicate, t.object) for t in triples)


def steps() -> list[str]:
    """Names of the queries that add facts to a stack, in order; see ``queries/stack/README.md``."""
    files = os.listdir(os.path.join(paths.root(), "queries", "stack"))
    numbered = (name.removesuffix(".rq") for name in files if name[0].isdigit())
    return sorted(numbered, key=lambda name: (int(name.partition("-")[0]), name))


def query(name: str) -> str:
    """The text of a query that judges a stack."""
    return questions.read(f"stack/{name}")
