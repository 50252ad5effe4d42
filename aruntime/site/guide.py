"""The reference pages in the reading order of the landscape report, made from the graph.

Five steps (taxonomy, stack overview, selection guide, directory, benchmarking), then five topics.
A topic shows how every runtime of its families answers every responsibility of its layers; the
answers are those of ``aruntime select``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.namespaces import ID, slug
from aruntime.selection import Answer, Candidate
from aruntime.site import landscape
from aruntime.site.rendering import Renderer


class Topic(NamedTuple):
    """A page about some families and layers.

    Attributes:
        families, layers: slugs; their responsibilities are the rows, their runtimes the columns.
        more: a section that only this topic has.
    """

    name: str
    title: str
    lede: str
    families: tuple[str, ...]
    layers: tuple[str, ...]
    more: str = ""


TOPICS: Final = (
    Topic(
        "hardware-and-compilers",
        "Hardware and compilers",
        "From a model that somebody wrote to kernels on a device: who captures the graph, lowers "
        "it, plans memory, and chooses kernels and precision.",
        ("framework-native", "portable-inference", "hardware-optimized"),
        ("0", "1", "2"),
        "hardware",
    ),
    Topic(
        "generative-inference",
        "Generative inference",
        "Prefill, decode and the KV cache: who schedules sequence steps, keeps their state, and "
        "constrains what comes out.",
        ("generative-model",),
        ("3",),
    ),
    Topic(
        "serving-and-distributed",
        "Serving and distributed execution",
        "Requests, replicas and shards: who admits, routes, scales and rolls out, and who recovers "
        "when a node fails.",
        ("model-serving", "distributed-training"),
        ("4",),
    ),
    Topic(
        "edge-and-browser",
        "Edge and browser",
        "Models on the user's device: who meets limits of memory, energy and time, and what "
        "happens where a capability is missing.",
        ("edge-browser-streaming",),
        ("0", "1", "2", "3", "4"),
    ),
)
"""Topics after the reading path; the research index is the fifth."""
STEPS: Final = ("taxonomy", "stack-overview", "selection-guide", "directory", "benchmarking")
MARKS: Final = (
    ("assumed", "unknown"),
    ("yes in configuration", "choice"), ("yes through", "delegated"), ("yes", "owned"), ("in part", "partial"), ("no", "gap"),
    ("left to the caller", "caller"), ("left to", "platform"),
)  # fmt: skip
"""Marks of answers, by how each begins."""
LEGEND: Final = (
    ("owned", "does it"), ("choice", "in some configuration"), ("delegated", "through another"), ("partial", "in part"),
    ("gap", "says it does not"), ("platform", "the operator's"), ("caller", "the caller's"),
)  # fmt: skip


class Cell(NamedTuple):
    """How a runtime answers a responsibility; no mark where nothing is owned."""

    mark: str
    text: str


class Matrix(NamedTuple):
    """Responsibilities of a layer by runtimes."""

    layer: str
    runtimes: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def write(
    pages: Renderer,
    folder: Folder,
    graph: Graph,
    owned: landscape.Owned,
    owners: Mapping[str, Sequence[Candidate]],
) -> None:
    """Write all reference pages.

    Args:
        owned: what runtimes own at each layer.
        owners: for each responsibility how components answer it.
    """
    facts = pages.facts
    steps = {slug(r["step"] or ""): r for r in graph.ask("reading-path").records()}
    shared: dict[str, Any] = {
        "steps": [(name, steps[name]["label"], steps[name]["definition"]) for name in STEPS],
        "topics": TOPICS,
        "layers": landscape.layers(facts),
        "families": landscape.families(facts, owned),
        "owners": owners,
    }

    def page(name: str, **more: Any) -> None:
        path = f"guide/{name}.html"
        template = more.pop("template", f"guide/{name}.html")
        folder.write(path, pages.page(path, template, here=name, **shared, **more))

    page("index")
    page("taxonomy", units=_units(graph))
    page("stack-overview")
    page("selection-guide")
    page("directory")
    page("benchmarking", rules=_disclosures(pages), claims_of=_claims_of(pages))
    for topic in TOPICS:
        families = [f"{ID}family/{name}" for name in topic.families]
        page(
            topic.name, template="guide/topic.html", topic=topic, legend=LEGEND,
            own=landscape.families(facts, owned, families),
            matrices=[_matrix(pages, topic, layer, owners) for layer in topic.layers],
            targets=_targets(pages) if topic.more == "hardware" else [],
        )  # fmt: skip
    page("emerging-architectures", research=_research(graph))


def mark_of(answer: Answer) -> str:
    """The mark of an answer of ``aruntime select``."""
    return next((m for words, m in MARKS if answer.answer.startswith(words)), "unknown")


def _matrix(
    pages: Renderer, topic: Topic, layer: str, owners: Mapping[str, Sequence[Candidate]]
) -> Matrix:
    facts = pages.facts
    members = {
        runtime
        for name in topic.families
        for runtime in facts.pointing(f"{ID}family/{name}", "ar:primaryFamily")
    }
    at_layer = facts.pointing(f"{ID}layer/{layer}", "ar:atLayer")
    rows = []
    for responsibility in at_layer:
        if not facts.is_a(responsibility, "ar:Responsibility"):
            continue
        answers = {f"{ID}runtime/{c.component}": c.answers[0] for c in owners[responsibility]}
        if members & answers.keys():
            rows.append((responsibility, answers))
    shown = tuple(facts.sorted({m for _, a in rows for m in members & a.keys()}))
    cells = ((r, tuple(_cell(answers.get(m)) for m in shown)) for r, answers in rows)
    return Matrix(f"{ID}layer/{layer}", shown, tuple(cells))


def _cell(answer: Answer | None) -> Cell:
    if answer is None or answer.answer == "unknown":
        return Cell("", "")
    return Cell(mark_of(answer), "; ".join((answer.words, *answer.conditions)))


def _units(graph: Graph) -> dict[tuple[str, str], list[str]]:
    """Units of work by mechanism and layer."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in graph.ask("mechanisms-and-units").records():
        units = found.setdefault((row["mechanism"] or "", row["layer"] or ""), [])
        if row["unit"] not in units:
            units.append(row["unit"] or "")
    return found


