"""The closure: what follows from stated facts by the rules of OWL 2 RL that our ontology can fire
(https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules).

It is over vocabulary, types, direct statements (:mod:`aruntime.infer`) and what is stated with a
property that has a wider one, so that PROV's terms are there. Each triple is derived once;
:mod:`aruntime.why` finds its premises.

Rules named in Tables 5–9 of the profile: prp-dom, prp-rng, prp-symp, prp-trp, prp-spo1, prp-spo2,
prp-inv1/2, cls-hv1/2, cax-sco, cax-eqc1/2, scm-sco, scm-spo. Not applied, since nothing in the
ontology can fire them: those for owl:sameAs, functional properties, keys, intersections, unions,
cardinalities, and the axiomatic triples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, Protocol

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.namespaces import TYPE, iri
from aruntime.store import Fact, match

_FIRST, _REST = iri("rdf:first"), iri("rdf:rest")
_SUBCLASS, _SUBPROPERTY = iri("rdfs:subClassOf"), iri("rdfs:subPropertyOf")
_DOMAIN, _RANGE = iri("rdfs:domain"), iri("rdfs:range")
_INVERSE, _CHAIN = iri("owl:inverseOf"), iri("owl:propertyChainAxiom")
_SYMMETRIC, _TRANSITIVE = iri("owl:SymmetricProperty"), iri("owl:TransitiveProperty")
_EQUIVALENT, _ON, _VALUE = map(iri, ("owl:equivalentClass", "owl:onProperty", "owl:hasValue"))
AXIOMS: Final = (
    _SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE, _INVERSE, _CHAIN, _EQUIVALENT, _ON, _VALUE, _FIRST, _REST,
)  # fmt: skip
"""Properties that state the axioms which rules apply; beside them, types of properties do."""
CHARACTERISTICS: Final = (_SYMMETRIC, _TRANSITIVE)
"""Types of properties that are axioms."""


class Facts(Protocol):
    """Facts that hold, as rules look them up."""

    def objects(self, subject: Term, predicate: Term) -> Iterable[Term]:
        """What stands in *predicate* to *subject*."""

    def subjects(self, value: Term, predicate: Term) -> Iterable[Term]:
        """What *value* is the object of."""


Conclusion = tuple[Fact, str, tuple[Fact, ...]]
"""A fact, the rule that gives it, and its premises."""
Rule = Callable[[Facts, Fact], Iterator[Conclusion]]
"""What follows from one fact, together with the facts that hold beside it."""


class Closure:
    """The closure of a schema over facts.

    Args:
        schema: triples of the ontology and its vocabularies.
        facts: types and direct statements.

    Attributes:
        derived: conclusions that were not given, in order of derivation.
    """

    def __init__(self, schema: Iterable[Triple], facts: Iterable[Fact]) -> None:
        stated: list[Fact] = [(t.subject, t.predicate, t.object) for t in schema]
        self.schema = Schema(stated)
        self.derived: list[Fact] = []
        self._known: set[Fact] = set()
        self._objects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._agenda: list[Fact] = []
        for fact in chain(stated, facts):
            if fact not in self._known:
                self._accept(fact)
        while self._agenda:
            for conclusion, _, _ in self.schema.conclusions(self, self._agenda.pop()):
                if conclusion not in self._known:
                    self.derived.append(conclusion)
                    self._accept(conclusion)

    def objects(self, subject: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`Facts`."""
        return tuple(self._objects.get((subject, predicate), ()))

    def subjects(self, value: Term, predicate: Term) -> Iterable[Term]:
        """See :class:`Facts`."""
        return tuple(self._subjects.get((value, predicate), ()))

    def _accept(self, fact: Fact) -> None:
        subject, predicate, value = fact
        self._known.add(fact)
        if predicate in self.schema.rules:
            self._agenda.append(fact)
        if predicate in self.schema.joined:
            self._objects[subject, predicate].append(value)
            self._subjects[value, predicate].append(subject)


