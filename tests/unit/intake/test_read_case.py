"""A case in all its forms; laws that hold for every case."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.domain.case import Case, Measurement, Observation, Pain, Score, TriedTreatment
from kinechain.intake import parse_case, read_case, template
from kinechain.intake.read_case import KEYS
from tests.unit.intake.made_up import KNOWLEDGE

FULL = """\
case: gardening
as_of: 2026-11-20
age: 58
sex: F
height: {value: 168, unit: cm}
weight: 74 kg
setting: GP
complaint: changed
drawing: complete
pain:
  - site: knee_anterior
    side: right
    intensity: 6/10
    quality: [aching, burning]
    onset: after injury
    duration: 5 weeks
    on: 2026-10-20
  - {site: low back, course: longstanding, duration: 4 years}
  - calf: both
findings:
  present:
    - knee_reflex_reduced: right
    - {finding: paraesthesia, side: right, level: L3, on: 2026-11-18, by: therapist}
    - motor_deficit: left L5
    - crossed_straight_leg_raise:
        side: left
    - obesity
    - stairs_pain: both
  absent:
    - fever
    - peptic_ulcer
values:
  - esr: 14 mm/h
  - {quantity: CRP, value: 1.2, unit: mg/dL, on: 2026-11-19}
  - {quantity: hip_internal_rotation, value: 0.1, unit: rad, side: right}
drugs: [Ibuprofen, {drug: apixaban, dose: 5 mg}]
diseases:
  - diabetes
  - knee osteoarthritis
  - {disease: joint_prosthesis, side: left, level: hip}
treatments:
  - {treatment: exercise therapy, response: no change, on: 2026-10-30}
  - heat: better
allergies: [penicillin]
scores:
  - {instrument: odi, on: 2026-11-16, score: 42}
