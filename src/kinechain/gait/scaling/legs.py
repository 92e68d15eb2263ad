"""Pelvis and legs: joint centres and frames of the segments at every moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling.axes import UP, across, inside, middle, outside, unit, upright
from kinechain.gait.scaling.places import Places, flat_frames
from kinechain.gait.scaling.tables import JointCentres

# The knee's axis can be told from the plane of thigh and shank where the knee is bent so far.
BENT_RAD = np.radians(25.0)
FEWEST_BENT = 5
CLEAR_M = 0.02  # a marker this far off a line tells how the segment is turned about it
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Frames:
    """A segment at every moment.

    Attributes
    ----------
    rotation, origin_m
        Shapes (n, 3, 3) and (n, 3), ground frame.
    """

    rotation: FloatArray
    origin_m: FloatArray

    def places_of(self, points: FloatArray) -> FloatArray:
        """Points of the ground in the segment, shape (n, 3), m.

        Parameters
        ----------
        points
            Shape (n, 3), m.
        """
        return inside(self.rotation, points - self.origin_m)

    def points_of(self, place: FloatArray) -> FloatArray:
        """The path of a place of the segment, shape (n, 3), m.

        Parameters
        ----------
        place
            Shape (3,) or (n, 3), m.
        """
        return self.origin_m + outside(self.rotation, place)


@dataclass(frozen=True, eq=False)
class Pelvis:
    """The pelvis: its frame in the middle of the front iliac spines, and joints in it, m.

    Attributes
    ----------
    frames
        x in the plane of the iliac spines.
    hip_m
        Place of each side's hip, shape (3,).
    lumbar_m
        Place of L5/S1, shape (3,).
    width_m, leg_length_m
        Distance of the front iliac spines; front spine to knee to ankle, mean of both sides.
    """

    frames: Frames
    hip_m: dict[Side, FloatArray]
    lumbar_m: FloatArray
    width_m: float
    leg_length_m: float


@dataclass(frozen=True, eq=False)
class Leg:
    """One leg: frames of femur, tibia and foot, whose origins are hip, knee and ankle.

    Attributes
    ----------
    femur, tibia, foot
        At every moment; the foot's only in `flat`.
    flat
        Numbers of the frames in which the foot lies flat.
    thigh_m, shank_m
        Medians of the distances of the joints' centres.
    knee_axis
        How the knee's axis was found, for notes; empty where it is marked on both sides.
    """

    side: Side
    femur: Frames
    tibia: Frames
    foot: Frames
    flat: np.ndarray
    thigh_m: float
    shank_m: float
    knee_axis: str


def length_m(start: FloatArray, end: FloatArray) -> float:
    """Median distance of two paths.

    Parameters
    ----------
    start, end
        Shape (n, 3), m.
    """
    return float(np.nanmedian(np.linalg.norm(end - start, axis=1)))


def known(path: FloatArray | None) -> FloatArray:
    """A path that was checked to be there.

    Parameters
    ----------
    path
        Shape (n, 3).
    """
    assert path is not None, "missing places are refused before"
    return path


def sign_of(side: Side) -> float:
    """1 for the right side, -1 for the left: the way from the midline.

    Parameters
    ----------
    side
        Which.
    """
    return 1.0 if side == "right" else -1.0


def pelvis_frames(places: Places) -> Frames:
    """The pelvis at every moment, from the middle of the front iliac spines.

    Its x lies in the plane of front and rear spines, as clinical gait models have it.

    Parameters
    ----------
    places
        With front and rear iliac spines.
    """
    left, right = (known(places.path("asis", side)) for side in SIDES)
    front = (left + right) / 2.0
    ahead = front - known(places.back_of_pelvis())
    return Frames(upright(np.cross(right - left, ahead), right - left), front)


def find_pelvis(places: Places, centres: JointCentres, lumbar: FloatArray) -> Pelvis:
    """The pelvis with the centres of both hips and of L5/S1.

    Parameters
    ----------
    places
        With front and rear iliac spines, knees and ankles.
    centres
        The hip's regression.
    lumbar
        L5/S1 over the distance of the front iliac spines, shape (3,).
    """
    left, right = (known(places.path("asis", side)) for side in SIDES)
    lengths: list[float] = []
    for side, spine in zip(SIDES, (left, right), strict=True):
        knee = known(places.first(("knee_medial", "knee_lateral", "knee_joint_centre"), side))
        ankle = known(places.first(("ankle_medial", "ankle_lateral", "ankle_joint_centre"), side))
        lengths.append(length_m(spine, knee) + length_m(knee, ankle))
    leg, width = float(np.mean(lengths)), length_m(left, right)
    hip = np.array(centres.hip.constant_m) + leg * np.array(centres.hip.per_leg_length)
    hip[0] -= centres.hip.marker_ahead_m
    hips: dict[Side, FloatArray] = {one: hip * (1.0, 1.0, sign_of(one)) for one in SIDES}
    return Pelvis(pelvis_frames(places), hips, width * lumbar, width, leg)


def _from_inside(
    places: Places, joint: str, side: Side, right: FloatArray, half_m: float
) -> FloatArray:
    """A joint's centre: between its two markers, else off the outer one."""
    outer, inner = places.path(f"{joint}_lateral", side), places.path(f"{joint}_medial", side)
    if outer is not None and inner is not None:
        return (outer + inner) / 2.0
    computed = places.path(f"{joint}_joint_centre", side)
    if computed is not None:
        return computed
    if outer is not None:
        return outer - sign_of(side) * half_m * right
    return known(inner) + sign_of(side) * half_m * right


