"""What the renderers for a terminal share: sections, hanging lines, sources, printing."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kinechain.report import model
from kinechain.report.labels import NO_BREAK


def printed(parts: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """Lines no longer than `width`, ending with a newline.

    Parameters
    ----------
    parts
        What to print, one below the other.
    width
        Columns.
    colour
        Whether to colour with escape sequences; true only when the output is a terminal.
    """
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for part in parts:
        console.print(part)
    lines = stream.getvalue().replace(NO_BREAK, " ").splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def section(title: str, body: list[RenderableType]) -> list[RenderableType]:
    """A heading with what stands below it."""
    return [Text(), Text(title.upper(), style="bold underline"), *body]


def hanging(head: str, body: RenderableType, indent: int = 2, style: str = "") -> RenderableType:
    """A head with the body beside it, wrapped under itself."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_row(Text(head, style=style), body)
    return Padding(table, (0, 0, 0, indent))


def none(sentence: str, indent: int = 2) -> RenderableType:
    """A sentence in place of a list."""
    return Padding(Text(sentence, style="dim"), (0, 0, 0, indent))


def refs(numbers: tuple[int, ...]) -> str:
    """Numbers of sources in brackets."""
    return f" [{', '.join(str(one) for one in numbers)}]" if numbers else ""


def source_text(source: model.SourceView) -> Text:
    """A source with its address."""
    parts = [source.title, source.detail, source.url or ""]
    return Text(". ".join(part for part in parts if part))
