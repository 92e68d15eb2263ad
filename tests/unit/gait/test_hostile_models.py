"""Hostile models, set-up files and lists; and recordings that contradict model or body."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.io.external_loads import read_external_loads
from kinechain.gait.io.forces import write_forces
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.kinematics.inverse import marker_positions
from kinechain.gait.marker_names import read_marker_set, recognise
from kinechain.gait.model import assembly, document
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import KinematicsSetup, read_kinematics_setup
from kinechain.gait.observations.quality import judge
from kinechain.gait.parameters.profile_score import read_reference
from kinechain.gait.parameters.trial import TrialMeasures, measure_trial
from kinechain.gait.recording import ForceRecord, Markers, Recording
from kinechain.gait.solution import solve
from kinechain.gait.yaml_file import read_yaml
from kinechain.service.gait.analysis import GaitRequest, analyse_gait
from tests.support import doll
from tests.support.closed_form import doll_motion
from tests.support.gait import walk
from tests.support.yardstick import yardsticks
from tests.unit.gait.test_external_loads import LOADS
from tests.unit.gait.test_setup import IK

LIMIT = 20.0  # of the yardstick: half a second on the machine of 2026
BOMB = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
READERS = {
    "model.osim": (read_model, doll.text),
    "setup.xml": (read_kinematics_setup, lambda: IK),
    "loads.xml": (read_external_loads, lambda: LOADS),
}


def refused(read: object, path: Path, says: str) -> GaitError:
    """The file is refused with its name, what is wrong, and a remedy."""
    assert callable(read)
    with pytest.raises(GaitError, match=f"(?s){says}") as caught:
        read(path)
    assert str(path) in caught.value.where
    assert caught.value.remedy
    assert len(str(caught.value)) < 1000
    return caught.value


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (path.parent / "walk.mot").touch()
    return path


XML_CASES = {
    "zero length": (lambda _: "", "The file is empty"),
    "cut off": (lambda t: t[: len(t) // 2], "not well-formed XML"),
    "an entity bomb": (lambda t: BOMB + t.replace('<?xml version="1.0"?>', ""), "document type"),
    "an outside entity": (
        lambda t: (
            '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            + t.replace('<?xml version="1.0"?>', "")
        ),
        "document type",
    ),
    "deep nesting": (lambda _: "<a>" * 100_000, "nested more than 200 deep"),
    "another document": (lambda _: "<html><body/></html>", "missing|not <OpenSimDocument>"),
    "no text": (lambda _: b"\x00\x01\x02" * 100, "not well-formed"),
    "wrong bytes": (lambda t: t.encode().replace(b"Model", b"\xff\xfe")[:400], "not well-formed"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("case", XML_CASES)
def test_an_xml_file_with(case: str, name: str, tmp_path: Path) -> None:
    read, made = READERS[name]
    change, says = XML_CASES[case]
    refused(read, written(tmp_path / name, change(made())), says)


@pytest.mark.parametrize("name", READERS)
def test_xml_of_too_many_elements_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MOST_ELEMENTS", 5)
    read, made = READERS[name]
    refused(read, written(tmp_path / name, made()), "more than 5 elements")
    monkeypatch.setattr(document, "LARGEST_FILE_BYTES", 100)
    refused(read, tmp_path / name, "MB at most")


def test_hostile_xml_is_refused_quickly(tmp_path: Path) -> None:
    path = written(tmp_path / "model.osim", "<a>" * 2_000_000)

    def work() -> None:
        with pytest.raises(GaitError):
            read_model(path)

    assert yardsticks(work) < LIMIT


MODEL_CASES = {
    "NaN mass": ("<mass>2.0</mass>", "<mass>nan</mass>", "<mass> has a number that is not finite"),
    "negative mass": ("<mass>2.0</mass>", "<mass>-2</mass>", "The mass is -2 kg. Give"),
    "text in a number": ("<location>0.1 0 0", "<location>0.1 O 0", "<location> is not numbers"),
    "two numbers of three": ("<location>0.1 0 0", "<location>0.1 0", "<location> has 2 numbers"),
    "a marker twice": ('<Marker name="trunk1"', '<Marker name="trunk0"', "marker 'trunk0'.*twice"),
    "a body twice": ('<Body name="head"', '<Body name="arm"', "body 'arm'|no body|twice"),
    "a body of nobody": ("/bodyset/trunk<", "/bodyset/nobody<", "nobody"),
}


@pytest.mark.parametrize("case", MODEL_CASES)
def test_a_model_with(case: str, tmp_path: Path) -> None:
    old, new, says = MODEL_CASES[case]
    assert old in doll.text()
    refused(read_model, written(tmp_path / "m.osim", doll.text().replace(old, new, 1)), says)


def test_a_model_of_thousands_of_bodies_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "MOST_BODIES", 5)
    path = written(tmp_path / "m.osim", doll.text())
    refused(read_model, path, "The model has 10 bodies; 5 can be computed. Remove")


IK_CASES = {
    "NaN weight": (">10<", ">nan<", r"IKMarkerTask\[heel\]: <weight> has a number that is not"),
    "negative weight": (">10<", ">-10<", "The weight is -10. Give zero or more"),
    "text as weight": (">10<", ">ten<", "<weight> is not numbers: 'ten'"),
    "a time that ends first": ("0.4 1.6", "1.6 0.4", "<time_range> ends at 0.4 s, before"),
    "one time": ("0.4 1.6", "0.4", "<time_range> has 1 numbers"),
    "a marker with two weights": ('name="toe"><apply>false', 'name="heel"><apply>true',
                                  "two tasks with different weights. Remove one"),
}  # fmt: skip


@pytest.mark.parametrize("case", IK_CASES)
def test_a_set_up_file_with(case: str, tmp_path: Path) -> None:
    old, new, says = IK_CASES[case]
    assert old in IK
    refused(read_kinematics_setup, written(tmp_path / "ik.xml", IK.replace(old, new)), says)


YAML_CASES = {
    "zero length": ("", "The file is empty"),
    "a bomb of references": (
        "a: &a [x, x, x, x]\n"
        + "\n".join(
            f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
            for before, name in pairwise("abcdefgh")
        ),
        r"line 2.*reference to another place",
    ),
    "a bomb of merges": ("a: &a {x: 1}\nmarkers: {<<: [*a, *a]}\n", "reference to another place"),
    "deep nesting": ("[" * 100_000, "nested 20 deep"),
    "deep mappings": ("\n".join(" " * n + "a:" for n in range(3000)), "nested 20 deep"),
    "no YAML": ("markers: {A: [\n", "cannot be read as YAML"),
    "an object of Python": ("!!python/object/apply:os.system [ls]", "cannot be read|must have"),
    "a date that is none": ("markers: {A: 2023-99-99}", "cannot be read|known one"),
    "a number without end": ("markers: {A: " + "9" * 6000 + "}", "cannot be read|known one"),
    "a key twice": ("markers: {A: heel.left, A: heel.right}", "line 1: The key 'A' stands twice"),
    "a list as key": ("? [a, b]\n: c\n", "may not be a key"),
    "no text": (b"\xff\xfe\x00\x01" * 50, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("read", [read_marker_set, read_reference])
@pytest.mark.parametrize("case", YAML_CASES)
def test_a_yaml_file_with(case: str, read: object, tmp_path: Path) -> None:
    text, says = YAML_CASES[case]
    path = written(tmp_path / "x.yaml", text)
    if read is read_reference:
        says = f"{says}|must have 'unit'"
    refused(read, path, says)


def test_two_mappings_may_have_the_same_keys(tmp_path: Path) -> None:
    path = written(tmp_path / "x.yaml", "a: {x: 1, y: 2}\nb: {x: 1, y: [{x: 1}, {x: 2}]}\n")
    assert read_yaml(path) == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": [{"x": 1}, {"x": 2}]}}


@pytest.mark.parametrize("number", [".nan", ".inf", "1" + "0" * 400, "1e99", "'12'", "null"])
def test_a_reference_curve_with_a_wrong_number(number: str, tmp_path: Path) -> None:
    row = ", ".join(["1.0"] * 50 + [number])
    path = written(tmp_path / "x.yaml", f"unit: deg\ncurves:\n  hip_flexion: [{row}]\n")
    refused(read_reference, path, "'hip_flexion': A curve must be at least 20 finite numbers")


def doll_trial(names: tuple[str, ...] | None = None) -> TrialMeasures:
    """The doll's own markers as a recording."""
    model = doll.doll()
    motion = doll_motion(model, 60)
    markers = Markers(names or model.markers, motion.times_s * 0.6,
                      marker_positions(model, motion.values), 100.0)  # fmt: skip
    return measure_trial(Recording(markers, None, (), "walk.trc"), recognise(markers.names))


