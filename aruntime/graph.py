"""The library's front door: open the graph, ask it, look things up."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Store

from aruntime import answers, compiled, parts, questions
from aruntime.engines.deferred import Deferred
from aruntime.engines.embedded import Embedded
from aruntime.engines.seam import Engine
from aruntime.errors import UsageError
from aruntime.model import Rows, Term, text
from aruntime.results import of_json
from aruntime.terms import CLASSES, ID, SCHEMES, slug

if TYPE_CHECKING:
    from pathlib import Path


class Graph:
    """The graph of AI runtimes behind one engine.

    Attributes:
        kept: folder of answers that were made when the store was built, if there is one.
        build: makes what the engine needs, if that is not there yet.
    """

    def __init__(self, engine: Engine, kept: str | None = None, build: Callable[[], object] | None = None) -> None:
        self.engine = engine
        self.kept = kept
        self.build = build

    @classmethod
    def open(cls, overlays: Sequence[Path] = ()) -> Graph:
        """The shipped graph, with private overlays beside it, on the embedded engine.

        Raises:
            DataError: a file is malformed, or the cache cannot be used.
            UsageError: an overlay does not exist.
        """
        # What reads overlays or builds is loaded by name, as commands are: most commands only ask what was built before.
        folder = compiled.location(import_module("aruntime.corpus").overlay_files(overlays) if overlays else ())

        def opened() -> Store:
            found = compiled.opened(folder)
            return import_module("aruntime.store").open_compiled(overlays, parts.write) if found is None else found

        def build() -> None:
            import_module("aruntime.store").open_compiled(overlays, parts.write)

        return cls(Deferred(lambda: Embedded(opened())), folder, None if os.path.isdir(folder) else build)

    def ready(self) -> None:
        """Build what the engine needs, so that asking takes only the time of the answer."""
        if self.build is not None:
            self.build()

    def ask(self, name: str, parameters: Mapping[str, str | Term] | None = None) -> Rows:
        """The answer of a named question; see :func:`aruntime.questions.ask`."""
        return of_json(self.ask_json(name, parameters)) if self.kept else questions.ask(self.engine, name, parameters)

    def ask_json(self, name: str, parameters: Mapping[str, str | Term] | None = None) -> bytes:
        """The answer of a named question as SPARQL 1.1 results in JSON; what took long to find is kept for the next time."""
        text = questions.text_of(name)
        about = questions.bindings(name, text, parameters or {})
        if self.kept and (kept := answers.read(self.kept, name, about)) is not None:
            return kept
        begun = perf_counter()
        found = self.engine.select_json(text, about)
        if self.kept and perf_counter() - begun > answers.LONG and answers.may_keep(about):
            with suppress(OSError):  # a cache that cannot be written keeps nothing
                answers.keep(self.kept, name, about, found)
        return found

    @classmethod
    def remote(cls, endpoint: str) -> Graph:
        """The graph that a SPARQL 1.1 endpoint serves.

        Raises:
            UsageError: the address is no http or https URL.
        """
        return cls(import_module("aruntime.engines.remote").Remote(endpoint))

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
        if (self.kept and parts.knows(self.kept, known)) or self.ask("exists", {"thing": term}).rows:
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
        if self.kept and (known := parts.component(self.kept, name)):
            return known
        if "/" not in name and ":" not in name:
            other = questions.term("component", name)
            if self.ask("exists", {"thing": other}).rows and not self.ask("exists", {"thing": questions.term("runtime", name)}).rows:
                return text(other) or ""
        return self.identify(name)

    def _names(self, kind: str) -> list[tuple[str, str]]:
        rows = self.ask("things", {"kind": kind}).records()
        return [(row["thing"] or "", row["label"] or "") for row in rows]
