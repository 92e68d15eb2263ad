"""A clinic's own base rates: read strictly, and applied to what they name and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinechain.domain.case import Case
from kinechain.inference.person import person_of
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.knowledge.base_rates import SOURCE, BaseRates, Rate, with_base_rates
from kinechain.knowledge.base_rates_file import LARGEST_FILE, BaseRatesError, read_base_rates

GOOD = """\
source: Register of the practice, 2023 to 2025
setting: Primary care
conditions:
  lumbar_disc_herniation: {value: 0.04, low: 0.02, high: 0.07, n: 1200}
  cauda_equina_syndrome: {value: 0.001, low: 0.0002, high: 0.003}
"""
RATE = "{value: 0.04, low: 0.02, high: 0.07}"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def read(tmp_path: Path, text: str | bytes, knowledge: Knowledge) -> BaseRates:
    path = tmp_path / "rates.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_base_rates(path, knowledge)


def midline(knowledge: Knowledge) -> list[str]:
    """Conditions with one instance, whose prior is one number."""
    return [
        one.id for one in knowledge.conditions.values() if one.sides == "midline" and not one.levels
    ]


def prior_of(knowledge: Knowledge, name: str, case: Case) -> float:
    (node,) = knowledge.instances[name]
    return float(person_of(knowledge, case).network.leak[0, node])


def test_a_good_file(tmp_path: Path, knowledge: Knowledge) -> None:
    found = read(tmp_path, GOOD, knowledge)
    assert found.source == "Register of the practice, 2023 to 2025"
    assert found.setting == "primary_care"
    assert found.conditions == {
        "lumbar_disc_herniation": Rate(value=0.04, low=0.02, high=0.07, n=1200),
        "cauda_equina_syndrome": Rate(value=0.001, low=0.0002, high=0.003),
    }


WRONG = {
    "source": (GOOD.replace("source: Register of the practice, 2023 to 2025\n", ""),
               "line 1, source", "It is missing", "say where"),
    "empty source": (GOOD.replace(" Register of the practice, 2023 to 2025", ""),
                     "line 1, source", "Got nothing", "say where"),
    "long source": (GOOD.replace("Register", "Register" * 50), "line 1, source", "at most 300",
                    "shorten"),
    "unknown key": (GOOD + "years: 2\n", "line 6, years", "one of source, setting, conditions",
                    "delete"),
    "twice": (GOOD + "source: again\n", "line 6, source", "stands twice", "delete one"),
    "setting": (GOOD.replace("Primary care", "spine clinc"), "line 2, setting", "'spine clinc'",
                "did you mean 'spine_clinic'?"),
    "list for setting": (GOOD.replace("Primary care", "[a]"), "line 2, setting", "Got a list",
                         "write one of"),
    "no conditions": ("source: x\n", "line 1, conditions", "missing", "knee_osteoarthritis: {"),
    "empty conditions": ("source: x\nconditions: {}\n", "line 2, conditions", "Got none", "add"),
    "list of conditions": ("source: x\nconditions: [a]\n", "line 2, conditions", "Got a list",
                           "State your own base rates"),
    "condition": (f"source: x\nconditions:\n  lumbar_disc_hernia: {RATE}\n",
                  "line 3, conditions.lumbar_disc_hernia", "'lumbar_disc_hernia'",
                  "did you mean 'lumbar_disc_herniation'?"),
    "condition twice": (GOOD + f"  lumbar_disc_herniation: {RATE}\n",
                        "line 6, conditions.lumbar_disc_herniation", "stands twice", "delete"),
    "list for condition": ("source: x\nconditions: {? [a] : 1}\n", "line 2, conditions.?", "'?'",
                           "correct"),
    "number alone": ("source: x\nconditions: {lumbar_disc_herniation: 0.04}\n",
                     "line 2, conditions.lumbar_disc_herniation", "Got '0.04'", "base rates"),
    "no interval": ("source: x\nconditions: {lumbar_disc_herniation: {value: 0.04, low: 0.01}}\n",
                    "line 2, conditions.lumbar_disc_herniation.high", "missing", "95 %"),
    "word": (GOOD.replace("0.04", "rare"), "line 4, conditions.lumbar_disc_herniation.value",
             "Got 'rare'", "0.04"),
    "list for number": (GOOD.replace("0.04", "[1]"),
                        "line 4, conditions.lumbar_disc_herniation.value", "Got a list", "share"),
    "not a number": (GOOD.replace("0.04", ".nan"),
                     "line 4, conditions.lumbar_disc_herniation.value", "Got '.nan'", "share"),
    "per cent": (GOOD.replace("{value: 0.04, low: 0.02, high: 0.07", "{value: 4, low: 2, high: 7"),
                 "line 4, conditions.lumbar_disc_herniation", "0 < low <= value <= high < 1",
                 "0.04 for 4 %"),
    "zero": (GOOD.replace("low: 0.02", "low: 0"), "line 4, conditions.lumbar_disc_herniation",
             "Got low 0", "cautious"),
    "order": (GOOD.replace("high: 0.07", "high: 0.03"), "line 4, conditions.lumbar_disc_herniation",
              "high 0.03", "shares"),
    "people": (GOOD.replace("1200", "12.5"), "line 4, conditions.lumbar_disc_herniation.n",
               "Got '12.5'", "leave n out"),
    "unknown key of a rate": (GOOD.replace("n: 1200", "N: 1200"),
                              "line 4, conditions.lumbar_disc_herniation.N", "value, low, high, n",
                              "delete"),
    "no mapping": ("- a\n", "line 1", "Got a list", "base rates"),
    "no YAML": ("source: a: b\n", "line 1", "must be YAML", "quotes"),
    "alias": ("source: &a x\nsetting: *a\n", "line 1", "anchors", "write the values out"),
    "too large": ("#" * (LARGEST_FILE + 1), "line 1", "at most 100 kB", "right file"),
    "no text": (b"\xff\xfe\x00", "line 1", "UTF-8", "save it"),
    "control": ('source: "a\\x07b"\n' + GOOD[GOOD.index("setting") :], "line 1, source",
                "must have a text", "say where"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file(tmp_path: Path, knowledge: Knowledge, name: str) -> None:
    text, where, message, remedy = WRONG[name]
    with pytest.raises(BaseRatesError) as caught:
        read(tmp_path, text, knowledge)
    issues = caught.value.issues
    assert all(one.level == "error" and one.remedy for one in issues)
    assert any(
        one.where == f"rates.yaml, {where}" and message in one.message and remedy in one.remedy
        for one in issues
    ), issues


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path, knowledge: Knowledge) -> None:
    text = GOOD.replace("0.04", "x").replace("0.001", "y").replace("Primary care", "z") + "k: 1\n"
    with pytest.raises(BaseRatesError) as caught:
        read(tmp_path, text, knowledge)
    assert len(caught.value.issues) == 4
    assert str(caught.value).count("\n") == 3


def test_a_file_that_is_not_there(tmp_path: Path, knowledge: Knowledge) -> None:
    with pytest.raises(BaseRatesError, match="readable"):
        read_base_rates(tmp_path / "none.yaml", knowledge)


@pytest.mark.parametrize("age", [None, 30.0, 70.0])
@pytest.mark.parametrize("setting", [None, "primary_care", "spine_clinic", "emergency_department"])
def test_the_prior_is_what_was_stated(
    knowledge: Knowledge, age: float | None, setting: str | None
) -> None:
    name = next(one for one in midline(knowledge)
                if any(one in rule.conditions for rule in
                       knowledge.settings["emergency_department"].odds))  # fmt: skip
    rates = BaseRates(source="x", conditions={name: Rate(value=0.04, low=0.02, high=0.07)})
    changed = with_base_rates(knowledge, rates)
    case = Case(id="x", age_years=age, setting=setting)
    assert prior_of(changed, name, case) == pytest.approx(0.04)


def test_the_mean_over_the_sexes_is_what_was_stated(knowledge: Knowledge) -> None:
    names = [one for one in midline(knowledge)
             if knowledge.conditions[one].prior.female_odds_ratio]  # fmt: skip
    rates = BaseRates(source="x", conditions={names[0]: Rate(value=0.04, low=0.02, high=0.07)})
    changed = with_base_rates(knowledge, rates)
    both = [prior_of(changed, names[0], Case(id="x", sex=sex)) for sex in ("female", "male")]
    assert both[0] != both[1]
    assert np.mean([one / (1 - one) for one in both]) == pytest.approx(0.04 / 0.96)


def test_other_conditions_are_unchanged(knowledge: Knowledge, tmp_path: Path) -> None:
    changed = with_base_rates(knowledge, read(tmp_path, GOOD, knowledge))
    rated = {"lumbar_disc_herniation", "cauda_equina_syndrome"}
    for name, condition in knowledge.conditions.items():
        assert (changed.conditions[name] is condition) == (name not in rated)
    assert changed.graph is knowledge.graph
    case = Case(id="x", age_years=70, sex="female", setting="spine_clinic")
    before, after = (person_of(one, case).network.leak[0] for one in (knowledge, changed))
    moved = {
        knowledge.graph.nodes[place].template for place in np.flatnonzero(before != after).tolist()
    }
    assert moved == rated
    disc = changed.conditions["lumbar_disc_herniation"].prior
    former = knowledge.conditions["lumbar_disc_herniation"].prior
    assert disc.risks == former.risks
    assert (disc.level_share, disc.other_side) == (former.level_share, former.other_side)
    assert disc.by_age == ()


def test_the_basis_is_the_clinics_own(knowledge: Knowledge, tmp_path: Path) -> None:
    changed = with_base_rates(knowledge, read(tmp_path, GOOD, knowledge))
    base = changed.conditions["lumbar_disc_herniation"].prior.base
    assert (base.value, base.low, base.high, base.n) == (0.04, 0.02, 0.07, 1200)
    assert (base.basis, base.source, base.interval_coverage) == ("study", SOURCE, 0.95)
    assert base.setting == "primary_care"
    assert changed.sources[SOURCE].title.endswith("Register of the practice, 2023 to 2025")
    assert SOURCE not in knowledge.sources


def test_the_version_tells_the_rates(knowledge: Knowledge, tmp_path: Path) -> None:
    rates = read(tmp_path, GOOD, knowledge)
    once = with_base_rates(knowledge, rates).version
    assert once == with_base_rates(knowledge, rates).version != knowledge.version
    order = BaseRates(source=rates.source, setting=rates.setting,
                      conditions=dict(reversed(rates.conditions.items())))  # fmt: skip
    assert with_base_rates(knowledge, order).version == once
    other = read(tmp_path, GOOD.replace("0.04", "0.041"), knowledge)
    assert with_base_rates(knowledge, other).version != once


def test_a_condition_that_is_not_there(knowledge: Knowledge) -> None:
    rates = BaseRates(source="x", conditions={"none": Rate(value=0.1, low=0.1, high=0.1)})
    with pytest.raises(KeyError):
        with_base_rates(knowledge, rates)
