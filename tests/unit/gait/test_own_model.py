"""The shipped model on walks: synthetic ones with known truth, real ones, and beside OpenSim's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import msgspec
import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.io.read import Trial, read_trial
from kinechain.gait.kinetics.inverse import with_couplers
from kinechain.gait.loads.results import model_results
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.setup import read_kinematics_setup
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import FloatArray
from kinechain.gait.scaling import scale
from kinechain.gait.scaling.person import NOMINAL_KG, Person, person_of
from kinechain.gait.scaling.tables import joint_centres
from kinechain.gait.solution import Solved, solve
from tests.support.gait import (
    measured,
    needs_real_data,
    real,
    real_measures,
    walk,
    with_events,
    without_forces,
)
from tests.support.real_gait import TRIALS
from tests.support.standing import mirrored, shuffled
from tests.support.yardstick import yardsticks

STATIC = {"gait2354 walk1": "opensim_gait2354_walk/subject01_static.trc",
          "rajagopal walk": "opensim_rajagopal_walk/static_walk_1.trc"}  # fmt: skip
OPENSIM = {"gait2354 walk1": "gait2354", "rajagopal walk": "rajagopal"}


def solved(person: Person) -> Solved:
    return solve(person.scaled.model, person.measured, person.setup)


def column(one: Solved, name: str) -> FloatArray:
    """A coordinate over all frames, deg."""
    return np.degrees(one.angles.values[:, one.model.coordinate_number[name]])


@cache
def sample() -> TrialMeasures:
    return measured(with_events(walk()))


# --- synthetic -----------------------------------------------------------------------------


def test_with_the_true_hip_the_knee_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the hip's place is a regression; with the truth in its stead the rest has no error."""
    hip = msgspec.structs.replace(
        joint_centres().hip, constant_m=(-0.09, -0.08, 0.085), per_leg_length=(0, 0, 0),
        marker_ahead_m=0.0,
    )  # fmt: skip
    true = msgspec.structs.replace(joint_centres(), hip=hip)
    monkeypatch.setattr(scale, "joint_centres", lambda: true)
    one = solved(person_of(sample()))
    person = person_of(sample())
    for bone in ("femur_r", "tibia_r", "femur_l", "tibia_l"):
        assert person.scaled.lengths_m[bone] == pytest.approx(0.43, abs=2e-4)
    for side, letter in (("right", "r"), ("left", "l")):
        truth = np.degrees(walk().knee_flexion_rad[side])  # type: ignore[index]
        assert column(one, f"knee_angle_{letter}") == pytest.approx(truth, abs=0.3)


def test_the_regressed_hip_shifts_the_knee_of_the_sample_by_three_degrees() -> None:
    """The sample's hips lie 25 mm behind those of people; measured -3.0 (SD 1.7) degrees."""
    one = solved(person_of(sample()))
    for side, letter in (("right", "r"), ("left", "l")):
        wrong = column(one, f"knee_angle_{letter}") - np.degrees(walk().knee_flexion_rad[side])  # type: ignore[index]
        assert -4.0 < wrong.mean() < -2.0
        assert wrong.std() < 2.0
    assert one.marker_error_mm < 4.5


def test_foot_trunk_and_pelvis_of_the_sample_have_their_truth() -> None:
    series = {(x.name, x.side): x.values
              for x in model_results(solved(person_of(sample())), sample()).series}  # fmt: skip
    for side in ("left", "right"):
        assert np.median(series["foot_progression", side]) == pytest.approx(7.0, abs=0.6)
        assert np.nanmax(series["trunk_lean", side]) == pytest.approx(2.0, abs=0.2)
        assert np.nanmax(series["pelvic_obliquity", side]) == pytest.approx(4.0, abs=0.8)


def test_a_mirrored_walk_exchanges_the_legs() -> None:
    made = with_events(walk())
    swap = {"left": "right", "right": "left"}
    twin = replace(
        without_forces(made),
        markers=mirrored(made.markers),
        events=tuple(replace(one, side=swap[one.side]) for one in made.events),  # type: ignore[arg-type]
    )
    one = solved(person_of(measured(without_forces(made))))
    other = solved(person_of(measured(twin)))
    for name in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle"):
        for mine, its in (("_r", "_l"), ("_l", "_r")):
            assert column(other, name + its) == pytest.approx(column(one, name + mine), abs=1e-3)


def test_the_order_of_a_walks_markers_does_not_matter() -> None:
    made = with_events(walk())
    one = solved(person_of(measured(made)))
    other = solved(person_of(measured(replace(made, markers=shuffled(made.markers)))))
    assert other.angles.values == pytest.approx(one.angles.values, abs=1e-6)


def test_the_mass_is_given_found_or_nominal() -> None:
    found = person_of(sample())
    assert found.mass_known
    assert found.scaled.mass_kg == pytest.approx(70.0, abs=0.1)
    assert any("Body mass 70.0 kg" in note for note in found.notes)
    given = person_of(sample(), mass_kg=82.5)
    assert given.scaled.model.mass_kg == pytest.approx(82.5, rel=1e-12)
    assert not any("Body mass" in note for note in given.notes)
    bare = person_of(measured(without_forces(with_events(walk()))))
    assert not bare.mass_known
    assert bare.scaled.mass_kg == NOMINAL_KG
    assert any("--mass" in note for note in bare.notes)


