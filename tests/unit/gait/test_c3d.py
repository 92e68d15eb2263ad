"""Force plates of all kinds, units, axes and events of C3D files."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pytest

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.c3d_decode import Analogs, decode
from kinechain.gait.io.c3d_layout import Layout, check_layout
from kinechain.gait.io.c3d_plates import read_plates
from kinechain.gait.io.read import read_raw, read_trial
from kinechain.gait.recording import FloatArray, Recording
from tests.support.c3d_file import TO_Z_UP, C3dStyle, write_c3d
from tests.support.gait import hidden, walk, with_events

TURN = 0.6
LABORATORIES: dict[str, FloatArray] = {
    "z up": TO_Z_UP,
    "y up": np.eye(3),
    "x up": np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    "-z up": np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]]),
    "against x": np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
}
DIAGONAL = TO_Z_UP @ np.array(
    [[np.cos(TURN), 0.0, np.sin(TURN)], [0.0, 1.0, 0.0], [-np.sin(TURN), 0.0, np.cos(TURN)]]
)


def file_of(folder: Path, style: C3dStyle, recording: Recording | None = None) -> Path:
    path = folder / "walk.c3d"
    write_c3d(path, recording or with_events(walk()), style)
    return path


def largest_errors(found: Recording, true: Recording) -> tuple[float, float, float, float]:
    """Markers, force, point where loaded, and free moment."""
    assert found.forces is not None
    assert true.forces is not None
    markers = float(np.nanmax(np.abs(found.markers.positions_m - true.markers.positions_m)))
    rows = []
    for plate, other in zip(found.forces.plates, true.forces.plates, strict=True):
        count = len(other.force_N)
        loaded = other.force_N[:, 1] > 20
        rows.append(
            [
                np.abs(plate.force_N[:count] - other.force_N).max(),
                np.abs(plate.point_m[:count] - other.point_m)[loaded].max(),
                np.abs(plate.moment_Nm[:count] - other.moment_Nm)[loaded].max(),
            ]
        )
    force, point, moment = np.max(rows, axis=0)
    return markers, float(force), float(point), float(moment)


@pytest.mark.parametrize("unit", ["mm", "m"])
@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("laboratory", LABORATORIES)
def test_all_plates_in_all_laboratories(
    laboratory: str, kind: int, unit: str, tmp_path: Path
) -> None:
    path = file_of(tmp_path, C3dStyle(kind, LABORATORIES[laboratory], unit))
    trial = read_trial(path)
    markers, force, point, moment = largest_errors(trial.recording, walk().recording)
    assert markers < 1e-6
    assert force < 1e-3
    assert point < 1e-5
    assert moment < 1e-3
    assert np.allclose(trial.rotation.matrix @ LABORATORIES[laboratory], np.eye(3))


def test_walking_across_the_axes(tmp_path: Path) -> None:
    trial = read_trial(file_of(tmp_path, C3dStyle(2, DIAGONAL)))
    turned = trial.rotation.matrix @ DIAGONAL
    assert np.degrees(np.arccos(turned[0, 0])) < 0.2
    assert np.allclose(turned[1], [0, 1, 0])
    assert "forward = (0.8" in trial.recording.notes[-1]


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_another_program_agrees(kind: int, tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle(kind))
    raw = read_raw(path)
    other: Any = ezc3d.c3d(str(path), extract_forceplat_data=True)
    assert raw.forces is not None
    for plate, judge in zip(raw.forces.plates, other["data"]["platform"], strict=True):
        loaded = np.abs(judge["force"][2]) > 20
        assert np.abs(plate.force_N.T - judge["force"]).max() < 1e-6
        point = np.abs(1000 * plate.point_m.T - judge["center_of_pressure"])
        assert point[:, loaded].max() < 1e-6
        moment = np.abs(1000 * plate.moment_Nm.T - judge["Tz"])
        assert moment[:, loaded].max() < 1e-6


def test_the_library_reads_the_same_numbers(tmp_path: Path) -> None:
    made = walk().recording
    markers = hidden(made.markers, "LHEE", 1.0, 1.5)
    path = file_of(tmp_path, C3dStyle(), replace(made, markers=markers))
    content, judge = path.read_bytes(), ezc3d.c3d(str(path))["data"]
    own = decode(str(path), content, check_layout(str(path), content))
    points, analogs = judge["points"][:3].T, judge["analogs"][0].T
    assert np.array_equal(own.positions, points, equal_nan=True)
    assert np.array_equal(own.analogs.channels(range(analogs.shape[1])), analogs)
    missing = judge["meta_points"]["residuals"][0].T < 0
    assert np.array_equal(np.isnan(own.positions).all(axis=2), missing)
    assert missing.any()


def layout_of(processor: int, scale: float) -> Layout:
    return Layout(1, 1, 1, 1, 100.0, 1, 0, scale, processor, {"ANALOG": {}})


def test_old_byte_orders_and_whole_numbers() -> None:
    true = [1.5, -2.25, 1000.0, 0.0, 0.125]
    intel, mips = struct.pack("<5f", *true), struct.pack(">5f", *true)
    halves = struct.unpack("<10H", struct.pack("<5f", *(4.0 * one for one in true)))
    dec = struct.pack("<10H", *[halves[i ^ 1] for i in range(10)])
    for processor, raw in ((84, intel), (86, mips), (85, dec)):
        found = decode("x", raw, layout_of(processor, -0.1))
        assert found.positions[0, 0].tolist() == true[:3]
        assert found.analogs.channels([0]).tolist() == [[0.125]]
    whole = struct.pack("<5h", 10, -20, 30, -1, 7)
    assert np.isnan(decode("x", whole, layout_of(84, 0.5)).positions).all()
    whole = struct.pack("<5h", 10, -20, 30, 0, 7)
    assert decode("x", whole, layout_of(84, 0.5)).positions[0, 0].tolist() == [5, -10, 15]


def test_samples_without_a_sign() -> None:
    raw = struct.pack("<5h", 10, -20, 30, 0, -2)
    unsigned = {"FORMAT": (-1, (8,), b"UNSIGNED"), "OFFSET": (2, (1,), struct.pack("<h", -6))}
    layout = replace(layout_of(84, 0.5), groups={"ANALOG": unsigned})
    assert decode("x", raw, layout).analogs.channels([0]).tolist() == [[4.0]]


def test_events_and_first_frame_share_a_clock(tmp_path: Path) -> None:
    recording = read_trial(file_of(tmp_path, C3dStyle(first_frame=101))).recording
    assert recording.markers.times_s[0] == pytest.approx(1.0)
    assert recording.forces is not None
    assert recording.forces.times_s[0] == pytest.approx(1.0)
    true = walk().events
    assert [(one.side, one.label[5:]) for one in recording.events] == [
        (one.side, "Strike" if one.kind == "contact" else "Off") for one in true
    ]
    assert np.allclose([one.time_s for one in recording.events], [one.time_s for one in true])


def test_negative_residual_is_missing(tmp_path: Path) -> None:
    made = walk().recording
    markers = hidden(made.markers, "LHEE", 1.0, 1.5)
    path = file_of(tmp_path, C3dStyle(), replace(made, markers=markers))
    found = read_trial(path).recording.markers
    assert (np.isnan(found.positions_m) == np.isnan(markers.positions_m)).all()


def changed(path: Path, group: str, name: str, value: object) -> Path:
    """The same file with another value of a parameter."""
    content: Any = ezc3d.c3d(str(path))
    content["parameters"][group][name]["value"] = value
    content.write(str(path))
    return path


def test_action_on_the_plate_is_turned_round(tmp_path: Path) -> None:
    made = walk().recording
    assert made.forces is not None
    plates = tuple(
        replace(one, force_N=-one.force_N, moment_Nm=-one.moment_Nm) for one in made.forces.plates
    )
    turned = replace(made, forces=replace(made.forces, plates=plates))
    recording = read_trial(file_of(tmp_path, C3dStyle(), turned)).recording
    _, force, point, moment = largest_errors(recording, made)
    assert max(force, moment) < 1e-3
    assert point < 1e-5
    assert any("turned round" in note for note in recording.notes)


def test_origin_with_the_wrong_sign(tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle(2))
    content: Any = ezc3d.c3d(str(path))
    origin = content["parameters"]["FORCE_PLATFORM"]["ORIGIN"]["value"]
    changed(path, "FORCE_PLATFORM", "ORIGIN", -origin)
    _, _, point, _ = largest_errors(read_trial(path).recording, walk().recording)
    assert point < 1e-5


def test_baseline_is_subtracted_where_the_plate_is_empty(tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle(2))
    content: Any = ezc3d.c3d(str(path))
    content["data"]["analogs"] = content["data"]["analogs"] + 7.0
    content["parameters"]["FORCE_PLATFORM"]["ZERO"]["value"] = np.array([1, 20])
    content.write(str(path))
    recording = read_trial(path).recording
    _, force, _, _ = largest_errors(recording, walk().recording)
    assert force < 1e-2
    assert any("was subtracted" in note for note in recording.notes)


def test_baseline_under_a_foot_is_not_subtracted(tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle(2))
    changed(path, "FORCE_PLATFORM", "ZERO", np.array([1, 400]))
    recording = read_trial(path).recording
    _, force, _, _ = largest_errors(recording, walk().recording)
    assert force < 1e-3
    assert any("somebody stood on it" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("group", "name", "value", "message"),
    [
        ("POINT", "UNITS", ["m"], "POINT:UNITS.*span"),
        ("POINT", "UNITS", ["yard"], "POINT:UNITS.*one of"),
        ("POINT", "UNITS", [""], "POINT:UNITS.*missing"),
        ("FORCE_PLATFORM", "TYPE", np.array([2, 7, 2]), "plate 2.*TYPE.*Got 7"),
        ("FORCE_PLATFORM", "TYPE", np.array([3, 2, 2]), "plate 1.*CHANNEL.*8 of"),
        ("FORCE_PLATFORM", "CHANNEL", np.full((6, 3), 99), "plate 1.*CHANNEL.*Got"),
        ("FORCE_PLATFORM", "CORNERS", np.zeros((3, 4, 3)), "CORNERS.*rectangle"),
        ("ANALOG", "UNITS", ["N", "N", "N", "ft", "ft", "ft"] * 3, "ANALOG:UNITS.*Got 'ft'"),
        ("ANALOG", "UNITS", ["N", "N", "N", "Nm", "Nm", "Nm"] * 3, "load must lie on the plate"),
    ],
)
def test_contradictions_are_named(
    group: str, name: str, value: object, message: str, tmp_path: Path
) -> None:
    path = changed(file_of(tmp_path, C3dStyle(2)), group, name, value)
    with pytest.raises(RecordingError, match=f"(?s){message}"):
        read_trial(path)


def test_stated_unit_overrules_the_file(tmp_path: Path) -> None:
    path = changed(file_of(tmp_path, C3dStyle(2)), "POINT", "UNITS", ["m"])
    recording = read_trial(path, length_unit="mm").recording
    assert largest_errors(recording, walk().recording)[0] < 1e-6


@pytest.mark.parametrize("keep", [600, 4000, 100_000, -1])
def test_truncated_file_is_refused(keep: int, tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle())
    path.write_bytes(path.read_bytes()[:keep])
    if keep == -1:
        # the last byte is padding of the last block
        assert read_raw(path).markers is not None
        return
    with pytest.raises(RecordingError, match=r"damaged or cut off|1024 bytes"):
        read_raw(path)


@pytest.mark.parametrize("processor", [0, 85, 86, 255])
def test_wrong_byte_order_is_refused(processor: int, tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle())
    content = bytearray(path.read_bytes())
    start = (content[0] - 1) * 512
    assert content[start + 3] == 84
    content[start + 3] = processor
    path.write_bytes(bytes(content))
    with pytest.raises(RecordingError):
        read_raw(path)


def test_modelled_points_are_left_out(tmp_path: Path) -> None:
    path = file_of(tmp_path, C3dStyle())
    content: Any = ezc3d.c3d(str(path))
    labels = content["parameters"]["POINT"]["LABELS"]["value"]
    content["parameters"]["POINT"]["LABELS"]["value"] = [f"Anna:{one}" for one in labels[:-2]] + [
        "*12",
        "LKneeAngles",
    ]
    content.add_parameter("POINT", "ANGLES", "LKneeAngles")
    content.write(str(path))
    trial = read_raw(path)
    assert trial.markers is not None
    assert trial.markers.names == tuple(labels[:-2])
    assert any("2 points are no named markers" in note for note in trial.notes)


@pytest.mark.parametrize("rate", [0.0, 333.0, float("nan")])
def test_rate_that_the_samples_contradict(rate: float, tmp_path: Path) -> None:
    content: Any = ezc3d.c3d(str(file_of(tmp_path, C3dStyle(2))))
    parameters = content["parameters"]
    parameters["ANALOG"]["RATE"]["value"] = np.array([rate])
    samples = content["data"]["analogs"][0].T
    one, zero = np.ones(samples.shape[1]), np.zeros(samples.shape[1])
    with pytest.raises(RecordingError, match="ANALOG:RATE"):
        read_plates("x.c3d", parameters, Analogs(samples[:, None], zero, one), 1e-3, 0.0)
