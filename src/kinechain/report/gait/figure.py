"""The stick figure: what the page's script steps through, and still pictures.

The drawings' x is forward in the view from the side and to the person's left in the one from the
front, their y is down, in mm.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinechain.gait.events.model import SIDES, Side
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import FloatArray
from kinechain.gait.solution import Solved
from kinechain.report.gait.model import Figure, KeyFrame, Mark, Owner, Stance
from kinechain.report.gait.scene import Scene, make_scene, shown_part, skeleton_of

MM_PER_N = 1.0
HEAD_MM, MARGIN_MM, DEEP_MM = 95.0, 70.0, 90.0
KEY_HALF_MM = 620.0

Chain = tuple[str, ...]
SIDED: tuple[Chain, ...] = (
    ("hip", "knee", "ankle"), ("ankle", "heel", "toe", "ankle"), ("shoulder", "elbow", "wrist"),
)  # fmt: skip
MIDDLE: tuple[Chain, ...] = (
    ("asis.left", "asis.right", "psis.right", "psis.left", "asis.left"),
    ("hip.left", "root", "hip.right"), ("root", "neck"), ("neck", "head"),
    ("shoulder.left", "neck", "shoulder.right"),
)  # fmt: skip
DOTS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
LAYERS: tuple[Owner, ...] = ("left", "both", "right")
"""The left leg is the farther one when seen from the right, so it is drawn first."""


def draw_figure(measured: TrialMeasures, solved: Solved | None = None) -> Figure | None:
    """The figure of a trial.

    Parameters
    ----------
    measured
        The trial.
    solved
        Gives joint centres, and forces where those were estimated.

    Returns
    -------
    Figure or None
        None where too few points of the body are known to draw one.
    """
    skeleton = skeleton_of(measured, solved)
    shown = shown_part(measured, skeleton)
    if shown is None:
        return None
    start, end = shown
    scene = make_scene(measured, solved, skeleton, start, end)
    side_box, front_box, key_box = _boxes(scene)
    seconds = end - start
    forces = any(not np.isnan(one.point_mm).all() for one in scene.arrows)
    return Figure(
        drawn_from=skeleton.drawn_from,
        described=f"{seconds:.1f} s of the walk from {start:.2f} s on, {len(scene.times_s)} "
        "pictures, seen from the right and from the front.",
        side_box=side_box,
        front_box=front_box,
        key_box=key_box,
        ground=(scene.ground_mm, DEEP_MM),
        head_radius=HEAD_MM,
        data=_data(scene, measured, start),
        frames=len(scene.times_s),
        keys=_keys(scene, measured),
        marks=tuple(
            Mark(
                side=one.side,
                kind=one.kind,
                at=(one.time_s - start) / seconds,
                words=f"{one.side} {one.kind}",
            )
            for one in measured.events.events
            if start - 1e-6 <= one.time_s <= end + 1e-6
        ),
        stances=_stances(measured, start, end),
        seconds=seconds,
        forces=forces,
    )


def chains(points: dict[str, FloatArray]) -> list[tuple[Owner, list[str]]]:
    """The lines that join the points that are known.

    Parameters
    ----------
    points
        By name.
    """
    wanted: list[tuple[Owner, Chain]] = []
    wanted.extend(("both", chain) for chain in MIDDLE)
    for side in SIDES:
        wanted.extend((side, tuple(f"{place}.{side}" for place in chain)) for chain in SIDED)
    if "psis.left" not in points or "psis.right" not in points:
        wanted.append(("both", ("asis.left", "asis.right", "sacrum", "asis.left")))
    found: list[tuple[Owner, list[str]]] = []
    for side, chain in wanted:
        kept = [name for name in chain if name in points]
        if len(kept) > 1:
            found.append((side, kept))
    return found


def dots(points: dict[str, FloatArray]) -> list[tuple[Owner, str]]:
    """The joints that get a dot.

    Parameters
    ----------
    points
        By name.
    """
    return [
        (side, f"{place}.{side}")
        for side in SIDES
        for place in DOTS
        if f"{place}.{side}" in points
    ]  # fmt: skip


def _boxes(scene: Scene) -> tuple[str, str, str]:
    """``viewBox`` of the view from the side, from the front, and of a still picture."""
    every = np.vstack(list(scene.points.values()))
    reach = [one.point_mm + MM_PER_N * one.force_N for one in scene.arrows]
    ahead = np.concatenate([every[:, 0], *(one[:, 0] for one in reach)])
    wide = np.concatenate([every[:, 2], *(one[:, 2] for one in reach)])
    top = float(np.nanmax(every[:, 1])) + HEAD_MM + MARGIN_MM
    height = round(top - scene.ground_mm + DEEP_MM)
    low, high = float(np.nanmin(ahead)) - MARGIN_MM, float(np.nanmax(ahead)) + MARGIN_MM
    half = max(float(np.nanmax(np.abs(wide))) + MARGIN_MM, 420.0)
    up = -round(top)
    return (
        f"{round(low)} {up} {round(high - low)} {height}",
        f"{round(-half)} {up} {round(2 * half)} {height}",
        f"{-KEY_HALF_MM:.0f} {up} {2 * KEY_HALF_MM:.0f} {height}",
    )


def _data(scene: Scene, measured: TrialMeasures, start: float) -> dict[str, object]:
    """Numbers that the page's script draws from; mm and ms as whole numbers."""
    names = list(scene.points)
    index = {name: number for number, name in enumerate(names)}
    block = np.stack([scene.points[name] for name in names], axis=1)
    return {
        "ms": [round(1000 * float(time - start)) for time in scene.times_s],
        "way": _whole(scene.way_mm),
        "points": [_whole(row.ravel()) for row in block],
        "lines": [
            [LAYERS.index(side), [index[name] for name in chain]]
            for side, chain in chains(scene.points)
        ],
        "dots": [[LAYERS.index(side), index[name]] for side, name in dots(scene.points)],
        "head": index.get("head", -1),
        "arrows": [
            [
                [LAYERS.index(one.side), *_whole(np.concatenate([one.point_mm[k], one.force_N[k]]))]
                for one in scene.arrows
                if not np.isnan(one.point_mm[k]).any()
            ]
            for k in range(len(scene.times_s))
        ],
        "cycles": [
            [LAYERS.index(one.side), *(_milliseconds(at, start)
             for at in (one.start_s, one.off_s, one.end_s))]
            for one in measured.cycles
        ],
    }  # fmt: skip


