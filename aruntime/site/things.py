"""Pages of things that have no template of their own: what is said of them, what points at them,
and the claims that name them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from pyoxigraph import Literal, NamedNode

from aruntime.folder import Folder
from aruntime.model import Term
from aruntime.namespaces import ID, NS, PREFIXES, curie, iri, slug
from aruntime.site.claims import ClaimView
from aruntime.site.rendering import Renderer

_WORDS: Final = {
    "dcterms:source": "term from", "dcterms:license": "licence", "foaf:homepage": "on the web", "schema:url": "on the web",
    "rdfs:subClassOf": "kind of", "rdfs:subPropertyOf": "special case of", "rdfs:domain": "said of", "rdfs:range": "value",
    "skos:altLabel": "also called", "skos:broader": "broader", "skos:related": "easily confused with", "owl:inverseOf": "inverse of",
    "dcterms:isReplacedBy": "replaced by", "schema:codeRepository": "code", "sh:severity": "severity", "sh:path": "looks at",
    "sh:targetClass": "applies to", "sh:datatype": "datatype", "sh:minCount": "at least", "sh:maxCount": "at most",
    "sh:class": "of class", "schema:domainIncludes": "said of", "skos:exactMatch": "the same as", "prov:wasAttributedTo": "recorded by",
    "skos:notation": "number", "rdf:type": "is a", "skos:closeMatch": "close to",
}  # fmt: skip
"""Words for properties of other vocabularies; ours have labels."""
_HIDDEN: Final = frozenset(
    iri(name).value
    for name in (
        "rdfs:label", "skos:prefLabel", "skos:definition", "dcterms:description", "skos:scopeNote", "rdfs:isDefinedBy",
        "skos:inScheme", "skos:topConceptOf", "skos:broaderTransitive", "dcterms:title", "prov:wasDerivedFrom",
        "ar:evidence", "prov:hadPrimarySource", "ar:composesWith", "ar:number", "skos:example", "sh:property", "rdf:type",
        "skos:narrower", "skos:narrowerTransitive", "skos:hasTopConcept", "sh:message", "ar:symbol",
    )
)  # fmt: skip
"""Properties that a page says elsewhere, or that repeat what others say."""
_POINTING: Final = {
    "ar:atLayer": "At this layer", "ar:askedOf": "Asked of this family", "ar:mechanismOf": "Where it appears",
    "ar:partOf": "Parts", "skos:broader": "Narrower", "ar:usualUnit": "Stated in this unit", "ar:primaryFamily": "Runtimes",
    "ar:secondaryFamily": "Also in this family", "ar:requires": "Purposes that ask for it", "ar:publisher": "Sources",
    "ar:maintainer": "Maintains", "ar:optionOf": "Options", "ar:inUse": "Stacks that use it", "ar:spansLayer": "Families",
    "rdfs:subClassOf": "Kinds", "rdfs:subPropertyOf": "Special cases", "rdfs:domain": "Properties", "rdfs:range": "Properties that lead to it",
    "ar:ofTradeOff": "Poles", "ar:refines": "Narrower configurations", "ar:needs": "Configurations that need it",
    "ar:selects": "Configurations that select it", "ar:boundaryResponsibility": "Families that it bounds", "ar:asksAbout": "Ownership questions",
    "ar:technique": "Research", "ar:describesMechanism": "Research", "ar:concern": "Responsibilities", "ar:followsFrom": "Purposes",
    "ar:conflictsWith": "In conflict with it", "ar:authoritativeFor": "Sources about it", "skos:inScheme": "Words", "ar:sourceKind": "Sources",
    "sh:property": "Part of", "sh:path": "Rules about it", "sh:targetClass": "Rules about it",
}  # fmt: skip
"""Headings of what points at a thing."""
_ROLES: Final = {
    "responsibility": "Who stands how to it", "delegate": "Handed over to it", "through": "Driven by others", "object": "Integrations",
    "inConfiguration": "Claims in this configuration", "unit": "Claims in this unit", "scope": "Claims with this scope",
}  # fmt: skip
"""Headings of claims that name a thing, by the property that does."""
_MOST: Final = 250
"""More claims than this are counted and not listed."""


class Value(NamedTuple):
    """A value of a property: an IRI, or text."""

    iri: str | None
    text: str


class Group(NamedTuple):
    """Claims under a heading; *more* are counted alone."""

    title: str
    claims: list[ClaimView]
    more: int


def write(pages: Renderer, folder: Folder, thing: str, **more: Any) -> None:
    """Write the page of a thing, if it has one; *more* is for a template that says more of it."""
    path = pages.links.page(thing)
    if path is not None and path not in folder.sizes:
        template = more.pop("template", "thing.html")
        folder.write(path, pages.page(path, template, **{**context(pages, thing), **more}))


def context(pages: Renderer, thing: str) -> dict[str, Any]:
    """What the template ``thing.html`` shows."""
    return {
        "iri": thing,
        "crumbs": crumbs(pages, thing),
        "rows": rows(pages, thing),
        "lists": lists(pages, thing),
        "groups": groups(pages, thing),
        "mark": thing.removeprefix(ID + "verdict/") if thing.startswith(ID + "verdict/") else None,
    }


def crumbs(pages: Renderer, thing: str) -> list[tuple[str, str]]:
    """Where a thing belongs: IRIs or paths with their words."""
    facts = pages.facts
    if thing.startswith(NS):
        return [("vocabulary.html", "Vocabulary")]
    kind = thing.removeprefix(ID).partition("/")[0]
    if owner := facts.value(thing, "ar:ofComponent"):
        return [(owner, facts.label(owner)), ("", "choice" if facts.is_a(thing, "ar:Choice") else "configuration")]  # fmt: skip
    scheme = f"{ID}scheme/{kind}"
    if scheme in facts and scheme != thing:
        return [("vocabulary.html", "Vocabulary"), (scheme, facts.label(scheme))]
    return [
        ("about.html" if kind in ("agent", "lead") else "vocabulary.html", kind.capitalize() + "s")
    ]


def rows(pages: Renderer, thing: str) -> list[tuple[str, list[Value]]]:
    """What is said of a thing, as words and values."""
    found: dict[str, list[Value]] = {}
    for predicate, terms in pages.facts.properties.get(thing, {}).items():
        if predicate in _HIDDEN:
            continue
        values = sorted(_values(pages, terms), key=lambda v: (v.text.casefold(), v.iri or ""))
        if values:
            known = found.setdefault(word(pages, predicate), [])
            known += [value for value in values if value not in known]
    return sorted(found.items())


def _values(pages: Renderer, terms: Iterable[Term]) -> Iterable[Value]:
    for term in terms:
        if isinstance(term, NamedNode):
            known = pages.links.target(term.value) is not None
            short = curie(term.value).strip("<>")
            yield Value(term.value, pages.facts.label(term.value) if known else short)
        elif isinstance(term, Literal):
            kind = term.datatype.value.removeprefix(PREFIXES["xsd"])
            said = {"true": "yes", "false": "no"} if kind == "boolean" else {}
            shown = term.value[:10] if kind == "dateTime" else term.value
            yield Value(None, said.get(shown, shown))


def word(pages: Renderer, predicate: str) -> str:
    """A property in words."""
    short = curie(predicate)
    return _WORDS.get(short) or (
        pages.facts.label(predicate) if predicate.startswith(NS) else short
    )


def lists(pages: Renderer, thing: str) -> list[tuple[str, list[str]]]:
    """Things with a page that point at a thing, under the heading of the property."""
    facts = pages.facts
    found: dict[str, list[str]] = {}
    for predicate, nodes in facts.roles(thing).items():
        title = _POINTING.get(curie(predicate))
        if title is not None:
            known = found.setdefault(title, [])
            known += [n for n in nodes if pages.links.page(n) and n not in known]
    return [(title, facts.sorted(nodes)) for title, nodes in sorted(found.items()) if nodes]


def groups(pages: Renderer, thing: str) -> list[Group]:
    """Current claims that name a thing, by the property by which they do."""
    found: dict[str, list[ClaimView]] = {}
    for predicate, nodes in pages.facts.roles(thing).items():
        name = slug(predicate)
        if predicate.startswith(NS) and name not in (
            "subject",
            "layer",
            "availability",
            "status",
            "stance",
        ):
            current = [n for n in nodes if pages.facts.is_a(n, "ar:CurrentClaim")]
            if current:
                title = _ROLES.get(name) or f"Claims: {pages.facts.label(predicate)}"
                found.setdefault(title, []).extend(pages.claims.views(current))
    return [Group(t, c[:_MOST], max(0, len(c) - _MOST)) for t, c in sorted(found.items())]
