"""Description: everything that the graph says of one thing, on either side."""

from __future__ import annotations

from typing import NamedTuple

from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import NS, PREFIXES, curie, slug


class Description(NamedTuple):
    """One thing.

    Attributes:
        iri: its IRI.
        properties: values by CURIE of the property; IRIs stay IRIs.
        labels: names of the values that have one.
        claims: claims that are about it or name it, with the role in which they do.
    """

    iri: str
    properties: dict[str, list[str]]
    labels: dict[str, str]
    claims: tuple[Json, ...]

    def json(self) -> Json:
        """The description, claims by slug."""
        return {"iri": self.iri, "properties": self.properties, "claims": list(self.claims)}


def describe(graph: Graph, thing: str) -> Description:
    """What the graph says of *thing*.

    Raises:
        UsageError: the graph knows no such thing.
    """
    identifier = graph.find(thing)
    properties: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for row in graph.ask("describe", {"thing": identifier}).records():
        values = properties.setdefault(curie(row["property"] or ""), [])
        if row["value"] not in values:
            values.append(row["value"] or "")
        if row["label"]:
            labels[row["value"] or ""] = row["label"]
    claims: dict[str, Json] = {}
    for row in graph.ask("mentions", {"thing": identifier}).records():
        role = (row["role"] or "").removeprefix(NS)
        if role.startswith(PREFIXES["prov"]):
            continue
        claim = claims.setdefault(
            row["claim"] or "",
            {
                "claim": slug(row["claim"] or ""),
                "role": role,
                "status": slug(row["status"] or ""),
                "statement": row["statement"],
                "sources": [],
            },
        )
        source = slug(row["source"] or "")
        if source not in claim["sources"]:
            claim["sources"].append(source)
    return Description(identifier, properties, labels, tuple(claims.values()))
