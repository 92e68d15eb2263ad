"""Deviations, table and terminal of the gait report."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from kinechain.gait.observations.deviations import Beside, Findings
from kinechain.gait.observations.quality import Quality
from kinechain.gait.parameters.model import Measure
from kinechain.gait.parameters.symmetry import Symmetry
from kinechain.report.gait import terminal as gait_terminal
from kinechain.report.gait.deviations import (
    MOST_IN_FULL,
    deviations,
    inside_and_without,
    told_in_full,
)
from kinechain.report.gait.html import z_place
from kinechain.report.gait.model import GaitView
from kinechain.report.gait.table import parameter_groups, tiles
from kinechain.report.gait.view import build
from kinechain.report.sections import Numbering
from tests.unit.report import invented_gait
from tests.unit.report.invented_gait import NORM, beside, offer

GOOD = Findings(Quality(()), (), ())


def told(*rows: Beside, findings: Findings = GOOD, symmetry: tuple[Symmetry, ...] = ()):
    return deviations(rows, symmetry, findings, Numbering().refs)


def test_the_largest_comes_first_and_what_is_inside_is_not_told() -> None:
    found = told(beside("cadence", "both", 13.9), beside("gait_speed", "both", 5.0),
                 beside("stride_time", "left", 14.1))  # fmt: skip
    assert [(one.label, one.z) for one in found] == [
        ("Walking speed", -2.5), ("Stride time", pytest.approx(2.05)),
    ]  # fmt: skip


def test_both_sides_are_one_and_opposite_directions_are_two() -> None:
    one, *_ = told(beside("step_time", "left", 16.0), beside("step_time", "right", 17.0))
    assert (one.whose, one.z, one.direction) == ("both sides", 3.5, "far above")
    said = one.sentence.replace("\xa0", " ")
    assert said == "Left 16.00 s and right 17.00 s, far above the norm of 10.00 ± 2.00 s"
    found = told(beside("step_time", "left", 15.0), beside("step_time", "right", 4.0))
    assert [(one.whose, one.direction) for one in found] == [
        ("right", "far below"), ("left", "above"),
    ]  # fmt: skip


def test_few_strides_and_unknown_people_are_said() -> None:
    import msgspec

    unknown = msgspec.structs.replace(NORM, documented=False)
    (one,) = told(beside("step_time", "left", 20.0, norm=unknown))
    assert "one step or stride" in one.caution
    assert "does not say who they were" in one.norm
    (many,) = told(beside("step_time", "left", 20.0, 20.0, 20.0))
    assert not many.caution


def test_nothing_is_told_of_a_poor_trial() -> None:
    poor = Findings(Quality(("No.",)), (), ())
    assert not told(beside("gait_speed", "both", 1.0), findings=poor)
    assert inside_and_without([beside("gait_speed", "both", 10.0)], poor) == ((), ())


def test_what_is_offered_is_marked_and_never_cut() -> None:
    rows = [beside(f"measure_{k}", "left", 30.0 - k) for k in range(9)]
    findings = replace(GOOD, offered=(offer("gait_speed_slow", "midline", 5.9, -2.05),))
    found = told(*rows, beside("gait_speed", "both", 5.9), findings=findings)
    assert len(found) == 10
    full, short = told_in_full(found)
    assert (len(full), len(short)) == (MOST_IN_FULL, 4)
    assert [one.label for one in full if one.offered] == ["Walking speed"]
    assert [one.z for one in found] == sorted((one.z or 0 for one in found), key=lambda z: -abs(z))


def test_an_absolute_limit_and_an_asymmetry_are_told() -> None:
    findings = replace(GOOD, offered=(
        offer("gait_speed_slow", "midline", 0.7, -1.0),
        offer("stance_time_asymmetry", "midline", -12.0, None),
    ))  # fmt: skip
    found = told(beside("gait_speed", "both", 8.0), findings=findings,
                 symmetry=(Symmetry("stance_time", 0.7, 0.6, -12.0),))  # fmt: skip
    assert {one.label: one.direction for one in found} == {
        "Stance time": "unequal", "Walking speed": "outside a limit",
    }  # fmt: skip
    assert all(one.offered for one in found)


def test_estimated_forces_are_a_caution_of_loads_only() -> None:
    rows = (beside("knee_adduction_moment_peak", "left", 20.0), beside("cadence", "both", 20.0))
    found = deviations(rows, (), GOOD, Numbering().refs, estimated=True)
    assert {one.label: "estimated" in one.caution for one in found} == {
        "Knee adduction moment, first peak": True, "Cadence": False,
    }  # fmt: skip


def test_the_table_pairs_the_sides() -> None:
    rows = (beside("step_time", "right", 11.0, 12.0, 13.0), beside("step_time", "left", 9.0),
            beside("cadence", "both", 10.0),
            Beside(Measure("new_measure", "left", (1.0,)), None, None, None))  # fmt: skip
    table, notes = parameter_groups(
        rows, (Symmetry("step_time", 9.0, 12.0, 28.6),), Numbering().refs
    )
    found = {row.name: row for group in table for row in group.rows}
    assert list(found) == ["cadence", "step_time", "new_measure"]
    row = found["step_time"]
    right, left = row.of("right"), row.of("left")
    assert right is not None
    assert left is not None
    assert (right.value, right.number, right.z, right.outside) == ("12.00 (1.00)", 3, 1.0, False)
    assert right.variation.replace("\xa0", " ") == "8.3 %"
    assert (left.value, left.variation) == ("9.00", "")
    assert row.asymmetry.replace("\xa0", " ") == "+28.6 %"
    assert [(one.letter, one.population) for one in notes] == [("a", "invented people")]
    assert found["new_measure"].label == "New measure"
    unjudged, _ = parameter_groups(rows, (), Numbering().refs, judged=False)
    assert all(cell.z is None for group in unjudged for one in group.rows for cell in one.cells)


def test_key_figures() -> None:
    first, second = tiles(
        (beside("gait_speed", "both", 4.0), beside("stance_phase", "left", 9.0),
         beside("stance_phase", "right", 10.0))
    )  # fmt: skip
    assert (first.label, first.value, first.unit, first.outside) == (
        "Walking speed", "4.00", "m/s", True,
    )  # fmt: skip
    assert (second.label, second.value, second.unit, second.outside) == (
        "Stance, left / right", "9.0 / 10.0", "%", False,
    )  # fmt: skip


def test_bars_end_where_the_drawing_ends() -> None:
    assert z_place(0) == 64.0
    assert z_place(99) == z_place(4) <= 123
    assert z_place(2) - z_place(0) == pytest.approx(z_place(0) - z_place(-2))


RESULTS = {
    "whole": invented_gait.whole,
    "deviating": invented_gait.deviating,
    "hostile": invented_gait.hostile,
    "without model": invented_gait.without_model,
    "poor": invented_gait.poor,
    "without cycles": invented_gait.without_cycles,
}


@cache
def view_of(name: str) -> GaitView:
    return build(RESULTS[name](), drawn=False)


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("width", [50, 80, 110])
def test_the_terminal_keeps_its_width_and_is_harmless(name: str, width: int) -> None:
    text = gait_terminal.render(view_of(name), width=width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.endswith("\n")


def titles(name: str) -> list[str]:
    text = gait_terminal.render(view_of(name))
    return [line for line in text.splitlines() if re.fullmatch(r"[A-Z][A-Z0-9 ,.:°]+", line)]


def test_the_terminal_tells_in_the_order_of_the_page() -> None:
    assert titles("deviating") == [
        "WHAT DEVIATES",
        "FINDINGS OFFERED, FOR A CLINICIAN TO CONFIRM",
        "GAIT PROFILE SCORE: 4.0°",
        "PARAMETERS, BESIDE PEOPLE WITHOUT DISEASE",
        "MEAN CURVES OVER THE CYCLE, LOWEST TO HIGHEST",
        "HOW IT WAS DONE",
        "SOURCES",
    ]
    assert titles("poor")[0] == "NOTHING IS CONCLUDED FROM THIS RECORDING"


def test_the_terminal_takes_about_two_screens() -> None:
    text = gait_terminal.render(view_of("whole"), width=100)
    assert len(text.splitlines()) <= 110
    assert "Knee flexion (°)" in text
    assert "more in --html and --json" in text


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[" in gait_terminal.render(view_of("deviating"), colour=True)
