"""Ground forces from the motion: closed forms, the sum of both feet, and what must be refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kinechain.gait.errors import GaitError
from kinechain.gait.events.model import SIDES, Events, GaitEvent, Kind, Side
from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinetics.ground import (
    FootWrench,
    GroundEstimate,
    estimate_ground,
    known_kinetics,
)
from kinechain.gait.kinetics.inverse import inverse_dynamics
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.model.model import Model
from tests.support import doll

G = 9.80665
MASS, HEIGHT, LENGTH, WIDTH = 60.0, 0.9, 0.2, 0.1
TIMES = np.arange(0.0, 1.6001, 0.01)
# right stance, left stance, right stance; all feet stand at z = -WIDTH and +WIDTH below the body
Steps = tuple[tuple[Side, Kind, float], ...]
STEPS: Steps = (
    ("left", "contact", -0.55), ("right", "contact", 0.0), ("left", "off", 0.15),
    ("left", "contact", 0.6), ("right", "off", 0.75), ("right", "contact", 1.2),
    ("left", "off", 1.35), ("right", "off", 1.95),
)  # fmt: skip
NAMES = MarkerMap({f"heel_{letter}": f"heel.{side}" for side, letter in
                   zip(SIDES, "lr", strict=True)})  # fmt: skip


def marker(name: str, body: str, place: str) -> str:
    return (
        f'<Marker name="{name}"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>'
        f"<location>{place}</location></Marker>"
    )


def stone(arm: float = 0.0) -> Model:
    """A heavy body with weightless feet under it; `arm` kg on a joint that no marker shows."""
    names = "".join(doll.coordinate(n) for n in ("tilt", "list", "turn", "tx", "ty", "tz"))
    joints = doll.joint("CustomJoint", "root", "ground", "pelvis", names, "0 0 0",
                        doll.root_transform(), "0 0 0")  # fmt: skip
    bodies = (
        f'<Body name="pelvis"><mass>{MASS - arm}</mass><mass_center>0 0 0</mass_center>'
        "<inertia>2 3 4 0 0 0</inertia></Body>"
    )
    markers = marker("waist", "pelvis", "0 0.1 0")
    for letter, z in (("l", -WIDTH), ("r", WIDTH)):
        for child, parent, place in (
            (f"calcn_{letter}", "pelvis", f"-0.1 {-HEIGHT} {z}"),
            (f"toes_{letter}", f"calcn_{letter}", f"{LENGTH} 0 0"),
        ):
            joints += doll.joint("WeldJoint", child, parent, child, "", place, "", "0 0 0")
            bodies += (f'<Body name="{child}"><mass>0</mass><mass_center>0 0 0</mass_center>'
                       "<inertia>0 0 0 0 0 0</inertia></Body>")  # fmt: skip
        markers += marker(f"heel_{letter}", f"calcn_{letter}", "0 0 0")
    if arm:
        joints += doll.joint("PinJoint", "arm", "pelvis", "arm", doll.coordinate("arm"), "0 0.3 0")
        bodies += doll.body("arm", arm)
    joints = joints.replace("0.01 0.02 -0.01", "0 0 0").replace("-0.2 0.1 0.15", "0 0 0")
    text = doll.text(joints, "", bodies)
    return doll.model_of(text.replace("<MarkerSet><objects>", f"<MarkerSet><objects>{markers}"))


def moved(model: Model, turn: bool = False) -> Motion:
    """Sways in sines with exact derivatives; `turn` turns about the vertical as well."""
    t = TIMES[:, None]
    size, rate, phase = np.zeros((3, len(model.coordinates)))
    for name, a, w, p in (("tx", 0.02, 6.0, 0.3), ("ty", 0.01, 9.0, 1.0), ("tz", 0.015, 4.0, 2.0),
                          *((("turn", 0.2, 5.0, 0.5),) if turn else ())):  # fmt: skip
        number = model.coordinate_number[name]
        size[number], rate[number], phase[number] = a, w, p
    rest = np.zeros(len(model.coordinates))
    rest[model.coordinate_number["ty"]] = HEIGHT
    return Motion(TIMES, rest + size * np.sin(rate * t + phase),
                  size * rate * np.cos(rate * t + phase),
                  -size * rate**2 * np.sin(rate * t + phase))  # fmt: skip


def steps(changes: Steps = STEPS, spread: float = 0.0) -> Events:
    method = "marker" if spread else "force"
    return Events(tuple(GaitEvent(k, s, t, method, spread) for s, k, t in changes))


def swayed(motion: Motion, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Place of the body, and the force it needs, in closed form."""
    columns = [model.coordinate_number[n] for n in ("tx", "ty", "tz")]
    force = MASS * (motion.acceleration[:, columns] + np.array([0.0, G, 0.0]))
    return motion.values[:, columns], force


