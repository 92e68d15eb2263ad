"""Ground forces from the motion: the synthetic walk, which foot stands when, and `solve`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Contact, Events, GaitEvent, Side
from kinechain.gait.io.read import forces_at
from kinechain.gait.kinetics.ground import find_supports, plates_on_feet, unmeasured_feet
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.loads.joints import load_series
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import ForceRecord, PlateForces
from kinechain.gait.solution import Solved, solve
from tests.support.gait import measured, walk, with_events, without_forces
from tests.support.stick import stick

TIMES = np.arange(0.0, 4.0, 0.01)


@cache
def trial() -> TrialMeasures:
    return measured(without_forces(with_events(walk())))


@cache
def solved() -> Solved:
    return solve(stick("positive"), trial())


def event(side: Side, kind: str, time: float, spread: float = 0.0) -> GaitEvent:
    assert kind in ("contact", "off")
    return GaitEvent(kind, side, time, "marker", spread)  # type: ignore[arg-type]


def test_a_walk_without_plates_is_estimated_and_says_how_well() -> None:
    found = solved()
    assert found.ground == "estimated"
    assert found.estimate is not None
    assert found.kinetics is not None
    first = found.notes[0]
    assert "estimated from the motion, not measured" in first
    assert "knee adduction 0.11" in first
    assert not any("No forces were recorded" in note for note in found.notes)


def test_both_feet_bear_the_whole_body_in_every_frame() -> None:
    found = solved()
    assert found.estimate is not None
    whole = inverse_dynamics(found.model, found.motion)
    known = found.estimate.known["left"] & found.estimate.known["right"]
    assert known.mean() > 0.9
    about, rest = whole.joint_centre_m[:, 0], found.estimate.remainder
    force = sum(one.force_N for one in found.applied) + rest.force_N
    moment = rest.moment_Nm + sum(
        np.cross(one.point_m - about, one.force_N) + one.moment_Nm for one in found.applied
    )
    np.testing.assert_allclose(force[known], whole.joint_force_N[known, 0], atol=1e-8)
    np.testing.assert_allclose(moment[known], whole.joint_moment_Nm[known, 0], atol=1e-8)
    np.testing.assert_allclose(rest.force_N[known, 1], 0.0, atol=1e-8)
    for side, one in zip(SIDES, found.applied, strict=True):
        assert (one.force_N[:, 1] >= 0.0).all()
        assert (one.force_N[~found.estimate.estimated[side]] == 0.0).all()


def test_load_is_borne_in_stance_and_passes_over_within_it() -> None:
    """The synthetic walk's true events; 100 frames a second, double supports of 0.13 s."""
    found = solved()
    assert found.estimate is not None
    weight = found.model.mass_kg * 9.80665
    times = found.motion.times_s
    for side, one in zip(SIDES, found.applied, strict=True):
        known = found.estimate.known[side]
        both = known[1:] & known[:-1]
        # its centre of mass does not go as a person's, which makes the load pass over fast
        assert np.abs(np.diff(one.force_N[:, 1]))[both].max() < 0.4 * weight
        stood = np.zeros(len(times), bool)
        for step in walk().steps:
            if step.side == side:
                stood |= (times >= step.contact_s) & (times <= step.off_s)
        assert (one.force_N[~stood & known, 1] < 0.02 * weight).all()


def test_moments_of_a_leg_are_told_only_where_its_force_is() -> None:
    found = solved()
    assert found.estimate is not None
    assert found.kinetics is not None
    for one in load_series(found, trial()):
        if one.name == "knee_flexion_moment":
            assert one.side != "both"
            told = np.isfinite(one.values)
            assert told.any()
            assert not (told & ~found.estimate.known[one.side]).any()
    back = found.kinetics.joint_moment_Nm[:, found.model.joints.index("back")]
    assert np.isfinite(back).all()


