"""Published cases: what is read of their files, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.published import KINDS, read_published

CASES = Path(__file__).resolve().parents[2] / "cases"
GOOD = """\
name: A knee
source: {citation: none, url: "https://example.org"}
kind: ordinary
certainty: stated_answer
expect: {condition: knee_osteoarthritis, acceptable: [], second: [], alarm: false}
notes: invented
record:
  id: a_knee
  pain:
    - {site: knee, side: left}
  findings:
    present: [no_such_finding]
"""
COURSE = """\
course:
  before:
    - {treatment: oral_nsaid, response: partial, weeks: 6}
    - {treatment: massage, response: none}
  worked: [joint_replacement]
  also_right: [exercise_therapy, massage]
  harmful: [arthroscopic_lavage_debridement]
  sent: soon
notes: invented
"""
CONDITION = "condition: knee_osteoarthritis, acceptable: []"
OUTSIDE = "outside: true, diagnosis: rupture of a tendon"
NOTHING_LEFT_TO_ASK = {
    "agentclinic_psa67m", "jarcm_ingc40m", "koh2019tibialisanterior", "neupsykey_tts44f",
}  # fmt: skip
"""Their notes say why nothing in the vocabulary would have revealed the diagnosis."""


def test_the_shipped_cases_are_read() -> None:
    cases, issues = read_published(CASES, load_knowledge())
    assert not issues
    assert len(cases) == len(list(CASES.glob("*.yaml")))
    assert {case.kind for case in cases} == set(KINDS)


def test_what_is_easily_missed_says_what_would_have_revealed_it() -> None:
    cases, _ = read_published(CASES, load_knowledge())
    without = {
        case.id for case in cases
        if (case.kind in ("mimic", "emergency") or case.expect.outside)
        and not case.expect.revealing
    }  # fmt: skip
    assert without == NOTHING_LEFT_TO_ASK


def test_what_reveals_was_not_recorded() -> None:
    cases, _ = read_published(CASES, load_knowledge())
    for case in cases:
        reading = parse_case(case.text, load_knowledge(), case.path)
        recorded = {one.finding for one in reading.case.observations}
        assert recorded.isdisjoint(case.expect.revealing), case.id


def test_outside_the_knowledge(tmp_path: Path) -> None:
    text = GOOD.replace(CONDITION, OUTSIDE).replace("false}", "false, revealing: [obesity, fever]}")
    (tmp_path / "tendon.yaml").write_text(text, encoding="utf-8")
    (case,), issues = read_published(tmp_path, load_knowledge())
    assert not issues
    assert case.expect.outside
    assert not case.expect.condition
    assert case.expect.right == ("rupture of a tendon",)
    assert case.expect.revealing == ("obesity", "fever")


def test_every_shipped_case_tells_the_course_of_its_treatment() -> None:
    cases, _ = read_published(CASES, load_knowledge())
    assert not [case.id for case in cases if case.course is None]
    without_harm = {
        case.id for case in cases
        if case.kind in ("mimic", "emergency") and case.course and not case.course.harmful
    }  # fmt: skip
    assert not without_harm


def test_the_course_of_the_treatment(tmp_path: Path) -> None:
    text = GOOD.replace("notes: invented\n", COURSE)
    (tmp_path / "knee.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "without.yaml").write_text(GOOD, encoding="utf-8")
    (case, without), issues = read_published(tmp_path, load_knowledge())
    assert not issues
    assert without.course is None
    assert case.course is not None
    assert [(one.treatment, one.response, one.weeks) for one in case.course.before] == [
        ("oral_nsaid", "partial", 6), ("massage", "none", None),
    ]  # fmt: skip
    assert case.course.sent == "soon"
    assert case.course.treatments == (
        "oral_nsaid", "massage", "joint_replacement", "exercise_therapy",
        "arthroscopic_lavage_debridement",
    )  # fmt: skip
    assert "joint_replacement" not in case.text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  sent: soon\n", "", "sent"),
        ("sent: soon", "sent: tomorrow", "tomorrow"),
        ("sent: soon", "sent: soon\n  cured: true", "cured"),
        ("response: none", "response: none, dose: 2", "dose"),
        ("response: none", "response: better", "better"),
        ("weeks: 6", "weeks: 0", "weeks"),
        ("worked: [joint_replacement]", "worked: [no_such]", "treatment no_such"),
        ("treatment: massage", "treatment: no_such", "treatment no_such"),
        ("harmful: [", "harmful: [joint_replacement, ", "joint_replacement"),
        ("harmful: [", "harmful: [exercise_therapy, ", "exercise_therapy"),
    ],
)
def test_what_is_wrong_in_a_course_is_said(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = GOOD.replace("notes: invented\n", COURSE)
    (tmp_path / "wrong.yaml").write_text(text.replace(old, new), encoding="utf-8")
    cases, (issue,) = read_published(tmp_path, load_knowledge())
    assert not cases
    assert words in issue.message


def test_issues_name_the_line_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "knee.yaml").write_text(GOOD, encoding="utf-8")
    (case,), issues = read_published(tmp_path, load_knowledge())
    assert not issues
    assert case.id == "knee"
    reading = parse_case(case.text, load_knowledge(), case.path)
    assert reading.case.id == "a_knee"
    assert reading.case.pain[0].side == "left"
    assert any("knee.yaml:12" in issue.where for issue in reading.issues)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: ordinary", "kind: strange", "kind"),
        (", alarm: false", "", "alarm"),
        ("condition: knee_osteoarthritis", "condition: no_such", "no_such"),
        ("notes:", "remarks:", "remarks"),
        ("source: {", "source: }", ""),
        (CONDITION, "acceptable: []", "outside"),
        (CONDITION, "outside: true", "diagnosis"),
        (CONDITION, f"{CONDITION}, diagnosis: a tendon", "diagnosis"),
        (CONDITION, f"{CONDITION}, {OUTSIDE}", "no `condition`"),
        (CONDITION, f"acceptable: [meniscal_tear], {OUTSIDE}", "no `acceptable`"),
        ("false}", "false, revealing: [meniscal_tear]}", "finding or trait meniscal_tear"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    cases, (issue,) = read_published(tmp_path, load_knowledge())
    assert [case.id for case in cases] == ["good"]
    assert "wrong.yaml" in issue.where
    assert words in issue.message


def test_an_empty_folder_is_an_issue(tmp_path: Path) -> None:
    cases, issues = read_published(tmp_path, load_knowledge())
    assert not cases
    assert issues
