"""Writes the synthetic walk that ships with the program, and its truth.

Run as ``python -m scripts.write_gait_sample``. The walk is the same every time: its code,
its seed and its numbers are fixed.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import yaml

from kinechain.gait.synthetic.walk import Walk, make_walk, stated_events
from tests.support.c3d_file import write_c3d

FOLDER = Path(__file__).parents[1] / "src" / "kinechain" / "data" / "gait_samples"


def truth_of(walk: Walk) -> dict[str, object]:
    """What is known of the walk, for the file beside it."""
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


def main(folder: Path = FOLDER) -> int:
    """Write the C3D file and its truth."""
    walk = make_walk()
    folder.mkdir(parents=True, exist_ok=True)
    write_c3d(folder / "synthetic_walk.c3d", replace(walk.recording, events=stated_events(walk)))
    text = yaml.safe_dump(truth_of(walk), sort_keys=False)
    (folder / "synthetic_walk.yaml").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
