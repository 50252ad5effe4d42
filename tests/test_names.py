"""Whatever one command prints as a name, every other accepts, in any letter case."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from aruntime.cli.list import KINDS
from aruntime.graph import Graph
from tests.conftest import Run

MOST = 20
"""Names that are tried of each list that a command prints."""
OF_A_KIND = 2
"""Names that are tried of each kind of things."""


def column(markdown: str, name: str) -> Iterator[str]:
    """Cells of a column of a Markdown table."""
    lines = [[cell.strip() for cell in row.strip("|").split("|")] for row in markdown.splitlines()]
    if lines and name in lines[0]:
        yield from (row[lines[0].index(name)] for row in lines[2:])


def printed(aruntime: Run) -> dict[str, list[str]]:
    """Names as commands print them, by where they stand."""

    def said(*arguments: str) -> str:
        code, out, err = aruntime(*arguments)
        assert code in (0, 1), err
        return out

    def value(*arguments: str) -> dict[str, object]:
        found = json.loads(said(*arguments, "--format", "json"))
        assert isinstance(found, dict)
        return found

    found: dict[str, list[str]] = {}
    for kind in KINDS:
        table = said("list", kind, "--format", "markdown")
        names = list(column(table, "name"))
        # among things of one kind the slug is enough; elsewhere it may need its kind
        alone = kind in ("thing", "runtime", "component", "class", "property")
        found[f"list {kind}"] = names if alone else [f"{kind}/{name}" for name in names]
        rows = said("list", kind, "--format", "tsv").splitlines()[1:]
        found[f"list {kind} in a pipe"] = [row.split("\t")[1] for row in rows[:1]]
    found["search"] = list(column(said("search", "engine", "--format", "markdown"), "name"))
    composed = value("compose", "engine", "server")
    rows = composed["responsibilities"]  # type: ignore[assignment]
    claims = [claim for row in rows for claim in row["claims"]]  # type: ignore[index]
    found["claims of compose"] = [claim["claim"] for claim in claims]  # type: ignore[index]
    found["components of compose"] = [claim["component"] for claim in claims]  # type: ignore[index]
    found["responsibilities of compose"] = [row["responsibility"] for row in rows]  # type: ignore[index]
    found["sources of compose"] = [claim["source"] for claim in claims]  # type: ignore[index]
    table = said("compose", "engine", "server", "--format", "markdown")
    found["claims in a table of compose"] = [
        n for cell in column(table, "claims") for n in cell.split()
    ]
    for question in ("claims-of-runtime", "integrations-of"):
        table = said("ask", question, "-p", "runtime=engine", "--format", "markdown")
        for name in ("claim", "responsibility", "source", "runtime", "object"):
            found[f"{name} of {question}"] = list(column(table, name))
    shown = value("show", "engine")
    found["claims of show"] = [claim["claim"] for claim in shown["claims"]]  # type: ignore[index, attr-defined]
    found["properties of show"] = list(shown["properties"])  # type: ignore[call-overload]
    why = said("why", "engine#family", "--format", "markdown")
    found["claims of why"] = list(column(why, "claim"))
    return {place: [name for name in names if name] for place, names in found.items()}


@pytest.mark.slow
def test_every_command_accepts_what_another_prints(aruntime: Run, small: Graph) -> None:
    refused, tried = [], 0
    for place, names in printed(aruntime).items():
        for name in sorted(set(names))[: OF_A_KIND if place.startswith("list") else MOST]:
            commands = [["show", name], ["show", name.upper()]] if "/" in name else [["show", name]]
            if place.startswith("claim"):
                commands.append(["why", name])
            if place.startswith(("list runtime", "components of")):
                commands += [["compose", name], ["select", "--with", name]]
            if place.startswith(("list responsibility", "responsibilities")):
                commands.append(["select", "--owns", name])
            for command in commands:
                if command[1].startswith(("HTTPS:", "<HTTP")):
                    continue
                tried += 1
                code, _, err = aruntime(*command, "--format", "json")
                if code not in (0, 1) or "Traceback" in err:
                    refused.append((place, command, err.strip()))
    assert not refused, "\n".join(map(str, refused))
    assert tried > 300


@pytest.mark.parametrize("words", ["runs the engine", "engine the runs"])
def test_words_are_searched_in_any_order(aruntime: Run, small: Graph, words: str) -> None:
    found = [aruntime("search", *order)[1] for order in (words.split(), words.split()[::-1])]
    assert found[0].splitlines()[1:] and [r.split("\t")[1:] for r in found[0].splitlines()] == [
        r.split("\t")[1:] for r in found[1].splitlines()
    ]
