"""Cross-claim rules: one query each, run once over the whole graph; every row is a breach."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode, QuerySolutions, Store

from aruntime import paths, questions
from aruntime.engines.engine import PLACEHOLDER, fill
from aruntime.errors import DataError
from aruntime.model import Finding, Severity, Term, text
from aruntime.store import damage

_COLUMNS: Final = ["focus", "path", "value"]


class Check:
    """A rule that needs more than one node to be judged; its header is read once there is something
    to report.

    Raises:
        DataError: on *severity* and *message*, if the header lacks them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rule = path.stem
        self.query = path.read_text("utf-8")

    @cached_property
    def severity(self) -> Severity:
        """How much a breach matters."""
        try:
            return Severity(self._header["severity"])
        except (KeyError, ValueError) as error:
            raise DataError(f"the header needs a severity: {error}", path=self.path) from None

    @cached_property
    def message(self) -> str:
        """What a breach is, and how to mend it."""
        try:
            return str(self._header["message"]).strip()
        except KeyError:
            raise DataError("the header needs a message", path=self.path) from None

    @property
    def summary(self) -> str:
        """What it looks for."""
        return str(self._header["summary"])

    @cached_property
    def _header(self) -> dict[str, Any]:
        return questions.header(self.query, self.path)


def check_files() -> list[Path]:
    """Files of checks; a file's name is its rule."""
    return sorted((paths.ontology() / "checks").glob("*.rq"))


def findings(
    store: Store, check: Check, focus: Collection[Term] | None = None
) -> Iterator[Finding]:
    """Every breach of one check, or only breaches by the nodes of *focus*.

    Raises:
        DataError: the query is malformed or has other columns than focus, path and value.
        DamageError: the store is damaged.
    """
    query = fill(check.query, {}) if focus is None else _among(check.query, focus)
    try:
        answer = store.query(query)
        rows = list(answer) if isinstance(answer, QuerySolutions) else []
    except SyntaxError as error:
        raise DataError(
            f"malformed check: {error.msg}", path=check.path, line=error.lineno
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        raise damage(error) or error from None
    if not isinstance(answer, QuerySolutions) or [v.value for v in answer.variables] != _COLUMNS:
        raise DataError("a check selects ?focus ?path ?value", path=check.path)
    for node, path, value in rows:
        yield Finding(
            None,
            None,
            check.rule,
            check.severity,
            text(node) or "",
            text(path),
            text(value),
            check.message,
        )


def _among(query: str, focus: Collection[Term]) -> str:
    """A check that looks at some nodes alone: at its placeholders for ``?focus``, or else from the
    beginning of its group."""
    mark = PLACEHOLDER.format("focus")
    if mark not in query:
        query = query.replace("\nWHERE {\n", f"\nWHERE {{\n  {mark}\n", 1)
    names = " ".join(str(node) for node in focus if isinstance(node, NamedNode))
    return fill(query.replace(mark, f"VALUES ?focus {{ {names} }}"), {})
