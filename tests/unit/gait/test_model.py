"""Models are read strictly, old and new, and mean what OpenSim means by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinechain.gait.errors import ModelError
from kinechain.gait.kinematics.inverse import body_poses, marker_positions
from kinechain.gait.model.document import parse
from kinechain.gait.model.functions import evaluate, piecewise_linear, polynomial, simm_spline
from kinechain.gait.model.osim import read_model
from kinechain.gait.model.parts import rotation_xyz
from tests.support import doll

ONE_BODY = doll.body("rod")
PIN = doll.joint("PinJoint", "hinge", "ground", "rod", doll.coordinate("angle"), "0 1 0")


def refused(osim: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        doll.model_of(osim)
    return caught.value


def test_the_doll_is_whole() -> None:
    model = doll.doll()
    assert model.bodies[0] == "ground"
    assert set(model.bodies[1:]) == set(doll.BODIES)
    assert model.mass_kg == pytest.approx(20.0)
    assert len(model.coordinates) == 21
    assert {one.name: one.motion for one in model.coordinates}["cap"] == "rotational"
    assert model.coordinates[3].motion == "translational"
    assert "cap" not in {model.coordinates[k].name for k in model.free}


def test_the_arrays_cannot_be_written() -> None:
    model = doll.doll()
    with pytest.raises(ValueError, match="read-only"):
        model.tree.mass[0] = 1.0


def test_a_simm_spline_gives_back_a_cubic() -> None:
    x = np.array([-1.0, -0.3, 0.1, 0.8, 1.4, 2.0])
    cubic = np.array([0.7, -0.4, 1.3, 0.2])
    at = np.linspace(-1, 2, 50)
    value, slope, bend = evaluate(simm_spline(x, np.polyval(cubic, x)), at)
    np.testing.assert_allclose(value, np.polyval(cubic, at), atol=1e-12)
    np.testing.assert_allclose(slope, np.polyval(np.polyder(cubic), at), atol=1e-11)
    np.testing.assert_allclose(bend, np.polyval(np.polyder(cubic, 2), at), atol=1e-10)


def test_a_spline_goes_on_straight_beyond_its_ends() -> None:
    spline = simm_spline(np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.0, 1.0, 0.0, 2.0]))
    value, slope, bend = evaluate(spline, np.array([-2.0, -1.0, 5.0, 6.0]))
    assert value[1] - value[0] == pytest.approx(slope[0])
    assert value[3] - value[2] == pytest.approx(slope[2])
    np.testing.assert_array_equal(bend, 0.0)


def test_two_points_make_a_line_and_three_a_parabola_free_spline() -> None:
    line = simm_spline(np.array([0.0, 2.0]), np.array([1.0, 5.0]))
    assert evaluate(line, np.array([1.0]))[0][0] == pytest.approx(3.0)
    three = simm_spline(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]))
    assert evaluate(three, np.array([0.0, 1.0, 2.0]))[0] == pytest.approx([0.0, 1.0, 0.0])


def test_scaling_a_function_scales_its_derivatives() -> None:
    for function in (polynomial(1.0, 2.0, 3.0), simm_spline(np.arange(5.0), np.arange(5.0) ** 2),
                     piecewise_linear(np.arange(3.0), np.array([0.0, 2.0, 1.0]))):  # fmt: skip
        once = np.array(evaluate(function, np.array([0.4, 1.7])))
        np.testing.assert_allclose(
            evaluate(function.scaled(3.0), np.array([0.4, 1.7])), 3.0 * once, atol=1e-12
        )


def test_a_pin_turns_about_z_of_its_frame() -> None:
    model = doll.model_of(doll.text(PIN, "", ONE_BODY))
    frame = rotation_xyz(np.array([0.1, -0.2, 0.3]))
    inside = rotation_xyz(np.array([-0.2, 0.1, 0.15]))
    c, s = np.cos(0.7), np.sin(0.7)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    rotation, origin = body_poses(model, np.array([[0.7]]))
    expected = frame @ turn @ inside.T
    np.testing.assert_allclose(rotation[0, 1], expected, atol=1e-15)
    place = np.array([0.0, 1.0, 0.0]) - expected @ [0.01, 0.02, -0.01]
    np.testing.assert_allclose(origin[0, 1], place, atol=1e-15)


def test_a_free_joint_moves_in_the_parents_axes() -> None:
    names = "".join(doll.coordinate(name) for name in "abcxyz")
    free = doll.joint("FreeJoint", "f", "ground", "rod", names, "0 0 0", turned="0 0 0")
    model = doll.model_of(doll.text(free, "", ONE_BODY))
    _, still = body_poses(model, np.array([[0.3, 0.2, 0.1, 0.0, 0.0, 0.0]]))
    _, moved = body_poses(model, np.array([[0.3, 0.2, 0.1, 1.0, 2.0, 3.0]]))
    np.testing.assert_allclose(moved[0, 1] - still[0, 1], [1.0, 2.0, 3.0], atol=1e-15)


def old(osim_body: str) -> str:
    return f"""<OpenSimDocument Version="20302"><Model name="old"><BodySet><objects>
      <Body name="ground"><mass>0</mass><Joint/></Body>{osim_body}</objects></BodySet>
      <MarkerSet><objects><Marker name="tip"><body>rod</body><location>0 -1 0</location>
      </Marker></objects></MarkerSet></Model></OpenSimDocument>"""


OLD_BODY = """<Body name="rod"><mass>2</mass><mass_center>0.02 -0.15 0.01</mass_center>
  <inertia_xx>0.05</inertia_xx><inertia_yy>0.01</inertia_yy><inertia_zz>0.04</inertia_zz>
  <inertia_xy>0.002</inertia_xy><inertia_xz>-0.001</inertia_xz><inertia_yz>0.003</inertia_yz>
  <Joint><PinJoint name="hinge"><parent_body>ground</parent_body>
    <location_in_parent>0 1 0</location_in_parent>
    <orientation_in_parent>0.1 -0.2 0.3</orientation_in_parent>
    <location>0.01 0.02 -0.01</location><orientation>-0.2 0.1 0.15</orientation>
    <CoordinateSet><objects><Coordinate name="angle"><range>-2 2</range></Coordinate></objects>
    </CoordinateSet><reverse>false</reverse></PinJoint></Joint></Body>"""


def test_the_old_format_means_the_same_as_the_new() -> None:
    new, before = doll.model_of(doll.text(PIN, "", ONE_BODY)), doll.model_of(old(OLD_BODY))
    for one, other in zip(new.tree, before.tree, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-15)
    assert before.markers == ("tip",)


def test_the_old_formats_custom_joint_is_read() -> None:
    transform = doll.knee_transform("angle").replace("SimmSpline", "NaturalCubicSpline")
    body = OLD_BODY.replace("<PinJoint", "<CustomJoint").replace(
        "</PinJoint>", f"{transform}</CustomJoint>"
    )
    new = doll.joint("CustomJoint", "hinge", "ground", "rod", doll.coordinate("angle"), "0 1 0",
                     doll.knee_transform("angle"))  # fmt: skip
    expected = doll.model_of(doll.text(new, "", ONE_BODY))
    for one, other in zip(expected.tree, doll.model_of(old(body)).tree, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-15)


def test_a_marker_set_of_its_own_replaces_the_models(tmp_path: Path) -> None:
    path = doll.write(tmp_path, doll.text())
    markers = tmp_path / "markers.xml"
    markers.write_text(
        '<OpenSimDocument Version="20302"><MarkerSet><objects><Marker name="crown">'
        "<body>head</body><location>0 0.2 0</location></Marker></objects></MarkerSet>"
        "</OpenSimDocument>",
        encoding="utf-8",
    )
    model = read_model(path, markers)
    assert model.markers == ("crown",)
    assert marker_positions(model, model.default_pose[None]).shape == (1, 1, 3)


def test_an_offset_frame_of_a_body_can_carry_joints_and_markers() -> None:
    frame = ("<components><PhysicalOffsetFrame name='mount'><socket_parent>..</socket_parent>"
             "<translation>0 0 0.1</translation></PhysicalOffsetFrame></components>")  # fmt: skip
    body = ONE_BODY.replace("</Body>", f"{frame}</Body>")
    marker = ("<Marker name='a'><socket_parent_frame>/bodyset/rod/mount</socket_parent_frame>"
              "<location>0.5 0 0</location></Marker>")  # fmt: skip
    osim = doll.text(PIN, "", body).replace("<MarkerSet><objects>", f"<MarkerSet><objects>{marker}")
    np.testing.assert_allclose(doll.model_of(osim).marker_place_m, [[0.5, 0.0, 0.1]])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (doll.text(PIN.replace("PinJoint", "ScrewJoint"), "", ONE_BODY), "ScrewJoint"),
        (doll.text(PIN.replace("/ground", "/bodyset/nowhere"), "", ONE_BODY), "nowhere"),
        (doll.text("", "", ONE_BODY), "no joints"),
        (doll.text(PIN, "<WeldConstraint name='w'/>", ONE_BODY), "WeldConstraint"),
        (doll.text(PIN, doll.COUPLER, ONE_BODY), "no coordinate"),
        (doll.text(PIN + PIN, "", ONE_BODY), "comes twice"),
        (doll.text(PIN + PIN.replace("hinge", "b"), "", ONE_BODY), "comes twice"),
        (doll.text(PIN.replace(doll.coordinate("angle"), ""), "", ONE_BODY), "0 coordinates"),
        (doll.text(PIN, "", ONE_BODY + doll.body("loose")), "No joint holds"),
        (doll.text(PIN, "", ONE_BODY.replace("2.0", "nan")), "not finite"),
        (doll.text(PIN, "", ONE_BODY.replace("2.0", "-1")), "mass is -1"),
        (doll.text(PIN, "", ONE_BODY.replace("2.0", "heavy")), "not numbers"),
        (doll.text(PIN.replace("-2 2", "2 -2"), "", ONE_BODY), "before it begins"),
        (doll.text(PIN.replace("0 1 0", "0 1"), "", ONE_BODY), "2 numbers"),
        (doll.text().replace("40000", "30510"), "between OpenSim 3 and 4"),
        (doll.text().replace("40000", "new"), "Version"),
        (doll.text().replace("OpenSimDocument", "Document"), "root"),
        (doll.text().replace("SimmSpline", "GCVSpline"), "GCVSpline"),
        (doll.text().replace("-2 -1.2", "-2 -2"), "do not rise"),
        (doll.text().replace("rotation3", "rotation2"), "comes once"),
        (doll.text()[:-40], "well-formed"),
        ("", "well-formed"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_place_and_remedy(wrong: str, says: str) -> None:
    error = refused(wrong)
    assert says in str(error)
    assert error.where.startswith("doll.osim")
    assert error.remedy


@pytest.mark.parametrize(
    "bomb",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><OpenSimDocument Version="40000">&x;</OpenSimDocument>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b"<a>" * 5000,
    ],
)
def test_hostile_xml_is_refused(bomb: bytes) -> None:
    with pytest.raises(ModelError):
        parse(bomb, "bomb.osim")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.osim.*cannot be read"):
        read_model(tmp_path / "absent.osim")
