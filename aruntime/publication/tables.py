"""Tables for spreadsheets and statistics: CSV (RFC 4180), with their columns described in CSV on
the Web (https://www.w3.org/TR/tabular-metadata/).

A table is a query of ``ontology/publication/tables``; its header says what a row and each column
means, which columns are the key, which hold several values with a space between, and which table a
column's values come from.

It also says by which property a cell states something (``property``), of what (``thing``; else of the
first column of the key), and in which vocabulary its name stands (``names``), so that csv2rdf
(https://www.w3.org/TR/csv2rdf/) gives triples of the graph. A cell of several values has no property,
since csv2rdf cannot make things of a list; it stays under the column's own name, for what limits a
claim must not vanish.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pyoxigraph import QuerySolutions

from aruntime import paths, questions
from aruntime.errors import DataError
from aruntime.model import text
from aruntime.namespaces import iri
from aruntime.publication.edition import Edition
from aruntime.publication.forms import File

_CSVW: Final = "http://www.w3.org/ns/csvw"


def table_files(edition: Edition) -> Iterator[File]:
    """Each table, and what describes them all."""
    tables = []
    for path in sorted((paths.ontology() / "publication" / "tables").glob("*.rq")):
        header = questions.header(path.read_text("utf-8"), path)
        content = table(edition, path, header["columns"])
        yield File(f"tables/{path.stem}.csv", header["summary"], "text/csv", content)
        tables.append(_described(path.stem, header))
    found = {
        "@context": [_CSVW, {"@language": "en"}],
        "dc:license": {"@id": edition.licence.value},
        "tables": tables,
    }
    content = (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()
    title = "Description of the tables (CSV on the Web)"
    yield File("tables/csv-metadata.json", title, "application/csvm+json", content)


def table(edition: Edition, path: Path, columns: dict[str, dict[str, Any]]) -> bytes:
    """The rows of one query, sorted, with the columns' names first.

    Args:
        columns: by name, what the header says of each.

    Raises:
        DataError: the query is malformed, or has other columns than its header.
    """
    try:
        answer = edition.compiled.query(path.read_text("utf-8"))
    except SyntaxError as error:
        raise DataError(f"malformed query: {error.msg}", path=path, line=error.lineno) from None
    names = [v.value for v in answer.variables] if isinstance(answer, QuerySolutions) else []
    if not isinstance(answer, QuerySolutions) or names != list(columns):
        raise DataError("the header's columns are not those of the query", path=path)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows(
        sorted(
            [_cell(said, text(value)) for said, value in zip(columns.values(), row, strict=True)]
            for row in answer
        )
    )
    return written.getvalue().encode()


def _cell(said: dict[str, Any], value: str | None) -> str:
    """A cell; several values, which ``GROUP_CONCAT`` joins in any order, stand in one."""
    return " ".join(sorted((value or "").split())) if "many" in said else value or ""


def _described(name: str, header: dict[str, Any]) -> dict[str, Any]:
    columns = header["columns"]
    schema: dict[str, Any] = {
        "aboutUrl": f"{{+{header['key'][0]}}}",
        "columns": [
            {
                "name": column,
                "titles": column,
                "dc:description": said["about"],
                "datatype": said["type"],
                **({"required": True} if column in header["key"] else {}),
                **({"separator": " "} if "many" in said else {}),
                **_stated(column, said, header["key"]),
            }
            for column, said in columns.items()
        ],
        "primaryKey": header["key"],
    }
    foreign = [
        {
            "columnReference": column,
            "reference": {"resource": f"{said['of']}.csv", "columnReference": "component"},
        }
        for column, said in columns.items()
        if "of" in said
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "url": f"{name}.csv",
        "dc:title": header["summary"],
        "dc:description": header["row"],
        "tableSchema": schema,
    }


def _stated(column: str, said: dict[str, Any], key: list[str]) -> dict[str, Any]:
    """What a cell of a column states as RDF."""
    if "property" not in said:
        return {"suppressOutput": True} if column == key[0] else {}
    found: dict[str, Any] = {"propertyUrl": iri(said["property"]).value}
    if "thing" in said:
        found["aboutUrl"] = f"{{+{said['thing']}}}"
    if "names" in said:
        found["valueUrl"] = f"{iri(said['names'] + ':').value}{{{column}}}"
    elif said["type"] == "anyURI":
        found["valueUrl"] = f"{{+{column}}}"
    return found | ({"lang": said["lang"]} if "lang" in said else {})
