"""A publication of real data that is small: one runtime with all that it names, from which every
kind of file is made in seconds; and readers of what was published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import Dataset, DefaultGraph, Quad, RdfFormat, parse

from aruntime import paths, turtle
from aruntime.publication.description import Written
from aruntime.publication.jsonld import CONTEXT
from aruntime.publication.publish import publish

rdflib.NORMALIZE_LITERALS = False
RUNTIMES = ("knative",)
FORMS = {
    ".ttl": RdfFormat.TURTLE,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
}


def small_checkout(folder: Path) -> Path:
    """A root with the ontology, the questions, and the data of one runtime."""
    folder.mkdir(exist_ok=True)
    checkout = Path(__file__).resolve().parent.parent
    for name in ("ontology", "queries"):
        (folder / name).symlink_to(checkout / name)
    for name in ("agent", "component", "lead", "source"):
        shutil.copytree(checkout / "data" / name, folder / "data" / name)
    for name in RUNTIMES:
        shutil.copytree(checkout / "data" / "runtime" / name, folder / "data" / "runtime" / name)
    return folder


def published(root: Path, folder: Path) -> list[Written]:
    """Publishes what lies in another root."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(root))
        return publish(folder)


def oxigraph(path: Path) -> Dataset:
    """A file as pyoxigraph reads it, blank nodes named canonically."""
    return turtle.canonical(parse(path.read_bytes(), FORMS[path.suffix]))


def by_rdflib(path: Path) -> Dataset:
    """The same, as rdflib reads it."""
    names = {".rdf": "xml", ".owl": "xml", ".jsonld": "json-ld", ".nq": "nquads", ".nt": "nt"}
    rdflib.NORMALIZE_LITERALS = False  # other libraries in the process may have set it
    dataset = rdflib.Dataset()
    dataset.parse(path, format=names.get(path.suffix, path.suffix.removeprefix(".")))
    text = dataset.serialize(format="nquads").encode()
    return turtle.canonical(_default(parse(text, RdfFormat.N_QUADS)))


def by_pyld(path: Path) -> Dataset:
    """The same, as pyLD reads JSON-LD, which may fetch nothing but the publication's context."""

    def load(url: str, options: object) -> dict[str, object]:
        assert url == CONTEXT, f"{url} would be fetched"
        root = next(folder for folder in path.parents if (folder / "context.jsonld").is_file())
        document = json.loads((root / "context.jsonld").read_text())
        return {"contextUrl": None, "documentUrl": url, "document": document}

    given = {"format": "application/n-quads", "documentLoader": load}
    text = jsonld.to_rdf(json.loads(path.read_text()), given)
    return turtle.canonical(parse(text.encode(), RdfFormat.N_QUADS))


def _default(quads: object) -> list[Quad]:
    """rdflib calls the default graph by a name of its own."""
    return [
        q if "urn:x-rdflib:default" not in str(q.graph_name) else Quad(*q.triple, DefaultGraph())
        for q in quads  # type: ignore[attr-defined]
    ]
