"""What a hostile or broken recording does: a message with file, field and remedy, and no more."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import GaitError, RecordingError
from kinechain.gait.io.c3d_layout import check_layout
from kinechain.gait.io.forces import read_forces, write_forces
from kinechain.gait.io.read import read_raw, read_trial
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.io.storage import read_storage
from kinechain.gait.io.whole_file import size_of
from tests.support.c3d_file import C3dStyle, write_c3d
from tests.support.gait import walk, with_events
from tests.support.yardstick import yardsticks

LIMIT = 20.0  # of the yardstick: half a second on the machine of 2026
Change = Callable[[str], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic walk in all formats."""
    path = tmp_path_factory.mktemp("walk")
    made = walk().recording
    write_c3d(path / "walk.c3d", with_events(walk()), C3dStyle(plate_type=2))
    write_trc(path / "walk.trc", made.markers)
    assert made.forces is not None
    write_forces(path / "walk.mot", made.forces)
    return path


def refused(path: Path, says: str, forces: Path | None = None, culprit: Path | None = None) -> None:
    """The file is refused with its name, what is wrong with which field, and a remedy."""
    with pytest.raises(GaitError, match=f"(?s){says}") as caught:
        read_trial(path, forces)
    assert str(culprit or path) in caught.value.where
    assert caught.value.what
    assert caught.value.remedy
    assert len(str(caught.value)) < 1000


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def with_cell(text: str, line: int, column: int, value: str) -> str:
    """A tab-separated text with another value in one cell, both counted from 1."""
    rows = text.split("\n")
    cells = rows[line - 1].split("\t")
    cells[column - 1] = value
    rows[line - 1] = "\t".join(cells)
    return "\n".join(rows)