def test_nothing_is_estimated_where_it_is_not_wanted() -> None:
    found = solve(stick("positive"), trial(), estimate_ground=False)
    assert (found.ground, found.kinetics, found.estimate) == ("none", None, None)
    for model_default in ({"opensim_filter": True}, {"bodies": ("calcn_l",)}):
        assert solve(stick("positive"), trial(), **model_default).ground == "none"  # type: ignore[arg-type]


def test_why_nothing_could_be_estimated_is_said() -> None:
    blind = replace(trial(), events=Events(()))
    found = solve(stick("positive"), blind)
    assert found.ground == "none"
    assert any("could not be estimated: There is no step" in note for note in found.notes)
    with pytest.raises(GaitError, match="no step"):
        solve(stick("positive"), blind, estimate_ground=True)


def test_measured_steps_are_not_mixed_with_estimates_unless_asked() -> None:
    """The shipped walk's plates bear one left and two right steps of its eight."""
    plates = measured(with_events(walk()))
    found = solve(stick("positive"), plates)
    assert (found.ground, found.estimate) == ("plates", None)
    every = solve(stick("positive"), plates, estimate_ground=True)
    assert every.ground == "estimated"
    assert every.estimate is not None
    forces = plates.recording.forces
    assert forces is not None
    measured_feet = plates_on_feet(forces_at(forces, every.motion.times_s), plates.events.contacts)
    for side, one in zip(SIDES, every.applied, strict=True):
        wrench, here = measured_feet[side]
        np.testing.assert_allclose(one.force_N[here], wrench.force_N[here], atol=1e-9)
        assert not (every.estimate.estimated[side] & here).any()
        assert every.estimate.estimated[side].sum() > 50
    right = [one for one in plates.events.contacts if one.side == "right"]
    assert right
    lame = replace(
        plates,
        events=replace(
            plates.events,
            contacts=tuple(one for one in plates.events.contacts if one.side != "right"),
        ),
    )
    half = solve(stick("positive"), lame)
    assert half.estimate is not None
    assert half.estimate.estimated["right"].any()
    assert not half.estimate.estimated["left"].any()
    assert "right foot's steps beside the plates" in half.notes[0]


def test_stances_of_events() -> None:
    """Between events all is known, before and after for most of the shortest stance or swing."""
    marks = [event("left", kind, time) for kind, time in
             (("contact", 1.0), ("off", 1.6), ("contact", 2.1), ("off", 2.7))]  # fmt: skip
    left, right = find_supports(Events(tuple(marks)), TIMES).values()
    assert not right.known.any()
    assert not right.on.any()

    def when(mask: np.ndarray) -> tuple[float, float]:
        return float(TIMES[mask][0]), float(TIMES[mask][-1])

    assert when(left.known) == pytest.approx((0.55, 3.15), abs=0.011)
    assert left.known[(TIMES > 0.56) & (TIMES < 3.14)].all()
    on = ((TIMES > 1.0) & (TIMES < 1.6)) | ((TIMES > 2.1) & (TIMES < 2.7))
    inner = np.abs(TIMES[:, None] - [1.0, 1.6, 2.1, 2.7]).min(axis=1) > 0.005
    np.testing.assert_array_equal(left.on[inner], on[inner])
    phase = left.phase(TIMES)
    assert phase[130] == pytest.approx(0.5)
    assert phase[240] == pytest.approx(0.5)
    assert (phase[~left.on] == 0.0).all()


def test_a_stance_that_began_before_the_recording_has_the_usual_phase() -> None:
    marks = [event("left", "off", 0.3), event("left", "contact", 0.7), event("left", "off", 1.3),
             event("left", "contact", 1.7)]  # fmt: skip
    left = find_supports(Events(tuple(marks)), TIMES)["left"]
    assert left.on[:30].all()
    assert left.phase(TIMES)[0] == pytest.approx(0.5)
    assert left.on[171:223].all()
    assert not left.known[226:].any()
    assert left.phase(TIMES)[200] == pytest.approx(0.5)


