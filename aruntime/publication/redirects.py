"""Rules for w3id.org (https://w3id.org/): from the names of things to the files that describe them.

What a client asks for in ``Accept`` decides between a page and a syntax; a name that is a file
already leads to that file. The rules are Apache's; a test asks a real Apache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode, RdfFormat

from aruntime.errors import DataError
from aruntime.namespaces import iri
from aruntime.publication.edition import Edition
from aruntime.publication.forms import GRAPH_FORMATS, File
from aruntime.store import match

_ACCEPTED: Final = {
    RdfFormat.TURTLE: (r"text/turtle", r"application/x-turtle"),
    RdfFormat.JSON_LD: (r"application/ld\+json", r"application/json"),
    RdfFormat.RDF_XML: (r"application/rdf\+xml", r"application/xml"),
    RdfFormat.N_TRIPLES: (r"application/n-triples", r"text/plain", r"text/n3"),
}
"""Media types by which a format is asked for, as regular expressions."""
_HTML: Final = r"^\s*(text/html|application/xhtml\+xml)"
"""A client that names a page first is a browser, whatever else it takes."""
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    r"^ns/?$": ("ns/", "ns/ontology.{}"),
    r"^ns/([0-9]+(?:\.[0-9]+)*)/?$": ("ns/$1/", "ns/$1/ontology.{}"),
    r"^id/scheme/([a-z0-9-]+)$": ("id/scheme/$1.html", "vocabulary/$1.{}"),
    r"^id/rule/[a-z0-9-]+$": ("ns/", "ns/shapes.ttl"),
    r"^id/([a-z-]+)/([A-Za-z0-9][A-Za-z0-9.-]*)$": ("id/$1/$2.html", "id/$1/$2.{}"),
    r"^(?:dataset|catalog|tables|vocabulary|void)$": ("", "void.{}"),
    r"^graph/.*$": ("", "void.{}"),
    r"^shapes$": ("ns/", "ns/shapes.ttl"),
    r"^shapes/([0-9]+(?:\.[0-9]+)*)$": ("ns/$1/", "ns/$1/shapes.ttl"),
    r"^question/([a-z0-9-]+)$": ("question/$1.html", "questions/questions.{}", "questions/$1.rq"),
}
"""Patterns of names, with the page and the file that they lead to, and what who asks for neither
gets, if it is not the page. What a suffix makes a file, such as ``void.ttl``, matches none of them
but names of things, which never end like one."""
_SUFFIXES: Final = "ttl|jsonld|rdf|nt|nq|trig|owl|html|csv|json|rq|svg|mmd|gz"


def redirect_files(edition: Edition, address: str | None = None) -> Iterator[File]:
    """The rules, and the note on who keeps them that w3id.org asks for.

    Args:
        address: where the publication is served; if absent, its publisher's home page.
    """
    site = homepage(edition) if address is None else address.rstrip("/")
    yield File("w3id/.htaccess", "Redirects of w3id.org", "text/plain", rules(site).encode())
    yield File("w3id/README.md", "Note on the redirects", "text/markdown", _README.encode())


def homepage(edition: Edition) -> str:
    """Where the publication is served: the home page of the ontology's publisher.

    Raises:
        DataError: the publisher has none.
    """
    for _, _, agent in match(edition.compiled, None, iri("dcterms:publisher")):
        for _, _, page in match(edition.compiled, agent, iri("foaf:homepage")):
            if isinstance(page, NamedNode):
                return page.value.rstrip("/")
    raise DataError("the ontology's publisher has no foaf:homepage; say where the site is served")


def rules(site: str) -> str:
    """The text of ``.htaccess``.

    Args:
        site: address of the publication's folder, without a slash at its end.
    """
    lines = [
        "# https://w3id.org/aruntime/ : an ontology and knowledge graph of AI runtimes",
        "# Where the publication is served; the only line to change when it moves.",
        "Options -MultiViews",
        "RewriteEngine on",
        f"RewriteRule ^ - [E=SITE:{site}]",
        "<IfModule mod_headers.c>",
        '  Header always set Access-Control-Allow-Origin "*"',
        '  Header always append Vary "Accept"',
        "</IfModule>",
        "",
        "# What is a file already",
        rf"RewriteRule ^(.+\.(?:{_SUFFIXES}))$ %{{ENV:SITE}}/$1 [R=303,L,NE]",
    ]
    for pattern, (page, file, *otherwise) in _NAMES.items():
        lines += ["", f"# {pattern}"]
        lines += [f"RewriteCond %{{HTTP_ACCEPT}} {_HTML}", _rule(pattern, page)]
        for form in GRAPH_FORMATS if "{}" in file else ():
            lines += [
                f"RewriteCond %{{HTTP_ACCEPT}} ({'|'.join(_ACCEPTED[form])})",
                _rule(pattern, file.format(form.file_extension)),
            ]
        lines.append(_rule(pattern, *otherwise or [page if "{}" in file else file]))
    lines += ["", "# Everything else", _rule("^(.*)$", "$1"), ""]
    return "\n".join(lines)


def _rule(pattern: str, place: str) -> str:
    return f"RewriteRule {pattern} %{{ENV:SITE}}/{place} [R=303,L,NE]"


_README: Final = """# aruntime

An ontology and knowledge graph of AI runtimes: https://w3id.org/aruntime/

Kept by the aruntime project, whose GitHub names stand in the pull request that adds this folder.
The rules are written by `aruntime publish DIR`, and tested against Apache before they
are sent.
"""
