"""The stick figure shows the walk as it was recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kinechain.gait.io.read import forces_at
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.recording import Markers
from kinechain.report.gait.figure import LAYERS, draw_figure
from kinechain.report.gait.model import Figure
from kinechain.report.gait.scene import FRAMES_A_CYCLE, skeleton_of
from kinechain.report.gait.skeleton import HIP_BEHIND, HIP_BELOW, HIP_INWARDS, from_markers
from tests.support import gait
from tests.unit.report import invented_gait


def figure() -> Figure:
    found = draw_figure(gait.measured(gait.walk().recording))
    assert found is not None
    return found


def place(data: dict[str, Any], frame: int, index: int) -> np.ndarray:
    return np.array(data["points"][frame][3 * index : 3 * index + 3], float)


def test_not_more_than_sixty_frames_a_cycle() -> None:
    found = figure()
    cycle = gait.walk().truth.gait.stride_time_s
    assert found.frames <= FRAMES_A_CYCLE * found.seconds / cycle + 2
    assert len(found.data["ms"]) == len(found.data["points"]) == len(found.data["arrows"])  # type: ignore[arg-type]
    slow = replace(gait.walk().recording.markers, rate_hz=100.0)
    assert draw_figure(gait.measured(replace(gait.walk().recording, markers=slow))) is not None


def test_forces_are_the_plates_own() -> None:
    measured = gait.measured(gait.walk().recording)
    found = draw_figure(measured)
    assert found is not None
    forces = measured.recording.forces
    assert forces is not None
    assert found.forces
    data: Any = found.data
    first = measured.cycles[0].start_s - data["cycles"][0][1] / 1000
    times = first + np.array(data["ms"]) / 1000
    at = forces_at(forces, times)
    total = np.sum([plate.force_N[:, 1] for plate in at.plates], axis=0)
    drawn = np.array([sum(one[5] for one in frame) for frame in data["arrows"]])
    loaded = drawn > 0
    assert loaded.sum() > 60
    assert drawn[loaded] == pytest.approx(total[loaded], abs=25.0)
    weight = gait.walk().truth.mass_kg * 9.81
    assert np.median(drawn[loaded]) == pytest.approx(weight, rel=0.25)


def test_the_view_goes_along_and_the_person_stays_in_it() -> None:
    found = figure()
    data: Any = found.data
    heads = np.array([place(data, k, data["head"]) for k in range(found.frames)])
    assert np.ptp(heads[:, 0]) < 100
    way = np.array(data["way"])
    speed = (way[-1] - way[0]) / data["ms"][-1]
    assert speed == pytest.approx(gait.walk().truth.speed_m_per_s, rel=0.01)


def test_the_right_is_in_front_at_its_contact() -> None:
    keys = {one.title.split(",")[0]: one for one in figure().keys}
    assert set(keys) == {
        f"{side} {moment}"
        for side in ("Left", "Right")
        for moment in ("contact", "mid-stance", "toe-off")
    }

    def ahead(title: str, side: str) -> float:
        path = dict(keys[title].paths)[f"joint {side}"]
        return float(max(re.findall(r"M(-?\d+) ", path), key=float))

    assert ahead("Right contact", "right") > ahead("Right contact", "left") + 200
    assert ahead("Left contact", "left") > ahead("Left contact", "right") + 200
    assert keys["Right mid-stance"].arrows or keys["Left mid-stance"].arrows


def test_stance_is_where_the_events_say() -> None:
    found = figure()
    truth = gait.walk().truth.gait
    whole = [one for one in found.stances if one.start > 0 and one.end < 1]
    assert whole
    stride = truth.stride_time_s
    for one in whole:
        assert (one.end - one.start) * found.seconds / stride == pytest.approx(0.618, abs=0.02)
    assert {one.side for one in found.stances} == {"left", "right"}


def test_left_is_left() -> None:
    data: Any = figure().data
    for layer, index in data["dots"]:
        sideways = np.nanmean([place(data, k, index)[2] for k in range(0, 60, 10)])
        assert (sideways > 0) == (LAYERS[layer] == "right")


def test_hip_centres_where_the_study_puts_them() -> None:
    width = 0.24
    names = ("LASI", "RASI", "LPSI", "RPSI", "LKNE", "RKNE", "LANK", "RANK")
    still = np.array([
        [0.1, 1.0, -width / 2], [0.1, 1.0, width / 2], [-0.1, 1.0, -0.05], [-0.1, 1.0, 0.05],
        [0, 0.5, -0.1], [0, 0.5, 0.1], [0, 0.1, -0.1], [0, 0.1, 0.1],
    ])  # fmt: skip
    markers = Markers(names, np.arange(3.0), np.tile(still, (3, 1, 1)), 1.0)
    known = {"LASI": "asis.left", "RASI": "asis.right", "LPSI": "psis.left", "RPSI": "psis.right",
             "LKNE": "knee_lateral.left", "RKNE": "knee_lateral.right",
             "LANK": "ankle_lateral.left", "RANK": "ankle_lateral.right"}  # fmt: skip
    found = from_markers(markers, MarkerMap(known))
    assert "Bell 1989" in found.drawn_from
    inwards = width / 2 - HIP_INWARDS * width
    expected = [0.1 - HIP_BEHIND * width, 1.0 - HIP_BELOW * width, inwards]
    assert found.points["hip.right"][0] == pytest.approx(expected)
    assert found.points["hip.left"][0] == pytest.approx([*expected[:2], -inwards])


def test_joint_centres_come_from_the_model() -> None:
    result = invented_gait.whole()
    found = skeleton_of(result.measured, result.solved)
    assert "joint centres of the model" in found.drawn_from
    marked = skeleton_of(result.measured, None)
    assert "markers" in marked.drawn_from
    for name in ("knee.left", "ankle.right"):
        apart = found.points[name] - [
            [np.interp(time, marked.times_s, marked.points[name][:, axis]) for axis in range(3)]
            for time in found.times_s
        ]
        assert np.nanmedian(np.linalg.norm(apart, axis=1)) < 0.06


def test_a_piece_without_cycles_is_drawn_too() -> None:
    found = draw_figure(invented_gait.without_cycles().measured)
    assert found is not None
    assert not found.forces
    assert len(found.keys) == 3


def test_too_few_points_make_no_figure() -> None:
    recording = gait.walk().recording
    feet = [k for k, name in enumerate(recording.markers.names) if name.endswith(("HEE", "TOE"))]
    markers = recording.markers
    few = Markers(tuple(markers.names[k] for k in feet), markers.times_s,
                  markers.positions_m[:, feet], markers.rate_hz)  # fmt: skip
    assert draw_figure(gait.measured(replace(recording, markers=few))) is None


def test_markers_that_are_lost_leave_gaps_and_no_nonsense() -> None:
    recording = gait.walk().recording
    markers = gait.hidden(recording.markers, "RWRA", 0.0, 9.0) if (
        "RWRA" in recording.markers.names
    ) else gait.hidden(recording.markers, "C7", 0.0, 9.0)  # fmt: skip
    found = draw_figure(gait.measured(replace(recording, markers=markers)))
    assert found is not None
    assert "nan" not in str(found.data).lower()
    assert "nan" not in "".join(path for key in found.keys for _, path in key.paths)
