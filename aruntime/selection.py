"""Selection: which components meet needs, how, and about which nothing is known.

What a claim answers is decided by ``queries/lookup/owners-of.rq``; this module gathers the answers
by component.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pyoxigraph import NamedNode

from aruntime import stack
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.model import Json, plain
from aruntime.namespaces import PREFIXES, slug
from aruntime.questions import lookup
from aruntime.stack import Options, exclude

NEEDS: Final = {
    "owns": ("responsibility", "responsibility"),
    "target": ("hardware", "hardware-target"),
    "precision": ("precision", "precision"),
    "exposes": ("interface", "interface"),
    "consumes": ("interface", "interface"),
    "with": ("object", "component"),
    "boundary": ("deploymentBoundary", "deployment-boundary"),
    "execution": ("executionModel", "execution-model"),
    "lifecycle": ("lifecycle", "lifecycle"),
}
"""For each kind of need: the property of claims that answers it, and the kind of its values."""
_RANK: Final = ("yes", "configured", "through", "part", "no", "left", "limit")
"""Answers of single claims, the one that counts first for a component."""
_VERDICTS: Final = ("yes", "part", "assumed", "unknown", "left", "no")
"""Verdicts on candidates, the best first."""
_ASSUMED: Final = "assumed: "
"""How an answer begins that no evidence shows."""


class Answer(NamedTuple):
    """How a candidate meets one need.

    Attributes:
        need: kind and value, for example ``owns continuous-batching``.
        answer: in words: ``yes``, ``yes through xgrammar``, ``yes in configuration standard``, ``in
            part``, ``in part through keda``, ``no``, ``left to the caller`` or ``unknown``;
            ``assumed: yes`` where only claims say so that an organisation assumes and no evidence
            shows.
        conditions: what limits it, in words.
        claims: claims that say so, each with its source and status; what is assumed has no source.
        units: units of work for which it is so, of a responsibility that a claim speaks of.
        configurations: where it is so, any one of these, defaults among them; empty where it is so
            in every configuration.
    """

    need: str
    answer: str
    conditions: tuple[str, ...]
    claims: tuple[Json, ...]
    units: tuple[str, ...] = ()
    configurations: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The answer with its units of work, for example ``yes, per request``."""
        return ", per ".join(filter(None, (self.answer, " or ".join(self.units))))

    def json(self) -> Json:
        """The answer as a JSON object."""
        found: Json = plain(self)
        return found

    @property
    def verdict(self) -> str:
        """The answer as one of ``yes``, ``part``, ``assumed``, ``unknown``, ``left`` and ``no``."""
        if self.answer.startswith(_ASSUMED):
            return "assumed"
        first = self.answer.partition(" ")[0]
        return "part" if first == "in" else first


class Candidate(NamedTuple):
    """A component and how it meets every need.

    Attributes:
        component: its slug.
        answers: an answer for each need, in the order of the needs.
        together: whether some configuration meets all needs that are met at all.
        lifecycle: ``maintenance`` or ``archived``, where a claim says so.
    """

    component: str
    answers: tuple[Answer, ...]
    together: bool = True
    lifecycle: str | None = None

    @property
    def verdict(self) -> str:
        """The worst of its answers: ``no`` before ``left``, ``unknown``, ``assumed``, ``part`` and
        ``yes``; ``part`` where each is met in a configuration and all in none."""
        worst = max((answer.verdict for answer in self.answers), key=_VERDICTS.index)
        return "part" if worst == "yes" and not self.together else worst

    @property
    def notes(self) -> tuple[str, ...]:
        """What an architect has to know before the answers."""
        return (
            *((self.lifecycle,) if self.lifecycle else ()),
            *(() if self.together else ("no configuration meets all of it at once",)),
        )

    def json(self) -> Json:
        """The candidate with slugs as names."""
        return {
            "component": self.component,
            "verdict": self.verdict,
            "notes": list(self.notes),
            "needs": [answer.json() for answer in self.answers],
        }


