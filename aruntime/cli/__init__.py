"""The command line: one module a command, each a thin caller of one documented function.

A command's module is imported when the command is used; help comes from :data:`GROUPS`. Data goes
to standard output and messages to standard error. Every error becomes one message and an exit code
(:mod:`aruntime.errors`), also those that nobody foresaw.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import click

from aruntime.errors import AruntimeError, UsageError
from aruntime.render.safe import safe

GROUPS: Final = {
    "Architect": {
        "compose": "Who owns what when these components run together?",
        "select": "Which components meet needs, and which claims say so?",
        "detect": "Which components does a deployment hold?",
        "check": "What does a deployment leave open, and on which lines?",
        "compare": "Where do two components differ or agree?",
        "ask": "Ask a named question, or list the questions.",
        "why": "Why does the graph say this, and on which lines does it rest?",
        "show": "Everything about one thing.",
        "search": "Find things and claims by words.",
        "list": "List the things of a kind.",
    },
    "Data": {
        "query": "Run a SPARQL query.",
        "export": "Write the whole graph in a standard format.",
        "serve": "Serve the graph over HTTP, read-only.",
        "site": "Write the graph as a static site.",
        "publish": "Write the site and all files to load in one folder.",
        "stats": "Count what the graph holds.",
    },
    "Curator": {
        "new": "Start a runtime, source, agent or overlay, or add a claim.",
        "evidence": "Cite lines of sources, and check them.",
        "fmt": "Write Turtle files in their canonical form.",
        "rules": "What check looks for, and why.",
        "validate": "Check files against every rule.",
    },
    "Machine": {
        "build": "Compile the store now.",
        "doctor": "Check the installation, or an endpoint.",
        "mcp": "Answer agents over the Model Context Protocol.",
    },
}
"""Every command with what it does in one line, by who needs it."""

COMMANDS: Final = {name: text for group in GROUPS.values() for name, text in group.items()}


_EXTRAS: Final = {"agents": "mcp", "serving": "serve", "sites": "site"}
"""Modules of the command line that need more than is always installed, and the extra that has it."""


def load(name: str) -> ModuleType:
    """A module of the command line, imported when it is used first: a command, or what few need.

    Nothing else of the command line imports by name. Commands get here what is seldom needed:
    ``build`` to compile a store that is missing, ``endpoint`` to ask a server, ``serving`` to be
    one, ``agents`` to answer them, ``sites`` to write one.

    Raises:
        UsageError: the extra that it needs is not installed.
    """
    try:
        return import_module(f"aruntime.cli.{name}")
    except ModuleNotFoundError as error:
        if name not in _EXTRAS or str(error.name).startswith("aruntime"):
            raise
        remedy = f"pip install 'aruntime[{_EXTRAS[name]}]'"
        raise UsageError(f"{error.name} is not installed; {remedy}") from None


class Lazy(click.Group):
    """A group whose commands are imported when they are used.

    Args:
        names: the commands, in the order in which help lists them; ``pin`` of the group
            ``evidence`` is ``command`` in ``aruntime.cli.evidence_pin``.
    """

    def __init__(self, *arguments: Any, names: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names = tuple(names)

    def list_commands(self, context: click.Context) -> list[str]:
        """The names."""
        return [*self.names]  # "list" is a command here, once its module is imported

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in self.names:
            return None
        command = load(self.module_of(name)).command
        assert isinstance(command, click.Command)
        return command

    def module_of(self, name: str) -> str:
        """The module of a command."""
        return f"{self.name}_{name}"

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a row a command with its first sentence in full, where click cuts it."""
        commands = ((name, self.get_command(context, name)) for name in self.names)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, found.get_short_help_str(10_000)) for name, found in commands if found]
            )

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            click.UsageError: there is none; the message offers near names.
        """
        if args and args[0] not in self.names and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.names, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no command is called {args[0]!r}{hint}")
        return super().resolve_command(context, args)


class _Program(Lazy):
    """All commands; their help needs none of them."""

    def module_of(self, name: str) -> str:
        """See :meth:`Lazy.module_of`."""
        return name

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by who needs them."""
        widest = max(map(len, COMMANDS))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), text) for name, text in commands.items()])


@click.group(
    cls=_Program,
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="aruntime", message="%(package)s %(version)s")
def group() -> None:
    """Who owns what in a stack of AI runtimes: in which unit of work, at which layer, for which
    version, and which primary source says so?

    Example: aruntime compose kserve vllm
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command line, this process's own if none is given, and return its exit code; an
    error becomes one message."""
    try:
        if sys.stdout is None:  # closed by the caller: a file opened later would take its place
            raise AruntimeError("standard output is closed: there is nowhere to write to")
        _escape_unwritable()
        code = group.main(arguments, prog_name="aruntime", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BaseException as error:
        return _report(error)


def _report(error: BaseException) -> int:
    """Say on standard error what went wrong, and return the exit code that tells it."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return 130
    if isinstance(error, BrokenPipeError):  # the reader has seen enough
        _discard_output()
        return 0
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _say(error.format_message())
        return 2
    if isinstance(error, click.ClickException):
        _say(_with_usage(error))
        return 2
    if isinstance(error, AruntimeError):
        _say(f"aruntime: {error}")
        return error.exit_code
    if isinstance(error, OSError):
        _discard_output()
        where = f"{os.fsdecode(error.filename)}: " if error.filename is not None else ""
        _say(f"aruntime: {where}{error.strerror or error}")
        return 3
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 3
    if isinstance(error, MemoryError):
        _say("aruntime: there is not enough memory for this")
        return 3
    if os.environ.get("ARUNTIME_DEBUG"):
        import traceback

        _say("".join(traceback.format_exception(error)).rstrip())
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    _say(f"aruntime: unexpected error, please report it: {what} (ARUNTIME_DEBUG=1 shows where)")
    return 3


def _with_usage(error: click.ClickException) -> str:
    """What click says of a mistake, with the usage of the command and where its help is."""
    context = getattr(error, "ctx", None)
    what = error.format_message().rstrip(".")
    if context is None:
        return f"aruntime: {what}"
    message = f"aruntime: {what}; see {context.command_path} --help"
    return f"{context.get_usage()}\n{message}"


def _say(message: str) -> None:
    """Write a message to standard error, safe to show; where nobody listens, nothing happens."""
    try:
        click.echo(safe(message), err=True)
    except OSError:
        pass


def _escape_unwritable() -> None:
    """Write characters that the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and stream.errors == "strict":
            reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Send what is still to be written to nowhere, so that the end of the process says nothing."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass
