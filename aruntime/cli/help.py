"""How help looks: click's own pages, with a whole sentence for each command."""

from __future__ import annotations

import click


class Group(click.Group):
    """A group whose help shows each command's first sentence in full, where click cuts it."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one row a command."""
        rows = []
        for name in self.list_commands(context):
            command = self.get_command(context, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(limit=10_000)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
