"""From what people type to what the graph knows; near names where it knows nothing of that name.

A name may be spelt in every way in which a command prints one:

==================  ============================================================================
``vllm``            the slug of a thing, where its kind is known or no other thing is called so;
                    a runtime, component or responsibility before others
``unit/request``    kind and slug
``vllm#family``     component and claim; ``#family`` where only one claim is called so
``makesDurable``    a class or property of ours, also in words: ``makes-durable``
``runtime:vllm``    a CURIE with one of our prefixes; ``ar:hosts``
``https://…``       an IRI, also in angle brackets; the only name of a thing in another namespace
                    that one of ours is called like
==================  ============================================================================

Letter case does not matter, except between a class and a property that differ in nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

from pyoxigraph import NamedNode

from aruntime import questions
from aruntime.engines import syntax
from aruntime.engines.engine import Engine
from aruntime.errors import UnknownNameError, UsageError
from aruntime.namespaces import ID, KINDS, NS, PREFIXES, curie, located, slug

FIRST: Final = ("runtime", "component", "responsibility")
"""Kinds of things that answers print without their kind: one of these before any other."""

TERMS: Final = ("class", "property")
"""Kinds of terms of the ontology: their IRI is ``…/ns#<local name>``."""


def identify(engine: Engine, name: str, kinds: Sequence[str]) -> str:
    """The IRI of the thing of one of some kinds that people call *name*; an earlier kind wins.

    Args:
        kinds: of :data:`KINDS` and :data:`TERMS`, or ``claim``.

    Raises:
        UsageError: the graph does not know it; the message offers near names.
    """
    known = _spelt_out(engine, name) or _fragment(engine, name)
    for kind in kinds:
        if kind in TERMS:
            known = known or _term(engine, name)
        elif kind in KINDS:
            known = known or _thing(engine, kind, name)
    known = known or next(iter(_of_others(engine, name, kinds)), None)
    return known or _refuse(engine, name, kinds)


def find(engine: Engine, name: str) -> str:
    """The IRI of anything that people call *name*: one of :data:`FIRST` before others, then
    what alone is called so.

    Raises:
        UsageError: nothing, or more than one thing, is called so.
    """
    known = _spelt_out(engine, name) or _fragment(engine, name)
    known = known or next(filter(None, (_thing(engine, kind, name) for kind in FIRST)), None)
    if known is None:
        called = [iri for iri in _labels(engine) if located(iri) and _same(slug(iri), name)]
        things = [iri for iri in called if _kind(iri) in KINDS] or called
        if len(things) > 1:
            _say_which(name, [iri.removeprefix(ID) for iri in things])
        known = things[0] if things else _term(engine, name)
    return known or _refuse(engine, name, ())


def find_value(engine: Engine, predicate: str, name: str) -> str:
    """The IRI of a value of *predicate*, an IRI: one of its values first, else as :func:`find`.

    Raises:
        UsageError: nothing is called so.
    """
    if "/" not in name and ":" not in name:
        for row in questions.ask(engine, "values-of", {"property": predicate}).records():
            if _same(slug(row["value"] or ""), name):
                return row["value"] or ""
    return find(engine, name)


def name_of(identifier: str) -> str:
    """A name for an IRI that stands for nothing else: what the other functions here take.

    Example:
        >>> name_of("https://w3id.org/aruntime/id/unit/request")
        'unit/request'
    """
    found = located(identifier)
    return f"{found[1]}/{found[2]}".removeprefix("runtime/") if found else curie(identifier)


def unknown_terms(engine: Engine, text: str) -> list[str]:
    """A note on each class and property of ours that a query names and the ontology lacks."""
    locals_ = [
        name.removeprefix(NS) for name in syntax.names(text, PREFIXES) if name.startswith(NS)
    ]
    return [
        f"ar:{local} is no class or property of the ontology{_suggest_term(engine, local)}"
        for local in sorted(locals_)
        if not exists(engine, NS + local)
    ]


def exists(engine: Engine, identifier: str) -> bool:
    """Whether the graph says anything of a thing."""
    try:
        return bool(questions.ask(engine, "exists", {"thing": NamedNode(identifier)}).rows)
    except ValueError:  # it is no IRI
        return False


def _spelt_out(engine: Engine, name: str) -> str | None:
    """What a name that tells its kind stands for: an IRI, a CURIE, or kind and slug."""
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    prefix, colon, local = name.partition(":")
    if "://" in name:
        whole = name
    elif colon and prefix in PREFIXES:
        whole = PREFIXES[prefix] + local
    elif "/" in name:
        whole = ID + name
    else:
        return None
    known = _first(engine, _spellings(whole))
    if known is None and whole.startswith(NS):
        return _term(engine, whole.removeprefix(NS))
    if known is None and whole == ID + name:
        kind, _, slug_ = name.partition("/")
        known = next(iter(_of_others(engine, slug_, (kind,))), None)
    return known