def test_renamed_markers_are_told_with_the_files_name() -> None:
    names = tuple(f"x{number}" for number in range(30))
    with pytest.raises(GaitError, match=r"Only 0 markers.*Map the recording's marker") as one:
        solve(doll.doll(), doll_trial(names))
    assert one.value.where.startswith("walk.trc")


def test_a_time_range_beside_the_recording_is_told() -> None:
    setup = KinematicsSetup({}, (), (5.0, 6.0), "")
    with pytest.raises(GaitError, match=r"from 5 to 6 s, the recording from 0 to 0\.6 s") as one:
        solve(doll.doll(), doll_trial(), setup)
    assert one.value.where.startswith("walk.trc, time_range")


def test_frames_without_markers_in_the_middle_are_told_with_the_files_name() -> None:
    trial = doll_trial()
    markers = trial.recording.markers
    positions = markers.positions_m.copy()
    positions[20:40] = np.nan
    hidden = replace(trial.recording, markers=replace(markers, positions_m=positions))
    with pytest.raises(GaitError, match="Frames without enough markers") as one:
        solve(doll.doll(), replace(trial, recording=hidden))
    assert one.value.where.startswith("walk.trc")


OTHER = {"L": "R", "R": "L"}


def analysed(folder: Path, recording: Recording) -> tuple[str, ...]:
    """What a whole analysis says against a recording: quality and notes."""
    write_trc(folder / "walk.trc", recording.markers)
    assert recording.forces is not None
    write_forces(folder / "walk.mot", recording.forces)
    found = analyse_gait(GaitRequest(folder / "walk.trc", folder / "walk.mot"))
    assert found.findings.offered == ()
    return (*found.findings.quality.reasons, *found.measured.notes)