TRC_CASES: dict[str, tuple[Change, str]] = {
    "zero length": (lambda _: "", "The file is empty"),
    "cut off in a row": (lambda t: t[: len(t) // 2], "line [0-9]+: A row must have|'NumFrames'"),
    "NaN time": (lambda t: with_cell(t, 20, 2, "nan"), "row 14: Times must be finite"),
    "text in a number": (lambda t: with_cell(t, 20, 5, "12,5"), "line 20, column 5.*Got '12,5'"),
    "times go back": (lambda t: with_cell(t, 20, 2, "0.01"), "row 14: Times must be.*rise"),
    "negative rate": (lambda t: with_cell(t, 3, 1, "-100"), "'DataRate': .*positive.*'-100'"),
    "no rate": (lambda t: with_cell(t, 3, 1, "0"), "'DataRate': .*positive.*'0'"),
    "huge frame count": (lambda t: with_cell(t, 3, 3, "999999999"), "'NumFrames'.*999999999"),
    "huge marker count": (lambda t: with_cell(t, 3, 4, "999999999"), "line 4.*999999999 markers"),
    "count without end": (lambda t: with_cell(t, 3, 3, "9" * 400), "'NumFrames'.*positive"),
    "metres called mm": (lambda t: with_cell(t, 3, 5, "m"), r"'Units'.*\(mm and m\)"),
    "unknown unit": (lambda t: with_cell(t, 3, 5, "ell"), "'Units'.*one of.*'ell'"),
    "no unit": (lambda t: with_cell(t, 3, 5, ""), "'Units'.*missing.*Write mm or m"),
    "infinite position": (lambda t: with_cell(t, 20, 5, "1e999"), "frame 14, marker.*finite"),
    "an endless name": (lambda t: with_cell(t, 4, 3, "x" * 5000), "line 4: .*200 characters"),
    "seconds as ms": (
        lambda t: "\n".join(
            line if number < 7 or not line else with_cell(line, 1, 2, f"{(number - 7) * 1e-5:.8f}")
            for number, line in enumerate(t.split("\n"), 1)
        ),
        "5 to 10000 frames a second",
    ),
    "no text": (lambda _: "\x00\x01" * 3000, "line 1: A TRC file must begin with"),
}


@pytest.mark.parametrize("case", TRC_CASES)
def test_a_trc_file_with(case: str, folder: Path, tmp_path: Path) -> None:
    change, says = TRC_CASES[case]
    path = tmp_path / "walk.trc"
    path.write_text(change((folder / "walk.trc").read_text(encoding="utf-8")), encoding="utf-8")
    refused(path, says)


def test_a_trc_file_of_windows_is_read(folder: Path, tmp_path: Path) -> None:
    text = (folder / "walk.trc").read_text(encoding="utf-8")
    for name, content in (
        ("wide.trc", text.replace("\n", "\r\n").encode("utf-16")),
        ("marked.trc", b"\xef\xbb\xbf" + text.encode()),
        ("mac.trc", text.replace("\n", "\r").encode()),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        markers = read_raw(path).markers
        assert markers is not None
        assert markers.names == walk().recording.markers.names


def test_a_short_row_does_not_move_markers(folder: Path, tmp_path: Path) -> None:
    """A blank in the middle and a value too many at the end must not cancel out."""
    rows = lines_of(folder / "walk.trc")
    cells = rows[19].split("\t")
    rows[19] = "\t".join([*cells[:4], "", *cells[5:], "7.0"])
    path = tmp_path / "walk.trc"
    path.write_text("\n".join(rows), encoding="utf-8")
    refused(path, "line 20: A row must have")


MOT_CASES: dict[str, tuple[Change, str]] = {
    "zero length": (lambda _: "", "The file is empty"),
    "cut off": (lambda t: t[: len(t) // 2], "A row must have|header: The table must have"),
    "NaN force": (lambda t: with_cell(t, 20, 3, "nan"), "column 'ground_force_1_vy': .*finite"),
    "text in a number": (lambda t: with_cell(t, 20, 3, "1.2.3"), "line 20, column 3.*'1.2.3'"),
    "times go back": (lambda t: with_cell(t, 20, 1, "0"), "line 20, 'time'.*rise.*Got 0"),
    "the same time twice": (lambda t: t.replace("\n" + t.split("\n")[19], "\n" + t.split("\n")[18]),
                            "'time'.*rise"),
    "huge row count": (lambda t: t.replace("nRows=", "nRows=9999"), "header: .*9999[0-9]* rows"),
    "a column twice": (lambda t: t.replace("ground_force_1_vz", "ground_force_1_vx"),
                       "Each column must stand once. Got 'ground_force_1_vx'"),
    "no forces": (lambda t: t.replace("_v", "_q"), "must have columns of ground"),
    "a column missing": (lambda t: t.replace("ground_force_1_px", "other"),
                         "'ground_force_1_px' is missing"),
    "no header": (lambda t: t.replace("endheader", ""), "'endheader' is missing"),
    "points in a valley": (lambda t: _scaled_points(t, 1e6), "must lie in a room"),
}  # fmt: skip


def _scaled_points(text: str, factor: float) -> str:
    """The table with its points of application in another unit."""
    rows = text.split("\n")
    at = rows.index("endheader") + 1
    columns = [k for k, name in enumerate(rows[at].split("\t")) if name[-2:-1] == "p"]
    for number in range(at + 1, len(rows)):
        cells = rows[number].split("\t")
        if len(cells) > 1:
            for column in columns:
                cells[column] = f"{float(cells[column]) * factor:.6g}"
            rows[number] = "\t".join(cells)
    return "\n".join(rows)


@pytest.mark.parametrize("case", MOT_CASES)
def test_a_table_of_forces_with(case: str, folder: Path, tmp_path: Path) -> None:
    change, says = MOT_CASES[case]
    path = tmp_path / "walk.mot"
    path.write_text(change((folder / "walk.mot").read_text(encoding="utf-8")), encoding="utf-8")
    refused(folder / "walk.trc", says, path, culprit=path)


def test_points_in_mm_are_known_by_their_size(folder: Path, tmp_path: Path) -> None:
    text = (folder / "walk.mot").read_text(encoding="utf-8")
    path = tmp_path / "walk.mot"
    path.write_text(_scaled_points(text, 1000.0), encoding="utf-8")
    found, notes = read_forces(path)
    true, _ = read_forces(folder / "walk.mot")
    np.testing.assert_allclose(found.plates[0].point_m, true.plates[0].point_m, atol=1e-5)
    assert notes == ["Points of application and moments were taken for mm and Nmm."]


def c3d_with(folder: Path, target: Path, at: int, value: bytes) -> Path:
    content = bytearray((folder / "walk.c3d").read_bytes())
    content[at : at + len(value)] = value
    target.write_bytes(bytes(content))
    return target


C3D_CASES: dict[str, tuple[int, bytes, str]] = {
    "no signature": (1, b"\0", "byte 2: A C3D file must have"),
    "parameters elsewhere": (0, b"\xff", "byte 1|parameters|processor"),
    "huge marker count": (2, struct.pack("<H", 65535), "POINT:USED: It must equal the header's"),
    "huge analog count": (4, struct.pack("<H", 65535), "ANALOG:USED"),
    "huge frame count": (8, struct.pack("<H", 65535), "data section.*need"),
    "data beyond the end": (16, struct.pack("<H", 60000), "data section.*need"),
    "negative rate": (20, struct.pack("<f", -100.0), "header, frame rate.*Got -100"),
    "NaN rate": (20, struct.pack("<f", float("nan")), "header, frame rate.*Got nan"),
    "another rate": (20, struct.pack("<f", 57.0), "POINT:RATE: It must equal the header's 57"),
}


@pytest.mark.parametrize("case", C3D_CASES)
def test_a_c3d_file_with(case: str, folder: Path, tmp_path: Path) -> None:
    at, value, says = C3D_CASES[case]
    refused(c3d_with(folder, tmp_path / "walk.c3d", at, value), says)


def test_a_c3d_file_with_numbers_that_are_none(folder: Path, tmp_path: Path) -> None:
    content = (folder / "walk.c3d").read_bytes()
    layout = check_layout("walk.c3d", content)
    nan = struct.pack("<f", float("nan"))
    refused(c3d_with(folder, tmp_path / "point.c3d", layout.begin, nan), "frame 1, point 1.*finite")
    analog = layout.begin + layout.points * 16
    path = c3d_with(folder, tmp_path / "analog.c3d", analog, struct.pack("<f", float("inf")))
    refused(path, "force plate 1, analog data: A sample must be a finite number")


def test_a_folder_and_a_device_are_no_files(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.trc").mkdir()
    refused(tmp_path / "walk.trc", "cannot be read: it is a folder")
    for ending in ("trc", "c3d", "mot"):
        endless = tmp_path / f"endless.{ending}"
        endless.symlink_to("/dev/zero")
        with pytest.raises(RecordingError, match="it is a device or pipe"):
            read_raw(endless)


@pytest.mark.skipif(not hasattr(os, "truncate"), reason="needs files with holes")
def test_a_file_larger_than_any_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "walk.c3d"
    path.touch()
    os.truncate(path, 5_000_000_000)
    refused(path, "2000 MB at most. Got 5000 MB")
    with pytest.raises(RecordingError, match="1 MB at most"):
        size_of(path, 1_000_000)


def amplified(path: Path, markers: int, rows: int) -> Path:
    """A small TRC file whose rows end early, so that it stands for a large table."""
    names = "\t\t\t".join(f"M{number}" for number in range(markers))
    axes = "\t".join(f"X{n}\tY{n}\tZ{n}" for n in range(1, markers + 1))
    body = "\n".join(f"{n}\t{n / 100:.2f}" for n in range(1, rows + 1))
    path.write_text(
        "PathFileType\t4\t(X/Y/Z)\tx.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n"
        f"100\t100\t{rows}\t{markers}\tmm\nFrame#\tTime\t{names}\n\t\t{axes}\n\n{body}\n",
        encoding="utf-8",
    )
    return path


def test_a_small_file_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = amplified(tmp_path / "walk.trc", 4000, 20_000)
    assert path.stat().st_size < 1_000_000
    refused(path, "Most rows end early")
    refused(amplified(tmp_path / "wide.trc", 30_000, 10), "line 4: There may be 5000 markers")


def test_a_hole_of_a_day_does_not_fill_the_memory(folder: Path, tmp_path: Path) -> None:
    rows = lines_of(folder / "walk.trc")
    last = next(number for number in range(len(rows) - 1, 0, -1) if rows[number])
    rows[last] = with_cell(rows[last], 1, 2, "86400.00")
    path = tmp_path / "walk.trc"
    path.write_text("\n".join(rows), encoding="utf-8")
    refused(path, "frames are missing between the rows|Frames must lie")


def many_columns(path: Path) -> Path:
    names = "\t".join(f"c{number}" for number in range(300_000))
    path.write_text(f"x\nendheader\ntime\t{names}\n0\t1\n", encoding="utf-8")
    return path


def same_names(path: Path) -> Path:
    names = "\t\t\t".join(["A"] * 4000)
    axes = "\t".join(["X\tY\tZ"] * 4000)
    row = "\t".join(["1"] * 12_000)
    path.write_text(
        "PathFileType\t4\t(X/Y/Z)\tx.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n"
        f"100\t100\t1\t4000\tmm\nFrame#\tTime\t{names}\n\t\t{axes}\n\n1\t0.0\t{row}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("make", "name", "read"),
    [(many_columns, "x.sto", read_storage), (same_names, "x.trc", read_raw)],
)
def test_many_names_are_dealt_with_quickly(
    make: Callable[[Path], Path], name: str, read: Callable[[Path], object], tmp_path: Path
) -> None:
    path = make(tmp_path / name)

    def work() -> None:
        with pytest.raises(RecordingError):
            read(path)

    assert yardsticks(work) < 3 * LIMIT


@pytest.mark.parametrize("name", ["walk.c3d", "walk.trc"])
def test_a_marker_named_twice_is_told(name: str, folder: Path, tmp_path: Path) -> None:
    content = (folder / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(content.replace(b"RTOE", b"LTOE", 1))
    trial = read_raw(path)
    assert trial.markers is not None
    assert "LTOE_2" in trial.markers.names
    assert any("'LTOE' stands twice" in note for note in trial.notes)