def _of_others(engine: Engine, name: str, kinds: Sequence[str]) -> list[str]:
    """IRIs of things of some kinds, or of nodes of their descriptions, in namespaces that are not
    ours: ``gateway``, ``gateway#routes``."""
    wanted = set(kinds) & {*KINDS}
    own, hash_, fragment = name.partition("#")
    found = []
    for iri in _labels(engine) if wanted and own else ():
        place = located(iri)
        if place and place[0] != ID and place[1] in wanted and _same(place[2], own):
            node = iri + hash_ + fragment
            found += [node] if not hash_ or exists(engine, node) else []
    return found


def _thing(engine: Engine, kind: str, slug: str) -> str | None:
    return _first(engine, _spellings(f"{ID}{kind}/{slug}"))


def _spellings(identifier: str) -> Sequence[str]:
    """An IRI, and of a thing of ours the same in small letters: slugs have no others."""
    small = ID + identifier.removeprefix(ID).lower()
    return (
        (identifier, small) if identifier.startswith(ID) and small != identifier else (identifier,)
    )


def _first(engine: Engine, identifiers: Iterable[str]) -> str | None:
    """The first of some IRIs that the graph knows."""
    return next((identifier for identifier in identifiers if exists(engine, identifier)), None)


def _fragment(engine: Engine, name: str) -> str | None:
    """A claim, or another node of a component's file: ``vllm#family``, or ``#family`` if unique."""
    if "#" not in name or "/" in name or ":" in name:
        return None
    owners = () if name.startswith("#") else ("runtime", "component")
    known = next(filter(None, (_thing(engine, kind, name) for kind in owners)), None)
    known = known or next(iter(_of_others(engine, name, owners)), None)
    if known is None:
        rows = questions.ask(engine, "claims-called", {"name": name.lower()}).records()
        claims = [row["claim"] or "" for row in rows]
        if len(claims) > 1:
            _say_which(name, list(map(slug, claims)))
        known = claims[0] if claims else None
    return known


def _term(engine: Engine, name: str) -> str | None:
    """The class or property of that local name, in one word or several; case tells two apart."""
    first, *rest = name.split("-")
    usual = NS + first + "".join(map(str.capitalize, rest))
    if exists(engine, usual):
        return usual
    wanted = name.replace("-", "").lower()
    found = [local for local in _terms(engine) if local.lower() == wanted]
    if len(found) > 1:
        _say_which(name, [f"ar:{local}" for local in found])
    return NS + found[0] if found else None


def _terms(engine: Engine) -> list[str]:
    """Local names of the classes and properties of the ontology."""
    return [iri.removeprefix(NS) for iri in _labels(engine) if iri.startswith(NS)]


def _suggest_term(engine: Engine, name: str) -> str:
    """``; did you mean …?`` for the local name of a class or property that does not exist."""
    alike = [term for term in _terms(engine) if term[:1].isupper() == name[:1].isupper()]
    return questions.suggestion(name, alike)


def _labels(engine: Engine) -> dict[str, list[str]]:
    """By IRI the labels of everything of ours that has one; claims are left out."""
    found: dict[str, list[str]] = {}
    for row in questions.ask(engine, "names").records():
        found.setdefault(row["thing"] or "", []).append(row["name"] or "")
    return dict(sorted(found.items()))


def _kind(identifier: str) -> str:
    found = located(identifier)
    return found[1] if found else ""


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _say_which(name: str, candidates: Sequence[str]) -> NoReturn:
    shown = " or ".join(sorted(candidates)[:4]) + (" or …" if len(candidates) > 4 else "")
    raise UsageError(f"{name!r} may be {shown}; say which")


def _refuse(engine: Engine, name: str, kinds: Sequence[str]) -> NoReturn:
    """Say that nothing is called *name*, and what comes near; things known by that label first."""
    wanted = name.rpartition("/")[2].removeprefix("#")
    labels: dict[str, str] = {}
    if set(kinds) & {*TERMS}:
        known = _terms(engine)
    else:
        things = {i: said for i, said in _labels(engine).items() if _kind(i) in (kinds or KINDS)}
        known = list(map(slug, things))
        labels = {label: slug(iri) for iri, said in things.items() for label in said}
    near = questions.near(wanted, known, labels)
    kind, *_ = (*kinds, "thing")
    message = f"no {' or '.join(kinds) or kind} is called {name!r}{questions.offer(near)}"
    raise UnknownNameError(message, kind=kind, near=near)
