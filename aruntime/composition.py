"""What a composition says, as typed values: a row per responsibility, with the claims it rests
on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from aruntime.model import Json, plain
from aruntime.stack import Member

OWNING: Final = ("owner", "part-owner")
"""Roles of claims by which a component does the whole of it, or a part."""
OWNED: Final = ("delegated", "layered", "owned")
"""Verdicts by which a responsibility has an owner."""
ROLES: Final = {
    "owner": "does it",
    "part-owner": "does part of it",
    "hand-over": "hands it over",
    "operator-duty": "leaves it to the operator",
    "caller-duty": "leaves it to the calling code",
    "refusal": "does not do it",
    "limit": "does not do it",
}
"""Words for the roles of claims, after the component's name."""
LEFT_TO: Final = {
    "operator-duty": "operator",
    "caller-duty": "caller",
    "refusal": "nobody",
    "limit": "nobody",
}
"""For the role of a claim that names no delegate, to whom it leaves what it speaks of."""
RELATIONS: Final = {"delegatesTo": "hands work to"}
"""Words for relations of a seam that are properties."""


class Claim(NamedTuple):
    """A claim as a composition shows it; names are slugs.

    Attributes:
        claim: ``component#claim``, to be copied into other commands.
        role: how it counts here: ``owner``, ``part-owner``, ``hand-over``, ``operator-duty``,
            ``caller-duty``, ``refusal`` or ``limit``.
        state: ``holds``, ``open`` (depends on a choice) or ``optional`` (once a feature is turned
            on).
        part: parts of the responsibility that it speaks about; empty for the whole.
        configurations: configurations in which it holds; empty for all.
        delegate: components of which any one can take it up.
        through: libraries that it does so through; one that is in the stack and owns it there is
            whom a claim in the role of a hand-over leads to.
        verified: whether it was read in the version in use, or states bounds that include it; what
            is assumed is not.
        status: ``promoted``, or ``assumed`` where an organisation takes it to be so and no evidence
            shows it.
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
    status: str

    @property
    def left_to(self) -> tuple[str, ...]:
        """To whom it leaves what it speaks of: its delegates, a library that is in the stack, the
        operator, the caller, or nobody."""
        if self.role == "hand-over":
            return self.delegate or self.through
        return self.delegate or ((LEFT_TO[self.role],) if self.role in LEFT_TO else ())


class Option(NamedTuple):
    """What a responsibility comes to under one configuration of a component.

    Attributes:
        choice: the choice of which it is an option; ``None`` for a feature that can be turned on,
            and for an option that comes with one.
        default: whether it is in force where nobody chooses.
        owners: who owns it then, or to whom it is handed; and what a feature needs that is absent.
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
        options: what it depends on, or what parts of it do; for ``choice`` and ``partial``.
        reviewed: for ``unknown``, whether sources were searched for it.
        assumed: claims on which the verdict rests though no evidence shows them.
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
    assumed: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether nobody has to decide anything, and it is known who has it."""
        return not self.act and self.verdict != "unknown"

    @property
    def speaking(self) -> tuple[Claim, ...]:
        """The claims to show beside the row: those that hold, and those of its options."""
        return tuple(c for c in self.claims if c.state == "holds" or self.options)


class Alternative(NamedTuple):
    """An option of a choice.

    Attributes:
        option: its name.
        missing: components that it needs and that are absent.
    """

    option: str
    label: str
    missing: tuple[str, ...]


class Choice(NamedTuple):
    """A choice of a component's configuration.

    Attributes:
        chosen: the option in use; ``None`` if the choice is open.
        implied: whether the option follows from the components that are there.
        options: of an open choice those that can be taken, else all.
    """

    component: str
    choice: str
    label: str
    default: str | None
    chosen: str | None
    implied: bool
    options: tuple[Alternative, ...]


class Missing(NamedTuple):
    """A component that is absent, and the responsibilities that it would take over.

    Attributes:
        alternatives: components each of which would do as well.
        once: configurations under one of which alone it is missing, none of them a default, as
            ``component=configuration``; empty if it is missing anyway.
    """

    component: str
    alternatives: tuple[str, ...]
    closes: tuple[str, ...]
    once: tuple[str, ...]


class Seam(NamedTuple):
    """What is evidenced between two components.

    Attributes:
        verdict: ``evidenced``, ``optional`` (only what holds once something is chosen or turned on
            says so), ``assumed`` (only claims without evidence say so), ``unverified``
            (nothing says so) or ``impossible`` (a stated bound excludes the version).
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


