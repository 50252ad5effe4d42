"""The answers as HTML, for people who follow a link.

Everything from the graph is data: text is escaped, and only ``http`` and ``https`` IRIs become
links. Pages have no script, and load nothing but the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from aruntime.model import Json, Rows, Term
from aruntime.namespaces import BASE, curie
from aruntime.questions import Signature
from aruntime.render.formats import cell, short
from aruntime.render.safe import safe
from aruntime.show import Description

STYLE: Final = """\
:root {
  color-scheme: light dark;
  --ink: #1d2126; --paper: #fdfcf9; --line: #d8d5cd; --grey: #62666d; --link: #1a56b0;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e4de; --paper: #14171a; --line: #3a3f45; --grey: #a3a7ad; --link: #8ab4f0 }
}
body {
  max-width: 76rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper);
}
a { color: var(--link) }
header, footer { color: var(--grey); font-size: .875rem }
h1 { font-size: 1.6rem; margin: 1rem 0 .25rem }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem }
.iri, textarea, pre { font: .8125rem/1.5 ui-monospace, monospace }
.iri { color: var(--grey); overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td {
  text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
}
th { font-weight: 600; white-space: nowrap }
textarea {
  width: 100%; min-height: 14rem; box-sizing: border-box;
  color: inherit; background: transparent;
}
:target { outline: 2px solid var(--link); outline-offset: .25rem }
"""
"""The style sheet of all pages."""

_FORMS: Final = {"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples"}
_TABLES: Final = {"json": "JSON", "csv": "CSV", "tsv": "TSV", "xml": "XML"}
_EXAMPLE: Final = """\
PREFIX ar: <https://w3id.org/aruntime/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?runtime ?label
WHERE {
  ?runtime a ar:Runtime ;
           rdfs:label ?label .
}
ORDER BY ?label
"""

Facts = Sequence[tuple[str, Term]]
"""IRIs of properties, each with a value."""


def home(triples: int, examples: Iterable[str]) -> bytes:
    """What there is here."""
    links = "".join(f"<li>{_link(iri)}</li>" for iri in examples)
    return _page(
        "aruntime",
        "<p>Who owns what in a stack of AI runtimes, in which unit of work, for which version, and "
        f"which primary source says so: {triples:,} triples, read-only.</p><ul>"
        '<li><a href="/questions">Named questions</a></li>'
        '<li><a href="/sparql">SPARQL 1.1 endpoint</a></li>'
        '<li><a href="/ns">The ontology</a></li>'
        '<li><a href="/void">Description of the dataset</a> (VoID)</li></ul>'
        f"<h2>Things, for example</h2><ul>{links}</ul>",
    )


def endpoint() -> bytes:
    """A form that asks a query."""
    return _page(
        "SPARQL 1.1 endpoint",
        "<p>SELECT, ASK, CONSTRUCT and DESCRIBE of the whole graph, what was inferred included. "
        "The project's prefixes need not be declared.</p>"
        '<form action="/sparql"><p><label for="query">Query</label></p>'
        f'<textarea id="query" name="query" spellcheck="false">{escape(_EXAMPLE)}</textarea>'
        '<p><button type="submit">Ask</button></p></form>'
        "<p>Other clients get SPARQL results in JSON, XML, CSV or TSV, or Turtle, JSON-LD, RDF/XML "
        "or N-Triples, as their <code>Accept</code> header asks.</p>",
    )


def questions(asked: Mapping[str, Signature]) -> bytes:
    """The named questions, each with its parameters."""
    body = "".join(
        f'<tr><th scope="row"><a href="/questions/{escape(name)}">{escape(name)}</a></th>'
        f"<td>{escape(found.summary)}</td>"
        f"<td>{escape(', '.join(p.name for p in found.parameters))}</td></tr>"
        for name, found in asked.items()
    )
    names = ("Question", "asks", "Parameters")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return _page(
        "Named questions",
        f"{_table(f'<tr>{head}</tr>', body)}{_alternates('/questions', ('json',))}",
    )


def needs(name: str, asked: Signature, detail: str) -> bytes:
    """A question with a field for each parameter."""
    fields = "".join(
        f'<p><label for="{escape(p.name)}">{escape(p.name)}</label> '
        f'<input id="{escape(p.name)}" name="{escape(p.name)}" value="{escape(p.example)}"'
        f"{' required' if p.required else ''}></p>"
        for p in asked.parameters
    )
    return _page(
        asked.summary,
        f"<p>{escape(safe(detail))}</p>"
        f'<form action="/questions/{escape(name)}">{fields}'
        '<p><button type="submit">Ask</button></p></form>',
    )


def rows(found: Rows, title: str) -> bytes:
    """The rows of a SELECT query."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in found.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_term(term)}</td>" for term in row) + "</tr>" for row in found.rows
    )
    count = f"{len(found):,} row{'' if len(found) == 1 else 's'}"
    return _page(title, f"<p>{count}</p>{_table(f'<tr>{head}</tr>', body)}")


