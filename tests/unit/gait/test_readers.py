"""One contract for every reader, found by discovery: a new format brings its sample here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import GaitError, RecordingError
from kinechain.gait.io.forces import write_forces
from kinechain.gait.io.raw import RawTrial
from kinechain.gait.io.read import formats, read_raw, read_trial
from kinechain.gait.io.readers.trc import write_trc
from tests.support.c3d_file import C3dStyle, write_c3d
from tests.support.gait import walk, with_events


def c3d(path: Path) -> None:
    write_c3d(path, with_events(walk()), C3dStyle(plate_type=2))


def trc(path: Path) -> None:
    write_trc(path, walk().recording.markers)


def table(path: Path) -> None:
    forces = walk().recording.forces
    assert forces is not None
    write_forces(path, forces)


def cortex(path: Path) -> None:
    forces = walk().recording.forces
    assert forces is not None
    plates = len(forces.plates)
    labels = "\t".join(
        f"FX{n}\tFY{n}\tFZ{n}\tX{n}\tY{n}\tZ{n}\tMZ{n}" for n in range(1, plates + 1)
    )
    rows = np.hstack(
        [
            np.column_stack([one.force_N, 1000 * one.point_m, 1000 * one.moment_Nm[:, 1]])
            for one in forces.plates
        ]
    )
    lines = [
        "[Force Data]",
        f"NumberOfForcePlates={plates}",
        "SampleRate=400.000000",
        f"NumberOfSamples={len(rows)}",
        f"#Sample\t{labels}",
        *("\t".join([str(n), *(f"{x:.4f}" for x in row)]) for n, row in enumerate(rows, 1)),
    ]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


SAMPLES: dict[str, Callable[[Path], None]] = {
    ".c3d": c3d,
    ".trc": trc,
    ".mot": table,
    ".sto": table,
    ".forces": cortex,
}
ENDINGS = sorted(formats())


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("samples")
    paths = {ending: folder / f"walk{ending}" for ending in SAMPLES}
    for ending, path in paths.items():
        SAMPLES[ending](path)
    return paths


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(formats())


@pytest.mark.parametrize("ending", ENDINGS)
def test_reader_gives_si_units_and_regular_shapes(ending: str, samples: dict[str, Path]) -> None:
    trial = read_raw(samples[ending])
    assert trial.source == str(samples[ending])
    assert trial.markers is not None or trial.forces is not None
    if trial.markers is not None:
        markers = trial.markers
        frames, count, _ = markers.positions_m.shape
        assert (frames, count) == (len(markers.times_s), len(markers.names))
        assert len(set(markers.names)) == count
        assert np.allclose(np.diff(markers.times_s), 1.0 / markers.rate_hz)
        missing = np.isnan(markers.positions_m)
        assert (missing.any(axis=2) == missing.all(axis=2)).all()
        assert 1.0 < np.nanmax(np.ptp(markers.positions_m[0], axis=0)) < 2.5
    if trial.forces is not None:
        assert (np.diff(trial.forces.times_s) > 0).all()
        for plate in trial.forces.plates:
            shape = (len(trial.forces.times_s), 3)
            assert plate.force_N.shape == plate.point_m.shape == plate.moment_Nm.shape == shape
            assert np.isfinite(plate.force_N).all()
            loaded = np.linalg.norm(plate.force_N, axis=1) > 50
            assert np.abs(plate.point_m[loaded]).max() < 20
            assert np.abs(plate.moment_Nm).max() < 50


@pytest.mark.parametrize("ending", ENDINGS)
def test_reader_gives_back_what_was_written(ending: str, samples: dict[str, Path]) -> None:
    trial, made = read_raw(samples[ending]), walk().recording
    assert made.forces is not None
    if trial.markers is not None and ending == ".trc":
        assert trial.markers.names == made.markers.names
        assert np.abs(trial.markers.positions_m - made.markers.positions_m).max() < 1e-5
    if trial.forces is not None and ending != ".c3d":
        for plate, true in zip(trial.forces.plates, made.forces.plates, strict=True):
            assert np.abs(plate.force_N - true.force_N).max() < 1e-3
            assert np.abs(plate.moment_Nm - true.moment_Nm).max() < 1e-3


def spoilt(content: bytes, number: int) -> bytes:
    """The same damage for the same number."""
    generator = np.random.default_rng(number)
    data = bytearray(content)
    if number % 4 == 0:
        return bytes(data[: int(generator.integers(1, len(data)))])
    reach = min(len(data), int(generator.choice([512, 2048, 6144, len(data)])))
    for at in generator.integers(0, reach, size=int(generator.choice([1, 3, 20, 80]))):
        data[at] = int(generator.choice([0, 9, 10, 32, 45, 46, 127, 255, generator.integers(256)]))
    return bytes(data)


@pytest.mark.parametrize("ending", ENDINGS)
def test_damaged_file_is_read_or_refused_with_a_remedy(
    ending: str, samples: dict[str, Path], tmp_path: Path
) -> None:
    content = samples[ending].read_bytes()
    path = tmp_path / f"damaged{ending}"
    errors: list[RecordingError] = []
    for number in range(80):
        path.write_bytes(spoilt(content, number))
        try:
            assert isinstance(read_raw(path), RawTrial)
        except RecordingError as error:
            errors.append(error)
    assert len(errors) > 10
    assert all(str(path) in one.where and one.what and one.remedy for one in errors)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"\0" * 4096, b"nonsense", b"PathFileType\n", b"endheader\n", b"\x02P" * 700],
    ids=["empty", "null", "nulls", "text", "head only", "end only", "signature only"],
)
def test_nonsense_is_refused(ending: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"nonsense{ending}"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        read_raw(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_missing_file_is_named(ending: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        read_raw(tmp_path / f"none{ending}")


def test_unknown_ending_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"\.c3d, .*\.trc"):
        read_raw(tmp_path / "walk.xls")


def test_forces_alone_are_no_trial(samples: dict[str, Path]) -> None:
    with pytest.raises(RecordingError, match="holds no markers"):
        read_trial(samples[".mot"])


def test_forces_of_another_time_are_refused(samples: dict[str, Path], tmp_path: Path) -> None:
    forces = walk().recording.forces
    assert forces is not None
    path = tmp_path / "late.mot"
    write_forces(path, type(forces)(forces.times_s + 100.0, forces.plates))
    with pytest.raises(RecordingError, match="overlap in time"):
        read_trial(samples[".trc"], path)


def test_markers_and_forces_in_two_files(samples: dict[str, Path]) -> None:
    recording = read_trial(samples[".trc"], samples[".mot"]).recording
    assert recording.forces is not None
    assert len(recording.forces.plates) == 3
    assert "axes were kept" in recording.notes[-1]


def external_loads(table: str, *, extra: str = "", body: str = "calcn_r") -> str:
    return f"""<?xml version="1.0"?>{extra}
