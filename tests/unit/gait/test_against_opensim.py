"""The same model, markers and weights as OpenSim 4.6: the same angles, cost and moments."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kinechain.gait.kinematics.inverse import Kinematics, inverse_kinematics, marker_positions
from kinechain.gait.kinematics.motion import Motion, opensim_motion
from kinechain.gait.kinematics.smoothing import derivatives, opensim_lowpass, resampled
from kinechain.gait.kinetics.inverse import inverse_dynamics
from tests.support.real_gait import RealTrial, needs_recordings, real_trial

pytestmark = needs_recordings
TRIALS = ("gait2354", "rajagopal")
# The forearm's rotation is a flat direction of the cost, and the arm's other angles follow it.
COMPARED = {"gait2354": "", "rajagopal": "pelvis hip knee ankle lumbar"}
MEAN_DEG = {"gait2354": 0.05, "rajagopal": 0.25}


@cache
def trial(name: str) -> RealTrial:
    return real_trial(name)


@cache
def solved(name: str) -> Kinematics:
    one = trial(name)
    return inverse_kinematics(one.model, one.markers, one.setup.weights, one.tasks)


@pytest.mark.parametrize("name", TRIALS)
def test_angles_agree(name: str) -> None:
    one, found = trial(name), solved(name)
    assert found.converged.all()
    wanted = tuple(COMPARED[name].split())
    chosen = [
        k
        for k, coordinate in enumerate(one.model.coordinates)
        if coordinate.motion == "rotational" and (not wanted or coordinate.name.startswith(wanted))
    ]
    away = np.degrees(found.values - one.angles)[:, chosen]
    rms = np.sqrt((away**2).mean(axis=0))
    assert rms.mean() < MEAN_DEG[name]
    assert rms.max() < 0.25


@pytest.mark.parametrize("name", TRIALS)
def test_the_marker_cost_is_never_above_opensims(name: str) -> None:
    one, found = trial(name), solved(name)
    columns = [one.model.markers.index(marker) for marker in found.markers]
    seen = one.markers.positions_m[:, [one.markers.names.index(marker) for marker in found.markers]]
    weight = np.array([one.setup.weights[marker] for marker in found.markers])
    theirs = ((seen - marker_positions(one.model, one.angles)[:, columns]) ** 2).sum(axis=2)
    ours = found.error_m**2
    assert (np.nansum(ours * weight, axis=1) <= np.nansum(theirs * weight, axis=1)).all()


def motion_of(one: RealTrial, angles: np.ndarray) -> Motion:
    motion = opensim_motion(one.markers.times_s, angles, 6.0)
    reference = one.forces.times_s
    cut = motion.between(reference[0] - 1e-6, reference[-1] + 1e-6)
    np.testing.assert_allclose(cut.times_s, reference, atol=1e-9)
    return cut


def moment_errors(one: RealTrial, angles: np.ndarray) -> np.ndarray:
    motion = motion_of(one, angles)
    found = inverse_dynamics(one.model, motion, one.applied(motion.times_s))
    return np.sqrt(((found.generalised - one.reference_forces(found.names)) ** 2).mean(axis=0))


def test_moments_from_equal_angles_are_equal() -> None:
    assert moment_errors(trial("gait2354"), trial("gait2354").angles).max() < 1e-6


def test_moments_away_from_the_spline_knee_are_equal() -> None:
    """The spline-coupled knee moves what hangs below the pelvis; the rest does not feel it."""
    one = trial("rajagopal")
    errors = moment_errors(one, one.angles)
    away = ("lumbar", "arm", "elbow", "pro_sup", "wrist", "mtp", "subtalar")
    names = [coordinate.name for coordinate in one.model.coordinates]
    assert max(e for e, n in zip(errors, names, strict=True) if n.startswith(away)) < 0.01
    assert errors.max() < 0.5


@pytest.mark.parametrize("name", TRIALS)
def test_moments_end_to_end(name: str) -> None:
    assert moment_errors(trial(name), solved(name).values).max() < 1.5


def test_at_the_spline_knee_the_balance_of_energy_is_on_our_side() -> None:
    """Where the moments differ, the change of energy along OpenSim's own splines decides."""
    one = trial("rajagopal")
    motion = motion_of(one, one.angles)
    times, smooth = opensim_lowpass(one.markers.times_s, one.angles, 6.0)
    loads = one.applied(motion.times_s)
    found = inverse_dynamics(one.model, motion, loads)

    def energy(shift_s: float) -> np.ndarray:
        at = motion.times_s + shift_s
        values = resampled(times, smooth, at)
        speed = resampled(times, derivatives(times, smooth)[0], at)
        moved = Motion(at, values, speed, np.zeros(values.shape))
        balance = inverse_dynamics(one.model, moved).energy
        return balance.kinetic_J + balance.potential_J

    change = (energy(2e-4) - energy(-2e-4)) / 4e-4
    theirs = (one.reference_forces(found.names) * motion.speed).sum(axis=1)
    outside = found.energy.external_power_W
    our_error = np.abs(found.energy.joint_power_W + outside - change).max()
    their_error = np.abs(theirs + outside - change).max()
    assert our_error < 0.2 * their_error
