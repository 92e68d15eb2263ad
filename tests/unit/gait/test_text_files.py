"""The varieties of TRC, MOT and STO headers, and what is wrong with files that look right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import RecordingError
from kinechain.gait.io.forces import find_columns, read_forces
from kinechain.gait.io.motion import read_angles, write_angles, write_generalised_forces
from kinechain.gait.io.readers import trc
from kinechain.gait.io.storage import read_storage

HEAD = (
    "PathFileType\t4\t(X/Y/Z)\twalk.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame"
    "\tOrigNumFrames\n"
)
NAMES = "Frame#\tTime\tA\t\t\tB\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n\n"
ROWS = "1\t0.000\t1\t2\t3\t1000\t5\t6\n2\t0.017\t1\t2\t3\t1000\t5\t6\n3\t0.033\t1\t2\t3\t\t\t\n"


def written(tmp_path: Path, text: str, name: str = "walk.trc") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def header(rate: str = "60.00", frames: int = 3, markers: int = 2, unit: str = "mm") -> str:
    return HEAD + f"{rate}\t{rate}\t{frames}\t{markers}\t{unit}\t{rate}\t1\t{frames}\n"


def test_rounded_times_go_back_on_the_grid(tmp_path: Path) -> None:
    markers = trc.read(written(tmp_path, header() + NAMES + ROWS)).markers
    assert markers is not None
    assert markers.rate_hz == 60.0
    assert np.allclose(markers.times_s, [0, 1 / 60, 2 / 60])
    assert np.isnan(markers.positions_m[2, 1]).all()
    assert np.allclose(markers.positions_m[0, 1], [1.0, 0.005, 0.006])


def test_odd_spacing_of_the_header(tmp_path: Path) -> None:
    text = (
        "PathFileType  4\t(X/Y/Z) C:\\somewhere\\\n" + HEAD.splitlines()[1] + "\t\n"
        "  60.0\t\t  60.0\t\t    3\t\t     2\t\t mm\t  60.0\t      1\t    3\n"
        "Frame#\tTime\t\tA\t\tB\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\t\n\n" + ROWS
    )
    markers = trc.read(written(tmp_path, text)).markers
    assert markers is not None
    assert markers.names == ("A", "B")


def test_frames_left_out_come_back_without_markers(tmp_path: Path) -> None:
    rows = "1\t0.000\t1\t2\t3\t1000\t5\t6\n2\t0.010\t1\t2\t3\t1000\t5\t6\n" * 1
    rows += "5\t0.040\t1\t2\t3\t1000\t5\t6\n6\t0.050\t1\t2\t3\t1000\t5\t6\n"
    trial = trc.read(written(tmp_path, header("100", 4) + NAMES + rows))
    assert trial.markers is not None
    assert np.isnan(trial.markers.positions_m[2:4]).all()
    assert any("2 frames are not in the file" in note for note in trial.notes)


def test_rate_of_the_times_wins(tmp_path: Path) -> None:
    rows = "".join(f"{n}\t{n * 0.02:.3f}\t1\t2\t3\t1000\t5\t6\n" for n in range(1, 11))
    trial = trc.read(written(tmp_path, header("100", 10) + NAMES + rows))
    assert trial.markers is not None
    assert trial.markers.rate_hz == pytest.approx(50.0)
    assert any("the times say 50" in note for note in trial.notes)


def test_duplicate_names_are_told_apart(tmp_path: Path) -> None:
    names = NAMES.replace("\tB\t", "\tA\t")
    trial = trc.read(written(tmp_path, header() + names + ROWS))
    assert trial.markers is not None
    assert trial.markers.names == ("A", "A_2")
    assert any("'A' stands twice" in note for note in trial.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (header(frames=9) + NAMES + ROWS, "'NumFrames'.*9 frames.*Got 3.*cut off"),
        (header(markers=5) + NAMES + ROWS, "line 4.*5 markers.*Got 2"),
        (header(unit="furlong") + NAMES + ROWS, "'Units'.*one of.*Got 'furlong'"),
        (header(rate="-5") + NAMES + ROWS, "'DataRate'.*positive.*Got '-5'"),
        (header() + NAMES + ROWS.replace("1000", "abc"), "line 7, column 6.*Got 'abc'"),
        (header() + NAMES + ROWS.replace("0.017", "0.000"), "rise from frame to frame"),
        (header() + NAMES + ROWS.replace("5\t6\n2", "5\n2"), "line 7.*Got 7 values"),
        (header() + NAMES + ROWS.replace("1000", "1e999"), "frame 1, marker 'B'.*finite"),
        (header() + NAMES + "1\t0\t\t\t\t\t\t\n" * 0, "Got 0"),
    ],
    ids=["truncated", "markers", "unit", "rate", "letters", "times", "short", "infinite", "none"],
)
def test_what_is_wrong_with_a_trc_file(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        trc.read(written(tmp_path, text))
    assert str(tmp_path / "walk.trc") in str(caught.value)
    with pytest.raises(RecordingError, match=f"(?s){message}"):
        trc.read(tmp_path / "walk.trc")


@pytest.mark.parametrize(("stated", "size"), [("mm", 1.7), ("m", 1700.0)])
def test_wrong_unit_of_length_is_noticed(stated: str, size: float, tmp_path: Path) -> None:
    names = "Frame#\tTime\t" + "\t\t\t".join("ABCD") + "\t\t\n"
    axes = "\t\t" + "\t".join(f"X{n}\tY{n}\tZ{n}" for n in (1, 2, 3, 4)) + "\n\n"
    row = "\t".join(f"{0.1 * n * size}\t{n * size / 3}\t0.001" for n in range(4))
    text = header("100", 2, 4, stated) + names + axes + f"1\t0.00\t{row}\n2\t0.01\t{row}\n"
    path = written(tmp_path, text)
    with pytest.raises(RecordingError, match=r"'Units'.*mm and m"):
        trc.read(path)
    right = trc.read(path, "m" if stated == "mm" else "mm")
    assert right.markers is not None


STO = "name\nversion=1\nnRows=2\nnColumns=3\ninDegrees=yes\nendheader\ntime\ta\tb\n"


def test_old_header_with_datarows(tmp_path: Path) -> None:
    text = "name x\ndatacolumns 3\ndatarows 2\nrange 0 1\nendheader\n time\t a\t b\n0 1 2\n1 3 4\n"
    table = read_storage(written(tmp_path, text, "x.sto"))
    assert table.columns == ("a", "b")
    assert table.values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STO + "0 1 2\n", "2 rows.*Got 1.*cut off"),
        (STO + "0 1 2\n1 3\n", "line 9.*3 numbers. Got 2"),
        (STO + "0 1 2\n1 3 x\n", "line 9, column 3.*Got 'x'"),
        (STO + "0 1 2\n0 3 4\n", "line 9, 'time'.*rise"),
        (STO.replace("\tb", "\ta") + "0 1 2\n1 3 4\n", "stand once.*'a'"),
        (STO.replace("time", "frame") + "0 1 2\n1 3 4\n", "must be 'time'. Got 'frame'"),
        (STO.replace("inDegrees=yes", "DataType=Vec3") + "0 1 2\n", "'DataType'.*Flatten"),
        (STO + "nan 1 2\n1 3 4\n", "finite and rise"),
    ],
)
def test_what_is_wrong_with_a_table(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, text, "x.sto")
    with pytest.raises(RecordingError, match=f"(?s){message}"):
        read_storage(path)


def test_force_columns_of_all_spellings() -> None:
    old = [
        f"{pre}ground_force_{kind}{axis}" for pre in ("", "1_") for kind in "vp" for axis in "xyz"
    ]
    old += [f"{pre}ground_torque_{axis}" for pre in ("", "1_") for axis in "xyz"]
    sided = [f"ground_force_r_{kind}{axis}" for kind in "vp" for axis in "xyz"]
    sided += [f"ground_torque_r_{axis}" for axis in "xyz"]
    numbered = [f"ground_force_1_{kind}{axis}" for kind in "vpm" for axis in "xyz"]
    exported = [f"{kind}1_{axis}" for kind in "fpm" for axis in "123"]
    assert [one.moment for one in find_columns(tuple(old))] == [
        "ground_torque_",
        "1_ground_torque_",
    ]
    assert find_columns(tuple(sided))[0].moment == "ground_torque_r_"
    assert find_columns(tuple(numbered))[0].moment == "ground_force_1_m"
    assert find_columns(tuple(exported))[0].point == "p1_"


def test_force_that_is_no_number_is_named(tmp_path: Path) -> None:
    names = [f"f1_{axis}" for axis in "123"] + [f"p1_{axis}" for axis in "123"]
    text = "x\nendheader\ntime\t" + "\t".join(names) + "\n0 1 2 3 4 5 6\n1 1 nan 3 4 5 6\n"
    path = written(tmp_path, text, "x.sto")
    with pytest.raises(RecordingError, match=r"row 2, column 'f1_2'.*finite"):
        read_forces(path)


def test_table_without_forces_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, STO + "0 1 2\n1 3 4\n", "x.mot")
    with pytest.raises(RecordingError, match="columns of ground forces"):
        read_forces(path)


def test_angles_and_moments_round_trip(tmp_path: Path) -> None:
    times = np.arange(5) / 100
    values = np.random.default_rng(1).normal(size=(5, 2))
    names, angle = ("knee_angle_r", "pelvis_tx"), (True, False)
    write_angles(tmp_path / "ik.mot", times, names, values, angle)
    head = (tmp_path / "ik.mot").read_text(encoding="utf-8").splitlines()
    assert head[:5] == ["Coordinates", "version=1", "nRows=5", "nColumns=3", "inDegrees=yes"]
    table = read_storage(tmp_path / "ik.mot")
    assert np.allclose(table.values[:, 0], np.degrees(values[:, 0]), atol=1e-7)
    back = read_angles(tmp_path / "ik.mot", dict(zip(names, angle, strict=True)))
    assert np.allclose(back[2], values, atol=1e-8)
    write_generalised_forces(tmp_path / "id.sto", times, names, values, angle)
    forces = read_storage(tmp_path / "id.sto")
    assert forces.columns == ("knee_angle_r_moment", "pelvis_tx_force")
    assert forces.name == "Inverse Dynamics Generalized Forces"
    assert not forces.in_degrees


def test_angles_of_another_model_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, STO + "0 1 2\n1 3 4\n", "x.mot")
    with pytest.raises(RecordingError, match="coordinate of the model"):
        read_angles(path, {"knee_angle_r": True})
