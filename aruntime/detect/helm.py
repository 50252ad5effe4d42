"""Helm charts as files: never run, nothing fetched.

``Chart.yaml`` and ``Chart.lock`` name charts that come with it, ``values*.yaml`` hold images and
switches, templates are text of which only fixed lines are read. What a switch of the chart's own
values turns off is unused. ``helm template … | aruntime detect -`` sees what is really rendered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from aruntime.detect.model import Fact
from aruntime.detect.objects import Context, Wanted, chart_fact, fact, image
from aruntime.detect.yaml_files import Budget, Node, Source, cost, get, items, pairs, text

_IMAGE: Final = re.compile(r"""^(\s*(?:- )?image:\s*)["']?([^\s"'{}]+)["']?\s*(?:#.*)?$""")
_VERSION: Final = re.compile(r"""^(\s*apiVersion:\s*)["']?([^\s"'{}]+)["']?\s*$""")
_KIND: Final = re.compile(r"""^(\s*kind:\s*)["']?([A-Za-z]+)["']?\s*$""")
_IF: Final = re.compile(r"\{\{-?\s*(if|with|range|else if|else|end|define|block)\b([^{}]*)\}\}")
_SWITCH: Final = re.compile(r"^\s*\.Values((?:\.[\w-]+)+)\s*$")
_LONGEST: Final = 10_000
"""Characters of a line of a template that are looked at."""
_DEPENDENCY: Final = 10
"""What a chart that comes with another counts, in nodes."""


def chart_facts(node: Node, source: Source, values: Node | None, folder: str) -> Iterator[Fact]:
    """What ``Chart.yaml`` or ``Chart.lock`` says: the chart itself, and those that come with it.

    Args:
        values: the chart's own values, which turn some of them off.
        folder: what stands for the chart as one object.

    Raises:
        TooLarge: more charts come with it than are followed.
    """
    budget = Budget()
    context = Context(source, Wanted((), ()), folder, "chart", folder, folder, budget)
    name = get(node, "name")
    api = next((key for key, _ in pairs(node) if key.value == "apiVersion"), None)
    if api is not None:
        yield fact(context, "resource", "*", None, source.of(api))
    if text(name) and name is not None:
        yield chart_fact(context, text(name) or "", None, name, get(node, "version"))
    for dependency in items(get(node, "dependencies")):
        _spend(budget, dependency)
        named = get(dependency, "name")
        if named is None or not text(named):
            continue
        below = context
        if _is_off(dependency, values):
            condition = text(get(dependency, "condition")) or "its tags"
            below = context._replace(status="unused", note=f"{condition} is false in the values")
        repository = text(get(dependency, "repository"))
        yield chart_fact(below, text(named) or "", repository, named, get(dependency, "version"))


def switch_facts(
    chart: Node, values: Node, source: Source, budget: Budget, folder: str
) -> Iterator[Fact]:
    """The switches in a chart's values that turn on charts that come with it.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    context = Context(source, Wanted((), ()), folder, "values", folder, folder, budget)
    for dependency in items(get(chart, "dependencies")):
        _spend(budget, dependency)
        condition = (text(get(dependency, "condition")) or "").split(",")[0]
        parts = condition.split(".") if condition else []
        switch = get(values, *parts) if parts else None
        name, repository = text(get(dependency, "name")), text(get(dependency, "repository"))
        if switch is not None and name and (text(switch) or "").lower() == "true":
            yield chart_fact(context, name, repository, switch, None)


def template_facts(
    source: Source, wanted: Wanted, values: Node | None, folder: str
) -> Iterator[Fact]:
    """What the fixed lines of a template say; what stands under a switch that is off is unused.

    Of a line only the first 10,000 characters are looked at.
    """
    context = Context(source, wanted, folder, "template", folder, source.file, Budget())
    note = "template, not rendered"
    blocks: list[bool | None] = []
    states: Counter[bool | None] = Counter()
    group = ""
    for number, whole in enumerate(source.lines):
        line = whole[:_LONGEST]
        for word, rest in _IF.findall(line):
            if word.startswith(("else", "end")):
                if not blocks:
                    continue
                before = blocks.pop()
                states[before] -= 1
                if word == "end":
                    continue
                state = None if before is None else not before
            else:
                state = _holds(rest, values) if word in ("if", "with") else True
            blocks.append(state)
            states[state] += 1
        off, maybe = states[False] > 0, states[None] > 0
        here = context._replace(
            status="unused" if off else "seen",
            note=f"{note}; a switch is off" if off else f"{note}; may be off" if maybe else note,
        )
        if match := _VERSION.match(line):
            group = match[2].rpartition("/")[0] or "core"
            if not match[1].strip().startswith(" ") and not line.startswith(" "):
                yield fact(here, "resource", "*", None, source.place(number, 0, len(line)))
        elif (match := _KIND.match(line)) and group and not line.startswith(" "):
            place = source.place(number, len(match[1]), len(match[2]))
            yield fact(here, "resource", f"{group}/{match[2]}", None, place)
        elif match := _IMAGE.match(line):
            place = source.place(number, len(match[1]), len(match[2]))
            yield from image(here, match[2], place)


def _spend(budget: Budget, dependency: Node) -> None:
    """Count a chart that comes with another.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    tags = len(items(get(dependency, "tags")))
    budget.spend(1, _DEPENDENCY + tags + cost(get(dependency, "condition")))


def _is_off(dependency: Node, values: Node | None) -> bool:
    """Whether a chart that comes with another is turned off by its condition, else by its tags."""
    if values is None:
        return False
    for condition in (text(get(dependency, "condition")) or "").split(","):
        said = text(get(values, *condition.split("."))) if condition else None
        if said is not None:
            return said.lower() == "false"
    tags = [text(tag) for tag in items(get(dependency, "tags"))]
    said_of_tags = [(text(get(values, "tags", tag)) or "true").lower() for tag in tags if tag]
    return bool(said_of_tags) and all(said == "false" for said in said_of_tags)


def _holds(condition: str, values: Node | None) -> bool | None:
    """Whether a condition holds by the chart's own values; ``None`` where that cannot be said."""
    match = _SWITCH.match(condition)
    if match is None or values is None:
        return None
    node = get(values, *match[1].strip(".").split("."))
    if node is None:
        return False
    said = text(node) if not pairs(node) and not items(node) else "{}"
    return said not in (None, "", "false", "0")
