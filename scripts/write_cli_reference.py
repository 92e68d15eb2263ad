"""Writes docs/reference/cli.md from the help of the commands, so that the two cannot differ."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from kinechain.cli import main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
HEAD = """\
# The commands

What each command's `--help` says. Made by `make reference`; do not edit this page.
"""
WIDTH = 88


def commands(
    command: click.Command, name: str, above: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """Full name and help of a command and of all commands below it.

    Parameters
    ----------
    command, name
        The command and how it is called.
    above
        The context of the command it belongs to.

    Yields
    ------
    tuple of str
        The full name, `kinechain case new` for example, and the text of its help.
    """
    context = click.Context(
        command, info_name=name, parent=above, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from commands(found, below, context)


def render() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, text in commands(main, "kinechain"):
        parts.append(f"## {name}\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written\n")
