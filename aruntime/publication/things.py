"""A document for each thing, in every syntax: what the graph says of it and of its fragments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode, RdfFormat, Triple

from aruntime.namespaces import BASE, ID, KINDS
from aruntime.publication.edition import Edition
from aruntime.publication.forms import GRAPH_FORMATS, File, rdf_file
from aruntime.publication.jsonld import Context, as_bytes, framed


def thing_files(edition: Edition) -> Iterator[File]:
    """The context, and each thing's documents: ``id/runtime/vllm.jsonld`` and so on."""
    context = Context.load(edition.compiled)
    yield context.file()
    for thing, triples in described(edition).items():
        yield from documents(thing, triples, context, GRAPH_FORMATS)


def documents(
    thing: str, triples: Sequence[Triple], context: Context, forms: Iterable[RdfFormat]
) -> Iterator[File]:
    """What is said of a thing and of its fragments, in some formats.

    Args:
        triples: with the thing or one of its fragments as subject, sorted.
    """
    place = thing.removeprefix(BASE)
    for form in forms:
        title = f"{place}, {form.name}"
        if form == RdfFormat.JSON_LD:
            content = as_bytes(framed(thing, triples, context))
            yield File(f"{place}.{form.file_extension}", title, form.media_type, content)
        else:
            yield rdf_file(place, title, triples, form)


def described(edition: Edition) -> dict[str, list[Triple]]:
    """By the IRI of each thing what is said of it and of its fragments, sorted."""
    found: dict[str, list[Triple]] = {}
    for triple in edition.triples:
        subject = triple.subject
        if isinstance(subject, NamedNode) and subject.value.startswith(ID):
            thing = subject.value.partition("#")[0]
            kind, _, name = thing.removeprefix(ID).partition("/")
            if kind in KINDS and name and "/" not in name:
                found.setdefault(thing, []).append(triple)
    return dict(sorted(found.items()))
