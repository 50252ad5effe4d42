"""A run as Markdown tables, which can be read as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.child import Json
from bench.engines import COLUMNS, IN_MEMORY, SAME_MEDIUM
from bench.run import by_question

SAME: float = 1.2
"""What a question may take over raw Oxigraph's time on the same medium."""
BEST: float = 1.5
"""What a question may take over the best peer's time in memory."""


def markdown(result: Json) -> str:
    """All tables of a run."""
    parts = [
        f"## {result['triples']:,} triples",
        _machine(result),
        table(("ratio", "value"), [(n, f"{v:.2f}") for n, v in result["ratios"].items()]),
        *(
            _closure(f"### {title}", result[title])
            for title in ("closure", "closure of all")
            if title in result
        ),
        _jobs("### validation: findings of all shapes", result["validation"]),
        _jobs("### load: every Turtle file to memory", result.get("loads", {})),
        _commands(result["commands"]),
        _engines(result),
        _over("raw Oxigraph on disk", SAME, by_question(result, *SAME_MEDIUM)),
        _over("the best peer in memory", BEST, by_question(result, *IN_MEMORY)),
        _questions(result),
        _odd(result),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, aligned; all columns but the first are numbers."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def spelt(line: list[str]) -> str:
        cells = [
            c.rjust(w) if n else c.ljust(w)
            for n, (c, w) in enumerate(zip(line, widths, strict=True))
        ]
        return f"| {' | '.join(cells)} |"

    rule = ["-" * (width - 1) + ":" if n else "-" * width for n, width in enumerate(widths)]
    return "\n".join([spelt(lines[0]), f"| {' | '.join(rule)} |", *map(spelt, lines[1:])])


def _machine(result: Json) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    took = (
        f"{result['processor seconds']:.0f} s of processor time, {result['seconds']:.0f} s in all"
    )
    return f"{machine['cores']} cores, {machine['system']}; {versions}. {took}."


def _closure(title: str, found: Json) -> str:
    names = [name for name, part in found.items() if name != "facts" and "kinds" in part]
    counts = [found[name]["kinds"] for name in names]
    every = sorted(
        {kind for part in counts for kind in part}, key=lambda k: -max(c.get(k, 0) for c in counts)
    )
    rows = [(kind, *(_whole(part.get(kind, 0)) for part in counts)) for kind in every]
    parts = {name: part for name, part in found.items() if name != "facts"}
    facts = f"{found['facts']:,} facts given. Conclusions by kind:"
    return "\n\n".join((_jobs(title, parts), facts, table(("kind", *names), rows)))


def _jobs(title: str, found: Json) -> str:
    if not found:
        return ""
    rows = [(name, *_measured(part)) for name, part in found.items()]
    return f"{title}\n\n" + table(("by", "s", "readings", "count", "peak MiB"), rows)


def _measured(part: Json) -> tuple[str, ...]:
    if "seconds" not in part:
        return part["reason"], "", "", ""
    count, peak = _whole(part.get("count")), _whole(part.get("peak"))
    return f"{part['seconds']:.3f}", str(len(part["readings"])), count, peak


def _commands(found: Json) -> str:
    rows = [
        (name, f"{part['seconds']:.3f}", f"{part['ratio']:.2f}", str(part["code"]))
        for name, part in found.items()
    ]
    return "### cold commands\n\n" + table(("command", "s", "÷ import", "exit code"), rows)


def _engines(result: Json) -> str:
    rows = []
    for name, engine in result["engines"].items():
        answers = [a[name] for a in result["questions"].values() if name in a]
        got = sum("seconds" in answer for answer in answers)
        load = f"{engine['seconds']:.3f}" if "seconds" in engine else engine["reason"]
        peaks = _whole(engine.get("peak")), _whole(engine.get("asked"))
        rows.append(
            (name, COLUMNS[name].medium, load, *peaks, f"{got} of {len(result['questions'])}")
        )
    head = ("engine", "medium", "ready after s", "peak MiB", "after questions", "answered")
    return "### engines\n\n" + table(head, rows)


def _over(whom: str, most: float, found: dict[str, float]) -> str:
    over = [f"`{label}` {value:.2f}" for label, value in found.items() if value > most]
    most_of = f"{len(found) - len(over)} of {len(found)} questions"
    kept = f"{most_of} take at most {most} × the time of {whom}"
    return f"{kept}; over it: {', '.join(over)}." if over else f"{kept}."


def _questions(result: Json) -> str:
    names = [n for n, engine in result["engines"].items() if "seconds" in engine]
    same, best = by_question(result, *SAME_MEDIUM), by_question(result, *IN_MEMORY)
    rows = []
    for label, answers in result["questions"].items():
        cells = [_milliseconds(answers.get(name, {})) for name in names]
        pair = [f"{found[label]:.2f}" if label in found else "" for found in (same, best)]
        rows.append((label, *cells, *pair, _whole(answers["aruntime"].get("count"))))
    head = ("question, ms", *names, "÷ oxigraph", "÷ best", "rows")
    return "### questions\n\n" + table(head, rows)


def _milliseconds(answer: Json) -> str:
    if "seconds" in answer:
        few = "" if len(answer["readings"]) >= 5 else f" ({len(answer['readings'])})"
        return f"{answer['seconds'] * 1000:.2f}{few}"
    return f"> {answer['at least'] * 1000:.0f}" if "at least" in answer else "–"


def _odd(result: Json) -> str:
    """Answers that are not ours, which no ratio counts; and those that did not come."""
    rows = []
    for label, answers in result["questions"].items():
        ours = answers["aruntime"].get("count")
        said = [
            f"{name}: {answer.get('count', answer.get('reason'))}"
            for name, answer in answers.items()
            if answer.get("count", -1) != ours
        ]
        if said:
            rows.append((label, _whole(ours), "; ".join(said).replace("|", "\\|")))
    head = ("question", "our rows", "others")
    return "### answers that differ or did not come\n\n" + table(head, rows) if rows else ""


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"
