"""The power of all moments and forces is the change of energy, to a millionth of its peak."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.gait.kinematics.motion import opensim_motion
from kinechain.gait.kinetics.inverse import inverse_dynamics
from tests.support import doll
from tests.support.closed_form import doll_load, doll_motion, doll_state
from tests.support.energy import balance_error, opensim_state
from tests.support.real_gait import needs_recordings, real_trial

BALANCED = 1e-6


def test_every_kind_of_joint_balances() -> None:
    model = doll.doll()
    motion = doll_motion(model)
    error = balance_error(
        model, motion, lambda times: doll_state(model, times)[:2], doll_load(motion.times_s)
    )
    assert error < BALANCED


def test_a_moment_that_is_wrong_by_a_thousandth_is_noticed() -> None:
    model = doll.doll()
    motion = doll_motion(model)
    load = doll_load(motion.times_s)
    wrong = inverse_dynamics(model, motion, load).generalised * 1.001
    error = balance_error(
        model, motion, lambda times: doll_state(model, times)[:2], load, generalised=wrong
    )
    assert error > 100 * BALANCED


@needs_recordings
@pytest.mark.parametrize(("name", "theirs"), [("gait2354", 1e-6), ("rajagopal", 0.02)])
def test_a_real_walk_balances(name: str, theirs: float) -> None:
    """At the spline-coupled knee OpenSim's moments are off by 1 % of the peak power."""
    one = real_trial(name)
    times = one.forces.times_s
    motion = opensim_motion(one.markers.times_s, one.angles)
    motion = motion.between(times[0] - 1e-6, times[-1] + 1e-6)
    loads, state = one.applied(motion.times_s), opensim_state(one)
    assert balance_error(one.model, motion, state, loads) < BALANCED
    moments = one.reference_forces(inverse_dynamics(one.model, motion, loads).names)
    error = balance_error(one.model, motion, state, loads, moments)
    assert error < theirs
    assert (error > 1e-3) == (name == "rajagopal")
    assert np.isfinite(error)
