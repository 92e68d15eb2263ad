"""The person's size: lengths of the table's segments, and where its origins lie."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling.axes import UP
from kinechain.gait.scaling.holds import LETTER, Figure, Hold
from kinechain.gait.scaling.legs import Leg, place_in
from kinechain.gait.scaling.places import Places
from kinechain.gait.scaling.tables import Segment


def size_of(
    legs: Mapping[Side, Leg], rows: Mapping[str, Segment], ankle_m: float, height_m: float | None
) -> tuple[float, float]:
    """The person's size over that of the table's people, for what is not marked; the height.

    Parameters
    ----------
    legs
        With their lengths.
    rows
        Mean lengths of the table's people.
    ankle_m
        Their height of the ankle.
    height_m
        The person's; None takes it from the legs.
    """
    leg = float(np.mean([one.thigh_m + one.shank_m for one in legs.values()]))
    usual = rows["thigh"].length_m + rows["shank"].length_m
    above = sum(rows[one].length_m for one in ("head", "torso", "pelvis"))
    if height_m is None:
        return leg / usual, leg / usual * (usual + above + ankle_m)
    return (height_m - leg - ankle_m * leg / usual) / above, height_m


def forefoot(places: Places, leg: Leg) -> FloatArray | None:
    """The middle of the heads of the metatarsal bones from the ankle, in the foot's axes.

    Parameters
    ----------
    places
        The recording's.
    leg
        Of the side.

    Returns
    -------
    FloatArray or None
        Shape (3,), m; None where not both sides of the forefoot are marked.
    """
    inner, outer = (places.path(f"metatarsal_{one}", leg.side) for one in (1, 5))
    if inner is None or outer is None:
        return None
    return place_in(leg.foot, (inner + outer) / 2.0, leg.flat)


def lengths_of(figure: Figure, rows: Mapping[str, Segment], scale: float) -> dict[str, float]:
    """The lengths of the table's segments in the person, by body, m.

    Parameters
    ----------
    figure
        The person.
    rows
        Mean lengths of the table's people.
    scale
        The person's size over theirs.
    """
    pelvis = figure.pelvis
    hips = np.mean([pelvis.hip_m[side] for side in SIDES], axis=0)
    found = {
        "pelvis": float(np.linalg.norm(hips - pelvis.lumbar_m)),
        "torso": figure.trunk.length_m,
        "head": scale * rows["head"].length_m,
    }
    for side in SIDES:
        letter, leg, arm, toes = LETTER[side], figure.legs[side], figure.arms[side], figure.toes_m
        seen = toes[side]
        foot = scale * rows["foot"].length_m if seen is None else float(np.linalg.norm(seen))
        found |= {
            f"femur{letter}": leg.thigh_m,
            f"tibia{letter}": leg.shank_m,
            f"calcn{letter}": foot,
            f"humerus{letter}": arm.upper_arm_m,
            f"ulna{letter}": arm.forearm_m,
            f"hand{letter}": scale * rows["hand"].length_m,
        }
    return found


def origins_of(figure: Figure, held: Mapping[str, Hold]) -> dict[str, FloatArray]:
    """Where the table's origins lie in the bodies that begin elsewhere, by body, m.

    Parameters
    ----------
    figure
        The person.
    held
        For the foot.
    """
    found = {"pelvis": figure.pelvis.lumbar_m, "torso": figure.trunk.length_m * UP}
    for side in SIDES:
        below = held[f"subtalar{LETTER[side]}"]
        found[f"calcn{LETTER[side]}"] = -(below.child.T @ below.place_m)
    return found
