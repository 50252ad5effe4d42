"""Named questions: SPARQL files with a ``#+`` header that says what is asked, by whom, and what a
row means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from aruntime import paths
from aruntime.engines.engine import Engine
from aruntime.errors import DataError, UnknownNameError, UsageError
from aruntime.model import Json, Parameter, Question, Rows, Term
from aruntime.namespaces import ID, KINDS, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

_REQUIRED: Final = ("summary", "row", "persona", "columns")


def names() -> list[str]:
    """Names of all questions, sorted."""
    files = os.listdir(os.path.join(paths.root(), "queries"))
    return sorted(file.removesuffix(".rq") for file in files if file.endswith(".rq"))


def text_of(name: str) -> str:
    """The SPARQL text of a question.

    Raises:
        UsageError: there is no such question; the message offers near names.
    """
    try:
        if "/" in name or os.sep in name:
            raise FileNotFoundError
        return read(name.lower())
    except (OSError, ValueError):  # what a caller wrote may be no file's name at all
        others = near(name, names())
        message = f"no question is called {name!r}{offer(others)}"
        raise UnknownNameError(message, kind="question", near=others) from None


def lookup(name: str) -> str:
    """The text of a query of ``queries/lookup``, with which the program looks something up."""
    return read(f"lookup/{name}")


def read(name: str) -> str:
    """The text of a query by its place in ``queries``, such as ``stack/seams``.

    Raises:
        OSError: there is no such file.
    """
    with open(paths.question(name), encoding="utf-8") as file:
        return file.read()


def suggestion(name: str, known: Iterable[str], labels: Mapping[str, str] | None = None) -> str:
    """``; did you mean …?`` for a name that is not known, or nothing where no name comes near.

    Args:
        known, labels: see :func:`near`.
    """
    return offer(near(name, known, labels))


def offer(near: Sequence[str]) -> str:
    """``; did you mean …?``, or nothing where no name comes near."""
    return f"; did you mean {' or '.join(near)}?" if near else ""


def near(name: str, known: Iterable[str], labels: Mapping[str, str] | None = None) -> list[str]:
    """At most three known names that come near one that is not known.

    Args:
        known: the names that are known; those that contain *name* are offered before those like it.
        labels: for other words that stand for a known name, that name.
    """
    import difflib

    small = {other.lower(): other for other in known}
    for label, other in (labels or {}).items():
        small.setdefault(label.lower(), other)
    lower = name.lower()
    same = [lower] if lower in small else []
    holding = sorted((other for other in small if lower and lower in other), key=len)[:2]
    like = difflib.get_close_matches(lower, small, n=3, cutoff=0.6)
    return list(dict.fromkeys(small[other] for other in (*same, *holding, *like)))[:3]


def header(text: str, path: Path | str) -> dict[str, Any]:
    """The YAML of a query's ``#+`` lines.

    Raises:
        DataError: it is missing or malformed.
    """
    import yaml

    lines = [
        line.removeprefix("#+").removeprefix(" ")
        for line in text.splitlines()
        if line.startswith("#+")
    ]
    try:
        found = yaml.load("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError) as error:  # also a day that no calendar has
        raise DataError(f"malformed header: {error}", path=path) from None
    if not isinstance(found, dict):
        raise DataError("the file has no #+ header", path=path)
    return found


def load(name: str) -> Question:
    """One question, read from its file.

    Raises:
        UsageError: there is no such question.
        DataError: its header is incomplete.
    """
    return parse(name, text_of(name))


def parse(name: str, text: str) -> Question:
    """A question from its name and text.

    Raises:
        DataError: its header is missing, malformed or incomplete.
    """
    path = f"queries/{name}.rq"
    found = header(text, path)
    missing = [key for key in _REQUIRED if not found.get(key)]
    if missing:
        raise DataError(f"the header lacks {', '.join(missing)}", path=path)
    parameters = tuple(
        Parameter(key, value["kind"], str(value["example"]), bool(value.get("required", False)))
        for key, value in (found.get("params") or {}).items()
    )
    return Question(
        name=name,
        summary=found["summary"],
        row=found["row"],
        persona=found["persona"],
        text=text,
        columns=found["columns"],
        parameters=parameters,
        tags=tuple(found.get("tags") or ()),
        description=found.get("description") or "",
    )


def described(name: str) -> Json:
    """Everything that a question's header says, as a JSON object.

    Raises:
        UsageError: there is no such question.
        DataError: its header is incomplete.
    """
    found = load(name)
    return {
        "name": found.name,
        "summary": found.summary,
        "persona": found.persona,
        "row": found.row,
        "parameters": {
            p.name: {"kind": p.kind, "example": p.example, "required": p.required}
            for p in found.parameters
        },
        "columns": dict(found.columns),
        "tags": list(found.tags),
    }


class Signature(NamedTuple):
    """What must be known of a question to ask it or to list it."""

    summary: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]


def signature(text: str) -> Signature:
    """A question's summary, parameters and tags, from its text.

    The header is read line by line, without a YAML parser, which takes longer to load than a
    question to answer. A test holds this to what :func:`parse` reads.
    """
    summary, parameters, tags = "", [], ""
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        name, declares, rest = line.partition(": {kind: ")
        if declares:
            kind, _, given = rest.removesuffix("}").partition(", example: ")
            example = given.removesuffix(", required: true")
            parameters.append(
                Parameter(
                    name.removeprefix("#+   "), kind, example.strip('"'), required=example != given
                )
            )
        elif line.startswith("#+ summary: "):
            summary = line.removeprefix("#+ summary: ").strip('"')
        elif line.startswith("#+ tags: ["):
            tags = line.removeprefix("#+ tags: [").rstrip("]")
    return Signature(summary, tuple(parameters), tuple(tags.replace(",", " ").split()))


def catalogue() -> dict[str, Signature]:
    """Signatures by name of the questions that people ask; the others answer commands."""
    found = {name: signature(text_of(name)) for name in names()}
    return {name: asked for name, asked in found.items() if "lookup" not in asked.tags}


def term(kind: str, value: str) -> Term:
    """The RDF term for what a caller wrote: a slug, a CURIE, an IRI, or text.

    Raises:
        UsageError: the value can be no name of that kind.
    """
    if kind in ("text", "integer"):
        try:
            return (
                Literal(value)
                if kind == "text"
                else Literal(value, datatype=NamedNode(PREFIXES["xsd"] + "integer"))
            )
        except ValueError:
            raise UsageError(f"{value!r} is no text: it is not UTF-8") from None
    if "://" in value:
        return _node(value)
    prefix, colon, local = value.partition(":")
    if colon and prefix in PREFIXES:
        return _node(PREFIXES[prefix] + local)
    if kind in KINDS:
        return _node(f"{ID}{kind}/{value}")
    if kind == "claim":
        return _node(f"{ID}runtime/{value}")
    if kind == "property":
        return _node(PREFIXES["ar"] + value)
    if kind == "thing":
        return _node(f"{ID}{value}" if "/" in value else f"{ID}runtime/{value}")
    raise UsageError(f"a parameter of kind {kind!r} takes an IRI")


def _node(value: str) -> NamedNode:
    try:
        return NamedNode(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is no name or IRI: {error}") from None


def ask(engine: Engine, name: str, parameters: Mapping[str, str | Term] | None = None) -> Rows:
    """Put a named question to an engine.

    Args:
        parameters: values by parameter name; a string is read by :func:`term`. An unbound parameter
            is a wildcard.

    Raises:
        UsageError: the question or a parameter does not exist.
    """
    text = text_of(name)
    return engine.select(text, bindings(name, text, parameters or {}))


def bindings(name: str, text: str, parameters: Mapping[str, str | Term]) -> dict[str, Term]:
    """Terms of the parameters of the question of that name and text.

    Raises:
        UsageError: a parameter does not exist, or its value can be no name of its kind.
    """
    known = {parameter.name: parameter.kind for parameter in signature(text).parameters}
    for key in parameters:
        if key not in known:
            raise UsageError(
                f"{name} has no parameter {key!r}{suggestion(key, known)}; it has {', '.join(known) or 'none'}"
            )
    return {
        key: term(known[key], value) if isinstance(value, str) else value
        for key, value in parameters.items()
    }


def lacking(name: str, given: Iterable[str]) -> list[Parameter]:
    """Parameters that the question of that name needs beside those given.

    Raises:
        UsageError: there is no such question.
    """
    there = set(given)
    asked = signature(text_of(name)).parameters
    return [parameter for parameter in asked if parameter.required and parameter.name not in there]


def pair(
    text: str, form: str = "a parameter is written key=value", *, empty: bool = False
) -> tuple[str, str]:
    """Key and value of ``key=value``.

    Args:
        form: what is told where it is not so written.
        empty: whether the value may be empty.

    Raises:
        UsageError: there is no ``=``, or nothing beside it.
    """
    key, equals, value = text.partition("=")
    if not (key and equals and (value or empty)):
        raise UsageError(f"{form}, not {text!r}")
    return key, value
