"""Somebody who stands, with known joints, and changes to recordings that leave the person alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kinechain.gait.marker_names import MarkerMap, recognise
from kinechain.gait.recording import Markers

# Forward, up, outward from the middle between the feet, m. The right leg; the left one has the
# same places outward, but its foot points further out and its knee is bent more.
PELVIS = {"ASI": (0.06, 0.98, 0.125), "PSI": (-0.14, 1.01, 0.045)}
LEG = {
    "THI": (0.02, 0.72, 0.16), "KNE": (0.005, 0.50, 0.145), "KNM": (0.0, 0.495, 0.025),
    "TIB": (0.01, 0.30, 0.14), "ANK": (-0.045, 0.085, 0.125), "MED": (-0.035, 0.09, 0.04),
    "HEE": (-0.10, 0.035, 0.08), "TOE": (0.13, 0.045, 0.10), "MT1": (0.11, 0.035, 0.06),
    "MT5": (0.07, 0.03, 0.135),
}  # fmt: skip
TRUNK = {"C7": (-0.10, 1.48, 0.0), "CLAV": (0.02, 1.40, 0.0), "STRN": (0.09, 1.24, 0.0),
         "T10": (-0.13, 1.22, 0.0)}  # fmt: skip
UPPER = {"SHO": (-0.03, 1.44, 0.17), "UPA": (-0.05, 1.30, 0.25), "ELB": (-0.06, 1.12, 0.265),
         "WRA": (0.10, 0.95, 0.235), "WRB": (0.07, 0.93, 0.285), "FHD": (0.07, 1.66, 0.07),
         "BHD": (-0.08, 1.66, 0.07)}  # fmt: skip
KNEE_OFF_M = {"L": 0.02, "R": 0.0}
TOE_OUT_RAD = {"L": 0.3, "R": 0.1}


def standing(left_out: tuple[str, ...] = (), seconds: float = 1.5) -> tuple[Markers, MarkerMap]:
    """A standing trial with Plug-in Gait names and a sway of a millimetre."""
    places: dict[str, np.ndarray] = {name: np.array(place) for name, place in TRUNK.items()}
    for letter, sign in (("L", -1.0), ("R", 1.0)):
        for name, place in {**PELVIS, **LEG, **UPPER}.items():
            places[letter + name] = np.array(place) * (1.0, 1.0, sign)
        for name in ("KNE", "KNM"):
            places[letter + name][0] += KNEE_OFF_M[letter]
        for name in ("HEE", "TOE", "MT1", "MT5"):
            places[letter + name] = turned(
                places[letter + name], places[letter + "ANK"], -sign * TOE_OUT_RAD[letter]
            )
    names = tuple(name for name in places if name not in left_out)
    times = np.arange(round(100 * seconds)) / 100.0
    sway = 0.001 * np.sin(2 * np.pi * times)[:, None, None] * np.array([1.0, 0.0, 0.5])
    positions = np.array([places[name] for name in names])[None] + sway
    return Markers(names, times, positions, 100.0), recognise(names)


def turned(points: np.ndarray, about: np.ndarray, angle_rad: float) -> np.ndarray:
    """Points turned about the vertical through a place."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])
    return (points - about) @ matrix.T + about


def mirrored(markers: Markers) -> Markers:
    """The recording of the same person seen in a mirror: left and right exchanged."""
    swap = {"L": "R", "R": "L"}
    paired = {name for name in markers.names if name[0] in swap
              and swap[name[0]] + name[1:] in markers.names}  # fmt: skip
    names = tuple(swap[name[0]] + name[1:] if name in paired else name for name in markers.names)
    return replace(markers, names=names, positions_m=markers.positions_m * (1.0, 1.0, -1.0))


def shuffled(markers: Markers, seed: int = 7) -> Markers:
    """The markers in another order."""
    order = np.random.default_rng(seed).permutation(len(markers.names))
    names = tuple(markers.names[one] for one in order)
    return replace(markers, names=names, positions_m=markers.positions_m[:, order])
