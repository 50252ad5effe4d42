"""Solutions and triples in the standard formats.

CSV and TSV follow the SPARQL 1.1 results formats to the letter (https://www.w3.org/TR/sparql11-results-csv-tsv/).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, RdfFormat, Triple, serialize

from aruntime import turtle
from aruntime.model import Rows, Term

RDF_FORMATS: Final = {"turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD}


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
