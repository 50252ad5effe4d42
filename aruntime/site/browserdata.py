"""What the browser reads: names, what each component claims, and compositions made beforehand.

=========================  =========================================================================
``data/words.json``        labels of what compositions name, and what each verdict means
``data/components.json``   every component: slug, label, version, kind of page, other names
``data/of/NAME.json``      what a component's claims say that are often shown, and its configurations
``data/rest/NAME.json``    the same of its other claims
``data/alone/NAME.json``   the composition of one component
``data/pair/A_B.json``     the composition of two, by name
``data/search.json``       things that can be found: path, label, other names, definition
``data/statements.json``   sentences of current claims, by component
``data/answers.json``      how components meet each need, as ``aruntime select`` says
=========================  =========================================================================
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from aruntime.composition import Composition, shown
from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.namespaces import ID, slug
from aruntime.selection import NEEDS as SELECTABLE_NEEDS
from aruntime.selection import Answer, Candidate, ending, options_of, select
from aruntime.site.composed import ACTING, FIELDS, ROLES, SETTLED, STATES, encoded
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
    statics: dict[str, list[Any]] = {}
    often: Counter[str] = Counter()

    def write_one(path: str, found: Composition) -> None:
        folder.write(path, as_json(encoded(found, statics)))
        rows = (row for row in found.rows if shown(row))
        often.update({claim.claim for row in rows for claim in row.claims})
        often.update(member.name for member in found.components)

    alone = {name: composer.compose([name]) for name in runtimes}
    folder.write("data/words.json", as_json(words(pages, next(iter(alone.values())))))
    folder.write("data/components.json", as_json(list(_components(pages, alone))))
    for name, found in alone.items():
        write_one(f"data/alone/{name}.json", found)
    for one, two in combinations(runtimes, 2) if every else composer.joined(runtimes):
        write_one(f"data/pair/{one}_{two}.json", composer.compose([one, two]))
    for name in runtimes:
        own = {c: s for c, s in sorted(statics.items()) if c.partition("#")[0] == name}
        first = {c: s for c, s in own.items() if 2 * often[c] >= often[name]}
        rest = {c: s for c, s in own.items() if c not in first}
        folder.write(f"data/of/{name}.json", as_json(_of(pages, name, first)))
        folder.write(f"data/rest/{name}.json", as_json(_of(pages, name, rest)))


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
        **labels, "verdict": verdicts, "acting": ACTING, "settled": SETTLED, "roles": ROLES,
        "states": STATES, "fields": FIELDS,
    }  # fmt: skip


def _components(pages: Renderer, alone: dict[str, Composition]) -> Iterable[list[Any]]:
    """Slug, label, version in use, kind of page, other names; a component that is no runtime and
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
        entry = [name, pages.facts.label(iri), version, kind, others]
        yield entry if version or others or kind != "component" else entry[:2]


def _of(pages: Renderer, name: str, claims: dict[str, list[Any]]) -> dict[str, Any]:
    """What some of a component's claims say, where; and labels of its parts and configurations.

    What the browser makes of a name by itself is left out: labels that are the name as words, and
    anchors of a claim's first piece of evidence.
    """
    facts = pages.facts
    iri = f"{ID}runtime/{name}"
    own = {c.partition("#")[2]: said for c, said in claims.items()}
    parts = {f"{s[1]}.{part}" for s in own.values() for part in s[3]}
    anchors = {}
    for claim in own:
        places = pages.claims.view(f"{iri}#{claim}").places
        if places and places[0].package and places[0].anchor != f"{name}.{claim}-e1":
            anchors[claim] = places[0].anchor
    options = (
        n for n in facts.pointing(iri, "ar:ofComponent") if facts.is_a(n, "ar:Configuration")
    )
    return {
        "claims": own,
        "anchors": anchors,
        "parts": {
            part: label
            for part in sorted(parts)
            if (label := facts.label(f"{ID}part/{part}")) != _words(part.partition(".")[2])
        },
        "configurations": {
            option: facts.label(node)
            for node in options
            if facts.label(node) != _words(option := slug(node).partition("#")[2])
        },
    }


def _words(name: str) -> str:
    """A name as words, as ``labelOf`` of ``static/view.js`` makes them."""
    return name.replace("-", " ").capitalize()