def test_forces_without_a_mass_give_no_moments() -> None:
    made = with_events(walk())
    assert made.forces is not None
    away = np.array([0.0, 0.0, 2.0])
    off = tuple(replace(one, point_m=one.point_m + away) for one in made.forces.plates)
    person = person_of(measured(replace(made, forces=replace(made.forces, plates=off))))
    assert person.measured.recording.forces is None
    assert any("no moments" in note for note in person.notes)


def test_scaling_takes_less_than_fifty_milliseconds() -> None:
    """Measured 12 to 20 ms; the yardstick is 23 ms on the machine it was set on."""
    person_of(sample(), mass_kg=70.0)
    assert yardsticks(lambda: person_of(sample(), mass_kg=70.0)) < 50.0 / 23.0


# --- real recordings -----------------------------------------------------------------------


@cache
def static(name: str) -> Trial:
    return read_trial(real(STATIC[name]))


@cache
def real_person(name: str, *, standing: bool) -> tuple[Person, Solved]:
    person = person_of(real_measures(name), static(name) if standing else None, sex="male")
    return person, solved(person)


# Root mean square distance of the markers, mm: a twentieth above what was measured.
MET_MM = {
    "duarte Gait": 5.6, "core test_walking": 7.9, "core walking2": 7.4, "core walking5": 8.7,
    "duarte walk2": 7.5, "opencap walking": 5.3, "opencap walkingTI": 5.3,
    "opencap walkingTO": 6.3, "opencap walkingTS": 7.5, "rajagopal walk": 6.8,
}  # fmt: skip


@needs_real_data
@pytest.mark.parametrize("name", MET_MM)
def test_markers_of_real_walks_are_met(name: str) -> None:
    person, one = real_person(name, standing=False)
    assert one.marker_error_mm < MET_MM[name]
    assert one.angles.converged[person.scaled.span].all()
    for joint, low, high in (("knee_angle", -15, 85), ("hip_flexion", -35, 60),
                             ("ankle_angle", -40, 40), ("hip_rotation", -40, 40)):  # fmt: skip
        for letter in "rl":
            values = column(one, f"{joint}_{letter}")[person.scaled.span]
            assert low < values.min() < values.max() < high


@needs_real_data
@pytest.mark.parametrize(("name", "met_mm"), [("gait2354 walk1", 6.8), ("rajagopal walk", 15.2)])
def test_markers_are_met_with_a_standing_trial(name: str, met_mm: float) -> None:
    person, one = real_person(name, standing=True)
    assert person.scaled.source == "standing"
    assert one.marker_error_mm < met_mm


@needs_real_data
def test_markers_that_were_displaced_between_the_trials_are_named() -> None:
    """The left thigh's plate of the Rajagopal recording sits elsewhere in the walk."""
    person, one = real_person("rajagopal walk", standing=True)
    assert any("L.TH1" in note for note in person.notes_with(one))
    person, one = real_person("gait2354 walk1", standing=True)
    assert not any("sit elsewhere" in note for note in person.notes_with(one))


@needs_real_data
def test_too_few_markers_and_exchanged_sides_are_refused() -> None:
    with pytest.raises(GaitError, match="left knee"):
        person_of(real_measures("gait2354 walk1"))
    with pytest.raises(GaitError, match="exchanged"):
        person_of(real_measures("duarte walk1"))


@needs_real_data
@pytest.mark.parametrize(
    ("name", "mass_kg", "within_kg"),
    [
        ("gait2354 walk1", 72.6, 0.5), ("rajagopal walk", 85.07, 0.5),
        ("opencap walking", 64.0, 1.3), ("opencap walkingTI", 64.0, 0.7),
        ("opencap walkingTO", 64.0, 0.7), ("opencap walkingTS", 64.0, 0.7),
        ("core test_walking", 64.4, 1.0), ("core walking2", 64.4, 1.0),
        ("core walking5", 64.4, 1.0),
    ],
)  # fmt: skip
def test_the_mass_of_real_people_is_found(name: str, mass_kg: float, within_kg: float) -> None:
    """As stated for gait2354 and in Rajagopal's scaled model; else one person in several walks."""
    walker = real_measures(name)
    person = person_of(walker, static(name) if name in STATIC else None)
    assert person.scaled.mass_kg == pytest.approx(mass_kg, abs=within_kg)


@cache
def opensims(name: str) -> Solved:
    folder, model, setup, _, _ = TRIALS[OPENSIM[name]]
    tasks = read_kinematics_setup(real(f"{folder}/{setup}"))
    return solve(read_model(real(f"{folder}/{model}")), real_measures(name), tasks)