note: |
  anything: [at all
"""


def test_a_full_case() -> None:
    reading = parse_case(FULL, KNOWLEDGE, "f.yaml")
    case = reading.case
    assert [issue for issue in reading.issues if issue.level == "error"] == []
    assert not reading.has_errors
    assert (case.id, case.as_of, case.age_years, case.sex) == (
        "gardening", date(2026, 11, 20), 58.0, "female")  # fmt: skip
    assert case.height_m == pytest.approx(1.68)
    assert (case.weight_kg, case.setting, case.complaint) == (74.0, "primary_care", "changed")
    assert case.drawing_complete
    assert case.pain == (
        Pain(site="knee_anterior", side="right", intensity=6.0, quality=("aching", "burning"),
             onset="after_injury", duration_weeks=5.0, course="changed", on=date(2026, 10, 20)),
        Pain(site="low_back", duration_weeks=pytest.approx(208.7, abs=0.1),
             course="longstanding"),
        Pain(site="calf", side="both", course="changed"),
    )  # fmt: skip
    for one in (
        Observation(finding="knee_reflex_reduced", state="present", side="right"),
        Observation(finding="paraesthesia", state="present", side="right", level="l3",
                    on=date(2026, 11, 18), by="therapist"),
        Observation(finding="motor_deficit", state="present", side="left", level="l5"),
        Observation(finding="crossed_straight_leg_raise", state="present", side="left"),
        Observation(finding="stairs_pain", state="present", side="left"),
        Observation(finding="stairs_pain", state="present", side="right"),
        Observation(finding="fever", state="absent"),
        Observation(finding="diabetes", state="present"),
        Observation(finding="joint_prosthesis", state="present", side="left", level="hip"),
        Observation(finding="anticoagulant", state="present", derived_from="drug apixaban"),
        Observation(finding="raised_crp", state="present", on=date(2026, 11, 19),
                    derived_from="C-reactive protein 12 mg/L"),
    ):  # fmt: skip
        assert one in case.observations
    assert case.measurements[0] == Measurement(quantity="esr", value=14.0)
    assert case.known_conditions == ("knee_osteoarthritis",)
    assert case.drugs == ("ibuprofen", "nsaid", "bleeding_risk", "any_risk", "apixaban",
                          "anticoagulant", "doac")  # fmt: skip
    assert case.treatments == (
        TriedTreatment(treatment="exercise therapy", response="none", on=date(2026, 10, 30),
                       id="exercise", weeks=3),
        TriedTreatment(treatment="heat", response="partial", id="heat"),
    )  # fmt: skip
    assert case.allergies == ("penicillin", "antibiotic_penicillin")
    assert (case.factors, case.factors_absent) == (("diabetes",), ("peptic_ulcer",))
    assert case.scores == (Score(instrument="odi", scale="total", value=42, on=date(2026, 11, 16)),)


def test_no_key_is_read_in_silence() -> None:
    """Every key of the template is a key of a case, and every key stands in the reference."""
    page = Path(__file__).parents[3] / "docs/reference/case-format.md"
    text = page.read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in text and f"\n{key}:" not in text] == []


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("3 days", 3 / 7), ("6 weeks", 6), ("6wk", 6), ("2 months", 8.70), ("4 years", 208.7),
     ("1.5 years", 78.27), ("12 hours", 1 / 14)],
)  # fmt: skip
def test_duration(text: str, weeks: float) -> None:
    case = parse_case(f"pain: [{{site: knee, side: left, duration: {text}}}]", KNOWLEDGE).case
    assert case.pain[0].duration_weeks == pytest.approx(weeks, abs=0.02)


@pytest.mark.parametrize(
    "text", ["178 cm", "1.78 m", "1,78m", "{value: 178, unit: cm}", "70.08 in"]
)
def test_height(text: str) -> None:
    case = parse_case(f"pain: [low_back]\nheight: {text}", KNOWLEDGE).case
    assert case.height_m == pytest.approx(1.78, abs=0.001)


def test_the_id_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("pain: [low_back]")
    reading = read_case(path, KNOWLEDGE)
    assert reading.case.id == "mine"
    assert read_case(str(path), KNOWLEDGE) == reading


def test_a_missing_file_is_an_issue(tmp_path: Path) -> None:
    reading = read_case(tmp_path / "none.yaml", KNOWLEDGE)
    assert reading.has_errors
    assert "must be readable" in reading.issues[0].message
    assert reading.case == Case(id="none")


def test_issues_are_in_the_order_of_the_lines() -> None:
    text = "age: x\nfindings:\n  present:\n    - nosuchthing\nsex: y\npain: [low_back]\nage: 5\n"
    lines = [int(i.where.split(":")[1].split()[0]) for i in parse_case(text, KNOWLEDGE).issues]
    assert lines == sorted(lines)
    assert len(lines) >= 4


def test_template_says_nothing_and_lacks_only_a_pain() -> None:
    reading = parse_case(template(), KNOWLEDGE)
    assert [issue.message for issue in reading.issues] == [
        "The case must be given a pain or a finding at least. Got none."
    ]


def test_template_with_its_pain_is_valid() -> None:
    text = template().replace("#  - site: knee_anterior ", "   - site: knee_anterior ")
    reading = parse_case(text, KNOWLEDGE)
    assert reading.issues == ()
    assert reading.case.pain == (Pain(site="knee_anterior", side="unknown"),)


def test_every_line_of_the_template_is_valid() -> None:
    lines = [
        line.replace("#", " ", 1) if line.startswith(("#  ", "#    ")) and line[1:3] == "  "
        and not line.startswith("#   kinechain") else line
        for line in template().splitlines()
    ]  # fmt: skip
    reading = parse_case("\n".join(lines), KNOWLEDGE)
    assert [issue for issue in reading.issues if issue.level != "info"] == []
    case = reading.case
    assert case.pain[0].duration_weeks == 5
    assert {one.finding for one in case.observations} >= {
        "straight_leg_raise", "paraesthesia", "fever", "raised_esr", "diabetes"}  # fmt: skip
    assert len(case.measurements) == 4
    assert {one.id for one in case.treatments} == {"exercise", "steroid_injection"}
    assert [one.value for one in case.scores] == [42, 5]
    assert "antibiotic_penicillin" in case.allergies


SADDLE = """\
case: x
age: 58
complaint: new
pain:
  - site: low_back
    intensity: 7
findings:
  present:
    - urinary_retention
    - saddle_anaesthesia
    - straight_leg_raise: left
  absent:
    - fever
values:
  - esr: 14 mm/h
note: came by bus
"""


def present(text: str) -> set[str]:
    observations = parse_case(text, KNOWLEDGE).case.observations
    return {one.finding for one in observations if one.state == "present"}


@pytest.mark.parametrize("character", list(":-[]{}'\"&*!|>%@,?"))
def test_one_stray_character_silences_no_alarm(character: str) -> None:
    """Put anywhere, also into the finding itself, one character too many costs no alarm.

    A number sign makes a comment, and a line break makes two lines; both are left out here.
    """
    choose = random.Random(7)
    for place in choose.sample(range(len(SADDLE)), 30):
        text = SADDLE[:place] + character + SADDLE[place:]
        assert "saddle_anaesthesia" in present(text), text[max(0, place - 20) : place + 20]


def test_one_lost_character_silences_no_alarm() -> None:
    for place in [at for at, one in enumerate(SADDLE) if one != "\n"][::3]:
        text = SADDLE[:place] + SADDLE[place + 1 :]
        assert "saddle_anaesthesia" in present(text), text[max(0, place - 20) : place + 20]


def test_a_lost_line_costs_itself_only() -> None:
    lines = SADDLE.splitlines()
    for place in (0, 1, 2, 8, 10, 12, 15):
        changed = [*lines[:place], "@" + lines[place], *lines[place + 1 :]]
        assert "saddle_anaesthesia" in present("\n".join(changed))


FINDINGS = sorted(KNOWLEDGE.findings)


@settings(max_examples=30, deadline=None)
@given(
    names=st.lists(st.sampled_from(FINDINGS), min_size=1, max_size=12, unique=True),
    seed=st.randoms(use_true_random=False),
)
def test_order_of_findings_is_irrelevant(names: list[str], seed: random.Random) -> None:
    half = len(names) // 2

    def read(some: list[str], others: list[str]) -> set[Observation]:
        text = f"findings: {{present: [{', '.join(some)}], absent: [{', '.join(others)}]}}"
        return set(parse_case(text, KNOWLEDGE).case.observations)

    first = read(names[:half], names[half:])
    some, others = names[:half], names[half:]
    seed.shuffle(some)
    seed.shuffle(others)
    assert read(some, others) == first
    assert len(first) == len(names)


PIECES = st.sampled_from(
    [*KEYS, *FINDINGS[:20], "left", "both", "L5", "present", "absent", ": ", "- ", "\n", "\n  ",
     "\n    ", "[", "]", "{", "}", ", ", "'", '"', "#", "&a", "*a", "!b", "|", ">", "88 mm/h",
     "1e999", "nan", "-1", "2026-11-20", "\t", "---", "~", "é", "\u202e", "\x1b", "%", "@", "?"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join), st.binary()))
def test_nothing_makes_it_raise(content: str | bytes) -> None:
    reading = parse_case(content, KNOWLEDGE)
    msgspec.json.encode(reading.case)
    for issue in reading.issues:
        assert (issue.where + issue.message + issue.remedy).isprintable()


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(FULL)), end=st.integers(0, 60), put=st.text(max_size=12))
def test_no_change_to_a_case_makes_it_raise(place: int, end: int, put: str) -> None:
    reading = parse_case(FULL[:place] + put + FULL[place + end :], KNOWLEDGE)
    assert all(one.finding in KNOWLEDGE.findings or one.finding in KNOWLEDGE.traits
               for one in reading.case.observations)  # fmt: skip
    assert all(pain.site in KNOWLEDGE.sites for pain in reading.case.pain)
