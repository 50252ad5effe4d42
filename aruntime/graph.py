"""The front door: open the graph, ask it named questions, look names up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Store, Triple

from aruntime import build, corpus, questions, store
from aruntime.engines.engine import Engine
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import Remote
from aruntime.errors import UsageError
from aruntime.model import Rows, Term, text
from aruntime.namespaces import CLASSES, ID, SCHEMES, slug


class Graph:
    """The graph of AI runtimes, behind one engine.

    Example:
        >>> graph = Graph.open()
        >>> graph.ask("who-owns-batching", {"runtime": "vllm"}).records()[0]["stance"]
        'https://w3id.org/aruntime/id/stance/native'
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, overlays: Sequence[Path] = ()) -> Graph:
        """The shipped graph with private files beside it, from the compiled store; built first where there is none.

        Args:
            overlays: RDF files, or folders of them.

        Raises:
            DataError: a file is malformed, or the cache cannot be used.
            UsageError: an overlay does not exist.
        """
        found = store.open_store(store.location(corpus.overlay_files(overlays)))
        return cls(Oxigraph(build.open_or_build(overlays) if found is None else found))

    @classmethod
    def in_memory(cls, overlays: Sequence[Path] = ()) -> Graph:
        """The same graph copied into memory: whole-graph questions are three to five times as fast there.

        Raises:
            DataError, UsageError: as :meth:`open`.
        """
        memory = Store()
        memory.bulk_extend(build.open_or_build(overlays).quads_for_pattern(None, None, None, None))
        return cls(Oxigraph(memory))

    @classmethod
    def remote(cls, endpoint: str) -> Graph:
        """The graph that a SPARQL 1.1 endpoint serves.

        Raises:
            UsageError: the address is no http or https URL.
        """
        return cls(Remote(endpoint))

    def ask(self, name: str, parameters: Mapping[str, str | Term] | None = None) -> Rows:
        """The answer of a named question; see :func:`aruntime.questions.ask`."""
        return questions.ask(self.engine, name, parameters)

    def ask_json(self, name: str, parameters: Mapping[str, str | Term] | None = None) -> bytes:
        """The answer of a named question as SPARQL 1.1 results in JSON."""
        text = questions.text_of(name)
        return self.engine.select_json(text, questions.bindings(name, text, parameters or {}))

    def construct(self, text: str, bindings: Mapping[str, Term]) -> Iterable[Triple]:
        """Triples of a CONSTRUCT query; see :class:`aruntime.engines.engine.Engine`."""
        return self.engine.construct(text, bindings)

    def resolve(self, kind: str, value: str) -> str | Term:
        """What a caller wrote for a parameter of *kind*, as a term that the graph knows.

        Raises:
            UsageError: it names nothing in the graph; the message offers near names.
        """
        if kind in ("text", "integer"):
            return value
        known = self.identify_component(value) if kind == "component" else self.identify(value, kind)
        return questions.term(kind, known)

    def identify(self, name: str, kind: str = "runtime") -> str:
        """The IRI of the thing that people call *name*: a slug, ``kind/slug``, CURIE or IRI.

        Raises:
            UsageError: the graph does not know it; the message offers near names.
        """
        kind = "claim" if "#" in name and "/" not in name else kind
        term = questions.term("thing", name) if "/" in name or ":" in name else questions.term(kind, name)
        known = text(term) or ""
        if self.ask("exists", {"thing": term}).rows:
            return known
        slugs = [iri.removeprefix(f"{ID}{kind}/") for iri, _ in self._names(kind)]
        raise UsageError(f"no {kind} is called {name!r}{questions.suggestion(name, slugs)}; see aruntime list {kind}")

    def find(self, name: str) -> str:
        """The IRI of anything that people call *name*: a runtime first, else any other thing whose slug is unique.

        Raises:
            UsageError: nothing, or more than one thing, is called so.
        """
        if "/" in name or ":" in name or "#" in name:
            return self.identify(name)
        found = [kind for kind in (*CLASSES, *SCHEMES) if self.ask("exists", {"thing": questions.term(kind, name)}).rows]
        kind = "runtime" if "runtime" in found or not found else found[0]
        if len(found) > 1 and "runtime" not in found:
            raise UsageError(f"{name!r} may be {' or '.join(f'{kind}/{name}' for kind in found)}; say which")
        return self.identify(name, kind)

    def find_object(self, predicate: str, name: str) -> str:
        """The IRI of a value of *predicate*: among things that stand as its object first, else as :meth:`find` does.

        Raises:
            UsageError: nothing is called so.
        """
        if "/" in name or ":" in name:
            return self.identify(name)
        for row in self.ask("values-of", {"property": NamedNode(predicate)}).records():
            if slug(row["value"] or "") == name:
                return row["value"] or ""
        return self.find(name)

    def identify_component(self, name: str) -> str:
        """The IRI of a runtime or, failing that, of another component of that name.

        Raises:
            UsageError: the graph knows neither.
        """
        if "/" not in name and ":" not in name:
            other = questions.term("component", name)
            if self.ask("exists", {"thing": other}).rows and not self.ask("exists", {"thing": questions.term("runtime", name)}).rows:
                return text(other) or ""
        return self.identify(name)

    def _names(self, kind: str) -> list[tuple[str, str]]:
        rows = self.ask("things", {"kind": kind}).records()
        return [(row["thing"] or "", row["label"] or "") for row in rows]