class Schema:
    """The ontology's axioms, arranged by the predicate of the fact that fires them.

    Attributes:
        rules: rules by the predicate of the fact that fires them.
        joined: predicates by which rules look up further facts.
    """

    def __init__(self, stated: Iterable[Fact]) -> None:
        self.rules: dict[NamedNode, list[Rule]] = defaultdict(list)
        self.joined: set[Term] = set()
        by: dict[Term, list[Fact]] = defaultdict(list)
        for fact in stated:
            by[fact[1]].append(fact)
        first, rest, properties, values = (
            {s: o for s, _, o in by[p]} for p in (_FIRST, _REST, _ON, _VALUE)
        )

        for axiom in by[_SUBPROPERTY]:
            self._on(axiom[0], _rewrite("prp-spo1", axiom))
        for axiom in by[_INVERSE]:
            self._on(axiom[0], _reverse("prp-inv1", axiom, axiom[2]))
            self._on(axiom[2], _reverse("prp-inv2", axiom, axiom[0]))
        for axiom in by[_DOMAIN]:
            self._on(axiom[0], _typing("prp-dom", axiom, subject=True))
        for axiom in by[_RANGE]:
            self._on(axiom[0], _typing("prp-rng", axiom, subject=False))
        for axiom in by[TYPE]:
            if axiom[2] == _SYMMETRIC:
                self._on(axiom[0], _reverse("prp-symp", axiom, axiom[0]))
            elif axiom[2] == _TRANSITIVE:
                self._join(axiom[0], _transitive("prp-trp", _property(axiom[0]), axiom))
        for axiom in by[_CHAIN]:
            one, two = first[axiom[2]], first[rest[axiom[2]]]
            self._join(one, _chain_first(axiom, two))
            self._join(two, _chain_second(axiom, one))
        for name, predicate in (("scm-sco", _SUBCLASS), ("scm-spo", _SUBPROPERTY)):
            self._join(predicate, _transitive(name, predicate))
        supers: dict[Term, list[tuple[str, Fact, Term]]] = defaultdict(list)
        for axiom in by[_SUBCLASS]:
            supers[axiom[0]].append(("cax-sco", axiom, axiom[2]))
        for axiom in by[_EQUIVALENT]:
            supers[axiom[0]].append(("cax-eqc1", axiom, axiom[2]))
            supers[axiom[2]].append(("cax-eqc2", axiom, axiom[0]))
        self._on(TYPE, _superclass(supers))
        for node, value in values.items():
            self._on(properties[node], _has_value_class((node, _VALUE, value)))
            self._on(TYPE, _has_value_fact((node, _VALUE, value), _property(properties[node])))

    def conclusions(self, facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        """What follows in one step from *fact* and the facts beside it; nothing is said of a
        literal."""
        for rule in self.rules.get(fact[1], ()):
            for conclusion in rule(facts, fact):
                if not isinstance(conclusion[0][0], Literal):
                    yield conclusion

    def _on(self, predicate: Term, rule: Rule) -> None:
        self.rules[_property(predicate)].append(rule)

    def _join(self, predicate: Term, rule: Rule) -> None:
        self._on(predicate, rule)
        self.joined.add(predicate)


def narrower(store: Store, schema: Iterable[Triple | Quad]) -> Iterator[Fact]:
    """What *store* holds of every property of *schema* that has a wider one."""
    for predicate in dict.fromkeys(t.subject for t in schema if t.predicate == _SUBPROPERTY):
        yield from match(store, predicate=predicate)


def carried(
    closure: Closure, statements: Iterable[tuple[Fact, NamedNode]]
) -> dict[tuple[Fact, NamedNode], None]:
    """Direct statements with their claims, and what wider and inverse properties say because of
    them, with the same claims; not the types of their ends."""
    found = dict.fromkeys(statements)
    agenda = list(found)
    while agenda:
        fact, claim = agenda.pop()
        for conclusion, _, _ in closure.schema.conclusions(closure, fact):
            pair = conclusion, claim
            if conclusion[1] != TYPE and pair not in found:
                found[pair] = None
                agenda.append(pair)
    return found


def _property(term: Term) -> NamedNode:
    if not isinstance(term, NamedNode):
        raise DataError(f"{term} stands where a property belongs; name it")
    return term


def _rewrite(name: str, axiom: Fact) -> Rule:
    target = _property(axiom[2])

    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield (fact[0], target, fact[2]), name, (fact, axiom)

    return apply


def _reverse(name: str, axiom: Fact, target: Term) -> Rule:
    predicate = _property(target)

    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield (fact[2], predicate, fact[0]), name, (fact, axiom)

    return apply


def _typing(name: str, axiom: Fact, *, subject: bool) -> Rule:
    position = 0 if subject else 2

    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield (fact[position], TYPE, axiom[2]), name, (fact, axiom)

    return apply


def _transitive(name: str, predicate: NamedNode, *axiom: Fact) -> Rule:
    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        subject, _, value = fact
        for further in facts.objects(value, predicate):
            yield (subject, predicate, further), name, (fact, (value, predicate, further), *axiom)
        for earlier in facts.subjects(subject, predicate):
            yield (earlier, predicate, value), name, ((earlier, predicate, subject), fact, *axiom)

    return apply


def _chain_first(axiom: Fact, second: Term) -> Rule:
    target, two = _property(axiom[0]), _property(second)

    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for end in facts.objects(fact[2], two):
            yield (fact[0], target, end), "prp-spo2", (fact, (fact[2], two, end), axiom)

    return apply


def _chain_second(axiom: Fact, first: Term) -> Rule:
    target, one = _property(axiom[0]), _property(first)

    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for start in facts.subjects(fact[0], one):
            yield (start, target, fact[2]), "prp-spo2", ((start, one, fact[0]), fact, axiom)

    return apply


def _superclass(supers: dict[Term, list[tuple[str, Fact, Term]]]) -> Rule:
    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for name, axiom, target in supers.get(fact[2], ()):
            yield (fact[0], TYPE, target), name, (fact, axiom)

    return apply


def _has_value_class(axiom: Fact) -> Rule:
    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact[2] == axiom[2]:
            yield (fact[0], TYPE, axiom[0]), "cls-hv2", (fact, axiom)

    return apply


def _has_value_fact(axiom: Fact, predicate: NamedNode) -> Rule:
    def apply(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact[2] == axiom[0]:
            yield (fact[0], predicate, axiom[2]), "cls-hv1", (fact, axiom)

    return apply
