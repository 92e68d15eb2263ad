"""Damaged files of every kind: read, or refused with a message that names them; nothing else.

Warnings are errors here, so that a number that became NaN or infinite on the way is noticed.
"""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.gait.errors import GaitError
from kinechain.gait.io.c3d_layout import TYPE_BYTES, Layout, check_layout
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.forces import write_forces
from kinechain.gait.io.read import read_trial
from kinechain.gait.io.readers import c3d
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.marker_names import read_marker_set
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import read_kinematics_setup
from kinechain.gait.parameters.profile_score import VARIABLES, read_reference
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.recording import ForceRecord, Markers, PlateForces, Recording
from kinechain.gait.solution import solve
from tests.support import doll
from tests.support.c3d_file import C3dStyle, write_c3d
from tests.support.gait import walk
from tests.support.yardstick import yardstick_s
from tests.unit.gait.test_external_loads import LOADS
from tests.unit.gait.test_hostile_models import doll_trial
from tests.unit.gait.test_readers import cortex
from tests.unit.gait.test_setup import IK

EXAMPLES = 60
YARDSTICKS = 200.0  # more is a hang: five seconds on the machine of 2026
TOKENS = (b"nan", b"-1", b"0", b"1e999", b"99999999999", b"", b"\t\t", b"-inf", b"1e-300", b"abc",
          b"\xff\xfe", b"\0", b"<!DOCTYPE a>", b"*a", b"&a", b"true", b"unassigned",
          b"0.5.5", b"-0", b"9" * 400)  # fmt: skip
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of the synthetic walk, and files that go with it."""
    path = tmp_path_factory.mktemp("files")
    made = _short(walk().recording)
    write_c3d(path / "walk.c3d", made, C3dStyle(plate_type=2))
    write_trc(path / "walk.trc", made.markers)
    assert made.forces is not None
    write_forces(path / "walk.mot", made.forces)
    cortex(path / "walk.forces")
    (path / "model.osim").write_text(doll.text(), encoding="utf-8")
    (path / "setup.xml").write_text(IK, encoding="utf-8")
    (path / "loads.xml").write_text(LOADS, encoding="utf-8")
    names = "\n".join(f"  {name}: heel.left" for name in ("A", "B", "C7", "Left heel"))
    (path / "names.yaml").write_text(f"markers:\n{names}\n", encoding="utf-8")
    row = ", ".join(f"{number / 7:.3f}" for number in range(51))
    curves = "\n".join(f"  {name}: [{row}]" for name in VARIABLES[:3])
    (path / "reference.yaml").write_text(f"unit: deg\ncurves:\n{curves}\n", encoding="utf-8")
    return path


def _short(recording: Recording, seconds: float = 0.6) -> Recording:
    """The part from 1.2 s on, with feet on plates."""

    def rows(times: Sequence[float]) -> slice:
        here = [number for number, one in enumerate(times) if 1.2 <= one < 1.2 + seconds]
        return slice(here[0], here[-1] + 1)

    markers, forces = recording.markers, recording.forces
    assert forces is not None
    seen, felt = rows(markers.times_s.tolist()), rows(forces.times_s.tolist())
    plates = tuple(
        PlateForces(one.name, one.force_N[felt], one.point_m[felt], one.moment_Nm[felt], one.plate)
        for one in forces.plates
    )
    cut = Markers(markers.names, markers.times_s[seen], markers.positions_m[seen], markers.rate_hz)
    return Recording(cut, ForceRecord(forces.times_s[felt], plates), (), "walk")


def _trial(path: Path, markers: Path | None = None) -> None:
    trial = read_trial(markers or path, path if markers else None)
    measure_trial(trial.recording, trial.names)


def _solved(path: Path) -> None:
    """A model that can still be read meets markers; machine code must bear any numbers."""
    solve(read_model(path), _doll_trial())


@cache
def _doll_trial() -> TrialMeasures:
    return doll_trial()


KINDS: dict[str, Callable[[Path], object]] = {
    "walk.c3d": _trial,
    "walk.trc": _trial,
    "walk.mot": lambda path: _trial(path, path.parent / "walk.trc"),
    "walk.forces": lambda path: _trial(path, path.parent / "walk.trc"),
    "model.osim": _solved,
    "setup.xml": read_kinematics_setup,
    "loads.xml": read_external_loads,
    "names.yaml": read_marker_set,
    "reference.yaml": read_reference,
}


@pytest.mark.parametrize("name", KINDS)
def test_the_files_are_sound_before_they_are_damaged(name: str, folder: Path) -> None:
    KINDS[name](folder / name)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Bytes flipped, the end cut off, words replaced, parts left out or repeated."""
    kind = draw(st.sampled_from(["cut", "bytes", "bytes", "words", "words", "words", "repeat"]))
    places = draw(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=6))
    reach = draw(st.sampled_from([512, 4096, 1 << 30]))
    if kind == "cut":
        return lambda data: data[: max(1, int(places[0] * len(data)))]
    if kind == "bytes":
        values = draw(st.lists(st.integers(0, 255), min_size=len(places), max_size=len(places)))
        return lambda data: _flipped(data, places, values, reach)
    if kind == "words":
        words = draw(st.lists(st.sampled_from(TOKENS), min_size=len(places), max_size=len(places)))
        own = draw(st.booleans())
        return lambda data: _worded(data, places, words, reach, own=own)
    times = draw(st.sampled_from([0, 2, 20]))
    return lambda data: _repeated(data, places[0], times)