<OpenSimDocument><ExternalLoads name="x"><objects><ExternalForce name="one">
<applied_to_body>{body}</applied_to_body>
<force_expressed_in_body>ground</force_expressed_in_body>
<force_identifier>ground_force_2_v</force_identifier>
<point_identifier>ground_force_2_p</point_identifier>
<torque_identifier>ground_torque_2_</torque_identifier>
</ExternalForce></objects><datafile>{table}</datafile></ExternalLoads></OpenSimDocument>"""


def test_external_loads_name_columns(samples: dict[str, Path]) -> None:
    path = samples[".mot"].parent / "loads.xml"
    path.write_text(external_loads("walk.mot"), encoding="utf-8")
    recording = read_trial(samples[".trc"], path).recording
    assert recording.forces is not None
    (plate,) = recording.forces.plates
    assert plate.name == "one"


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (external_loads("walk.mot", extra=BOMB), "document type"),
        ("<OpenSimDocument>", "not well-formed"),
        ("<OpenSimDocument/>", "ExternalLoads"),
        ("<a>" * 300 + "</a>" * 300, "more than 200 deep"),
        (external_loads("no.mot"), "cannot be read"),
        (external_loads(""), "not named"),
    ],
    ids=["entity bomb", "cut off", "empty", "deep", "no table", "no name"],
)
def test_hostile_external_loads(
    text: str, message: str, samples: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "loads.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GaitError, match=message):
        read_trial(samples[".trc"], path)
