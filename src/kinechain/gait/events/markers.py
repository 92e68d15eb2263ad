"""Events from markers alone.

Contact: the heel's swing slows down to half of the walking speed, and shortly after it the
impact shows as the largest upward acceleration of the heel (after Hreljac and Marshall
2000). Off: the toe's largest forward acceleration near the moment it begins to move. Both
are referred to the ground, so a treadmill's belt is taken into account. Compared with the
extremes of heel and toe against the sacrum (Zeni and others 2008) they need no turning point
inside the recording, so they also hold at its ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kinechain.gait.events.feet import Foot
from kinechain.gait.events.model import GaitEvent, Side
from kinechain.gait.events.smooth import derivative
from kinechain.gait.recording import FloatArray

FORWARD, UP = 0, 1


@dataclass(frozen=True)
class MarkerSettings:
    """What the method looks for.

    Attributes
    ----------
    speed_window_s, impact_window_s, push_window_s
        Widths of the local polynomials for speed, the heel's and the toe's acceleration, s.
    slow_share, begin_share, swing_share
        Shares of the walking speed: below the first the heel comes to rest, above the second
        the toe begins to move, and a swing goes beyond the third.
    slowing_share
        A heel that is between this share and `slow_share` in the first frame, and slows
        down, is about to touch.
    impact_s
        The impact lies between these times after the heel slowed down, s.
    push_s
        The push-off lies within this time of the toe's beginning, s.
    standing_m_per_s
        A trunk slower than this walks on a treadmill or not at all.
    """

    speed_window_s: float = 0.06
    impact_window_s: float = 0.06
    push_window_s: float = 0.14
    slow_share: float = 0.5
    begin_share: float = 0.3
    swing_share: float = 1.2
    slowing_share: float = 0.25
    impact_s: tuple[float, float] = (-0.01, 0.08)
    push_s: float = 0.1
    standing_m_per_s: float = 0.3


def walking_speed(
    rate_hz: float, trunk: FloatArray, feet: dict[Side, Foot], settings: MarkerSettings
) -> tuple[float, float]:
    """Speed over the ground and the part of it that a treadmill's belt makes, m/s.

    Both are 0 for somebody who stands.

    Parameters
    ----------
    rate_hz
        Frames in a second.
    trunk
        Shape (n, 3).
    feet
        Heel and toe of the sides that are seen.
    settings
        What counts as standing.
    """
    seen = np.nonzero(~np.isnan(trunk[:, FORWARD]))[0]
    if seen.size < 2:
        return 0.0, 0.0
    way = trunk[seen[-1], FORWARD] - trunk[seen[0], FORWARD]
    speed = float(way * rate_hz / (seen[-1] - seen[0]))
    if abs(speed) >= settings.standing_m_per_s:
        return abs(speed), 0.0
    belts = [
        -float(np.nanpercentile(velocity, 20))
        for foot in feet.values()
        if not np.isnan(velocity := derivative(foot.heel[:, FORWARD], rate_hz, 1, 0.06)).all()
    ]
    belt = float(np.mean(belts)) if belts else 0.0
    return (belt, belt) if belt >= settings.standing_m_per_s else (0.0, 0.0)


def marker_events(
    times_s: FloatArray,
    rate_hz: float,
    feet: dict[Side, Foot],
    trunk: FloatArray,
    settings: MarkerSettings | None = None,
) -> tuple[GaitEvent, ...]:
    """Events as the markers show them, without any correction.

    Parameters
    ----------
    times_s
        Shape (n,), s.
    rate_hz
        Frames in a second.
    feet
        Heel and toe of the sides that are seen.
    trunk
        A point that goes with the pelvis, shape (n, 3), ground frame.
    settings
        What to look for.
    """
    settings = settings or MarkerSettings()
    speed, belt = walking_speed(rate_hz, trunk, feet, settings)
    if speed == 0.0:
        return ()
    events: list[GaitEvent] = []
    for side, foot in feet.items():
        heel = derivative(foot.heel[:, FORWARD], rate_hz, 1, settings.speed_window_s) + belt
        toe = derivative(foot.toe[:, FORWARD], rate_hz, 1, settings.speed_window_s) + belt
        impact = derivative(foot.heel[:, UP], rate_hz, 2, settings.impact_window_s)
        push = derivative(foot.toe[:, FORWARD], rate_hz, 2, settings.push_window_s)
        low, high = settings.impact_s
        for at in _slowing(heel, speed, settings):
            found = _peak(impact, at + low * rate_hz, at + high * rate_hz)
            if found is not None:
                events.append(
                    GaitEvent("contact", side, float(times_s[0]) + found / rate_hz, "marker")
                )
        for at in _starting(toe, speed, settings):
            reach = settings.push_s * rate_hz
            found = _peak(push, at - reach, at + reach)
            if found is not None:
                events.append(GaitEvent("off", side, float(times_s[0]) + found / rate_hz, "marker"))
    return tuple(sorted(events, key=lambda one: one.time_s))


def _slowing(heel: FloatArray, speed: float, settings: MarkerSettings) -> list[float]:
    """Frames at which the heel of a swinging foot falls below a share of the speed."""
    level = settings.slow_share * speed
    found: list[float] = []
    swings = False
    for index in range(len(heel) - 1):
        here, then = float(heel[index]), float(heel[index + 1])
        if np.isnan(here):
            # after a hole a foot that is already fast is swinging
            swings = bool(then > level)
            continue
        if here > settings.swing_share * speed or (index == 0 and here > level):
            swings = True
        first = index == 0 or bool(np.isnan(heel[index - 1]))
        if first and settings.slowing_share * speed < here <= level and then < here:
            found.append(float(index))
        if swings and here > level >= then:
            found.append(index + (here - level) / (here - then))
            swings = False
    return found


def _starting(toe: FloatArray, speed: float, settings: MarkerSettings) -> list[float]:
    """Frames at which the toe goes from rest into a swing."""
    level = settings.begin_share * speed
    found: list[float] = []
    waiting: float | None = None
    for index in range(len(toe) - 1):
        here, then = float(toe[index]), float(toe[index + 1])
        if np.isnan(here) or np.isnan(then):
            waiting = None
            continue
        if here <= level < then:
            waiting = index + (level - here) / (then - here)
        if waiting is not None and then > settings.swing_share * speed:
            found.append(waiting)
            waiting = None
    return found


def _peak(signal: FloatArray, low: float, high: float) -> float | None:
    """The highest local maximum between two frames, to a part of a frame."""
    first, last = max(1, int(np.ceil(low))), min(len(signal) - 2, int(np.floor(high)))
    best: int | None = None
    for index in range(first, last + 1):
        before, here, after = signal[index - 1], signal[index], signal[index + 1]
        if here >= before and here > after and (best is None or here > signal[best]):
            best = index
    if best is None:
        return None
    before, here, after = (float(signal[best + step]) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    return best + (0.5 * (before - after) / bend if bend < 0 else 0.0)
