"""From what is detected and what the stack comes to, to findings at lines."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from aruntime.check import rules
from aruntime.check.model import Cited, Finding, Related
from aruntime.check.policy import Policy
from aruntime.composition import OWNED, Claim, Composition, Row, shown
from aruntime.detect.model import STATUSES, Detected, Detection, Place
from aruntime.detect.walk import shown as shown_path
from aruntime.versions import compare

_LOCKS: Final = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "package-lock.json")
NOTHING: Final = "nothing-recognised"
"""The rule that speaks of a whole deployment."""
_MAX_RELATED: Final = 20


class Places:
    """Where the components of a deployment stand.

    Args:
        rows: rows of components that are part of the stack.
    """

    def __init__(self, rows: Sequence[Detection]) -> None:
        self.rows = rows
        self.first: dict[str, Detection] = {}
        for row in sorted(rows, key=lambda r: (STATUSES.index(r.status), _is_lock(r), r.place)):
            self.first.setdefault(row.component, row)

    def of(self, components: Iterable[str]) -> list[Detection]:
        """The row that brings each component in, as far as it is there."""
        return [self.first[name] for name in dict.fromkeys(components) if name in self.first]


def _is_lock(row: Detection) -> bool:
    """Whether a row stands in a lock, which says versions of what something else brings in."""
    return os.path.basename(row.place.file) in _LOCKS


def level(rule: str, subject: str, policy: Policy) -> str:
    """How much a finding of a rule matters under a policy: ``error``, ``warning`` or ``note``."""
    usual = rules.level(rule)
    if rule == NOTHING and policy.strict:
        return "error"
    if policy.fail_on is None:
        return usual
    if {rule, f"{rule}/{subject}"} & {*policy.fail_on}:
        return "error"
    return "warning" if usual == "error" else usual


def of_verdicts(found: Composition, places: Places, policy: Policy) -> Iterator[Finding]:
    """Findings of verdicts on which somebody must act; rows of one cause are one finding."""
    groups: dict[tuple[str, str], list[Row]] = {}
    acting = rules.verdicts()
    for row in found.rows:
        if row.verdict in acting and shown(row):
            groups.setdefault((row.verdict, _cause(row)), []).append(row)
    versions = _versions(found)
    for (verdict, cause), rows in groups.items():
        claims = [c for row in rows for c in _speaking(row)]
        components = tuple(dict.fromkeys(c.component for c in claims))
        at = places.of(components) or list(places.rows[:1])
        if not at:
            continue
        names = tuple(row.responsibility for row in rows)
        said = "off unless it is turned on" if _features(rows) else rules.words(verdict)
        text = f"{', '.join(names)}: {said}"
        if len(rows) == 1 and claims:
            text += f". {_telling(rows[0]).statement}"
        yield _finding(
            verdict, cause, policy, text, _remedy(rows), at, components, names,
            tuple(_cited(c, versions.get(c.component)) for c in claims[:8]),
        )  # fmt: skip


def of_requirements(found: Composition | None, places: Places, policy: Policy) -> Iterator[Finding]:
    """Findings of responsibilities that the policy requires and nobody owns."""
    rows = {row.responsibility: row for row in found.rows} if found else {}
    versions = _versions(found) if found else {}
    for name in policy.require:
        row = rows.get(name)
        if row is not None and row.verdict in OWNED:
            continue
        components = tuple(dict.fromkeys(c.component for c in row.claims)) if row else ()
        at = places.of(components) or list(places.rows[:1])
        said = rules.words(row.verdict) if row else "nothing speaks of it"
        where = f"{policy.file} requires an owner" if policy.file else "an owner is required"
        claims = tuple(_cited(c, versions.get(c.component)) for c in row.claims[:8]) if row else ()
        text, remedy = f"{name}: {where}; {said}", _remedy([row]) if row else ""
        details = (row.verdict if row else "",)
        if at:
            yield _finding(
                "required-owner", name, policy, text, remedy, at, components, (name,), claims,
                details,
            )  # fmt: skip
        else:
            yield Finding(
                "required-owner", name, level("required-owner", name, policy),
                text, remedy, policy.place("require"), "", components, (name,), (), claims, details,
            )  # fmt: skip


def _versions(found: Composition) -> dict[str, str | None]:
    """The version of each component that the files or the policy say; ``None`` where they do not."""
    return {m.name: m.version if m.given else None for m in found.components}


def of_assumptions(found: Composition, places: Places, policy: Policy) -> Iterator[Finding]:
    """Findings of verdicts that rest on what is assumed and no evidence shows."""
    versions = _versions(found)
    for row in found.rows:
        claims = [c for c in row.claims if c.claim in row.assumed]
        at = places.of(c.component for c in claims) or list(places.rows[:1])
        if at and claims and (shown(row) or row.responsibility in policy.require):
            word = found.words[row.verdict][0]
            names = " and ".join(row.assumed)
            text = f"{row.responsibility}: {word}, as {names} assumes; no evidence shows it"
            yield _finding(
                "assumed-claim", row.responsibility, policy, text,
                "pin the lines that say it with aruntime evidence pin", at,
                tuple(dict.fromkeys(c.component for c in claims)), (row.responsibility,),
                tuple(_cited(c, versions.get(c.component)) for c in claims), row.assumed,
            )  # fmt: skip


def of_composition(found: Composition, places: Places, policy: Policy) -> Iterator[Finding]:
    """Findings of versions and lifecycles."""
    claims: dict[str, int] = {}
    read: set[str] = set()
    for row in found.rows:
        for claim in row.claims:
            if not claim.verified and claim.status == "promoted":
                claims[claim.component] = claims.get(claim.component, 0) + 1
    for member in found.components:
        at = places.of([member.name])
        known = member.given and any(compare(v, member.version or "") == 0 for v in member.read)
        if known:
            read.add(member.name)
        if member.given and not known and claims.get(member.name) and at:
            text = (
                f"{member.name}: {claims[member.name]} claims were read in {', '.join(member.read)}, "
                f"you run {member.version}; they are not verified for it"
            )
            yield _finding(
                "unverified-version", member.name, policy, text, "", at, (member.name,),
                details=(member.version or "",),
            )  # fmt: skip
    for seam in found.seams:
        at = places.of([seam.subject, seam.object])
        if seam.verdict == "impossible" and at and seam.subject in read:
            low, high = seam.versions
            bounds = (
                f"{low} to {high}"
                if low and high
                else f"{low} or later"
                if low
                else f"{high} at most"
            )
            text = f"{seam.subject} works with {seam.object} {bounds}, and {seam.in_use} is in use"
            names = (seam.subject, seam.object)
            yield _finding(
                "impossible-versions", "-".join(names), policy, text, "", at, names,
                details=(seam.in_use or "",),
            )  # fmt: skip
    for entry in found.lifecycle:
        name, at = entry.component, places.of([entry.component])
        if entry.lifecycle == "archived" and at:
            text = f"{name} is archived, as of {entry.as_of}"
            yield _finding("archived", name, policy, text, "", at, (name,))


def of_detection(found: Detected, rows: Sequence[Detection], policy: Policy) -> Iterator[Finding]:
    """Findings of what stands in the files, whatever the graph says."""
    told: set[Place] = set()
    for row in rows:
        untagged = row.key.startswith("image ") and not row.written
        if (
            row.status == "seen"
            and row.place not in told
            and (untagged or row.certainty == "moving-tag")
        ):
            told.add(row.place)
            why = f"the tag {row.written} moves" if row.written else "the image has no tag"
            text = f"{row.component}: {why}; which version runs is not said"
            yield _finding(
                "moving-tag", row.component, policy, text, "name a version", [row],
                details=(row.key, row.written),
            )  # fmt: skip
    yield from _lock_conflicts(rows, policy)
    yield from _several(rows, policy)
    for unread in found.unread:
        place, name = Place(unread.file, unread.line or 1, 1, 2), os.path.basename(unread.file)
        yield Finding(
            "not-read", name, level("not-read", name, policy),
            f"not read: {unread.reason}", "", place,
            details=(re.sub(r"\d+", "0", unread.reason),),
        )  # fmt: skip
    for unknown in found.unrecognised:
        text = f"no key recognises the {unknown.kind} {unknown.name}; what it owns is not known"
        yield Finding(
            "not-recognised", unknown.name, level("not-recognised", unknown.name, policy), text, "",
            unknown.place,
        )  # fmt: skip


def of_nothing(found: Detected, paths: Sequence[str], policy: Policy) -> Iterator[Finding]:
    """The finding that nothing of a deployment is recognised, so that nothing is judged."""
    if found.files:
        where = "1 file" if len(found.files) == 1 else f"{len(found.files)} files"
    else:
        where = "no file of a form that is read"
    text = f"no component is recognised in {where}; no responsibility was judged"
    remedy = "name the files of the deployment, or look at exclude in aruntime.toml, or add keys of your own by --data"
    place = Place(next(iter((*found.files, *map(shown_path, paths)))), 1, 1, 2)
    yield Finding(NOTHING, "", level(NOTHING, "", policy), text, remedy, place)


def of_patterns(found: Detected, policy: Policy) -> Iterator[Finding]:
    """Findings of patterns in the policy that match no file."""
    read = {*found.files, *(row.place.file for row in found.components)}
    read |= {unread.file for unread in found.unread}
    for key, patterns in (("exclude", policy.exclude), ("values", policy.values or ())):
        for pattern in patterns:
            if not any(matches(file, pattern, names=key == "values") for file in read):
                text = f"{key}: {pattern!r} matches no file that is read; correct or remove it"
                yield Finding(
                    "pattern-unmatched", key, level("pattern-unmatched", key, policy), text, "",
                    policy.place(key), details=(pattern,),
                )  # fmt: skip


def matches(file: str, pattern: str, *, names: bool = False) -> bool:
    """Whether a pattern of the policy speaks of a file.

    Args:
        names: whether the bare name of the file is enough.
    """
    return fnmatch.fnmatchcase(file, pattern) or (names and os.path.basename(file) == pattern)


def of_options(component: str, options: Sequence[Detection], policy: Policy) -> Finding:
    """The finding that options of one choice are in use side by side."""
    names = sorted({c.partition("#")[2] for row in options for c in row.configurations})
    text = f"{component}: {' and '.join(names)} exclude each other, and all of them are in use"
    return _finding(
        "mixed-options", f"{component}-{'-'.join(names)}", policy, text,
        "check each part with its own policy", list(options), (component,),
    )  # fmt: skip


def _lock_conflicts(rows: Sequence[Detection], policy: Policy) -> Iterator[Finding]:
    """Requirements that exclude what the lock beside them pins."""
    locked = [r for r in rows if _is_lock(r)]
    for asked in rows:
        if asked in locked or not asked.key.startswith("package pkg:pypi/") or "[" in asked.key:
            continue
        for pinned in locked:
            same = os.path.dirname(pinned.place.file) == os.path.dirname(asked.place.file)
            if same and pinned.key == asked.key and not _allows(asked.written, pinned.written):
                name = asked.key.rpartition("/")[2]
                text = f"{name}: {pinned.place.file} pins {pinned.written}, which {asked.written} excludes"
                yield _finding(
                    "lock-conflict", name, policy, text, "lock again", [asked, pinned],
                    (asked.component,), details=(asked.written, pinned.written),
                )  # fmt: skip


def _allows(specifier: str, version: str) -> bool:
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def _several(rows: Sequence[Detection], policy: Policy) -> Iterator[Finding]:
    """Components in several versions, and objects whose number of replicas several others set; an
    object is one, whatever number of files speak of it."""
    versions: dict[str, dict[str, Detection]] = {}
    scalers: dict[tuple[str, str, str], dict[str, Detection]] = {}
    for row in (row for row in rows if row.status == "seen"):
        if row.version is not None and row.certainty != "partial":
            versions.setdefault(row.component, {}).setdefault(row.version, row)
        for target in row.scales:
            scalers.setdefault(target, {}).setdefault(row.object, row)
    told = {("several-versions", name, *found): found for name, found in versions.items()}
    told |= {("several-scalers", n, space, *by): by for (_, space, n), by in scalers.items()}
    for (rule, name, *_), found in told.items():
        if len(found) > 1:
            text, remedy = (
                f"{name} is in use in {len(found)} versions: {', '.join(sorted(found))}",
                "",
            )
            if rule == "several-scalers":
                text = f"{name}: {' and '.join(sorted(found))} each set its number of replicas"
                remedy = "keep one"
            at = list(found.values())
            components = tuple(dict.fromkeys(row.component for row in at))
            yield _finding(rule, name, policy, text, remedy, at, components, details=tuple(found))


def _finding(
    rule: str,
    subject: str,
    policy: Policy,
    message: str,
    remedy: str,
    at: Sequence[Detection],
    components: tuple[str, ...] = (),
    responsibilities: tuple[str, ...] = (),
    claims: tuple[Cited, ...] = (),
    details: tuple[str, ...] = (),
) -> Finding:
    """A finding at the first of some rows, with the others beside it."""
    first = at[0]
    others = {r.place: Related(r.place, _role(r)) for r in at[1:] if r.place != first.place}
    return Finding(
        rule, subject, level(rule, subject, policy), message, remedy, first.place, first.object,
        components or (first.component,), responsibilities,
        tuple(list(others.values())[:_MAX_RELATED]), claims, details, first.namespace,
    )  # fmt: skip


def _role(row: Detection) -> str:
    version = f" {row.version}" if row.version else ""
    return f"{row.component}{version} ({row.status}, {row.key})"


def _cause(row: Row) -> str:
    """What rows of one verdict can have in common: the choice or the absent component."""
    if row.verdict == "choice" and row.options:
        return "-".join(
            sorted({f"{o.component}-{o.choice or o.configuration}" for o in row.options})
        )
    if row.verdict == "open-delegation" and row.missing:
        return "-".join(sorted(row.missing))
    return row.responsibility


def _features(rows: Sequence[Row]) -> bool:
    """Whether nothing but features that can be turned on would change the rows of one cause."""
    options = [option for row in rows for option in row.options]
    return bool(options) and not any(option.choice for option in options)


def _remedy(rows: Sequence[Row]) -> str:
    """What would close the rows of one cause."""
    missing = tuple(dict.fromkeys(name for row in rows for name in row.missing))
    if missing:
        return f"add {' or '.join(missing)}"
    options = [o for row in rows for o in row.options]
    if options:
        chosen = dict.fromkeys(f"{o.component}={o.configuration}" for o in options)
        where = "in the files or as in = [...] in aruntime.toml"
        if _features(rows):
            return f"turn on {' or '.join(chosen)} {where}, or leave it off"
        one_of = "one of " if len(chosen) > 1 else ""
        return f"choose {one_of}{', '.join(chosen)}, {where}"
    left = [c for row in rows for c in row.conditions if c.startswith("left: ")]
    return "; ".join(dict.fromkeys(left))


def _speaking(row: Row) -> list[Claim]:
    """The claims that decide a row, those that hold first."""
    holding = [c for c in row.claims if c.state == "holds"]
    return holding or list(row.claims)


def _telling(row: Row) -> Claim:
    """The claim that says most about a row: where something can be chosen, one of what changes."""
    waiting = [c for c in row.claims if c.state != "holds"] if row.verdict == "choice" else []
    return min(waiting, key=lambda c: c.role != "owner") if waiting else _speaking(row)[0]


def _cited(claim: Claim, version: str | None) -> Cited:
    return Cited(
        claim.claim, claim.statement, claim.release, version, claim.verified and version is not None,
        claim.locator, claim.status,
    )  # fmt: skip
