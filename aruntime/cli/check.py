"""``aruntime check``."""

from __future__ import annotations

from pathlib import Path

import click

from aruntime import atomic
from aruntime.check import changes, suppression
from aruntime.check.check import check
from aruntime.check.policy import Policy, known_rule, read
from aruntime.cli.options import graph_options, say, screen, show
from aruntime.cli.stdin import text_of_stdin
from aruntime.errors import UsageError
from aruntime.graph import Graph
from aruntime.render.reports import forms, text
from aruntime.settings import beside

_FORMS = click.Choice(forms.FORMS)


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(),
    help="The policy; if absent, aruntime.toml beside the deployment or in a folder above.",
)
@click.option("--fail-on", metavar="RULE,...", help="Rules whose findings are errors; all, none.")
@click.option("--baseline", type=click.Path(), help="A file of findings that are known.")
@click.option(
    "--write-baseline", type=click.Path(), help="Write what is found as a baseline, and fail not."
)
@click.option(
    "--changed-since", metavar="REV", help="Only findings in files that differ from a git revision."
)
@click.option("--no-inline-ignores", is_flag=True, help="Comments in files accept nothing.")
@click.option("--show-suppressed", is_flag=True, help="Also tell what is accepted, and why.")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with 3 if something could not be read, with 1 if nothing is recognised.",
)
@click.option(
    "--format", "form", type=_FORMS, default="text", show_default=True, help="Form of the output."
)
@click.option(
    "--also", multiple=True, metavar="FORM=FILE", help="Write another form to a file; repeatable."
)
@graph_options
def command(
    graph: Graph,
    paths: tuple[str, ...],
    policy_file: str | None,
    fail_on: str | None,
    baseline: str | None,
    write_baseline: str | None,
    changed_since: str | None,
    no_inline_ignores: bool,
    show_suppressed: bool,
    strict: bool,
    form: str,
    also: tuple[str, ...],
) -> int:
    """What does a deployment leave open, and on which lines does it come in?

    Detects the components, composes them, and holds the result to aruntime.toml: rules that fail,
    responsibilities that must have an owner, and what is accepted with a reason. Exit code 1 if a
    finding is an error, 3 if --strict and something could not be read, the same in every format.

    Example: aruntime check deploy/ --fail-on gap,contended
    """
    files = forms.outputs(also)
    policy = _policy(paths, policy_file, fail_on, no_inline_ignores)
    policy = policy._replace(strict=policy.strict or strict)
    forms.keep_apart(files, [*paths, policy.file, baseline or policy.baseline, write_baseline])
    changed = None if changed_since is None else _changed(changed_since, paths, policy.file)
    found = check(
        graph, paths, policy, stdin=text_of_stdin(paths), baseline=baseline, changed=changed
    )
    forms.keep_apart(files, found.detected.files)
    if write_baseline is not None:
        keep = suppression.read_baseline(write_baseline) if Path(write_baseline).exists() else {}
        suppression.write_baseline(write_baseline, found.findings, keep)
    for other, file in files:
        atomic.write(
            file, forms.written(graph, found, other, show_suppressed=show_suppressed).encode()
        )
    show(forms.written(graph, found, form, screen(), show_suppressed))
    say(text.summary(found))
    if policy.strict and found.detected.unread:
        return 3
    return int(found.fails and write_baseline is None)


def _changed(revision: str, paths: tuple[str, ...], policy: str | None) -> set[str] | None:
    """Files that differ from a revision; ``None``, which stands for all, where the policy does."""
    found = changes.since(revision, [path for path in paths if path != "-"]) | {"-"}
    if policy is None:
        return found
    try:
        return None if changes.since(revision, [policy]) else found
    except UsageError:  # it stands in no repository, so nothing says that it is the same
        return None


def _policy(
    paths: tuple[str, ...], file: str | None, fail_on: str | None, no_inline: bool
) -> Policy:
    """The policy that holds: its file, and what options say against it."""
    found = file or beside([path for path in paths if path != "-"])
    policy = read(found) if found else Policy()
    if fail_on is not None:
        policy = policy._replace(fail_on=forms.rules_of(fail_on, known_rule))
    return policy._replace(inline_ignores=policy.inline_ignores and not no_inline)
