"""The whole site in one folder: the same files from the same graph, to the byte."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from aruntime import corpus, paths, questions
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.folder import Folder
from aruntime.graph import Graph
from aruntime.namespaces import ID, NS, iri, slug
from aruntime.publication.description import Written
from aruntime.publication.jsonld import Context
from aruntime.publication.things import documents
from aruntime.selection import Candidate
from aruntime.site import (
    answers,
    browserdata,
    components,
    downloads,
    engine,
    guide,
    landscape,
    stackpages,
    things,
)
from aruntime.site.composer import Composer
from aruntime.site.facts import Facts
from aruntime.site.links import web
from aruntime.site.rendering import Renderer, Settings, Where
from aruntime.store import Fact, match
from aruntime.validation import positions
from aruntime.validation.checks import Check, check_files
from aruntime.validation.shapes import shape_files

_STATIC: Final = Path(__file__).parent / "static"
_SHORTENED: Final = {
    ".css": rb"/\*.*?\*/|;\s*(?=\})|\n\s*|(?<=[:{,]) +| +(?={)",
    ".js": rb"^ *(?://[^\n]*\n|/\*\*.*?\*/\n)?",
}
"""What is left out of files by their suffix: comments that fill lines, and indentation."""
_BESIDE: Final = (RdfFormat.TURTLE, RdfFormat.JSON_LD)
"""Formats in which a thing's description stands beside its page."""
_TERMS: Final = (
    ("Classes", "classes", "owl:Class"),
    ("Properties between things", "object-properties", "owl:ObjectProperty"),
    ("Properties with plain values", "datatype-properties", "owl:DatatypeProperty"),
    ("Annotations", "annotation-properties", "owl:AnnotationProperty"),
)


_SAID_OF_FAMILY: Final = ("boundary question", "primary job")
"""What the page of a family says before its table of properties."""


class Made(NamedTuple):
    """What was made.

    Attributes:
        pages, files: how many HTML pages, and files in all.
        bytes: their size.
        seconds: processor time that it took.
        notes: what is missing from it, and how to add that.
    """

    pages: int
    files: int
    bytes: int
    seconds: float
    notes: tuple[str, ...]

    def summary(self, folder: Path) -> str:
        """What was made and where, in a line."""
        size = f"{self.pages:,} pages, {self.files:,} files, {self.bytes / 1e6:.1f} MB"
        return f"{size} in {folder}, {self.seconds:.0f} s of processor time"


def build_site(
    graph: Graph,
    folder: Path,
    *,
    repository: str | None = None,
    engine: Path | None = None,
    every_pair: bool = False,
) -> Made:
    """Write the site of a graph.

    Args:
        graph: a graph that is compiled here; one in memory is several times as fast.
        folder: absent, empty, or made by this function before.
        repository: web address of the repository, for links to edit and report.
        engine: a folder of npm packages; see :mod:`aruntime.site.engine`.
        every_pair: compose every pair of runtimes beforehand, not only those of which one names the
            other; takes a tenth of a second a pair.

    Raises:
        UsageError: the graph is an endpoint's, or a folder is not what it should be.
        DataError: the folder cannot be written.

    Example:
        >>> build_site(open_graph(in_memory=True), Path("public")).notes
        ()
    """
    begun = time.process_time()
    with Folder(folder, "site") as made:
        notes = write_site(graph, made, repository=repository, engine=engine, every_pair=every_pair)
    return counted(made, begun, notes)


def counted(made: Folder, begun: float, notes: tuple[str, ...]) -> Made:
    """What is in a folder that was written since a time of the process."""
    html = sum(path.endswith(".html") for path in made.sizes)
    seconds = time.process_time() - begun
    return Made(html, len(made.sizes), sum(made.sizes.values()), seconds, notes)


def write_site(
    graph: Graph,
    made: Folder,
    *,
    repository: str | None = None,
    engine: Path | None = None,
    every_pair: bool = False,
    documents: Sequence[Written] = (),
    address: str | None = None,
) -> tuple[str, ...]:
    """Write the site into a folder that may hold the publication.

    Args:
        documents: files of the publication that the folder holds already.
        address: where the folder will be served, for links that people share and for the page of
            addresses that lead nowhere.

    Returns:
        What is missing from the site, and how to add that.

    Raises:
        UsageError: the graph is an endpoint's, or *engine* holds no engine.
    """
    if not isinstance(graph.engine, Oxigraph):
        raise UsageError("a site is made of the shipped graph and --data, not of an endpoint")
    site = _Site(graph, repository, engine, every_pair, documents, address)
    site.write(made)
    return site.packages.notes


