"""From stated triples to what rules written for this graph conclude, in two steps.

1. **Defaults.** Each file of ``ontology/defaults`` is a query for *subject, predicate, object*: what
   a data file may leave unsaid.
2. **Direct statements.** Each file of ``ontology/rules`` is a query for *claim, subject, predicate,
   object*: which direct statement a claim makes. It gives the triple and its reason, which the graph
   keeps as an annotation.

What follows from these by the axioms of the ontology is :mod:`aruntime.closure`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store

from aruntime.corpus import default_files, rule_files
from aruntime.digest import blake2b
from aruntime.errors import DataError
from aruntime.model import Term
from aruntime.namespaces import TYPE, iri
from aruntime.store import Fact, match, quad
from aruntime.versions import order_key

_AFTER: Final = re.compile(r"^#\+ after: (\S+)$", re.MULTILINE)
_AXIOM, _SOURCE = iri("owl:Axiom"), iri("owl:annotatedSource")
_PROPERTY, _TARGET = iri("owl:annotatedProperty"), iri("owl:annotatedTarget")
_CLAIM, _DERIVED_FROM = iri("ar:derivedFromClaim"), iri("prov:wasDerivedFrom")
_RELEASE_OF, _VERSION, _ORDER_KEY = map(iri, ("ar:releaseOf", "ar:version", "ar:orderKey"))


def add_defaults(store: Store) -> None:
    """Add to *store* what the files leave unsaid because it follows from a name, a reading or a
    cited file.

    A rule that builds on another names it in its header (``#+ after:``) and runs once that one's
    conclusions are there.

    Raises:
        DataError: a file of ``ontology/defaults`` is malformed or has other columns.
    """
    files = {path.stem: path for path in default_files()}
    texts = {name: path.read_text("utf-8") for name, path in files.items()}
    order = TopologicalSorter({name: _AFTER.findall(text) for name, text in texts.items()})
    for name in order.static_order():
        rows = _solutions(store, files[name], texts[name], ("subject", "predicate", "object"))
        # what is malformed, such as a literal where a thing belongs, concludes nothing
        facts = [(s, p, o) for s, p, o in rows if not isinstance(s, Literal) and p and o]
        store.bulk_extend([Quad(s, p, o) for s, p, o in facts])
    store.bulk_extend([quad(fact) for fact in _order_keys(store)])


def _order_keys(store: Store) -> Iterator[Fact]:
    """For each release the string by which queries order versions, which SPARQL cannot make."""
    for release, _, _ in list(match(store, predicate=_RELEASE_OF)):
        for _, _, version in match(store, release, _VERSION):
            if isinstance(version, Literal):
                yield release, _ORDER_KEY, Literal(order_key(version.value))


def direct(store: Store, about: Fact | None = None) -> Iterator[tuple[Fact, str, NamedNode]]:
    """Direct statements with the rule's name and the claim they follow from.

    Args:
        about: only this statement, if given.
    """
    for path in rule_files():
        for fact, claim in run_rule(store, path, None if about is None else about[0]):
            if about is None or fact == about:
                yield fact, path.stem, claim


def run_rule(
    store: Store, path: Path, subject: Term | None = None
) -> Iterator[tuple[Fact, NamedNode]]:
    """What one rule file concludes in *store*, of *subject* alone if it is given.

    Raises:
        DataError: the rule is malformed or does not project claim, subject, predicate and object.
    """
    text = path.read_text("utf-8")
    if subject is not None:
        text = text.replace("\nWHERE {\n", f"\nWHERE {{\n  VALUES ?subject {{ {subject} }}\n", 1)
    for claim, subject, predicate, value in _solutions(
        store, path, text, ("claim", "subject", "predicate", "object")
    ):
        assert isinstance(claim, NamedNode) and isinstance(predicate, NamedNode)
        if subject is not None and value is not None:  # what is malformed concludes nothing
            yield (subject, predicate, value), claim


def _solutions(store: Store, path: Path, text: str, columns: tuple[str, ...]) -> QuerySolutions:
    try:
        found = store.query(text)
    except SyntaxError as error:
        raise DataError(f"malformed rule: {error.msg}", path=path, line=error.lineno) from None
    if not isinstance(found, QuerySolutions) or tuple(v.value for v in found.variables) != columns:
        raise DataError(f"a rule of this folder selects ?{' ?'.join(columns)}", path=path)
    return found


def axiom_annotations(
    statements: Iterable[tuple[Fact, NamedNode]],
) -> Iterator[tuple[BlankNode, NamedNode, Term]]:
    """Of each statement between named things, as OWL annotates an axiom: from which claims it
    follows.

    OWL 2 demands a blank node here
    (https://www.w3.org/TR/owl2-mapping-to-rdf/#Parsing_of_Annotations); it is named by a digest of
    the statement, so that the same files give the same graph.
    """
    nodes: dict[Fact, BlankNode] = {}
    for fact, claim in statements:
        if isinstance(fact[2], Literal):
            continue
        node = nodes.get(fact)
        if node is None:
            node = nodes[fact] = BlankNode(
                "s" + blake2b(" ".join(map(str, fact)).encode(), digest_size=16).hexdigest()
            )
            yield node, TYPE, _AXIOM
            yield from (
                (node, place, term)
                for place, term in zip((_SOURCE, _PROPERTY, _TARGET), fact, strict=True)
            )
        yield node, _CLAIM, claim
        yield node, _DERIVED_FROM, claim
