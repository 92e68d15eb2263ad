"""The table of all parameters, and the key figures at the head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kinechain.gait.observations.deviations import Beside
from kinechain.gait.parameters.model import DEFINITIONS
from kinechain.gait.parameters.norms import Norm
from kinechain.gait.parameters.symmetry import FEWEST_FOR_VARIABILITY, Symmetry
from kinechain.report.gait.catalogue import LIMIT_SD, TILES, group_of, order_of
from kinechain.report.gait.model import Cell, NormNote, ParameterRow, RowGroup, Tile
from kinechain.report.gait.words import (
    label_of,
    norm_words,
    number,
    owner,
    population_words,
    signed,
    spread_words,
    unit_of,
    unit_words,
)
from kinechain.report.labels import NO_BREAK

Refs = Callable[[Iterable[str]], tuple[int, ...]]
NO_RATIO = ("deg",)
"""Units of which the zero is a convention, so that a share of the mean says nothing."""


def parameter_groups(
    beside: Sequence[Beside], symmetry: Sequence[Symmetry], refs: Refs, *, judged: bool = True
) -> tuple[tuple[RowGroup, ...], tuple[NormNote, ...]]:
    """Every parameter, left and right in one row, and whose the norms are.

    Parameters
    ----------
    beside
        Every parameter with its norm.
    symmetry
        Of both sides.
    refs
        Gives sources their numbers.
    judged
        Whether z-scores are told; not for a recording from which nothing is concluded.
    """
    index = {one.name: one.index_percent for one in symmetry}
    names = sorted(dict.fromkeys(one.measure.name for one in beside), key=order_of)
    groups: dict[str, list[ParameterRow]] = {}
    notes: dict[tuple[str, str], NormNote] = {}
    for name in names:
        members = [one for one in beside if one.measure.name == name]
        norm = next((one.norm for one in members if one.norm is not None), None)
        letter = ""
        if norm is not None:
            people = population_words(norm)
            note = NormNote(
                letter=_letter(len(notes)),
                population=people,
                refs=refs([norm_source(norm.source)]),
            )
            letter = notes.setdefault((people, norm.source), note).letter
        row = _row(name, members, index.get(name), norm, letter, judged=judged)
        groups.setdefault(group_of(name), []).append(row)
    table = (RowGroup(title=title, rows=tuple(rows)) for title, rows in groups.items())
    return tuple(table), tuple(notes.values())


def _letter(number: int) -> str:
    """a, b, ... z, aa, ab and so on."""
    first, last = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


def _row(
    name: str,
    members: Sequence[Beside],
    asymmetry: float | None,
    norm: Norm | None,
    letter: str,
    *,
    judged: bool,
) -> ParameterRow:
    unit = unit_of(name)
    known = DEFINITIONS.get(name)
    lopsided = asymmetry is not None and asymmetry == asymmetry  # not NaN
    return ParameterRow(
        name=name,
        label=label_of(name),
        unit=unit_words(unit),
        definition=known.text if known else "",
        cells=tuple(_cell(one, unit, judged=judged) for one in members),
        norm=norm_words(norm, unit, named=False),
        letter=letter,
        asymmetry=f"{signed(asymmetry)}{NO_BREAK}%" if lopsided and asymmetry else "",
        larger=("right" if asymmetry > 0 else "left") if lopsided and asymmetry else "",
    )


def norm_source(source: str) -> str:
    """The key of a norm's source among all sources of the report.

    Parameters
    ----------
    source
        Its id in the norm's file.
    """
    return f"norm {source}"


def _cell(one: Beside, unit: str, *, judged: bool) -> Cell:
    measure = one.measure
    count = len(measure.values)
    spread = f" ({spread_words(measure.sd, unit)})" if count > 1 else ""
    told = count >= FEWEST_FOR_VARIABILITY and unit not in NO_RATIO
    share = 100.0 * measure.coefficient_of_variation if told else float("nan")
    return Cell(
        side=owner(measure.side),
        value=f"{number(measure.mean, unit)}{spread}",
        number=count,
        z=one.z if judged else None,
        outside=judged and one.z is not None and abs(one.z) > LIMIT_SD,
        variation=f"{share:.1f}{NO_BREAK}%" if share == share else "",  # not NaN
    )


def tiles(beside: Sequence[Beside], *, judged: bool = True) -> tuple[Tile, ...]:
    """The key figures at the head.

    Parameters
    ----------
    beside
        Every parameter with its norm.
    judged
        Whether z-scores are told.
    """
    found: list[Tile] = []
    for name in TILES:
        members = {one.measure.side: one for one in beside if one.measure.name == name}
        if not members:
            continue
        unit = unit_of(name)
        sides = [side for side in ("both", "left", "right") if side in members]
        values = " / ".join(number(members[side].measure.mean, unit) for side in sides)
        scores = [z for one in members.values() if (z := one.z) is not None]
        norm = next((one.norm for one in members.values() if one.norm is not None), None)
        whose = "" if sides == ["both"] else f", {' / '.join(sides)}"
        words = "%" if unit.startswith("%") else unit_words(unit)
        worst = max(scores, key=abs) if scores and judged else None
        found.append(
            Tile(
                label=f"{label_of(name)}{whose}",
                value=values,
                unit=words,
                norm=norm_words(norm, unit, named=False),
                z=worst,
                outside=worst is not None and abs(worst) > LIMIT_SD,
            )
        )
    return tuple(found)
