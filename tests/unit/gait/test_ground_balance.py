"""Sharing a wrench out between two feet: the parts of the method in closed form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinetics.ground import Wrench, ground_method
from kinechain.gait.kinetics.ground import method as method_module
from kinechain.gait.kinetics.ground.balance import balance, passing_over, pressure_centre
from kinechain.gait.kinetics.ground.foot import FootPlace, UsualLoad, ground_height, under_foot

MASS = 60.0


def test_a_share_is_read_from_the_centre_of_pressure() -> None:
    """Two feet that bear a known share at their usual places; the smooth transition is wrong."""
    n = 50
    points = np.tile([0.5, -0.1], (n, 1)), np.tile([0.0, 0.1], (n, 1))
    share = np.linspace(0.05, 0.95, n)
    up = np.linspace(400.0, 700.0, n)
    about = np.tile([0.2, 0.9, 0.0], (n, 1))
    force = np.column_stack([np.zeros(n), up, np.zeros(n)])
    where = (1 - share)[:, None] * points[0] + share[:, None] * points[1]
    moment = np.cross(np.insert(where, 1, 0.0, axis=1) - about, force)
    wrench = Wrench(force, moment, about)
    np.testing.assert_allclose(pressure_centre(wrench, 0.0), where, atol=1e-12)
    narrow = np.tile(1e-4 * np.eye(2), (n, 1, 1))
    usual = UsualLoad(points[0], narrow), UsualLoad(points[1], narrow)
    expected = np.full(n, 0.5)
    found = balance(wrench, usual, (expected, np.full(n, 100.0)), 0.0, MASS, None)
    np.testing.assert_allclose(found.share, share, atol=1e-4)
    np.testing.assert_allclose(found.point_m[0], points[0], atol=1e-4)
    # believed without doubt, the expectation stays, and the points give way
    stiff = balance(wrench, usual, (expected, np.zeros(n)), 0.0, MASS, None)
    np.testing.assert_allclose(stiff.share, 0.5)
    middle = 0.5 * (stiff.point_m[0] + stiff.point_m[1])
    np.testing.assert_allclose(middle, where, atol=1e-9)
    # the motion is believed in part: share and points lie between, and a force is taken out
    mixed = balance(wrench, usual, (expected, np.full(n, 0.2)), 0.0, MASS, ground_method())
    outer = np.abs(share - 0.5) > 0.1
    part = (mixed.share - 0.5)[outer] / (share - 0.5)[outer]
    assert (part > 0.5).all()
    assert (part < 1.0).all()
    assert np.abs(mixed.horizontal_N).max() > 1.0


def test_a_force_error_high_up_is_found_where_the_foot_bears_load() -> None:
    """40 N too much forward at the height where such errors act, in single support."""
    shipped = ground_method()
    about = np.array([[0.0, 0.9, 0.0]])
    usual = np.array([[0.05, 0.1]])
    true = np.array([[30.0, 600.0, 10.0]])
    error = np.array([[40.0, 0.0, 0.0]])
    at = np.array([[usual[0, 0], 0.0, usual[0, 1]]])
    high = np.array([[0.0, shipped.force_height_share * 0.9, 0.0]])
    moment = np.cross(at - about, true) + np.cross(high - about, error)
    narrow = np.tile(1e-8 * np.eye(2), (1, 1, 1))
    load = UsualLoad(usual, narrow)
    sure = replace(shipped, moment_sagittal_Nm_per_kg=1e-9, moment_frontal_Nm_per_kg=1e-9)
    found = balance(Wrench(true + error, moment, about), (load, load),
                    (np.ones(1), np.zeros(1)), 0.0, MASS, sure)  # fmt: skip
    np.testing.assert_allclose(found.horizontal_N, true[:, ::2], atol=0.1)
    np.testing.assert_allclose(found.point_m[1], usual, atol=1e-3)


def test_feet_lean_in_double_support_as_when_they_bear_all() -> None:
    """If both lean as expected nothing is shared out anew."""
    over = np.linspace(0.0, 1.0, 9)
    trail, lead = 600.0 * (1 - over), 600.0 * over
    before, after = np.array([0.15, 0.06]), np.array([-0.2, -0.04])
    own = np.column_stack([0.15 * trail, 0.06 * (1 - over) * trail])
    whole = own + lead[:, None] * after
    found = passing_over(over, (trail, lead), whole, (before, after), np.zeros(9))
    np.testing.assert_allclose(found, own, atol=1e-9)
    pushed = whole + np.array([30.0, 0.0])
    more = passing_over(over, (trail, lead), pushed, (before, after), np.zeros(9))
    assert ((more - own)[:, 0] >= -1e-9).all()
    assert ((more - own)[:, 0] <= 30.0 + 1e-9).all()
    np.testing.assert_allclose((more - own)[[0, -1], 0], [30.0, 0.0], atol=1e-6)


def test_points_stay_under_the_foot_and_the_floor_is_found() -> None:
    heel, ball = np.array([[0.0, 0.03, 0.0]]), np.array([[0.2, 0.02, 0.0]])
    place = FootPlace(heel, ball)
    length = place.length_m
    inside = np.array([[0.1, 0.01]])
    np.testing.assert_allclose(under_foot(inside, place), inside)
    far = under_foot(np.array([[0.9, -0.5]]), place)
    np.testing.assert_allclose(far, [[0.2 + 0.45 * length, -0.3 * length]])
    assert ground_height((place, place)) == 0.0
    up = np.array([0.0, 0.5, 0.0])
    raised = FootPlace(heel + up, ball + up)
    assert ground_height((raised, raised)) == pytest.approx(0.49)


def test_the_shipped_figures_are_whole() -> None:
    method = ground_method()
    assert method.phase[0] == 0.0
    assert method.phase[-1] == 1.0
    assert (np.diff(method.phase) > 0).all()
    assert (method.ahead_spread > 0.05).all()
    error = method.error
    assert {"vertical", "fore_aft", "sideways", "point_fore_aft", "point_sideways",
            "free_moment"} == set(error.single) == set(error.double)  # fmt: skip
    assert set(error.moments) == set(error.peaks)
    sentence = error.sentence()
    assert f"{error.trials} level walks of {error.people} adults" in sentence
    assert f"knee adduction {error.moments['knee_adduction_moment']:.2f}" in sentence


@pytest.mark.parametrize("text", ["under_foot: {phase: [0, 1]}", "[]", "under_foot: 3"])
def test_a_broken_file_of_figures_says_so(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ground.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(method_module, "METHOD_FILE", path)
    with pytest.raises(GaitError, match=r"ground\.yaml"):
        ground_method.__wrapped__()