def _disclosures(pages: Renderer) -> dict[str, list[str]]:
    """Rules that measurements and comparisons must keep, by the class they are about."""
    return {
        kind: pages.facts.things(f"{ID}rule/{kind}", "sh:property")
        for kind in ("measurement-claim", "comparison-claim")
    }


def _claims_of(pages: Renderer) -> dict[str, list[Any]]:
    facts = pages.facts
    return {
        kind: pages.claims.views(facts.members(f"ar:{kind}"))
        for kind in ("MeasurementClaim", "ComparisonClaim")
    }


def _targets(pages: Renderer) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Hardware and number formats, each with the runtimes that can use it."""
    found = []
    for title, scheme, predicate in (
        ("Hardware", "hardware-target", "ar:targets"),
        ("Number formats", "precision", "ar:computesIn"),
    ):
        words = pages.facts.pointing(f"{ID}scheme/{scheme}", "skos:inScheme")
        users = [(word, pages.facts.pointing(word, predicate)) for word in words]
        found.append((title, [(word, runtimes) for word, runtimes in users if runtimes]))
    return found


def _research(graph: Graph) -> dict[str, dict[str, list[dict[str, str | None]]]]:
    """Research records by mechanism and paper, each with the claims that name it."""
    found: dict[str, dict[str, list[dict[str, str | None]]]] = {}
    for row in graph.ask("research-index").records():
        papers = found.setdefault(row["mechanism"] or "", {})
        papers.setdefault(row["paper"] or "", []).append(row)
    return found
