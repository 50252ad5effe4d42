"""Cross-claim rules: one query each, run once over the whole graph; every row is a breach."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, QuerySolutions, Store

from aruntime import paths, questions
from aruntime.errors import DataError
from aruntime.model import Finding, Severity, Term, text

_COLUMNS: Final = ["focus", "path", "value"]
_WHERE: Final = re.compile(r"^WHERE \{$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """A rule that needs more than one node to be judged."""

    rule: str
    severity: Severity
    message: str
    query: str
    path: Path


def check_files() -> list[Path]:
    """Files of checks; a file's name is its rule."""
    return sorted((paths.ontology() / "checks").glob("*.rq"))


def load(path: Path) -> Check:
    """One check.

    Raises:
        DataError: its header lacks severity or message.
    """
    query = path.read_text("utf-8")
    header = questions.header(query, path)
    try:
        severity, message = Severity(header["severity"]), str(header["message"]).strip()
    except (KeyError, ValueError) as error:
        raise DataError(f"the header needs severity and message: {error}", path=path) from None
    return Check(path.stem, severity, message, query, path)


def findings(store: Store, check: Check, focus: Collection[Term] | None = None) -> Iterator[Finding]:
    """Every breach of one check, or only breaches by the nodes of *focus*.

    Raises:
        DataError: the query is malformed or has other columns than focus, path and value.
    """
    query = check.query if focus is None else _WHERE.sub(lambda match: f"{match.group()} VALUES ?focus {{ {_names(focus)} }}", check.query, count=1)
    try:
        answer = store.query(query)
    except SyntaxError as error:
        raise DataError(f"malformed check: {error.msg}", path=check.path, line=error.lineno) from None
    if not isinstance(answer, QuerySolutions) or [v.value for v in answer.variables] != _COLUMNS:
        raise DataError("a check selects ?focus ?path ?value", path=check.path)
    for node, path, value in answer:
        yield Finding(None, None, check.rule, check.severity, text(node) or "", text(path), text(value), check.message)


def _names(nodes: Collection[Term]) -> str:
    return " ".join(str(node) for node in nodes if isinstance(node, NamedNode))
