"""Trunk, head and arms: joint centres and frames of the segments at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling.axes import UP, across, unit, upright
from kinechain.gait.scaling.legs import Frames, Pelvis, length_m, place_in, sign_of
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.tables import JointCentres, Segment, Sex

BENT_ELBOW_RAD = np.radians(15.0)


@dataclass(frozen=True, eq=False)
class Trunk:
    """Trunk and head.

    Attributes
    ----------
    torso
        Its origin is L5/S1, its y goes to C7/T1.
    head
        Its origin is C7/T1; upright, the way it is carried.
    length_m
        From L5/S1 to C7/T1.
    measured
        Whether C7/T1 follows from markers; otherwise the trunk is taken as upright.
    """

    torso: Frames
    head: Frames
    length_m: float
    measured: bool

    @property
    def neck_m(self) -> FloatArray:
        """C7/T1 in the torso, shape (3,)."""
        return np.array([0.0, self.length_m, 0.0])


@dataclass(frozen=True, eq=False)
class Arm:
    """One arm: frames of humerus and forearm, whose origins are shoulder and elbow.

    Attributes
    ----------
    shoulder_m
        The shoulder's centre in the torso, shape (3,).
    upper_arm_m, forearm_m
        Lengths between the joints' centres.
    """

    side: Side
    humerus: Frames
    ulna: Frames
    shoulder_m: FloatArray
    upper_arm_m: float
    forearm_m: float


def _front_of_neck(places: Places) -> FloatArray | None:
    """The jugular notch, or the middle of the inner ends of the clavicles."""
    pair = places.both("clavicle")
    notch = places.path("jugular_notch")
    return notch if notch is not None or pair is None else (pair[0] + pair[1]) / 2.0


def neck_path(
    places: Places, pelvis: Pelvis, centres: JointCentres, sex: Sex | None
) -> FloatArray | None:
    """The centre of C7/T1, shape (n, 3); None where no marker tells it.

    Parameters
    ----------
    places, pelvis
        The recording's.
    centres
        Place of C7/T1 between C7 and jugular notch.
    sex
        The person's.
    """
    spine, shoulders = places.path("c7"), places.both("shoulder")
    if spine is None:
        return None if shoulders is None else (shoulders[0] + shoulders[1]) / 2.0
    angle, share, depth = centres.cervical(sex)
    up = spine - pelvis.frames.points_of(pelvis.lumbar_m)
    front = _front_of_neck(places)
    if front is None:
        ahead = unit(np.cross(up, pelvis.frames.rotation[:, :, 2])) * depth
    else:
        ahead = front - spine
    reach = np.linalg.norm(ahead, axis=1, keepdims=True)
    above = unit(across(up, ahead))
    return spine + share * (np.cos(angle) * ahead + np.sin(angle) * reach * above)


def _to_right(places: Places, pelvis: Pelvis, up: FloatArray) -> FloatArray:
    """Across the trunk to the right: through pairs of markers, or across front and back."""
    for kind in ("shoulder", "clavicle"):
        pair = places.both(kind)
        if pair is not None:
            return pair[1] - pair[0]
    front = places.first(("jugular_notch", "sternum", "xiphoid"))
    back = places.first(("c7", "t10"))
    if front is not None and back is not None:
        return np.cross(front - back, up)
    return pelvis.frames.rotation[:, :, 2]


def find_trunk(
    places: Places, pelvis: Pelvis, centres: JointCentres, sex: Sex | None, usual_m: float
) -> Trunk:
    """The trunk from L5/S1 to C7/T1, and the head above.

    Parameters
    ----------
    places, pelvis
        The recording's.
    centres, sex
        For C7/T1.
    usual_m
        Its length where no marker shows it.
    """
    base = pelvis.frames.points_of(pelvis.lumbar_m)
    neck = neck_path(places, pelvis, centres, sex)
    measured = neck is not None
    length = length_m(base, neck) if neck is not None else usual_m
    if neck is None:
        neck = base + usual_m * UP
    torso = Frames(upright(neck - base, _to_right(places, pelvis, neck - base)), base)
    pair = places.both("head_front") or places.both("head_back")
    right = torso.rotation[:, :, 2] if pair is None else pair[1] - pair[0]
    head = Frames(upright(np.broadcast_to(UP, base.shape), right), neck)
    return Trunk(torso, head, length, measured)


def find_arm(
    places: Places,
    trunk: Trunk,
    side: Side,
    centres: JointCentres,
    usual: Mapping[str, Segment],
    scale: float,
) -> Arm:
    """One arm; what no marker shows hangs down and has the usual length.

    Parameters
    ----------
    places, trunk
        The recording's.
    side
        Which.
    centres
        Place of the shoulder, half width of the elbow.
    usual, scale
        Mean lengths, and the person's size over theirs.
    """
    shoulder_m = shoulder_place(places, trunk, side, centres)
    shoulder = trunk.torso.points_of(shoulder_m)
    upper_m, fore_m = (scale * usual[one].length_m for one in ("upper_arm", "forearm"))
    right = trunk.torso.rotation[:, :, 2]
    found = _elbow(places, side, shoulder, right, centres.half_width_m.elbow)
    elbow = shoulder - upper_m * UP if found is None else found
    found = None if found is None else _wrist(places, side)
    wrist = elbow + fore_m * unit(elbow - shoulder) if found is None else found
    marked = _elbow_axis(places, side)
    normal = np.cross(unit(elbow - shoulder), unit(wrist - elbow))
    if marked is not None:
        right = marked
    elif np.nanmedian(np.linalg.norm(normal, axis=1)) > np.sin(BENT_ELBOW_RAD):
        right = normal
    humerus = Frames(upright(shoulder - elbow, right), shoulder)
    ulna = Frames(upright(elbow - wrist, humerus.rotation[:, :, 2]), elbow)
    return Arm(side, humerus, ulna, shoulder_m, length_m(shoulder, elbow), length_m(elbow, wrist))


def _elbow_axis(places: Places, side: Side) -> FloatArray | None:
    """To the right, through the elbow's two markers."""
    outer, inner = (places.path(f"elbow_{one}", side) for one in ("lateral", "medial"))
    return None if outer is None or inner is None else sign_of(side) * (outer - inner)


def _elbow(
    places: Places, side: Side, shoulder: FloatArray, right: FloatArray, half_m: float
) -> FloatArray | None:
    """The elbow's centre between its markers, or off the outer one."""
    outer, inner = (places.path(f"elbow_{one}", side) for one in ("lateral", "medial"))
    if outer is None:
        return None
    if inner is not None:
        return (outer + inner) / 2.0
    return outer - sign_of(side) * half_m * unit(across(right, shoulder - outer))


def _wrist(places: Places, side: Side) -> FloatArray | None:
    """The middle of the wrist's markers."""
    paths = (places.path(f"wrist_{kind}", side) for kind in ("radial", "ulnar"))
    found = [one for one in paths if one is not None]
    return np.mean(found, axis=0) if found else None


def shoulder_place(places: Places, trunk: Trunk, side: Side, centres: JointCentres) -> FloatArray:
    """The shoulder's centre in the torso, shape (3,), m.

    Parameters
    ----------
    places, trunk
        The recording's.
    side
        Which.
    centres
        How far it lies below the acromion.
    """
    pair = places.both("shoulder")
    if pair is None:
        share = np.array(centres.shoulder.unmarked_share) * np.array([1.0, 1.0, sign_of(side)])
        return share * trunk.length_m
    top = place_in(trunk.torso, pair[SIDES.index(side)])
    return top - centres.shoulder.below_share * length_m(*pair) * UP
