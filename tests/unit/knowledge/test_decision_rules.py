"""Published decision rules: the shipped ones, their scores, and files with faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.domain.decision_rules import DecisionRule
from kinechain.knowledge import load_knowledge
from kinechain.knowledge.decision_rules import FOLDER, check_rules, read_rules
from kinechain.knowledge.knowledge import DATA

GOOD = """\
id: rule
label: A rule
condition: [knee_osteoarthritis]
patient: {pain: [knee], present: [obesity], setting: primary_care}
ages:
  - {years: 40, share: 0.5, reason: a guess}
  - {years: 70, points: 1, share: 0.5, reason: a guess}
items:
  - {label: crepitus, of: [knee_crepitus]}
  - {label: cold, none_of: [joint_warmth.knee]}
  - {label: unknown, points: 2, assumed: true}
positive_from: 3
strata:
  - {label: low, at_most: 2, probability: {value: 0.1, low: 0.05, high: 0.2}, source: peat2006acr}
  - {label: high, at_least: 3}
accuracy:
  - at_least: 3
    sensitivity: {value: 0.9, n: 10}
    specificity: {value: 0.8, n: 20}
    source: peat2006acr
    share: {value: 0.33}
source: peat2006acr
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, DecisionRule]:
    rules, version, issues = read_rules(DATA / FOLDER)
    assert len(version) == 12
    assert not issues
    return rules


def test_the_shipped_rules_are_sound(shipped: dict[str, DecisionRule]) -> None:
    assert not check_rules(shipped, load_knowledge())
    assert {"ottawa_ankle", "ottawa_knee", "wells_dvt", "laslett_sij", "wainner_cervical",
            "sugioka_stenosis", "cook_stenosis", "acr_knee_clinic"} <= set(shipped)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "age", "met", "score", "stratum"),
    [
        # an ankle that is tender at the malleolus needs a radiograph, whatever it bears
        ("ottawa_ankle", 35, {"malleolar_bone_tenderness"}, 1, "positive"),
        ("ottawa_ankle", 35, set[str](), 0, "negative"),
        # age alone makes the knee rule positive
        ("ottawa_knee", 65, set[str](), 1, "positive"),
        ("ottawa_knee", 35, set[str](), 0, "negative"),
        # cancer, a swollen calf and pitting oedema: high; one of them: moderate
        ("wells_dvt", 60, {"active_cancer", "calf_swelling", "pitting_oedema"}, 3, "high"),
        ("wells_dvt", 60, {"active_cancer"}, 1, "moderate"),
        ("wells_dvt", 60, set[str](), 0, "low"),
        ("laslett_sij", 45, {"thigh_thrust", "sij_compression"}, 2, "none to two"),
        ("laslett_sij", 45, {"thigh_thrust", "sij_compression", "gaenslen_test"}, 3,
         "three or more"),
        # over 70, for more than six months, worse standing, better bending forward
        ("sugioka_stenosis", 76, {"worse_standing", "relief_bending_forward"}, 8, "5 or more"),
        ("sugioka_stenosis", 50, {"worse_standing", "neurogenic_claudication"}, 4, "below 5"),
        # older than 50, crepitus, and not warm
        ("acr_knee_clinic", 63, {"knee_crepitus", "joint_warmth.knee"}, 3, "three or more"),
        ("acr_knee_clinic", 42, {"knee_crepitus"}, 1, "fewer than three"),
    ],
)  # fmt: skip
def test_scores(
    shipped: dict[str, DecisionRule], rule: str, age: float, met: set[str], score: float,
    stratum: str,
) -> None:  # fmt: skip
    """Items named in `met` are met; for a none_of item that means the finding is absent."""
    here = shipped[rule]
    (group,) = [one for one in here.ages if one.years == age]
    states = [not met.isdisjoint(item.ids) for item in here.asked]
    assert here.score(states, group) == score
    assert stratum in [one.label for one in here.strata if one.holds(score)]


def faults(tmp_path: Path, text: str) -> str:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "rule.yaml").write_text(text, encoding="utf-8")
    rules, _, issues = read_rules(folder)
    issues += check_rules(rules, load_knowledge())
    return " ".join(f"{one.where}: {one.message}" for one in issues)


def test_a_good_file_has_no_faults(tmp_path: Path) -> None:
    assert not faults(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("label: A rule", "name: A rule", "name"),
        ("id: rule", "id: other", "other"),
        ("positive_from: 3\n", "", "positive_from"),
        ("[knee_osteoarthritis]", "[no_such]", "no condition is called 'no_such'"),
        ("pain: [knee]", "pain: [tail]", "no site is called 'tail'"),
        ("present: [obesity]", "present: [nothing]", "no finding or trait is called 'nothing'"),
        ("primary_care", "the_moon", "the setting 'the_moon' does not exist"),
        ("[knee_crepitus]", "[no_such]", "no finding or trait is called 'no_such'"),
        ("joint_warmth.knee", "joint_warmth.tail", "joint_warmth has no level 'tail'"),
        ("[joint_warmth.knee]", "[knee_crepitus]", "'knee_crepitus' stands in two items"),
        ("of: [knee_crepitus]}", "of: [knee_crepitus], assumed: true}", "exactly one of"),
        ("{years: 40, share: 0.5", "{years: 40, share: 0.4", "add up to 1"),
        ("{value: 0.1, low: 0.05", "{value: 0.1, low: 0.15", "low <= value <= high"),
        ("{value: 0.9, n: 10}", "{value: 1.9, n: 10}", "low <= value <= high"),
        (", source: peat2006acr}", "}", "needs its source"),
        ("\nsource: peat2006acr", "\nsource: nobody1900", "'nobody1900' does not exist"),
        ("at_least: 3}", "at_least: 4}", "neither given nor follows"),
        ("    share: {value: 0.33}\n", "", "neither given nor follows"),
        (", at_least: 3}", "}", "needs at_least or at_most"),
    ],
)  # fmt: skip
def test_faults_are_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    assert words in faults(tmp_path, GOOD.replace(old, new))


def test_too_many_items_or_none(tmp_path: Path) -> None:
    start, end = GOOD.index("items:"), GOOD.index("positive_from")
    item = "  - {{label: x{0}, of: [x{0}]}}\n"
    many = "items:\n" + "".join(item.format(place) for place in range(13))
    assert "1 to 12 items. Got 13" in faults(tmp_path, GOOD[:start] + many + GOOD[end:])
