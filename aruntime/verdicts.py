"""Reads a judged stack into a composition: its verdicts, and the claims they rest on.

The queries of ``queries/stack`` judge the stack's small graph (:mod:`aruntime.stack`). Which
verdict wins where several hold is data: ``ar:precedence`` in the vocabulary.

The site reads stacks in the reader's browser, where no Python runs: ``site/static/verdicts.js`` does
there what this module and :mod:`aruntime.judged` do, by the same queries and the table :data:`READING`. A change here needs
one there; ``tests/test_site_verdicts.py`` holds them equal over many stacks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from aruntime.background import boundary_questions, lifecycles, seams, trade_offs
from aruntime.composition import (
    LEFT_TO,
    OWNED,
    OWNING,
    Alternative,
    Choice,
    Claim,
    Composition,
    Missing,
    Option,
    Row,
    shown,
)
from aruntime.judged import STATES, Judged
from aruntime.namespaces import PREFIXES, slug
from aruntime.stack import STACK, Member, Stack

_VERDICT: Final = PREFIXES["verdict"]
_OFF: Final = "off"
"""In a unit of work: owned only once a feature is turned on; the verdict is ``choice`` too."""
_WITH_OPTIONS: Final = ("choice", "partial", "gap")
"""Verdicts that a choice or a feature changes, beside ``unknown``: it decides the whole or parts."""
_PART: Final = " (in part)"
_UNOWNED: Final = {"silentOn": "not known", "limits": "nobody" + _PART}
"""Who has it under an option that nobody is shown to own it under, by the option's property."""
_MARKED: Final = ("preview", "experimental", "deprecated")
_WAITING: Final = ("#OpenConfiguration", "#OptionalConfiguration")
READING: Final = {
    "off": _OFF,
    "settled": OWNED,
    "owning": OWNING,
    "part": _PART,
    "unowned": _UNOWNED,
    "withOptions": _WITH_OPTIONS,
    "states": STATES,
    "marked": _MARKED,
    "left": LEFT_TO,
}
"""How a judged stack is read, for other readers: the site's browser has this table and no other."""


def judged(stack: Stack) -> Composition:
    """The composition of a stack whose choices are made: its verdicts, and what they rest on."""
    stack.judge()
    return _Reader(stack).composition()


