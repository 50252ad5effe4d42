"""A group of commands whose modules are loaded when they are used."""

from __future__ import annotations

import importlib
from typing import Any

import click


class Subcommands(click.Group):
    """A group ``evidence`` whose command ``pin`` is ``command`` in ``aruntime.cli.evidence_pin``.

    Args:
        names: the commands, in the order in which help lists them.
    """

    def __init__(self, *arguments: Any, names: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.names = names

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.names:
            return None
        command = importlib.import_module(f"aruntime.cli.{self.name}_{cmd_name}").command
        assert isinstance(command, click.Command)
        return command
