"""Composition: who owns what when several components run together.

The stack's small graph (:mod:`aruntime.stack`) is judged by the queries of ``queries/stack``; this module reads what
they say into typed values. Which verdict wins where several hold is data: ``ar:precedence`` in the vocabulary.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, text
from aruntime.namespaces import PREFIXES, iri, slug
from aruntime.stack import STACK, Member, Stack, lookup
from aruntime.versions import within

_VERDICT: Final = PREFIXES["verdict"]
_OFF: Final = "off"
"""In a unit of work: owned only once a feature is turned on, which is the verdict ``choice`` as well."""
_SETTLED: Final = ("delegated", "layered", "owned")
_OWNING: Final = ("owner", "part-owner")
_STATES: Final = {"HoldingClaim": "holds", "OpenClaim": "open", "OptionalClaim": "optional"}
_MARKED: Final = ("preview", "experimental", "deprecated")


class Claim(NamedTuple):
    """A claim as a composition shows it; names are slugs.

    Attributes:
        claim: ``component#claim``, to be copied into other commands.
        role: how it counts here: ``owner``, ``part-owner``, ``hand-over``, ``operator-duty``, ``caller-duty``,
            ``refusal`` or ``limit``.
        state: ``holds``, ``open`` (depends on a choice) or ``optional`` (once a feature is turned on).
        part: parts of the responsibility that it speaks about; empty for the whole.
        configurations: configurations in which it holds; empty for all.
        delegate: components of which any one can take it up.
        through: libraries that the component ships and drives.
        verified: whether it was read in the version in use, or states bounds that include it.
    """

    claim: str
    component: str
    statement: str
    responsibility: str
    stance: str
    role: str
    state: str
    part: tuple[str, ...]
    unit: str
    layer: int
    scope: str
    availability: str
    configurations: tuple[str, ...]
    condition: str | None
    delegate: tuple[str, ...]
    through: tuple[str, ...]
    release: str | None
    verified: bool
    source: str
    locator: str


class Option(NamedTuple):
    """What a responsibility comes to under one configuration of a component.

    Attributes:
        choice: the choice of which it is an option; ``None`` for a feature that can be turned on.
        default: whether it is in force where nobody chooses.
        owners: who owns it then, or to whom it is handed.
    """

    component: str
    configuration: str
    choice: str | None
    default: bool
    owners: tuple[str, ...]


class Row(NamedTuple):
    """The verdict on one responsibility.

    Attributes:
        layer: number of the lowest layer at which a claim places it.
        act: whether somebody must decide or do something.
        asked: whether the stack's purpose asks for it.
        units: the verdict in each unit of work, the most pressing first.
        owners: components that own it, or a part of it.
        missing: components that are absent and to which it is handed.
        conditions: what limits the verdict, in words.
        options: what it depends on, for the verdict ``choice``.
        reviewed: for ``unknown``, whether sources were searched for it.
    """

    responsibility: str
    layer: int
    verdict: str
    act: bool
    asked: bool
    units: tuple[tuple[str, str], ...]
    owners: tuple[str, ...]
    missing: tuple[str, ...]
    conditions: tuple[str, ...]
    options: tuple[Option, ...]
    reviewed: bool
    claims: tuple[Claim, ...]


class Choice(NamedTuple):
    """A choice of a component's configuration.

    Attributes:
        chosen: the option in use; ``None`` if the choice is open.
        implied: whether the option follows from the components that are there.
        options: names of the options, and what each needs that is absent.
    """

    component: str
    choice: str
    label: str
    default: str | None
    chosen: str | None
    implied: bool
    options: tuple[tuple[str, str, tuple[str, ...]], ...]


class Missing(NamedTuple):
    """A component that is absent, and the responsibilities that it would take over."""

    component: str
    closes: tuple[str, ...]


class Seam(NamedTuple):
    """What is evidenced between two components.

    Attributes:
        verdict: ``evidenced``, ``unverified`` (nothing says so) or ``impossible`` (a stated bound excludes the version).
        versions: first and last version of the object that works, where a claim states one.
        in_use: the version of the object in use, where a stated bound excludes it.
        claims: claims that say so.
    """

    subject: str
    object: str
    relation: str | None
    verdict: str
    versions: tuple[str | None, str | None]
    in_use: str | None
    claims: tuple[str, ...]


class Composition(NamedTuple):
    """What is known of a stack, ready to be acted on."""

    components: tuple[Member, ...]
    purposes: tuple[str, ...]
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    limits: tuple[Claim, ...]
    seams: tuple[Seam, ...]
    questions: tuple[Json, ...]
    trade_offs: tuple[Json, ...]
    lifecycle: tuple[Json, ...]
    notes: tuple[str, ...]
    words: Mapping[str, tuple[str, str, str]]
    """For each verdict, in order: its word, its symbol and its definition."""

    @property
    def summary(self) -> dict[str, int]:
        """How many responsibilities that the purpose asks for have each verdict; others are counted as ``aside``."""
        counts = {verdict: sum(r.verdict == verdict and shown(r) for r in self.rows) for verdict in self.words}
        aside = sum(not shown(r) for r in self.rows)
        return {verdict: n for verdict, n in counts.items() if n} | ({"aside": aside} if aside else {})

    def json(self) -> Json:
        """The documented JSON object, with slugs as names."""
        return {
            "components": [
                {
                    "component": m.name,
                    "iri": m.iri,
                    "version": m.version,
                    "configurations": [c.chosen for c in self.choices if c.component == m.name and c.chosen],
                }
                for m in self.components
            ],
            "purposes": list(self.purposes),
            "choices": [
                {
                    **c._asdict(),
                    "options": [{"option": o, "label": label, "missing": list(m)} for o, label, m in c.options],
                }
                for c in self.choices
            ],
            "responsibilities": [_row_json(row) for row in self.rows],
            "missing": [{"component": m.component, "closes": list(m.closes)} for m in self.missing],
            "limits": [c._asdict() for c in self.limits],
            "seams": [
                {
                    "from": s.subject,
                    "to": s.object,
                    "relation": s.relation,
                    "verdict": s.verdict,
                    "versions": {"from": s.versions[0], "until": s.versions[1], "in_use": s.in_use},
                    "claims": list(s.claims),
                }
                for s in self.seams
            ],
            "questions": list(self.questions),
            "tradeoffs": list(self.trade_offs),
            "lifecycle": list(self.lifecycle),
            "notes": list(self.notes),
            "summary": self.summary,
        }


def shown(row: Row) -> bool:
    """Whether a row is listed: the purpose asks for it, or two parties are at odds over it."""
    return row.asked or row.verdict in ("contended", "disputed")


def _row_json(row: Row) -> Json:
    return {
        **row._asdict(),
        "units": [{"unit": unit, "verdict": verdict} for unit, verdict in row.units],
        "options": [option._asdict() for option in row.options],
        "claims": [claim._asdict() for claim in row.claims],
    }


def compose(
    graph: Graph,
    components: Sequence[str],
    *,
    versions: Mapping[str, str] | None = None,
    configurations: Iterable[tuple[str, str]] = (),
    purpose: str | None = None,
) -> Composition:
    """The composition of some components.

    Args:
        components: slugs of runtimes or other components, at least one, each once.
        versions: for some of them the version in use.
        configurations: what is chosen, as pairs of component and configuration.
        purpose: what the stack is for; follows from its components if absent.

    Raises:
        UsageError: a name is unknown or given twice, or a version is none, or is given for none of the components.

    Example:
        >>> found = compose(open_graph(), ["kserve", "vllm"], configurations=[("kserve", "standard")])
        >>> next(row.verdict for row in found.rows if row.responsibility == "scale-to-zero")
        'gap'
    """
    if len(set(components)) < len(components):
        raise UsageError("a component is named twice; name each once")
    given = dict(versions or {})
    stray = sorted(set(given) - set(components))
    if stray:
        raise UsageError(f"--at names {', '.join(stray)}, which is not among the components")
    for name, version in given.items():
        if not any(letter.isdigit() for letter in version):
            raise UsageError(f"{version!r} is no version of {name}; write it as the project does, for example 0.33.0")
    stack = Stack.of(graph, components, given)
    for component, configuration in configurations:
        stack.choose(component, configuration)
    if purpose is not None:
        stack.state_purpose(slug(graph.identify(purpose, "purpose")))
    return judged(stack)


def judged(stack: Stack) -> Composition:
    """The composition of a stack whose choices are made: its verdicts, and what they rest on."""
    stack.judge()
    return _Reader(stack).composition()


class _Reader:
    """Reads a judged stack into a composition."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.members = {m.iri: m for m in stack.members}
        self.deciding: set[str] = set()
        """Claims that make a verdict what it is."""
        self.places = {slug(m.iri): m.iri for m in stack.members}
        self.facts: dict[str, dict[str, list[str]]] = {}
        for q in stack.store:
            node = self.facts.setdefault(text(q.subject) or "", {})
            node.setdefault(q.predicate.value.rpartition("#")[2] or q.predicate.value, []).append(text(q.object) or "")
        verdicts = ((int(f["precedence"][0]), name) for name, f in self.facts.items() if "precedence" in f)
        self.verdicts = [slug(name) for _, name in sorted(verdicts)]
        self.claims = {name: self._claim(name, f) for name, f in self.facts.items() if "role" in f and "statement" in f}

    def composition(self) -> Composition:
        """Everything that is said of the stack."""
        rows = tuple(self._rows())
        return Composition(
            components=self.stack.members,
            purposes=tuple(sorted(slug(p) for p in self._values(STACK.value, "purpose"))),
            choices=tuple(self._choices()),
            rows=rows,
            missing=tuple(self._missing()),
            limits=tuple(c for c in self.claims.values() if c.role == "limit" and c.state == "holds"),
            seams=tuple(self._seams()),
            questions=tuple(self._questions()),
            trade_offs=tuple(self._trade_offs()),
            lifecycle=tuple(self._lifecycle()),
            notes=tuple(self._notes(rows)),
            words={v: self._words(v) for v in self.verdicts},
        )

    def _words(self, verdict: str) -> tuple[str, str, str]:
        node = _VERDICT + verdict
        return self._value(node, "prefLabel") or verdict, self._value(node, "symbol") or "", self._value(node, "definition") or ""

    def _values(self, node: str, name: str) -> list[str]:
        return sorted(self.facts.get(node, {}).get(name, ()))

    def _value(self, node: str, name: str) -> str | None:
        return next(iter(self._values(node, name)), None)

    def _slugs(self, node: str, name: str) -> tuple[str, ...]:
        return tuple(slug(value) for value in self._values(node, name))

    def _claim(self, name: str, f: Mapping[str, list[str]]) -> Claim:
        evidence = sorted(f.get("evidence", ()))
        types = {t.rpartition("#")[2] for t in f.get("type", ())}
        releases = sorted(self._value(r, "version") or "" for r in f.get("verifiedIn", ()))
        return Claim(
            claim=slug(name),
            component=slug(f["subject"][0]),
            statement=f["statement"][0],
            responsibility=slug(f["responsibility"][0]),
            stance=slug(f["stance"][0]),
            role=slug(f["role"][0]),
            state=next((word for cls, word in _STATES.items() if cls in types), "holds"),
            part=tuple(slug(p).partition(".")[2] for p in sorted(f.get("part", ()))),
            unit=slug(f["unit"][0]),
            layer=int(slug(f["layer"][0])),
            scope=slug(f["scope"][0]),
            availability=slug(f["availability"][0]),
            configurations=tuple(slug(c).partition("#")[2] for c in sorted(f.get("inConfiguration", ()))),
            condition=next(iter(f.get("condition", ())), None),
            delegate=tuple(slug(d) for d in sorted(f.get("delegate", ()))),
            through=tuple(slug(t) for t in sorted(f.get("through", ()))),
            release=releases[-1] if releases else None,
            verified="UnverifiedClaim" not in types,
            source=next((slug(s) for e in evidence for s in self._values(e, "source")), ""),
            locator=next((place for e in evidence for place in self._values(e, "locator")), ""),
        )

    def _rows(self) -> Iterable[Row]:
        by_unit: dict[str, dict[str, str]] = {}
        queries = [(verdict, f"verdict-{verdict}") for verdict in self.verdicts[:-1]]
        queries.insert(self.verdicts.index("choice") + 1, (_OFF, "verdict-turned-on"))
        for verdict, query in queries:
            for row in self.stack.rows(query):
                units = by_unit.setdefault(row["responsibility"], {})
                if units.setdefault(row["unit"], verdict) == verdict:
                    self.deciding.add(slug(row["claim"]))
        asked = {r for p in self._values(STACK.value, "purpose") for r in self._values(p, "requires")}
        rows = [self._row(r, units, r in asked) for r, units in by_unit.items()]
        left = (row for row in self.stack.rows("unknown") if row["responsibility"] not in by_unit)
        rows += map(self._unknown, left)
        return sorted(rows, key=lambda r: (r.layer, r.responsibility))

    def _unknown(self, found: Mapping[str, str]) -> Row:
        """The row of a responsibility that no verdict holds of; claims may speak of it all the same."""
        name = slug(found["responsibility"])
        claims = [c for c in self.claims.values() if c.responsibility == name]
        return Row(
            responsibility=name,
            layer=int(slug(found["layer"])),
            verdict="unknown",
            act=False,
            asked=found["asked"] == "true",
            units=((slug(found["unit"]), "unknown"),),
            owners=(),
            missing=(),
            conditions=(),
            options=(),
            reviewed=found["reviewed"] == "true",
            claims=tuple(sorted(claims, key=lambda c: (c.state != "holds", c.claim))),
        )

    def _row(self, responsibility: str, by_unit: Mapping[str, str], asked: bool) -> Row:
        settled = any(v in _SETTLED for v in by_unit.values())

        def order(verdict: str) -> int:
            """Its precedence; what gives way to an owner in another unit comes after all others."""
            yields = verdict == _OFF or self._value(_VERDICT + verdict, "yields") == "true"
            place = self.verdicts.index("choice" if verdict == _OFF else verdict)
            return place + len(self.verdicts) * (settled and yields)

        ranked = sorted(((slug(u), v) for u, v in by_unit.items()), key=lambda item: (order(item[1]), item[0]))
        units = [(unit, "choice" if v == _OFF else v) for unit, v in ranked]
        verdict = units[0][1]
        claims = [c for c in self.claims.values() if c.responsibility == slug(responsibility)]
        claims.sort(key=lambda c: (order(by_unit.get(iri(f"unit:{c.unit}").value, "unknown")), c.state != "holds", c.claim))
        holding = [c for c in claims if c.state == "holds"]
        owners = dict.fromkeys(c.component for c in holding if c.role in _OWNING)
        taken = (t for c in holding for t in self._taken_up(c))
        return Row(
            responsibility=slug(responsibility),
            layer=min(c.layer for c in claims),
            verdict=verdict,
            act=self._value(_VERDICT + verdict, "needsDecision") == "true",
            asked=asked,
            units=tuple(units),
            owners=tuple(dict.fromkeys((*owners, *taken))),
            missing=self._absent(holding),
            conditions=tuple(dict.fromkeys(self._conditions(responsibility, holding))),
            options=tuple(self._options(claims)) if verdict == "choice" else (),
            reviewed=False,
            claims=tuple(claims),
        )

    def _taken_up(self, claim: Claim) -> tuple[str, ...]:
        node = self._node(claim)
        return (*self._slugs(node, "takenUpBy"), *self._slugs(node, "partlyTakenUpBy"))

    def _node(self, claim: Claim) -> str:
        return f"{self.places[claim.component]}#{claim.claim.partition('#')[2]}"

    def _absent(self, claims: Iterable[Claim]) -> tuple[str, ...]:
        """Delegates of hand-overs that nobody in the stack takes up; of several that could, all are named."""
        here = {m.name for m in self.stack.members}
        open_ = [c for c in claims if c.role == "hand-over" and not self._taken_up(c)]
        return tuple(dict.fromkeys(d for c in open_ for d in c.delegate if d not in here))

    def _conditions(self, responsibility: str, holding: Sequence[Claim]) -> Iterable[str]:
        owning = [c for c in holding if c.role in _OWNING]
        if owning and not any(c.role == "owner" for c in owning):
            owned = self._slugs(responsibility, "ownedPart")
            if owned:
                yield "of it: " + ", ".join(part.partition(".")[2] for part in owned)
        left = [slug(p) for p in self._values(responsibility, "leftPart") if p not in self._values(responsibility, "ownedPart")]
        for part in left:
            to = dict.fromkeys(w for c in holding if part.partition(".")[2] in c.part for w in _expected_of(c))
            yield f"left: {part.partition('.')[2]}" + (f" to {', '.join(to)}" if to else "")
        for c in holding:
            if c.role not in _OWNING and c.claim not in self.deciding:
                continue
            if c.condition:
                yield f"{c.component}: {c.condition}"
            if c.availability in _MARKED:
                yield f"{c.component}: {c.availability}"
            if c.configurations:
                yield f"{c.component}: in {' or '.join(c.configurations)}"
        for name in dict.fromkeys(c.component for c in holding if not c.verified):
            yield f"{name}: unverified for the version in use"

    def _options(self, claims: Iterable[Claim]) -> Iterable[Option]:
        here = {m.name for m in self.stack.members}
        found: dict[tuple[str, str], dict[str, None]] = {}
        for c in claims:
            refuses_whole = c.state == "open" and not c.part and not c.condition
            if c.state != "holds" and (c.role != "limit" or refuses_whole):
                who = (c.component,) if c.role in _OWNING else _expected_of(c)
                for name in c.configurations:
                    node = self._configuration(c.component, name)
                    types = self._values(node, "type")
                    if any(t.endswith(("OpenConfiguration", "OptionalConfiguration")) for t in types):
                        found.setdefault((c.component, name), {}).update(dict.fromkeys(who))
        for (component, name), owners in sorted(found.items()):
            node = self._configuration(component, name)
            choice = self._value(node, "optionOf")
            default = choice is not None and node in self._values(choice, "defaultOption")
            shown_owners = tuple(o if o in here or o in ("operator", "caller", "nobody") else f"{o} (missing)" for o in owners)
            yield Option(component, name, slug(choice).partition("#")[2] if choice else None, default, shown_owners)

    def _configuration(self, component: str, name: str) -> str:
        member = next(m for m in self.stack.members if m.name == component)
        return f"{member.iri}#{name}"

    def _choices(self) -> Iterable[Choice]:
        here = set(self.members)
        in_use = set(self._values(STACK.value, "inUse"))
        implied = set(self._values(STACK.value, "implies"))
        for member in self.stack.members:
            nodes = [n for n, f in self.facts.items() if member.iri in f.get("ofComponent", ())]
            for choice in sorted(n for n in nodes if "Choice" in {t.rpartition("#")[2] for t in self.facts[n].get("type", ())}):
                options = sorted(n for n in nodes if choice in self.facts[n].get("optionOf", ()))
                chosen = next((o for o in options if o in in_use), None)
                alive = [o for o in options if not any(t.endswith("RuledOutConfiguration") for t in self._values(o, "type"))]
                if chosen is None and not any(self._can_choose(o, in_use) for o in alive):
                    continue
                default = self._value(choice, "defaultOption")
                yield Choice(
                    component=member.name,
                    choice=slug(choice).partition("#")[2],
                    label=self._value(choice, "label") or "",
                    default=slug(default).partition("#")[2] if default else None,
                    chosen=slug(chosen).partition("#")[2] if chosen else None,
                    implied=chosen in implied,
                    options=tuple(
                        (
                            slug(o).partition("#")[2],
                            self._value(o, "label") or "",
                            tuple(slug(n) for n in self._values(o, "needs") if n not in here),
                        )
                        for o in options
                    ),
                )

    def _can_choose(self, option: str, in_use: Collection[str]) -> bool:
        """Whether an option waits for a choice by itself, not for another that it refines."""
        is_open = any(t.endswith("OpenConfiguration") for t in self._values(option, "type"))
        return is_open and all(wider in in_use for wider in self._values(option, "refines"))

    def _missing(self) -> Iterable[Missing]:
        """Components to which something is handed that nobody takes up, most first."""
        here = {m.name for m in self.stack.members}
        closes: dict[str, dict[str, None]] = {}
        owned = {c.responsibility for c in self.claims.values() if c.role == "owner" and c.state == "holds"}
        for c in self.claims.values():
            if c.role == "hand-over" and not self._taken_up(c) and (c.state == "holds" or c.responsibility not in owned):
                for delegate in c.delegate:
                    if delegate not in here:
                        closes.setdefault(delegate, {})[c.responsibility] = None
        ranked = sorted(closes.items(), key=lambda item: (-len(item[1]), item[0]))
        return [Missing(name, tuple(sorted(what))) for name, what in ranked]

    def _seams(self) -> Iterable[Seam]:
        grouped: dict[tuple[str, str, str], list[dict[str, str]]] = {}
        for row in self.stack.rows("seams"):
            grouped.setdefault((row["subject"], row["object"], row["relation"]), []).append(row)
        for (subject, object_, relation), rows in grouped.items():
            member = self.members[object_]
            bounds = [(r.get("from"), r.get("until")) for r in rows if "from" in r or "until" in r]
            outside = [b for b in bounds if member.version is not None and not within(member.version, *b)]
            first = max((b[0] for b in outside or bounds if b[0]), default=None)
            last = min((b[1] for b in outside or bounds if b[1]), default=None)
            yield Seam(
                subject=slug(subject),
                object=slug(object_),
                relation=slug(relation),
                verdict="impossible" if outside and member.given else "evidenced",
                versions=(first, last),
                in_use=member.version if outside else None,
                claims=tuple(dict.fromkeys(slug(r["claim"]) for r in rows)),
            )
        joined = {frozenset(key[:2]) for key in grouped}
        for one, two in combinations(self.members, 2):
            if frozenset((one, two)) not in joined:
                yield Seam(slug(one), slug(two), None, "unverified", (None, None), None, ())

    def _questions(self) -> Iterable[Json]:
        found: dict[str, Json] = {}
        for row in self.stack.rows("boundary-questions"):
            begun: Json = {"family": slug(row["family"]), "question": row["question"], "claims": []}
            entry = found.setdefault(row["family"], begun)
            if "claim" in row:
                entry["claims"].append(slug(row["claim"]))
        return found.values()

    def _trade_offs(self) -> Iterable[Json]:
        found: dict[str, Json] = {}
        for row in self.stack.rows("trade-offs"):
            entry = found.setdefault(row["tradeOff"], {"tradeoff": slug(row["tradeOff"]), "sides": []})
            side = {"pole": slug(row["pole"]), "component": slug(row["runtime"]), "claim": slug(row["claim"])}
            entry["sides"].append(side)
        return found.values()

    def _lifecycle(self) -> Iterable[Json]:
        for row in self.stack.rows("lifecycle"):
            yield {
                "component": slug(row["runtime"]),
                "lifecycle": slug(row["lifecycle"]),
                "as_of": row["asOf"],
                "claim": slug(row["claim"]),
            }

    def _notes(self, rows: Sequence[Row]) -> Iterable[str]:
        spoken = {c.component for row in rows for c in row.claims}
        for member in self.stack.members:
            if member.given and member.version not in member.read and member.read:
                yield (
                    f"{member.name} was read in {', '.join(member.read)}, not in {member.version}: "
                    "what states no bounds is unverified for that version"
                )
            if member.name not in spoken:
                yield f"nothing is claimed about what {member.name} owns: all of it is open"