class BoundaryQuestion(NamedTuple):
    """What to ask where a family of the stack meets another, and the claims that answer it."""

    family: str
    question: str
    claims: tuple[str, ...]


class Favour(NamedTuple):
    """The side of a trade-off that a component takes by default, and the claim that says so."""

    pole: str
    component: str
    claim: str


class TradeOff(NamedTuple):
    """A trade-off of which components take opposite sides."""

    tradeoff: str
    sides: tuple[Favour, ...]


class Lifecycle(NamedTuple):
    """That a component is archived or only maintained.

    Attributes:
        as_of: the instant of which the source speaks.
        status: ``promoted``, or ``assumed`` where no evidence shows it.
    """

    component: str
    lifecycle: str
    as_of: str
    claim: str
    status: str


class Composition(NamedTuple):
    """What is known of a stack, ready to be acted on."""

    components: tuple[Member, ...]
    purposes: tuple[str, ...]
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    missing: tuple[Missing, ...]
    limits: tuple[Claim, ...]
    seams: tuple[Seam, ...]
    questions: tuple[BoundaryQuestion, ...]
    trade_offs: tuple[TradeOff, ...]
    lifecycle: tuple[Lifecycle, ...]
    notes: tuple[str, ...]
    words: Mapping[str, tuple[str, str, str]]
    """For each verdict, in order: its word, its symbol and its definition."""

    @property
    def ordered(self) -> list[Row]:
        """Rows by verdict, the most pressing first, then by layer and name."""
        place = list(self.words).index
        return sorted(self.rows, key=lambda r: (place(r.verdict), r.layer, r.responsibility))

    @property
    def summary(self) -> dict[str, int]:
        """How many responsibilities that the purpose asks for have each verdict; others are counted
        as ``aside``."""
        counts = {
            verdict: sum(r.verdict == verdict and shown(r) for r in self.rows)
            for verdict in self.words
        }
        aside = sum(not shown(r) for r in self.rows)
        return {verdict: n for verdict, n in counts.items() if n} | (
            {"aside": aside} if aside else {}
        )

    def json(self) -> Json:
        """The composition as ``aruntime compose --format json`` prints it, with slugs as names.

        Returns:
            ``components`` with version and configurations in use; ``purposes``; ``choices``
            (:class:`Choice`); ``responsibilities`` (:class:`Row`, ``units`` as objects with
            ``unit`` and ``verdict``); ``missing`` (:class:`Missing`); ``limits`` (:class:`Claim`);
            ``seams`` with ``from``, ``to`` and ``versions``; ``questions``; ``tradeoffs``;
            ``lifecycle``; ``notes``; ``summary``, how many rows have each verdict.
        """
        return {
            "components": [
                {
                    "component": m.name,
                    "iri": m.iri,
                    "version": m.version,
                    "configurations": list(m.configurations),
                }
                for m in self.components
            ],
            "purposes": list(self.purposes),
            "choices": plain(self.choices),
            "responsibilities": [
                plain(row) | {"units": [{"unit": u, "verdict": v} for u, v in row.units]}
                for row in self.rows
            ],
            "missing": plain(self.missing),
            "limits": plain(self.limits),
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
            "questions": plain(self.questions),
            "tradeoffs": plain(self.trade_offs),
            "lifecycle": plain(self.lifecycle),
            "notes": list(self.notes),
            "summary": self.summary,
        }


def shown(row: Row) -> bool:
    """Whether a row is listed: the purpose asks for it, or two parties are at odds over it."""
    return row.asked or row.verdict in ("contended", "disputed")
