"""From stated triples to what follows: direct statements by rules, then the OWL 2 RL closure.

1. Each file of ``ontology/rules`` is a question *claim, subject, predicate, object*: which direct statement does
   which claim make? Running it gives both the triple and its reason.
2. The closure applies the OWL 2 RL rules (https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules)
   that our ontology can fire, over vocabulary, types and direct statements. Evidence takes no part. Each triple is
   derived once, from premises that are kept on request; work grows with the number of triples derived.

Rules named in Tables 5–9 of the profile: prp-dom, prp-rng, prp-symp, prp-trp, prp-spo1, prp-spo2, prp-inv1/2, cls-hv1/2,
cax-sco, cax-eqc1/2, cax-dw, cax-adc, scm-sco, scm-spo. Not applied, since nothing in the ontology can fire them: those for
owl:sameAs, functional properties, keys, intersections, unions, cardinalities, and the axiomatic triples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from aruntime.corpus import rule_files
from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.terms import PREFIXES

Fact = tuple[Term, NamedNode, Term]
Reason = tuple[str, tuple[Fact, ...]]
"""The rule's name and the facts it was applied to."""


def _names(prefix: str, *locals_: str) -> Iterator[NamedNode]:
    return (NamedNode(PREFIXES[prefix] + name) for name in locals_)


_TYPE, _FIRST, _REST, _NIL = _names("rdf", "type", "first", "rest", "nil")
_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE = _names("rdfs", "subClassOf", "subPropertyOf", "domain", "range")
_INVERSE, _SYMMETRIC, _TRANSITIVE, _CHAIN = _names("owl", "inverseOf", "SymmetricProperty", "TransitiveProperty", "propertyChainAxiom")
_EQUIVALENT, _ON, _VALUE, _DISJOINT, _MEMBERS = _names("owl", "equivalentClass", "onProperty", "hasValue", "disjointWith", "members")
_ALL_DISJOINT, _THING = _names("owl", "AllDisjointClasses", "Thing")
_SCHEMA: Final = frozenset({_SUBCLASS, _SUBPROPERTY, _DOMAIN, _RANGE, _INVERSE, _CHAIN, _EQUIVALENT, _ON, _VALUE, _DISJOINT, _MEMBERS, _FIRST, _REST})


def direct(store: Store) -> Iterator[tuple[Fact, str, NamedNode]]:
    """Direct statements with the rule's name and the claim they follow from."""
    for path in rule_files():
        for (subject, predicate, value), claim in run_rule(store, path):
            yield (subject, predicate, value), path.stem, claim


def run_rule(store: Store, path: Path) -> Iterator[tuple[Fact, NamedNode]]:
    """What one rule file concludes in *store*.

    Raises:
        DataError: the rule is malformed or does not project claim, subject, predicate and object.
    """
    try:
        solutions = store.query(path.read_text("utf-8"))
    except SyntaxError as error:
        raise DataError(f"malformed rule: {error.msg}", path=path, line=error.lineno) from None
    if not isinstance(solutions, QuerySolutions) or [v.value for v in solutions.variables] != ["claim", "subject", "predicate", "object"]:
        raise DataError("a rule selects ?claim ?subject ?predicate ?object", path=path)
    for solution in solutions:
        claim, subject, predicate, value = solution
        assert isinstance(claim, NamedNode) and isinstance(predicate, NamedNode) and subject is not None and value is not None
        yield (subject, predicate, value), claim


