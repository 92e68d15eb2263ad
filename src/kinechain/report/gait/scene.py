"""The part of the walk that the stick figure shows, in the frame in which it is drawn.

Seen from the person's right and from the front. The view goes along with the mean speed of the
pelvis, so that the figure stays in the picture and every change of speed is still seen. Lengths
are mm, times s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.io.read import forces_at
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import FloatArray
from kinechain.gait.solution import FOOT, Solved
from kinechain.report.gait.model import Owner
from kinechain.report.gait.skeleton import Skeleton, from_markers, from_model

FRAMES_A_CYCLE = 60
MOST_FRAMES = 200
LONGEST_S = 3.0  # of a recording without cycles
LEAST_FORCE_N = 20.0  # below it the point of application means nothing
FEWEST_POINTS = 6


@dataclass(frozen=True, eq=False)
class Arrow:
    """The ground's action on one foot at the figure's times.

    Attributes
    ----------
    side
        ``both`` where it is not known whose foot it was.
    point_mm, force_N
        Shape (n, 3), in the drawing's frame; NaN where there is none.
    """

    side: Owner
    point_mm: FloatArray
    force_N: FloatArray  # noqa: N815 - the unit's own letter


@dataclass(frozen=True, eq=False)
class Scene:
    """What is drawn, in the drawing's frame: x forward with the view, y up, z right, mm.

    Attributes
    ----------
    times_s
        Shape (n,).
    points
        Each of shape (n, 3).
    arrows
        Forces of the ground.
    ground_mm
        Height of the ground.
    way_mm
        How far the view has gone forward, shape (n,).
    """

    times_s: FloatArray
    points: dict[str, FloatArray]
    arrows: tuple[Arrow, ...]
    ground_mm: float
    way_mm: FloatArray


def skeleton_of(measured: TrialMeasures, solved: Solved | None) -> Skeleton:
    """The points of a trial: the model's where there is one, the markers' elsewhere.

    Parameters
    ----------
    measured, solved
        The trial, and what a model makes of it.
    """
    markers, names = measured.recording.markers, measured.names
    found = from_model(solved, markers, names) if solved is not None else None
    marked = from_markers(markers, names)
    if found is None or (not _whole_cycles(measured, found) and _whole_cycles(measured, marked)):
        return marked
    return found


def shown_part(measured: TrialMeasures, skeleton: Skeleton) -> tuple[float, float] | None:
    """One cycle of each side, those with the most forces; a short piece without cycles.

    Parameters
    ----------
    measured, skeleton
        The trial, and the points of the body.

    Returns
    -------
    tuple of float or None
        From and to, s; None where there is nothing to draw.
    """
    if len(skeleton.points) < FEWEST_POINTS:
        return None
    times, seen = skeleton.times_s, _legs_seen(skeleton)
    if seen.sum() < 2:
        return None
    cycles = _whole_cycles(measured, skeleton)
    if not cycles:
        first, last = float(times[seen][0]), float(times[seen][-1])
        middle = (first + last) / 2
        half = min(last - first, LONGEST_S) / 2
        return middle - half, middle + half
    pairs = [
        (one, other)
        for one in cycles
        for other in cycles
        if one.side == "left" and other.side == "right"
    ] or [(one, one) for one in cycles]
    best = max(pairs, key=lambda pair: _worth(measured, *pair))
    return min(one.start_s for one in best), max(one.end_s for one in best)


def _legs_seen(skeleton: Skeleton) -> npt.NDArray[np.bool_]:
    """Frames in which knees and ankles are known."""
    legs = [path for name, path in skeleton.points.items() if name.startswith(("knee", "ankle"))]
    if not legs:
        return np.zeros(len(skeleton.times_s), bool)
    return np.logical_not(np.isnan(np.hstack(legs)).any(axis=1))


def _whole_cycles(measured: TrialMeasures, skeleton: Skeleton) -> list[Cycle]:
    times, seen = skeleton.times_s, _legs_seen(skeleton)
    return [one for one in measured.cycles if _covers(times, seen, one.start_s, one.end_s)]


def _covers(times_s: FloatArray, seen: npt.NDArray[np.bool_], start: float, end: float) -> bool:
    inside = (times_s >= start) & (times_s <= end)
    step = float(np.median(np.diff(times_s)))
    whole = times_s[0] <= start + step and times_s[-1] >= end - step
    return bool(whole and inside.any() and seen[inside].mean() > 0.9)


def _worth(measured: TrialMeasures, one: Cycle, other: Cycle) -> tuple[float, float, float]:
    """Cycles that overlap, then those whose stance a plate measured, then the first."""
    start, end = min(one.start_s, other.start_s), max(one.end_s, other.end_s)
    proved = [contact for contact in measured.events.contacts if contact.side is not None]
    loaded = sum(
        max(0.0, min(contact.end_s, end) - max(contact.start_s, start)) for contact in proved
    )
    return -round(end - start, 1), loaded, -start


def make_scene(
    measured: TrialMeasures, solved: Solved | None, skeleton: Skeleton, start_s: float, end_s: float
) -> Scene:
    """A part of the walk at equal steps of time.

    Parameters
    ----------
    measured, solved
        The trial, and what a model makes of it.
    skeleton
        The points of the body.
    start_s, end_s
        Which part.
    """
    inside = [one.duration_s for one in measured.cycles if one.start_s >= start_s - 1e-6]
    step = max(
        (float(np.mean(inside)) if inside else 1.0) / FRAMES_A_CYCLE,
        1.0 / measured.recording.markers.rate_hz,
    )
    count = min(max(2, int((end_s - start_s) / step) + 1), MOST_FRAMES)
    times = np.linspace(start_s, end_s, count)
    turn = _turn(measured.forward)
    points = {
        name: 1000.0 * _resampled(skeleton.times_s, path, times) @ turn
        for name, path in skeleton.points.items()
    }
    arrows = _arrows(measured, solved, times, turn)
    view = _view(points, times)
    lowest = min((float(np.nanmin(path[:, 1])) for name, path in points.items()
                  if name.startswith(("heel", "toe")) and not np.isnan(path).all()),
                 default=0.0)  # fmt: skip
    ground = 0.0 if -50.0 < lowest < 150.0 else lowest
    return Scene(
        times,
        {name: path - view for name, path in points.items()},
        tuple(Arrow(one.side, one.point_mm - view, one.force_N) for one in arrows),
        ground,
        view[:, 0] - view[0, 0],
    )


def _turn(forward: FloatArray) -> FloatArray:
    """To the right of a row (x, y, z): x becomes the direction of walking."""
    ahead, right = forward
    return np.array([[ahead, 0.0, -right], [0.0, 1.0, 0.0], [right, 0.0, ahead]])


def _resampled(times_s: FloatArray, path: FloatArray, wanted_s: FloatArray) -> FloatArray:
    return np.column_stack([np.interp(wanted_s, times_s, path[:, axis]) for axis in range(3)])


def _view(points: dict[str, FloatArray], times_s: FloatArray) -> FloatArray:
    """Where the view is: forward at the pelvis' mean speed, sideways at its mean place, mm."""
    root = points.get("root")
    if root is None or np.isnan(root[:, 0]).all():
        root = np.nanmean(list(points.values()), axis=0)
    known = ~np.isnan(root[:, 0])
    slope, shift = np.polyfit(times_s[known], root[known, 0], 1) if known.sum() > 1 else (0.0, 0.0)
    view = np.zeros((len(times_s), 3))
    view[:, 0] = shift + slope * times_s
    view[:, 2] = np.nanmean(root[:, 2])
    return view