def _flipped(data: bytes, places: list[float], values: list[int], reach: int) -> bytes:
    result = bytearray(data)
    for place, value in zip(places, values, strict=True):
        result[int(place * min(reach, len(data)))] = value
    return bytes(result)


def _worded(
    data: bytes, places: list[float], words: list[bytes], reach: int, *, own: bool
) -> bytes:
    """Some words in the place of others; `own` takes them from the file itself."""
    found = list(re.finditer(rb"[^\s<>]+", data[:reach]))
    if not found:
        return data
    chosen = {int(place * len(found)): word for place, word in zip(places, words, strict=True)}
    for number in sorted(chosen, reverse=True):
        match = found[number]
        word = found[(number * 7 + 3) % len(found)].group() if own else chosen[number]
        data = data[: match.start()] + word + data[match.end() :]
    return data


def _repeated(data: bytes, place: float, times: int) -> bytes:
    start = int(place * len(data))
    return data[:start] + data[start : start + 200] * times + data[start + 200 :]


def bearable(work: Callable[[], object], path: Path) -> None:
    """The work ends soon, well or with a message that names the file."""
    start = time.process_time()
    refusal: GaitError | None = None
    try:
        work()
    except GaitError as error:
        refusal = error
    if refusal is not None:
        assert str(path.parent) in refusal.where or refusal.where.startswith("walk.trc")
        assert refusal.what
        assert refusal.remedy
        assert len(str(refusal)) < 2000
    assert time.process_time() - start < YARDSTICKS * _yardstick_s()


_yardstick_s = cache(yardstick_s)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=EXAMPLES)
@given(change=changes())
def test_a_damaged_file_is_read_or_refused(name: str, folder: Path, change: Change) -> None:
    content = _contents(folder / name)
    path = folder / f"damaged_{name}"
    path.write_bytes(change(content))
    bearable(lambda: KINDS[name](path), path)


@cache
def _contents(path: Path) -> bytes:
    return path.read_bytes()


SIZES = (0, 1, 2, 3, 3, 4, 4, 6, 6, 12, 36)
Parameter = tuple[int, tuple[int, ...], bytes]


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    """A C3D parameter of any type and shape."""
    kind = draw(st.sampled_from([-1, 1, 2, 4]))
    shape = tuple(draw(st.lists(st.sampled_from(SIZES), max_size=4)))
    size = TYPE_BYTES[kind]
    for one in shape:
        size *= one
    if size > 20_000:
        return kind, (1,), bytes(TYPE_BYTES[kind])
    few = draw(st.binary(min_size=1, max_size=24))
    if kind == 4:
        few += struct.pack("<f", draw(st.floats(width=32)))
    return kind, shape, (few * (size // len(few) + 1))[:size]


@settings(max_examples=4 * EXAMPLES)
@given(data=st.data())
def test_a_c3d_file_may_hold_parameters_of_any_type_and_shape(
    data: st.DataObject, folder: Path
) -> None:
    path = folder / "walk.c3d"
    layout = _layout(path)
    names = [(group, name) for group, items in layout.groups.items() for name in items]
    groups = {group: dict(items) for group, items in layout.groups.items()}
    for group, name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        made = data.draw(st.none() | parameters())
        if made is None:
            groups[group].pop(name, None)
        else:
            groups[group][name] = made
    strange = replace(layout, groups=groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(c3d, "check_layout", lambda _source, _content: strange)
        bearable(lambda: _trial(path), path)


@cache
def _layout(path: Path) -> Layout:
    return check_layout(str(path), _contents(path))


NUMBERS = st.sampled_from(["0", "-1", "1e6", "-1e-9", "1e30", "1e300", "true", "0 0 0", "1e-320"])


@settings(max_examples=2 * EXAMPLES)
@given(data=st.data())
def test_a_model_of_strange_numbers_is_solved_or_refused(data: st.DataObject, folder: Path) -> None:
    """The text stays well formed, so that more of it reaches the mathematics."""
    text = doll.text()
    found = list(re.finditer(r">([^<>]*\d[^<>]*)<", text))
    chosen = data.draw(st.dictionaries(st.sampled_from(range(len(found))), NUMBERS, min_size=1,
                                       max_size=5))  # fmt: skip
    for number in sorted(chosen, reverse=True):
        match = found[number]
        text = text[: match.start(1)] + chosen[number] + text[match.end(1) :]
    path = folder / "strange.osim"
    path.write_text(text, encoding="utf-8")
    bearable(lambda: _solved(path), path)