def select(
    graph: Graph, needs: Mapping[str, Sequence[str]], unit: str | None = None
) -> list[Candidate]:
    """Components of which a claim speaks to some need, the best first.

    Args:
        needs: values by kind of need, as in :data:`NEEDS`.
        unit: the unit of work in which responsibilities must be owned.

    Raises:
        UsageError: no need is given, or a name is unknown.

    Example:
        >>> found = select(open_graph(), {"owns": ["structured-output"]})
        >>> next(c.answers[0].answer for c in found if c.component == "vllm")
        'yes through llguidance, outlines or xgrammar'
    """
    wanted = [(kind, value) for kind, values in needs.items() for value in values]
    if not wanted:
        raise UsageError("say what is needed, for example --owns autoscaling")
    if unit is not None:
        unit = slug(graph.identify(unit, "unit"))
    answers: dict[str, dict[str, Answer]] = {}
    names = []
    for kind, value in wanted:
        term = graph.resolve(NEEDS[kind][1], value)
        assert isinstance(term, NamedNode)
        need = f"{kind} {slug(term.value)}"
        names.append(need)
        rows = _rows(graph, kind, term, unit)
        for component in dict.fromkeys(row["component"] for row in rows):
            own = [row for row in rows if row["component"] == component]
            answers.setdefault(slug(component), {})[need] = _answer(need, own)
        if kind == "with":
            itself = slug(term.value)
            answers.setdefault(itself, {})[need] = Answer(need, "yes", (f"{itself} itself",), ())
    silent = {need: Answer(need, "unknown", (), ()) for need in names}
    lifecycles = ending(graph)
    found = []
    for component, said in answers.items():
        all_needs = tuple(said.get(need, silent[need]) for need in names)
        together = _hold_together(graph, component, all_needs)
        found.append(Candidate(component, all_needs, together, lifecycles.get(component)))
    return sorted(
        found,
        key=lambda c: (_VERDICTS.index(c.verdict), [_order(a) for a in c.answers], c.component),
    )


def ending(graph: Graph) -> dict[str, str]:
    """Components that are only maintained or archived, with that state."""
    return {slug(row["runtime"]): slug(row["lifecycle"]) for row in _found(graph, "ending", {})}


def options_of(graph: Graph, component: str) -> Options:
    """Options that each configuration of a component is or refines; see :mod:`aruntime.stack`."""
    subject = graph.resolve("component", component)
    assert isinstance(subject, NamedNode)
    return stack.options_of(graph.engine, subject)


def _order(answer: Answer) -> int:
    return (
        0
        if answer.answer == "yes" and not answer.conditions
        else 1 + _VERDICTS.index(answer.verdict)
    )


def _hold_together(graph: Graph, component: str, answers: Iterable[Answer]) -> bool:
    """Whether one configuration can be had from each answer that needs one."""
    chosen = [a.configurations for a in answers if a.verdict == "yes" and a.configurations]
    if len(chosen) < 2:
        return True
    options = options_of(graph, component)

    def fit(wanted: Sequence[tuple[str, ...]], taken: tuple[str, ...]) -> bool:
        return not wanted or any(
            fit(wanted[1:], (*taken, one))
            for one in wanted[0]
            if not any(exclude(options, one, other) for other in taken)
        )

    return fit(chosen, ())


def _rows(graph: Graph, kind: str, value: NamedNode, unit: str | None) -> list[dict[str, str]]:
    """Rows on one need, without what is unbound; who owns a kind of a responsibility owns
    it in part."""
    if kind == "owns":
        rows = _found(graph, "owners-of", {"responsibility": value})
        for found in _found(graph, "narrower", {"responsibility": value}):
            narrower = NamedNode(found["narrower"])
            rows += [
                row | {"answer": "part", "narrower": slug(narrower.value)}
                for row in _found(graph, "owners-of", {"responsibility": narrower})
                if row["answer"] in ("yes", "configured", "through")
            ]
    else:
        property_ = NamedNode(PREFIXES["ar"] + NEEDS[kind][0])
        rows = _found(graph, "claims-with-value", {"property": property_, "value": value})
    if kind == "with":
        rows += _found(graph, "named-by", {"subject": value})
    if kind in ("exposes", "consumes"):
        rows = [row for row in rows if slug(row.get("role", "")) == kind]
    for row in rows:
        chosen = "configuration" in row and "byDefault" not in row
        row.setdefault("answer", "configured" if chosen else "yes")
    return [row for row in rows if unit is None or slug(row.get("unit", "")) in ("", unit)]


def _found(graph: Graph, query: str, parameters: Mapping[str, NamedNode]) -> list[dict[str, str]]:
    return graph.engine.select(lookup(query), parameters).known()


