"""Judged figures that were adjusted so that the network reproduces published tables.

``fitted.yaml`` in the folder of the knowledge says which figure was moved, from where and to
where. A figure that has been edited since is left as it was entered: what was fitted is valid
only for the value it started from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from kinechain.domain.case import Issue
from kinechain.domain.estimate import Estimate
from kinechain.knowledge.walk import estimates, labels

FILE = "fitted.yaml"


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One figure: as a person entered it, and as the fit moved it."""

    entered: float
    fitted: float


class Provenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From what and how the values were made.

    Attributes
    ----------
    knowledge, studies
        Hash of the entered figures and of the study rows.
    seed, held_out_share
        The draw of whole studies that were kept out of the fit.
    steps
        Steps of the optimiser.
    """

    knowledge: str
    studies: str
    seed: int
    held_out_share: float
    steps: int
    rows_fitted: int
    rows_held_out: int


class Fitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The content of ``fitted.yaml``."""

    provenance: Provenance
    values: dict[str, Moved] = {}


def read_fitted(folder: Path) -> Fitted | None:
    """Read the fitted values of a knowledge folder; None when it has none.

    Raises
    ------
    ValueError
        When the file is not what it should be.
    """
    path = folder / FILE
    if not path.exists():
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return msgspec.convert(yaml.load(path.read_bytes(), Loader=loader), Fitted)  # noqa: S506
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ValueError(f"{error}. Remedy: make it anew by: kinechain knowledge fit") from error


def fitted_version(version: str, folder: Path) -> str:
    """The version of entered figures together with the fitted ones."""
    text = version.encode() + b"\0" + (folder / FILE).read_bytes()
    return hashlib.sha256(text).hexdigest()[:12]


def write_fitted(fitted: Fitted, path: Path) -> None:
    """Write the fitted values, one figure a line, in the order of their addresses."""
    lines = ["# Written by: kinechain knowledge fit. Do not edit; see docs/explanation/fit.md."]
    lines.append("provenance:")
    lines += [
        f"  {name}: {getattr(fitted.provenance, name)!r}"
        for name in fitted.provenance.__struct_fields__
    ]
    lines.append("values:" if fitted.values else "values: {}")
    for address, moved in sorted(fitted.values.items()):
        values = f"entered: {_number(moved.entered)}, fitted: {_number(moved.fitted)}"
        lines.append(f"  {address}: {{{values}}}")
    partial = path.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
    partial.replace(path)


def _number(value: float) -> str:
    """All digits of a number; with a point, without which YAML takes 1e-05 for a word."""
    digits, exponent, power = repr(value).partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}{exponent}{power}"


def addresses(things: Mapping[str, Mapping[str, Any]]) -> dict[str, Estimate]:
    """Every figure of the knowledge by its address, ``folder/id.path``."""
    return {
        f"{folder}/{name}.{path}": estimate
        for folder, group in things.items()
        for name, thing in group.items()
        for path, estimate in estimates(thing)
    }


def apply(
    things: Mapping[str, Mapping[str, Any]], fitted: Fitted
) -> tuple[dict[str, dict[str, Any]], list[Issue]]:
    """The things with the fitted values in place of the entered ones.

    Returns
    -------
    things, issues
        A figure that is gone or was edited since the fit is left alone, with a warning.
    """
    wanted: dict[str, dict[str, Moved]] = {}
    for address, moved in fitted.values.items():
        thing, _, path = address.partition(".")
        wanted.setdefault(thing, {})[path] = moved
    issues: list[Issue] = []
    result = {folder: dict(group) for folder, group in things.items()}
    for address, values in wanted.items():
        folder, _, name = address.partition("/")
        thing = result.get(folder, {}).get(name)
        known = dict(estimates(thing)) if thing is not None else {}
        good = {p: m for p, m in values.items() if p in known and known[p].value == m.entered}
        stale = sorted(values.keys() - good.keys())
        if stale:
            issues.append(
                Issue(
                    level="warning",
                    where=f"{FILE}: {address}",
                    message=f"{len(stale)} figures are gone or were edited since the fit "
                    f"({', '.join(stale[:3])}{' ...' if len(stale) > 3 else ''}); they are used "
                    "as entered",
                    remedy="run: kinechain knowledge fit",
                )
            )
        if good:
            result[folder][name] = _moved(thing, good, "")
    return result, issues


def _moved(thing: Any, values: Mapping[str, Moved], path: str) -> Any:
    """The thing with its figures moved; the paths are those of `walk.estimates`."""
    if isinstance(thing, Estimate):
        moved = values.get(path)
        if moved is None:
            return thing
        return msgspec.structs.replace(thing, value=moved.fitted, entered=moved.entered)
    if isinstance(thing, msgspec.Struct):
        changed: dict[str, Any] = {}
        for name in thing.__struct_fields__:
            old = getattr(thing, name)
            new = _moved(old, values, f"{path}.{name}" if path else name)
            if new is not old:
                changed[name] = new
        return msgspec.structs.replace(thing, **changed) if changed else thing
    if isinstance(thing, tuple):
        parts: tuple[Any, ...] = thing
        new_parts = tuple(
            _moved(part, values, f"{path}[{label}]")
            for label, part in zip(labels(parts), parts, strict=True)
        )
        same = all(new is old for new, old in zip(new_parts, parts, strict=True))
        return thing if same else new_parts
    return thing
