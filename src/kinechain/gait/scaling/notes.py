"""What was assumed in scaling the model, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kinechain.gait.events.model import SIDES
from kinechain.gait.scaling.holds import Figure
from kinechain.gait.scaling.legs import place_in
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.skeleton import Skeleton

if TYPE_CHECKING:
    from kinechain.gait.kinematics.inverse import Kinematics

# Judgement: farther than skin moves over bone in walking, where the marker is not displaced.
ELSEWHERE_M = 0.025
NAMED = 4
ASSUMED_SIDES = {"_r": " (right)", "_l": " (left)"}


def knee_notes(figure: Figure) -> tuple[str, ...]:
    """What is uncertain where a knee is marked on one side only.

    Parameters
    ----------
    figure
        The person.
    """
    ways = {side: leg.knee_axis for side, leg in figure.legs.items() if leg.knee_axis}
    return tuple(
        f"The {' and the '.join(side for side, one in ways.items() if one == way)} knee is marked "
        f"on one side only: its axis comes from {way}, its centre from the usual width. Rotation "
        "of the hip and moments across the leg are less certain."
        for way in dict.fromkeys(ways.values())
    )


def hip_note(places: Places, figure: Figure) -> str:
    """How far the recording's own hip centres lie from those used; empty where it has none.

    Parameters
    ----------
    places
        The recording from which the legs were scaled.
    figure
        The person.
    """
    pelvis = figure.pelvis
    away = [
        float(np.linalg.norm(place_in(pelvis.frames, path) - pelvis.hip_m[side]))
        for side in SIDES
        for path in places.each("hip_joint_centre", side)
        if not np.isnan(path + pelvis.frames.origin_m).any(axis=1).all()
    ]
    if not away:
        return ""
    return (
        f"The recording's own hip centres lie {1000 * min(away):.0f} to {1000 * max(away):.0f} mm "
        "from those used, which come from a regression on leg length. A centimetre in depth "
        "shifts hip flexion moments by about 0.1 Nm/kg."
    )


def locked_note(skeleton: Skeleton, locked: Sequence[str]) -> str:
    """Which coordinates are held still; empty where none are.

    Parameters
    ----------
    skeleton
        With their names for people.
    locked
        Their names.
    """
    labels = {turn.coordinate: turn.label for joint in skeleton.joints for turn in joint.rotations}
    sides: dict[str, list[str]] = {}
    for name in locked:
        stem, side = (name[:-2], name[-1]) if name[-2:] in ASSUMED_SIDES else (name, "")
        sides.setdefault(labels.get(stem, stem), []).append(side)
    words = [
        one + (ASSUMED_SIDES[f"_{own[0]}"] if len(own) == 1 and own[0] else "")
        for one, own in sides.items()
    ]
    return f"Held still, because the markers do not tell them: {', '.join(words)}." if words else ""


def unplaced_note(places: Places, skeleton: Skeleton) -> str:
    """Which markers are not used because nobody said where they sit; empty where all are known.

    Parameters
    ----------
    places
        The recording's.
    skeleton
        Which places move with a body.
    """
    known = places.names.anatomical
    names = [
        one
        for one in places.markers.names
        if known.get(one, "").partition(".")[0] not in skeleton.markers
        and not known.get(one, "").partition(".")[0].endswith("joint_centre")
    ]
    return f"Not used, because their place is not known: {', '.join(names)}." if names else ""


def elsewhere_note(angles: Kinematics) -> str:
    """Which markers the model misses so far that they must sit elsewhere; empty where none.

    Parameters
    ----------
    angles
        The walk, solved with a model that was scaled from somebody standing.
    """
    seen = ~np.isnan(angles.error_m).all(axis=0)
    names = np.array(angles.markers)[seen]
    away = np.sqrt(np.nanmean(angles.error_m[:, seen] ** 2, axis=0))
    worst = [f"{names[one]} ({1000 * away[one]:.0f} mm)"
             for one in np.argsort(-away, kind="stable") if away[one] > ELSEWHERE_M]  # fmt: skip
    if not worst:
        return ""
    others = len(worst) - NAMED
    named = ", ".join(worst[:NAMED]) + (f" and {others} others" if others > 0 else "")
    return (
        f"These markers sit elsewhere in the walk than in the standing trial: {named}. Angles and "
        "moments near them are less certain; compare them without the standing trial."
    )
