"""Rules of ``check``: what each looks for, why, and an example that breaks it and one that keeps it.

A verdict that asks somebody to act is a rule of its own name; its meaning and its examples are those
of the ontology. The others are the vocabulary of deployment rules
(``ontology/vocab/deployment-rule.ttl``). Names are read from the files, so that a policy can be
checked before any graph is open.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from aruntime import corpus, examples, paths, questions
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, text
from aruntime.namespaces import iri, slug


class Rule(NamedTuple):
    """What a rule is about.

    Attributes:
        bad, good: an example that breaks it, and one that keeps it.
    """

    name: str
    what: str
    why: str
    bad: str
    good: str

    def json(self) -> Json:
        """As a JSON object."""
        return self._asdict()


def names() -> tuple[str, ...]:
    """Names of all rules, sorted."""
    return tuple(sorted((*verdicts(), *_texts())))


def rule(name: str) -> str:
    """A rule's name, checked.

    Raises:
        UsageError: there is no such rule; the message offers near names.
    """
    if name not in names():
        hint = questions.suggestion(name, names())
        raise UsageError(f"no rule is called {name!r}{hint}; see aruntime rules")
    return name


def described(graph: Graph, name: str) -> Rule:
    """What a rule is about.

    Raises:
        UsageError: there is no such rule.

    Example:
        >>> described(open_graph(), "moving-tag").bad
        'image: lmcache/lmstack-router:latest'
    """
    if rule(name) in verdicts():
        return _of_verdict(graph, name)
    return Rule(name, *_texts()[name])


def _of_verdict(graph: Graph, name: str) -> Rule:
    definitions = graph.ask("describe", {"thing": f"verdict/{name}"}).records()
    what = next(
        (r["value"] or "" for r in definitions if (r["property"] or "").endswith("#definition")), ""
    )
    bad = examples.of_verdict(name)[0]
    good = examples.of_verdict("owned")[0]
    return Rule(name, what, bad.because, _shown(bad), _shown(good))


def _shown(case: examples.Case) -> str:
    return "; ".join((*case.claims, *case.joins, *(f"in {a} {b}" for a, b in case.chosen)))


def level(name: str) -> str:
    """How findings of a rule are reported where no policy says otherwise (``ar:reportedAs``):
    ``error``, ``warning`` or ``note``."""
    return _levels()[name]


JOINED: Final = ("choice", "open-delegation", "mixed-options", "impossible-versions")
"""Rules whose findings are named by several things, joined by hyphens."""
_OF_COMPONENTS: Final = ("archived", "moving-tag", "several-versions", "unverified-version")
_OF_RESPONSIBILITIES: Final = ("assumed-claim", "required-owner")


def subjects(name: str) -> tuple[str, ...]:
    """Kinds of things that may stand after a rule's name, as in ``gap/scale-to-zero``; none where
    that is no thing of the graph."""
    if name in JOINED:
        return ("runtime", "component", "responsibility")
    if name in _OF_COMPONENTS:
        return ("runtime", "component")
    return ("responsibility",) if name in (*verdicts(), *_OF_RESPONSIBILITIES) else ()


@lru_cache(maxsize=1)
def verdicts() -> frozenset[str]:
    """Verdicts on which somebody must act, as the vocabulary says (``ar:needsDecision``)."""
    said = _concepts("verdict")
    return frozenset(n for n, found in said.items() if found.get(iri("ar:needsDecision")) == "true")


def words(verdict: str) -> str:
    """What a finding says of a responsibility that has a verdict (``ar:reportText``)."""
    return _concepts("verdict")[verdict][iri("ar:reportText")]


@lru_cache(maxsize=1)
def _levels() -> dict[str, str]:
    reported = iri("ar:reportedAs")
    said = {**_concepts("verdict"), **_concepts("deployment-rule")}
    return {name: found[reported] for name, found in said.items() if reported in found}


@lru_cache(maxsize=1)
def _texts() -> dict[str, tuple[str, ...]]:
    """Of each deployment rule: what, why, an example that breaks it, and one that keeps it."""
    properties = [iri(n) for n in ("skos:definition", "skos:scopeNote", "ar:brokenBy", "ar:keptBy")]
    rules = {
        n: found for n, found in _concepts("deployment-rule").items() if properties[-1] in found
    }
    return {name: tuple(found[p] for p in properties) for name, found in rules.items()}


@lru_cache(maxsize=2)
def _concepts(vocabulary: str) -> dict[str, dict[object, str]]:
    """One value of each property of the concepts of a vocabulary, by slug."""
    said: dict[str, dict[object, str]] = {}
    for t in corpus.triples_of(paths.ontology() / "vocab" / f"{vocabulary}.ttl"):
        said.setdefault(slug(text(t.subject) or ""), {})[t.predicate] = text(t.object) or ""
    return said