class _Site:
    """Everything that the pages need, read once."""

    def __init__(
        self,
        graph: Graph,
        repository: str | None,
        folder: Path | None,
        every_pair: bool,
        documents: Sequence[Written],
        address: str | None = None,
    ) -> None:
        assert isinstance(graph.engine, Oxigraph)
        self.graph = graph
        self.every_pair = every_pair
        self.packages = engine.find(folder)
        self.facts = Facts([*match(graph.engine.store), *rules()])
        settings = Settings(
            version("aruntime"), repository, engine=self.packages.engine, editor=self.packages.editor,
            address=f"{address.rstrip('/')}/" if web(address) and address else None,
        )  # fmt: skip
        self.documents = {file.path: file for file in documents}
        self.pages = Renderer(self.facts, described(), settings, frozenset(self.documents))
        self.composer = Composer(graph)
        self.owned = landscape.owned_at(graph.ask("claims-of-runtime"))
        self.owners: dict[str, list[Candidate]] = answers.owners(
            graph, self.facts.members("ar:Responsibility")
        )

    def write(self, made: Folder) -> None:
        """Write every file of the site."""
        self._front(made)
        self._documents(made)
        self._things(made)
        self._questions(made)
        guide.write(self.pages, made, self.graph, self.owned, self.owners)
        self._alternates(made)
        browserdata.write(self.pages, made, self.composer, every=self.every_pair)
        browserdata.write_search(self.pages, made)
        browserdata.write_answers(self.pages, made, self.graph, self.owners)
        names = sorted(
            {slug(c) for c in self.facts.members("ar:Component") if self.pages.links.page(c)}
        )
        self.packages.write(made, self.composer, names)
        for file in sorted(_STATIC.rglob("*")):
            if file.is_file():
                sent = file.read_bytes()
                if file.suffix in _SHORTENED:
                    sent = re.sub(
                        _SHORTENED[file.suffix], b"", sent, flags=re.DOTALL | re.MULTILINE
                    )
                made.write(f"static/{file.relative_to(_STATIC).as_posix()}", sent)

    def _page(self, made: Folder, path: str, template: str = "", **context: Any) -> None:
        made.write(path, self.pages.page(path, template or path, **context))

    def _front(self, made: Folder) -> None:
        """The home page, and the pages that a reader works with."""
        facts = self.facts
        counts = {
            "runtimes": len(facts.members("ar:Runtime")),
            "responsibilities": len(facts.members("ar:Responsibility")),
            "claims": len(facts.members("ar:CurrentClaim")),
        }
        stacks = facts.members("ar:Stack")
        short = sorted(stacks, key=lambda s: (len(facts.label(s)), s))
        shown = stackpages.found(self.pages, self.composer, short[0]) if short else {"view": None}
        self._page(
            made, "index.html", "home.html", counts=counts, examples=short[:4], stacks=len(stacks),
            families=landscape.families(facts, self.owned), layers=landscape.layers(facts),
            shown=next(iter(short), None), **shown,
        )  # fmt: skip
        self._page(made, "compose.html", stacks=stacks)
        # what stands in another namespace has no page and no file here
        own = [runtime for runtime in facts.members("ar:Runtime") if self.pages.links.page(runtime)]
        self._page(made, "compare.html", runtimes=own)
        self._page(made, "select.html", needs=browserdata.NEEDS)
        self._page(made, "search.html")
        if address := self.pages.settings.address:
            self._page(made, "404.html", root=address)
        self._page(made, "playground.html", names=questions.names())
        self._page(made, "about.html", every_pair=self.every_pair)
        verdicts = sorted(facts.members("ar:Verdict"), key=self._precedence)
        self._page(made, "verdicts.html", verdicts=verdicts)
        schemes = [s for s in facts.members("skos:ConceptScheme") if s.startswith(ID)]
        self._page(
            made, "vocabulary.html", rules=sorted(facts.members("ar:Rule")),
            schemes=[(s, facts.pointing(s, "skos:inScheme")) for s in schemes],
            terms=[(title, anchor, self._terms(kind)) for title, anchor, kind in _TERMS],
        )  # fmt: skip

    def _documents(self, made: Folder) -> None:
        """The page of the ontology, also under its version, and the list of the publication."""
        version = self.facts.value(NS.removesuffix("#"), "owl:versionInfo")
        terms = [(title, anchor, self._terms(kind)) for title, anchor, kind in _TERMS]
        paths_ = ["ns/index.html"]
        if f"ns/{version}/ontology.ttl" in self.documents:
            paths_.append(f"ns/{version}/index.html")
            self._page(made, "downloads.html", groups=downloads.groups(self.documents.values()))
        for path in paths_:
            self._page(
                made, path, "ontology.html", iri=NS.removesuffix("#"), version=version, terms=terms
            )

    def _precedence(self, verdict: str) -> int:
        return int(self.facts.value(verdict, "ar:precedence") or 0)

    def _terms(self, kind: str) -> list[str]:
        return sorted(t for t in self.facts.members(kind) if t.startswith(NS))

    def _things(self, made: Folder) -> None:
        """A page for each thing, the special kinds first."""
        facts, pages = self.facts, self.pages
        for thing in facts.members("ar:Component"):
            components.write(pages, made, thing)
        for thing in facts.members("ar:Stack"):
            stackpages.write_stack(pages, made, self.composer, thing)
        for thing, candidates in self.owners.items():
            answers.write_responsibility(pages, made, thing, candidates)
        for thing in facts.members("ar:Source"):
            answers.write_source(pages, made, thing)
        for thing in facts.members("ar:Family"):
            shown = {
                "families": landscape.families(facts, self.owned, [thing]),
                "layers": landscape.layers(facts),
                "rows": [r for r in things.rows(self.pages, thing) if r[0] not in _SAID_OF_FAMILY],
            }
            things.write(pages, made, thing, template="family.html", **shown)
        for thing in sorted(facts.properties):
            things.write(pages, made, thing)

    def _questions(self, made: Folder) -> None:
        found = [questions.load(name) for name in questions.names()]
        for question in found:
            answers.write_question(self.pages, made, self.graph, question)
        personas = sorted({q.persona for q in found})
        groups = [(p, [q for q in found if q.persona == p]) for p in personas]
        self._page(made, "questions.html", groups=groups)

    def _alternates(self, made: Folder) -> None:
        """Turtle and JSON-LD beside the page of each thing, as the publication has them."""
        assert isinstance(self.graph.engine, Oxigraph)
        context = Context.load(self.graph.engine.store)
        if context.file().path not in made.sizes:
            made.write(context.file().path, context.file().content)
        for thing in sorted(self.facts.properties):
            path = self.pages.links.page(thing)
            if path is not None:
                place = path.removesuffix(".html")
                if f"{place}.ttl" in made.sizes:
                    continue  # the publication has it
                for file in documents(thing, self._triples_of(thing), context, _BESIDE):
                    made.write(place + Path(file.path).suffix, file.content)

    def _triples_of(self, thing: str) -> list[Triple]:
        """Triples whose subject is a thing or one of its fragments, sorted."""
        found = (
            Triple(NamedNode(node), NamedNode(predicate), term)
            for node in (thing, *self.facts.fragments(thing))
            for predicate, terms in self.facts.properties.get(node, {}).items()
            for term in terms
        )
        return sorted(found, key=str)


