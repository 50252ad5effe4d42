"""The first lines of a new file: canonical already, and refused by validation only where a person must write.

What a person must write begins with ``TODO``; the rule ``nothing-is-left-to-write`` finds each of these by its line.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from aruntime import corpus, paths, turtle
from aruntime.errors import DataError, UsageError
from aruntime.namespaces import ID, PREFIXES, iri

REVIEW_AFTER: Final = timedelta(days=181)
"""How long a claim may stand unread."""

KINDS: Final[dict[str, dict[str, str]]] = {
    "responsibility": {
        "ar:responsibility": "responsibility:TODO",
        "ar:stance": "stance:TODO",
        "ar:unit": "unit:TODO",
        "ar:layer": "layer:TODO",
        "ar:scope": "scope:TODO",
    },
    "family": {"ar:family": "family:TODO", "ar:rank": "classification-rank:primary"},
    "integration": {"ar:relation": "relation:TODO", "ar:object": "runtime:TODO"},
    "target": {"ar:hardware": "hardware-target:TODO"},
    "interface": {"ar:interface": "interface:TODO", "ar:interfaceRole": "interface-role:TODO"},
    "trade-off": {"ar:tradeOff": "trade-off:TODO", "ar:pole": "pole:TODO", "ar:mechanism": "mechanism:TODO"},
    "lifecycle": {"ar:lifecycle": "lifecycle:TODO"},
}
"""For each kind of claim what it says, with names to be filled in."""

_CLASSES = {"family": "ar:ClassificationClaim", "trade-off": "ar:TradeOffClaim"}


def folder() -> Path:
    """Where new files belong: the checkout's ``data/``, or the current folder where the package is installed."""
    return paths.data() if Path(paths.root()).name != "_graph" else Path.cwd()


def runtime(slug: str, today: datetime | None = None) -> list[Triple]:
    """A runtime with a release and the three claims that every runtime needs."""
    own = iri(f"runtime:{slug}")
    release = NamedNode(f"{own.value}#release-todo")
    return [
        *_of(own, {"rdf:type": "ar:Runtime", "ar:maintainer": "agent:TODO", "schema:codeRepository": "<https://example.org/TODO>"}),
        *_texts(own, {"rdfs:label": "TODO name", "dcterms:description": "TODO one sentence that says what it is."}),
        *_of(release, {"rdf:type": "ar:Release", "ar:releaseOf": f"runtime:{slug}"}),
        Triple(release, iri("ar:version"), Literal("TODO")),
        Triple(release, iri("ar:purl"), Literal("TODO")),
        *claim(slug, "family", "family", today),
        *claim(slug, "lifecycle", "lifecycle", today),
        *claim(slug, "owns-something", "responsibility", today),
    ]


def claim(slug: str, name: str, kind: str, today: datetime | None = None) -> list[Triple]:
    """A candidate claim without evidence; ``aruntime evidence pin --write`` adds that.

    Raises:
        UsageError: there is no such kind.
    """
    if kind not in KINDS:
        raise UsageError(f"no kind of claim is called {kind!r}; kinds are {', '.join(KINDS)}")
    now = today or datetime.now(UTC)
    own = NamedNode(f"{ID}runtime/{slug}#{name}")
    cls = _CLASSES.get(kind) or f"ar:{kind.capitalize()}Claim"
    said = {
        "rdf:type": cls,
        "ar:subject": f"runtime:{slug}",
        "ar:status": "claim-status:candidate",
        "ar:availability": "availability:built-in",
        "ar:curationMode": "curation-mode:human",
        "prov:wasAttributedTo": "agent:aruntime",
        **KINDS[kind],
    }
    triples = _of(own, said) + _texts(own, {"ar:statement": "TODO one plain sentence that the cited lines support."})
    triples += [_instant(own, "ar:reviewed", now), _instant(own, "ar:reviewBy", now + REVIEW_AFTER)]
    if kind == "lifecycle":
        triples.append(_instant(own, "ar:asOf", now))
    return triples


def source(slug: str, today: datetime | None = None) -> list[Triple]:
    """A registered source."""
    own = iri(f"source:{slug}")
    said = {
        "rdf:type": "ar:Source",
        "ar:sourceKind": "source-kind:official-documentation",
        "ar:publisher": "agent:TODO",
        "ar:authoritativeFor": "runtime:TODO",
    }
    return [*_of(own, said), *_texts(own, {"rdfs:label": "TODO name"}), _instant(own, "ar:retrieved", today or datetime.now(UTC))]


def create(path: Path, triples: list[Triple]) -> Path:
    """Write a new file.

    Raises:
        UsageError: there is one already; nothing is overwritten.
    """
    if path.exists():
        raise UsageError("the file exists already; nothing was written", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(turtle.write(triples), "utf-8")
    return path


def extend(path: Path, triples: list[Triple]) -> Path:
    """Add triples to a file that exists.

    Raises:
        UsageError: there is no such file, or it already describes what is to be added.
        DataError: the file is malformed.
    """
    if not path.is_file():
        raise UsageError("no such file; aruntime new runtime begins one", path=path)
    before = corpus.triples_of(path)
    subjects = {t.subject for t in before}
    if any(t.subject in subjects and t not in before and t.predicate == iri("rdf:type") for t in triples):
        raise UsageError("the file already has something of that name", path=path)
    if turtle.comments(path.read_text("utf-8-sig")):
        raise DataError("the file has comments, which would be lost", path=path)
    path.write_text(turtle.write([*before, *triples]), "utf-8")
    return path


def _of(own: NamedNode, said: dict[str, str]) -> list[Triple]:
    return [Triple(own, iri(p), NamedNode(v.strip("<>")) if v.startswith("<") else iri(v)) for p, v in said.items()]


def _texts(own: NamedNode, said: dict[str, str]) -> list[Triple]:
    return [Triple(own, iri(p), Literal(v, language="en")) for p, v in said.items()]


def _instant(own: NamedNode, predicate: str, instant: datetime) -> Triple:
    value = instant.strftime("%Y-%m-%dT00:00:00Z")
    return Triple(own, iri(predicate), Literal(value, datatype=NamedNode(PREFIXES["xsd"] + "dateTime")))