class Closure:
    """The closure of a schema over facts.

    Args:
        schema: triples of the ontology and its vocabularies.
        facts: types and direct statements.
        explain: whether to keep the premises of each conclusion.

    Attributes:
        derived: conclusions that were not given, in order of derivation.
        reasons: for each conclusion its rule and premises; empty unless *explain*.
    """

    def __init__(self, schema: Iterable[Triple], facts: Iterable[Fact], *, explain: bool = False) -> None:
        stated: list[Fact] = [(t.subject, t.predicate, t.object) for t in schema]
        self.schema = _Schema(stated)
        self.derived: list[Fact] = []
        self.reasons: dict[Fact, Reason] = {}
        self._explain = explain
        self._known: set[Fact] = set()
        self._objects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._agenda: list[Fact] = []
        for fact in chain(stated, facts):
            if fact not in self._known:
                self._accept(fact)
        while self._agenda:
            self._apply(self._agenda.pop())

    def _accept(self, fact: Fact) -> None:
        subject, predicate, value = fact
        self._known.add(fact)
        self._agenda.append(fact)
        if predicate in self.schema.joined:
            self._objects[subject, predicate].append(value)
            self._subjects[value, predicate].append(subject)

    def _conclude(self, rule: str, subject: Term, predicate: NamedNode, value: Term, *premises: Fact) -> None:
        fact = (subject, predicate, value)
        if fact in self._known or isinstance(subject, Literal):
            return
        self.derived.append(fact)
        if self._explain:
            self.reasons[fact] = (rule, premises)
        self._accept(fact)

    def _apply(self, fact: Fact) -> None:
        for rule in self.schema.rules.get(fact[1], ()):
            rule(self, fact)

    def clashes(self) -> list[tuple[Term, Term, Term]]:
        """Members of disjoint classes (cax-dw, cax-adc): the member and two classes that exclude each other."""
        members: dict[Term, set[Term]] = defaultdict(set)
        for subject, predicate, value in self._known:
            if predicate == _TYPE and value in self.schema.disjoint:
                members[subject].add(value)
        found = []
        for subject, classes in members.items():
            for one in classes:
                for other in self.schema.disjoint[one] & classes:
                    if str(one) < str(other):
                        found.append((subject, one, other))
        return sorted(found, key=str)


class _Schema:
    """The ontology's axioms, arranged by the predicate of the fact that fires them."""

    def __init__(self, stated: list[Fact]) -> None:
        self.rules: dict[NamedNode, list[Callable[[Closure, Fact], None]]] = defaultdict(list)
        self.joined: set[Term] = set()
        self.disjoint: dict[Term, set[Term]] = defaultdict(set)
        by: dict[Term, list[Fact]] = defaultdict(list)
        first: dict[Term, Term] = {}
        rest: dict[Term, Term] = {}
        for fact in stated:
            by[fact[1]].append(fact)
        first.update({s: o for s, _, o in by[_FIRST]})
        rest.update({s: o for s, _, o in by[_REST]})

        def members(node: Term) -> list[Term]:
            found = []
            while node != _NIL:
                found.append(first[node])
                node = rest[node]
            return found

        for axiom in by[_SUBPROPERTY]:
            self._on(axiom[0], _rewrite("prp-spo1", axiom))
        for axiom in by[_INVERSE]:
            self._on(axiom[0], _reverse("prp-inv1", axiom, axiom[2]))
            self._on(axiom[2], _reverse("prp-inv2", axiom, axiom[0]))
        for axiom in by[_DOMAIN]:
            self._on(axiom[0], _typing("prp-dom", axiom, subject=True))
        for axiom in by[_RANGE]:
            self._on(axiom[0], _typing("prp-rng", axiom, subject=False))
        for axiom in by[_TYPE]:
            if axiom[2] == _SYMMETRIC:
                self._on(axiom[0], _reverse("prp-symp", axiom, axiom[0]))
            elif axiom[2] == _TRANSITIVE:
                self._on(axiom[0], _transitive(axiom))
                self.joined.add(axiom[0])
        for axiom in by[_CHAIN]:
            one, two = members(axiom[2])
            self._on(one, _chain_first(axiom, two))
            self._on(two, _chain_second(axiom, one))
            self.joined |= {one, two}
        for rule, predicate in (("scm-sco", _SUBCLASS), ("scm-spo", _SUBPROPERTY)):
            self._on(predicate, _schema_transitive(rule, predicate))
            self.joined.add(predicate)
        supers: dict[Term, list[tuple[str, Fact, Term]]] = defaultdict(list)
        for axiom in by[_SUBCLASS]:
            supers[axiom[0]].append(("cax-sco", axiom, axiom[2]))
        for axiom in by[_EQUIVALENT]:
            supers[axiom[0]].append(("cax-eqc1", axiom, axiom[2]))
            supers[axiom[2]].append(("cax-eqc2", axiom, axiom[0]))
        self._on(_TYPE, _superclass(supers))
        properties = {s: o for s, _, o in by[_ON]}
        for axiom in by[_VALUE]:
            self._on(properties[axiom[0]], _has_value_class(axiom))
            self._on(_TYPE, _has_value_fact(axiom, properties[axiom[0]]))
        for one, _, two in by[_DISJOINT]:
            self._disjoint(one, two)
        for node, _, collection in by[_MEMBERS]:
            if (node, _TYPE, _ALL_DISJOINT) in by[_TYPE]:
                classes = members(collection)
                for one in classes:
                    for two in classes:
                        if one != two:
                            self._disjoint(one, two)

    def _on(self, predicate: Term, rule: Callable[[Closure, Fact], None]) -> None:
        if isinstance(predicate, NamedNode):
            self.rules[predicate].append(rule)

    def _disjoint(self, one: Term, two: Term) -> None:
        self.disjoint[one].add(two)
        self.disjoint[two].add(one)


