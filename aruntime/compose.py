"""Composition: who owns what when several components run together.

A stack is a small graph: its components' claims and the part of the vocabulary that decides verdicts. Each verdict is a
named question (``queries/stack-<verdict>.rq``); where several hold for a responsibility and unit, the first of
:data:`VERDICTS` wins. The same questions answer for the stacks that ship with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, Quad, Store, Triple

from aruntime import questions
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, Rows, text
from aruntime.namespaces import ID, NS, iri, slug
from aruntime.versions import within

VERDICTS: Final = ("disputed", "contended", "delegated", "layered", "owned", "open-delegation", "platform", "gap", "unknown")
"""All verdicts, the one that wins first."""

ACTION: Final = ("disputed", "contended", "gap", "open-delegation")
"""Verdicts on which an architect must act, most pressing first."""

_STACK: Final = iri("stack:ad-hoc")
PARTS: Final = ("releases", "families", "responsibilities", "integrations", "positions", "coverage")
"""What is asked of each component, as ``component-<part>``."""
_OF_EVIDENCE: Final = ("source", "locator")
_RANGE: Final = ("fromVersion", "untilVersion")


class Cited(NamedTuple):
    """A claim as a composition shows it."""

    claim: str
    runtime: str
    stance: str
    scope: str
    availability: str
    source: str
    locator: str
    delegate: str | None = None
    mode: str | None = None


class Answer(NamedTuple):
    """The verdict on one responsibility in one unit of work.

    Attributes:
        layer: number of the layer at which it sits.
        reviewed: for ``unknown``, whether a coverage record says that it was looked for.
    """

    responsibility: str
    unit: str
    layer: int
    verdict: str
    reviewed: bool
    claims: tuple[Cited, ...]


class Seam(NamedTuple):
    """What is evidenced between two components.

    Attributes:
        object_versions: first and last version of the object that the sources name, where they do.
        object_version: the version of the object that the composition lists, if these do not include it.
    """

    subject: str
    object: str
    relation: str | None
    verdict: str
    object_versions: tuple[str | None, str | None] = (None, None)
    claims: tuple[Json, ...] = ()
    object_version: str | None = None


class Composition(NamedTuple):
    """What is known of a stack, ready to be acted on."""

    components: tuple[Json, ...]
    responsibilities: tuple[Answer, ...]
    seams: tuple[Seam, ...]
    boundary_questions: tuple[Json, ...]
    trade_offs: tuple[Json, ...]
    lifecycle: tuple[Json, ...]
    summary: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def to_act_on(self) -> tuple[Answer, ...]:
        """Answers on which somebody must decide something, most pressing first."""
        return tuple(a for verdict in ACTION for a in self.responsibilities if a.verdict == verdict)

    def json(self) -> Json:
        """The documented JSON object, with slugs as names."""
        return {
            "components": list(self.components),
            "responsibilities": [{**a._asdict(), "claims": [c._asdict() for c in a.claims]} for a in self.responsibilities],
            "seams": [
                {
                    "from": s.subject,
                    "to": s.object,
                    "relation": s.relation,
                    "verdict": s.verdict,
                    "object_version": {"from": s.object_versions[0], "until": s.object_versions[1], "outside": s.object_version},
                    "claims": list(s.claims),
                }
                for s in self.seams
            ],
            "questions": list(self.boundary_questions),
            "tradeoffs": list(self.trade_offs),
            "lifecycle": list(self.lifecycle),
            "summary": dict(self.summary),
            "notes": list(self.notes),
        }


def compose(graph: Graph, components: Sequence[str], versions: Mapping[str, str] | None = None) -> Composition:
    """The composition of some components.

    Args:
        components: slugs of runtimes or other components, at least one, each once.
        versions: for some of them the version in use; claims that do not hold for it are left out.

    Raises:
        UsageError: a component is unknown or named twice, or a version is none, or is given for none of them.
    """
    if len(set(components)) < len(components):
        raise UsageError("a component is named twice; name each once")
    pinned = dict(versions or {})
    stray = sorted(set(pinned) - set(components))
    if stray:
        raise UsageError(f"--at names {', '.join(stray)}, which is not among the components")
    for name, version in pinned.items():
        if not any(letter.isdigit() for letter in version):
            raise UsageError(f"{version!r} is no version of {name}; write it as the project does, for example 0.33.0")
    members = {name: graph.identify_component(name) for name in components}
    parts = _Parts(graph)
    for name, identifier in members.items():
        parts.add(identifier, pinned.get(name))
    return _read(parts, {identifier: pinned.get(name) for name, identifier in members.items()})


def triples(rows: Rows, version: str | None = None) -> Iterator[Triple]:
    """What a part says of its component in *version* (or now): each column is the property of that name, of the row's subject."""
    about, status, promoted = iri("ar:subject"), iri("ar:status"), iri("claim-status:promoted")
    properties = [NamedNode(NS + name) for name in rows.columns]
    for row in rows.rows:
        values = dict(zip(rows.columns, row, strict=True))
        component, subject = row[0], row[1]
        first, last = (text(values.get(bound)) for bound in _RANGE)
        if last is not None if version is None else not within(version, first, last):
            continue
        yield Triple(subject, about, component)  # type: ignore[arg-type]
        yield Triple(subject, status, promoted)  # type: ignore[arg-type]
        if "covers" in values:
            yield Triple(subject, iri("rdf:type"), iri("ar:Coverage"))  # type: ignore[arg-type]
        for name, prop, value in zip(rows.columns[2:], properties[2:], row[2:], strict=True):
            if value is not None and name not in _RANGE:
                yield Triple(values["evidence"] if name in _OF_EVIDENCE else subject, prop, value)  # type: ignore[arg-type]


