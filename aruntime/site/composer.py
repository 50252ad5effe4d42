"""Compositions of many stacks: what is said of the vocabulary and of each component is looked up
once; each stack is judged by the same queries as on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aruntime.composition import Composition
from aruntime.graph import Graph
from aruntime.stack import Component, Stack, component, vocabulary
from aruntime.verdicts import judged


class Composer:
    """Composes stacks of a graph.

    Example:
        >>> Composer(graph).compose(["kserve", "vllm"]).summary["gap"]
        1
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.vocabulary = vocabulary(graph)
        self._components: dict[str, Component] = {}

    def component(self, name: str) -> Component:
        """What the graph says of a component.

        Raises:
            UsageError: the graph knows no such component.
        """
        if name not in self._components:
            self._components[name] = component(self.graph, name)
        return self._components[name]

    def compose(
        self, names: Sequence[str], configurations: Iterable[tuple[str, str]] = ()
    ) -> Composition:
        """The composition of some components, as :func:`aruntime.compose` gives it."""
        stack = Stack(self.vocabulary, map(self.component, names), {})
        for name, configuration in configurations:
            stack.choose(name, configuration)
        return judged(stack)

    def joined(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Pairs of which one says something that names the other, sorted."""
        by_iri = {self.component(name).iri: name for name in names}
        found = set()
        for name in names:
            for triple in self.component(name).facts:
                iri = getattr(triple.object, "value", "").partition("#")[0]
                if (other := by_iri.get(iri)) and other != name:
                    found.add((min(name, other), max(name, other)))
        return sorted(found)
