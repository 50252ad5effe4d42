"""A group of commands whose modules are loaded when they are used."""

from __future__ import annotations

from typing import Any

import click

from aruntime.cli import check_command, load
from aruntime.cli.help import Group


class Subcommands(Group):
    """A group ``evidence`` whose command ``pin`` is ``command`` in ``aruntime.cli.evidence_pin``.

    Args:
        names: the commands, in the order in which help lists them.
    """

    def __init__(self, *arguments: Any, names: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names = names

    def list_commands(self, context: click.Context) -> list[str]:
        """The names."""
        return list(self.names)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in self.names:
            return None
        command = load(f"{self.name}_{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            click.UsageError: there is none; the message offers near names.
        """
        check_command(args, self.names)
        return super().resolve_command(context, args)
