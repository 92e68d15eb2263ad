"""Pelvis, legs and trunk of the synthetic walk, with their markers."""

from __future__ import annotations

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.recording import FloatArray
from kinechain.gait.synthetic.feet import FOOT_M

THIGH_M, SHANK_M = 0.43, 0.43
HIP_HALF_WIDTH_M = 0.085
HIP_BELOW_M = 0.06
UP = np.array([0.0, 1.0, 0.0])

# Places on the pelvis and trunk: forward, up, right of the middle of the pelvis, m.
PELVIS = {"LASI": (0.09, 0.02, -0.12), "RASI": (0.09, 0.02, 0.12),
          "LPSI": (-0.09, 0.02, -0.05), "RPSI": (-0.09, 0.02, 0.05)}  # fmt: skip
TRUNK = {"C7": (-0.07, 0.52, 0.0), "T10": (-0.10, 0.27, 0.0), "CLAV": (0.05, 0.44, 0.0),
         "STRN": (0.09, 0.30, 0.0), "LSHO": (-0.02, 0.47, -0.18), "RSHO": (-0.02, 0.47, 0.18),
         "LFHD": (0.08, 0.70, -0.07), "RFHD": (0.08, 0.70, 0.07)}  # fmt: skip
# Places on the foot: share of the way from heel to toe, upwards, outwards, m.
FOOT = {"HEE": (0.0, 0.0, 0.0), "TOE": (1.0, 0.0, 0.0), "MT5": (0.85, -0.01, 0.045),
        "MT1": (0.95, -0.01, -0.04), "ANK": (0.25, 0.06, 0.035),
        "MED": (0.25, 0.06, -0.035)}  # fmt: skip
ANKLE = (0.25, 0.06)


def rolled(angle: FloatArray, point: tuple[float, float, float]) -> FloatArray:
    """A point turned about the forward axis, its right side up for positive angles, (n, 3)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    _, up, right = point
    return np.column_stack(
        [np.full_like(angle, point[0]), up * cosine + right * sine, right * cosine - up * sine]
    )


def body_markers(
    centre: FloatArray,
    feet: dict[Side, tuple[FloatArray, FloatArray, FloatArray]],
    obliquity_rad: FloatArray,
    lean_rad: FloatArray,
) -> tuple[tuple[str, ...], FloatArray, dict[Side, FloatArray]]:
    """All markers and the knees' flexion.

    Parameters
    ----------
    centre
        Middle of the pelvis, shape (n, 3), m.
    feet
        Per side heel (n, 3), pitch (n,) and heading (3,).
    obliquity_rad, lean_rad
        Shape (n,): right side of the pelvis up, trunk towards the right.

    Returns
    -------
    names, positions, knees
        m names, shape (n, m, 3) in m, and per side shape (n,) in rad.
    """
    names: list[str] = []
    paths: list[FloatArray] = []
    knees: dict[Side, FloatArray] = {}
    for name, where in PELVIS.items():
        names.append(name)
        paths.append(centre + rolled(obliquity_rad, where))
    middle = centre + rolled(obliquity_rad, (0.0, 0.02, 0.0))
    for name, (ahead, up, right) in TRUNK.items():
        names.append(name)
        # leaning to the right is a turn with the right side down
        paths.append(middle + rolled(-lean_rad, (ahead, up - 0.02, right)))
    for side in SIDES:
        letter, outward = ("L", -1.0) if side == "left" else ("R", 1.0)
        heel, pitch, heading = feet[side]
        right = np.cross(heading, UP)
        forward = np.cos(pitch)[:, None] * heading + np.sin(pitch)[:, None] * UP
        upward = np.cos(pitch)[:, None] * UP - np.sin(pitch)[:, None] * heading
        for name, (share, above, out) in FOOT.items():
            names.append(letter + name)
            paths.append(heel + share * FOOT_M * forward + above * upward + outward * out * right)
        ankle = heel + ANKLE[0] * FOOT_M * forward + ANKLE[1] * upward
        place = (0.0, -HIP_BELOW_M, outward * HIP_HALF_WIDTH_M)
        hip = centre + rolled(obliquity_rad, place)
        knee, flexion = two_links(hip, ankle)
        knees[side] = flexion
        lateral = np.array([0.0, 0.0, outward])
        for name, path in (
            ("THI", hip + 0.6 * (knee - hip) + 0.08 * lateral),
            ("KNE", knee + 0.05 * lateral),
            ("KNM", knee - 0.05 * lateral),
            ("TIB", knee + 0.5 * (ankle - knee) + 0.05 * lateral),
        ):
            names.append(letter + name)
            paths.append(path)
    return tuple(names), np.stack(paths, axis=1), knees


def two_links(hip: FloatArray, ankle: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The knee before the line from hip to ankle, and its flexion.

    Parameters
    ----------
    hip, ankle
        Shape (n, 3), m.

    Returns
    -------
    knee, flexion
        Shapes (n, 3) in m and (n,) in rad.
    """
    line = ankle - hip
    length = np.linalg.norm(line, axis=1)
    longest = THIGH_M + SHANK_M
    if (length > longest - 1e-6).any():
        raise ValueError(f"the leg would have to be {length.max():.3f} m long, it is {longest:g} m")
    unit = line / length[:, None]
    forward = np.array([1.0, 0.0, 0.0]) - unit[:, :1] * unit
    forward = forward / np.linalg.norm(forward, axis=1)[:, None]
    share = (THIGH_M**2 - SHANK_M**2 + length**2) / (2 * length)
    knee = hip + share[:, None] * unit + np.sqrt(THIGH_M**2 - share**2)[:, None] * forward
    cosine = (THIGH_M**2 + SHANK_M**2 - length**2) / (2 * THIGH_M * SHANK_M)
    return knee, np.pi - np.arccos(cosine)
