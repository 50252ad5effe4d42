"""Composition: who owns what when several components run together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aruntime.composition import Composition, Row, shown
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json
from aruntime.namespaces import slug
from aruntime.stack import Stack, lookup
from aruntime.verdicts import judged


def compose(
    graph: Graph,
    components: Sequence[str],
    *,
    versions: Mapping[str, str] | None = None,
    configurations: Iterable[tuple[str, str]] = (),
    purpose: str | None = None,
) -> Composition:
    """The composition of some components.

    Args:
        components: slugs of runtimes or other components, at least one, each once.
        versions: for some of them the version in use.
        configurations: what is chosen, as pairs of component and configuration.
        purpose: what the stack is for; follows from its components if absent.

    Raises:
        UsageError: a name is unknown or given twice, or a version is none, or is given for none of
            the components.

    Example:
        >>> found = compose(open_graph(), ["kserve", "vllm"], configurations=[("kserve", "standard")])
        >>> next(row.verdict for row in found.rows if row.responsibility == "scale-to-zero")
        'gap'
    """
    if len(set(components)) < len(components):
        raise UsageError("a component is named twice; name each once")
    given = dict(versions or {})
    stray = sorted(set(given) - set(components))
    if stray:
        raise UsageError(f"--at names {', '.join(stray)}, which is not among the components")
    for name, version in given.items():
        if not any(letter.isdigit() for letter in version):
            raise UsageError(
                f"{version!r} is not a version of {name}; write it as the project does, for example 0.33.0"
            )
    stack = Stack.of(graph, components, given)
    for component, configuration in configurations:
        stack.choose(component, configuration)
    if purpose is not None:
        stack.state_purpose(slug(graph.identify(purpose, "purpose")))
    return judged(stack)


def shipped_stack(graph: Graph, name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Components of a stack that ships with the graph, and the configurations that its source
    names.

    Raises:
        UsageError: there is no such stack.
    """
    stack = graph.resolve("stack", name)
    assert not isinstance(stack, str)
    rows = graph.engine.select(lookup("stack"), {"stack": stack}).records()
    configurations = [
        slug(row["configuration"] or "").partition("#") for row in rows if row["configuration"]
    ]
    members = [slug(row["component"] or "") for row in rows if row["component"]]
    return members, [(component, configuration) for component, _, configuration in configurations]


def narrowed(found: Composition, verdicts: Sequence[str], layers: Sequence[int]) -> Composition:
    """The composition with only the rows of these verdicts and layers; none given means all.

    Args:
        verdicts: names of verdicts, each perhaps several joined by commas.

    Raises:
        UsageError: there is no such verdict.
    """
    wanted = [name for text in verdicts for name in text.split(",") if name]
    _known(found, wanted, ())
    rows = [
        row
        for row in found.rows
        if (not wanted or row.verdict in wanted) and (not layers or row.layer in layers)
    ]
    return found._replace(rows=tuple(rows))


def failures(found: Composition, wanted: Sequence[str]) -> list[str]:
    """Which of these hold of a composition: a verdict, ``impossible`` or ``archived``.

    Raises:
        UsageError: there is no such verdict.
    """
    _known(found, wanted, ("impossible", "archived"))
    hold = {row.verdict for row in found.rows if shown(row)}
    hold |= {"impossible" for seam in found.seams if seam.verdict == "impossible"}
    hold |= {"archived" for entry in found.lifecycle if entry["lifecycle"] == "archived"}
    return [name for name in wanted if name in hold]


def _known(found: Composition, wanted: Sequence[str], more: Sequence[str]) -> None:
    for name in wanted:
        if name not in (*found.words, *more):
            raise UsageError(
                f"no verdict is called {name!r}; verdicts are {', '.join((*found.words, *more))}"
            )


def differences(one: Composition, two: Composition) -> Json:
    """What differs between two stacks: responsibilities whose verdict or owners change."""
    before, after = ({row.responsibility: row for row in found.rows} for found in (one, two))

    def told(row: Row | None) -> Json | None:
        return (
            None
            if row is None
            else {"verdict": row.verdict, "owners": list(row.owners), "missing": list(row.missing)}
        )

    changed = [
        {"responsibility": name, "before": told(before.get(name)), "after": told(after.get(name))}
        for name in sorted(before.keys() | after.keys())
        if told(before.get(name)) != told(after.get(name))
    ]
    names = [[member.name for member in found.components] for found in (one, two)]
    return {"before": names[0], "after": names[1], "changed": changed}
