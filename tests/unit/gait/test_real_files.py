"""Real recordings against what other programs made of the same files."""

from __future__ import annotations

from typing import Any

import ezc3d
import numpy as np
import pytest

from kinechain.gait.io.c3d_decode import decode
from kinechain.gait.io.c3d_layout import check_layout
from kinechain.gait.io.read import read_raw, read_trial
from kinechain.gait.io.storage import read_storage
from kinechain.gait.sides import exchanged_sides
from tests.support.gait import CORE, REAL_TRIALS, needs_real_data, real, real_measures, real_trial

pytestmark = needs_real_data
C3D = ("test_walking", "walking2", "walking5")


def exported_markers(name: str) -> tuple[list[str], np.ndarray]:
    """Names, and rows of time and positions in mm, of OpenSim's export of a C3D file."""
    lines = real(f"{CORE}/std_{name}_markers.trc").read_text(encoding="utf-8").splitlines()
    names = [one for one in lines[3].split("\t")[2:] if one.strip()]
    rows = [line.split("\t") for line in lines[6:] if line.strip()]
    return names, np.array([[float(x) for x in row[1 : 2 + 3 * len(names)]] for row in rows])


@pytest.mark.parametrize("name", ["walking2", "walking5"])
def test_markers_equal_the_exported_ones(name: str) -> None:
    names, rows = exported_markers(name)
    markers = read_raw(real(f"{CORE}/{name}.c3d")).markers
    assert markers is not None
    assert list(markers.names) == names
    frames = np.rint(rows[:, 0] * markers.rate_hz).astype(int)
    exported = rows[:, 1:].reshape(len(rows), -1, 3)
    own = 1000 * markers.positions_m[frames]
    assert np.array_equal(np.isnan(own), np.isnan(exported))
    assert np.nanmax(np.abs(own - exported)) < 0.051, "the export has one decimal"


@pytest.mark.parametrize("name", ["walking2", "walking5"])
def test_forces_and_points_equal_the_exported_ones(name: str) -> None:
    forces = read_raw(real(f"{CORE}/{name}.c3d")).forces
    assert forces is not None
    centred = read_storage(real(f"{CORE}/std_{name}_grfs.sto"))
    index = np.rint((centred.times_s - forces.times_s[0]) * 2000).astype(int)
    for number, plate in enumerate(forces.plates):
        block = centred.values[:, 9 * number : 9 * number + 9]
        assert np.abs(plate.force_N[index] - block[:, :3]).max() < 1e-3
        assert plate.plate is not None
        centre = plate.plate.corners_m.mean(axis=0)
        about = plate.moment_Nm + np.cross(plate.point_m - centre, plate.force_N)
        # the same wrench about the centre that OpenSim's export gives, Nmm
        assert np.abs(1000 * about[index] - block[:, 6:9]).max() < 0.5


def test_centre_of_pressure_equals_the_exported_one() -> None:
    forces = read_raw(real(f"{CORE}/walking2.c3d")).forces
    assert forces is not None
    table = read_storage(real(f"{CORE}/std_cop_walking2_grfs.sto"))
    index = np.rint((table.times_s - forces.times_s[0]) * 2000).astype(int)
    for number, plate in enumerate(forces.plates):
        block = table.values[:, 9 * number : 9 * number + 9]
        loaded = np.abs(plate.force_N[index, 2]) > 10
        assert loaded.any()
        assert np.abs(1000 * plate.point_m[index] - block[:, 3:6])[loaded].max() < 0.01
        assert np.abs(1000 * plate.moment_Nm[index] - block[:, 6:9])[loaded].max() < 0.5


def test_blanks_are_missing_markers() -> None:
    trial = read_raw(real(f"{CORE}/dataWithBlanksForMissingMarkers.trc"))
    assert trial.markers is not None
    assert np.isnan(trial.markers.positions_m[0]).all()
    c3d = read_raw(real(f"{CORE}/walking5.c3d")).markers
    assert c3d is not None
    # the same trial, cut to its middle: the frames that both have are the same
    last = trial.markers.positions_m[-1]
    column = c3d.names.index(trial.markers.names[0])
    seen = c3d.positions_m[:, column]
    distance = np.linalg.norm(seen[:, [0, 1, 2]] - last[0][[0, 2, 1]] * [1, -1, 1], axis=1)
    assert np.nanmin(distance) < 3.0


@pytest.mark.parametrize("name", [f"{CORE}/{one}.c3d" for one in C3D] + ["bmc_duarte/Gait.c3d"])
def test_the_library_reads_the_same_numbers(name: str) -> None:
    path = real(name)
    content = path.read_bytes()
    own = decode(str(path), content, check_layout(str(path), content))
    judge: Any = ezc3d.c3d(str(path))["data"]
    analogs = judge["analogs"][0].T
    assert np.array_equal(own.positions, judge["points"][:3].T, equal_nan=True)
    assert np.array_equal(own.analogs.channels(range(analogs.shape[1])), analogs)
    missing = judge["meta_points"]["residuals"][0].T < 0
    assert np.array_equal(np.isnan(own.positions).all(axis=2), missing)


@pytest.mark.parametrize("name", REAL_TRIALS)
def test_every_recording_is_oriented(name: str) -> None:
    recording = real_trial(name).recording
    assert recording.forces is not None
    total = np.sum([one.force_N for one in recording.forces.plates], axis=0)
    assert 400 < np.percentile(total[:, 1], 95) < 1500
    assert real_trial(name).names.marker_set


def test_mirrored_recording_is_noticed() -> None:
    wrong = [
        name
        for name in REAL_TRIALS
        if exchanged_sides(real_trial(name).recording.markers, real_trial(name).names)
    ]
    assert wrong == ["duarte walk1"]


@pytest.mark.parametrize(
    "name", ["subject01_static.trc", "../opensim_rajagopal_walk/static_walk_1.trc"]
)
def test_static_trials_face_forwards(name: str) -> None:
    trial = read_trial(real(f"opensim_gait2354_walk/{name}"))
    markers = trial.recording.markers
    column = {one: index for index, one in enumerate(markers.names)}
    heel, toe = (
        np.nanmean(markers.positions_m[:, column[one]], axis=0)
        for one in ("R.Heel", "R.Toe.Tip" if "R.Toe.Tip" in column else "R.Toe")
    )
    assert (toe - heel)[0] > 0.1
    assert exchanged_sides(markers, trial.names) == ()


@pytest.mark.parametrize(("kind", "low", "high"), [("TI", -30, 0), ("TO", 12, 35)])
def test_foot_progression_follows_the_instruction(kind: str, low: float, high: float) -> None:
    trial = real_measures(f"opencap walking{kind}")
    for side in ("left", "right"):
        found = trial.measure("foot_progression", side)
        assert found is not None
        assert low < found.mean < high


def test_trunk_sway_leans_more() -> None:
    lean = {
        kind: real_measures(f"opencap walking{kind}").measure("trunk_lean_peak", "right")
        for kind in ("TI", "TO", "TS")
    }
    means = {kind: one.mean for kind, one in lean.items() if one is not None}
    assert means["TS"] > max(means["TI"], means["TO"]) + 1.0