def sums(found: GroundEstimate, about: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    force = sum(one.force_N for one in found.applied)
    moment = sum(
        np.cross(one.point_m - about, one.force_N) + one.moment_Nm for one in found.applied
    )
    return np.asarray(force), np.asarray(moment)


def alone(found: GroundEstimate, side: Side) -> np.ndarray:
    other: Side = "left" if side == "right" else "right"
    return found.estimated[side] & found.known[other] & ~found.estimated[other]


def test_one_body_gives_its_closed_form_wrench_to_the_standing_foot() -> None:
    model = stone()
    motion = moved(model)
    place, force = swayed(motion, model)
    found = estimate_ground(model, motion, steps(), NAMES, exact=True)
    for side, one in zip(SIDES, found.applied, strict=True):
        here = alone(found, side)
        assert here.sum() > 40
        np.testing.assert_allclose(one.force_N[here], force[here], atol=1e-9)
        # without angular momentum the force's line goes through the centre of mass
        under = place[:, ::2] - force[:, ::2] / force[:, 1:2] * place[:, 1:2]
        np.testing.assert_allclose(one.point_m[here][:, ::2], under[here], atol=1e-12)
        np.testing.assert_allclose(one.point_m[here, 1], 0.0)
        np.testing.assert_allclose(one.moment_Nm[here], 0.0, atol=1e-9)


def test_turning_about_the_vertical_needs_a_free_moment() -> None:
    model = stone()
    motion = moved(model, turn=True)
    found = estimate_ground(model, motion, steps(), NAMES, exact=True)
    twist = 3.0 * motion.acceleration[:, model.coordinate_number["turn"]]
    for side, one in zip(SIDES, found.applied, strict=True):
        here = alone(found, side)
        np.testing.assert_allclose(one.moment_Nm[here, 1], twist[here], atol=1e-9)


@pytest.mark.parametrize("exact", [True, False])
def test_both_feet_and_the_remainder_are_the_whole_bodys_wrench(exact: bool) -> None:
    model = stone()
    motion = moved(model, turn=True)
    place, force = swayed(motion, model)
    found = estimate_ground(model, motion, steps(), NAMES, exact=exact)
    here = found.known["left"] & found.known["right"]
    both = found.estimated["left"] & found.estimated["right"]
    assert here.sum() > 110
    assert both.sum() > 30
    got, moment = sums(found, place)
    rest = found.remainder
    np.testing.assert_allclose((got + rest.force_N)[here], force[here], atol=1e-9)
    twist = 3.0 * motion.acceleration[:, model.coordinate_number["turn"]]
    whole = (moment + rest.moment_Nm)[here]
    np.testing.assert_allclose(whole[:, 1], twist[here], atol=1e-9)
    np.testing.assert_allclose(whole[:, ::2], 0.0, atol=1e-9)
    # it is what inverse dynamics leaves at the pelvis
    left = inverse_dynamics(model, motion, found.applied)
    np.testing.assert_allclose(left.joint_force_N[here, 0], rest.force_N[here], atol=1e-9)
    np.testing.assert_allclose(left.joint_moment_Nm[here, 0], rest.moment_Nm[here], atol=1e-9)
    for one in found.applied:
        assert (one.force_N[:, 1] >= 0.0).all()
    if exact:
        np.testing.assert_allclose(rest.force_N[here], 0.0, atol=1e-9)
        np.testing.assert_allclose(rest.moment_Nm[here], 0.0, atol=1e-9)
    else:
        assert np.abs(rest.force_N[here, 1]).max() < 1e-9
        assert np.abs(rest.moment_Nm[here]).max() > 1.0


def test_load_passes_over_from_the_foot_that_came_first() -> None:
    model = stone()
    found = estimate_ground(model, moved(model), steps(), NAMES)
    left, right = (one.force_N[:, 1] for one in found.applied)
    for first, last, rising in ((60, 74, False), (120, 134, True)):
        here = slice(first, last + 1)
        assert (found.estimated["left"] & found.estimated["right"])[here].all()
        share = right[here] / (left + right)[here]
        assert (np.diff(share) > 0).all() == rising
        assert (np.diff(share) < 0).all() != rising
        assert share[0] == pytest.approx(float(not rising), abs=0.01)


def test_mirrored_motion_gives_mirrored_forces() -> None:
    model = stone()
    motion = moved(model)
    other = moved(model)
    z = model.coordinate_number["tz"]
    for block in (other.values, other.speed, other.acceleration):
        block[:, z] *= -1.0
    flip: dict[Side, Side] = {"left": "right", "right": "left"}
    mirrored: Steps = tuple((flip[side], kind, time) for side, kind, time in STEPS)
    found = estimate_ground(model, motion, steps(), NAMES)
    image = estimate_ground(model, other, steps(mirrored), NAMES)
    for one, two in zip(found.applied, image.applied[::-1], strict=True):
        np.testing.assert_allclose(one.force_N * [1, 1, -1], two.force_N, atol=1e-9)
        np.testing.assert_allclose(one.point_m * [1, 1, -1], two.point_m, atol=1e-12)
        np.testing.assert_allclose(one.moment_Nm * [-1, -1, 1], two.moment_Nm, atol=1e-9)


def test_walking_another_way_gives_the_same_forces_turned() -> None:
    """The whole walk turned by 30 degrees about the vertical."""
    model = stone()
    motion = moved(model)
    angle = np.radians(30.0)
    turned = moved(model)
    x, z = model.coordinate_number["tx"], model.coordinate_number["tz"]
    spin = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    for block in (turned.values, turned.speed, turned.acceleration):
        block[:, [x, z]] = block[:, [x, z]] @ spin.T
    turned.values[:, model.coordinate_number["turn"]] = angle
    found = estimate_ground(model, motion, steps(), NAMES)
    other = estimate_ground(model, turned, steps(), NAMES, forward=spin @ np.array([1.0, 0.0]))
    for one, two in zip(found.applied, other.applied, strict=True):
        np.testing.assert_allclose(one.force_N[:, ::2] @ spin.T, two.force_N[:, ::2], atol=1e-8)
        np.testing.assert_allclose(one.force_N[:, 1], two.force_N[:, 1], atol=1e-8)
        np.testing.assert_allclose(one.point_m[:, ::2] @ spin.T, two.point_m[:, ::2], atol=1e-9)


def test_a_foot_on_a_plate_keeps_what_was_measured() -> None:
    model = stone()
    motion = moved(model)
    _, force = swayed(motion, model)
    here = (TIMES >= 0.0) & (TIMES <= 0.75)
    shape = np.where(here, np.sin(np.pi * np.clip(TIMES / 0.75, 0.0, 1.0)), 0.0)[:, None]
    plate = FootWrench(0.8 * shape * force, np.tile([0.05, 0.0, 0.11], (len(TIMES), 1)),
                       np.zeros_like(force))  # fmt: skip
    found = estimate_ground(model, motion, steps(), NAMES, plates={"right": (plate, here)})
    right = found.applied[1]
    np.testing.assert_array_equal(right.force_N[here], plate.force_N[here])
    assert not (found.estimated["right"] & here).any()
    assert found.known["right"][here].all()
    # the other foot bears the rest of the vertical force
    other = found.estimated["left"] & here
    assert other.sum() > 15
    total = found.applied[0].force_N[other, 1] + plate.force_N[other, 1]
    np.testing.assert_allclose(total, force[other, 1], rtol=1e-12)
    assert any("beside the plates" in note for note in found.notes)
    only = estimate_ground(model, motion, steps(), NAMES, plates={"right": (plate, here)},
                           sides=("left",))  # fmt: skip
    assert not only.estimated["right"].any()
    assert not only.known["right"][TIMES > 1.25].any()
    assert (only.applied[1].force_N[TIMES > 1.25] == 0.0).all()


def test_ends_of_a_recording_are_left_out() -> None:
    """The double support that the recording cuts at its beginning, and what the filter blurs."""
    model = stone()
    found = estimate_ground(model, moved(model), steps(), NAMES)
    either = found.estimated["left"] | found.estimated["right"]
    assert either[(TIMES > 0.155) & (TIMES < 1.535)].all()
    assert not either[TIMES < 0.145].any()
    assert not either[TIMES > 1.545].any()
    assert np.isnan(found.remainder.force_N[~either]).all()
    for side, one in zip(SIDES, found.applied, strict=True):
        assert (one.force_N[~found.estimated[side]] == 0.0).all()
    assert "ends of the recording" in " ".join(found.notes)


def test_moments_are_not_told_where_a_foot_is_not_known() -> None:
    model = stone()
    motion = moved(model)
    found = estimate_ground(model, motion, steps(), NAMES)
    kinetics = known_kinetics(model, inverse_dynamics(model, motion, found.applied), found.known)
    foot, other = (model.joints.index(name) for name in ("calcn_l", "calcn_r"))
    unknown = ~found.known["left"]
    assert unknown.any()
    np.testing.assert_array_equal(np.isnan(kinetics.joint_moment_Nm[:, foot, 0]), unknown)
    np.testing.assert_array_equal(
        np.isnan(kinetics.joint_moment_Nm[:, other, 0]), ~found.known["right"]
    )
    neither = unknown | ~found.known["right"]
    np.testing.assert_array_equal(np.isnan(kinetics.generalised).all(axis=1), neither)
    toes = model.joints.index("toes_l")
    assert np.isfinite(kinetics.joint_moment_Nm[:, toes]).all()


def test_running_is_refused_but_not_an_uncertain_event() -> None:
    model = stone()
    motion = moved(model)
    late = {("left", "off"): -0.22, ("right", "off"): -0.22}
    running: Steps = tuple((s, k, t + late.get((s, k), 0.0)) for s, k, t in STEPS)
    with pytest.raises(GaitError, match="Both feet are off the ground") as raised:
        estimate_ground(model, motion, steps(running), NAMES)
    assert "0.5" in raised.value.where
    gap = {("left", "off"): -0.17, ("right", "off"): -0.17}
    close: Steps = tuple((s, k, t + gap.get((s, k), 0.0)) for s, k, t in STEPS)
    assert estimate_ground(model, motion, steps(close, spread=0.015), NAMES).estimated["left"].any()


def test_without_steps_nothing_is_estimated() -> None:
    model = stone()
    for events in (steps(()), steps(tuple(one for one in STEPS if one[0] == "left"))):
        with pytest.raises(GaitError, match="no step"):
            estimate_ground(model, moved(model), events, NAMES)


def test_markers_that_jump_are_not_believed() -> None:
    model = stone()
    motion = moved(model)
    motion.acceleration[50:54, model.coordinate_number["tx"]] = 80.0
    found = estimate_ground(model, motion, steps(), NAMES)
    assert not found.known["right"][50:54].any()
    assert found.known["right"][[45, 58]].all()
    assert np.abs(found.applied[1].force_N).max() < 3 * MASS * G


@pytest.mark.parametrize(("arm", "refused"), [(6.0, False), (20.0, True)])
def test_parts_that_no_marker_shows_are_said_or_refused(arm: float, refused: bool) -> None:
    model = stone(arm)
    motion = moved(model)
    if refused:
        with pytest.raises(GaitError, match="33 % of the body's mass"):
            estimate_ground(model, motion, steps(), NAMES)
    else:
        notes = estimate_ground(model, motion, steps(), NAMES).notes
        assert any("10 % of the body's mass" in note for note in notes)
    with pytest.raises(GaitError, match="100 %"):
        estimate_ground(model, motion, steps(), NAMES, seen=())


def test_a_model_without_feet_is_refused() -> None:
    model = stone()
    bodies = tuple(name.replace("calcn_l", "hoof_l") for name in model.bodies)
    with pytest.raises(GaitError, match="no body calcn_l"):
        estimate_ground(replace(model, bodies=bodies), moved(model), steps(), NAMES)
    bodies = tuple(name.replace("toes_l", "claw_l") for name in model.bodies)
    with pytest.raises(GaitError, match="ball of the left foot"):
        estimate_ground(replace(model, bodies=bodies), moved(model), steps(), NAMES)