def truth(found: bool) -> bytes:
    """The answer of an ASK query."""
    return _page("Answer", f"<p>{'yes' if found else 'no'}</p>")


def resource(
    found: Description, parts: Iterable[tuple[str, Facts]], labels: Mapping[str, str]
) -> bytes:
    """One thing: what the graph says of it, the claims that name it, and what stands in its
    document.

    Args:
        parts: nodes whose IRI is the thing's with a fragment, each with what is said of it.
        labels: names of values, by IRI.
    """
    known = {**labels, **found.labels}
    said = "".join(
        _row(name, "<br>".join(_value(value, known) for value in values))
        for name, values in found.properties.items()
    )
    named = [claim for claim in found.claims if claim["role"] != "subject"]
    claims = "".join(map(_claim, named))
    title = next(iter(found.properties.get("rdfs:label", ())), short(found.iri))
    body = [
        f'<p class="iri">{escape(safe(found.iri))}</p>',
        _alternates(_path(found.iri), _FORMS),
        _table("", said),
    ]
    if claims:
        body.append(f"<h2>Claims that name it</h2>{_table('', claims)}")
    sections = "".join(_part(node, facts, known) for node, facts in parts)
    if sections:
        body.append(f"<h2>In its document</h2>{sections}")
    return _page(title, "".join(body))


def problem(status: int, detail: str) -> bytes:
    """Why there is no answer."""
    return _page(HTTPStatus(status).phrase, f"<p>{escape(safe(detail))}</p>")


def _page(title: str, body: str) -> bytes:
    """A whole page; *body* is markup already."""
    name = escape(safe(title))
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{name}</title><link rel="stylesheet" href="/style.css"></head>'
        '<body><header><a href="/">aruntime</a></header>'
        f"<main><h1>{name}</h1>{body}</main>"
        "<footer><p>Data: CC BY 4.0. What is not stated is not known; it is not denied.</p>"
        "</footer>"
        "</body></html>\n"
    )
    return text.encode()


def _part(node: str, facts: Facts, labels: Mapping[str, str]) -> str:
    """A node of a document, where the fragment of its IRI leads to."""
    values: dict[str, list[str]] = {}
    for name, value in facts:
        values.setdefault(name, []).append(_term(value, labels))
    body = "".join(_row(curie(name), "<br>".join(shown)) for name, shown in values.items())
    fragment = node.partition("#")[2]
    heading = f'<h3 id="{escape(fragment, quote=True)}">{escape(safe(fragment))}</h3>'
    return heading + _table("", body)


def _claim(claim: Json) -> str:
    component = claim["claim"]
    status = "" if claim["status"] == "promoted" else f" [{claim['status']}]"
    name = f'<a href="/id/runtime/{escape(quote(component, safe="#/"))}">{escape(component)}</a>'
    text = f"{escape(safe(claim['statement'] or ''))}{escape(status)}"
    return f'<tr><th scope="row">{name}</th><td>{text}</td></tr>'


def _row(name: str, values: str) -> str:
    return f'<tr><th scope="row">{escape(safe(name))}</th><td>{values}</td></tr>'


def _table(head: str, body: str) -> str:
    top = f"<thead>{head}</thead>" if head else ""
    return f'<div class="wide"><table>{top}<tbody>{body}</tbody></table></div>'


def _term(term: Term | None, labels: Mapping[str, str] | None = None) -> str:
    """A term as markup."""
    if isinstance(term, NamedNode):
        return _link(term.value, (labels or {}).get(term.value))
    if isinstance(term, Literal):
        return escape(safe(term.value))
    return escape(cell(term))


def _value(value: str, labels: Mapping[str, str]) -> str:
    """A value of a description: an IRI that is a link, or text."""
    return _link(value, labels.get(value)) if value.startswith("http") else escape(safe(value))


def _link(iri: str, label: str | None = None) -> str:
    """An IRI as a link, of a thing of ours to its page here."""
    text = escape(safe(label or short(iri)))
    if not iri.startswith(("http://", "https://")):
        return text
    return f'<a href="{escape(_path(iri), quote=True)}">{text}</a>'


def _path(iri: str) -> str:
    """Where a thing is described: here, if it is one of ours."""
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def _alternates(path: str, forms: Iterable[str]) -> str:
    """Links to the same in other forms."""
    words = {**_FORMS, **_TABLES}
    links = (
        f'<a rel="alternate" href="{escape(f"{path}.{form}", quote=True)}">{words[form]}</a>'
        for form in forms
    )
    return f"<p>{' · '.join(links)}</p>"
