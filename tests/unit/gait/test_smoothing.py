"""Filters and splines do what their formulas say."""

from __future__ import annotations

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.kinematics.smoothing import (
    cubic_at,
    derivatives,
    lowpass,
    opensim_lowpass,
    resampled,
    third_order,
)

RATE_HZ = 200.0
T = np.arange(800) / RATE_HZ


def wave(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * T)[:, None]


@pytest.mark.parametrize("hz", [1.0, 6.0, 12.0])
def test_both_passes_together_have_the_gain_of_a_fourth_order_filter(hz: float) -> None:
    """Without phase shift; 3 dB down at the cut-off: the two bilinear passes, exactly."""
    inner = 6.0 / 0.8022
    warp = np.tan(np.pi * hz / RATE_HZ) / np.tan(np.pi * inner / RATE_HZ)
    gain = 1.0 / (1.0 + warp**4)
    out = lowpass(T, wave(hz), 6.0)
    middle = slice(200, 600)
    np.testing.assert_allclose(out[middle], gain * wave(hz)[middle], atol=2e-4)
    if hz == 6.0:
        assert gain == pytest.approx(np.sqrt(0.5), abs=2e-3)


def test_a_line_passes_unchanged() -> None:
    line = np.column_stack([3.0 + 2.0 * T, -T])
    np.testing.assert_allclose(lowpass(T, line), line, atol=1e-9)


def test_a_mirrored_recording_gives_a_mirrored_result() -> None:
    noisy = np.random.default_rng(3).normal(size=(300, 2))
    times = T[:300]
    np.testing.assert_allclose(
        lowpass(times, noisy)[::-1], lowpass(times, noisy[::-1].copy()), atol=1e-6
    )


@pytest.mark.parametrize(
    ("times", "values", "cutoff", "says"),
    [
        (T[:5], wave(1)[:5], 6.0, "only 5 frames"),
        ((10 * T[:9]) ** 2, wave(1)[:9], 6.0, "evenly"),
        (T, wave(1), 90.0, "cut-off"),
        (T, wave(1)[:9], 6.0, "differ"),
        (T[::-1], wave(1), 6.0, "do not rise"),
        (T, np.where(T[:, None] == T[7], np.nan, 1.0), 6.0, "frame 8"),
    ],
)
def test_what_cannot_be_filtered_is_refused(
    times: np.ndarray, values: np.ndarray, cutoff: float, says: str
) -> None:
    with pytest.raises(GaitError, match=says):
        lowpass(times, values, cutoff)


def uneven(count: int) -> np.ndarray:
    return np.cumsum(np.random.default_rng(5).uniform(0.5, 1.5, count)) / 100.0


def test_a_quintic_spline_gives_back_parabolas() -> None:
    """Natural: third and fourth derivative vanish at the ends, as a parabola's do."""
    t = uneven(30)
    table = np.column_stack([1 + 2 * t - 3 * t**2, t])
    first, second = derivatives(t, table)
    np.testing.assert_allclose(first, np.column_stack([2 - 6 * t, np.ones(30)]), atol=1e-9)
    np.testing.assert_allclose(second, np.column_stack([-6 + 0 * t, 0 * t]), atol=1e-6)
    at = np.linspace(t[0], t[-1], 77)
    np.testing.assert_allclose(resampled(t, table, at)[:, 0], 1 + 2 * at - 3 * at**2, atol=1e-12)


