"""What is drawn is what was computed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinechain.gait.parameters.norms import Norm
from kinechain.report.gait import html as gait_html
from kinechain.report.gait.axes import nice_ticks, path, tick_words
from kinechain.report.gait.curves import (
    BOTTOM,
    LEFT,
    LIMIT_SD,
    MOST_SINGLES,
    RIGHT,
    TOP,
    Beside,
    clinical_groups,
    make_panel,
    raw_groups,
    stem,
)
from kinechain.report.gait.model import Panel
from kinechain.report.gait.view import build
from tests.unit.report import invented_gait
from tests.unit.report.invented_gait import cycles, series

NONE = Beside()


def places(d: str) -> np.ndarray:
    """The points of a path of one `M` and relative steps."""
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", d)]
    return np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)


def values(panel: Panel, ys: np.ndarray) -> np.ndarray:
    """From places in the drawing to values, by the axis that is drawn."""
    marks = [(one.at, float(one.text.replace("−", "-"))) for one in panel.levels]
    (low, first), (high, last) = marks[0], marks[-1]
    return first + (ys - low) / (high - low) * (last - first)


def test_the_mean_curve_is_where_its_values_are() -> None:
    def wave(times: np.ndarray) -> np.ndarray:
        return 30.0 + 40.0 * np.sin(2 * np.pi * times)

    panel = make_panel([series("knee_flexion", "left", wave)], cycles(3), NONE)
    assert panel is not None
    drawn = places(panel.means[0].path)
    assert drawn[:, 0] == pytest.approx(np.linspace(LEFT, RIGHT, 101), abs=0.06)
    assert drawn[25, 1] < drawn[75, 1], "larger values lie higher"
    found = values(panel, drawn[:, 1])
    span = 80.0 * 1.12 / (BOTTOM - TOP)
    assert found == pytest.approx(wave(np.linspace(0, 1, 101)), abs=0.15 * span)
    assert panel.extremes == (("left", "−10.0", "70.0"),)
    assert "highest 70.0° at 25 %" in panel.described
    assert panel.offs == (("left", round(LEFT + 0.6 * (RIGHT - LEFT), 1)),)


def test_a_side_of_one_series_is_not_drawn_for_the_other() -> None:
    left = series("hip_flexion", "left", lambda t: t * 0 + 20.0)
    right = series("hip_flexion", "right", lambda t: t * 0 - 20.0)
    (group,) = clinical_groups([left, right], cycles(2), NONE)
    (panel,) = group.panels
    heights = {one.side: values(panel, places(one.path)[:, 1]).mean() for one in panel.means}
    assert heights == pytest.approx({"left": 20.0, "right": -20.0}, abs=0.5)


def test_not_more_single_cycles_than_can_be_told_apart() -> None:
    panel = make_panel([series("knee_flexion", "left", lambda t: np.sin(t))], cycles(4), NONE)
    assert panel is not None
    assert (len(panel.singles), panel.left_out) == (4, 0)
    times = np.linspace(0.0, 40.0, 4001)
    many = invented_gait.Series("x", "X", "deg", "left", times, np.sin(times))
    panel = make_panel([many], cycles(40), NONE)
    assert panel is not None
    assert (len(panel.singles), panel.left_out) == (MOST_SINGLES, 40 - MOST_SINGLES)


def test_one_cycle_is_not_drawn_twice() -> None:
    panel = make_panel([series("knee_flexion", "left", np.sin)], cycles(1), NONE)
    assert panel is not None
    assert (len(panel.means), len(panel.singles)) == (1, 0)


def test_a_load_that_is_known_in_stance_only_is_shown_so_far() -> None:
    def stance(times: np.ndarray) -> np.ndarray:
        return np.where(times % 1.0 <= 0.7, times % 1.0, np.nan)

    panel = make_panel([series("knee_adduction_moment", "left", stance)], cycles(2), NONE)
    assert panel is not None
    assert panel.partial == ("left",)
    ends = places(panel.means[0].path)[-1, 0]
    assert ends == pytest.approx(LEFT + 0.7 * (RIGHT - LEFT), abs=3.0)
    assert panel.extremes[0][2] == "0.7"
    brief = series("knee_adduction_moment", "left", lambda t: np.where(t % 1 < 0.3, t, np.nan))
    assert make_panel([brief], cycles(2), NONE) is None


def test_the_norm_of_a_peak_lies_where_it_is_read() -> None:
    norm = Norm(population="invented", source="x", where="", documented=True, mean=60.0, sd=5.0)
    given_norm = Beside(peaks={"knee_flexion_peak_swing": norm})
    curve = series("knee_flexion", "left", lambda t: 30 - 30 * np.cos(2 * np.pi * t))
    panel = make_panel([curve], cycles(2), given_norm)
    assert panel is not None
    (band,) = panel.bands
    x1, y1, x2, y2, _ = (float(one) for one in re.findall(r"[\d.]+", band.path))
    assert (x1, x2) == pytest.approx((LEFT + 0.6 * (RIGHT - LEFT), RIGHT), abs=0.1)
    edges = values(panel, np.array([y1, y2]))
    assert edges == pytest.approx([60 - 5 * LIMIT_SD, 60 + 5 * LIMIT_SD], abs=0.2)
    assert "60 ± 5" in band.words
    other = make_panel([series("hip_flexion", "left", np.sin)], cycles(2), given_norm)
    assert other is not None
    assert not other.bands


def test_reference_curves_are_drawn_beside_their_own_angle() -> None:
    view = build(invented_gait.deviating())
    drawn = {one.name: one for group in view.clinical for one in group.panels if one.reference}
    assert {"hip_flexion", "knee_flexion", "pelvic_tilt"} <= set(drawn)
    panel = drawn["knee_flexion"]
    found = values(panel, places(panel.reference)[:, 1])
    assert found == pytest.approx(20 * np.sin(2 * np.pi * np.linspace(0, 1, 101)), abs=0.3)
    assert "trunk_lean" not in drawn
    assert 'class="reference"' in gait_html.render(view)


def test_what_stays_still_and_what_has_no_cycle_is_left_out() -> None:
    still = series("lock", "both", lambda t: t * 0, label="lock")
    moving = series("knee_angle_l", "left", np.sin, label="knee_angle_l")
    force = series("knee_angle_l_moment", "left", np.sin, label="knee_angle_l_moment")
    groups = raw_groups([still, moving, force], cycles(2))
    assert [[one.name for one in group.panels] for group in groups] == [
        ["knee_angle"], ["knee_angle_moment"],
    ]  # fmt: skip
    assert not raw_groups([moving], ())


def test_a_name_without_its_side() -> None:
    named = {
        ("knee_angle_l", "left"): "knee_angle",
        ("knee_angle_r_moment", "right"): "knee_angle_moment",
        ("hip_flexion", "left"): "hip_flexion",
        ("foot_left", "left"): "foot",
        ("pelvis_tilt", "both"): "pelvis_tilt",
    }
    assert {key: stem(series(key[0], key[1], np.sin)) for key in named} == named


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_ticks_are_round_and_inside(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    assert 2 <= len(ticks) <= 6
    assert all(low - 1e-6 <= one <= low + span + 1e-6 for one in ticks)
    steps = np.diff(ticks)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    words = tick_words(ticks)
    assert len(set(words)) == len(words)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=40))
def test_a_path_does_not_drift(ys: list[float]) -> None:
    xs = list(np.linspace(0, 300, len(ys)))
    found = places(path(xs, ys))
    assert found == pytest.approx(np.column_stack([xs, ys]), abs=0.051)
