"""What the browser reads: names, what each component claims, and compositions made beforehand.

=========================  =========================================================================
``data/words.json``        labels of what compositions name, and what each verdict means
``data/components.json``   every component: slug, label, version, kind of page, other names
``data/of/NAME.json``      labels of what a component's claims name
``data/alone/NAME.json``   the composition of one component, with what its claims say
``data/pair/A_B.json``     the same of two, by name
``data/search.json``       things that can be found: path, label, other names, definition
``data/statements.json``   sentences of current claims, by component
``data/answers.json``      how components meet each need, as ``aruntime select`` says
=========================  =========================================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple

from aruntime.composition import ROLES, Composition
from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.namespaces import ID, slug
from aruntime.selection import NEEDS as SELECTABLE_NEEDS
from aruntime.selection import Answer, Candidate, ending, options_of, select
from aruntime.site.composed import ACTING, FIELDS, PRESSING, SETTLED, STATES, encoded
from aruntime.site.composer import Composer
from aruntime.site.guide import MARKS
from aruntime.site.rendering import Renderer

NEEDS: Final = {
    "owns": "owns", "target": "runs on", "precision": "computes in", "exposes": "exposes", "consumes": "consumes", "boundary": "runs as",
    "execution": "works by", "lifecycle": "is",
}  # fmt: skip
"""Kinds of needs that the select page offers, each with its words."""
SELECTABLE: Final = {kind: SELECTABLE_NEEDS[kind] for kind in NEEDS}
_LABELLED: Final = (
    "responsibility", "unit", "layer", "relation", "family", "trade-off", "pole", "lifecycle", "purpose",
)  # fmt: skip
"""Schemes of which compositions name concepts."""


def as_json(value: Any) -> str:
    """JSON as short as it gets; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(pages: Renderer, folder: Folder, composer: Composer, *, every: bool) -> None:
    """Write all data of the browser.

    Args:
        every: compose every pair of runtimes, not only those of which one names the other.
    """
    runtimes = sorted(slug(i) for i in pages.facts.members("ar:Runtime") if pages.links.page(i))
    labels = {name: _Labels.of(pages, name) for name in runtimes}

    def write_one(path: str, found: Composition) -> None:
        said, (claims, *columns) = encoded(found)
        named = {(o.component, o.configuration) for row in found.rows for o in row.options}
        own = {
            member.name: labels[member.name].among(
                [c.partition("#")[2] for c in claims if c.startswith(f"{member.name}#")],
                {configuration for component, configuration in named if component == member.name},
            )
            for member in found.components
        }
        folder.write(path, as_json([said, [claims, *columns], own]))

    alone = {name: composer.compose([name]) for name in runtimes}
    folder.write("data/words.json", as_json(words(pages, next(iter(alone.values())))))
    folder.write("data/components.json", as_json(list(_components(pages, alone))))
    for name, found in alone.items():
        write_one(f"data/alone/{name}.json", found)
    for one, two in combinations(runtimes, 2) if every else composer.joined(runtimes):
        write_one(f"data/pair/{one}_{two}.json", composer.compose([one, two]))
    for name in runtimes:
        folder.write(f"data/of/{name}.json", as_json(labels[name].all()))


def write_search(pages: Renderer, folder: Folder) -> None:
    """Write what the search page looks through: things first, sentences of claims apart."""
    facts = pages.facts
    found = []
    for thing in facts.sorted(facts.properties):
        path = pages.links.page(thing)
        if path is not None and not path.startswith("id/rule/"):
            others = [n for n in facts.values(thing, "skos:altLabel")]
            found.append([path.removesuffix(".html"), facts.label(thing), others, facts.definition(thing)])  # fmt: skip
    folder.write("data/search.json", as_json(found))
    claims: dict[str, dict[str, str]] = {}
    for claim in sorted(facts.members("ar:CurrentClaim")):
        component, _, name = claim.removeprefix(ID).partition("#")
        claims.setdefault(component, {})[name] = facts.value(claim, "ar:statement") or ""
    folder.write("data/statements.json", as_json(claims))


def write_answers(
    pages: Renderer, folder: Folder, graph: Graph, owners: Mapping[str, Sequence[Candidate]]
) -> None:
    """Write how components meet each need that the select page offers."""
    facts = pages.facts
    needs: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for kind, (_, scheme) in SELECTABLE.items():
        for iri in facts.pointing(f"{ID}scheme/{scheme}", "skos:inScheme"):
            found = owners.get(iri) if kind == "owns" else select(graph, {kind: [slug(iri)]})
            answered = {c.component: _answer(c.answers[0]) for c in found or ()}
            if answered:
                needs.setdefault(kind, {})[slug(iri)] = answered
    labels = {
        kind: {name: facts.label(f"{ID}{SELECTABLE[kind][1]}/{name}") for name in values}
        for kind, values in needs.items()
    }
    components = sorted({name for by in needs.values() for said in by.values() for name in said})
    options = {name: options_of(graph, name) for name in components}
    answers = {
        "answers": needs,
        "labels": labels,
        "marks": MARKS,
        "options": {name: choices for name, choices in options.items() if choices},
        "lifecycles": ending(graph),
    }
    folder.write("data/answers.json", as_json(answers))


