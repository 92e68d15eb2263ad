"""What the checks of the knowledge share: issues, and walking through what a file holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from kinechain.domain.case import Issue
from kinechain.domain.concepts import Effect
from kinechain.domain.estimate import Estimate


def issue(where: str, message: str, remedy: str = "", level: Any = "error") -> Issue:
    """An issue about the knowledge.

    Parameters
    ----------
    where, message, remedy, level
        As in `kinechain.domain.case.Issue`.
    """
    return Issue(level=level, where=where, message=message, remedy=remedy)


def estimates(thing: Any, path: str = "") -> Iterator[tuple[str, Estimate]]:
    """Every estimate inside a thing, with the path to it."""
    if isinstance(thing, Estimate):
        yield path, thing
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from estimates(getattr(thing, name), f"{path}.{name}" if path else name)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from estimates(value, f"{path}[{key}]")
    elif isinstance(thing, list | tuple):
        for label, value in zip(labels(thing), thing, strict=True):
            yield from estimates(value, f"{path}[{label}]")


def labels(things: Sequence[Any]) -> list[str]:
    """A name for each part of a list: the effect's target, numbered where it comes again."""
    found: list[str] = []
    for place, value in enumerate(things):
        name = value.to if isinstance(value, Effect) else str(place)
        again = sum(one.partition("#")[0] == name for one in found)
        found.append(f"{name}#{again + 1}" if again else name)
    return found


def rule_leaves(rule: Any) -> Iterator[dict[str, Any]]:
    """The leaves of a red flag's rule.

    Parameters
    ----------
    rule
        The rule as it stands in the file.
    """
    if isinstance(rule, list):
        for part in rule:
            yield from rule_leaves(part)
    elif isinstance(rule, dict):
        inner = [
            rule[key]
            for key in ("all", "any", "not", "of", "at_least")
            if key in rule and isinstance(rule[key], list | dict)
        ]
        if inner:
            for part in inner:
                yield from rule_leaves(part)
        else:
            yield rule
