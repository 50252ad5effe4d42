"""The parts of every stack, answered once when the store is built.

A composition needs the same few questions (tag ``part``) of each of its components. They are asked of the whole graph at
build, and each component's answers are kept beside the store: as SPARQL results in JSON, and, as far as they hold now, as
the triples they stand for, which load at once. Tests hold both to what the store answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from os.path import isdir, join
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, serialize

from aruntime import questions
from aruntime.engines.embedded import Embedded
from aruntime.model import Row, Rows, Term, text
from aruntime.results import as_json, whole
from aruntime.terms import ID, NS, iri
from aruntime.versions import within

if TYPE_CHECKING:
    from pathlib import Path

PARTS: Final = ("releases", "families", "responsibilities", "integrations", "positions", "coverage")
"""What is asked of each component, as ``component-<part>``."""
VOCABULARY: Final = "stack-vocabulary"
_KINDS: Final = ("runtime", "component")

_CURRENT: Final = "current.nt"
_END: Final = b"# whole\n"
"""Ends a file of triples: one without it was cut short."""
_OF_EVIDENCE: Final = ("source", "locator")
_RANGE: Final = ("fromVersion", "untilVersion")


def write(store: Store, folder: Path, concerned: Collection[Term] | None = None) -> None:
    """Answer every part for every component into *folder*, or only for those among *concerned*."""
    engine = Embedded(store)
    components = [row[1] for kind in _KINDS for row in questions.ask(engine, "things", {"kind": kind}).rows]
    for node in concerned or ():
        if (text(node) or "").startswith(tuple(f"{ID}{kind}/" for kind in _KINDS)):
            shutil.rmtree(folder / _slug(text(node) or ""), ignore_errors=True)
    current: dict[Term | None, list[Triple]] = {c: [] for c in components if concerned is None or c in concerned}
    for part in PARTS:
        name = f"component-{part}"
        if concerned is None:
            answers = _by_component(questions.ask(engine, name), components)
        else:
            answers = {c: questions.ask(engine, name, {"component": c}) for c in components if c in concerned}  # type: ignore[dict-item]
        for component, answer in answers.items():
            path = folder / _slug(text(component) or "") / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(as_json(answer), "utf-8")
            current.setdefault(component, []).extend(triples(answer))
    for component, held in current.items():
        _write(held, folder / _slug(text(component) or "") / _CURRENT)
    if concerned is None:
        answer = questions.ask(engine, VOCABULARY)
        (folder / f"{VOCABULARY}.json").write_text(as_json(answer), "utf-8")
        _write((Triple(s, p, o) for s, p, o in answer.rows), folder / f"{VOCABULARY}.nt")  # type: ignore[arg-type]


def _by_component(answer: Rows, components: Iterable[Term | None]) -> dict[Term | None, Rows]:
    """Rows of each of these components, which stand in the first column; of others, which have other names, nothing is kept."""
    by: dict[Term | None, list[Row]] = {component: [] for component in components}
    for row in answer.rows:
        if row[0] in by:
            by[row[0]].append(row)
    return {component: Rows(answer.columns, tuple(rows)) for component, rows in by.items()}


def _write(held: Iterable[Triple], path: Path) -> None:
    path.write_bytes((serialize(dict.fromkeys(held), format=RdfFormat.N_TRIPLES) or b"") + _END)


def triples(rows: Rows, version: str | None = None) -> Iterator[Triple]:
    """What a part says of its component in *version* (or now): each column is the property of that name, of the row's subject."""
    about, status, promoted = iri("ar:subject"), iri("ar:status"), iri("claim-status:promoted")
    properties = [NamedNode(NS + name) for name in rows.columns]
    for row in rows.rows:
        values = dict(zip(rows.columns, row, strict=True))
        component, subject = row[0], row[1]
        first, last = (text(values.get(bound)) for bound in _RANGE)
        if last is not None if version is None else not within(version, first, last):
            continue
        yield Triple(subject, about, component)  # type: ignore[arg-type]
        yield Triple(subject, status, promoted)  # type: ignore[arg-type]
        if "covers" in values:
            yield Triple(subject, iri("rdf:type"), iri("ar:Coverage"))  # type: ignore[arg-type]
        for name, prop, value in zip(rows.columns[2:], properties[2:], row[2:], strict=True):
            if value is not None and name not in _RANGE:
                yield Triple(values["evidence"] if name in _OF_EVIDENCE else subject, prop, value)  # type: ignore[arg-type]


def read(folder: str, name: str, parameters: Mapping[str, Term]) -> bytes | None:
    """The kept answer of a part, or ``None`` if there is none and the store must be asked."""
    if name == VOCABULARY and not parameters:
        path = join(folder, f"{name}.json")
    elif name.removeprefix("component-") in PARTS and "component" in parameters:
        path = join(folder, _slug(text(parameters["component"]) or ""), f"{name}.json")
    else:
        return None
    return whole(path)


def stack(folder: str, name: Term, components: Iterable[Term]) -> Store:
    """The small graph of a stack: what holds now of its components, and the vocabulary that decides verdicts."""
    store = Store()
    load_vocabulary(folder, store)
    for component in components:
        load_current(folder, text(component) or "", store)
        store.add(Quad(name, iri("ar:component"), component))  # type: ignore[arg-type]
    return store


def load_vocabulary(folder: str, store: Store) -> bool:
    """Put the vocabulary that decides verdicts into *store*; false if it is not kept."""
    return _load(join(folder, f"{VOCABULARY}.nt"), store)


def load_current(folder: str, component: str, store: Store) -> bool:
    """Put what holds now of a component, in all its parts, into *store*; false if it is not kept."""
    return _load(join(folder, _slug(component), _CURRENT), store)


def _load(path: str, store: Store) -> bool:
    try:
        with open(path, "rb") as file:
            held = file.read()
        if not held.endswith(_END):
            return False
        store.load(held, RdfFormat.N_TRIPLES)
        return True
    except (OSError, SyntaxError):
        return False


def component(folder: str, name: str) -> str | None:
    """The IRI of the runtime, or else other component, of that slug, if its parts are kept."""
    return next((iri for kind in _KINDS if knows(folder, iri := f"{ID}{kind}/{name}")), None)


def knows(folder: str, iri: str) -> bool:
    """Whether the parts of a component are kept: no other thing has any."""
    kind, _, name = iri.removeprefix(ID).partition("/")
    return kind in _KINDS and name.replace("-", "").replace(".", "").isalnum() and isdir(join(folder, _slug(iri)))


def _slug(component: str) -> str:
    """A folder's name: ``runtime-vllm``."""
    return component.removeprefix(ID).replace("/", "-")
