"""A person of rigid sticks with OpenSim's names, and trials of it that are known in every part."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from kinechain.gait.events.cycles import Cycle
from kinechain.gait.events.model import Contact, Events, GaitEvent, Side
from kinechain.gait.kinematics.motion import Motion
from kinechain.gait.kinetics.inverse import AppliedForce, inverse_dynamics
from kinechain.gait.marker_names import MarkerMap
from kinechain.gait.model.model import Model
from kinechain.gait.parameters.trial import TrialMeasures
from kinechain.gait.recording import ForceRecord, Markers, PlateForces, Recording
from kinechain.gait.solution import Solved
from kinechain.gait.synthetic.body import FOOT, PELVIS, TRUNK
from kinechain.gait.synthetic.feet import FOOT_M
from tests.support import doll

G = 9.80665
MASS_KG = {"pelvis": 11.0, "torso": 34.0, "femur": 8.0, "tibia": 3.5, "calcn": 1.0}
CENTRE_M = {"pelvis": (0.0, 0.0, 0.0), "torso": (0.02, 0.25, 0.0), "femur": (0.0, -0.18, 0.0),
            "tibia": (0.0, -0.19, 0.0), "calcn": (0.10, 0.02, 0.0)}  # fmt: skip
HIP_M, LINK_M, ANKLE_M = (0.0, -0.06, 0.085), 0.43, (0.25 * FOOT_M, 0.06, 0.0)
WAIST_M = (0.0, 0.02, 0.0)
TOTAL_KG = 11.0 + 34.0 + 2 * (8.0 + 3.5 + 1.0)
BODY_WEIGHT_N = TOTAL_KG * G
SHARE = {"x": "1 0 0", "y": "0 1 0", "z": "0 0 1"}
LETTER = {"right": "_r", "left": "_l"}


def _places(place: tuple[float, float, float]) -> str:
    return " ".join(f"{one:.12g}" for one in place)


def _joint(
    name: str,
    parent: str,
    child: str,
    turns: list[tuple[str, str]],
    place: tuple[float, float, float],
    inner: tuple[float, float, float] = (0.0, 0.0, 0.0),
    moves: tuple[str, ...] = (),
) -> str:
    """A custom joint that turns about z, x and y, whichever are named."""
    plain = "<LinearFunction><coefficients>1 0</coefficients></LinearFunction>"
    names = [coordinate for coordinate, _ in turns] + list(moves)
    free = [axis for axis in ("0 0 1", "1 0 0", "0 1 0")
            if axis not in {one.replace("-", "") for _, one in turns}]  # fmt: skip
    slots = [(axis, coordinate, plain) for coordinate, axis in turns]
    slots += [(axis, "", "") for axis in free[: 3 - len(turns)]]
    inside = "".join(doll.axis(f"rotation{k + 1}", *one) for k, one in enumerate(slots))
    for k, axis in enumerate(SHARE.values()):
        given = (moves[k], plain) if moves else ("", "")
        inside += doll.axis(f"translation{k + 1}", axis, *given)
    ground = "/ground" if parent == "ground" else f"/bodyset/{parent}"
    frames = "".join(
        f'<PhysicalOffsetFrame name="{name}_{which}"><socket_parent>{socket}</socket_parent>'
        f"<translation>{_places(at)}</translation><orientation>0 0 0</orientation>"
        "</PhysicalOffsetFrame>"
        for which, socket, at in (
            ("outer", ground, place),
            ("inner", f"/bodyset/{child}", inner),
        )
    )
    return (
        f'<CustomJoint name="{name}"><socket_parent_frame>{name}_outer</socket_parent_frame>'
        f"<socket_child_frame>{name}_inner</socket_child_frame>"
        f"<coordinates>{''.join(doll.coordinate(one) for one in names)}</coordinates>"
        f"<frames>{frames}</frames><SpatialTransform>{inside}</SpatialTransform></CustomJoint>"
    )


def _hip_like(stem: str, kinds: tuple[str, str, str], side: Side | None) -> list[tuple[str, str]]:
    """Turns about z, x, y in OpenSim's signs: mirrored ones on the left."""
    ending, sign = (LETTER[side], "-" if side == "left" else "") if side else ("", "")
    axes = ("0 0 1", f"{sign}1 0 0", f"0 {sign}1 0")
    return [(f"{stem}_{kind}{ending}", axis) for kind, axis in zip(kinds, axes, strict=True)]


