"""What came of one test of a suite, and where the suites are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse
from pyoxigraph import Literal as Text

from aruntime.errors import AruntimeError
from aruntime.model import Rows, Term
from aruntime.turtle import canonical
from aruntime.validation.constraints import native
from aruntime.validation.data import Data

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "testdata"
W3C = Path(os.environ.get("ARUNTIME_TESTDATA", _BESIDE)) / "w3c"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"

Result = Literal["pass", "fail", "skip"]


class Outcome(NamedTuple):
    """What came of one test.

    Attributes:
        suite: one of the suites' names, as the table of the document has it.
        test: the test's name in its suite.
        detail: why it failed or was skipped.
    """

    suite: str
    test: str
    result: Result
    detail: str = ""


def judged(suite: str, test: str, run: Callable[[], str | None]) -> Outcome:
    """The outcome of a function that returns what is wrong, or nothing.

    An error that users would see counts as a failure; any other exception is one too, and says so.
    """
    try:
        wrong = run()
    except AruntimeError as error:
        wrong = f"refused: {error.message}"
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    detail = " ".join((wrong or "").split())[:300]
    return Outcome(suite, test, "fail" if wrong else "pass", detail)


def manifest(path: Path, base: str) -> Data:
    """The triples of a manifest in Turtle, IRIs resolved against *base*."""
    return Data(q.triple for q in parse(path.read_bytes(), RdfFormat.TURTLE, base_iri=base))


def entries(found: Data) -> list[Term]:
    """The tests that manifests list, in their order."""
    heads = found.subjects(NamedNode(MF + "entries"))
    lists = [v for head in heads for v in found.values(head, NamedNode(MF + "entries"))]
    return [test for head in lists for test in found.members(head)]


def same(left: Iterable[Quad], right: Iterable[Quad]) -> bool:
    """Whether two datasets are isomorphic."""
    return set(canonical(left)) == set(canonical(right))


def as_quads(rows: Rows | bool) -> list[Quad]:
    """An answer as a graph, so that two answers can be compared whatever their blank nodes are
    called: one node a row, one property a column."""
    if isinstance(rows, bool):
        return [Quad(BlankNode(), NamedNode("x:boolean"), Text(rows))]
    found = [Quad(BlankNode(), NamedNode(f"x:column:{name}"), Text("")) for name in rows.columns]
    for row in rows.rows:
        node = BlankNode()
        found.append(Quad(node, NamedNode("x:row"), Text("")))
        for name, term in zip(rows.columns, row, strict=True):
            if term is not None:
                found.append(Quad(node, NamedNode(f"x:cell:{name}"), _by_value(term)))  # type: ignore[arg-type]
    return found


def _by_value(term: Term) -> Term:
    """A number in one spelling; the standard leaves that of computed numbers open."""
    value = native(term) if isinstance(term, Text) else None
    if isinstance(term, Text) and isinstance(value, int | float | Decimal):
        spelt = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        return Text(spelt, datatype=term.datatype)
    return term
