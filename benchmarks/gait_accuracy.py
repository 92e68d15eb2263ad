"""Agreement with OpenSim's results, and who is right where energy can tell."""

from __future__ import annotations

import numpy as np

from kinechain.gait.kinematics.inverse import inverse_kinematics, marker_positions
from kinechain.gait.kinematics.motion import Motion, opensim_motion
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.service.bench_results import Row, row
from tests.support import doll
from tests.support.closed_form import doll_load, doll_motion, doll_state
from tests.support.energy import balance_error, opensim_state
from tests.support.real_gait import RealTrial

MEAN_DEG = {"gait2354": 0.05, "rajagopal": 0.25}
COMPARED = {"gait2354": "", "rajagopal": "pelvis hip knee ankle lumbar"}
BALANCED = 1e-6
AWAY = ("lumbar", "arm", "elbow", "pro_sup", "wrist", "mtp", "subtalar")
"""Coordinates of the Rajagopal model that its spline-coupled knees do not move."""


def agreement(name: str, one: RealTrial) -> list[Row]:
    """Angles, marker cost and moments of one walk against OpenSim 4.6.

    Parameters
    ----------
    name, one
        The walk.
    """
    found = inverse_kinematics(one.model, one.markers, one.setup.weights, one.tasks)
    wanted = tuple(COMPARED[name].split())
    chosen = [
        k for k, c in enumerate(one.model.coordinates)
        if c.motion == "rotational" and (not wanted or c.name.startswith(wanted))
    ]  # fmt: skip
    rms = np.degrees(np.sqrt(((found.values - one.angles)[:, chosen] ** 2).mean(axis=0)))
    columns = [one.model.markers.index(marker) for marker in found.markers]
    seen = [one.markers.names.index(marker) for marker in found.markers]
    away = one.markers.positions_m[:, seen]
    away = away - marker_positions(one.model, one.angles)[:, columns]
    weight = np.array([one.setup.weights[marker] for marker in found.markers])
    ratio = np.nansum(weight * found.error_m**2, 1) / np.nansum(weight * (away**2).sum(2), 1)
    equal, whole = (_moment_errors(one, angles) for angles in (one.angles, found.values))
    names = [c.name for c in one.model.coordinates]
    free = [k for k, c in enumerate(names) if name == "gait2354" or c.startswith(AWAY)]
    return [
        row(f"{name}: angles against OpenSim, mean RMS", float(rms.mean()), "deg",
            at_most=MEAN_DEG[name]),
        row(f"{name}: angles, worst RMS", float(rms.max()), "deg"),
        row(f"{name}: marker cost over OpenSim's, worst frame", float(ratio.max()), "",
            at_most=1.0),
        row(f"{name}: moments from equal angles, no spline coupling, worst RMS",
            float(equal[free].max()), "Nm or N", at_most=0.01),
        row(f"{name}: moments from equal angles, all, worst RMS", float(equal.max()), "Nm or N"),
        row(f"{name}: moments end to end, worst RMS", float(whole.max()), "Nm or N", at_most=1.5),
        *_balance(name, one),
    ]  # fmt: skip


def _motion(one: RealTrial, angles: np.ndarray) -> Motion:
    times = one.forces.times_s
    return opensim_motion(one.markers.times_s, angles).between(times[0] - 1e-6, times[-1] + 1e-6)


def _moment_errors(one: RealTrial, angles: np.ndarray) -> np.ndarray:
    motion = _motion(one, angles)
    found = inverse_dynamics(one.model, motion, one.applied(motion.times_s))
    return np.sqrt(((found.generalised - one.reference_forces(found.names)) ** 2).mean(axis=0))


def _balance(name: str, one: RealTrial) -> list[Row]:
    """The same motion, along OpenSim's own splines, with our moments and with OpenSim's."""
    motion, state = _motion(one, one.angles), opensim_state(one)
    loads = one.applied(motion.times_s)
    theirs = one.reference_forces(inverse_dynamics(one.model, motion, loads).names)
    return [
        row(f"{name}: energy balance, share of peak power",
            balance_error(one.model, motion, state, loads), "", at_most=BALANCED),
        row(f"{name}: the same with OpenSim's moments",
            balance_error(one.model, motion, state, loads, theirs), ""),
    ]  # fmt: skip


def closed_form() -> list[Row]:
    """A model with every kind of joint in a motion that is known exactly."""
    model = doll.doll()
    motion = doll_motion(model, 301)
    error = balance_error(
        model, motion, lambda times: doll_state(model, times)[:2], doll_load(motion.times_s)
    )
    return [row("every kind of joint: energy balance, share of peak power", error, "",
                at_most=BALANCED)]  # fmt: skip