def _marked_axis(places: Places, joint: str, side: Side) -> FloatArray | None:
    """To the right, through a joint's two markers."""
    outer, inner = places.path(f"{joint}_lateral", side), places.path(f"{joint}_medial", side)
    return None if outer is None or inner is None else unit(sign_of(side) * (outer - inner))


def _swung_axis(
    places: Places, side: Side, hip: FloatArray, centres: JointCentres
) -> FloatArray | None:
    """To the right, across the plane of thigh and shank while the knee is bent.

    It is carried from those moments to all others by a marker on the thigh.
    """
    knee = known(places.first(("knee_lateral", "knee_medial", "knee_joint_centre"), side))
    off = _off_the_line(places.each("thigh", side), knee, hip - knee)
    if off is None or len(hip) == 1:
        return None
    thigh = upright(hip - knee, off)
    right = np.broadcast_to(np.array([0.0, 0.0, 1.0]), hip.shape)
    for _ in range(ROUNDS):
        knee_centre = _from_inside(places, "knee", side, right, centres.half_width_m.knee)
        ankle = _from_inside(places, "ankle", side, right, centres.half_width_m.ankle)
        normal = np.cross(unit(ankle - knee_centre), unit(knee_centre - hip))
        bent = np.linalg.norm(normal, axis=1) > np.sin(BENT_RAD)
        bent &= ~np.isnan(thigh).any(axis=(1, 2))
        if bent.sum() < FEWEST_BENT:
            return None
        axis = unit(inside(thigh[bent], normal[bent]).sum(axis=0))
        right = outside(thigh, axis)
    return right


def _off_the_line(
    paths: tuple[FloatArray, ...], start: FloatArray, line: FloatArray
) -> FloatArray | None:
    """Across a line to the marker that tells best how the segment is turned about it."""
    best: FloatArray | None = None
    score = 0.0
    for path in paths:
        off = across(path - start, line)
        away = np.linalg.norm(off, axis=1)
        clear = float(np.nanmedian(away)) if not np.isnan(away).all() else 0.0
        worth = clear * float((~np.isnan(away)).mean()) ** 2  # one that is lost tells less
        if clear > CLEAR_M and worth > score:
            best, score = off, worth
    return best


def find_leg(places: Places, pelvis: Pelvis, side: Side, centres: JointCentres) -> Leg:
    """One leg's joint centres and frames.

    Parameters
    ----------
    places
        With knee, ankle and foot of the side.
    pelvis
        The same recording's.
    side
        Which.
    centres
        Half widths of the joints.
    """
    hip = pelvis.frames.points_of(pelvis.hip_m[side])
    right, how = _marked_axis(places, "knee", side), ""
    if right is None:
        right, how = _swung_axis(places, side, hip, centres), "the plane of thigh and shank"
    if right is None:
        right, how = pelvis.frames.rotation[:, :, 2], "the direction in which the pelvis faces"
    rough = known(places.first(("knee_lateral", "knee_medial", "knee_joint_centre"), side))
    if _marked_axis(places, "knee", side) is None:
        right = unit(across(right, hip - rough))
    knee = _from_inside(places, "knee", side, right, centres.half_width_m.knee)
    ankle = _from_inside(places, "ankle", side, right, centres.half_width_m.ankle)
    foot = places.foot(side)
    flat = flat_frames(foot)
    ahead = np.full_like(knee, np.nan)
    ahead[flat] = across(foot.toe - foot.heel, UP)[flat]
    return Leg(
        side,
        femur=Frames(upright(hip - knee, right), hip),
        tibia=Frames(upright(knee - ankle, right), knee),
        foot=Frames(upright(np.broadcast_to(UP, knee.shape), np.cross(ahead, UP)), ankle),
        flat=flat,
        thigh_m=length_m(hip, knee),
        shank_m=length_m(knee, ankle),
        knee_axis=how,
    )


def place_in(frames: Frames, path: FloatArray, where: np.ndarray | None = None) -> FloatArray:
    """The median place of a path in a segment, shape (3,), m.

    Parameters
    ----------
    frames
        The segment.
    path
        Shape (n, 3), m.
    where
        Numbers of the frames that count; all by default.
    """
    found = frames.places_of(path)
    return middle(found if where is None else found[where])
