"""What is asked of a made graph: every named question, and those with an optional parameter a second time with it bound."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from aruntime import questions
from aruntime.engines.engine import bound
from aruntime.model import Parameter, Term
from aruntime.namespaces import ID
from bench.generate import MADE


@dataclass(frozen=True)
class Asked:
    """One question as it is put to every engine.

    Attributes:
        label: the question's name, with the optional parameter that is bound.
    """

    label: str
    name: str
    text: str
    bindings: dict[str, Term]

    def request(self, readings: int, limit: float) -> dict[str, Any]:
        """What a child is sent; see ``bench/answer.py``."""
        spelt = {name: str(term) if isinstance(term, NamedNode) else json.dumps(getattr(term, "value", "")) for name, term in self.bindings.items()}
        return {
            "name": self.name,
            "text": self.text,
            "bound": bound(self.text, self.bindings),
            "bindings": spelt,
            "readings": readings,
            "limit": limit,
        }


def asked_of(folder: Path, *, optional: bool) -> list[Asked]:
    """All questions for a checkout.

    Args:
        optional: whether questions with an optional parameter are asked with it, too.
    """
    found = []
    for name in questions.names():
        question = questions.load(name)
        required = {p.name: _example(folder, p) for p in question.parameters if p.required}
        found.append(Asked(name, name, question.text, required))
        free = sorted((p for p in question.parameters if not p.required), key=lambda p: p.name != "runtime")
        if optional and free:
            found.append(Asked(f"{name}({free[0].name})", name, question.text, {**required, free[0].name: _example(folder, free[0])}))
    return found


def _example(folder: Path, parameter: Parameter) -> Term:
    """The made thing that stands for the documented example: the first landscape's, or else any of its class."""
    term = questions.term(parameter.kind, parameter.example)
    if not isinstance(term, NamedNode) or not term.value.startswith(ID):
        return term
    thing, _, part = term.value.removeprefix(ID).partition("#")
    kind, _, slug = thing.partition("/")
    if kind not in MADE:
        return term
    if parameter.kind == "component":  # what compositions ask of their parts, which are runtimes as a rule
        kind, slug = "runtime", "vllm"
    made = f"{slug}-1"
    if not (folder / "data" / kind / f"{made}.ttl").is_file():
        made = min((path.stem for path in (folder / "data" / kind).glob("*.ttl")), default=slug)
    return NamedNode(f"{ID}{kind}/{made}{'#' + part if part else ''}")
