"""What is wrong with a malformed SPARQL query, in one sentence that says where.

Oxigraph's parser reports the farthest place that any of its alternatives reached, and what each of
them expected there: a keyword that it tried to read at a word moves that place behind the word. So
the query is parsed once more with spaces after each token, more than the longest keyword has
letters: then the place lies in, or in the spaces behind, the token that cannot stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pyoxigraph import Store

from aruntime.engines import lexing

_TOKEN: Final = (
    rf"{lexing.STRING}|{lexing.IRI}|{lexing.COMMENT}|{lexing.VARIABLE}|{lexing.LANGUAGE}"
    rf"|_:\w+|[\w.-]*:(?:{lexing.LOCAL}(?<!\.))?|\w+|\^\^|&&|\|\||[<>!]=|\S"
)
"""A string, IRI, comment, variable, name, word or sign; compiled when a query is malformed."""
_GAP: Final = " " * 24
_PLACE: Final = r"error at \d+:(\d+): expected (?:one of )?(.*)"
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_WORDS: Final = (
    *_FORMS,
    *"""a ABS AS ASC AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY
    DESC DISTINCT ENCODE_FOR_URI EXISTS false FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF
    IN IRI isBLANK isIRI isLITERAL isNUMERIC isURI LANG LANGMATCHES LCASE LIMIT MAX MD5 MIN MINUS
    MINUTES MONTH NAMED NOT NOW OFFSET OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND
    sameTerm SAMPLE SECONDS SEPARATOR SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS
    STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE true TZ UCASE UNDEF UNION URI UUID VALUES
    WHERE YEAR""".split(),
)
"""The words of SPARQL 1.1 queries."""


class Complaint(NamedTuple):
    """What is wrong, and the line and column where, both counted from 1."""

    sentence: str
    line: int
    column: int


def complain(text: str, prefixes: Mapping[str, str], message: str) -> Complaint:
    """What is wrong with a query that Oxigraph's parser refuses.

    Args:
        prefixes: what is declared without the query's saying so.
        message: what the parser said, for what is not a matter of one token.
    """
    tokens = list(_tokens(text))
    for token in tokens:
        if token.group() in ("'", '"'):
            return _at(text, token.start(), "the string that begins here is not closed")
    if not tokens:
        return Complaint("the query is empty", 1, 1)
    starts, padded = [], ""
    for token in tokens:
        starts.append(len(padded))
        padded += re.sub(r"[\r\n]", " ", token.group()) + _GAP
    try:
        Store().query(padded, prefixes=dict(prefixes))
    except SyntaxError as error:
        message = error.msg
    place = re.match(_PLACE, message, re.DOTALL)
    if place is None:
        return Complaint(" ".join(message.split()), 1, 1)
    reached = int(place.group(1)) - 1
    number = max(n for n, start in enumerate(starts) if start <= reached)
    ended = (
        number == len(tokens) - 1 and reached >= starts[number] + len(tokens[number].group()) + 24
    )
    return _judge(text, tokens, number, place.group(2), ended=ended)


def names(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """The IRIs that a query names, in full or by a prefix; what cannot be resolved is left out."""
    known = dict(prefixes)
    found: set[str] = set()
    before = ("", "")
    for token in _tokens(text):
        word = token.group()
        if word.startswith("<") and word.endswith(">"):
            if before[0].lower() == "prefix":
                known[before[1].removesuffix(":")] = word[1:-1]
            else:
                found.add(word[1:-1])
        elif ":" in word and word[0] not in "\"'_@":
            prefix, _, local = word.partition(":")
            if prefix in known and before[1].lower() != "prefix":
                found.add(known[prefix] + re.sub(r"\\(.)", r"\1", local))
        before = before[1], word
    return found


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a query, comments left out."""
    found = re.finditer(_TOKEN, text, re.DOTALL)
    return (token for token in found if not token.group().startswith("#"))


def _judge(
    text: str, tokens: list[re.Match[str]], number: int, expected: str, *, ended: bool
) -> Complaint:
    """The complaint about one token, or about the end of the text behind it."""
    token = tokens[number]
    word, before = token.group(), tokens[number - 1].group() if number else ""
    if expected.startswith("The SELECT contains a variable that is unbound"):
        return _at(text, 0, "SELECT names a variable that is neither grouped by nor counted")
    if ended:
        words = [token.group() for token in tokens]
        unclosed = words.count("{") > words.count("}") and '"}"' in expected
        wanted = "}" if unclosed else _wanted(expected, word) or "more"
        return _at(text, token.end(), f"the query ends where {wanted} is expected")
    if "Prefix not found" in expected and ":" in word:
        return _at(text, token.start(), f"the prefix {word.partition(':')[0]}: is not declared")
    if word.startswith("<"):
        return _at(text, token.start(), f"{word!r} is no absolute IRI; write it in full")
    if "IRI parsing failed" in expected:
        return _at(text, token.start(), f"the IRI that ends with {word!r} is malformed")
    said = f"{word!r} cannot stand here"
    wanted = _wanted(expected, before)
    inside = sum((t.group() == "(") - (t.group() == ")") for t in tokens[:number])
    if before.upper() == "PREFIX":
        said = f"{word!r} stands where a prefix with its colon is expected"
    elif wanted:
        said = f"{word!r} stands where {wanted} is expected"
    elif word.isidentifier() and (hint := _near(word)):
        said += hint
    elif _is_term(word) and _is_term(before) and not inside:
        said += "; is a '.' or ';' missing before it?"
    elif number == 0 or all(t.group().lower() in ("base", "prefix") for t in tokens[:number]):
        said = f"{word!r} stands where SELECT, ASK, CONSTRUCT or DESCRIBE is expected"
    return _at(text, token.start(), said)


def _wanted(expected: str, before: str) -> str:
    """What the parser expected, in words, where that is one thing; empty where it is many."""
    if before.upper() in ("LIMIT", "OFFSET"):
        return "a number"
    if expected == "BY":
        return "BY"
    signs = set(re.findall(r'"([^"]+)"', re.sub(r"\[[^\]]*\]", "", expected)))
    if {"?", "<"} <= signs:
        return "a variable, IRI or value" if "true" in signs else "a variable or IRI"
    return next(iter(signs)) if len(signs) == 1 and expected.startswith('"') else ""


def _near(word: str) -> str:
    """``; did you mean …?`` for a word that is none of SPARQL."""
    import difflib

    if word.lower() in (known.lower() for known in _WORDS):
        return ""
    near = difflib.get_close_matches(word.upper(), _WORDS, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _is_term(token: str) -> bool:
    """Whether a token can be a subject, predicate or object."""
    return token[:1] in "?$<\"'" or ":" in token or token.isdecimal()


def _at(text: str, place: int, sentence: str) -> Complaint:
    line = text.count("\n", 0, place) + 1
    return Complaint(sentence, line, place - (text.rfind("\n", 0, place) + 1) + 1)
