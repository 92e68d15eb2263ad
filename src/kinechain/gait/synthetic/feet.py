"""The feet of the synthetic walk: rigid, rolling over heel and toe, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kinechain.gait.recording import FloatArray

HEEL_HEIGHT_M = 0.03
FOOT_M = 0.19  # from the heel marker to the toe marker


@dataclass(frozen=True)
class Gait:
    """What all feet have in common.

    Attributes
    ----------
    stride_time_s, stance_share
        Timing.
    strike_rad, leave_rad
        Pitch of the foot at contact (toes up) and at off (toes down).
    flat_s, rise_share
        The foot is flat so long after contact, and rises from this share of stance on.
    settle_s
        The heel comes to rest within this time after contact, with the impact's acceleration.
    lead_s
        The toe begins to move so long before the foot leaves the ground.
    """

    stride_time_s: float = 1.10
    stance_share: float = 0.62
    strike_rad: float = float(np.radians(20.0))
    leave_rad: float = float(np.radians(-55.0))
    flat_s: float = 0.09
    rise_share: float = 0.55
    settle_s: float = 0.016
    lead_s: float = 0.090

    @property
    def stance_s(self) -> float:
        """From contact to off."""
        return self.stride_time_s * self.stance_share


STRIKE_RATE = -4.0  # rad/s, pitch at contact
LEAVE_RATE = -4.0
STRIKE_SPEED = np.array([0.45, -0.36])  # m/s, heel at contact: forward, up


def quintic(share: FloatArray, span_s: float, start: FloatArray, end: FloatArray) -> FloatArray:
    """Polynomial of degree five with given position, speed and acceleration at both ends.

    Parameters
    ----------
    share
        Shape (n,), 0 to 1.
    span_s
        Duration, s.
    start, end
        Shape (3, k): position, speed, acceleration.
    """
    first = np.array([start[0], start[1] * span_s, start[2] * span_s**2 / 2])
    gap = np.array(
        [
            end[0] - first.sum(axis=0),
            end[1] * span_s - first[1] - 2 * first[2],
            end[2] * span_s**2 - 2 * first[2],
        ]
    )
    table = np.array([[10.0, -4.0, 0.5], [-15.0, 7.0, -1.0], [6.0, -3.0, 0.5]])
    last = table @ gap
    powers = share[:, None] ** np.arange(6)
    return powers @ np.vstack([first, last])


def pitch(gait: Gait, since_s: FloatArray) -> FloatArray:
    """Pitch of the foot, toes up positive, over one stride from its contact.

    Parameters
    ----------
    gait
        Timing and angles.
    since_s
        Shape (n,), time since contact, 0 to the stride time, s.
    """
    stance, stride = gait.stance_s, gait.stride_time_s
    rise = gait.rise_share * stance
    knots = [
        (0.0, gait.strike_rad, STRIKE_RATE),
        (gait.flat_s, 0.0, 0.0),
        (rise, 0.0, 0.0),
        (stance, gait.leave_rad, LEAVE_RATE),
        (stride, gait.strike_rad, STRIKE_RATE),
    ]
    result = np.zeros_like(since_s)
    for (begin, low, slow), (end, high, fast) in pairwise(knots):
        inside = (since_s >= begin) & (since_s <= end)
        share = (since_s[inside] - begin) / (end - begin)
        result[inside] = quintic(
            share,
            end - begin,
            np.array([[low], [slow], [0.0]]),
            np.array([[high], [fast], [0.0]]),
        )[:, 0]
    return result


def along(angle: FloatArray) -> FloatArray:
    """From heel to toe in the foot's own plane: forward and up, shape (n, 2)."""
    return FOOT_M * np.column_stack([np.cos(angle), np.sin(angle)])


def heel_path(gait: Gait, since_s: FloatArray, stride_m: float) -> FloatArray:
    """Heel in the foot's own plane over one stride, forward and up, shape (n, 2), m.

    It lies at 0 while the foot is flat, and at `stride_m` in the next stance.

    Parameters
    ----------
    gait
        Timing and angles.
    since_s
        Time since contact, 0 to the stride time, s.
    stride_m
        How far the foot travels.
    """
    rest = np.array([0.0, HEEL_HEIGHT_M])
    angle = pitch(gait, since_s)
    heel = np.tile(rest, (len(since_s), 1))
    # the heel slows down with constant acceleration to its resting place
    slip = STRIKE_SPEED * gait.settle_s / 2.0
    left = np.clip(1.0 - since_s / gait.settle_s, 0.0, 1.0)
    heel = heel - slip * left[:, None] ** 2
    rising = (since_s > gait.rise_share * gait.stance_s) & (since_s <= gait.stance_s - gait.lead_s)
    toe_rest = rest + np.array([FOOT_M, 0.0])
    heel[rising] = toe_rest - along(angle[rising])
    begin, end = gait.stance_s - gait.lead_s, gait.stride_time_s
    swing = since_s > begin
    direction = np.array([-np.sin(gait.strike_rad), np.cos(gait.strike_rad)])
    goal_heel = rest + np.array([stride_m, 0.0]) - slip
    goal = goal_heel + along(np.array([gait.strike_rad]))[0]
    speed = STRIKE_SPEED + FOOT_M * STRIKE_RATE * direction
    bend = -FOOT_M * STRIKE_RATE**2 * np.array([np.cos(gait.strike_rad), np.sin(gait.strike_rad)])
    toe = quintic(
        (since_s[swing] - begin) / (end - begin),
        end - begin,
        np.array([toe_rest, np.zeros(2), np.zeros(2)]),
        np.array([goal, speed, bend]),
    )
    heel[swing] = toe - along(angle[swing])
    return heel