def _answer(need: str, rows: Sequence[Mapping[str, str]]) -> Answer:
    shown = [row for row in rows if row["assumed"] != "true"]
    rows = shown or rows
    best = min((row["answer"] for row in rows), key=_RANK.index)
    counted = [row for row in rows if row["answer"] == best]
    if best == "through" and not any("delegate" in row for row in counted):
        # what it does itself in a configuration completes what it hands over in every one
        counted += [row for row in rows if row["answer"] == "part" and "delegate" in row]
    limits = [row for row in rows if row["answer"] == "limit"]
    claims = {
        row["claim"]: {
            "claim": slug(row["claim"]),
            "source": slug(row.get("source", "")),
            "status": "promoted" if shown else "assumed",
        }
        for row in (*counted, *limits)
    }
    return Answer(
        need,
        ("" if shown else _ASSUMED) + _words(best, counted),
        tuple(_conditions(best, counted, limits)),
        tuple(claims.values()),
        tuple(sorted({slug(row["unit"]) for row in counted if "unit" in row and best != "limit"})),
        _configurations(best, counted),
    )


def _configurations(best: str, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Configurations in one of which an answer holds; none if it holds in every one."""
    if best not in ("yes", "configured", "through"):
        return ()
    columns = ("configuration", "byDefault")
    if not all(any(column in row for column in columns) for row in rows):
        return ()
    return tuple(sorted({slug(row[column]) for row in rows for column in columns if column in row}))


def _words(best: str, rows: Sequence[Mapping[str, str]]) -> str:
    def names(column: str) -> str:
        return _either({slug(row[column]).rpartition("#")[2] for row in rows if column in row})

    if best == "yes":
        return f"yes through {names('through')}" if all("through" in row for row in rows) else "yes"
    if best == "configured":
        return f"yes in configuration {names('configuration')}"
    if best == "through":
        return f"yes through {names('delegate')}"
    if best == "left":
        return " and ".join(sorted({f"left to the {slug(row['stance'])}" for row in rows}))
    if best == "part" and all("delegate" in row for row in rows):
        return f"in part through {names('delegate')}"
    return {"part": "in part", "no": "no", "limit": "unknown"}[best]


def _conditions(
    best: str, rows: Sequence[Mapping[str, str]], limits: Iterable[Mapping[str, str]]
) -> Iterable[str]:
    """What qualifies an answer, then the limits beside it, each with the configurations in which
    it is so."""
    found: dict[str, None] = {}
    inside = {_place(row) for row in rows}
    if best in ("through", "part") and "" not in inside:
        found[f"in {_either(inside)}"] = None
    if best == "part":
        found |= dict.fromkeys(_parts(rows))
    for row in rows:
        availability = slug(row["availability"])
        marked = availability in ("plug-in", "preview", "experimental", "deprecated")
        for said in filter(None, (row.get("condition"), availability if marked else None)):
            everywhere = len(rows) == 1 or not _place(row)
            found[said if everywhere else f"in {_place(row)}: {said}"] = None
    where: dict[str, set[str]] = {}
    for row in limits:
        part = slug(row.get("part", "")).partition(".")[2]
        about = ", ".join(filter(None, (part, row.get("condition"))))
        if slug(row["stance"]) == "excluded":
            gives_way = not _place(row) and "condition" not in row and _is_met_somewhere(row, rows)
            said = f"{'otherwise ' if gives_way else ''}not {about or 'at all'}"
        else:
            said = " ".join(filter(None, (about, f"left to the {slug(row['stance'])}")))
        where.setdefault(said, set()).add(_place(row))
    for said, places in where.items():
        found[said if "" in places else f"in {_either(places)}: {said}"] = None
    return found


def _parts(rows: Sequence[Mapping[str, str]]) -> Iterable[str]:
    """The parts or kinds that rows speak of: the component's own, then for each delegate those
    that are handed to it."""
    handed: dict[str, set[str]] = {}
    for row in rows:
        named = row.get("narrower") or slug(row.get("part", "")).partition(".")[2]
        if named:
            handed.setdefault(named, set()).add(slug(row.get("delegate", "")))
    if own := [named for named, to in handed.items() if "" in to]:
        yield f"of it: {', '.join(own)}"
    rest = {named: _either(to) for named, to in handed.items() if "" not in to}
    for delegate in dict.fromkeys(rest.values()):
        its = ", ".join(named for named, to in rest.items() if to == delegate)
        yield f"of it through {delegate}: {its}"


def _is_met_somewhere(limit: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> bool:
    """Whether some configuration does what is not done otherwise: all of it, or the same part."""
    placed = (row for row in rows if _place(row))
    return any("part" not in row or row["part"] == limit.get("part") for row in placed)


def _place(row: Mapping[str, str]) -> str:
    """The configuration in which a row holds; empty if in all."""
    return slug(row.get("configuration", row.get("byDefault", ""))).partition("#")[2]


def _either(names: Iterable[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``, in the order of the alphabet; empty for none."""
    *most, last = sorted(names) or [""]
    return f"{', '.join(most)} or {last}" if most else last
