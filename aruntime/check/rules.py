"""Rules of ``check``: what each looks for, why, and an example that breaks it and one that keeps it.

A verdict that asks somebody to act is a rule of its own name; its meaning and its examples are those
of the ontology. The others stand in ``rules.toml`` beside this module.
"""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from typing import Final, NamedTuple

from aruntime import examples, questions
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json

VERDICTS: Final = (
    "disputed", "contended", "choice", "open-delegation", "partial", "gap", "caller",
)  # fmt: skip
"""Verdicts on which somebody must act, as the vocabulary says (``ar:needsDecision``)."""


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
    return tuple(sorted((*VERDICTS, *_texts())))


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
    if rule(name) in VERDICTS:
        return _of_verdict(graph, name)
    text = _texts()[name]
    return Rule(name, text["what"], text["why"], text["bad"], text["good"])


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


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    with open(os.path.join(os.path.dirname(__file__), "rules.toml"), "rb") as file:
        return tomllib.load(file)
