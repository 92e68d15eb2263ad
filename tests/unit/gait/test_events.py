"""Events and plate-to-foot assignment against the synthetic walk's truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.events.combine import agreement, corrected, find_events, find_feet, method_bias
from kinechain.gait.events.cycles import find_cycles, on_cycle
from kinechain.gait.events.forces import ForceSettings, find_contacts, loaded_spans
from kinechain.gait.events.model import Events, GaitEvent
from kinechain.gait.events.smooth import derivative
from kinechain.gait.marker_names import recognise
from kinechain.gait.recording import Plate, Recording
from kinechain.gait.synthetic.walk import Truth
from tests.support.gait import hidden, measured, walk, with_events, without_forces

NAMES = recognise(walk().recording.markers.names)
FRAME_S = 0.010


def differences(found: Events, true: tuple[GaitEvent, ...]) -> np.ndarray:
    """Found minus true time of every true event; fails where one has no partner."""
    rows = []
    for one in true:
        near = [x for x in found.of(one.side, one.kind) if abs(x - one.time_s) < 0.2]
        assert len(near) == 1, one
        rows.append(near[0] - one.time_s)
    return np.array(rows)


WALKS = {
    "shipped": Truth(),
    "slow": Truth(speed_m_per_s=1.15, step_length_left_m=0.64, seed=5),
    "at the start": Truth(first_left_contact_s=0.05, seed=6),
    "late": Truth(first_left_contact_s=0.50, seed=7),
}


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("plates", [True, False], ids=["plates", "markers"])
def test_every_event_is_found_within_a_frame(name: str, plates: bool) -> None:
    made = walk(WALKS[name])
    recording = made.recording if plates else without_forces(made.recording)
    events, _ = find_events(recording, NAMES)
    inner = tuple(one for one in made.events if 0.04 < one.time_s < 3.9)
    errors = np.abs(differences(events, inner))
    assert errors.max() <= FRAME_S
    assert len([one for one in events.events if 0.04 < one.time_s < 3.9]) == len(inner)


def test_forces_give_the_plates_events() -> None:
    made = walk()
    events, found = find_events(made.recording, NAMES)
    forces = [one for one in events.events if one.method == "force"]
    assert len(forces) == 6
    found_by_force = {(one.kind, one.side, round(one.time_s, 1)) for one in forces}
    true = tuple(
        one for one in made.events if (one.kind, one.side, round(one.time_s, 1)) in found_by_force
    )
    assert len(true) == 6
    assert np.abs(differences(Events(tuple(forces)), true)).max() < 0.003
    assert found["contact"].missed == 0
    assert found["contact"].steps == 3
    assert [one.side for one in events.contacts] == ["left", "right", "left"]
    assert all(one.whole for one in events.contacts)


def test_stated_events_are_used_without_plates() -> None:
    recording = without_forces(with_events(walk()))
    events, _ = find_events(recording, NAMES)
    assert {one.method for one in events.events} == {"file"}
    assert [one.time_s for one in events.events] == [one.time_s for one in walk().events]


def moved_plates(recording: Recording, way: np.ndarray, *, load: bool) -> Recording:
    """Plates, with or without their loads, somewhere else."""
    assert recording.forces is not None
    plates = []
    for one in recording.forces.plates:
        assert one.plate is not None
        plate = Plate(one.plate.corners_m + way, one.plate.origin_m)
        point = one.point_m + way if load else one.point_m
        plates.append(replace(one, plate=plate, point_m=point))
    return replace(recording, forces=replace(recording.forces, plates=tuple(plates)))


def test_plates_under_neither_foot_are_not_used() -> None:
    away = moved_plates(walk().recording, np.array([0.0, 0.0, 1.5]), load=True)
    events, _ = find_events(away, NAMES)
    assert all(one.side is None for one in events.contacts)
    assert all("m from the nearer foot" in one.reason for one in events.contacts)
    assert {one.method for one in events.events} == {"marker"}
    assert sum("its forces are not used" in note for note in events.notes) == 3


def test_heel_beside_the_plate_gives_no_contact() -> None:
    moved = moved_plates(walk().recording, np.array([0.30, 0.0, 0.0]), load=False)
    events, _ = find_events(moved, NAMES)
    assert all(one.heel_on is False and one.toe_on for one in events.contacts)
    assert not any(one.whole for one in events.contacts)
    forced = [one.kind for one in events.events if one.method == "force"]
    assert forced == ["off", "off", "off"]
    assert any("left heel was beside the plate" in note for note in events.notes)


def test_exchanged_feet_change_the_side_but_not_the_time() -> None:
    recording = walk().recording
    other = {"L": "R", "R": "L"}
    names = tuple(
        other[one[0]] + one[1:] if one[1:] in ("HEE", "TOE") else one
        for one in recording.markers.names
    )
    swapped = replace(recording, markers=replace(recording.markers, names=names))
    contacts = find_events(swapped, recognise(names))[0].contacts
    assert [one.side for one in contacts] == ["right", "left", "right"]


def test_unseen_feet_prove_nothing() -> None:
    markers = walk().recording.markers
    for place in ("HEE", "TOE", "MT5", "MT1", "ANK", "MED"):
        for side in "LR":
            markers = hidden(markers, side + place, 1.2, 3.5)
    recording = replace(walk().recording, markers=markers)
    contacts = find_events(recording, NAMES)[0].contacts
    assert {one.side for one in contacts} == {None}
    assert "not seen" in contacts[0].reason


def test_both_feet_on_one_plate_prove_nothing() -> None:
    recording = walk().recording
    assert recording.forces is not None
    first, second = recording.forces.plates[:2]
    force = first.force_N + second.force_N
    share = second.force_N[:, 1] / np.where(force[:, 1] > 0, force[:, 1], 1.0)
    point = first.point_m + share[:, None] * (second.point_m - first.point_m)
    both = replace(first, force_N=force, point_m=point)
    record = replace(recording.forces, plates=(both,))
    feet = find_feet(recording, NAMES)
    (contact,) = find_contacts(record, recording.markers.times_s, feet)
    assert contact.side is None
    assert contact.reason


def test_hysteresis_bridges_noise_and_drops_knocks() -> None:
    times = np.arange(2000) / 1000
    vertical = np.where((times > 0.5) & (times < 1.2), 600.0, 0.0)
    vertical[700:703] = 15.0
    vertical[100:130] = 60.0
    (span,) = loaded_spans(times, vertical, ForceSettings())
    assert span[0] == pytest.approx(0.5, abs=0.002)
    assert span[1] == pytest.approx(1.2, abs=0.002)


def test_load_at_the_ends_makes_no_event() -> None:
    times = np.arange(1000) / 1000
    vertical = np.full(1000, 500.0)
    vertical[400:600] = 0.0
    spans = loaded_spans(times, vertical, ForceSettings())
    assert [(starts, ends) for _, _, starts, ends in spans] == [(False, True), (True, False)]


def test_own_forces_move_the_correction() -> None:
    made = walk()
    recording = made.recording
    events = find_events(without_forces(recording), NAMES)[0].events
    late = tuple(replace(one, time_s=one.time_s + 0.030, method="marker") for one in made.events)
    found = agreement(late, tuple(replace(one, method="force") for one in made.events))
    assert found["contact"].mean_s == pytest.approx(0.030)
    fixed = corrected(late, found)
    assert max(abs(a.time_s - b.time_s) for a, b in zip(fixed, made.events, strict=True)) < 0.003
    assert fixed[0].spread_s < events[0].spread_s
    assert set(method_bias()) == {"contact", "off"}


def test_left_and_right_mirror_each_other() -> None:
    recording = walk().recording
    mirror = np.array([1.0, 1.0, -1.0])
    other = {"L": "R", "R": "L"}
    names = tuple(
        other[one[0]] + one[1:] if one[0] in other else one for one in recording.markers.names
    )
    markers = replace(
        recording.markers, names=names, positions_m=recording.markers.positions_m * mirror
    )
    before = measured(without_forces(recording))
    after = measured(without_forces(replace(recording, markers=markers)))
    swap = {"left": "right", "right": "left", "both": "both"}
    for one in before.measures:
        twin = [x for x in after.measures if (x.name, x.side) == (one.name, swap[one.side])]
        assert np.allclose(sorted(one.values), sorted(twin[0].values), atol=1e-9), one.name


def test_a_treadmill_gives_the_same_steps() -> None:
    made = walk()
    recording = without_forces(made.recording)
    belt = made.truth.speed_m_per_s * recording.markers.times_s
    positions = recording.markers.positions_m.copy()
    positions[:, :, 0] -= belt[:, None]
    markers = replace(recording.markers, positions_m=positions)
    trial = measured(replace(recording, markers=markers))
    assert trial.belt_m_per_s == pytest.approx(made.truth.speed_m_per_s, rel=0.01)
    stride = trial.measure("stride_length", "left")
    assert stride is not None
    assert stride.mean == pytest.approx(made.truth.stride_length_m, rel=0.01)


def test_standing_gives_no_events() -> None:
    recording = without_forces(walk().recording)
    positions = np.repeat(recording.markers.positions_m[150:151], 400, axis=0)
    times = np.arange(400) / 100
    markers = replace(recording.markers, positions_m=positions, times_s=times)
    events, _ = find_events(replace(recording, markers=markers), NAMES)
    assert events.events == ()
    assert find_cycles(events) == ()


def test_cycles_need_every_event() -> None:
    made = walk()
    events = Events(made.events)
    cycles = find_cycles(events)
    assert [one.side for one in cycles] == ["left", "right", "left", "right", "left"]
    assert all(one.duration_s == pytest.approx(1.1) for one in cycles)
    lacking = Events(tuple(one for one in made.events if one is not made.events[2]))
    assert len(find_cycles(lacking)) < len(cycles)


def test_curve_on_a_cycle_is_linear_between_samples() -> None:
    times = np.arange(101) / 100
    curve = on_cycle(times, 3.0 * times, 0.203, 0.8)
    assert np.allclose(curve, 3.0 * np.linspace(0.203, 0.8, 101))
    assert np.isnan(on_cycle(times, times, 0.5, 1.5)).any()
    holed = times.copy()
    holed[40] = np.nan
    assert np.isnan(on_cycle(times, holed, 0.2, 0.8)).any()


@pytest.mark.parametrize("order", [0, 1, 2])
def test_derivative_of_a_cubic_is_exact(order: int) -> None:
    times = np.arange(50) / 100
    path = 1 + 2 * times - 3 * times**2 + 4 * times**3
    true = [path, 2 - 6 * times + 12 * times**2, -6 + 24 * times][order]
    found = derivative(path, 100.0, order, 0.08)
    assert np.allclose(found[5:-5], true[5:-5])
    assert np.isnan(derivative(np.full(5, np.nan), 100.0, order, 0.08)).all()