@pytest.mark.parametrize(
    ("places", "says"),
    [(("HEE", "TOE"), "exchanged at heel, toe"), (None, "left and right are exchanged")],
)
def test_swapped_feet_conclude_nothing(
    places: tuple[str, ...] | None, says: str, tmp_path: Path
) -> None:
    made = walk().recording
    names = tuple(
        OTHER[name[0]] + name[1:]
        if name[0] in OTHER and (places is None or name[1:] in places)
        else name
        for name in made.markers.names
    )
    recording = replace(made, markers=replace(made.markers, names=names))
    assert any(says in one for one in analysed(tmp_path, recording))
    assert not judge(measure_trial(recording, recognise(names))).good


def test_plates_under_neither_foot_are_said_and_not_used(tmp_path: Path) -> None:
    made = walk().recording
    assert made.forces is not None
    plates = tuple(
        replace(one, point_m=one.point_m + np.array([0.0, 0.0, 1.5])) for one in made.forces.plates
    )
    recording = replace(made, forces=ForceRecord(made.forces.times_s, plates))
    write_trc(tmp_path / "walk.trc", recording.markers)
    write_forces(tmp_path / "walk.mot", recording.forces)
    found = analyse_gait(GaitRequest(tmp_path / "walk.trc", tmp_path / "walk.mot"))
    said = [one for one in found.measured.notes if "no foot is proved" in one]
    assert len(said) == 3
    assert all("from the nearer foot; its forces are not used" in one for one in said)
    assert all(one.side is None for one in found.measured.events.contacts)


def test_unknown_marker_names_are_said_with_what_to_do(tmp_path: Path) -> None:
    made = walk().recording
    names = tuple(f"point{number}" for number in range(len(made.markers.names)))
    recording = replace(made, markers=replace(made.markers, names=names))
    said = " ".join(analysed(tmp_path, recording))
    assert "heel and toe are not known" in said
