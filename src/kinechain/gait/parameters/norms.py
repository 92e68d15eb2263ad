"""Published norms of gait parameters, from `kinechain/data/gait_norms`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from kinechain.gait.errors import GaitError
from kinechain.gait.yaml_file import read_yaml

FOLDER = Path(__file__).parents[2] / "data" / "gait_norms"


class NormSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A publication or data set that was opened."""

    title: str
    journal_or_body: str
    year: int
    url: str
    type: str
    doi: str = ""


class Norm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One figure of people without disease.

    Attributes
    ----------
    population, age_from_years, age_to_years, sex, speed
        Whom and what it holds for; no age means adults of any age, no sex both.
    mean, sd, low, high
        In the file's unit; `interval` says what low and high are.
    documented
        Whether the source says who the people were.
    """

    population: str
    source: str
    where: str
    documented: bool
    speed: str = "comfortable"
    age_from_years: float | None = None
    age_to_years: float | None = None
    sex: Literal["female", "male"] | None = None
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    n: int | None = None
    note: str = ""

    def z(self, value: float) -> float | None:
        """Distance from the mean in standard deviations; None where the norm has none."""
        if self.mean is None or not self.sd:
            return None
        return (value - self.mean) / self.sd


class NormTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All norms of one measure; one file."""

    measure: str
    unit: str
    norms: tuple[Norm, ...]
    sources: dict[str, NormSource]


def read_norm_table(path: Path) -> NormTable:
    """Read one file of norms.

    Parameters
    ----------
    path
        The YAML file; its name is the measure.

    Raises
    ------
    GaitError
        When the file is not of the form, or a figure names no source.
    """
    try:
        table = msgspec.convert(read_yaml(path), NormTable)
    except msgspec.ValidationError as error:
        raise GaitError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None
    if table.measure != path.stem:
        raise GaitError(
            f"{path}, 'measure'", f"It must be {path.stem!r}. Got {table.measure!r}.", "Rename it."
        )
    for one in table.norms:
        if one.source not in table.sources:
            raise GaitError(
                f"{path}, 'sources'", f"The source {one.source!r} is not described.", "Add it."
            )
    return table


@cache
def norm_tables() -> dict[str, NormTable]:
    """The shipped norms by measure."""
    return {path.stem: read_norm_table(path) for path in sorted(FOLDER.glob("*.yaml"))}


def find_norm(
    measure: str,
    age_years: float | None = None,
    sex: str | None = None,
    speed: str = "comfortable",
    *,
    with_sd: bool = False,
) -> tuple[Norm, NormSource] | None:
    """The norm that fits a person best.

    One whose people are described before one whose are not, one with a standard deviation
    before one without, the person's sex before both, a narrow band of age before a wide one.
    Norms of children are for children and none other.

    Parameters
    ----------
    measure
        The file's name.
    age_years, sex
        The person's; None where not known.
    speed
        How the person walked.
    with_sd
        Only norms that have a standard deviation.
    """
    table = norm_tables().get(measure)
    if table is None:
        return None
    fitting = [
        one
        for one in table.norms
        if one.speed == speed
        and (one.sex is None or one.sex == sex)
        and _fits_age(one, age_years)
        and (one.sd is not None or not with_sd)
        and one.mean is not None
    ]
    if not fitting:
        return None
    best = min(
        fitting,
        key=lambda one: (
            not one.documented,
            one.sd is None,
            one.sex is None,
            (one.age_to_years or 120) - (one.age_from_years or 0),
        ),
    )
    return best, table.sources[best.source]


def _fits_age(norm: Norm, age_years: float | None) -> bool:
    if norm.age_from_years is None or norm.age_to_years is None:
        return age_years is None or age_years >= 18
    if age_years is None:
        return False
    return norm.age_from_years <= age_years < norm.age_to_years