def test_a_quintic_spline_solves_its_own_conditions() -> None:
    """Third and fourth derivative go on at every knot: from the pieces, by hand."""
    t, table = uneven(12), np.random.default_rng(8).normal(size=(12, 1))
    first, second = derivatives(t, table)
    y, d, s = table[:, 0], first[:, 0], second[:, 0]
    ends = []
    for i in range(11):
        h = t[i + 1] - t[i]
        a = np.array([[h**3, h**4, h**5], [3 * h**2, 4 * h**3, 5 * h**4],
                      [6 * h, 12 * h**2, 20 * h**3]])  # fmt: skip
        right = [y[i + 1] - y[i] - d[i] * h - s[i] * h * h / 2, d[i + 1] - d[i] - s[i] * h,
                 s[i + 1] - s[i]]  # fmt: skip
        c = np.linalg.solve(a, right)
        ends.append((6 * c[0], 24 * c[1], 6 * c[0] + 24 * c[1] * h + 60 * c[2] * h * h,
                     24 * c[1] + 120 * c[2] * h))  # fmt: skip
    ends = np.array(ends)
    size = np.abs(ends).max(axis=0)
    np.testing.assert_allclose(ends[:-1, 2] / size[0], ends[1:, 0] / size[0], atol=1e-8)
    np.testing.assert_allclose(ends[:-1, 3] / size[1], ends[1:, 1] / size[1], atol=1e-8)
    assert abs(ends[0, 0]) / size[0] < 1e-8
    assert abs(ends[-1, 3]) / size[1] < 1e-8


def test_derivatives_converge_with_the_step() -> None:
    errors = []
    for count in (60, 120):
        t = np.linspace(0, 1, count)
        _, second = derivatives(t, np.sin(9 * t)[:, None])
        middle = slice(count // 3, 2 * count // 3)
        errors.append(np.abs(second[middle, 0] + 81 * np.sin(9 * t[middle])).max())
    assert errors[1] < errors[0] / 12


def test_a_cubic_spline_meets_points_and_lines() -> None:
    t = uneven(20)
    table = np.column_stack([np.random.default_rng(1).normal(size=20), 4 - t])
    np.testing.assert_allclose(cubic_at(t, table, t), table, atol=1e-12)
    at = np.linspace(t[0], t[-1], 50)
    np.testing.assert_allclose(cubic_at(t, table, at)[:, 1], 4 - at, atol=1e-12)


def test_a_cubic_spline_has_a_bend_that_goes_on_and_vanishes_at_the_ends() -> None:
    t = np.arange(9.0)
    h = 1e-3
    at = np.array([h, 2 * h, 3 * h, 4 - h, 4.0, 4 + h])
    out = cubic_at(t, np.random.default_rng(1).normal(size=(9, 1)), np.sort(at))[:, 0]
    near, middle = (out[2] - 2 * out[1] + out[0]) / h**2, (out[5] - 2 * out[4] + out[3]) / h**2
    assert abs(near) < 0.05
    assert abs(middle) > 0.2


def plain_third_order(signal: np.ndarray, cutoff_hz: float, rate_hz: float) -> np.ndarray:
    """The difference equation as OpenSim writes it, first three samples passed through."""
    b, a = third_order(cutoff_hz, rate_hz)
    for _ in range(2):
        out = signal.copy()
        for i in range(3, len(signal)):
            out[i] = b @ signal[i - 3 : i + 1][::-1] - a[1:] @ out[i - 3 : i][::-1]
        signal = out[::-1].copy()
    return signal


def test_the_opensim_mode_is_its_difference_equation() -> None:
    values = np.random.default_rng(6).normal(size=(41, 1)).cumsum(axis=0)
    times, out = opensim_lowpass(np.arange(41) / 64.0, values, 6.0)
    padded = np.concatenate([2 * values[0] - values[20:0:-1], values,
                             2 * values[-1] - values[-2:-22:-1]])[:, 0]  # fmt: skip
    np.testing.assert_allclose(out[:, 0], plain_third_order(padded, 6.0, 64.0), atol=1e-10)
    assert len(times) == 81
    assert times[0] == pytest.approx(-20 / 64.0)


def test_the_opensim_mode_resamples_uneven_times_at_the_smallest_step() -> None:
    t = np.round(np.arange(61) / 60.0, 3)
    times, out = opensim_lowpass(t, np.column_stack([t, 1 - t]), 6.0)
    np.testing.assert_allclose(np.diff(times), 0.016, atol=1e-12)
    inside = (times > 0.2) & (times < 0.8)
    np.testing.assert_allclose(out[inside, 0], times[inside], atol=1e-6)