class _Parts:
    """The small graph of a stack: vocabulary once, then component by component."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.store = Store()
        self.versions: dict[str, str] = {}
        self.notes: list[str] = []
        self._extend(Triple(*row) for row in graph.ask("stack-vocabulary").rows)  # type: ignore[arg-type]

    def add(self, component: str, version: str | None) -> None:
        """Take in what decides verdicts about a component, as far as it holds for *version* (or for the current one)."""
        self.store.add(Quad(_STACK, iri("ar:component"), NamedNode(component)))
        releases = self._part(component, "releases")
        self.versions[component] = version or _newest(releases)
        read = sorted({row["version"] or "" for row in releases.records()} - {""})
        if version is not None and read and version not in read:
            self.notes.append(f"{slug(component)} was read in {', '.join(read)}, not in {version}: what has no bounds is taken to hold there too")
        for part in PARTS:
            self._extend(triples(self._part(component, part), version))

    def _part(self, component: str, part: str) -> Rows:
        return self.graph.ask(f"component-{part}", {"component": component})

    def _extend(self, found: Iterable[Triple]) -> None:
        self.store.extend(Quad(*triple) for triple in found)

    def ask(self, verdict: str) -> list[dict[str, str]]:
        """Rows of one of the stack's named questions, without what is unbound."""
        found = questions.ask(Oxigraph(self.store), f"stack-{verdict}", {"stack": _STACK})
        return [{name: text(term) or "" for name, term in zip(found.columns, row, strict=True) if term is not None} for row in found.rows]


def _newest(rows: Rows) -> str:
    """The version of the release that was published last; empty where none is known."""
    latest = max(rows.records(), key=lambda row: row["released"] or "", default={})
    return latest.get("version") or ""


def _read(parts: _Parts, members: Mapping[str, str | None]) -> Composition:
    """Ask the stack's questions of its small graph."""
    components = tuple({"runtime": slug(c), "iri": c, "version": parts.versions[c] or None} for c in members)
    answers = _answers(parts)
    counts = [a.verdict for a in answers]
    spoken = {claim.runtime for answer in answers for claim in answer.claims}
    silent = [f"nothing is claimed about what {slug(c)} owns: all of it is open" for c in members if slug(c) not in spoken]
    return Composition(
        components=components,
        responsibilities=tuple(answers),
        seams=tuple(_seams(parts, members)),
        boundary_questions=tuple(_boundaries(parts)),
        trade_offs=tuple(_trade_offs(parts)),
        lifecycle=tuple(
            {
                "runtime": slug(r["runtime"]),
                "lifecycle": slug(r["lifecycle"]),
                "as_of": r["asOf"],
                "claim": slug(r["claim"]),
                "source": slug(r["source"]),
            }
            for r in parts.ask("lifecycle")
        ),
        summary={verdict: counts.count(verdict) for verdict in VERDICTS if verdict in counts},
        notes=(*parts.notes, *silent),
    )


