"""A run as Markdown tables, which can be read as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

Json = dict[str, Any]
BEST: Final = ("oxigraph", "maplib", "virtuoso")
"""The engines that a question is held against."""
NOISE: Final = 0.0005
"""Seconds below which two times are not told apart: a question that takes both engines less counts as equal."""
ENGINES: Final = ("aruntime", "aruntime-store", "oxigraph", "oxigraph-disk", "maplib", "virtuoso", "jena", "rdflib")


def markdown(result: Json) -> str:
    """All tables of a run."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    parts = [f"{machine['cores']} cores, {machine['system']} {machine['architecture']}, Python {machine['python']}; {versions}."]
    parts += [f"{result['took']:.0f} s for the whole run.", _ratios(result), _closure(result)]
    for size, at in result["sizes"].items():
        parts += [
            f"## {int(size):,} triples",
            f"{at['triples'] or 0:,} triples with conclusions.",
            _work(at),
            _engines(at),
            _questions(at),
            _rows(at),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, aligned; all columns but the first are numbers."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def spelt(line: list[str]) -> str:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(line, widths, strict=True))]
        return f"| {' | '.join(cells)} |"

    rule = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join([spelt(lines[0]), f"| {' | '.join(rule)} |", *map(spelt, lines[1:])])


def against(answer: Json, engines: tuple[str, ...]) -> float | None:
    """Our time over the best of some engines' times for one question, if both were measured.

    A time limit that was reached counts as a time. An engine with another number of rows than ours has not answered.
    """
    ours = answer.get("aruntime", {})
    mine, rows = ours.get("seconds", ours.get("at least")), ours.get("rows")
    found = [part for name in engines if (part := answer.get(name)) and (rows is None or part.get("rows", rows) == rows)]
    theirs = [value for part in found if (value := part.get("seconds", part.get("at least"))) is not None]
    return max(mine, NOISE) / max(min(theirs), NOISE) if theirs and mine is not None else None


def _ratios(result: Json) -> str:
    return table(("ratio", "value"), [(name, f"{value:.2f}") for name, value in result["ratios"].items()])


def _closure(result: Json) -> str:
    found = result["closure"]
    rows = [(name, *_measured(found[name])) for name in ("closure", "owlrl")]
    return f"Closure of the same {found['triples']:,} triples:\n\n" + table(("closure", "s", "peak MiB", "conclusions"), rows)


def _work(at: Json) -> str:
    rows = [(name, *_measured(job)) for name, job in at["jobs"].items()]
    rows += [(f"cold {name}", *_measured(part)) for name, part in at["cold"].items()]
    return table(("work", "s", "peak MiB", "count"), rows)


def _measured(part: Json) -> tuple[str, str, str]:
    if "seconds" not in part:
        return part.get("reason", ""), "", ""
    return f"{part['seconds']:.3f}", _whole(part.get("peak")), _whole(part.get("count"))


def _engines(at: Json) -> str:
    rows = []
    for name in ENGINES:
        if (engine := at["engines"].get(name)) is None:
            continue
        load = f"{engine['seconds']:.3f}" if "seconds" in engine else f"not available: {engine['reason']}"
        answered = sum(1 for answer in at["questions"].values() if "seconds" in answer.get(name, {}))
        rows.append((name, engine["version"], load, _whole(engine.get("peak")), _whole(engine.get("peak asking")), str(answered)))
    return table(("engine", "version", "load s", "peak MiB after load", "peak MiB after questions", "answered"), rows)


def _questions(at: Json) -> str:
    names = [name for name in ENGINES if name in at["engines"] and "reason" not in at["engines"][name]]
    found = []
    for label, answer in at["questions"].items():
        ratio = against(answer, BEST) or 0.0
        cells = [_milliseconds(answer.get(name, {})) for name in names]
        found.append((ratio, (label, *cells, f"{ratio:.2f}" if ratio else "", _whole(answer.get("aruntime", {}).get("rows")))))
    rows = [cells for _, cells in sorted(found, key=lambda pair: -pair[0])]
    return table(("question, ms", *names, "ours ÷ best", "rows"), rows)


def _milliseconds(answer: Json) -> str:
    if "seconds" in answer:
        return f"{answer['seconds'] * 1000:.1f}"
    if "at least" in answer:
        return f"> {answer['at least'] * 1000:.0f}"
    return "fails" if answer.get("reason", "").find("not asked") < 0 else ""


def _rows(at: Json) -> str:
    """Questions that not every engine answers with as many rows."""
    found = []
    for label, answer in at["questions"].items():
        counts = {name: part["rows"] for name, part in answer.items() if "rows" in part}
        ours = counts.get("aruntime")
        odd = {name: count for name, count in counts.items() if count != ours}
        failed = {name: part["reason"] for name, part in answer.items() if "reason" in part and "not asked" not in part["reason"]}
        if odd or failed:
            said = [*(f"{name}: {count} rows" for name, count in odd.items()), *(f"{name}: {reason[:120]}" for name, reason in failed.items())]
            found.append((label, _whole(ours), "; ".join(said).replace("|", "\\|")))
    return "Answers that differ:\n\n" + table(("question", "our rows", "others"), found) if found else ""


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"
