"""Pages that show what questions answer: responsibilities, sources, and the questions themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from pyoxigraph import NamedNode

from aruntime import questions
from aruntime.errors import UsageError
from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.model import Question, Rows, Term
from aruntime.namespaces import ID, slug
from aruntime.render.formats import cell
from aruntime.selection import Answer, Candidate, select
from aruntime.site import things
from aruntime.site.guide import LEGEND, mark_of
from aruntime.site.rendering import Renderer
from aruntime.site.things import Value

ROWS: Final = 100
"""Most rows of an answer on a page."""


def owners(graph: Graph, responsibilities: Iterable[str]) -> dict[str, list[Candidate]]:
    """For each responsibility how components stand to it, as ``aruntime select --owns`` says."""
    return {iri: select(graph, {"owns": [slug(iri)]}) for iri in responsibilities}


def write_responsibility(
    pages: Renderer, folder: Folder, iri: str, candidates: Iterable[Candidate]
) -> None:
    """Write the page of a responsibility: its parts, who owns it, and what each claims."""
    facts = pages.facts
    claims = pages.claims.views(facts.pointing(iri, "ar:responsibility"))
    current = [claim for claim in claims if claim.current]
    current.sort(key=lambda c: (facts.label(c.component).casefold(), c.name))
    parts = [
        (
            part,
            facts.sorted({c.component for c in current if part in c.parts and c.mark == "partial"}),
        )
        for part in facts.pointing(iri, "ar:partOf")
    ]
    covered = [facts.value(n, "ar:subject") or "" for n in facts.pointing(iri, "ar:covers")]
    things.write(
        pages, folder, iri, template="responsibility.html", parts=parts, about=current, groups=[],
        lists=[entry for entry in things.lists(pages, iri) if entry[0] != "Parts"],
        answers=[(component_of(pages, c.component), c.answers[0], mark_of(c.answers[0]), *parted(c.answers[0])) for c in candidates],
        legend=LEGEND,
        not_found=facts.sorted(set(covered) - {c.component for c in current}),
    )  # fmt: skip


def parted(answer: Answer) -> tuple[str, str]:
    """The words of an answer: those that stand beside its mark, and the rest."""
    head, *rest = _PARTS.split(answer.words, maxsplit=1)
    return head, "".join(rest)


_PARTS: Final = re.compile(",? (?=per |through |in configuration )")
"""Where the words of an answer part; ``static/select.js`` has it too."""


def component_of(pages: Renderer, name: str) -> str:
    """The IRI of the component of that slug."""
    runtime = f"{ID}runtime/{name}"
    return runtime if runtime in pages.facts else f"{ID}component/{name}"


def write_source(pages: Renderer, folder: Folder, iri: str) -> None:
    """Write the page of a source: every passage that is cited from it, and what rests on that."""
    facts = pages.facts
    passages = []
    for node in facts.pointing(iri, "ar:source"):
        resting = facts.pointing(node, "ar:evidence")
        if facts.is_a(node, "ar:Evidence") and resting:
            passages.append((pages.links.place(node), resting))

    def file(entry: Any) -> tuple[str, str]:
        node = entry[0].evidence
        return facts.value(node, "ar:path") or "", facts.value(node, "ar:fileDigest") or ""

    def order(entry: Any) -> tuple[Any, ...]:
        place = entry[0]
        start = int(facts.value(place.evidence, "ar:startLine") or 0)
        return *file(entry), start, place.text.casefold(), place.evidence

    passages.sort(key=order)
    packages = sorted({p.package.purl for p, _ in passages if p.package})
    lists = [(t, i) for t, i in things.lists(pages, iri) if t != "Sources about it"]
    things.write(
        pages, folder, iri, template="source.html", passages=passages, packages=packages,
        files=[(key, list(found)) for key, found in groupby(passages, file)],
        lists=lists, groups=[],
    )  # fmt: skip


def write_question(pages: Renderer, folder: Folder, graph: Graph, question: Question) -> None:
    """Write the page of a question with the first rows of its answer."""
    given = [(p.name, p.example) for p in question.parameters if p.required]
    try:
        bound = {
            p.name: graph.resolve(p.kind, p.example) for p in question.parameters if p.required
        }
        found = questions.ask(graph.engine, question.name, bound)
    except UsageError:  # this graph does not know the example
        found = Rows(tuple(question.columns), ())
    path = f"question/{question.name}.html"
    rows = [[_value(pages, term) for term in row] for row in found.rows[:ROWS]]
    context: dict[str, Any] = {
        "question": question,
        "given": given,
        "columns": found.columns,
        "total": len(found.rows),
        "rows": rows,
        "filled": {n for row in rows for n, value in enumerate(row) if value.text}
        or set(range(len(found.columns))),
    }
    folder.write(path, pages.page(path, "question.html", **context))


def _value(pages: Renderer, term: Term | None) -> Value:
    if isinstance(term, NamedNode) and pages.links.target(term.value):
        return Value(term.value, cell(term))
    return Value(None, cell(term))
