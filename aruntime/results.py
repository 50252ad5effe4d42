"""SPARQL 1.1 results in JSON (https://www.w3.org/TR/sparql11-results-json/)."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from aruntime.model import Rows, Term
from aruntime.namespaces import PREFIXES

_STRING = PREFIXES["xsd"] + "string"


def as_json(rows: Rows) -> str:
    """SPARQL 1.1 results in JSON, on one line, as Oxigraph writes them."""
    import json

    bindings = [{name: _json_term(term) for name, term in zip(rows.columns, row, strict=True) if term is not None} for row in rows.rows]
    return json.dumps({"head": {"vars": list(rows.columns)}, "results": {"bindings": bindings}}, ensure_ascii=False, separators=(",", ":")) + "\n"


def of_json(answer: bytes) -> Rows:
    """Solutions from SPARQL 1.1 results in JSON.

    Raises:
        SyntaxError: they are none.
    """
    found = parse_query_results(answer, QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return Rows(tuple(variable.value for variable in found.variables), tuple(tuple(solution) for solution in found))


def whole(path: str) -> bytes | None:
    """The SPARQL 1.1 results in JSON that a file holds, or ``None`` if it is not there or was cut short."""
    try:
        with open(path, "rb") as file:
            found = file.read()
    except (OSError, ValueError):  # what a caller wrote may be no file's name
        return None
    return found if found.startswith(b'{"head":') and found.rstrip().endswith(b"]}}") else None


def ask_json(answer: bool) -> str:
    """The SPARQL 1.1 results in JSON of an ASK query."""
    import json

    return json.dumps({"head": {}, "boolean": answer}) + "\n"


def _json_term(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Literal):
        found: dict[str, Any] = {"type": "literal", "value": term.value}
        if term.language:
            found["xml:lang"] = term.language
        elif term.datatype.value != _STRING:
            found["datatype"] = term.datatype.value
        return found
    return {
        "type": "triple",
        "value": {"subject": _json_term(term.subject), "predicate": _json_term(term.predicate), "object": _json_term(term.object)},
    }
