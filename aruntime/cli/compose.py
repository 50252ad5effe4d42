"""``aruntime compose``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import click

from aruntime import questions
from aruntime.cli.options import (
    format_option,
    graph_options,
    resolved,
    say,
    screen,
    show,
    show_either,
    show_json,
    show_table,
)
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.render import stack, stack_page
from aruntime.render.picture import mermaid, svg
from aruntime.stacks import compose, differences, failures, narrowed, replaced

_PAIRS: Final = {
    "--in": "COMPONENT=CONFIGURATION",
    "--at": "COMPONENT=VERSION",
    "--instead": "OLD=NEW",
}
"""Options that take pairs, and how each is written."""
_PICTURES: Final = {"mermaid": mermaid, "svg": svg}
"""Forms that draw the stack."""


@click.command("compose")
@click.argument("components", nargs=-1, metavar="COMPONENT...")
@click.option(
    "--stack", "name", metavar="NAME", help="A documented stack; aruntime list stack names them."
)
@click.option(
    "--in",
    "chosen",
    multiple=True,
    metavar="COMPONENT=CONFIGURATION",
    help="Use this configuration of a component; repeatable.",
)
@click.option(
    "--at",
    "versions",
    multiple=True,
    metavar="COMPONENT=VERSION",
    help="The version in use; repeatable.",
)
@click.option(
    "--for",
    "purpose",
    metavar="PURPOSE",
    help="What the stack is for, such as online-serving; if absent, it follows from the components.",
)
@click.option(
    "--instead", metavar="OLD=NEW", help="Show what changes if NEW takes the place of OLD."
)
@click.option(
    "--only",
    "verdicts",
    multiple=True,
    metavar="VERDICT",
    help="Only rows with this verdict; repeatable.",
)
@click.option(
    "--layer", "layers", multiple=True, type=click.IntRange(0, 6), help="Only rows at this layer."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also list what is settled, and what the purpose does not ask for.",
)
@click.option("--brief", is_flag=True, help="Only the headlines.")
@click.option(
    "--fail-on",
    metavar="VERDICT,...",
    help="Exit with 1 if a row has one of these verdicts; also impossible, archived.",
)
@format_option(*_PICTURES)
@graph_options
def command(
    graph: Graph,
    components: tuple[str, ...],
    name: str | None,
    chosen: tuple[str, ...],
    versions: tuple[str, ...],
    purpose: str | None,
    instead: str | None,
    verdicts: tuple[str, ...],
    layers: tuple[int, ...],
    everything: bool,
    brief: bool,
    fail_on: str | None,
    form: str,
) -> int:
    """Who owns what when these components run together?

    What an architect must decide comes first: choices of configuration, conflicts, missing
    components, what is owned in part, by nobody, or yours to build. Verdicts are disputed,
    contended, choice, open-delegation, partial, gap, caller, platform, delegated, layered, owned
    and unknown; aruntime show verdict/gap explains one.

    --format mermaid and --format svg draw the stack with what must be decided.

    Example: aruntime compose kserve vllm --in kserve=standard
    """
    if not (components or name):
        raise click.UsageError("name at least one component, or --stack NAME")
    if brief and form == "auto":
        form = "table"
    at, configurations = _unique(pairs("--at", versions)), pairs("--in", chosen)
    asked: dict[str, Any] = {"versions": at, "configurations": configurations, "purpose": purpose}
    found = compose(graph, components, stack=name, **asked)
    shown = narrowed(found, verdicts, layers)
    if form in _PICTURES or resolved(form) != "table" or instead:
        for warning in stack.warnings(found):  # a table on a terminal begins with them
            say(warning)
    if form in _PICTURES:
        if instead:
            raise UsageError("--instead tells differences; draw either stack by itself")
        show(_PICTURES[form](shown))
    elif instead:
        old, new = pairs("--instead", (instead,))[0]
        other = replaced(graph, old, new, components, stack=name, **asked)
        changed = differences(found, other)
        terminal = resolved(form) == "table"
        table = stack.changes(changed, old, new, renamed=not terminal)
        show_either(changed.json(), table, form)
        if terminal and (left := len(changed.changed) - len(table.rows)):
            say(f"in {left} more, {new} does what {old} did; --format tsv lists them")
    elif resolved(form) == "json":
        show_json(shown.json())
    elif resolved(form) == "table":
        show(stack_page.as_text(shown, screen(), brief=brief, everything=everything), page=True)
    else:
        show_table(stack.flat(shown, everything=everything), form)
    return int(bool(failures(found, (fail_on or "").replace(" ", "").split(",")))) if fail_on else 0


def pairs(option: str, given: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of what an option takes as ``COMPONENT=VALUE``."""
    return [questions.pair(text, f"{option} takes {_PAIRS[option]}") for text in given]


def _unique(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for component, version in given:
        if found.setdefault(component, version) != version:
            raise UsageError(f"--at gives {component} two versions")
    return found
