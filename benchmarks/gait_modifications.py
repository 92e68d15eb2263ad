"""One adult's knee adduction moment walking with toes in, toes out and a swaying trunk.

The literature gives a direction for each (Silva and others 2022, meta-analysis,
`data/load_doses/*_silva2022.yaml`): toes in lower the first peak and raise the second, toes out
lower the second, leaning the trunk lowers the first. Sizes differ between people; one trial of
each is no more than a check that the direction comes out.
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import CannotRun, tell
from kinechain.gait.events.model import SIDES
from kinechain.service.bench_results import Row, row
from kinechain.service.gait.analysis import GaitAnalysis, GaitRequest, analyse_gait
from tests.support.gait import OPENCAP, REAL, real

WALKS = {"normal": "", "toes in": "TI", "toes out": "TO", "trunk sway": "TS"}
FIRST, SECOND = "knee_adduction_moment_peak", "knee_adduction_moment_second_peak"
IMPULSE = "knee_adduction_moment_impulse"
LOWER, HIGHER = -1, 1
EXPECTED = {
    ("toes in", FIRST): LOWER,
    ("toes in", SECOND): HIGHER,
    ("toes out", SECOND): LOWER,
    ("trunk sway", FIRST): LOWER,
    ("trunk sway", IMPULSE): LOWER,
}
WORDS = {FIRST: "first peak", SECOND: "second peak", IMPULSE: "impulse"}


def run(*, quick: bool = False) -> list[Row]:
    """Analyse the four walks, and make the rows of the table.

    Parameters
    ----------
    quick
        The same; it takes a few seconds.
    """
    del quick
    if not REAL:
        raise CannotRun("Set KINECHAIN_REAL_DATA to the folder with the real recordings.")
    found: dict[str, GaitAnalysis] = {}
    for walk, kind in WALKS.items():
        tell(f"gait_modifications: {walk}")
        found[walk] = analyse_gait(
            GaitRequest(
                recording=real(f"{OPENCAP}/walking{kind}1.trc"),
                forces=real(f"{OPENCAP}/walking{kind}1_external_forces.xml"),
                model=real(f"{OPENCAP}/optimized_scale_and_markers.osim"),
            )
        )
    rows: list[Row] = []
    for side in SIDES:
        if _mean(found["normal"], FIRST, side) is not None:
            rows += _side(found, side)
    if not rows:
        raise CannotRun("The normal walk has no stance whose force is wholly known.")
    return rows


def _mean(analysis: GaitAnalysis, name: str, side: str) -> float | None:
    """Mean of a parameter; None where the trial does not give it."""
    values = [
        value
        for one in analysis.measured.measures
        if (one.name, one.side) == (name, side)
        for value in one.values
    ]
    return float(np.mean(values)) if values else None


def _side(found: dict[str, GaitAnalysis], side: str) -> list[Row]:
    rows: list[Row] = []
    for name, words in WORDS.items():
        before = _mean(found["normal"], name, side)
        assert before is not None
        rows.append(row(f"{side} knee adduction moment, {words}: normal", round(before, 3),
                        "Nms/kg" if name == IMPULSE else "Nm/kg"))  # fmt: skip
        for walk in list(WALKS)[1:]:
            after = _mean(found[walk], name, side)
            if after is None:
                continue
            sign = EXPECTED.get((walk, name), 0)
            change = round(100 * (after / before - 1), 1)
            rows.append(
                row(f"{side} knee adduction moment, {words}: {walk}", change, "%",
                    at_most=0 if sign == LOWER else None, at_least=0 if sign == HIGHER else None)
            )  # fmt: skip
    for walk, analysis in found.items():
        angle = _mean(analysis, "foot_progression", side)
        if angle is not None:
            rows.append(row(f"{side} foot, outward: {walk}", round(angle, 1), "deg"))
    return rows
