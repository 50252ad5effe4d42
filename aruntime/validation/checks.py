"""Cross-claim rules: one query each, run once over the whole graph; every row is a breach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from aruntime import paths, questions
from aruntime.errors import DataError
from aruntime.model import Finding, Severity, text

_COLUMNS = ["focus", "path", "value"]


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


def findings(store: Store, check: Check) -> Iterator[Finding]:
    """Every breach of one check.

    Raises:
        DataError: the query is malformed or has other columns than focus, path and value.
    """
    try:
        answer = store.query(check.query)
    except SyntaxError as error:
        raise DataError(f"malformed check: {error.msg}", path=check.path, line=error.lineno) from None
    if not isinstance(answer, QuerySolutions) or [v.value for v in answer.variables] != _COLUMNS:
        raise DataError("a check selects ?focus ?path ?value", path=check.path)
    for focus, path, value in answer:
        yield Finding(None, None, check.rule, check.severity, text(focus) or "", text(path), text(value), check.message)