def osim(knee: Literal["negative", "positive"] = "negative", trunk: bool = True) -> str:
    """The model's file; `knee` is the sign of its coordinate in flexion."""
    bodies = [doll_body("pelvis")] + ([doll_body("torso")] if trunk else [])
    joints = [_joint("ground_pelvis", "ground", "pelvis",
                     _hip_like("pelvis", ("tilt", "list", "rotation"), None), (0, 0, 0),
                     moves=("pelvis_tx", "pelvis_ty", "pelvis_tz"))]  # fmt: skip
    if trunk:
        turns = _hip_like("lumbar", ("extension", "bending", "rotation"), None)
        joints.append(_joint("back", "pelvis", "torso", turns, WAIST_M))
    for side, ending in LETTER.items():
        out = 1.0 if side == "right" else -1.0
        bodies += [doll_body(f"{name}{ending}") for name in ("femur", "tibia", "calcn")]
        hinge = "0 0 1" if knee == "negative" else "0 0 -1"
        joints += [
            _joint(f"hip{ending}", "pelvis", f"femur{ending}",
                   _hip_like("hip", ("flexion", "adduction", "rotation"), side),
                   (HIP_M[0], HIP_M[1], out * HIP_M[2])),
            _joint(f"knee{ending}", f"femur{ending}", f"tibia{ending}",
                   [(f"knee_angle{ending}", hinge)], (0, -LINK_M, 0)),
            _joint(f"ankle{ending}", f"tibia{ending}", f"calcn{ending}",
                   _hip_like("ankle", ("angle", "inversion", "turn"), side),
                   (0, -LINK_M, 0), ANKLE_M),
        ]  # fmt: skip
    return f"""<?xml version="1.0"?><OpenSimDocument Version="40000"><Model name="stick">
      <gravity>0 -{G} 0</gravity>
      <BodySet name="bodyset"><objects>{"".join(bodies)}</objects></BodySet>
      <JointSet name="jointset"><objects>{"".join(joints)}</objects></JointSet>
      <MarkerSet><objects>{_markers(trunk)}</objects></MarkerSet>
    </Model></OpenSimDocument>"""


def doll_body(name: str) -> str:
    stem = name.removesuffix("_r").removesuffix("_l")
    return (
        f'<Body name="{name}"><mass>{MASS_KG[stem]}</mass>'
        f"<mass_center>{_places(CENTRE_M[stem])}</mass_center>"
        f"<inertia>{0.012 * MASS_KG[stem]} {0.004 * MASS_KG[stem]} {0.013 * MASS_KG[stem]} 0 0 0"
        "</inertia></Body>"
    )


def _markers(trunk: bool) -> str:
    """Plug-in Gait's names, where the synthetic walk has them."""
    places = [(name, "pelvis", where) for name, where in PELVIS.items()]
    if trunk:
        places += [(name, "torso", (x, y - WAIST_M[1], z)) for name, (x, y, z) in TRUNK.items()]
    for letter, ending, out in (("L", "_l", -1.0), ("R", "_r", 1.0)):
        places += [
            (f"{letter}THI", f"femur{ending}", (0.0, -0.6 * LINK_M, 0.08 * out)),
            (f"{letter}KNE", f"femur{ending}", (0.0, -LINK_M, 0.05 * out)),
            (f"{letter}KNM", f"femur{ending}", (0.0, -LINK_M, -0.05 * out)),
            (f"{letter}TIB", f"tibia{ending}", (0.0, -0.5 * LINK_M, 0.05 * out)),
        ]
        places += [(f"{letter}{name}", f"calcn{ending}", (share * FOOT_M, up, out * beside))
                   for name, (share, up, beside) in FOOT.items()]  # fmt: skip
    return "".join(
        f'<Marker name="{name}"><socket_parent_frame>/bodyset/{body}</socket_parent_frame>'
        f"<location>{_places(where)}</location></Marker>"
        for name, body, where in places
    )