# Angles: offset of the mean and root mean square of the rest, deg, then the correlation; with a
# standing trial for gait2354, from the walk itself for Rajagopal 2016, whose standing trial has
# displaced markers. Both legs.
ANGLES = [
    ("gait2354 walk1", "hip_flexion", 3.0, 2.0, 0.99),
    ("gait2354 walk1", "knee_angle", 3.5, 3.0, 0.99),
    ("gait2354 walk1", "ankle_angle", 1.5, 2.8, 0.94),
    ("gait2354 walk1", "hip_adduction", 3.7, 3.2, 0.68),
    ("rajagopal walk", "hip_flexion", 3.0, 1.5, 0.99),
    ("rajagopal walk", "knee_angle", 6.0, 1.5, 0.99),
    ("rajagopal walk", "ankle_angle", 3.5, 3.0, 0.93),
    ("rajagopal walk", "hip_adduction", 2.0, 2.8, 0.89),
]  # fmt: skip


@needs_real_data
@pytest.mark.parametrize(("name", "joint", "offset", "rest", "correlation"), ANGLES)
def test_angles_go_with_those_of_opensims_scaled_model(
    name: str, joint: str, offset: float, rest: float, correlation: float
) -> None:
    _, one = real_person(name, standing=name.startswith("gait"))
    other = opensims(name)
    for letter in "rl":
        flips = joint == "knee_angle" and name.startswith("gait")  # its flexion is negative
        mine = column(one, f"{joint}_{letter}")
        its = column(other, f"{joint}_{letter}") * (-1 if flips else 1)
        first = int(np.searchsorted(one.angles.times_s, other.angles.times_s[0] - 1e-6))
        apart = mine[first : first + len(its)] - its
        apart = apart[~np.isnan(apart)]
        assert abs(apart.mean()) < offset
        assert apart.std() < rest
        kept = ~np.isnan(its)
        assert np.corrcoef(mine[first : first + len(its)][kept], its[kept])[0, 1] > correlation


# Moments over body mass: root mean square difference in Nm/kg, and the correlation.
MOMENTS = [
    ("gait2354 walk1", "ankle_angle", 0.06, 0.99), ("gait2354 walk1", "knee_angle", 0.22, 0.89),
    ("gait2354 walk1", "hip_flexion", 0.15, 0.90), ("gait2354 walk1", "hip_adduction", 0.11, 0.96),
    ("rajagopal walk", "ankle_angle", 0.13, 0.98), ("rajagopal walk", "knee_angle", 0.11, 0.93),
    ("rajagopal walk", "hip_flexion", 0.18, 0.85), ("rajagopal walk", "hip_adduction", 0.08, 0.98),
]  # fmt: skip


@needs_real_data
@pytest.mark.parametrize(("name", "joint", "apart", "correlation"), MOMENTS)
def test_moments_go_with_those_of_opensims_scaled_model(
    name: str, joint: str, apart: float, correlation: float
) -> None:
    _, one = real_person(name, standing=name.startswith("gait"))
    other = opensims(name)
    for letter in "rl":
        curves: list[FloatArray] = []
        for each in (one, other):
            assert each.kinetics is not None
            whole = with_couplers(each.model, each.motion, each.kinetics.generalised)
            curve = whole[:, each.model.coordinate_number[f"{joint}_{letter}"]] / each.model.mass_kg
            curves.append(np.interp(other.motion.times_s[5:-5], each.motion.times_s, curve))
        flips = joint == "knee_angle" and name.startswith("gait")
        mine, its = curves[0], curves[1] * (-1 if flips else 1)
        assert np.sqrt(np.mean((mine - its) ** 2)) < apart
        assert np.corrcoef(mine, its)[0, 1] > correlation


@needs_real_data
def test_the_legs_are_as_long_as_opensims() -> None:
    """Thigh and shank together; OpenSim's knees lie elsewhere along the leg."""
    for name, legs_m in (("gait2354 walk1", 0.883), ("rajagopal walk", 0.850)):
        person, _ = real_person(name, standing=name.startswith("gait"))
        for letter in "rl":
            lengths = person.scaled.lengths_m
            whole = lengths[f"femur_{letter}"] + lengths[f"tibia_{letter}"]
            assert whole == pytest.approx(legs_m, abs=0.02)


@needs_real_data
def test_the_foot_points_where_its_markers_point() -> None:
    markers = real_measures("rajagopal walk").recording.markers
    _, one = real_person("rajagopal walk", standing=False)
    series = {(x.name, x.side): x for x in
              model_results(one, real_measures("rajagopal walk")).series}  # fmt: skip
    for side, letter, sign in (("right", "R", 1.0), ("left", "L", -1.0)):
        ends = [markers.positions_m[:, markers.names.index(f"{letter}.{end}")]
                for end in ("Heel", "Toe")]  # fmt: skip
        way = ends[1] - ends[0]
        line = np.degrees(np.arctan2(sign * way[:, 2], way[:, 0]))
        apart = series["foot_progression", side].values - line
        assert abs(apart.mean()) < 4.0
        assert apart.std() < 3.5  # OpenSim's, whose subtalar joint is locked: 6.6 to 9.4