def _expected_of(claim: Claim) -> tuple[str, ...]:
    """To whom a claim leaves it: its delegates, the operator, the caller, or nobody."""
    words = {"operator-duty": "operator", "caller-duty": "caller", "refusal": "nobody", "limit": "nobody"}
    return claim.delegate or ((words[claim.role],) if claim.role in words else ())


def shipped_stack(graph: Graph, name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Components of a stack that ships with the graph, and the configurations that its source names.

    Raises:
        UsageError: there is no such stack.
    """
    stack = graph.resolve("stack", name)
    assert not isinstance(stack, str)
    rows = graph.engine.select(lookup("stack"), {"stack": stack}).records()
    configurations = [slug(row["configuration"] or "").partition("#") for row in rows if row["configuration"]]
    members = [slug(row["component"] or "") for row in rows if row["component"]]
    return members, [(component, configuration) for component, _, configuration in configurations]


def narrowed(found: Composition, verdicts: Sequence[str], layers: Sequence[int]) -> Composition:
    """The composition with only the rows of these verdicts and layers; none given means all.

    Args:
        verdicts: names of verdicts, each perhaps several joined by commas.

    Raises:
        UsageError: there is no such verdict.
    """
    wanted = [name for text in verdicts for name in text.split(",") if name]
    _known(found, wanted, ())
    rows = [row for row in found.rows if (not wanted or row.verdict in wanted) and (not layers or row.layer in layers)]
    return found._replace(rows=tuple(rows))


def failures(found: Composition, wanted: Sequence[str]) -> list[str]:
    """Which of these hold of a composition: a verdict, ``impossible`` or ``archived``.

    Raises:
        UsageError: there is no such verdict.
    """
    _known(found, wanted, ("impossible", "archived"))
    hold = {row.verdict for row in found.rows if shown(row)}
    hold |= {"impossible" for seam in found.seams if seam.verdict == "impossible"}
    hold |= {"archived" for entry in found.lifecycle if entry["lifecycle"] == "archived"}
    return [name for name in wanted if name in hold]


def _known(found: Composition, wanted: Sequence[str], more: Sequence[str]) -> None:
    for name in wanted:
        if name not in (*found.words, *more):
            raise UsageError(f"no verdict is called {name!r}; verdicts are {', '.join((*found.words, *more))}")


def differences(one: Composition, two: Composition) -> Json:
    """What differs between two stacks: responsibilities whose verdict or owners change."""
    before, after = ({row.responsibility: row for row in found.rows} for found in (one, two))

    def told(row: Row | None) -> Json | None:
        return None if row is None else {"verdict": row.verdict, "owners": list(row.owners), "missing": list(row.missing)}

    changed = [
        {"responsibility": name, "before": told(before.get(name)), "after": told(after.get(name))}
        for name in sorted(before.keys() | after.keys())
        if told(before.get(name)) != told(after.get(name))
    ]
    names = [[member.name for member in found.components] for found in (one, two)]
    return {"before": names[0], "after": names[1], "changed": changed}