def stick(knee: Literal["negative", "positive"] = "negative", trunk: bool = True) -> Model:
    return doll.model_of(osim(knee, trunk))


def pose(model: Model, **angles_deg: float) -> np.ndarray:
    """One pose, shape (c,): named angles in degrees, names in metres where they are lengths."""
    values = np.zeros(len(model.coordinates))
    for name, value in angles_deg.items():
        one = model.coordinates[model.coordinate_number[name]]
        turns = one.motion == "rotational"
        values[model.coordinate_number[name]] = np.radians(value) if turns else value
    return values


def still(values: np.ndarray, frames: int = 101) -> Motion:
    """A pose that is held for a second."""
    times = np.linspace(0.0, 1.0, frames)
    held = np.tile(values, (frames, 1))
    return Motion(times, held, np.zeros_like(held), np.zeros_like(held))


def mirrored(model: Model, values: np.ndarray) -> np.ndarray:
    """The coordinates of the mirror image: sides exchanged, turns about x and y reversed."""
    numbers, out = model.coordinate_number, values.copy()
    for name, number in numbers.items():
        other = name[:-2] + {"_r": "_l", "_l": "_r"}.get(name[-2:], "") if name[-2] == "_" else name
        midline = name in {"pelvis_list", "pelvis_rotation", "pelvis_tz", "lumbar_bending",
                           "lumbar_rotation"}  # fmt: skip
        out[..., number] = (-1.0 if midline else 1.0) * values[..., numbers.get(other, number)]
    return out


Step = tuple[Side, float, float]


def trial(
    forces: ForceRecord | None, steps: tuple[Step, ...], plates: tuple[Step, ...] | None = None
) -> TrialMeasures:
    """A trial whose feet stand as told; each of `plates` is a whole contact with its own plate."""
    events = sorted(
        (
            GaitEvent(kind, side, time, "force")
            for side, start, end in steps
            for kind, time in (("contact", start), ("off", end))
            if np.isfinite(time)
        ),
        key=lambda one: one.time_s,
    )
    contacts = tuple(
        Contact(number, side, start, end, starts=True, ends=True)
        for number, (side, start, end) in enumerate(steps if plates is None else plates)
    )
    cycles: list[Cycle] = []
    for side in ("left", "right"):
        mine = [one for one in steps if one[0] == side]
        cycles += [Cycle(side, a[1], b[1], a[2], None, None)
                   for a, b in pairwise(mine)]  # fmt: skip
    markers = Markers((), np.linspace(0, 1, 101), np.zeros((101, 0, 3)), 100.0)
    return TrialMeasures(
        recording=Recording(markers, forces, (), "stick"),
        names=MarkerMap({}),
        gaps=(),
        events=Events(tuple(events), contacts),
        agreement={},
        cycles=tuple(cycles),
        forward=np.array([1.0, 0.0]),
        measures=(),
        symmetry=(),
        leg_length_m=None,
        belt_m_per_s=0.0,
        notes=(),
    )


def standing(
    model: Model, motion: Motion, presses: dict[Side, tuple[np.ndarray, np.ndarray]]
) -> tuple[Solved, TrialMeasures]:
    """Feet under which the ground presses: side to force and point, each (3,) or (n, 3)."""
    times = motion.times_s
    steps: list[Step] = [(side, 0.1, 0.9) for side in presses]
    here = ((times >= 0.1) & (times <= 0.9))[:, None]
    records, applied = [], []
    for side, (force, point) in presses.items():
        one = PlateForces(side, np.where(here, force, 0.0), np.where(here, point, 0.0),
                          np.zeros((len(times), 3)))  # fmt: skip
        records.append(one)
        applied.append(
            AppliedForce(f"calcn{LETTER[side]}", one.force_N, one.point_m, one.moment_Nm)
        )
    kinetics = inverse_dynamics(model, motion, applied)
    solved = Solved(model, None, motion, tuple(applied), "plates", kinetics, ())  # type: ignore[arg-type]
    return solved, trial(ForceRecord(times, tuple(records)), tuple(steps))


def without_kinetics(solved: Solved) -> Solved:
    return replace(solved, kinetics=None, ground="none", applied=())
