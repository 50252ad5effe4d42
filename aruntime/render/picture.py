"""A composition as a picture: its components, what is evidenced between them, and what must be
decided; as SVG for pages and as Mermaid (https://mermaid.js.org/) for Markdown.

Names come from data and from a caller, so every one is escaped: nothing in them is markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from aruntime.composition import RELATIONS, Composition, shown
from aruntime.render.safe import line
from aruntime.render.stack import MARKS, bounds, warnings

_MARKUP: Final = frozenset('&<>"#;`\\|[]{}()')
"""Characters that Mermaid or HTML could read as more than text."""
_ACROSS, _DOWN, _HIGH, _LETTER, _EDGE = 60, 70, 40, 7.6, 24
"""Gaps between boxes, their height, the width of a letter, and the margin, in pixels."""
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1b1f24}"
    ".box{fill:#fff;stroke:#57606a}.seam{stroke:#57606a;fill:none}.open{stroke-dasharray:5 4}"
    ".impossible{stroke:#b42318;stroke-width:2}.note{font-size:11px}.decide{font-weight:600}"
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.box{fill:#161b22}.back{fill:#0d1117}}"
    ".back{fill:#fff}"
)


class _Box(NamedTuple):
    """A component where it is drawn."""

    name: str
    x: float
    y: float
    width: float


def mermaid(found: Composition) -> str:
    """The picture as a Mermaid flow chart.

    Example:
        >>> print(mermaid(compose(graph, ["kserve", "vllm"])))  # doctest: +SKIP
        flowchart TB
          c0["kserve"]
          c1["vllm"]
          c0 -->|"hosts"| c1
    """
    names = {member.name: f"c{number}" for number, member in enumerate(found.components)}
    lines = ["flowchart TB"]
    for member in found.components:
        lines.append(f'  {names[member.name]}["{_plain(_label(member.name, member.version))}"]')
    for arrow in _arrows(found):
        sign = "-->" if arrow.evidenced and not arrow.open else "-.->"
        label = _plain(arrow.word)
        lines.append(f'  {names[arrow.subject]} {sign}|"{label}"| {names[arrow.object]}')
    told = warnings(found)
    if told:
        lines.append('  subgraph warnings["warnings"]')
        lines += [f'    w{number}["{_plain(text)}"]' for number, text in enumerate(told)]
        lines.append("  end")
    decisions = list(_decisions(found))
    if decisions:
        lines.append('  subgraph decide["to decide"]')
        for number, (heading, responsibilities) in enumerate(decisions):
            text = f"{_plain(heading)}<br/>{_plain(', '.join(responsibilities))}"
            lines.append(f'    d{number}["{text}"]')
        lines.append("  end")
    return "\n".join(lines) + "\n"


def svg(found: Composition) -> str:
    """The picture as an SVG document that needs nothing else: no script, no font, no image."""
    boxes = _placed(found)
    decisions = [f"! {text}" for text in warnings(found)]
    decisions += [f"{h}: {', '.join(names)}" for h, names in _decisions(found)]
    below = max((box.y + _HIGH for box in boxes.values()), default=0) + _EDGE
    lines = [text for told in decisions for text in _wrapped(told)]
    right = max((box.x + box.width for box in boxes.values()), default=0)
    wide = max(right, *(len(text) * _LETTER for text in lines), 300) + _EDGE
    high = below + 20 * len(lines) + _EDGE
    title = "Stack of " + ", ".join(member.name for member in found.components)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {wide:.0f} {high:.0f}"'
            f' width="{wide:.0f}" height="{high:.0f}" aria-labelledby="title desc">',
            f'<title id="title">{_xml(title)}</title>',
            f'<desc id="desc">{_xml(_description(found, decisions))}</desc>',
            f"<style>{_STYLE}</style>",
            '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4.5" '
            'orient="auto"><path d="M0 0L9 4.5L0 9z" fill="#57606a"/></marker></defs>',
            f'<rect class="back" width="{wide:.0f}" height="{high:.0f}"/>',
            *(text for arrow in _arrows(found) for text in _drawn(arrow, boxes)),
            *(text for box in boxes.values() for text in _shape(box)),
            *(
                f'<text class="decide" x="{_EDGE}" y="{below + 20 * n + 14:.0f}">{_xml(text)}</text>'
                for n, text in enumerate(lines)
            ),
            "</svg>",
            "",
        ]
    )


def _label(name: str, version: str | None) -> str:
    return f"{name} {version}" if version else name


class _Arrow(NamedTuple):
    """Everything that is evidenced from one component to another."""

    subject: str
    object: str
    word: str
    evidenced: bool
    """Whether a claim says so, and no stated bound excludes it."""
    open: bool = False
    """Whether it is only assumed, or waits for a choice."""


def _arrows(found: Composition) -> Iterator[_Arrow]:
    """What is said between two components of the stack, or cannot be."""
    names = {member.name for member in found.components}
    words: dict[tuple[str, str, str], list[str]] = {}
    for seam in found.seams:
        if seam.subject in names and seam.object in names and seam.verdict != "unverified":
            key = (seam.subject, seam.object, seam.verdict)
            relation = seam.relation or "is joined to"
            word = RELATIONS.get(relation, relation.replace("-", " "))
            words.setdefault(key, []).append(" ".join([word, *bounds(seam)]))
    for (subject, other, verdict), told in words.items():
        word = ", ".join(dict.fromkeys(told))
        word += "" if verdict == "evidenced" else f" ({MARKS.get(verdict, verdict)})"
        yield _Arrow(subject, other, word, verdict != "impossible", verdict in MARKS)


def _decisions(found: Composition) -> Iterator[tuple[str, list[str]]]:
    """For each verdict that asks for a decision its sign with its word, and what has it; then what
    is settled only by what is assumed."""
    for verdict, (word, symbol, _) in found.words.items():
        rows = [r for r in found.rows if r.verdict == verdict and r.act and shown(r)]
        if rows:
            yield (
                f"{symbol} {word}",
                [r.responsibility + (" (assumed)" if r.assumed else "") for r in rows],
            )
    settled = [r.responsibility for r in found.rows if r.assumed and not r.act and shown(r)]
    if settled:
        yield "assumed, not shown", settled


def _description(found: Composition, decisions: list[str]) -> str:
    arrows = [f"{arrow.subject} {arrow.word} {arrow.object}" for arrow in _arrows(found)]
    return ". ".join([*arrows, *decisions])


def _placed(found: Composition) -> dict[str, _Box]:
    """Boxes in rows: a component stands below what drives it."""
    above = {member.name: set[str]() for member in found.components}
    for arrow in _arrows(found):
        if arrow.subject != arrow.object:
            above[arrow.object].add(arrow.subject)
    depth = dict.fromkeys(above, 0)
    for _ in above:  # a circle ends after as many steps as there are components
        for name, drivers in above.items():
            step = max((depth[driver] + 1 for driver in drivers), default=0)
            depth[name] = min(step, len(above) - 1)
    levels = {level: place for place, level in enumerate(sorted(set(depth.values())))}
    boxes: dict[str, _Box] = {}
    reached = dict.fromkeys(levels.values(), float(_EDGE))
    for member in found.components:
        row, width = levels[depth[member.name]], len(_label(member.name, member.version)) * _LETTER
        label = _label(member.name, member.version)
        boxes[member.name] = _Box(label, reached[row], _EDGE + row * (_HIGH + _DOWN), width + 28)
        reached[row] += width + 28 + _ACROSS
    return boxes


def _shape(box: _Box) -> Iterator[str]:
    yield (
        f'<rect class="box" x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
        f'height="{_HIGH}" rx="5"/>'
    )
    middle, base = box.x + box.width / 2, box.y + _HIGH / 2 + 4
    yield f'<text x="{middle:.0f}" y="{base:.0f}" text-anchor="middle">{_xml(box.name)}</text>'


def _drawn(arrow: _Arrow, boxes: dict[str, _Box]) -> Iterator[str]:
    """An arrow from edge to edge, with its word in the middle."""
    start, end = boxes[arrow.subject], boxes[arrow.object]
    x1, x2 = start.x + start.width / 2, end.x + end.width / 2
    if start.y == end.y:
        x1, x2 = (start.x + start.width, end.x) if start.x < end.x else (start.x, end.x + end.width)
        y1 = y2 = start.y + _HIGH / 2
    else:
        y1, y2 = (start.y + _HIGH, end.y) if start.y < end.y else (start.y, end.y + _HIGH)
    kind = "seam" if arrow.evidenced else "seam impossible"
    kind += " open" if arrow.open else ""
    yield (
        f'<path class="{kind}" d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" marker-end="url(#tip)"/>'
    )
    middle, height = (x1 + x2) / 2 + 6, (y1 + y2) / 2 - 4
    yield f'<text class="note" x="{middle:.0f}" y="{height:.0f}">{_xml(arrow.word)}</text>'


def _wrapped(text: str, width: int = 100) -> Iterator[str]:
    words, told = text.split(), ""
    for word in words:
        if told and len(told) + len(word) >= width:
            yield told
            told = "   "
        told += f"{' ' if told.strip() else ''}{word}"
    yield told


def _xml(text: str) -> str:
    return escape(line(text))


def _plain(text: str) -> str:
    """Text that Mermaid shows as it is: what could be markup stands as its number."""
    return "".join(f"#{ord(c)};" if c in _MARKUP else c for c in line(text))
