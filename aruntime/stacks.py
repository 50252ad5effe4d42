"""Composition: who owns what when several components run together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from aruntime.composition import Composition, shown
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, plain
from aruntime.namespaces import slug
from aruntime.questions import lookup
from aruntime.stack import Stack
from aruntime.verdicts import judged


def compose(
    graph: Graph,
    components: Sequence[str],
    *,
    stack: str | None = None,
    versions: Mapping[str, str] | None = None,
    configurations: Iterable[tuple[str, str]] = (),
    presumed: Iterable[tuple[str, str]] = (),
    purpose: str | None = None,
) -> Composition:
    """The composition of some components.

    Args:
        components: slugs of runtimes or other components, each once.
        stack: a documented stack, whose components come before the others, in the configurations
            that its source names.
        versions: for some of them the version in use.
        configurations: what is chosen, as pairs of component and configuration.
        presumed: the same, each unless something that excludes it is chosen.
        purpose: what the stack is for; follows from its components if absent.

    Raises:
        UsageError: there is no component, a name is unknown or given twice, two configurations
            exclude each other, or a version is none, or is given for none of the components.

    Example:
        >>> found = compose(open_graph(), ["kserve", "vllm"], configurations=[("kserve", "standard")])
        >>> next(row.verdict for row in found.rows if row.responsibility == "scale-to-zero")
        'gap'
    """
    if stack is not None:
        shipped, usual = shipped_stack(graph, stack)
        components, presumed = (*shipped, *components), (*usual, *presumed)
    if not components:
        raise UsageError("name at least one component, or a stack")
    if len(set(components)) < len(components):
        raise UsageError("a component is named twice; name each once")
    given = dict(versions or {})
    stray = sorted(set(given) - set(components))
    if stray:
        raise UsageError(
            f"a version of {', '.join(stray)} is given, which is not among the components"
        )
    for name, version in given.items():
        if not any(letter.isdigit() for letter in version):
            raise UsageError(
                f"{version!r} is not a version of {name}; write it as the project does, for example 0.33.0"
            )
    made = Stack.of(graph, components, given)
    for component, configuration in configurations:
        made.choose(component, configuration)
    for component, configuration in presumed:
        made.choose(component, configuration, presumed=True)
    if purpose is not None:
        made.state_purpose(slug(graph.identify(purpose, "purpose")))
    return judged(made)


def replaced(
    graph: Graph,
    old: str,
    new: str,
    components: Sequence[str],
    *,
    stack: str | None = None,
    versions: Mapping[str, str] | None = None,
    configurations: Iterable[tuple[str, str]] = (),
    purpose: str | None = None,
) -> Composition:
    """The composition with *new* in the place of *old*, of which neither version nor configuration
    is known.

    Args:
        components, stack, versions, configurations, purpose: see :func:`compose`.

    Raises:
        UsageError: *old* is not among the components, or as :func:`compose`.
    """
    shipped, usual = shipped_stack(graph, stack) if stack is not None else ([], [])
    members = (*shipped, *components)
    if old not in members:
        raise UsageError(f"--instead names {old}, which is not among the components")
    return compose(
        graph,
        [new if name == old else name for name in members],
        versions={name: version for name, version in (versions or {}).items() if name != old},
        configurations=[pair for pair in configurations if pair[0] != old],
        presumed=[pair for pair in usual if pair[0] != old],
        purpose=purpose,
    )


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
    hold |= {"archived" for entry in found.lifecycle if entry.lifecycle == "archived"}
    return [name for name in wanted if name in hold]


def _known(found: Composition, wanted: Sequence[str], more: Sequence[str]) -> None:
    for name in wanted:
        if name not in (*found.words, *more):
            raise UsageError(
                f"no verdict is called {name!r}; verdicts are {', '.join((*found.words, *more))}"
            )


class Side(NamedTuple):
    """What one of two stacks comes to for a responsibility."""

    verdict: str
    owners: tuple[str, ...]
    missing: tuple[str, ...]


class Change(NamedTuple):
    """A responsibility whose verdict, owners or missing components differ; ``None`` for a stack
    that does not speak of it."""

    responsibility: str
    before: Side | None
    after: Side | None


class Differences(NamedTuple):
    """What differs between two stacks.

    Attributes:
        before, after: the components of each.
        changed: by name of the responsibility.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    changed: tuple[Change, ...]

    def json(self) -> Json:
        """``before``, ``after`` and ``changed``, as ``compose --instead --format json`` prints it."""
        found: Json = plain(self)
        return found


def differences(one: Composition, two: Composition) -> Differences:
    """What differs between two stacks: responsibilities whose verdict or owners change."""
    before, after = (
        {r.responsibility: Side(r.verdict, r.owners, r.missing) for r in found.rows}
        for found in (one, two)
    )
    changed = (Change(n, before.get(n), after.get(n)) for n in sorted({*before, *after}))
    first, second = (tuple(member.name for member in found.components) for found in (one, two))
    return Differences(first, second, tuple(c for c in changed if c.before != c.after))