def test_a_missed_event_leaves_a_hole() -> None:
    marks = [event("left", "contact", 1.0), event("left", "off", 1.6), event("left", "off", 2.7),
             event("left", "contact", 3.0)]  # fmt: skip
    left = find_supports(Events(tuple(marks)), TIMES)["left"]
    assert not left.known[162:269].any()
    assert left.known[272:299].all()


def test_uncertain_events_make_the_stance_longer() -> None:
    marks = [event("left", "contact", 1.0, 0.015), event("left", "off", 1.6, 0.015)]
    left = find_supports(Events(tuple(marks)), TIMES)["left"]
    assert TIMES[left.on][0] == pytest.approx(0.97)
    assert TIMES[left.on][-1] == pytest.approx(1.63, abs=0.011)


def test_a_foot_on_two_plates_has_the_sum() -> None:
    n = 20
    times = np.arange(n) / 100.0

    def plate(up: float, x: float, twist: float) -> PlateForces:
        force, point, moment = (
            np.tile(one, (n, 1)) for one in ([5.0, up, -3.0], [x, 0.0, 0.1], [0.0, twist, 0.0])
        )
        return PlateForces(f"at {x}", force, point, moment)

    record = ForceRecord(times, (plate(300.0, 0.0, 1.0), plate(100.0, 0.2, 2.0)))
    contacts = (
        Contact(0, "left", 0.0, 0.15, True, True),
        Contact(1, "left", 0.05, 0.19, True, True),
        Contact(1, "right", 0.0, 0.19, True, True, heel_on=False),
    )
    found = plates_on_feet(record, contacts)
    assert set(found) == {"left"}
    wrench, here = found["left"]
    assert here.all()
    np.testing.assert_allclose(wrench.force_N[10], [10.0, 400.0, -6.0])
    np.testing.assert_allclose(wrench.point_m[10], [0.05, 0.0, 0.1])
    assert wrench.moment_Nm[10, 1] == pytest.approx(3.0 + 0.05 * -3.0 - 0.15 * -3.0)
    np.testing.assert_allclose(wrench.moment_Nm[10, [0, 2]], 0.0, atol=1e-12)
    np.testing.assert_allclose(wrench.force_N[2], [5.0, 300.0, -3.0])
    np.testing.assert_allclose(wrench.point_m[18], [0.2, 0.0, 0.1])
    # about the origin it is what both plates measured
    whole = sum(np.cross(one.point_m[10], one.force_N[10]) + one.moment_Nm[10]
                for one in record.plates)  # fmt: skip
    own = np.cross(wrench.point_m[10], wrench.force_N[10]) + wrench.moment_Nm[10]
    np.testing.assert_allclose(own, whole, atol=1e-12)


def test_feet_with_a_measured_step_need_no_estimate() -> None:
    marks = tuple(event(side, kind, time + 0.5 * (side == "right"))
                  for side in SIDES for kind, time in (("contact", 0.5), ("off", 1.1),
                                                       ("contact", 1.5), ("off", 2.1)))  # fmt: skip
    whole = Contact(0, "left", 0.5, 1.1, True, True)
    part = Contact(1, "right", 1.0, 1.6, True, True, toe_on=False)
    events = Events(tuple(sorted(marks, key=lambda one: one.time_s)), (whole, part))
    record = ForceRecord(TIMES, tuple(
        PlateForces(name, np.ones((len(TIMES), 3)), np.zeros((len(TIMES), 3)),
                    np.zeros((len(TIMES), 3))) for name in "ab"))  # fmt: skip
    plates = plates_on_feet(record, events.contacts)
    assert unmeasured_feet(events, TIMES, plates) == ("right",)
    assert unmeasured_feet(events, TIMES, plates, every=True) == ("left", "right")
    assert unmeasured_feet(events, TIMES, {}) == ("left", "right")
