"""Recordings that nobody walked, to try the laboratory with: two walks, their truth, a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import yaml

from kinechain.gait.errors import GaitError
from kinechain.gait.io.forces import write_forces
from kinechain.gait.io.readers.trc import write_trc
from kinechain.gait.synthetic.walk import Truth, Walk, make_walk

SHIPPED = Path(__file__).parents[2] / "data" / "gait_samples"
DROPPING = Truth(speed_m_per_s=0.75, step_length_left_m=0.40, pelvic_drop_deg=11.0, seed=20260205)
CASE = """\
# An invented person, for the synthetic walk dropping_walk.trc.
case: pain_beside_the_hip
age: 58
sex: female
setting: primary_care
complaint: new

pain:
  - {site: thigh_lateral, side: left, onset: gradual, duration: 3 months}

findings:
  present:
    - greater_trochanter_tenderness: left   # found on examination
  absent:
    - hip_rom_limited: left
"""


def write_sample(folder: Path) -> tuple[Path, ...]:
    """Write the sample into a folder that may not exist yet.

    `synthetic_walk.c3d` is the walk that ships with the program. `dropping_walk.trc` with its
    forces is a second one, slow and with a pelvis that drops on both sides. The YAML file beside
    each says what is true of it. `case.yaml` is an invented person.

    Parameters
    ----------
    folder
        Where to; the folder above it has to exist.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    GaitError
        When one of the files exists already; none is written then.
    OSError
        When a file cannot be written.
    """
    walk = make_walk(DROPPING)
    forces = walk.recording.forces
    assert forces is not None, "a synthetic walk has plates"
    making: dict[str, Callable[[Path], object]] = {
        "synthetic_walk.c3d": partial(_copied, SHIPPED / "synthetic_walk.c3d"),
        "synthetic_walk.yaml": partial(_copied, SHIPPED / "synthetic_walk.yaml"),
        "dropping_walk.trc": lambda path: write_trc(path, walk.recording.markers),
        "dropping_walk_grf.mot": lambda path: write_forces(path, forces),
        "dropping_walk.yaml": partial(_text, yaml.safe_dump(truth_of(walk), sort_keys=False)),
        "case.yaml": partial(_text, CASE),
    }
    there = [name for name in making if (folder / name).exists()]
    if there:
        raise GaitError(
            str(folder / there[0]), "It exists and is left as it is.", "Name another folder."
        )
    folder.mkdir(exist_ok=True)
    for name, make in making.items():
        make(folder / name)
    return tuple(folder / name for name in making)


def _copied(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _text(text: str, target: Path) -> None:
    target.write_text(text, encoding="utf-8")


def truth_of(walk: Walk) -> Mapping[str, object]:
    """What is known of a synthetic walk, under the names of the parameters.

    Parameters
    ----------
    walk
        As `kinechain.gait.synthetic.walk.make_walk` makes it.
    """
    truth = walk.truth
    return {
        "what": "A walk that nobody walked, made by kinechain.gait.synthetic.",
        "mass_kg": truth.mass_kg,
        "gait_speed": truth.speed_m_per_s,
        "stride_time": truth.gait.stride_time_s,
        "stride_length": round(truth.stride_length_m, 6),
        "step_length_left": truth.step_length_left_m,
        "step_length_right": round(truth.step_length_right_m, 6),
        "step_width": truth.step_width_m,
        "stance_phase": 100 * truth.gait.stance_share,
        "foot_progression": truth.toe_out_deg,
        "pelvic_drop_peak": truth.pelvic_drop_deg,
        "trunk_lean_peak": truth.trunk_lean_deg,
        "events": [
            {"kind": one.kind, "side": one.side, "time_s": round(one.time_s, 6)}
            for one in walk.events
        ],
    }
