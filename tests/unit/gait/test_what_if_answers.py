"""Now and then: recomputed rows, published rows beside them, and nothing mixed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.inverse import body_poses
from kinechain.gait.solution import Solved
from kinechain.gait.what_if.answers import absolute_loads, recomputed_changes
from kinechain.gait.what_if.asked import Angles, Cane, Changes, Lift
from kinechain.gait.what_if.recompute import recompute
from kinechain.gait.what_if.run import BY_DOSE_ONLY, NO_LOADS, NO_MODEL, WhatIf, what_if
from tests.support.stick import BODY_WEIGHT_N, TOTAL_KG, pose, standing, stick, still, trial

MODEL = stick()
FIRST, SECOND = "knee_adduction_moment_peak", "knee_adduction_moment_second_peak"
IMPULSE = "knee_adduction_moment_impulse"


def stance() -> tuple[Solved, object]:
    """Both feet bear half of the body each, 3 cm inside of the ankle."""
    values = pose(MODEL, pelvis_ty=1.0, hip_adduction_l=-3.0, hip_adduction_r=-3.0)
    places = body_poses(MODEL, values[None])[1][0]
    up = np.array([0.0, BODY_WEIGHT_N / 2.0, 0.0])
    presses = {}
    for side, letter, inside in (("right", "r", -0.03), ("left", "l", 0.03)):
        foot = places[MODEL.bodies.index(f"calcn_{letter}")]
        presses[side] = (up, np.array([foot[0] + 0.1, 0.0, foot[2] + inside]))
    return standing(MODEL, still(values), presses)  # type: ignore[arg-type]


def asked(changes: Changes) -> WhatIf:
    solved, measured = stance()
    return what_if(solved, measured, changes)  # type: ignore[arg-type]


def test_loads_are_what_the_joint_bears() -> None:
    solved, measured = stance()
    now, series = absolute_loads(solved, measured)  # type: ignore[arg-type]
    curve = series["knee_adduction_moment", "left"].values
    assert now[FIRST, "left"] == pytest.approx((TOTAL_KG * np.nanmax(curve),))
    under_knee = BODY_WEIGHT_N / 2.0 - 9.80665 * (3.5 + 1.0)
    assert now["knee_vertical_force_peak", "left"][0] == pytest.approx(under_knee)


def test_mass_alone() -> None:
    done = asked(Changes(body_mass_kg=-7.0))
    (answer,) = done.answers
    assert done.together == ()
    assert {row.kind for row in answer.recomputed} == {"recomputed"}
    for row in answer.recomputed:
        if (row.now or 0.0) > 1e-6:
            assert row.percent == pytest.approx(-100.0 * 7.0 / TOTAL_KG)
        assert row.then == pytest.approx((row.now or 0.0) + (row.difference or 0.0))
        assert row.unit in ("Nm", "Nm s", "N")
    doses = {(row.load, row.side): row for row in answer.published}
    first = doses[FIRST, "left"]
    assert first.percent == pytest.approx(-9.8)
    assert first.then == pytest.approx(0.902 * (first.now or 0.0))
    assert first.agreement == "agree"
    force = doses["knee_compressive_force", "both"]
    assert force.now is None
    assert force.difference == pytest.approx(-284.2)
    assert force.unit == "N"


def test_heels_are_by_dose_only_and_never_beyond() -> None:
    (answer,) = asked(Changes(heel_height_cm=6.5)).answers
    assert answer.not_recomputed == BY_DOSE_ONLY
    assert answer.recomputed == ()
    by = {row.effect.dose.dose: row for row in answer.published if row.effect is not None}
    young = by["heel_height_kerrigan2005_young"]
    assert young.effect is not None
    assert young.effect.basis == "beyond"
    assert (young.then, young.percent, young.difference) == (None, None, None)
    assert by["heel_height_barkema2012"].percent is not None
    pooled = by["heel_height_varus_nguyen2021"]
    assert pooled.side == "both", "told once, not for each leg"
    assert (pooled.now, pooled.then, pooled.percent) == (None, None, None)


def test_all_together_is_the_joint_effect_and_doses_stay_apart() -> None:
    changes = Changes(body_mass_kg=-7.0, toe_out_deg=Angles(5.0, 5.0), cane=Cane("right", 10.0),
                      heel_height_cm=3.8, lift=Lift("left", 1.0))  # fmt: skip
    done = asked(changes)
    assert [one.kind for one in done.answers] == [
        "body_mass", "toe_out", "cane", "heel_height", "lift",
    ]  # fmt: skip
    assert {row.kind for row in done.together} == {"recomputed"}
    joint = {(row.load, row.side): row.then for row in done.together}
    solved, measured = stance()
    now, like = absolute_loads(solved, measured)  # type: ignore[arg-type]
    own = recompute(solved, measured, changes)  # type: ignore[arg-type]
    assert own is not None
    then, _ = absolute_loads(own.of_leg["left"], measured, like)  # type: ignore[arg-type]
    rows = {(row.load, row.side): row.then for row in recomputed_changes(now, then)}
    assert joint[FIRST, "left"] == pytest.approx(rows[FIRST, "left"])
    alone = {
        one.kind: next(r for r in one.recomputed if (r.load, r.side) == (IMPULSE, "left"))
        for one in done.answers
        if one.recomputed
    }
    product = np.prod([1.0 + (row.percent or 0.0) / 100.0 for row in alone.values()])
    assert joint[IMPULSE, "left"] == pytest.approx(rows[IMPULSE, "left"])
    apart = product * np.mean(now[IMPULSE, "left"])
    assert joint[IMPULSE, "left"] != pytest.approx(apart, rel=1e-2)


def test_toe_out_of_one_leg_has_doses_for_that_leg() -> None:
    (answer,) = asked(Changes(toe_out_deg=Angles(left=6.0))).answers
    assert "left" in answer.title
    assert {row.side for row in answer.published} == {"left"}
    percents = [row for row in answer.published if row.then is not None]
    assert {row.load for row in percents} == {SECOND, "hip_adduction_moment_peak"}
    assert any(row.agreement is not None for row in answer.published)
    (inwards,) = asked(Changes(toe_out_deg=Angles(-6.0, -6.0))).answers
    told = {row.effect.dose.dose for row in inwards.published if row.effect is not None}
    assert "toe_in_silva2022" in told
    assert "toe_out_silva2022" not in told


def test_what_cannot_be_recomputed_says_why_and_the_rest_goes_on() -> None:
    done = asked(Changes(trunk_lean_deg=Angles(4.0, 4.0), body_mass_kg=-3.0))
    mass, lean = done.answers
    assert mass.recomputed
    assert lean.recomputed == ()
    assert "single supports" in lean.not_recomputed
    assert lean.published
    assert done.together == (), "only one change could be recomputed"


def test_without_a_model_only_doses_are_told() -> None:
    _, measured = stance()
    changes = Changes(body_mass_kg=-5.0, barefoot=True)
    done = what_if(None, measured, changes)  # type: ignore[arg-type]
    mass, barefoot = done.answers
    assert mass.not_recomputed == NO_MODEL
    slopes = [row.effect.basis for row in mass.published if row.effect is not None]
    assert set(slopes) == {"no_mass"}
    row = next(one for one in barefoot.published if one.load == FIRST)
    assert (row.now, row.then) == (None, None)
    assert row.percent == pytest.approx(0.0, abs=12.0)
    assert "why" in what_if(None, measured, changes, "why").answers[0].not_recomputed  # type: ignore[arg-type]


def test_a_recording_without_known_loads_says_so() -> None:
    solved, _ = stance()
    done = what_if(solved, trial(None, ()), Changes(body_mass_kg=-5.0))
    assert done.notes == (NO_LOADS,)
    assert done.answers[0].recomputed == ()


def test_nothing_asked_is_refused() -> None:
    solved, measured = stance()
    with pytest.raises(GaitError, match="No change"):
        what_if(solved, measured, Changes())  # type: ignore[arg-type]


def test_steps_are_compared_with_themselves() -> None:
    solved, measured = stance()
    now, _ = absolute_loads(solved, measured)  # type: ignore[arg-type]
    two = {key: (value[0], 2.0 * value[0]) for key, value in now.items()}
    then = {key: (1.1 * a, 1.3 * b) for key, (a, b) in two.items()}
    row = recomputed_changes(two, then)[0]
    assert (row.low, row.high) == pytest.approx((10.0, 30.0))
    assert row.percent == pytest.approx(100.0 * ((1.1 + 2.6) / 3.0 - 1.0))
    assert "2 steps" in row.interval
    fewer = {key: value[:1] for key, value in then.items()}
    assert recomputed_changes(two, fewer) == ()


def test_a_frame_that_is_not_known_stays_unknown() -> None:
    solved, measured = stance()
    _, series = absolute_loads(solved, measured)  # type: ignore[arg-type]
    key = ("knee_adduction_moment", "left")
    hidden = series[key].values.copy()
    hidden[50] = np.nan
    like = {**series, key: replace(series[key], values=hidden)}
    loads, masked = absolute_loads(solved, measured, like)  # type: ignore[arg-type]
    assert np.isnan(masked[key].values[50])
    assert (FIRST, "left") not in loads
