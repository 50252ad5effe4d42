"""Solutions in the standard formats.

CSV and TSV follow the SPARQL 1.1 results formats to the letter (https://www.w3.org/TR/sparql11-results-csv-tsv/).
"""

from __future__ import annotations

import io

from pyoxigraph import BlankNode, Triple

from aruntime.model import Rows, Term


def as_csv(rows: Rows) -> str:
    """SPARQL 1.1 results in CSV: IRIs and lexical forms, no types."""
    import csv

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
