"""YAML files of the gait laboratory, read by the C parser where it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kinechain.gait.errors import GaitError
from kinechain.gait.io.whole_file import whole_file

LARGEST_BYTES = 5_000_000
DEEPEST = 20
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read_yaml(path: Path) -> Any:
    """The contents of a YAML file.

    References to other places (``*name``), deep nesting and keys that stand twice are refused
    before anything is built: a small file could fill the memory or end the process with the
    first two, and lose a line with the third.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    GaitError
        When the file is missing, no text, no YAML, or built as above.
    """
    try:
        text = whole_file(path, LARGEST_BYTES, GaitError).decode("utf-8-sig")
        _check(path, text)
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - safe
    except GaitError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise GaitError(
            where,
            f"It cannot be read as YAML ({error.problem or error.context}).",
            "Correct the line.",
        ) from None
    except (ValueError, ArithmeticError, TypeError, yaml.YAMLError) as error:
        what = " ".join(str(error).split())[:200]
        raise GaitError(str(path), f"It cannot be read ({what}).", "Correct the file.") from None


@dataclass
class _Open:
    """A mapping or list that is not closed yet; a list has no keys."""

    keys: set[str] | None
    at_key: bool = True


def _check(path: Path, text: str) -> None:
    """Refuse what would grow, nest too deep or lose a line when it is built."""
    opened: list[_Open] = []
    for event in yaml.parse(text, Loader=_LOADER):
        where = f"{path}, line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            raise GaitError(
                where,
                "A reference to another place (*name) may not stand here.",
                "Write the value itself.",
            )
        if isinstance(event, (yaml.ScalarEvent, *_OPENS)) and opened:
            _note_key(where, opened[-1], event)
        if isinstance(event, _OPENS):
            opened.append(_Open(set() if isinstance(event, yaml.MappingStartEvent) else None))
        elif isinstance(event, _CLOSES):
            opened.pop()
        if len(opened) > DEEPEST:
            raise GaitError(
                where,
                f"The file may be nested {DEEPEST} deep at most.",
                "Check the indentation.",
            )


def _note_key(where: str, top: _Open, event: Any) -> None:
    """Remember a key; the same one twice would silently take the first one's place."""
    if top.keys is None:
        return
    if top.at_key:
        if not isinstance(event, yaml.ScalarEvent):
            raise GaitError(where, "A list or mapping may not be a key.", "Write a word.")
        if event.value in top.keys:
            raise GaitError(
                where, f"The key {event.value[:60]!r} stands twice.", "Remove one of them."
            )
        top.keys.add(event.value)
    top.at_key = not top.at_key
