"""Published mass, inertia and joint places of body segments, from `kinechain/data/segments`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np

from kinechain.gait.errors import ModelError
from kinechain.gait.parameters.norms import NormSource
from kinechain.gait.recording import FloatArray
from kinechain.gait.yaml_file import read_yaml

FOLDER = Path(__file__).parents[2] / "data" / "segments"
Sex = Literal["female", "male"]
Three = tuple[float, float, float]
_Kind = TypeVar("_Kind", bound=msgspec.Struct)

# Counted twice in the whole body.
PAIRED = ("upper_arm", "forearm", "hand", "thigh", "shank", "foot")


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One segment: mean length, share of body mass; centre and radii of gyration over length."""

    length_m: float
    mass: float
    centre: Three
    radii: Three

    def inertia(self, mass_kg: float, length_m: float) -> FloatArray:
        """Tensor of inertia about the centre of mass in the segment's axes, (3, 3), kg m2.

        Parameters
        ----------
        mass_kg, length_m
            The person's.
        """
        return mass_kg * length_m**2 * np.diag(np.square(self.radii))


class SegmentTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of segments by sex; the shares of mass as printed."""

    name: str
    source: str
    where: str
    population: str
    female: dict[str, Segment]
    male: dict[str, Segment]
    sources: dict[str, NormSource]

    def of(self, sex: Sex | None) -> dict[str, Segment]:
        """One sex's segments with shares of mass that sum to one; the mean of both for None.

        Parameters
        ----------
        sex
            The person's.
        """
        rows = {"female": [self.female], "male": [self.male]}.get(
            sex or "", [self.female, self.male]
        )
        found = {name: _mean([one[name] for one in rows]) for name in self.female}
        whole = sum((2 if name in PAIRED else 1) * one.mass for name, one in found.items())
        return {
            name: msgspec.structs.replace(one, mass=one.mass / whole) for name, one in found.items()
        }


class Hip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Regression of the right hip's centre on leg length."""

    constant_m: Three
    per_leg_length: Three
    error_m: Three
    source: str
    marker_ahead_m: float
    marker_source: str
    note: str


class Lumbar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """L5/S1 from the middle of the front iliac spines, over their distance."""

    female: Three
    male: Three
    source: str
    note: str


class Toward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share of a line, turned up by an angle."""

    angle_deg: float
    share: float


class Cervical(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """C7/T1 from C7 and the jugular notch."""

    female: Toward
    male: Toward
    source: str
    thorax_depth_m: dict[Sex, float]
    note: str


class Shoulder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shoulder's centre from the acromia."""

    below_share: float
    source: str
    unmarked_share: Three
    unmarked_note: str


class HalfWidth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a lateral marker to the joint's centre, m."""

    knee: float
    ankle: float
    elbow: float
    reason: str


class Subtalar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The axis below the ankle, and the toes' from there, for a shank of a length."""

    place_m: Three
    toes_m: Three
    shank_m: float
    source: str


class JointCentres(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where joints lie that no marker shows."""

    hip: Hip
    l5_s1: Lumbar
    c7_t1: Cervical
    shoulder: Shoulder
    half_width_m: HalfWidth
    subtalar: Subtalar
    ankle_height_m: float
    ankle_height_reason: str
    sources: dict[str, NormSource]

    def lumbar(self, sex: Sex | None) -> FloatArray:
        """L5/S1 over the distance of the front iliac spines, shape (3,).

        Parameters
        ----------
        sex
            The person's; the mean of both for None.
        """
        return np.mean([getattr(self.l5_s1, one) for one in _sexes(sex)], axis=0)

    def cervical(self, sex: Sex | None) -> tuple[float, float, float]:
        """Angle in rad, share, and the thorax's usual depth in m.

        Parameters
        ----------
        sex
            The person's; the mean of both for None.
        """
        rows = [getattr(self.c7_t1, one) for one in _sexes(sex)]
        depth = np.mean([self.c7_t1.thorax_depth_m[one] for one in _sexes(sex)])
        angle = np.radians(np.mean([one.angle_deg for one in rows]))
        return float(angle), float(np.mean([one.share for one in rows])), float(depth)


def _sexes(sex: Sex | None) -> tuple[Sex, ...]:
    return ("female", "male") if sex is None else (sex,)


def _mean(rows: list[Segment]) -> Segment:
    def mean(values: list[Three]) -> Three:
        x, y, z = np.mean(values, axis=0)
        return float(x), float(y), float(z)

    def rooted(values: list[Three]) -> Three:
        x, y, z = np.sqrt(np.mean(np.square(values), axis=0))  # moments are averaged, not radii
        return float(x), float(y), float(z)

    return Segment(
        length_m=float(np.mean([one.length_m for one in rows])),
        mass=float(np.mean([one.mass for one in rows])),
        centre=mean([one.centre for one in rows]),
        radii=rooted([one.radii for one in rows]),
    )


def _read(path: Path, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.convert(read_yaml(path), kind)
    except msgspec.ValidationError as error:
        raise ModelError(str(path), f"It cannot be read ({error}).", "Correct the file.") from None


def read_segments(path: Path) -> SegmentTable:
    """Read a table of segments.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    ModelError
        When the file is not of the form, or the sexes differ in their segments.
    """
    table = _read(path, SegmentTable)
    if set(table.female) != set(table.male) or table.source not in table.sources:
        raise ModelError(
            str(path), "The sexes' segments differ, or the source is not described.", "Complete it."
        )
    return table


def read_joint_centres(path: Path) -> JointCentres:
    """Read the places of joints.

    Parameters
    ----------
    path
        The YAML file.

    Raises
    ------
    ModelError
        When the file is not of the form, or a source is not described.
    """
    found = _read(path, JointCentres)
    used = {found.hip.source, found.hip.marker_source, found.l5_s1.source, found.c7_t1.source,
            found.shoulder.source, found.subtalar.source}  # fmt: skip
    strange = used - set(found.sources)
    if strange:
        raise ModelError(f"{path}, 'sources'", f"{min(strange)} is not described.", "Add it.")
    return found


@cache
def segment_table() -> SegmentTable:
    """The shipped table of segments."""
    return read_segments(FOLDER / "dumas_2007.yaml")


@cache
def joint_centres() -> JointCentres:
    """The shipped places of joints."""
    return read_joint_centres(FOLDER / "joint_centres.yaml")
