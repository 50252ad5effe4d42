"""Turtle and its kin: read strictly with line numbers, write canonically.

Reading is Oxigraph's: it refuses what the standard refuses, never fetches anything, and says where
an error stands. Writing gives one spelling to one graph, so that a difference in text is a
difference in meaning:

* ``@prefix`` lines, sorted, only those used; the empty prefix is the file's own thing and ``#``;
* the subject alone on its line, one predicate a line, ``.`` alone on its line;
* ``a`` first, then labels and a claim's statement, then what a claim says in the order of
  :data:`_CLAIM`, then other predicates by CURIE, last the evidence; objects sorted; literals as
  they were spelt;
* subjects by name; in data by kind, and claims by responsibility.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from aruntime.errors import DataError
from aruntime.namespaces import PREFIXES, located

FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
MAX_BYTES: Final = 256 * 1024 * 1024
"""Largest file that is read, in bytes."""

_BOM = b"\xef\xbb\xbf"
_RDF = PREFIXES["rdf"]
_TYPE, _FIRST, _REST, _NIL = (_RDF + name for name in ("type", "first", "rest", "nil"))
_XSD = PREFIXES["xsd"]
_LABELS = (PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel")
_AR = PREFIXES["ar"]
_CLASSES: Final = (
    "Runtime", "Component", "Release", "Choice", "Configuration", "Reading", "ClassificationClaim", "LifecycleClaim",
    "ResponsibilityClaim", "IntegrationClaim", "InterfaceClaim", "TargetClaim", "TradeOffClaim", "MeasurementClaim",
    "ComparisonClaim", "ResearchClaim", "Coverage", "CitedFile", "Evidence",
)  # fmt: skip
"""Classes of what data files describe, in the order in which it stands there."""
_CLAIM: Final = (
    "statement", "responsibility", "part", "stance", "through", "delegate", "relation", "object", "inConfiguration",
    "condition", "forbids", "unit", "layer", "scope", "availability",
)  # fmt: skip
"""Properties of a claim, in the order in which they are read."""
_LAST: Final = ("evidence", "readIn")
_GROUPS: Final = tuple(
    _AR + name for name in ("responsibility", "relation", "interface", "hardware", "tradeOff")
)
"""Properties whose value brings claims of one class together."""
_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""' r"|'''(?:[^'\\]|\\.|'(?!''))*'''" r'|"(?:[^"\\\n]|\\.)*"' r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\s]*>" r"|\\." r"|(?P<comment>#[^\n]*)",
    re.DOTALL,
)  # fmt: skip
_LOCAL = re.compile(r"^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$")
_INTEGER = re.compile(r"^[+-]?[0-9]+$")
_DECIMAL = re.compile(r"^[+-]?[0-9]*\.[0-9]+$")

Subject = NamedNode | BlankNode | Triple
Term = NamedNode | BlankNode | Literal | Triple


def read(path: Path) -> list[Quad]:
    """The quads of one RDF file; the format follows from its suffix; one leading byte-order mark is
    accepted.

    Raises:
        DataError: the file is missing, unreadable, too large, of an unknown kind, or malformed
            (with its line).
    """
    form = FORMATS.get(path.suffix)
    if form is None:
        raise DataError(f"unknown kind of file; use one of {', '.join(FORMATS)}", path=path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"the file is larger than {MAX_BYTES} bytes", path=path)
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", path=path) from None
    return parse_bytes(content, form, path)


def parse_bytes(
    content: bytes, form: RdfFormat, path: Path, *, base: str | None = None
) -> list[Quad]:
    """The quads of *content*; blank nodes are renamed apart from those of every other file.

    Args:
        path: what an error names.
        base: what relative IRIs are resolved against; without one they are refused, so that no
            path of this machine becomes part of the graph.

    Raises:
        DataError: the content is malformed, with its line.
    """
    if form is RdfFormat.RDF_XML and b"<!ENTITY" in content:
        raise DataError(
            "an RDF/XML file with entity declarations is refused; write the IRIs out", path=path
        )
    try:
        return list(parse(content.removeprefix(_BOM), form, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        raise DataError(f"malformed: {error.msg}", path=path, line=error.lineno) from None
    except (ValueError, OSError, MemoryError) as error:
        raise DataError(f"malformed: {error}", path=path) from None


def comments(text: str) -> list[tuple[int, str]]:
    """Comments of a Turtle text as (line, comment); ``#`` within IRIs, names and strings is
    none."""
    found = []
    for match in _TOKENS.finditer(text):
        if comment := match.group("comment"):
            found.append((text.count("\n", 0, match.start()) + 1, comment))
    return found


def format_file(path: Path, *, keep_heading: bool) -> str:
    """The canonical text of a Turtle file.

    Args:
        keep_heading: keep a comment block that opens the file (``ontology/``); otherwise any
            comment is refused, because a comment is a fact without a source.

    Raises:
        DataError: the file is malformed, or holds a comment that would be lost.
    """
    return format_triples(read(path), path, keep_heading=keep_heading)


def format_triples(triples: Iterable[Quad | Triple], path: Path, *, keep_heading: bool) -> str:
    """The canonical text of a file whose triples were read before; see :func:`format_file`."""
    text = path.read_bytes().removeprefix(_BOM).decode("utf-8")
    heading: list[str] = []
    if keep_heading:
        for line in text.splitlines():
            if not line.startswith("#"):
                break
            heading.append(line)
    stray = [line for line, _ in comments(text) if line > len(heading)]
    if stray:
        raise DataError(
            "a comment would be lost; say it in skos:editorialNote or in a leading block",
            path=path,
            line=stray[0],
        )
    body = write(triples)
    return "\n".join([*heading, "", body]) if heading else body


def write(quads: Iterable[Quad | Triple], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Canonical Turtle of the triples; graph names are ignored."""
    return _Writer(quads, prefixes).text()


