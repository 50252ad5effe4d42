"""Writes docs/commands.md from the commands themselves."""

from __future__ import annotations

import click

from aruntime.cli import COMMANDS, group


def reference() -> str:
    """Markdown of every command with its options."""
    parts = [
        "# Commands\n\nMade from the commands' own help by `python -m tests.command_reference > docs/commands.md`; a test keeps it current."
    ]
    context = click.Context(group, info_name="aruntime", help_option_names=["-h", "--help"])
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        parts.append(_section(command, context, name))
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            for sub_name in command.list_commands(inner):
                sub = command.get_command(inner, sub_name)
                assert sub is not None
                parts.append(_section(sub, inner, sub_name))
    return "\n\n".join(parts) + "\n"


def _section(command: click.Command, parent: click.Context, name: str) -> str:
    context = click.Context(
        command, info_name=name, parent=parent, max_content_width=100, terminal_width=100
    )
    return f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"


if __name__ == "__main__":
    print(reference(), end="")
