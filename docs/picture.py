"""The model in one picture: ``docs/model.svg``.

Positions are laid by hand; names of classes, and words and symbols of verdicts, are read from the
ontology, and every class and property that is named must exist there. The same ontology gives the
same bytes. ``python -m docs.pages`` writes the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from rdflib import RDFS, SKOS, Graph, Namespace

AR = Namespace("https://w3id.org/aruntime/ns#")
WIDTH, HEIGHT = 1000, 752

STYLE = """
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
  .paper { fill: #ffffff }
  .panel { fill: #f6f8fa; stroke: none }
  .box { fill: #ffffff; stroke-width: 1.5 }
  .stack .box { stroke: #0969da }
  .claim .box { stroke: #bc4c00; stroke-width: 2 }
  .question .box { stroke: #1a7f37 }
  .proof .box { stroke: #8250df }
  .stack .name { fill: #0550ae }
  .claim .name { fill: #953800 }
  .question .name { fill: #116329 }
  .proof .name { fill: #6639ba }
  .name { font-size: 15px; font-weight: 600 }
  .note, .value { font-size: 11.5px; fill: #57606a }
  .group { font-size: 11px; font-weight: 600; letter-spacing: 0.06em; fill: #6e7781 }
  .term { font-size: 11.5px; fill: #24292f;
          font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace }
  .edge { fill: none; stroke: #6e7781; stroke-width: 1.3 }
  .head { fill: #6e7781 }
  .word { font-size: 13px; fill: #24292f }
  .sign { font-size: 14px; font-weight: 600; fill: #0969da }
  .act .sign { fill: #bc4c00 }
  .rule { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 }
    .panel { fill: #161b22 }
    .box { fill: #0d1117 }
    .stack .box { stroke: #388bfd }
    .claim .box { stroke: #f0883e }
    .question .box { stroke: #3fb950 }
    .proof .box { stroke: #a371f7 }
    .stack .name { fill: #79c0ff }
    .claim .name { fill: #ffa657 }
    .question .name { fill: #7ee787 }
    .proof .name { fill: #d2a8ff }
    .note, .value { fill: #8b949e }
    .group { fill: #8b949e }
    .term, .word { fill: #e6edf3 }
    .edge { stroke: #8b949e }
    .head { fill: #8b949e }
    .sign { fill: #79c0ff }
    .act .sign { fill: #ffa657 }
    .rule { stroke: #30363d }
  }
"""


class Box(NamedTuple):
    """A class: where it stands, in which group, and a few words on it."""

    term: str
    group: str
    x: int
    y: int
    width: int
    note: str


class Edge(NamedTuple):
    """A property: its path, and where its name stands (``middle`` of the text, or its
    ``start``)."""

    terms: tuple[str, ...]
    path: str
    x: int
    y: int
    anchor: str = "middle"


class Panel(NamedTuple):
    """A coloured ground with a heading."""

    heading: str
    x: int
    y: int
    width: int
    height: int


TALL = 52
"""Height of a box."""

PANELS = (
    Panel("WHAT RUNS", 24, 20, 236, 424),
    Panel("WHAT IS SAID", 332, 112, 320, 332),
    Panel("WHAT MUST HAVE AN OWNER", 732, 20, 244, 424),
    Panel("WHY TO BELIEVE IT", 24, 492, 952, 120),
    Panel("VERDICT: THE FIRST THAT HOLDS, FOR EACH RESPONSIBILITY OF A STACK", 24, 628, 952, 104),
)
BOXES = (
    Box("Stack", "stack", 52, 52, 180, "components used together"),
    Box("Component", "stack", 52, 158, 180, "runtime, library or platform"),
    Box("Configuration", "stack", 52, 264, 180, "a way of using it"),
    Box("Choice", "stack", 52, 370, 180, "options excluding each other"),
    Box("Purpose", "question", 760, 52, 188, "serving, batch, training …"),
    Box("Responsibility", "question", 760, 211, 188, "such as autoscaling"),
    Box("Part", "question", 760, 370, 188, "a piece of it"),
    Box("Release", "proof", 52, 534, 132, "a version"),
    Box("Reading", "proof", 292, 534, 146, "who read it, when"),
    Box("Evidence", "proof", 504, 534, 130, "the cited lines"),
    Box("CitedFile", "proof", 694, 534, 110, "with its digest"),
    Box("Source", "proof", 866, 534, 86, "primary"),
)
CLAIM = (360, 144, 264, 276)
FIELDS = (
    ("statement", ("one plain sentence",)),
    ("stance", ("native, embedded,", "delegated, operator,", "caller, excluded")),
    ("unit", ("request, step, pod …",)),
    ("layer", ("0 hardware … 6 product",)),
    ("scope", ("process, cluster …",)),
    ("availability", ("built-in, preview …",)),
    ("condition", ("a limit, in words",)),
)
COLUMNS = (58, 202, 352, 540, 700, 852)
"""Where the verdicts' symbols stand."""
EDGES = (
    Edge(("component",), "M142 104 V150", 150, 131, "start"),
    Edge(("purpose",), "M232 78 H752", 492, 70),
    Edge(("requires",), "M854 104 V203", 862, 157, "start"),
    Edge(("subject",), "M360 176 H240", 296, 168),
    Edge(("delegate", "through"), "M360 198 H240", 296, 214),
    Edge(("inConfiguration",), "M360 290 H240", 296, 282),
    Edge(("ofComponent",), "M142 264 V218", 150, 241, "start"),
    Edge(("optionOf",), "M142 316 V362", 150, 343, "start"),
    Edge(("responsibility",), "M624 237 H752", 688, 229),
    Edge(("part",), "M624 396 H752", 688, 388),
    Edge(("partOf",), "M854 370 V271", 862, 325, "start"),
    Edge(("readIn",), "M400 420 V526", 392, 472, "end"),
    Edge(("evidence",), "M569 420 V526", 577, 472, "start"),
    Edge(("verifiedIn",), "M292 560 H192", 240, 552),
    Edge(("releaseOf",), "M52 560 H40 V184 H44", 46, 472, "start"),
    Edge(("inFile",), "M634 560 H686", 660, 552),
    Edge(("source",), "M804 560 H858", 831, 552),
)


def svg(ontology: Graph) -> str:
    """The picture.

    Raises:
        LookupError: a class or property that it names is not in the ontology.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title desc">',
        '<title id="title">The model of aruntime</title>',
        '<desc id="desc">A claim says how one component stands to one responsibility; it rests on '
        "evidence; claims of a stack together give a verdict on each responsibility.</desc>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto" markerUnits="userSpaceOnUse">'
        '<path class="head" d="M0 0.5 L8 4 L0 7.5 Z"/></marker></defs>',
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
        *map(_panel, PANELS),
        *(_edge(ontology, edge) for edge in EDGES),
        *(_box(ontology, box) for box in BOXES),
        *_claim(ontology),
        *_verdicts(ontology),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def terms() -> set[str]:
    """Local names of the classes and properties in the picture."""
    properties = {term for edge in EDGES for term in edge.terms} | {name for name, _ in FIELDS}
    return {box.term for box in BOXES} | {"ResponsibilityClaim", "Verdict"} | properties


def verdicts(ontology: Graph) -> Sequence[tuple[str, str, str, bool]]:
    """Local name, word, symbol and whether somebody must act, in order of precedence."""
    places = {v: int(str(ontology.value(v, AR.precedence))) for v in ontology.subjects(AR.symbol)}
    return [
        (
            str(v).rpartition("/")[2],
            str(ontology.value(v, SKOS.prefLabel)),
            str(ontology.value(v, AR.symbol)),
            str(ontology.value(v, AR.needsDecision)) == "true",
        )
        for v in sorted(places, key=lambda v: places[v])
    ]


def _known(ontology: Graph, term: str) -> str:
    label = ontology.value(AR[term], RDFS.label)
    if label is None:
        raise LookupError(f"the picture names ar:{term}, which the ontology does not declare")
    return str(label)


def _text(kind: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{x:g}" y="{y:g}"{place}>{escape(words)}</text>'


def _panel(panel: Panel) -> str:
    ground = f'<rect class="panel" x="{panel.x}" y="{panel.y}" width="{panel.width}" height="{panel.height}" rx="10"/>'
    return ground + _text("group", panel.x + 28, panel.y + 21, panel.heading)


def _box(ontology: Graph, box: Box) -> str:
    middle = box.x + box.width / 2
    name = _known(ontology, box.term).partition(" of a ")[0]
    return (
        f'<g class="{box.group}"><rect class="box" x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{TALL}" rx="7"/>'
        + _text("name", middle, box.y + 23, name, "middle")
        + _text("note", middle, box.y + 40, box.note, "middle")
        + "</g>"
    )


def _edge(ontology: Graph, edge: Edge) -> str:
    for term in edge.terms:
        _known(ontology, term)
    line = f'<path class="edge" d="{edge.path}" marker-end="url(#head)"/>'
    return line + _text("term", edge.x, edge.y, ", ".join(edge.terms), edge.anchor)


def _claim(ontology: Graph) -> Iterator[str]:
    x, y, width, height = CLAIM
    _known(ontology, "ResponsibilityClaim")
    yield f'<g class="claim"><rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="9"/>'
    yield _text("name", x + width / 2, y + 26, _known(ontology, "Claim"), "middle")
    yield _text("note", x + width / 2, y + 44, "one component, one responsibility", "middle")
    yield f'<path class="rule" d="M{x + 1} {y + 56} H{x + width - 1}"/>'
    below: float = y + 79
    for name, values in FIELDS:
        _known(ontology, name)
        yield _text("term", x + 16, below, name)
        for value in values:
            yield _text("value", x + 112, below, value)
            below += 17
        below += 6.5
    yield "</g>"


def _verdicts(ontology: Graph) -> Iterable[str]:
    _known(ontology, "Verdict")
    for number, (_, word, symbol, act) in enumerate(verdicts(ontology)):
        x, y = COLUMNS[number % len(COLUMNS)], 680 + 32 * (number // len(COLUMNS))
        yield (
            f'<g class="{"act" if act else "settled"}">'
            + _text("sign", x, y, symbol, "middle")
            + _text("word", x + 16, y, word)
            + "</g>"
        )