def _arrows(
    measured: TrialMeasures, solved: Solved | None, times_s: FloatArray, turn: FloatArray
) -> list[Arrow]:
    forces = measured.recording.forces
    if solved is not None and solved.ground == "estimated":
        sides = {body: side for side, body in FOOT.items()}
        own = solved.motion.times_s
        return [
            _arrow(
                sides.get(one.body, "both"),
                _resampled(own, one.point_m, times_s),
                _resampled(own, one.force_N, times_s),
                turn,
            )
            for one in solved.applied
        ]
    if forces is None:
        return []
    at = forces_at(forces, times_s)
    found: list[Arrow] = []
    for contact in measured.events.contacts:
        plate = at.plates[contact.plate]
        here = ((times_s >= contact.start_s) & (times_s <= contact.end_s))[:, None]
        point, force = plate.point_m, np.where(here, plate.force_N, 0.0)
        found.append(_arrow(contact.side or "both", point, force, turn))
    return found


def _arrow(side: str, point_m: FloatArray, force_n: FloatArray, turn: FloatArray) -> Arrow:
    point = 1000.0 * point_m @ turn
    point[~(force_n[:, 1] > LEAST_FORCE_N)] = np.nan
    whose: Owner = "left" if side == "left" else "right" if side == "right" else "both"
    return Arrow(whose, point, force_n @ turn)
