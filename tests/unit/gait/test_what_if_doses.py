"""Published doses: the files, the strict reader, and what is said of an amount."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from kinechain.gait.errors import GaitError
from kinechain.gait.parameters.model import DEFINITIONS
from kinechain.gait.what_if.agreement import agreement, worst
from kinechain.gait.what_if.asked import Kind
from kinechain.gait.what_if.dose_effect import WORDS, effect_of
from kinechain.gait.what_if.doses import FOLDER, OTHER_LOADS, Dose, doses, doses_of, read_dose

NAMES = [path.stem for path in sorted(FOLDER.glob("*.yaml"))]


def one(name: str) -> Dose:
    return next(dose for dose in doses() if dose.dose == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_where_it_comes_from(name: str) -> None:
    dose = one(name)
    assert dose.load in DEFINITIONS or dose.load in OTHER_LOADS
    assert dose.source.url.startswith("http")
    assert 1970 < dose.source.year < 2030
    assert dose.population
    assert dose.where
    assert dose.control.text
    assert dose.certainty_reason.startswith(("judgement:", "the authors'"))
    if dose.effect == "percent" and dose.points[0].amount is None and dose.change != "barefoot":
        assert "not in the abstract" in dose.certainty_reason, "say why there is no amount"


def test_every_change_has_a_dose_and_every_other_load_is_used() -> None:
    assert {dose.change for dose in doses()} == set(get_args(Kind))
    assert set(OTHER_LOADS) <= {dose.load for dose in doses()}


@pytest.mark.parametrize(
    ("name", "amount", "value"),
    [
        ("heel_height_kerrigan2005_young", 3.8, 14.0),
        ("heel_height_kerrigan2005_older", 3.8, 9.0),
        ("heel_height_barkema2012", 9.0, 100.0 * (0.55 / 0.46 - 1.0)),
        ("heel_height_barkema2012", 5.0, 100.0 * (0.48 / 0.46 - 1.0)),
        ("barefoot_shakoor2006", None, -11.9),
        ("barefoot_kemp2008", None, 100.0 * (3.49 / 3.77 - 1.0)),
        ("cane_kemp2008", 10.0, 100.0 * (3.38 / 3.76 - 1.0)),
        ("barefoot_hip_palmowski2021", None, 100.0 * (1.0 / 1.346 - 1.0)),
        ("body_mass_force_messier2005", -1.0, -40.6),
        ("body_mass_moment_messier2005", -1.0, -100.0 * 0.496 / 33.52),
        ("trunk_lean_silva2022", 6.0, -0.67),
        ("toe_out_silva2022", 5.0, -0.42),
    ],
)
def test_the_printed_figures(name: str, amount: float | None, value: float) -> None:
    """Computed ones agree with what they are computed from, to their last digit."""
    assert effect_of(one(name), amount, 90.0).value == pytest.approx(value, abs=0.09)


def test_between_and_beyond() -> None:
    heels = one("heel_height_barkema2012")
    assert effect_of(heels, 1.0, 70.0).value == pytest.approx(0.0)
    middle = effect_of(heels, 7.0, 70.0)
    assert middle.basis == "between"
    assert middle.value == pytest.approx((4.3 + 19.6) / 2.0)
    for amount in (0.5, 9.01):
        beyond = effect_of(heels, amount, 70.0)
        assert beyond.basis == "beyond"
        assert beyond.value is None
    cane = effect_of(one("cane_shin2023"), 5.0, 70.0)
    assert (cane.low, cane.value, cane.high) == pytest.approx((-27.5, -23.75, -20.0))
    toe_in = one("toe_in_seagers2022")
    assert effect_of(toe_in, -5.0, 70.0).value == pytest.approx(-3.8)
    assert effect_of(toe_in, 5.0, 70.0).basis == "beyond"


def test_a_slope_goes_as_far_as_people_lost() -> None:
    force = one("body_mass_force_messier2005")
    assert effect_of(force, -8.0, 80.0).value == pytest.approx(-324.8)
    assert effect_of(force, -8.0, 80.0).basis == "slope"
    for amount in (-8.3, 1.0):
        assert effect_of(force, amount, 80.0).basis == "beyond"
    assert effect_of(force, -8.0, float("nan")).basis == "no_mass"


def test_an_amount_that_a_study_does_not_state_is_no_percentage() -> None:
    lean = effect_of(one("trunk_lean_healthy2013"), 4.0, 70.0)
    assert lean.basis == "unstated"
    assert not lean.is_percent
    assert effect_of(one("barefoot_shakoor2006"), None, 70.0).is_percent
    assert not effect_of(one("lateral_wedge_first_arnold2016"), None, 70.0).is_percent
    assert set(WORDS) == {"studied", "between", "slope", "as_such", "unstated", "beyond", "no_mass"}


def test_toe_in_has_doses_of_its_own() -> None:
    assert {dose.towards for dose in doses_of("toe_out", less=True)} == {"less"}
    assert not {d.dose for d in doses_of("toe_out")} & {
        d.dose for d in doses_of("toe_out", less=True)
    }
    assert doses_of("body_mass", less=True) == doses_of("body_mass")
    assert doses_of("trunk_lean", less=True) == ()


def test_whom_a_dose_does_not_fit() -> None:
    heels = one("heel_height_kerrigan2005_older")
    assert heels.unlike(None, None) == ""
    assert heels.unlike(70.0, "female") == ""
    assert "60 to 120" in heels.unlike(30.0, "female")
    assert "women only" in heels.unlike(70.0, "male")


BASE: dict[str, Any] = {
    "dose": "made", "change": "heel_height", "load": "knee_adduction_moment_peak",
    "effect": "percent", "unit": "cm", "control": {"amount": 0, "text": "flat shoes"},
    "points": [{"amount": 4, "value": 10, "low": 8, "high": 12}], "interval": "95 % interval",
    "population": "nobody", "design": "crossover", "certainty": "low",
    "certainty_reason": "judgement: made up", "where": "nowhere",
    "source": {"title": "t", "journal_or_body": "j", "year": 2000, "url": "http://x", "type": "c"},
}  # fmt: skip


def written(folder: Path, **change: Any) -> Path:
    path = folder / "made.yaml"
    found = {key: value for key, value in {**BASE, **change}.items() if value is not None}
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert effect_of(read_dose(written(tmp_path)), 2.0, 70.0).value == 5.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dose": "other"}, "'made'"),
        ({"load": "no_such_load"}, "no_such_load"),
        ({"change": "magic"}, "change"),
        ({"certainty": "sure"}, "certainty"),
        ({"extra": 1}, "extra"),
        ({"points": []}, "points"),
        ({"points": [{"amount": 4, "value": 10, "low": 11, "high": 12}]}, "rise"),
        ({"points": [{"amount": 4, "value": 10, "low": 8}]}, "rise"),
        ({"interval": None}, "interval"),
        ({"points": [{"amount": -4, "value": 10}]}, "towards"),
        ({"points": [{"amount": 0, "value": 10}]}, "towards"),
        ({"unit": None}, "unit"),
        ({"control": {"text": "flat"}}, "control"),
        ({"points": [{"value": 1}, {"value": 2}]}, "amounts"),
        ({"effect": "percent_per_unit"}, "slope"),
        ({"effect": "percent_per_unit", "points": [{"value": 1}]}, "how far"),
        ({"effect": "standardised", "points": [{"value": 1}], "unit": None}, "standardised"),
        ({"age_from_years": 20}, "ages"),
        ({"source": {"title": "t"}}, "journal_or_body"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(GaitError, match=said):
        read_dose(written(tmp_path, **change))


@pytest.mark.parametrize(
    ("name", "amount", "recomputed", "said"),
    [
        ("cane_shin2023", 10.0, -50.0, "agree"),
        ("cane_shin2023", 10.0, -30.0, "smaller"),
        ("cane_shin2023", 10.0, -60.0, "larger"),
        ("cane_shin2023", 10.0, 20.0, "opposite"),
        ("toe_out_seagers2022", 10.0, -20.0, "agree"),
        ("toe_out_seagers2022", 10.0, -23.0, "larger"),
        ("toe_out_seagers2022", 2.0, 1.0, "agree"),
        ("toe_out_silva2022", 5.0, -9.0, "same direction"),
        ("toe_out_silva2022", 5.0, 9.0, "opposite"),
        ("toe_in_wang2020_oa", -5.0, -4.0, "agree"),
        ("toe_in_wang2020_oa", -5.0, -9.0, "larger"),
        ("toe_in_seagers2022", -20.0, -9.0, None),
    ],
)
def test_agreement(name: str, amount: float, recomputed: float, said: str | None) -> None:
    assert agreement(effect_of(one(name), amount, 70.0), recomputed) == said
    assert agreement(effect_of(one(name), amount, 70.0), None) is None


def test_the_worst_of_two_legs() -> None:
    assert worst(["agree", "opposite"]) == "opposite"
    assert worst(["agree", "same direction"]) == "same direction"
    assert worst([None, None]) is None
