"""The front door: ask named questions of a graph, and look names up in it.

A graph is opened by :func:`aruntime.opening.open_graph`, which also compiles it where that was not
done yet; what only asks does not load the compiler. ``Graph(Remote(url))`` asks an endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping

from aruntime import names, questions
from aruntime.engines.engine import Engine
from aruntime.errors import UsageError
from aruntime.model import Rows, Term


class Graph:
    """The graph of AI runtimes, behind one engine.

    Example:
        >>> graph = aruntime.open_graph()
        >>> graph.ask("who-owns-batching", {"runtime": "vllm"}).records()[0]["stance"]
        'https://w3id.org/aruntime/id/stance/native'
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def ask(self, name: str, parameters: Mapping[str, str | Term] | None = None) -> Rows:
        """The answer of a named question; see :func:`aruntime.questions.ask`."""
        return questions.ask(self.engine, name, parameters)

    def answer(self, name: str, given: Mapping[str, str]) -> Rows:
        """The answer of a named question to somebody who writes names as people do.

        Args:
            given: values by parameter name, each a name that :meth:`resolve` takes.

        Raises:
            UsageError: the question, a parameter or a name does not exist, or a parameter that the
                question needs is missing.

        Example:
            >>> len(graph.answer("configurations-of", {"component": "kserve"}))
            14
        """
        if lacking := questions.lacking(name, given):
            needed = ", ".join(p.name for p in lacking)
            example = " and ".join(f"{p.name}={p.example}" for p in lacking)
            raise UsageError(f"{name} needs {needed}, for example {example}")
        asked = questions.signature(questions.text_of(name)).parameters
        kinds = {parameter.name: parameter.kind for parameter in asked}
        known = {key: self.resolve(kinds[key], given[key]) for key in given if key in kinds}
        return self.ask(name, {**given, **known})

    def resolve(self, kind: str, value: str) -> str | Term:
        """What a caller wrote for a parameter of *kind*: text as it is, a name as a known term.

        Raises:
            UsageError: it names nothing in the graph; the message offers near names.
        """
        if kind in ("text", "integer"):
            return value
        if kind == "thing":
            return questions.term(kind, self.find(value))
        if kind == "component":
            return questions.term(kind, self.identify_component(value))
        return questions.term(kind, self.identify(value, kind))

    def identify(self, name: str, kind: str = "runtime") -> str:
        """The IRI of the thing of a kind that people call *name*; see :mod:`aruntime.names`.

        Raises:
            UsageError: the graph does not know it; the message offers near names.
        """
        return names.identify(self.engine, name, (kind,))

    def identify_component(self, name: str) -> str:
        """The IRI of a runtime or, failing that, of another component of that name.

        Raises:
            UsageError: the graph knows neither.
        """
        return names.identify(self.engine, name, ("runtime", "component"))

    def find(self, name: str) -> str:
        """The IRI of anything that people call *name*: a runtime, component or responsibility
        first, then what is unique.

        Raises:
            UsageError: nothing, or more than one thing, is called so.
        """
        return names.find(self.engine, name)

    def find_object(self, predicate: str, name: str) -> str:
        """The IRI of a value of *predicate*: one of its values first, else as :meth:`find` does.

        Raises:
            UsageError: nothing is called so.
        """
        return names.find_value(self.engine, predicate, name)