_Rule = Callable[[Closure, Fact], None]


def _property(term: Term) -> NamedNode:
    if not isinstance(term, NamedNode):
        raise DataError(f"{term} stands where a property belongs; name it")
    return term


def _rewrite(name: str, axiom: Fact) -> _Rule:
    target = _property(axiom[2])
    return lambda closure, fact: closure._conclude(name, fact[0], target, fact[2], fact, axiom)


def _reverse(name: str, axiom: Fact, target: Term) -> _Rule:
    predicate = _property(target)
    return lambda closure, fact: closure._conclude(name, fact[2], predicate, fact[0], fact, axiom)


def _typing(name: str, axiom: Fact, *, subject: bool) -> _Rule:
    position = 0 if subject else 2

    def apply(closure: Closure, fact: Fact) -> None:
        if not isinstance(fact[position], Literal):
            closure._conclude(name, fact[position], _TYPE, axiom[2], fact, axiom)

    return apply


def _transitive(axiom: Fact) -> _Rule:
    predicate = _property(axiom[0])

    def apply(closure: Closure, fact: Fact) -> None:
        subject, _, value = fact
        for further in tuple(closure._objects[value, predicate]):
            closure._conclude("prp-trp", subject, predicate, further, fact, (value, predicate, further), axiom)
        for earlier in tuple(closure._subjects[subject, predicate]):
            closure._conclude("prp-trp", earlier, predicate, value, (earlier, predicate, subject), fact, axiom)

    return apply


def _schema_transitive(rule: str, predicate: NamedNode) -> _Rule:
    def apply(closure: Closure, fact: Fact) -> None:
        subject, _, value = fact
        for further in tuple(closure._objects[value, predicate]):
            closure._conclude(rule, subject, predicate, further, fact, (value, predicate, further))
        for earlier in tuple(closure._subjects[subject, predicate]):
            closure._conclude(rule, earlier, predicate, value, (earlier, predicate, subject), fact)

    return apply


def _chain_first(axiom: Fact, second: Term) -> _Rule:
    target, two = _property(axiom[0]), _property(second)

    def apply(closure: Closure, fact: Fact) -> None:
        for end in tuple(closure._objects[fact[2], two]):
            closure._conclude("prp-spo2", fact[0], target, end, fact, (fact[2], two, end), axiom)

    return apply


def _chain_second(axiom: Fact, first: Term) -> _Rule:
    target, one = _property(axiom[0]), _property(first)

    def apply(closure: Closure, fact: Fact) -> None:
        for start in tuple(closure._subjects[fact[0], one]):
            closure._conclude("prp-spo2", start, target, fact[2], (start, one, fact[0]), fact, axiom)

    return apply


def _superclass(supers: dict[Term, list[tuple[str, Fact, Term]]]) -> _Rule:
    def apply(closure: Closure, fact: Fact) -> None:
        for name, axiom, target in supers.get(fact[2], ()):
            closure._conclude(name, fact[0], _TYPE, target, fact, axiom)

    return apply


def _has_value_class(axiom: Fact) -> _Rule:
    def apply(closure: Closure, fact: Fact) -> None:
        if fact[2] == axiom[2]:
            closure._conclude("cls-hv2", fact[0], _TYPE, axiom[0], fact, axiom)

    return apply


def _has_value_fact(axiom: Fact, prop: Term) -> _Rule:
    predicate = _property(prop)

    def apply(closure: Closure, fact: Fact) -> None:
        if fact[2] == axiom[0]:
            closure._conclude("cls-hv1", fact[0], predicate, axiom[2], fact, axiom)

    return apply