class _Writer:
    """One graph's way to text.

    A blank node that is used once stands inside what uses it, one that is not used stands as
    ``[]``, and lists are written as lists; only nodes that are used twice or in a circle need
    labels, and get canonical ones.
    """

    def __init__(self, quads: Iterable[Quad | Triple], prefixes: Mapping[str, str]) -> None:
        triples = dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in quads)
        if any(isinstance(term, BlankNode) for triple in triples for term in triple):
            named = canonical(Quad(*triple) for triple in triples)
            triples = dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in named)
        self.properties: dict[Subject, dict[str, list[Term]]] = {}
        self.users: dict[Term, list[Subject]] = {}
        for subject, predicate, value in triples:
            self.properties.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
            if isinstance(value, BlankNode | Triple):
                self.users.setdefault(value, []).append(subject)
        self.namespaces = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self.own = self._own_namespace()
        self.used: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def _own_namespace(self) -> str | None:
        """``<thing>#`` for the one thing whose parts the file describes."""
        things = {
            s.value.split("#")[0]
            for s in self.properties
            if isinstance(s, NamedNode) and "#" in s.value and located(s.value)
        }
        return f"{things.pop()}#" if len(things) == 1 else None

    def text(self) -> str:
        named = sorted((s for s in self.properties if isinstance(s, NamedNode)), key=self._place)
        others = [
            s for s in self.properties if not isinstance(s, NamedNode) and not self._inside(s)
        ]
        loose = sorted(
            self._block(s, self.term(s) if s in self.users or isinstance(s, Triple) else "[]")
            for s in others
        )
        blocks = [self._block(s, self.term(s)) for s in named] + loose
        heads = sorted(f"@prefix {name}: <{namespace}> ." for name, namespace in self.used.items())
        return "\n".join([*heads, "", "\n\n".join(blocks), ""]) if blocks else ""

    def _inside(self, node: Term) -> bool:
        """Whether a blank node is written inside the one thing that uses it: not if that way leads
        in a circle."""
        seen: set[Term] = set()
        while isinstance(node, BlankNode) and len(self.users.get(node, ())) == 1:
            if node in seen:
                return False
            seen.add(node)
            node = self.users[node][0]
        return bool(seen)

    def _block(self, subject: Subject, head: str) -> str:
        return "\n".join([head, *self._predicates(subject, "    "), "."])

    def _predicates(self, subject: Subject, indent: str) -> list[str]:
        lines = []
        for predicate, objects in sorted(
            self.properties[subject].items(), key=lambda item: self._rank(item[0])
        ):
            verb = "a" if predicate == _TYPE else self.name(predicate)
            terms = sorted(self._object(value, indent + "    ") for value in objects)
            if len(terms) == 1:
                lines.append(f"{indent}{verb} {terms[0]} ;")
            else:
                lines.append(f"{indent}{verb}")
                lines += [
                    f"{indent}    {term} {',' if n < len(terms) else ';'}"
                    for n, term in enumerate(terms, 1)
                ]
        return lines

    def _place(self, subject: NamedNode) -> tuple[int, str, str]:
        """Where a subject stands in the file: by class, by what a claim is about, by name."""
        about = self.properties[subject]
        classes = [
            str(value.value).removeprefix(_AR)
            for value in about.get(_TYPE, ())
            if isinstance(value, NamedNode)
        ]
        ranks = [_CLASSES.index(name) for name in classes if name in _CLASSES]
        group = next((about[name][0] for name in _GROUPS if name in about), None) if ranks else None
        return min(ranks, default=-1), "" if group is None else self.term(group), subject.value

    def _rank(self, predicate: str) -> tuple[int, int, str]:
        if predicate == _TYPE:
            return 0, 0, ""
        if predicate in _LABELS:
            return 1, 0, self.name(predicate)
        local = predicate.removeprefix(_AR)
        if local in _CLAIM:
            return 2, _CLAIM.index(local), ""
        return (4 if local in _LAST else 3), 0, self.name(predicate)

    def _object(self, value: Term, indent: str) -> str:
        if isinstance(value, BlankNode) and self._inside(value):
            items = self._list(value)
            if items is not None:
                return "( " + " ".join(self._object(item, indent + "    ") for item in items) + " )"
            if value not in self.properties:
                return "[]"
            return "[\n" + "\n".join(self._predicates(value, indent + "    ")) + f"\n{indent}]"
        return self.term(value)

    def _list(self, node: Term) -> list[Term] | None:
        items: list[Term] = []
        while isinstance(node, BlankNode):
            properties = self.properties.get(node, {})
            well_formed = (
                set(properties) == {_FIRST, _REST}
                and len(properties[_FIRST]) == 1
                and len(properties[_REST]) == 1
            )
            if not well_formed or not self._inside(node):
                return None
            items.append(properties[_FIRST][0])
            node = properties[_REST][0]
        return items if isinstance(node, NamedNode) and node.value == _NIL and items else None

    def term(self, term: Term) -> str:
        """One term as Turtle spells it."""
        if isinstance(term, NamedNode):
            return self.name(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        return str(term)

    def name(self, iri: str) -> str:
        """An IRI as a prefixed name where one fits, else in angle brackets."""
        if iri not in self.names:
            self.names[iri] = self._name(iri)
        return self.names[iri]

    def _name(self, iri: str) -> str:
        if iri == _NIL:
            return "()"
        if self.own and iri.startswith(self.own) and _LOCAL.match(iri.removeprefix(self.own)):
            self.used[""] = self.own
            return ":" + iri.removeprefix(self.own)
        for name, namespace in self.namespaces:
            if iri.startswith(namespace) and _LOCAL.match(iri[len(namespace) :]):
                self.used[name] = namespace
                return f"{name}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        datatype, value = literal.datatype.value, literal.value
        if datatype == _XSD + "integer" and _INTEGER.match(value):
            return value
        if datatype == _XSD + "decimal" and _DECIMAL.match(value):
            return value
        if datatype == _XSD + "boolean" and value in ("true", "false"):
            return value
        escaped = value.replace("\\", "\\\\").replace("\r", "\\r").replace("\t", "\\t")
        if "\n" in value:
            escaped = escaped.replace('"', '\\"')
            quoted = f'"""{escaped}"""'
        else:
            quoted = '"' + escaped.replace('"', '\\"') + '"'
        if literal.language:
            direction = f"--{literal.direction.value}" if literal.direction is not None else ""
            return f"{quoted}@{literal.language}{direction}"
        return quoted if datatype == _XSD + "string" else f"{quoted}^^{self.name(datatype)}"


def canonical(quads: Iterable[Quad]) -> Dataset:
    """The quads with blank nodes named canonically (RDFC-1.0, https://www.w3.org/TR/rdf-canon/)."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