def _answers(parts: _Parts) -> list[Answer]:
    verdicts: dict[tuple[str, str], str] = {}
    for verdict in VERDICTS[:-1]:
        for row in parts.ask(verdict):
            verdicts.setdefault((row["responsibility"], row["unit"]), verdict)
    cited: dict[tuple[str, str], dict[str, Cited]] = {}
    layers: dict[tuple[str, str], int] = {}
    for row in parts.ask("claims"):
        key = row["responsibility"], row["unit"]
        if key not in verdicts:
            key = next((other for other in verdicts if other[0] == key[0]), key)
        layers.setdefault(key, int(slug(row["layer"])))
        claims = cited.setdefault(key, {})
        if row["claim"] not in claims:
            claims[row["claim"]] = _cite(row)
    answers = [Answer(slug(key[0]), slug(key[1]), layers[key], verdict, False, tuple(cited[key].values())) for key, verdict in verdicts.items()]
    for row in parts.ask("unknown"):
        answers.append(Answer(slug(row["responsibility"]), slug(row["unit"]), int(slug(row["layer"])), "unknown", "reviewed" in row, ()))
    return sorted(answers, key=lambda a: (a.layer, a.responsibility, a.unit))


def _cite(row: Mapping[str, str]) -> Cited:
    return Cited(
        claim=slug(row["claim"]),
        runtime=slug(row["runtime"]),
        stance=slug(row["stance"]),
        scope=slug(row["scope"]),
        availability=slug(row["availability"]),
        source=slug(row["source"]),
        locator=row["locator"],
        delegate=slug(row["delegate"]) if "delegate" in row else None,
        mode=row.get("mode"),
    )


def _seams(parts: _Parts, members: Mapping[str, str | None]) -> list[Seam]:
    found: dict[tuple[str, str, str], Seam] = {}
    for row in parts.ask("seams"):
        bounds = row.get("objectFrom"), row.get("objectUntil")
        used = members.get(row["object"])
        verdict = "evidenced" if used is None or within(used, *bounds) else "incompatible"
        listed = parts.versions[row["object"]]
        claim = {
            "claim": slug(row["claim"]),
            "runtime": slug(row["subject"]),
            "availability": slug(row["availability"]),
            "source": slug(row["source"]),
            "locator": row["locator"],
        }
        key = row["subject"], row["object"], row["relation"]
        earlier = found.get(key)
        claims = (*(earlier.claims if earlier else ()), claim)
        if earlier and earlier.verdict == "incompatible":
            verdict = "incompatible"
        found[key] = Seam(
            slug(row["subject"]),
            slug(row["object"]),
            slug(row["relation"]),
            verdict,
            bounds,
            claims,
            listed if listed and not within(listed, *bounds) else None,
        )
    joined = {frozenset(key[:2]) for key in found}
    silent = [Seam(slug(a), slug(b), None, "unverified") for a, b in combinations(members, 2) if frozenset((a, b)) not in joined]
    return [*found.values(), *silent]


def _boundaries(parts: _Parts) -> list[Json]:
    found: dict[str, Json] = {}
    for row in parts.ask("boundary-questions"):
        entry = found.setdefault(row["family"], {"family": slug(row["family"]), "question": row["question"], "claims": []})
        if "claim" in row and not any(c["claim"] == slug(row["claim"]) for c in entry["claims"]):
            entry["claims"].append({"claim": slug(row["claim"]), "source": slug(row["source"])})
    return list(found.values())


def _trade_offs(parts: _Parts) -> list[Json]:
    found: dict[str, Json] = {}
    for row in parts.ask("trade-offs"):
        entry = found.setdefault(row["tradeOff"], {"tradeoff": slug(row["tradeOff"]), "sides": []})
        side = {"pole": slug(row["pole"]), "runtime": slug(row["runtime"]), "claim": slug(row["claim"]), "source": slug(row["source"])}
        if side not in entry["sides"]:
            entry["sides"].append(side)
    return list(found.values())


def stack_components(graph: Graph, name: str) -> list[str]:
    """Names of the components of a stack that ships with the graph.

    Raises:
        UsageError: there is no such stack.
    """
    identifier = graph.identify(name, "stack")
    rows = graph.ask("stack-components", {"stack": identifier}).records()
    return [(row["component"] or "").removeprefix(ID + "runtime/").removeprefix(ID) for row in rows]
