"""Everything that the graph says of one thing, on either side; of a verdict, an example as well."""

from __future__ import annotations

from typing import NamedTuple

from aruntime import examples
from aruntime.examples import Case
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import ID, NS, PREFIXES, curie, slug
from aruntime.questions import lookup


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
        if source and source not in claim["sources"]:
            claim["sources"].append(source)
    return Description(identifier, properties, labels, tuple(claims.values()))


class Verdict(NamedTuple):
    """A verdict, with a small stack that comes to it.

    Attributes:
        verdict: its slug.
        word: its word on a page.
        symbol: its symbol on a page.
        act: whether somebody must decide or do something.
        definition: what it means.
        example: the plainest case of it; ``None`` if the table of cases has none.
        unlike: a case of another verdict with which the example is easily mixed up.
        further: names of its other cases.
    """

    verdict: str
    word: str
    symbol: str
    act: bool
    definition: str
    example: Case | None
    unlike: Case | None
    further: tuple[str, ...]

    def json(self) -> Json:
        """The verdict; cases as their files say them."""
        cases = {"example": self.example, "unlike": self.unlike}
        return self._asdict() | {key: case and case.json() for key, case in cases.items()}


def verdict_called(graph: Graph, name: str) -> Verdict | None:
    """The verdict of that slug or word, in any letter case; ``None`` if there is none.

    A stance or another thing of the same name is still found with its kind: ``stance/delegated``.

    Example:
        >>> verdict_called(graph, "Claimed twice").verdict
        'contended'
    """
    wanted = name.removeprefix(f"{ID}verdict/").casefold()
    wanted = wanted.removeprefix("verdict/").removeprefix("verdict:").replace("-", " ")
    for row in graph.engine.select(lookup("verdicts"), {}).records():
        known, word = slug(row["verdict"] or ""), row["word"] or ""
        if wanted in (known.replace("-", " "), word.casefold()):
            example, *further = examples.of_verdict(known) or (None,)
            contrast = example.contrast[0] if example is not None and example.contrast else None
            others = examples.load() if contrast else ()
            return Verdict(
                verdict=known,
                word=word,
                symbol=row["symbol"] or "",
                act=row["act"] == "true",
                definition=row["definition"] or "",
                example=example,
                unlike=next((case for case in others if case.name == contrast), None),
                further=tuple(case.name for case in further if case is not None),
            )
    return None
