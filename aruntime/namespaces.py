"""Namespaces: the only place where Python spells one. ``ontology/prefixes.ttl`` is its equal; a
test compares them."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "https://w3id.org/aruntime/"
NS: Final = BASE + "ns#"
ID: Final = BASE + "id/"
GRAPH: Final = BASE + "graph/"

CLASSES: Final = ("agent", "component", "lead", "recognition", "runtime", "source", "stack")
"""Classes of things whose files stand in ``data/<class>/``."""

SCHEMES: Final = (
    "availability", "claim-status", "classification-rank", "concern", "curation-mode", "deployment-boundary",
    "deployment-rule",
    "evidence-type", "execution-model", "failure-boundary", "family", "hardware-target", "interface",
    "interface-role", "layer", "lifecycle", "mechanism", "operational-owner", "ownership-question", "part", "pole",
    "precision", "purpose", "reading-step", "relation", "responsibility", "review-outcome", "role", "scope",
    "selection-question", "service-objective", "source-kind", "stance", "state-kind", "trade-off", "unit", "verdict",
)  # fmt: skip
"""Concept schemes; each stands in ``ontology/vocab/<scheme>.ttl``."""

KINDS: Final = (*CLASSES, *SCHEMES)
"""Kinds of things that have a slug: their IRI is ``…/id/<kind>/<slug>``."""

PREFIXES: Final[dict[str, str]] = {
    "ar": NS,
    "bibo": "http://purl.org/ontology/bibo/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "eco": "http://purl.obolibrary.org/obo/ECO_",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "voaf": "http://purl.org/vocommons/voaf#",
    "void": "http://rdfs.org/ns/void#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "prefix": ID + "prefix/",
    "rule": ID + "rule/",
    "scheme": ID + "scheme/",
    **{name: f"{ID}{name}/" for name in KINDS},
}


def iri(curie: str) -> NamedNode:
    """The IRI of a CURIE such as ``runtime:vllm`` or ``ar:Claim``.

    Raises:
        KeyError: the prefix is not one of :data:`PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


TYPE: Final = iri("rdf:type")


def slug(identifier: str) -> str:
    """The last part of an IRI: the name people type, e.g. ``vllm`` or
    ``vllm#chunks-prompts``."""
    if identifier.startswith(ID):
        return identifier.rsplit("/", 1)[-1]
    found = located(identifier)
    return identifier.rsplit("#", 1)[-1] if found is None else found[2]


def located(identifier: str) -> tuple[str, str, str] | None:
    """Namespace, kind and name of a thing's IRI; ``None`` where the IRI is not of that form.

    Things of an organisation have the form of ours in a namespace of its own.

    Example:
        >>> located("https://acme.example/id/runtime/gateway#routes")
        ('https://acme.example/id/', 'runtime', 'gateway#routes')
    """
    if identifier.startswith(ID):
        kind, _, name = identifier.removeprefix(ID).partition("/")
        return ID, kind, name
    own, hash_, fragment = identifier.partition("#")
    above, _, name = own.rpartition("/")
    namespace, slash, kind = above.rpartition("/")
    if kind in KINDS and name and "://" in namespace:
        return namespace + slash, kind, name + hash_ + fragment
    return None


def curie(identifier: str) -> str:
    """The shortest CURIE of an IRI, or the IRI itself in angle brackets when no prefix fits."""
    best = max((ns for ns in PREFIXES.values() if identifier.startswith(ns)), key=len, default=None)
    if best is None:
        return f"<{identifier}>"
    prefix = next(name for name, ns in PREFIXES.items() if ns == best)
    return f"{prefix}:{identifier.removeprefix(best)}"