def _answer(answer: Answer) -> list[Any]:
    claims = [c["claim"] for c in answer.claims]
    return [answer.answer, answer.conditions, claims, answer.words, answer.configurations]


def words(pages: Renderer, found: Composition) -> dict[str, Any]:
    """Labels by scheme and slug, but those that are the slug as words; of verdicts the word, the
    meaning, what to do, in the order of the page; words for roles and states of claims."""
    facts = pages.facts
    labels = {
        scheme: {
            slug(iri): facts.label(iri)
            for iri in facts.pointing(f"{ID}scheme/{scheme}", "skos:inScheme")
            if facts.label(iri) != _words(slug(iri))
        }
        for scheme in _LABELLED
    }
    verdicts = {
        v: [found.words[v][0], found.words[v][2], facts.value(f"{ID}verdict/{v}", "skos:scopeNote")]
        for v in found.words
    }
    return {
        **labels, "verdict": verdicts, "acting": ACTING, "pressing": PRESSING, "settled": SETTLED, "roles": ROLES,
        "states": STATES, "fields": FIELDS,
    }  # fmt: skip


def _components(pages: Renderer, alone: dict[str, Composition]) -> Iterable[list[Any]]:
    """Slug, label, version in use, kind of page, other names, and 1 where its claims stand on a page
    for each layer; a component that is no runtime and
    has no other name is its slug and label."""
    runtimes = set(alone)
    for iri in pages.facts.members("ar:Component"):
        name = slug(iri)
        if pages.links.page(iri) is None or (
            name in runtimes and not iri.endswith(f"runtime/{name}")
        ):
            continue  # a runtime that another one's claims still name as a component
        version = alone[name].components[0].version if name in alone else None
        others = pages.facts.values(iri, "skos:altLabel")
        kind = iri.removeprefix(ID).partition("/")[0]
        entry: list[Any] = [name, pages.facts.label(iri), version, kind, others]
        entry += [1] if pages.links.is_apart(iri) else []
        yield entry if version or others or kind != "component" else entry[:2]


class _Labels(NamedTuple):
    """Labels of what a component's claims name; those that are the name as words are left out, and
    so is the anchor of a claim's first piece of evidence: the browser makes these by itself.

    Attributes:
        anchors: by claim where the source's page has its lines.
        parts: by claim the names of its parts, each with its label.
        configurations: labels of the component's configurations.
        within: by claim the names of its configurations.
    """

    anchors: dict[str, str]
    parts: dict[str, dict[str, str]]
    configurations: dict[str, str]
    within: dict[str, set[str]]

    @classmethod
    def of(cls, pages: Renderer, name: str) -> _Labels:
        """The labels of the component of that slug."""
        facts = pages.facts
        made = cls({}, {}, {}, {})
        iri = f"{ID}runtime/{name}"
        for claim in pages.claims.about(iri):
            place = claim.places[0] if claim.places else None
            if place and place.package and place.anchor != f"{name}.{claim.anchor}-e1":
                made.anchors[claim.anchor] = place.anchor
            made.parts[claim.anchor] = {
                slug(part): facts.label(part)
                for part in claim.parts
                if facts.label(part) != _words(slug(part).partition(".")[2])
            }
            made.within[claim.anchor] = {slug(c).partition("#")[2] for c in claim.configurations}
        for node in facts.pointing(iri, "ar:ofComponent"):
            option = slug(node).partition("#")[2]
            if facts.is_a(node, "ar:Configuration") and facts.label(node) != _words(option):
                made.configurations[option] = facts.label(node)
        return made

    def all(self) -> dict[str, Any]:
        """All of them."""
        return self.among(self.parts, self.configurations)

    def among(self, claims: Iterable[str], options: Iterable[str]) -> dict[str, Any]:
        """Those of some claims, and of further configurations."""
        claims = set(claims)
        named = set(options).union(*(self.within.get(claim, ()) for claim in claims))
        parts = {k: v for claim in claims for k, v in self.parts.get(claim, {}).items()}
        return {
            "anchors": {claim: a for claim, a in self.anchors.items() if claim in claims},
            "parts": dict(sorted(parts.items())),
            "configurations": {o: label for o, label in self.configurations.items() if o in named},
        }


def _words(name: str) -> str:
    """A name as words, as ``labelOf`` of ``static/view.js`` makes them."""
    return name.replace("-", " ").capitalize()
