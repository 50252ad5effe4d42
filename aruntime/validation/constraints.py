"""Constraint components of SHACL Core (https://www.w3.org/TR/shacl/#core-components), as far as our
shapes use them.

Each is a function from a focus node's value nodes and the component's parameter to the breaches:
the offending value, or ``None`` where the standard reports none. What pySHACL reports, these
report; a test holds both to the same answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from aruntime.model import Term
from aruntime.namespaces import PREFIXES

Values = Collection[Term]
Breaches = Iterator[Term | None]
_XSD: Final = PREFIXES["xsd"]
KINDS: Final = {
    "IRI": (NamedNode,),
    "Literal": (Literal,),
    "BlankNode": (BlankNode,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}


def min_count(values: Values, least: int) -> Breaches:
    """``sh:minCount``."""
    if len(values) < least:
        yield None


def max_count(values: Values, most: int) -> Breaches:
    """``sh:maxCount``."""
    if len(values) > most:
        yield None


def has_value(values: Values, wanted: Term) -> Breaches:
    """``sh:hasValue``."""
    if wanted not in values:
        yield None


def member_of(values: Values, allowed: Container[Term]) -> Breaches:
    """``sh:in``, with the list's members; and ``sh:class``, with the instances of the class."""
    return (value for value in values if value not in allowed)


def node_kind(values: Values, kind: str) -> Breaches:
    """``sh:nodeKind``, with the local name of the kind."""
    return (value for value in values if not isinstance(value, KINDS[kind]))


def datatype(values: Values, wanted: NamedNode) -> Breaches:
    """``sh:datatype``: the literal has this type, and its spelling is one of that type's."""
    return (
        v
        for v in values
        if not (isinstance(v, Literal) and v.datatype == wanted and native(v) is not None)
    )


def min_length(values: Values, least: int) -> Breaches:
    """``sh:minLength``."""
    return (
        value for value in values if isinstance(value, BlankNode) or len(_spelling(value)) < least
    )


def max_length(values: Values, most: int) -> Breaches:
    """``sh:maxLength``."""
    return (
        value for value in values if isinstance(value, BlankNode) or len(_spelling(value)) > most
    )


def pattern(values: Values, expression: str) -> Breaches:
    """``sh:pattern``, without flags."""
    search = re.compile(expression).search
    return (
        value for value in values if isinstance(value, BlankNode) or not search(_spelling(value))
    )


def unique_language(values: Values, wanted: bool) -> Breaches:
    """``sh:uniqueLang``: one breach a language."""
    languages = Counter(
        value.language.lower() for value in values if isinstance(value, Literal) and value.language
    )
    return (None for count in languages.values() if wanted and count > 1)


def min_inclusive(values: Values, least: Literal) -> Breaches:
    """``sh:minInclusive``: what cannot be compared is a breach."""
    return (value for value in values if not _ordered(least, value))


def less_than_or_equals(values: Values, others: Values) -> Breaches:
    """``sh:lessThanOrEquals``, with the values of the other property; what cannot be compared is a
    breach."""
    return (value for value in values for other in others if not _ordered(value, other))


def any_of(values: Values, conforms: list[Callable[[Term], bool]]) -> Breaches:
    """``sh:or``, with one test a shape."""
    return (value for value in values if not any(test(value) for test in conforms))


def exactly_one_of(values: Values, conforms: list[Callable[[Term], bool]]) -> Breaches:
    """``sh:xone``, with one test a shape."""
    return (value for value in values if sum(test(value) for test in conforms) != 1)


COMPONENTS: Final[dict[str, Callable[[Values, Any], Breaches]]] = {
    "minCount": min_count,
    "maxCount": max_count,
    "hasValue": has_value,
    "in": member_of,
    "class": member_of,
    "nodeKind": node_kind,
    "datatype": datatype,
    "minLength": min_length,
    "maxLength": max_length,
    "pattern": pattern,
    "uniqueLang": unique_language,
    "minInclusive": min_inclusive,
    "lessThanOrEquals": less_than_or_equals,
    "or": any_of,
    "xone": exactly_one_of,
}
"""Constraint components by their parameter's name in the SHACL namespace."""


def _spelling(value: Term) -> str:
    assert isinstance(value, NamedNode | Literal)
    return value.value


def _ordered(one: Term, other: Term) -> bool:
    """Whether *one* is at most *other* in the order of SPARQL's ``<=``; false where that is an
    error."""
    first, second = (native(term) if isinstance(term, Literal) else None for term in (one, other))
    if first is None or second is None or _family(one) != _family(other):
        return False
    try:
        return bool(first <= second)  # type: ignore[operator]
    except TypeError:  # an instant with a time zone and one without
        return False


def _family(term: Term) -> str:
    """What a literal can be compared with: numbers, or literals of its own type."""
    assert isinstance(term, Literal)
    return "number" if term.datatype in _NUMBERS else term.datatype.value


_DIGITS: Final = r"[+-]?[0-9]+"
_INTEGERS: Final = (
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger "
    "negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte"
).split()
_SPELLINGS: Final = {
    **dict.fromkeys(_INTEGERS, re.compile(_DIGITS)),
    "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    **dict.fromkeys(
        ("double", "float"),
        re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)|NaN"),
    ),
    "boolean": re.compile(r"true|false|1|0"),
    "dateTime": re.compile(
        r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
}
_NATIVE: Final[dict[str, Callable[[str], object]]] = {
    **dict.fromkeys(_INTEGERS, int),
    "decimal": Decimal,
    "double": float,
    "float": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "dateTime": datetime.fromisoformat,
}
_NUMBERS: Final = frozenset(
    NamedNode(_XSD + name) for name in (*_INTEGERS, "decimal", "double", "float")
)
ORDERED: Final = _NUMBERS | {NamedNode(_XSD + "dateTime")}
"""Datatypes of a limit that :func:`min_inclusive` takes."""
DATATYPES: Final = frozenset(
    (
        *(
            NamedNode(_XSD + name)
            for name in ("string", "boolean", "integer", "decimal", "double", "float", "dateTime")
        ),
        NamedNode(PREFIXES["rdf"] + "langString"),
    )
)
"""Datatypes whose spellings :func:`datatype` knows."""


@lru_cache(maxsize=4096)
def native(literal: Literal) -> object | None:
    """A literal's value: a number, an instant, a truth value or text; ``None`` where its spelling
    is none of its type's."""
    name = literal.datatype.value.removeprefix(_XSD)
    if name not in _NATIVE:
        return literal.value
    if not _SPELLINGS[name].fullmatch(literal.value):
        return None
    try:
        return _NATIVE[name](literal.value)
    except ValueError:
        return None
