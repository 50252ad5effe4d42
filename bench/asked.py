"""What is asked: every named question there is, with the values of its documented examples.

A question with optional parameters is asked twice: of the whole graph, and with the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import NamedNode

from aruntime import questions
from aruntime.engines.engine import bind_inside
from aruntime.model import Parameter, Term


class Asked(NamedTuple):
    """One query, as the text that every engine is given."""

    label: str
    text: str


def asked() -> Iterator[Asked]:
    """Every named question."""
    for name in questions.names():
        question = questions.load(name)
        required = [p for p in question.parameters if p.required]
        optional = [p for p in question.parameters if not p.required]
        yield Asked(name, query(question.text, required))
        for parameter in sorted(optional, key=lambda p: p.name != "runtime")[:1]:
            yield Asked(f"{name}({parameter.name})", query(question.text, [*required, parameter]))


def query(text: str, parameters: list[Parameter]) -> str:
    """A question's text with its examples: inside, where that helps, as our engine writes them.

    What a query assigns with ``AS`` can have no value before, and gets it after the group.
    """
    terms = {p.name: questions.term(p.kind, p.example) for p in parameters}
    inside = {name: term for name, term in terms.items() if f" AS ?{name})" not in text}
    after = {name: term for name, term in terms.items() if name not in inside}
    return bind_inside(text, inside) + "".join(f"\n{_values(*pair)}" for pair in after.items())


def _values(name: str, term: Term) -> str:
    assert isinstance(term, NamedNode)
    return f"VALUES ?{name} {{ {term} }}\n"