class _Reader(Judged):
    """Reads a judged stack into a composition."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.deciding: set[str] = set()
        """Claims that make a verdict what it is."""
        self.assuming: set[str] = set()
        """Responsibilities of which a verdict rests on an assumed claim."""
        purposes = self.values(STACK.value, "purpose")
        self.asked = {slug(r) for p in purposes for r in self.values(p, "requires")}
        """Responsibilities that the purposes ask for."""
        tried = ((int(f["precedence"][0]), n) for n, f in self.facts.items() if "precedence" in f)
        self.verdicts = [slug(name) for _, name in sorted(tried)]
        self.unowned: dict[str, dict[str, str]] = {}
        """By responsibility, words for who has it under options that nobody is shown to own it
        under."""
        for node, f in self.facts.items():
            for said, words in _UNOWNED.items():
                for responsibility in f.get(said, ()):
                    self.unowned.setdefault(responsibility, {})[node] = words
        held = (c for c in self.claims.values() if c.state == "holds")
        forbids = ((c.component, self.values(self.nodes[c.claim], "forbids")) for c in held)
        self.forbidden = {n: who for who, names in forbids for n in names}
        """By configuration that a claim forbids, the component that says so."""

    def composition(self) -> Composition:
        """Everything that is said of the stack."""
        rows = tuple(self._rows())
        choices = tuple(self._choices())
        return Composition(
            components=tuple(
                m._replace(configurations=self._in_use(m, choices)) for m in self.stack.members
            ),
            purposes=tuple(sorted(slug(p) for p in self.values(STACK.value, "purpose"))),
            choices=choices,
            rows=rows,
            missing=tuple(self._missing()),
            limits=tuple(self._limits(rows)),
            seams=tuple(seams(self.stack)),
            questions=tuple(boundary_questions(self.stack)),
            trade_offs=tuple(trade_offs(self.stack)),
            lifecycle=tuple(lifecycles(self.stack)),
            notes=tuple(self._notes(rows)),
            words={v: self._words(v) for v in self.verdicts},
        )

    def _in_use(self, member: Member, choices: Iterable[Choice]) -> tuple[str, ...]:
        options = [c.chosen for c in choices if c.component == member.name and c.chosen]
        nodes = self.values(STACK.value, "inUse")
        mine = [n for n in nodes if member.iri in self.values(n, "ofComponent")]
        refined = {wider for n in mine for wider in self.values(n, "refines")}
        features = [n for n in mine if n not in refined and not self.value(n, "optionOf")]
        return (*options, *(slug(n).partition("#")[2] for n in features))

    def _limits(self, rows: Iterable[Row]) -> Iterable[Claim]:
        """Refusals of a part, and those of the whole in what is settled all the same."""
        settled = {row.responsibility for row in rows if row.verdict in OWNED}
        for c in self.claims.values():
            refused = c.role == "refusal" and c.responsibility in settled
            if c.state == "holds" and (c.role == "limit" or refused):
                yield c

    def _words(self, verdict: str) -> tuple[str, str, str]:
        names = ("prefLabel", "symbol", "definition")
        word, symbol, definition = (self.value(_VERDICT + verdict, n) or "" for n in names)
        return word, symbol, definition

    def _rows(self) -> Iterable[Row]:
        by_unit: dict[str, dict[str, str]] = {}
        unshown = {row["claim"] for row in self.stack.rows("unshown")}
        queries = [(verdict, f"verdict-{verdict}") for verdict in self.verdicts[:-1]]
        queries.insert(self.verdicts.index("choice") + 1, (_OFF, "verdict-turned-on"))
        for verdict, query in queries:
            for row in self.stack.rows(query):
                units = by_unit.setdefault(row["responsibility"], {})
                if units.setdefault(row["unit"], verdict) == verdict:
                    self.deciding.add(slug(row["claim"]))
                    if row["claim"] in unshown:
                        self.assuming.add(row["responsibility"])
        rows = [self._row(r, units, slug(r) in self.asked) for r, units in by_unit.items()]
        left = (row for row in self.stack.rows("unknown") if row["responsibility"] not in by_unit)
        rows += map(self._unknown, left)
        return sorted(rows, key=lambda r: (r.layer, r.responsibility))

    def _unknown(self, found: Mapping[str, str]) -> Row:
        """The row of a responsibility that no verdict holds of, though claims may speak of it."""
        name = slug(found["responsibility"])
        claims = [c for c in self.claims.values() if c.responsibility == name]
        claims.sort(key=lambda c: (c.state != "holds", c.claim))
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
            options=tuple(self._options(found["responsibility"], claims)),
            reviewed=found["reviewed"] == "true",
            claims=tuple(claims),
            assumed=(),
        )

    def _row(self, responsibility: str, by_unit: Mapping[str, str], asked: bool) -> Row:
        settled = any(v in OWNED for v in by_unit.values())

        def order(verdict: str) -> int:
            """Its precedence; what gives way to an owner in another unit comes after all others."""
            yields = verdict == _OFF or self.value(_VERDICT + verdict, "yields") == "true"
            place = self.verdicts.index("choice" if verdict == _OFF else verdict)
            return place + len(self.verdicts) * (settled and yields)

        ranked = sorted(
            ((slug(u), v) for u, v in by_unit.items()), key=lambda item: (order(item[1]), item[0])
        )
        units = [(unit, "choice" if v == _OFF else v) for unit, v in ranked]
        verdict = units[0][1]
        claims = [c for c in self.claims.values() if c.responsibility == slug(responsibility)]
        places = {slug(unit): order(verdict) for unit, verdict in by_unit.items()}
        last = order("unknown")
        claims.sort(key=lambda c: (places.get(c.unit, last), c.state != "holds", c.claim))
        holding = [c for c in claims if c.state == "holds"]
        rests = responsibility in self.assuming
        assumed = [c.claim for c in claims if rests and c.status == "assumed"]
        owners = dict.fromkeys(c.component for c in holding if c.role in OWNING)
        taken = (t for c in holding for t in self.taken_up(c))
        options = self._options(responsibility, claims) if verdict in _WITH_OPTIONS else ()
        return Row(
            responsibility=slug(responsibility),
            layer=min(c.layer for c in claims),
            verdict=verdict,
            act=self.value(_VERDICT + verdict, "needsDecision") == "true",
            asked=asked,
            units=tuple(units),
            owners=tuple(dict.fromkeys((*owners, *taken))),
            missing=self._absent(holding),
            conditions=tuple(dict.fromkeys(self._conditions(responsibility, holding, assumed))),
            options=tuple(options),
            reviewed=False,
            claims=tuple(claims),
            assumed=tuple(assumed),
        )

    def _absent(self, claims: Iterable[Claim]) -> tuple[str, ...]:
        """Delegates of hand-overs that nobody takes up; of several that could, all are named."""
        open_ = (c for c in claims if c.role == "hand-over" and not self.taken_up(c))
        return tuple(dict.fromkeys(chain.from_iterable(map(self.would_take_up, open_))))

    def _conditions(
        self, responsibility: str, holding: Sequence[Claim], assumed: Sequence[str]
    ) -> Iterable[str]:
        yield from (f"assumed, not shown: {name}" for name in assumed)
        owning = [c for c in holding if c.role in OWNING]
        if owning and not any(c.role == "owner" for c in owning):
            if owned := self.slugs(responsibility, "ownedPart"):
                yield "of it: " + ", ".join(part.partition(".")[2] for part in owned)
        in_use = set(self.values(STACK.value, "inUse"))
        kept = set(self.values(responsibility, "ownedPart"))
        for part in (slug(p) for p in self.values(responsibility, "leftPart") if p not in kept):
            to = dict.fromkeys(
                w for c in holding if part.partition(".")[2] in c.part for w in self.left_to(c)
            )
            yield f"left: {part.partition('.')[2]}" + (f" to {', '.join(to)}" if to else "")
        for c in holding:
            if c.role not in OWNING and c.claim not in self.deciding:
                continue
            where = f"in {' or '.join(c.configurations)}" if c.configurations else ""
            used = any(self.configuration(c.component, n) in in_use for n in c.configurations)
            # what holds in configurations that are not in use holds whichever option is taken,
            # and its limits only under its own
            limited = f", {where}" if where and not used else ""
            if c.condition:
                yield f"{c.component}: {c.condition}{limited}"
            if c.availability in _MARKED:
                yield f"{c.component}: {c.availability}{limited}"
            if used:
                yield f"{c.component}: {where}"
        unread = (c for c in holding if not c.verified and c.status != "assumed")
        for name in dict.fromkeys(c.component for c in unread):
            yield f"{name}: unverified for the version in use"

    def _options(self, responsibility: str, claims: Iterable[Claim]) -> Iterable[Option]:
        """What each configuration that waits comes to, with what a feature needs that is absent."""
        found: dict[tuple[str, str], dict[str, None]] = {}
        for node, words in self.unowned.get(responsibility, {}).items():
            component, _, name = slug(node).partition("#")
            found[component, name] = {words: None}
        for c in claims:
            refuses_whole = c.state == "open" and not c.part and not c.condition
            if c.state != "holds" and (c.role != "limit" or refuses_whole):
                part = _PART if c.role == "part-owner" else ""
                who = (c.component + part,) if c.role in OWNING else self.left_to(c)
                for name in c.configurations:
                    types = self.values(self.configuration(c.component, name), "type")
                    if any(t.endswith(_WAITING) for t in types):
                        found.setdefault((c.component, name), {}).update(dict.fromkeys(who))
        for (component, name), owners in sorted(found.items()):
            node = self.configuration(component, name)
            choice = self.value(node, "optionOf")
            default = choice is not None and self.is_a(node, "DefaultConfiguration")
            features = {
                n for n in (node, *self.values(node, "within")) if not self.value(n, "optionOf")
            }
            needed = (n for f in sorted(features) for n in self.slugs(f, "needs"))
            absent = (n for n in needed if n not in self.here)
            there = {*self.here, "operator", "caller", "nobody", *_UNOWNED.values()}
            shown_owners = tuple(
                o if o in there or o.endswith(_PART) else f"{o} (missing)"
                for o in dict.fromkeys((*owners, *absent))
                if o.removesuffix(_PART) == o or o.removesuffix(_PART) not in owners
            )
            against = (
                f"ruled out by {self.forbidden[n]}"
                for n in self.values(node, "within")
                if n in self.forbidden
            )
            waits = choice is not None and not self.is_a(node, "OptionalConfiguration")
            of_choice = slug(choice).partition("#")[2] if choice and waits else None
            yield Option(component, name, of_choice, default, tuple(against) or shown_owners)

    def _choices(self) -> Iterable[Choice]:
        in_use = set(self.values(STACK.value, "inUse"))
        implied = set(self.values(STACK.value, "implies"))
        selected = {option for n in in_use for option in self.values(n, "selects")}
        for member in self.stack.members:
            nodes = [n for n, f in self.facts.items() if member.iri in f.get("ofComponent", ())]
            for choice in sorted(n for n in nodes if self.is_a(n, "Choice")):
                options = sorted(n for n in nodes if choice in self.facts[n].get("optionOf", ()))
                # where one was chosen and another is selected, the one that was chosen
                taken = (o for o in options if o in in_use)
                chosen = min(taken, key=selected.__contains__, default=None)
                alive = [o for o in options if not self.is_a(o, "RuledOutConfiguration")]
                if chosen is None and not any(self._can_choose(o, in_use) for o in alive):
                    continue
                default = self.value(choice, "defaultOption")
                if chosen is None:
                    in_force = (o for o in options if self.is_a(o, "DefaultConfiguration"))
                    default = next(in_force, None)
                yield Choice(
                    component=member.name,
                    choice=slug(choice).partition("#")[2],
                    label=self.value(choice, "label") or "",
                    default=slug(default).partition("#")[2] if default else None,
                    chosen=slug(chosen).partition("#")[2] if chosen else None,
                    implied=chosen in implied,
                    options=tuple(
                        Alternative(
                            slug(o).partition("#")[2],
                            self.value(o, "label") or "",
                            tuple(n for n in self.slugs(o, "needs") if n not in self.here),
                        )
                        for o in (options if chosen else alive)
                    ),
                )

    def _can_choose(self, option: str, in_use: Collection[str]) -> bool:
        """Whether an option waits for a choice by itself, not for another that it refines."""
        return self.is_a(option, "OpenConfiguration") and all(
            wider in in_use for wider in self.values(option, "refines")
        )

    def _missing(self) -> Iterable[Missing]:
        """Components to which something is handed that nobody takes up, most first; what would be
        handed only once a feature is turned on, under an option of what the purpose does not ask
        for, is not missing; nor is, where somebody owns it, what is handed under a condition or to
        any one of several.

        Where one of several would do, those are alternatives, unless one of them is missing anyway.
        Those that are missing anyway, or under a default option, come first.
        """
        owned = {
            c.responsibility
            for c in self.claims.values()
            if c.role == "owner" and c.state == "holds"
        }
        closes: dict[frozenset[str], dict[str, None]] = {}
        once: dict[frozenset[str], set[str]] = {}
        anyway: set[frozenset[str]] = set()
        for c in self.claims.values():
            unowned = c.responsibility not in owned
            asked = unowned and c.responsibility in self.asked
            sure = c.state == "holds" and (unowned or not (c.condition or len(c.delegate) > 1))
            waits = sure or (c.state == "open" and asked)
            if c.role == "hand-over" and waits and not self.taken_up(c):
                names = frozenset(self.would_take_up(c))
                closes.setdefault(names, {})[c.responsibility] = None
                places = {self.configuration(c.component, n) for n in c.configurations}
                once.setdefault(names, set()).update(
                    n for n in places if self.is_a(n, "OpenConfiguration")
                )
                if sure or any(self.is_a(n, "DefaultConfiguration") for n in places):
                    anyway.add(names)
        closes.pop(frozenset(), None)
        for names in sorted(closes, key=lambda names: (len(names), sorted(names))):
            for other in [other for other in closes if names < other]:
                closes[names] |= closes.pop(other)
                once[names] |= once[other]
                anyway |= {names} if other in anyway else set()
        order = sorted(
            closes, key=lambda names: (names not in anyway, -len(closes[names]), sorted(names))
        )
        for names in order:
            first, *others = sorted(names)
            widest = {n for n in once[names] if not once[names] & {*self.values(n, "refines")}}
            options = sorted(slug(n).replace("#", "=") for n in widest if names not in anyway)
            yield Missing(first, tuple(others), tuple(sorted(closes[names])), tuple(options))

    def _notes(self, rows: Sequence[Row]) -> Iterable[str]:
        spoken = {c.component for row in rows for c in row.claims}
        if assumed := [row.responsibility for row in rows if row.assumed and shown(row)]:
            yield f"assumed, not shown by evidence: verdicts on {', '.join(assumed)}"
        for member in self.stack.members:
            if member.given and member.version not in member.read and member.read:
                yield (
                    f"{member.name} was read in {', '.join(member.read)}, not in {member.version}: "
                    "what states no bounds is unverified for that version"
                )
            if member.name not in spoken:
                yield f"nothing is claimed about what {member.name} owns: all of it is open"
