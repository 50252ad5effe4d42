"""The parts of every stack, answered once when the store is built.

A composition needs the same few questions (tag ``part``) of each of its components. They are asked of the whole graph at
build, and each component's answers are kept beside the store as SPARQL results in JSON; a test holds them to what the
store answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, Store, parse_query_results

from aruntime import questions
from aruntime.engines.embedded import Embedded
from aruntime.model import Row, Rows, Term, text
from aruntime.results import as_json
from aruntime.terms import ID

PARTS: Final = ("releases", "families", "responsibilities", "integrations", "positions", "coverage")
"""What is asked of each component, as ``component-<part>``."""
VOCABULARY: Final = "stack-vocabulary"
_KINDS: Final = ("runtime", "component")


def write(store: Store, folder: Path, concerned: Collection[Term] | None = None) -> None:
    """Answer every part for every component into *folder*, or only for those among *concerned*."""
    engine = Embedded(store)
    components = [row[1] for kind in _KINDS for row in questions.ask(engine, "things", {"kind": kind}).rows]
    for node in concerned or ():
        if (text(node) or "").startswith(tuple(f"{ID}{kind}/" for kind in _KINDS)):
            shutil.rmtree(folder / _slug(text(node) or ""), ignore_errors=True)
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
    if concerned is None:
        answer = questions.ask(engine, VOCABULARY)
        (folder / f"{VOCABULARY}.json").write_text(as_json(answer), "utf-8")
        (folder / f"{VOCABULARY}.nt").write_text("".join(f"{s} {p} {o} .\n" for s, p, o in answer.rows), "utf-8")


def _by_component(answer: Rows, components: Iterable[Term | None]) -> dict[Term | None, Rows]:
    """Rows of each component, which stands in the first column."""
    by: dict[Term | None, list[Row]] = {component: [] for component in components}
    for row in answer.rows:
        by.setdefault(row[0], []).append(row)
    return {component: Rows(answer.columns, tuple(rows)) for component, rows in by.items()}


def read(folder: Path, name: str, parameters: Mapping[str, str | Term]) -> Rows | None:
    """The kept answer of a part, or ``None`` if there is none and the store must be asked."""
    if name == VOCABULARY and not parameters:
        path = folder / f"{name}.json"
    elif name.startswith("component-") and set(parameters) == {"component"}:
        value = parameters["component"]
        path = folder / _slug(value if isinstance(value, str) else text(value) or "") / f"{name}.json"
    else:
        return None
    try:
        answer = parse_query_results(path.read_bytes(), QueryResultsFormat.JSON)
        assert isinstance(answer, QuerySolutions)
        return Rows(tuple(v.value for v in answer.variables), tuple(tuple(solution) for solution in answer))
    except (OSError, SyntaxError, ValueError):
        return None


def vocabulary(folder: Path | None) -> bytes | None:
    """The vocabulary that decides verdicts as N-Triples, which load at once, if it is kept."""
    try:
        return (folder / f"{VOCABULARY}.nt").read_bytes() if folder else None
    except OSError:
        return None


def component(folder: Path, name: str) -> str | None:
    """The IRI of the runtime, or else other component, of that slug, if its parts are kept."""
    if not name.replace("-", "").replace(".", "").isalnum():
        return None
    kinds = (kind for kind in ("runtime", "component") if (folder / f"{kind}-{name}").is_dir())
    return next((f"{ID}{kind}/{name}" for kind in kinds), None)


def _slug(component: str) -> str:
    """A folder's name: ``runtime-vllm``."""
    return component.removeprefix(ID).replace("/", "-")
