"""The command line: one module a command, each a thin caller of one documented function.

Commands load only what they need; errors become one message and an exit code; data goes to standard output and
messages to standard error.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

import click

from aruntime.errors import AruntimeError

COMMANDS: Final = {
    "compose": "Who owns what when these components run together?",
    "ask": "Put a named question, or list the questions.",
    "show": "Everything about one thing.",
    "list": "Things of a kind.",
    "compare": "Where two components agree, differ, or are unknown.",
    "select": "Candidates that meet needs, with evidence.",
    "why": "Why a statement stands in the graph.",
    "search": "Find things and claims by their words.",
    "query": "Put a SPARQL query of your own.",
    "validate": "Check files against every rule.",
    "evidence": "Pin, verify and compare cited lines.",
    "new": "Start a file for a runtime, claim or source.",
    "fmt": "Write Turtle files in their canonical form.",
    "export": "The whole graph in a standard format.",
    "build": "Compile the store now.",
    "stats": "What the graph holds, in numbers.",
    "doctor": "Check the installation and the cache.",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"aruntime.cli.{name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no command is called {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="aruntime", message="%(package)s %(version)s")
def group() -> None:
    """Who owns what in a stack of AI runtimes, in which unit of work, for which version, and says which source?

    Example: aruntime compose kserve vllm
    """


def main(arguments: list[str] | None = None) -> int:
    """Run one command line, this process's own if none is given, with help as people see it, and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or {"-h", "--help"} & set(given):
        from rich_click.patch import patch

        patch()
    return run(given)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error becomes one message on standard error."""
    try:
        code = group.main(arguments, prog_name="aruntime", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except AruntimeError as error:
        click.echo(f"aruntime: {error}", err=True)
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
