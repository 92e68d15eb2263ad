"""The program itself: its help, its version, and what happens when something goes wrong."""

from __future__ import annotations

import difflib
import errno
import os
import sys
from typing import Any

import click

from kinechain import __version__

FAULT = 70
"""Exit status of a fault in the program (EX_SOFTWARE of sysexits.h)."""
REPORT_TO = "the project's issue tracker"
TRACEBACK = "KINECHAIN_TRACEBACK"


HELP = ["-h", "--help"]


class Command(click.Command):
    """A command with a short option for its help."""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """How the help is called.

        Parameters
        ----------
        ctx
            Of the command.
        """
        return list(HELP)


class Commands(click.Group):
    """Commands in the order in which they are used, with the nearest name for a wrong one."""

    command_class = Command

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """How the help is called.

        Parameters
        ----------
        ctx
            Of the group.
        """
        return list(HELP)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which they were added.

        Parameters
        ----------
        ctx
            Of the group.
        """
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant.

        Parameters
        ----------
        ctx
            Of the group.
        args
            What was written after it.
        """
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)


class Program(Commands):
    """The outermost group: nothing below it ends in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a fault becomes one line and exit status `FAULT`.

        Parameters
        ----------
        ctx
            Of the program.
        """
        _tolerate_every_character()
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # the reader of a pipe has gone
            raise click.exceptions.Exit(_explain(error)) from error


def _explain(error: Exception) -> int:
    """Say what happened; the exit status that goes with it."""
    from kinechain.knowledge import KnowledgeError

    if isinstance(error, KnowledgeError):
        for issue in error.issues[:10]:
            click.echo(f"error: {issue.where}: {issue.message}", err=True)
        click.echo(
            "The knowledge cannot be used. Remedy: correct these files (kinechain knowledge check "
            "lists everything), or install the program again.",
            err=True,
        )
        return 1
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    click.echo(
        f"This is a fault in the program, not yours ({words}). Please report it to {REPORT_TO}, "
        f"without any person's data; {TRACEBACK}=1 shows where it happened.",
        err=True,
    )
    return FAULT


def _tolerate_every_character() -> None:
    """An output that cannot show a character shows a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower() not in ("utf-8", "utf8"):
            reconfigure(errors="replace")


@click.group(
    cls=Program,
    context_settings={"max_content_width": 100},
    epilog="Exit status: 0 all is well, 1 nothing found or the knowledge has errors, 2 wrong use "
    "or a case with errors (its valid part is still assessed), 70 a fault in the program.",
)
@click.version_option(__version__, prog_name="kinechain", message="%(prog)s %(version)s")
def main() -> None:
    """Find where musculoskeletal pain comes from along the kinetic chain.

    Supports clinicians, who see the basis of every statement and decide; it is not a diagnosis.
    Begin with: kinechain case new > case.yaml
    """
