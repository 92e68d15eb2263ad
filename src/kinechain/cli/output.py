"""How the commands write: width, colour, wrapped lines, tables, issues, refusals."""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kinechain.domain.case import Issue

PLAIN_WIDTH = 80
WIDEST, NARROWEST = 110, 50


class Refusal(click.ClickException):
    """Something the user can put right: one line, and exit status 2."""

    exit_code = 2


def colour() -> bool:
    """Whether the output is a terminal that wants colour (https://no-color.org)."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def width() -> int:
    """Columns to write in."""
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    return min(max(columns, NARROWEST), WIDEST)


def show(text: str, *, newline: bool = True) -> None:
    """Write to the output, with styles only where they are wanted.

    Parameters
    ----------
    text
        What to write; it may hold styles of click.
    newline
        Whether a line end is added.
    """
    click.echo(text, nl=newline, color=colour())


def title(text: str) -> None:
    """Write a heading after an empty line.

    Parameters
    ----------
    text
        The heading.
    """
    show("\n" + click.style(text.upper(), bold=True))


def wrapped(text: str, indent: int = 0, hanging: int = 2) -> str:
    """Text in lines that fit, the second and further ones indented more.

    Parameters
    ----------
    text
        Any text; its line ends are taken for blanks.
    indent, hanging
        Blanks before the first line, and how many more before the others.
    """
    return textwrap.fill(
        " ".join(text.split()),
        width(),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows in columns.

    Parameters
    ----------
    heads
        What stands above the columns.
    rows
        The cells; those of the first column are never divided.
    right
        Columns that are set to the right, from 0.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="none")
    for place, head in enumerate(heads):
        justify = "right" if place in right else "left"
        made.add_column(head, justify=justify, overflow="fold", no_wrap=place == 0)
    for row in rows:
        made.add_row(*row)
    stream = io.StringIO()
    columns = width() if sys.stdout.isatty() else WIDEST
    Console(file=stream, width=columns, no_color=True, highlight=False, markup=False,
            emoji=False).print(made)  # fmt: skip
    return "\n".join(line.rstrip() for line in stream.getvalue().rstrip("\n").splitlines())


def show_issues(issues: Iterable[Issue], *, err: bool = True) -> None:
    """Write issues, each with its place and remedy.

    Parameters
    ----------
    issues
        In the order in which they are written.
    err
        Whether to the error output.
    """
    from kinechain.report.labels import clean

    for issue in issues:
        where = f"{clean(issue.where)}: " if issue.where else ""
        remedy = f" Remedy: {clean(issue.remedy)}." if issue.remedy else ""
        click.echo(f"{issue.level}: {where}{clean(issue.message)}{remedy}", err=err)


def new_file(path: str | None) -> Path | None:
    """The file to write, when it looks as if it can be written.

    Parameters
    ----------
    path
        What the user named.

    Raises
    ------
    Refusal
        When it is a folder, or lies in none.
    """
    if path is None:
        return None
    target = Path(path)
    if target.is_dir():
        raise Refusal(f"{path} is a folder. Name a file in it.")
    if not target.parent.is_dir():
        raise Refusal(f"The folder {target.parent} does not exist. Make it first (mkdir -p).")
    return target


def write(path: Path, text: str) -> None:
    """Write a file.

    Parameters
    ----------
    path, text
        The file and its contents.

    Raises
    ------
    Refusal
        When it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}.") from error
