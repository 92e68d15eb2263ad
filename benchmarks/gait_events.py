"""Gait events on real recordings with plates: the force method's error, the marker method's bias.

The judge of the force method is the plain crossing of the threshold by the vertical force, taken
from C3D files by the library ezc3d and from tables column by column, by nothing of this program.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.timing import CannotRun, tell
from kinechain.gait.events.model import KINDS, Kind
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.service.bench_results import Row, row
from tests.support.gait import REAL, REAL_TRIALS, real, real_measures

THRESHOLD_N = 20.0
OTHER_N = (10.0, 50.0)
WITHIN_MS = 10.0
NEAR_S = 0.1
LABORATORIES = {"duarte Gait": "duarte Gait", "duarte walk": "duarte walk", "core": "core",
                "opencap": "opencap", "gait2354": "gait2354", "rajagopal": "rajagopal"}  # fmt: skip
QUICK = ("duarte Gait", "gait2354 walk1")


def run(*, quick: bool = False) -> list[Row]:
    """Measure all recordings, and make the rows of the table.

    Parameters
    ----------
    quick
        Two recordings.
    """
    if not REAL:
        raise CannotRun("Set KINECHAIN_REAL_DATA to the folder with the real recordings.")
    names = QUICK if quick else tuple(REAL_TRIALS)
    tell(f"gait_events: {len(names)} recordings")
    return [*_forces(names), *_markers(names)]


def crossings(times_s: np.ndarray, vertical_N: np.ndarray, level_N: float) -> np.ndarray:  # noqa: N803
    """Times at which a force crosses a level, up or down, linear between samples.

    Parameters
    ----------
    times_s, vertical_N
        Shape (n,).
    level_N
        The level.
    """
    above = vertical_N > level_N
    at = np.flatnonzero(above[1:] != above[:-1])
    share = (level_N - vertical_N[at]) / (vertical_N[at + 1] - vertical_N[at])
    return times_s[at] + share * (times_s[at + 1] - times_s[at])


def verticals(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Times and vertical force of each plate of a recording, read without this program's readers.

    Parameters
    ----------
    name
        One of `REAL_TRIALS`.
    """
    markers, forces = REAL_TRIALS[name]
    if forces is None:
        import ezc3d

        content: Any = ezc3d.c3d(str(real(markers)), extract_forceplat_data=True)
        start = (
            content["header"]["points"]["first_frame"] / content["header"]["points"]["frame_rate"]
        )
        rate = content["header"]["analogs"]["frame_rate"]
        blocks = [one["force"] for one in content["data"]["platform"]]
        return [(start + np.arange(one.shape[1]) / rate, np.abs(one[2])) for one in blocks]
    path = real(forces)
    if path.suffix == ".forces":
        lines = path.read_text(encoding="utf-8").splitlines()
        rate = float(next(one for one in lines if one.startswith("SampleRate")).split("=")[1])
        first = next(k for k, one in enumerate(lines) if one.startswith("#Sample"))
        table = np.loadtxt(lines[first + 1 :])
        columns = [k for k, one in enumerate(lines[first].split()) if one.startswith("FZ")]
        if not np.abs(table[:, columns]).max() > 300:
            columns = [k for k, one in enumerate(lines[first].split()) if one.startswith("FY")]
        return [(np.arange(len(table)) / rate, np.abs(table[:, one])) for one in columns]
    if path.suffix == ".xml":
        loads = read_external_loads(path)
        path, stems = loads.forces, [one.force for one in loads.columns]
    else:
        stems = ["ground_force_r_v", "ground_force_l_v"]
    lines = path.read_text(encoding="utf-8").splitlines()
    head = next(k for k, one in enumerate(lines) if one.strip().lower() == "endheader") + 1
    heads = lines[head].split()
    table = np.loadtxt([one for one in lines[head + 1 :] if one.strip()])
    return [(table[:, 0], table[:, heads.index(f"{stem}y")]) for stem in stems]


def _forces(names: tuple[str, ...]) -> list[Row]:
    """Every recorded begin and end of a contact against the nearest plain crossing."""
    away: dict[float, list[float]] = {level: [] for level in (THRESHOLD_N, *OTHER_N)}
    lost = 0
    for name in names:
        plates = verticals(name)
        for one in real_measures(name).events.contacts:
            ends = [one.start_s] * one.starts + [one.end_s] * one.ends
            for level, found in away.items():
                plain = crossings(*plates[one.plate], level)
                for end in ends:
                    nearest = float(np.abs(plain - end).min(initial=np.inf))
                    if nearest < NEAR_S:
                        found.append(1000 * nearest)
                    elif level == THRESHOLD_N:
                        lost += 1
    own = np.array(away[THRESHOLD_N])
    rows = [
        row("force method: begins and ends of contacts compared", float(len(own)), ""),
        row("force method: without a crossing within 0.1 s", float(lost), "", at_most=0),
        row(f"force method: from the crossing of {THRESHOLD_N:g} N, largest", float(own.max()),
            "ms", at_most=WITHIN_MS),
        row(f"force method: from the crossing of {THRESHOLD_N:g} N, median",
            float(np.median(own)), "ms"),
    ]  # fmt: skip
    rows += [
        row(f"force method: from the crossing of {level:g} N, 95th percentile",
            float(np.percentile(away[level], 95)), "ms")
        for level in OTHER_N
    ]  # fmt: skip
    return rows


def _markers(names: tuple[str, ...]) -> list[Row]:
    """Marker events, uncorrected, minus force events; and corrected by other laboratories' bias."""
    rows: list[Row] = []
    for kind in KINDS:
        by_place: dict[str, list[float]] = {}
        missed = 0
        for name in names:
            place = next(label for stem, label in LABORATORIES.items() if name.startswith(stem))
            found = real_measures(name).agreement[kind]
            missed += found.missed
            by_place.setdefault(place, []).extend(1000 * x for x in found.differences_s)
        every = np.array([x for values in by_place.values() for x in values])
        rows += [
            row(f"marker method, {kind}: events compared", float(every.size), ""),
            row(f"marker method, {kind}: missed", float(missed), ""),
            row(f"marker method, {kind}: bias", float(every.mean()), "ms"),
            row(f"marker method, {kind}: spread (SD)", float(every.std(ddof=1)), "ms"),
            row(f"marker method, {kind}: earliest", float(every.min()), "ms"),
            row(f"marker method, {kind}: latest", float(every.max()), "ms"),
        ]
        rest = _left_out(by_place)
        if rest.size:
            rows.append(row(f"marker method, {kind}: error with other laboratories' bias, RMS",
                            float(np.sqrt((rest**2).mean())), "ms"))  # fmt: skip
        rows += _phases(names, kind)
    return rows


def _left_out(by_place: dict[str, list[float]]) -> np.ndarray:
    """What remains where each laboratory is corrected by the mean of the others' biases."""
    means = {place: float(np.mean(values)) for place, values in by_place.items() if values}
    rest: list[float] = []
    for place, values in by_place.items():
        others = [mean for other, mean in means.items() if other != place]
        rest += [x - float(np.mean(others)) for x in values] if others else []
    return np.array(rest)


def _phases(names: tuple[str, ...], kind: Kind) -> list[Row]:
    """Events that follow each other too closely would be the same step twice."""
    close = 0
    for name in names:
        for side in ("left", "right"):
            times = real_measures(name).events.of(side, kind)
            close += sum(after - before < 0.5 for before, after in pairwise(times))
    return [row(f"{kind}: events of one foot less than half a second apart", float(close), "",
                at_most=0)]  # fmt: skip
