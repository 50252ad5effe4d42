"""What a worker does: the functions that the commands call too, from a job to the bytes of an
answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
    parse_query_results,
)

from aruntime import questions
from aruntime.engines.oxigraph import translated
from aruntime.errors import AruntimeError, UnknownNameError, UsageError
from aruntime.export import serialized, written
from aruntime.graph import Graph
from aruntime.model import Json, Rows, Term
from aruntime.namespaces import BASE, ID, KINDS, PREFIXES
from aruntime.publication import jsonld, shapes
from aruntime.publication.edition import version_of
from aruntime.publication.forms import GRAPH_FORMATS, canonical
from aruntime.render import formats
from aruntime.render.formats import Screen
from aruntime.serve import description, pages
from aruntime.serve.limits import Limits, Problem
from aruntime.serve.negotiation import OFFERS, RESOURCE, ROWS, TRIPLES, Offer, media
from aruntime.show import describe
from aruntime.store import match

_SCREEN: Final = Screen()
_VERSION: Final = NamedNode(PREFIXES["owl"] + "versionIRI")
_FORMATS: Final = {form.file_extension: form for form in GRAPH_FORMATS}
_LABEL: Final = NamedNode(PREFIXES["rdfs"] + "label")
Item = TypeVar("Item")


class Answer(NamedTuple):
    """What a worker sends back.

    Attributes:
        status: an HTTP status; of an error the body is the sentence that says what is wrong.
        media: the media type of the body.
    """

    status: int
    media: str
    body: bytes


class Held(NamedTuple):
    """What every worker holds.

    Attributes:
        documents: by IRI without fragment the nodes that the document describes, sorted.
        figures: what the datasets are, and how much they hold, in VoID and DCAT.
        context: how JSON-LD names things.
    """

    graph: Graph
    store: Store
    documents: Mapping[str, tuple[str, ...]]
    figures: tuple[Triple, ...]
    limits: Limits
    context: jsonld.Context


def perform(held: Held, job: Json) -> Answer:
    """Do one job; whatever is wrong with it becomes an answer with that status.

    Args:
        job: what the function of the name ``job["task"]`` here takes, and ``as``, the form of the
            answer.
    """
    try:
        answer = _TASKS[job["task"]](held, job)
        if len(answer.body) > held.limits.answer:
            size = f"{held.limits.answer // 1024**2} MiB"
            raise Problem(422, f"the answer is larger than {size}; narrow the query")
        return answer
    except Problem as problem:
        return _failed(problem.status, problem.detail)
    except AruntimeError as error:
        return _failed(400, _told(error))
    except (MemoryError, RecursionError):
        return _failed(422, out_of_memory(held.limits))


def out_of_memory(limits: Limits) -> str:
    """What is said of a query that ended its process, or nearly so."""
    size = f"{limits.memory // 1024**2} MiB of memory"
    return f"the query takes more than {size}, or nests too deeply; simplify it"


def query(held: Held, job: Json) -> Answer:
    """Answer a SPARQL query: ``query`` of ``default`` and ``named`` graphs."""
    text, shape = job["query"], job["as"]
    graphs: dict[str, Any] = {}
    if job["default"] or job["named"]:
        graphs = {
            "default_graph": list(map(NamedNode, job["default"])),
            "named_graphs": list(map(NamedNode, job["named"])),
        }
    with translated(text):
        found = held.store.query(text, base_iri=BASE, prefixes=PREFIXES, **graphs)
        if isinstance(found, QuerySolutions):
            columns = tuple(variable.value for variable in found.variables)
            solutions = _bounded((tuple(solution) for solution in found), held.limits.rows)
            return _rows(Rows(columns, tuple(solutions)), shape, "Answer")
        if isinstance(found, QueryTriples):
            triples = _bounded(found, held.limits.rows)
            content = serialized(triples, _FORMATS[shape])
            return Answer(200, media(OFFERS["construct"], shape), content)
        assert isinstance(found, QueryBoolean)
        return _truth(bool(found), shape)


def question(held: Held, job: Json) -> Answer:
    """Answer the named question ``name`` with the parameters ``given``, as people write them."""
    found = held.graph.answer(job["name"], job["given"])
    if len(found) > held.limits.rows:
        raise _too_many(held.limits.rows)
    return _rows(found, job["as"], questions.signature(questions.text_of(job["name"])).summary)


def resource(held: Held, job: Json) -> Answer:
    """Describe the document ``iri``: its node, those that are fragments of it, and what points at
    it."""
    iri, form = job["iri"], job["as"]
    if iri not in held.documents:  # a version's name leads to the ontology of that version
        of_version = match(held.store, predicate=_VERSION, value=NamedNode(iri))
        iri = next((found.value for found, _, _ in of_version if isinstance(found, NamedNode)), iri)
    if iri not in held.documents:
        raise Problem(404, _unknown(held.graph, iri))
    if form != "html":
        found = _description(held, iri)
        if form == "jsonld" and iri.startswith(ID) and not any(map(_has_blank, found)):
            return Answer(200, media(RESOURCE, form), jsonld.whole(iri, found, held.context))
        return _triples(found, form, RESOURCE)
    parts = []
    for node in held.documents[iri]:
        if node != iri:
            facts = [(p.value, value) for _, p, value in match(held.store, NamedNode(node))]
            parts.append((node, sorted(facts, key=lambda fact: (fact[0], str(fact[1])))))
    values = {value for _, facts in parts for _, value in facts}
    labels = {v.value: _label(held.store, v) for v in values if isinstance(v, NamedNode)}
    return Answer(
        200, media(RESOURCE, form), pages.resource(describe(held.graph, iri), parts, labels)
    )


def dataset(held: Held, job: Json) -> Answer:
    """Describe the datasets in VoID and DCAT, and the endpoint at ``endpoint``."""
    try:
        found = [*held.figures, *description.service(job["endpoint"])]
    except (SyntaxError, ValueError):
        raise Problem(400, "the Host header is malformed") from None
    return _triples(sorted(set(found), key=str), job["as"], TRIPLES)


def rules(held: Held, job: Json) -> Answer:
    """Give the rules in SHACL, under their name ``iri``, or that of their version."""
    name = NamedNode(job["iri"])
    found = canonical(shapes.rules(held.store, version_of(held.store)))
    if not any(name in (t.subject, t.object) for t in found if t.predicate == _VERSION):
        raise Problem(404, f"there are no rules under the name {name.value}; see /shapes")
    return _triples(found, job["as"], TRIPLES)


_TASKS: Final = {f.__name__: f for f in (query, question, resource, dataset, rules)}


def _triples(found: Iterable[Triple], form: str, offer: Offer) -> Answer:
    """Triples as a published file of that suffix has them."""
    return Answer(200, media(offer, form), written(found, _FORMATS[form]))


def _rows(found: Rows, form: str, title: str) -> Answer:
    """Rows in one of the forms of :data:`aruntime.serve.negotiation.ROWS`."""
    if form == "html":
        body = pages.rows(found, title)
    elif form == "xml":
        body = _xml(formats.rows_as_text(found, "json", _SCREEN))
    else:
        body = formats.rows_as_text(found, form, _SCREEN).encode()
    return Answer(200, media(ROWS, form), body)


def _truth(found: bool, form: str) -> Answer:
    if form == "html":
        body = pages.truth(found)
    else:
        text = formats.truth_as_text(found, "json", _SCREEN)
        body = _xml(text) if form == "xml" else text.encode()
    return Answer(200, media(ROWS, form), body)


def _xml(text: str) -> bytes:
    """SPARQL results in JSON as SPARQL results in XML."""
    found = parse_query_results(text, format=QueryResultsFormat.JSON)
    written = found.serialize(format=QueryResultsFormat.XML)
    assert written is not None
    return written


def _bounded(items: Iterable[Item], most: int) -> list[Item]:
    """All items.

    Raises:
        Problem: 422, there are more than *most*.
    """
    found = list(islice(items, most + 1))
    if len(found) > most:
        raise _too_many(most)
    return found


def _too_many(most: int) -> Problem:
    return Problem(422, f"the answer has more than {most} rows; narrow it, or add LIMIT {most}")


def _description(held: Held, iri: str) -> list[Triple]:
    """Triples of a document, sorted: of its nodes and their blank nodes, with the labels of what
    they name, and of what names it."""
    found: dict[Triple, None] = {}
    waiting: list[Term] = list(map(NamedNode, held.documents[iri]))
    seen = set(waiting)
    while waiting:
        for subject, predicate, value in match(held.store, waiting.pop()):
            found[Triple(subject, predicate, value)] = None  # type: ignore[arg-type]
            if value in seen:
                continue
            seen.add(value)
            if isinstance(value, BlankNode):
                waiting.append(value)
            elif isinstance(value, NamedNode):
                for _, _, label in match(held.store, value, _LABEL):
                    found[Triple(value, _LABEL, label)] = None
    for subject, predicate, value in match(held.store, value=NamedNode(iri)):
        if isinstance(subject, NamedNode):
            found[Triple(subject, predicate, value)] = None
    return sorted(found, key=str)


def _has_blank(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _label(store: Store, node: NamedNode) -> str:
    found = (value for _, _, value in match(store, node, _LABEL))
    return next((value.value for value in found if isinstance(value, Literal)), "")


def _unknown(graph: Graph, iri: str) -> str:
    """That the graph does not describe a thing, with near names of its kind."""
    kind = iri.removeprefix(ID).partition("/")[0]
    try:
        graph.identify(iri, kind) if kind in KINDS else graph.find(iri)
    except UsageError as error:
        return _told(error)
    return f"the graph does not describe {iri}"


def _told(error: AruntimeError) -> str:
    """What is wrong, with the question that lists names in place of the command that does."""
    if not isinstance(error, UnknownNameError):
        return error.message
    listing = "search" if error.kind == "claim" else f"things?kind={error.kind}"
    return f"{error.message}; see /questions/{listing}"


def _failed(status: int, detail: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", detail.encode())
