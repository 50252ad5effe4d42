"""``check``: what does a deployment leave open, and where does that come in?"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from aruntime import names
from aruntime.check import findings, rules, suppression
from aruntime.check.findings import Places
from aruntime.check.model import Checked, Finding, numbered
from aruntime.check.policy import Policy
from aruntime.composition import Composition
from aruntime.detect.detect import detect
from aruntime.detect.model import Detected, Detection
from aruntime.detect.python_files import TRANSITIVE
from aruntime.detect.walk import File, Files
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.namespaces import slug
from aruntime.stacks import compose


def check(
    graph: Graph,
    paths: Sequence[str],
    policy: Policy | None = None,
    *,
    stdin: str | None = None,
    today: date | None = None,
    baseline: str | None = None,
    changed: Iterable[str] | None = None,
) -> Checked:
    """What a deployment leaves open.

    Args:
        paths: files and folders; ``-`` stands for *stdin*.
        policy: what it is held to; see :mod:`aruntime.check.policy`.
        today: the day on which ignores are judged; this day if absent.
        baseline: a file of findings that are known; if absent, the policy's.
        changed: files; only findings that one of them takes part in are told.

    Raises:
        UsageError: a path does not exist, or the policy names what the graph does not know.
        DataError: the baseline cannot be read.

    Example:
        >>> found = check(open_graph(), ["deploy/"], read("aruntime.toml"))
        >>> [finding.rule_id for finding in found.findings if finding.level == "error"]
        ['required-owner/rate-limiting']
    """
    held = _with_known_names(graph, policy or Policy())
    whole = detect(graph, paths, stdin)
    detected = _within(whole, held)
    rows = [row for row in detected.components if _is_member(row)]
    places = Places(rows)
    composition, mixed = _composition(graph, rows, held)
    found: list[Finding] = list(findings.of_detection(detected, rows, held))
    found += [findings.of_options(name, options, held) for name, options in mixed]
    if composition is not None:
        found += findings.of_verdicts(composition, places, held)
        found += findings.of_composition(composition, places, held)
        found += findings.of_assumptions(composition, places, held)
    if not rows:
        found += findings.of_nothing(detected, paths, held)
    found += findings.of_requirements(composition, places, held)
    found += findings.of_patterns(whole, held)
    kept, accepted = suppression.by_policy(numbered(found), held, today or date.today())
    if held.inline_ignores:
        files = [f for f in detected.files if not _is_excluded(f, held)]
        kept, more = suppression.in_files(kept, accepted, held, files, _texts(paths, stdin))
        accepted += more
    kept = numbered(kept)
    fixed: list[str] = []
    known = baseline or held.baseline
    if known is not None:
        kept, more, fixed = suppression.by_baseline(kept, known)
        accepted += more
    if changed is not None:
        differ = set(changed)
        kept = [finding for finding in kept if _takes_part(finding, differ, held)]
    accepted.sort(key=lambda a: (*a.finding.place[:3], a.finding.rule_id))
    return Checked(tuple(kept), tuple(accepted), tuple(fixed), detected, composition)


def _takes_part(finding: Finding, files: Collection[str], policy: Policy) -> bool:
    """Whether some files take part in a finding; what is about the whole deployment is of every
    file."""
    whole = finding.rule == findings.NOTHING or (
        finding.rule == "required-owner" and finding.place.file == policy.place("require").file
    )
    return whole or bool({*files} & {finding.place.file, *(r.place.file for r in finding.related)})


def _is_member(row: Detection) -> bool:
    """Whether a row is part of the stack: what is there or comes with it; not what only some other
    package requires, or what stands elsewhere."""
    return row.status == "seen" or (row.status == "implied" and row.note != TRANSITIVE)


def _within(found: Detected, policy: Policy) -> Detected:
    """What is detected, without files that the policy excludes; values files that are not in use
    are unused."""

    def other_values(file: str) -> bool:
        name = os.path.basename(file)
        return (
            policy.values is not None
            and "values" in name
            and name != "values.yaml"
            and not any(findings.matches(file, p, names=True) for p in policy.values)
        )

    rows = [row for row in found.components if not _is_excluded(row.place.file, policy)]
    rows = [
        row._replace(status="unused", note="a values file that the policy does not name")
        if other_values(row.place.file)
        else row
        for row in rows
    ]
    return found._replace(
        components=tuple(rows),
        unread=tuple(u for u in found.unread if not _is_excluded(u.file, policy)),
        unrecognised=tuple(u for u in found.unrecognised if not _is_excluded(u.place.file, policy)),
    )


def _is_excluded(file: str, policy: Policy) -> bool:
    return any(findings.matches(file, pattern) for pattern in policy.exclude)


def _composition(
    graph: Graph, rows: Sequence[Detection], policy: Policy
) -> tuple[Composition | None, list[tuple[str, list[Detection]]]]:
    """The stack of some rows, and options of one choice that are in use side by side."""
    named = (name for name, _ in (*policy.configurations, *policy.versions))
    components = list(dict.fromkeys((*(row.component for row in rows), *named)))
    if not components:
        return None, []
    versions: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (row.certainty == "partial", row.place)):
        if row.version is not None and row.status == "seen":
            versions.setdefault(row.component, row.version)
    versions.update(policy.versions)
    shown, mixed = _shown(graph, rows, policy)
    return (
        compose(
            graph,
            components,
            versions=versions,
            configurations=policy.configurations,
            presumed=shown,
            purpose=policy.purpose,
        ),
        mixed,
    )


def _shown(
    graph: Graph, rows: Sequence[Detection], policy: Policy
) -> tuple[list[tuple[str, str]], list[tuple[str, list[Detection]]]]:
    """Configurations that files show to be in use, without those of a choice that the policy makes,
    or of which several options are in use."""
    said = dict(policy.configurations)
    shown: dict[tuple[str, str], list[Detection]] = {}
    for row in rows:
        if row.status == "seen":
            for name in row.configurations:
                component, _, configuration = name.partition("#")
                shown.setdefault((component, configuration), []).append(row)
    alone: list[tuple[str, str]] = []
    mixed: list[tuple[str, list[Detection]]] = []
    for component in dict.fromkeys(component for component, _ in shown):
        choices = {
            slug(row["configuration"] or "").partition("#")[2]: row["choice"]
            for row in graph.ask(
                "configurations-of", {"component": graph.resolve("component", component)}
            ).records()
        }
        options: dict[str, list[str]] = {}
        for name, configuration in shown:
            if name == component:
                options.setdefault(choices.get(configuration) or configuration, []).append(
                    configuration
                )
        decided = {choices.get(c) for n, c in policy.configurations if n == component}
        for choice, options_in_use in options.items():
            if choice in decided or (component in said and options_in_use == [said[component]]):
                continue
            if len(options_in_use) > 1:
                at = [row for name in options_in_use for row in shown[component, name][:1]]
                wanted = {f"{component}#{name}" for name in options_in_use}
                at = [
                    r._replace(configurations=tuple(c for c in r.configurations if c in wanted))
                    for r in at
                ]
                mixed.append((component, at))
            else:
                alone.append((component, options_in_use[0]))
    return alone, mixed


def _with_known_names(graph: Graph, policy: Policy) -> Policy:
    """A policy with the names that the graph has for what it requires and fails on.

    Raises:
        UsageError: the graph does not know one; the message offers near names.
    """

    def known(name: str) -> str:
        try:
            return slug(graph.identify(name, "responsibility"))
        except UsageError as error:
            raise UsageError(error.message, path=policy.file) from None

    fail_on = policy.fail_on and tuple(_known_subject(graph, name) for name in policy.fail_on)
    return policy._replace(require=tuple(map(known, policy.require)), fail_on=fail_on)


def _known_subject(graph: Graph, name: str) -> str:
    """A rule, with the graph's name for what stands after it.

    Raises:
        UsageError: the graph does not know that.
    """
    rule, slash, subject = name.partition("/")
    kinds = rules.subjects(rule)
    if not slash or not kinds:
        return name
    if rule in rules.JOINED:  # names of several things, joined
        parts = subject.split("-")
        heads = ["-".join(parts[:n]) for n in range(1, len(parts))]
        if any(_is_known(graph, head, kinds) for head in heads):
            return name
    try:
        return f"{rule}/{slug(names.identify(graph.engine, subject, kinds))}"
    except UsageError as error:
        raise UsageError(f"fail-on {name}: {error.message}") from None


def _is_known(graph: Graph, name: str, kinds: Sequence[str]) -> bool:
    try:
        return bool(names.identify(graph.engine, name, kinds))
    except UsageError:
        return False


def _texts(paths: Sequence[str], stdin: str | None) -> Callable[[str], str | None]:
    """Texts of files by the name that they are shown under."""
    files = Files(path for path in paths if path != "-")
    by_name = {file.shown: file for file in files.files}

    def text_of(name: str) -> str | None:
        if name == "-":
            return stdin
        file: File | None = by_name.get(name)
        return files.text(file) if file is not None else None

    return text_of
