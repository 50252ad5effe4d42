"""Pages that are made from the ontology: ``python -m docs.pages`` writes them, a test compares
them.

* ``model.svg``: see :mod:`docs.picture`.
* ``model.md``: what stands below its line, every class and property with its definition.
* ``verdicts.md``: the verdicts in order, each with the first example of ``ontology/examples``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from rdflib import OWL, RDF, RDFS, SDO, SKOS, Graph, URIRef
from rdflib.namespace import DCTERMS

from docs import picture
from docs.picture import AR

ROOT = Path(__file__).resolve().parent.parent
LINE = "<!-- What follows is made by python -m docs.pages. -->"
ENDS = """Under *of* stand the classes whose things have the property: one that follows from it (`rdfs:domain`),
or some from which nothing follows (`schema:domainIncludes`)."""
KINDS = {
    OWL.ObjectProperty: "Properties between things",
    OWL.DatatypeProperty: "Properties with plain values",
    OWL.AnnotationProperty: "Annotations",
}


def ontology() -> Graph:
    """Classes, properties and verdicts as the files declare them."""
    found = Graph()
    folder = ROOT / "ontology"
    for path in (*sorted(folder.glob("*.ttl")), folder / "vocab" / "verdict.ttl"):
        found.parse(path)
    return found


def made(found: Graph) -> dict[str, str]:
    """Name and text of each page."""
    model = (ROOT / "docs" / "model.md").read_text("utf-8")
    return {
        "model.svg": picture.svg(found),
        "model.md": model.partition(LINE)[0] + LINE + "\n\n" + "\n".join(_terms(found)),
        "verdicts.md": "\n".join(_verdicts(found)),
    }


def _terms(found: Graph) -> Iterator[str]:
    classes = _declared(found, OWL.Class)
    below = {c: set(found.transitive_objects(c, RDFS.subClassOf)) for c in classes}
    groups = {
        "Claims": [c for c in classes if AR.Claim in below[c]],
        "Configurations": [c for c in classes if AR.Configuration in below[c]],
        "Components": [c for c in classes if AR.Component in below[c]],
        "Words of the vocabularies": [c for c in classes if AR.Concept in below[c]],
    }
    placed = {c for group in groups.values() for c in group}
    groups["Everything else"] = [c for c in classes if c not in placed]
    yield "## Classes\n"
    for title, group in groups.items():
        yield f"### {title}\n\n| class | definition |\n|---|---|"
        yield from (f"| {_name(c)} | {_definition(found, c)} |" for c in group)
        yield ""
    for kind, title in KINDS.items():
        terms = _declared(found, kind)
        if kind == OWL.AnnotationProperty:
            yield f"## {title}\n\n| property | definition |\n|---|---|"
            yield from (f"| {_name(p)} | {_definition(found, p)} |" for p in terms)
        else:
            yield f"## {title}\n\n{ENDS}\n\n| property | of | value | definition |\n|---|---|---|---|"
            yield from (
                f"| {_name(p)} | {_ends(found, p, RDFS.domain)} | {_value(found, p, kind)} | {_definition(found, p)} |"
                for p in terms
            )
        yield ""


def _declared(found: Graph, kind: URIRef) -> list[URIRef]:
    own = {t for t in found.subjects(RDF.type, kind) if str(t).startswith(str(AR))}
    return sorted(t for t in own if isinstance(t, URIRef))


def _name(term: Any) -> str:
    return f"`{str(term).rpartition('#')[2]}`"


def _ends(found: Graph, term: URIRef, which: URIRef) -> str:
    """Domain or range; without one, the classes of whose things it is said."""
    ends = found.objects(term, which) if (term, which, None) in found else ()
    others = found.objects(term, SDO.domainIncludes) if which == RDFS.domain else ()
    return " · ".join(sorted(map(_name, (*ends, *others))))


def _value(found: Graph, term: URIRef, kind: URIRef) -> str:
    """The range; without one, what else than a thing of the graph or a datatype of OWL."""
    if (term, RDFS.range, None) in found or found.value(term, OWL.deprecated):
        return _ends(found, term, RDFS.range)
    return "an address" if kind == OWL.ObjectProperty else "text with its language"


def _definition(found: Graph, term: URIRef) -> str:
    text = str(found.value(term, SKOS.definition)).replace("|", "\\|")
    if not found.value(term, OWL.deprecated):
        notes = sorted(map(str, found.objects(term, SKOS.scopeNote)))
        return " ".join([text, *(f"*{note}*".replace("|", "\\|") for note in notes)])
    successors = sorted(map(_name, found.objects(term, DCTERMS.isReplacedBy)))
    return f"*Retired{', use ' + ' or '.join(successors) if successors else ''}.* {text}"


def _verdicts(found: Graph) -> Iterable[str]:
    yield (
        "# Verdicts\n\n"
        "`aruntime compose` gives one verdict on each responsibility that a stack must have an owner\n"
        "for. They are tried in this order, and the first that holds is given. The first seven ask\n"
        "you to decide or do something.\n\n"
        "Where a responsibility has claims in several units of work, each unit is judged by itself,\n"
        "and the row shows the most pressing verdict. *In part* and *nobody* give way to an owner\n"
        "in another unit.\n\n"
        "| | verdict | in commands | when |\n|---|---|---|---|"
    )
    for name, word, symbol, _ in picture.verdicts(found):
        yield f"| {symbol} | [{word}](#{_anchor(word, name)}) | `{name}` | {_of(found, name)} |"
    for name, word, symbol, act in picture.verdicts(found):
        yield f"\n## {word} (`{name}`)\n"
        yield f"{symbol} **When.** {_of(found, name)}\n"
        yield f"**{'Act' if act else 'No action'}.** {_of(found, name, SKOS.scopeNote)}"
        example = ROOT / "ontology" / "examples" / f"{name}.yaml"
        if example.is_file():
            yield from _example(yaml.safe_load(example.read_text("utf-8"))[0])
    yield (
        "\n---\n\nMade from `ontology/vocab/verdict.ttl` and `ontology/examples/` by `python -m docs.pages`.\n"
    )


def _of(found: Graph, verdict: str, predicate: URIRef = SKOS.definition) -> str:
    node = next(v for v in found.subjects(AR.symbol) if str(v).endswith(f"/{verdict}"))
    return str(found.value(node, predicate))


def _anchor(word: str, name: str) -> str:
    """The address that GitHub gives a heading."""
    return re.sub(r"[^a-z0-9 -]", "", f"{word} ({name})".lower()).replace(" ", "-")


def _example(case: dict[str, Any]) -> Iterator[str]:
    yield f"\n**Example.** {case['because']}\n\n```text"
    for component in case.get("components", ()):
        family = case.get("families", {}).get(component)
        yield f"component      {component}" + (f" ({family})" if family else "")
    for word, key in (("configuration", "configurations"), ("claim", "claims"), ("join", "joins")):
        yield from (f"{word:<14} {line}" for line in case.get(key, ()))
    chosen = case.get("in", {})
    yield from (f"{'chosen':<14} {component} {option}" for component, option in chosen.items())
    yield from (f"{'searched':<14} {component}" for component in case.get("searched", ()))
    if "purpose" in case:
        yield f"{'purpose':<14} {case['purpose']}"
    yield f"→ {case['responsibility']}: {case['verdict']}\n```"


def main() -> None:
    """Write every page."""
    for name, text in made(ontology()).items():
        (ROOT / "docs" / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
