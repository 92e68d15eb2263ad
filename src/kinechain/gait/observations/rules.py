"""From which deviation on a finding is offered, from `kinechain/data/gait_rules`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from kinechain.gait.errors import GaitError
from kinechain.gait.parameters.norms import NormSource
from kinechain.gait.yaml_file import read_yaml

FILE = Path(__file__).parents[2] / "data" / "gait_rules" / "findings.yaml"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When one finding is offered.

    Attributes
    ----------
    finding
        Its id in the knowledge.
    measure, symmetry_of
        The parameter, or the one whose sides are compared; one of the two.
    below_z, above_z
        In standard deviations of the norm.
    below
        In the parameter's unit, whatever the norm.
    by_side
        Whether each side is judged for itself.
    """

    finding: str
    basis: Literal["study", "judgement"]
    reason: str
    measure: str = ""
    symmetry_of: str = ""
    below_z: float | None = None
    above_z: float | None = None
    below: float | None = None
    symmetry_above_percent: float | None = None
    by_side: bool = False
    source: str = ""
    where: str = ""


class QualityLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What makes a trial too poor to conclude anything."""

    fewest_strides_a_side: int
    largest_share_missing: float
    largest_speed_change: float
    largest_event_spread_s: float
    largest_model_error_mm: float
    basis: Literal["study", "judgement"]
    reason: str


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    rules: tuple[Rule, ...]
    quality: QualityLimits
    sources: dict[str, NormSource]


@cache
def read_rules(path: Path = FILE) -> Rules:
    """Read the rules.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    GaitError
        When the file is not of the form, or a rule names no source.
    """
    try:
        rules = msgspec.convert(read_yaml(path), Rules)
    except msgspec.ValidationError as error:
        raise GaitError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None
    for one in rules.rules:
        if bool(one.measure) == bool(one.symmetry_of):
            raise GaitError(
                f"{path}, {one.finding}", "It must have 'measure' or 'symmetry_of'.", "Give one."
            )
        if one.basis == "study" and one.source not in rules.sources:
            raise GaitError(
                f"{path}, {one.finding}", f"The source {one.source!r} is unknown.", "Describe it."
            )
    return rules
