"""Solutions and triples in the standard formats.

JSON, CSV and TSV follow the SPARQL 1.1 results formats to the letter
(https://www.w3.org/TR/sparql11-results-json/, https://www.w3.org/TR/sparql11-results-csv-tsv/).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from aruntime import turtle
from aruntime.model import Rows, Term
from aruntime.terms import PREFIXES

RDF_FORMATS: Final = {"turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD}
_STRING = PREFIXES["xsd"] + "string"


def as_json(rows: Rows) -> str:
    """SPARQL 1.1 results in JSON."""
    bindings = [{name: _json_term(term) for name, term in zip(rows.columns, row, strict=True) if term is not None} for row in rows.rows]
    return json.dumps({"head": {"vars": list(rows.columns)}, "results": {"bindings": bindings}}, ensure_ascii=False, indent=1) + "\n"


def ask_json(answer: bool) -> str:
    """The SPARQL 1.1 results in JSON of an ASK query."""
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


def as_csv(rows: Rows) -> str:
    """SPARQL 1.1 results in CSV: IRIs and lexical forms, no types."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows.columns)
    for row in rows.rows:
        writer.writerow(["" if term is None else _csv_term(term) for term in row])
    return out.getvalue()


def _csv_term(term: Term) -> str:
    return str(term) if isinstance(term, BlankNode | Triple) else term.value


def as_tsv(rows: Rows) -> str:
    """SPARQL 1.1 results in TSV: terms as Turtle spells them."""
    lines = ["\t".join(f"?{name}" for name in rows.columns)]
    lines += ["\t".join("" if term is None else str(term) for term in row) for row in rows.rows]
    return "\n".join(lines) + "\n"


def as_rdf(triples: Iterable[Triple], form: str) -> str:
    """Triples as canonical Turtle, N-Quads or JSON-LD."""
    if form == "turtle":
        return turtle.write(triples)
    written = serialize(triples, format=RDF_FORMATS[form])
    assert written is not None
    return written.decode()