def _milliseconds(time_s: float | None, start: float) -> int | None:
    return None if time_s is None else round(1000 * (time_s - start))


def _whole(row: FloatArray) -> list[int | None]:
    return [None if np.isnan(value) else round(float(value)) for value in row]


def _keys(scene: Scene, measured: TrialMeasures) -> tuple[KeyFrame, ...]:
    """Contact, mid-stance and off of one stance of each side; some moments without a stance."""
    start, end = float(scene.times_s[0]), float(scene.times_s[-1])
    found: list[KeyFrame] = []
    for side in SIDES:
        stance = _whole_stance(measured, side, start, end)
        if stance is None:
            continue
        down, off = stance
        moments = (("contact", down), ("mid-stance", (down + off) / 2), ("toe-off", off))
        found += [_key(scene, side, words, time) for words, time in moments]
    if not found:
        times = np.linspace(start, end, 3)
        return tuple(_key(scene, "both", "moment", float(time)) for time in times)
    return tuple(found)


def _whole_stance(
    measured: TrialMeasures, side: Side, start: float, end: float
) -> tuple[float, float] | None:
    """The first contact of a side in the shown part with the off that follows it."""
    down: float | None = None
    for one in measured.events.events:
        if one.side != side or not start - 1e-6 <= one.time_s <= end + 1e-6:
            continue
        if one.kind == "contact":
            down = one.time_s
        elif down is not None:
            return down, one.time_s
    return None


def _key(scene: Scene, side: Owner, moment: str, time_s: float) -> KeyFrame:
    frame = int(np.abs(scene.times_s - time_s).argmin())
    root = scene.points.get("root")
    shift = 0.0 if root is None or np.isnan(root[frame, 0]) else float(root[frame, 0])

    def at(name: str) -> tuple[int, int] | None:
        x, y, _ = scene.points[name][frame]
        return None if np.isnan(x) else (round(float(x) - shift), -round(float(y)))

    paths: list[tuple[str, str]] = []
    for layer in LAYERS:
        lines = [_path([at(name) for name in chain])
                 for whose, chain in chains(scene.points) if whose == layer]  # fmt: skip
        joints = [_path([at(name), at(name)])
                  for whose, name in dots(scene.points) if whose == layer]  # fmt: skip
        paths.append((f"limb {layer}", "".join(lines)))
        paths.append((f"joint {layer}", "".join(joints)))
    arrows = [
        (one.side, f"M{x - shift:.0f} {-y:.0f}l{MM_PER_N * fx:.0f} {-MM_PER_N * fy:.0f}")
        for one in scene.arrows
        for (x, y, _), (fx, fy, _) in [(one.point_mm[frame], one.force_N[frame])]
        if not np.isnan(x)
    ]
    words = moment if side == "both" else f"{side} {moment}"
    head = at("head") if "head" in scene.points else None
    return KeyFrame(
        side=side,
        title=f"{words[:1].upper()}{words[1:]}, {time_s:.2f} s",
        moment=moment,
        time=f"{time_s:.2f} s",
        paths=tuple(one for one in paths if one[1]),
        head=head,
        arrows=tuple(arrows),
    )


def _path(places: Sequence[tuple[int, int] | None]) -> str:
    """A line through the places that are known."""
    known = [one for one in places if one is not None]
    if len(known) < 2:
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in known)


def _stances(measured: TrialMeasures, start: float, end: float) -> tuple[Stance, ...]:
    """When each foot is on the ground within the shown part."""
    found: list[Stance] = []
    for side in SIDES:
        events = [one for one in measured.events.events if one.side == side]
        down: float | None = start if events and events[0].kind == "off" else None
        for one in events:
            if one.kind == "contact":
                down = one.time_s
            elif down is not None:
                found += _clipped(side, down, one.time_s, start, end)
                down = None
        if down is not None and events:
            found += _clipped(side, down, end, start, end)
    return tuple(found)


def _clipped(side: Side, down: float, up: float, start: float, end: float) -> list[Stance]:
    low, high = max(down, start), min(up, end)
    if high <= low:
        return []
    return [
        Stance(side=side, start=(low - start) / (end - start), end=(high - start) / (end - start))
    ]