def rules() -> Iterable[Fact]:
    """What the shipped rules say of themselves: shapes as they stand, checks from their headers."""
    kind, rule = iri("rdf:type"), iri("ar:Rule")
    for path in shape_files():
        for t in corpus.triples_of(path):
            if isinstance(t.subject, NamedNode) and t.subject.value.startswith(ID + "rule/"):
                yield t.subject, t.predicate, t.object
                yield t.subject, kind, rule
    for check in map(Check, check_files()):
        node = NamedNode(f"{ID}rule/{check.rule}")
        yield node, kind, rule
        yield node, iri("skos:definition"), Literal(check.summary)
        yield node, iri("sh:message"), Literal(" ".join(check.message.split()))
        yield node, iri("sh:severity"), iri(f"sh:{check.severity.capitalize()}")


def described() -> dict[str, Where]:
    """For every node of the shipped files, the file below the root and the line that describe it."""
    root = Path(paths.root())
    found: dict[str, Where] = {}
    for path in (*corpus.vocabulary_files(), *shape_files(), *corpus.data_files()):
        name = path.relative_to(root).as_posix()
        for node, line in positions.subjects(path).items():
            found.setdefault(node, Where(name, line))
    for path in check_files():
        found[f"{ID}rule/{path.stem}"] = Where(path.relative_to(root).as_posix(), 1)
    return found
