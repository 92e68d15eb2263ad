"""A small model with every kind of joint, a spline knee and a coupled kneecap, as OpenSim text."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kinechain.gait.model.assembly import assemble
from kinechain.gait.model.document import parse
from kinechain.gait.model.model import Model
from kinechain.gait.model.osim import read_parts

KNEE = (
    "<SimmSpline><x>-2 -1.2 -0.5 0 0.7 1.6</x><y>0.01 0.004 -0.002 0 0.003 -0.01</y></SimmSpline>"
)
ROTATIONS = ("rotation1", "rotation2", "rotation3")
PLAIN = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"


def body(name: str, mass: float = 2.0, centre: str = "0.02 -0.15 0.01") -> str:
    return (
        f'<Body name="{name}"><mass>{mass}</mass><mass_center>{centre}</mass_center>'
        "<inertia>0.05 0.01 0.04 0.002 -0.001 0.003</inertia></Body>"
    )


def coordinate(name: str, inside: str = "") -> str:
    return f'<Coordinate name="{name}">{inside or "<range>-2 2</range>"}</Coordinate>'


def axis(slot: str, direction: str, name: str = "", function: str = "") -> str:
    return (
        f'<TransformAxis name="{slot}"><coordinates>{name}</coordinates>'
        f"<axis>{direction}</axis><function>{function}</function></TransformAxis>"
        if function
        else f'<TransformAxis name="{slot}"><coordinates>{name}</coordinates>'
        f"<axis>{direction}</axis></TransformAxis>"
    )


def joint(
    kind: str,
    name: str,
    parent: str,
    child: str,
    coordinates: str = "",
    place: str = "0 -0.3 0",
    inside: str = "",
    turned: str = "0.1 -0.2 0.3",
) -> str:
    ground = "/ground" if parent == "ground" else f"/bodyset/{parent}"
    return f"""<{kind} name="{name}">
      <socket_parent_frame>{parent}_frame</socket_parent_frame>
      <socket_child_frame>{child}_frame</socket_child_frame>
      <coordinates>{coordinates}</coordinates>
      <frames>
        <PhysicalOffsetFrame name="{parent}_frame"><socket_parent>{ground}</socket_parent>
          <translation>{place}</translation><orientation>{turned}</orientation>
        </PhysicalOffsetFrame>
        <PhysicalOffsetFrame name="{child}_frame"><socket_parent>/bodyset/{child}</socket_parent>
          <translation>0.01 0.02 -0.01</translation><orientation>-0.2 0.1 0.15</orientation>
        </PhysicalOffsetFrame>
      </frames>{inside}</{kind}>"""


def root_transform() -> str:
    turns = [axis(s, d, n, PLAIN) for s, d, n in zip(
        ROTATIONS, ("0 0 1", "1 0 0", "0 1 0"), ("tilt", "list", "turn"), strict=True)]  # fmt: skip
    moves = [axis(f"translation{k + 1}", d, f"t{'xyz'[k]}", PLAIN)
             for k, d in enumerate(("1 0 0", "0 1 0", "0 0 1"))]  # fmt: skip
    return f"<SpatialTransform>{''.join(turns + moves)}</SpatialTransform>"


def knee_transform(name: str) -> str:
    scaled = (
        f"<MultiplierFunction><function>{KNEE}</function><scale>1.1</scale></MultiplierFunction>"
    )
    polynomial = (
        "<PolynomialFunction><coefficients>0.02 -0.01 0.05 0</coefficients></PolynomialFunction>"
    )
    return "<SpatialTransform>" + "".join(
        [
            axis("rotation1", "0 0 1", name, PLAIN),
            axis("rotation2", "0 1 0", name, polynomial),
            axis("rotation3", "1 0 0", "", "<Constant><value>0.05</value></Constant>"),
            axis("translation1", "1 0 0", name, scaled),
            axis("translation2", "0 1 0", name, KNEE),
            axis("translation3", "0 0 1"),
        ]
    ) + "</SpatialTransform>"  # fmt: skip


COUPLER = """<CoordinateCouplerConstraint name="cap">
  <coupled_coordinates_function><PolynomialFunction>
    <coefficients>0.2 0.8 0.1</coefficients></PolynomialFunction></coupled_coordinates_function>
  <independent_coordinate_names>knee</independent_coordinate_names>
  <dependent_coordinate_name>cap</dependent_coordinate_name>
  <scale_factor>0.9</scale_factor></CoordinateCouplerConstraint>"""


def joints() -> str:
    names = [coordinate(n) for n in ("tilt", "list", "turn", "tx", "ty", "tz")]
    return "".join(
        [
            joint("CustomJoint", "root", "ground", "trunk", "".join(names), "0 0 0",
                  root_transform(), "0 0 0"),
            joint("BallJoint", "hip", "trunk", "thigh",
                  coordinate("h1") + coordinate("h2") + coordinate("h3")),
            joint("CustomJoint", "knee", "thigh", "shank", coordinate("knee"), "0 -0.4 0",
                  knee_transform("knee")),
            joint("CustomJoint", "kneecap", "thigh", "cap", coordinate("cap"), "0.05 -0.38 0",
                  knee_transform("cap")),
            joint("UniversalJoint", "ankle", "shank", "foot", coordinate("a1") + coordinate("a2")),
            joint("PinJoint", "toes", "foot", "toes", coordinate("m"), "0.15 0 0"),
            joint("PlanarJoint", "belt", "trunk", "pack",
                  coordinate("p1") + coordinate("p2") + coordinate("p3"), "-0.2 0.1 0"),
            joint("SliderJoint", "rail", "pack", "box", coordinate("s"), "0 0.1 0"),
            joint("WeldJoint", "neck", "trunk", "head", "", "0 0.5 0"),
            joint("GimbalJoint", "shoulder", "trunk", "arm",
                  coordinate("g1") + coordinate("g2") + coordinate("g3"), "0 0.4 0.2"),
        ]
    )  # fmt: skip


BODIES = ("trunk", "thigh", "shank", "cap", "foot", "toes", "pack", "box", "head", "arm")


def markers() -> str:
    corners = ("0.1 0 0", "0 0.12 0.01", "-0.02 -0.1 0.1")
    return "".join(
        f'<Marker name="{name}{k}"><socket_parent_frame>/bodyset/{name}</socket_parent_frame>'
        f"<location>{corner}</location></Marker>"
        for name in BODIES
        for k, corner in enumerate(corners)
    )


def text(
    joint_set: str | None = None, constraints: str = COUPLER, bodies: str | None = None
) -> str:
    inner = "".join(body(name) for name in BODIES) if bodies is None else bodies
    return f"""<?xml version="1.0"?><OpenSimDocument Version="40000"><Model name="doll">
      <gravity>0 -9.80665 0</gravity>
      <BodySet name="bodyset"><objects>{inner}</objects></BodySet>
      <JointSet name="jointset"><objects>{joints() if joint_set is None else joint_set}</objects>
      </JointSet>
      <ConstraintSet><objects>{constraints}</objects></ConstraintSet>
      <MarkerSet><objects>{markers() if bodies is None else ""}</objects></MarkerSet>
    </Model></OpenSimDocument>"""


def model_of(osim: str) -> Model:
    return assemble(read_parts(parse(osim.encode(), "doll.osim")), "doll.osim")


def doll() -> Model:
    return model_of(text())


def write(folder: Path, osim: str) -> Path:
    path = folder / "model.osim"
    path.write_text(osim, encoding="utf-8")
    return path


def poses(model: Model, count: int, seed: int = 1, size: float = 0.6) -> np.ndarray:
    """Random poses, couplers obeyed."""
    generator = np.random.default_rng(seed)
    values = generator.uniform(-size, size, (count, len(model.coordinates)))
    follow(model, values)
    return values


def follow(model: Model, values: np.ndarray) -> None:
    knee, cap = model.coordinate_number["knee"], model.coordinate_number["cap"]
    values[:, cap] = 0.9 * np.polyval([0.2, 0.8, 0.1], values[:, knee])
