"""Treatments that were tried, and the findings that are the answer to them."""

from __future__ import annotations

from datetime import date

import pytest

from kinechain.domain.case import Observation, TriedTreatment
from kinechain.intake import CaseReading
from tests.unit.intake.made_up import read, said


def tried(entry: str, more: str = "as_of: 2026-11-20") -> TriedTreatment:
    reading = read(f"{more}\ntreatments: [{entry}]")
    assert {issue.level for issue in reading.issues} <= {"info"}
    (one,) = reading.case.treatments
    return one


def test_every_key() -> None:
    one = tried(
        "{treatment: Steroid injection, response: partial, start: 2026-10-01, end: 2026-10-15, "
        "site: groin, side: left, relief: 60 %, relief_for: 3 days}"
    )
    assert one == TriedTreatment(
        treatment="Steroid injection", response="partial", on=date(2026, 10, 1),
        id="steroid_injection", until=date(2026, 10, 15), weeks=2, site="groin", side="left",
        relief_percent=60, relief_weeks=pytest.approx(3 / 7),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [("exercise", "exercise"), ("Exercise Therapy", "exercise"), ("hot-pack", "heat"),
     ("supervised physiotherapy twice a week", "exercise"), ("ibuprofen 400 mg", "oral_nsaid"),
     ("left medial branch block", "facet_block"), ("prayer", None), ("no physiotherapy", None)],
)  # fmt: skip
def test_the_treatment_that_is_meant(text: str, name: str | None) -> None:
    one = tried(text)
    assert (one.id, one.treatment) == (name, text)


def test_what_it_was_read_as_is_said() -> None:
    assert said(read("treatments: [hot pack]"), "info") == ["'hot pack' was read as heat (Heat)."]
    assert said(read("treatments: [prayer]"), "info") == [
        (
            "The treatment 'prayer' is not known; it is kept as text and does not count as one "
            "that was tried."
        )
    ]
    assert said(read("treatments: [excercise therpy]"), "warning") == [
        "The treatment must be known. Got 'excercise therpy'. It is read as exercise for now."
    ]
    (message,) = said(read("treatments: [support]"), "warning")
    assert message == (
        "The treatment must be unambiguous. Got 'support', which may be brace (Brace) or taping "
        "(Taping); it is kept as text."
    )


@pytest.mark.parametrize(
    ("keys", "weeks"),
    [
        ("weeks: 6", 6),
        ("weeks: 6 weeks", 6),
        ("duration: 2 weeks", 2),
        ("on: 2026-11-06", 2),
        ("on: 2026-10-02, until: 2026-10-09", 1),
        ("on: 2026-10-02, weeks: 3", 3),
        ("until: 2026-10-09", None),
        ("response: none", None),
    ],
)
def test_weeks(keys: str, weeks: float | None) -> None:
    assert tried(f"{{treatment: heat, {keys}}}").weeks == weeks


def test_without_as_of_an_unfinished_treatment_has_no_weeks() -> None:
    assert tried("{treatment: heat, on: 2026-11-06}", "age: 50").weeks is None


@pytest.mark.parametrize(
    ("keys", "site", "side"),
    [
        ("side: left", None, "left"),
        ("site: hip, side: R", "hip", "right"),
        ("site: left hip", "hip", "left"),
        ("site: hip", "hip", "unknown"),
        ("site: low_back", "low_back", "midline"),
        ("site: low_back, side: left", "low_back", "left"),
        ("side: '?'", None, "unknown"),
        ("response: none", None, "unknown"),
    ],
)
def test_place(keys: str, site: str | None, side: str) -> None:
    one = tried(f"{{treatment: heat, {keys}}}")
    assert (one.site, one.side) == (site, side)


def test_the_side_can_stand_in_the_name() -> None:
    assert tried("left steroid injection").side == "left"
    assert tried("{left steroid injection: none, site: hip}").side == "left"


def test_forms() -> None:
    assert tried("heat: better").response == "partial"
    one = tried("heat: {response: none, relief: 0}")
    assert (one.response, one.relief_percent) == ("none", 0)


@pytest.mark.parametrize(
    ("keys", "message", "remedy"),
    [
        ("on: 2026-10-10, until: 2026-10-01",
         "The end of heat must be no earlier than its start (2026-10-10). Got 2026-10-01.",
         "correct one of the two dates; the end is left out"),
        ("relief: 0, response: complete",
         ("The relief from heat must be at least 50 % when its response is complete. "
         "Got 0 %; neither of the two is used."), "correct one of them"),
        ("relief: 0, response: partial", "must be over 0 % when its response is partial", ""),
        ("relief: 90, response: none", "must be under 50 % when its response is none", ""),
        ("relief: 30, response: worse", "must be 0 % when its response is worse", ""),
        ("relief: 120", "in per cent of the pain must be from 0 to 100. Got 120.", "correct it"),
        ("relief: much", "must be a number. Got 'much'", "write digits"),
        ("weeks: 6, duration: 6 weeks", "The duration of heat must be written once.", "delete"),
        ("duration: long", ("The duration of heat must be a number of days, weeks, months or "
         "years. Got 'long'."), "for example 6 weeks"),
        ("weeks: -3", "must be from 0 to 7000. Got -3", "correct it"),
        ("relief_for: 3", "The duration of the relief from heat must be a number of days", ""),
        ("until: 2027-01-01", "The end of heat must be no later than as_of", "correct one"),
        ("site: elephant", "The site of pain must be known. Got 'elephant'.", ""),
        ("side: upper", ("The side of heat must be left, right, both, midline or unknown. "
         "Got 'upper'."), "choose one"),
        ("site: hip, side: upper", ("The side of the treatment heat at hip must be left, right, "
         "both or unknown. Got 'upper'."), ""),
        ("colour: red", "The keys of treatments must be known. Got 'colour'.", "known: treatment"),
        ("treatments: [{response: none}]", "The keys of treatments must be known.", ""),
    ],
)  # fmt: skip
def test_wrong_input(keys: str, message: str, remedy: str) -> None:
    reading = read(f"as_of: 2026-11-20\ntreatments:\n  - {{treatment: heat, {keys}}}")
    (issue,) = [one for one in reading.issues if one.level == "error"]
    assert message in issue.message
    assert issue.where.startswith("f.yaml:3 treatments")
    assert remedy in issue.remedy
    assert issue.remedy
    assert len(reading.case.treatments) == 1


def test_what_contradicts_itself_is_not_used() -> None:
    (one,) = read("treatments: [{treatment: heat, relief: 0, response: complete}]").case.treatments
    assert (one.response, one.relief_percent) == ("unknown", None)
    dates = "{treatment: heat, on: 2026-10-10, until: 2026-10-01}"
    (one,) = read(f"as_of: 2026-11-20\ntreatments: [{dates}]").case.treatments
    assert (one.until, one.weeks) == (None, None)


def test_longer_than_from_start_to_end() -> None:
    entry = "{treatment: heat, on: 2026-10-01, until: 2026-10-15, weeks: 12}"
    reading = read(f"treatments: [{entry}]")
    assert said(reading, "warning") == [
        (
            "The duration of heat must be no longer than from its start to its end (2 weeks). "
            "Got 12 weeks; the shorter one is used."
        )
    ]
    assert reading.case.treatments[0].weeks == 2


BLOCK = "{treatment: facet_block, site: low_back, side: left, on: 2026-11-01"


def answers(*entries: str, more: str = "") -> CaseReading:
    listed = "\n".join(f"  - {entry}" for entry in entries)
    return read(f"as_of: 2026-11-20\n{more}\ntreatments:\n{listed}")


def states(reading: CaseReading, finding: str) -> list[tuple[str, str]]:
    found = [one for one in reading.case.observations if one.finding == finding]
    return sorted((one.side, one.state) for one in found)


def test_a_response_is_an_observation() -> None:
    reading = answers(f"{BLOCK}, relief: 80 %}}")
    assert reading.case.observations == (
        Observation(finding="facet_block_relief", state="present", side="left",
                    on=date(2026, 11, 1), derived_from="response to facet_block"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "state"),
    [
        ("relief: 80", "present"),
        ("relief: 79", None),
        ("relief: 0", "absent"),
        ("response: complete", "present"),
        ("response: complete, relief: 60", None),
        ("response: partial", None),
        ("response: none", "absent"),
        ("response: worse", "absent"),
        ("response: none, relief: 10", "absent"),
        ("response: unknown", None),
        ("weeks: 1", None),
    ],
)
def test_state(keys: str, state: str | None) -> None:
    expected = [] if state is None else [("left", state)]
    assert states(answers(f"{BLOCK}, {keys}}}"), "facet_block_relief") == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("weeks: 1, response: none", [("midline", "absent")]),
        ("weeks: 0.5, response: none", []),
        ("response: none", []),
        ("on: 2026-11-18, response: none", []),
        ("on: 2026-11-01, response: none", [("midline", "absent")]),
        ("on: 2026-11-18, response: complete", [("midline", "present")]),
    ],
)
def test_no_answer_before_its_time(keys: str, expected: list[tuple[str, str]]) -> None:
    reading = answers(f"{{treatment: naproxen, {keys}}}")
    assert states(reading, "good_nsaid_response") == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("site: hip, side: left", [("left", "present")]),
        ("site: groin, side: right", [("right", "present")]),
        ("site: hip, side: both", [("left", "present"), ("right", "present")]),
        ("site: hip", [("unknown", "present")]),
        ("site: knee, side: left", []),
        ("site: leg, side: left", []),
        ("side: left", []),
    ],
)
def test_site_and_side(place: str, expected: list[tuple[str, str]]) -> None:
    reading = answers(f"{{treatment: steroid_injection, {place}, relief: 90 %}}")
    assert states(reading, "hip_injection_relief") == expected


def test_an_absence_without_a_side_says_nothing() -> None:
    reading = answers("{treatment: steroid_injection, site: hip, response: none}")
    assert states(reading, "hip_injection_relief") == []


def test_of_several_trials_the_last_dated_one_counts() -> None:
    late = BLOCK.replace("2026-11-01", "2026-11-10")
    reading = answers(f"{late}, response: none}}", f"{BLOCK}, relief: 90}}")
    assert states(reading, "facet_block_relief") == [("left", "absent")]
    assert "facet_block was tried 2 times; that of 2026-11-10 counts as evidence." in said(
        reading, "info"
    )
    undated = "{treatment: heat}"
    assert states(answers(f"{BLOCK}, relief: 90}}", undated), "facet_block_relief")


def test_trials_on_two_sides_are_two() -> None:
    right = BLOCK.replace("left", "right")
    reading = answers(f"{BLOCK}, relief: 90}}", f"{right}, response: none}}")
    assert states(reading, "facet_block_relief") == [("left", "present"), ("right", "absent")]
    assert not any("was tried" in message for message in said(reading, "info"))


def test_a_trial_without_an_answer_does_not_hide_an_earlier_one() -> None:
    late = BLOCK.replace("2026-11-01", "2026-11-10")
    reading = answers(f"{BLOCK}, relief: 90}}", f"{late}}}")
    assert states(reading, "facet_block_relief") == [("left", "present")]


def test_what_was_recorded_directly_wins() -> None:
    more = "findings: {absent: [facet_block_relief: left]}"
    reading = answers(f"{BLOCK}, relief: 90}}", more=more)
    assert states(reading, "facet_block_relief") == [("left", "absent")]
    (message,) = said(reading, "warning")
    assert message.startswith(
        "The record of facet_block_relief should agree with what follows from response to "
        "facet_block. It is recorded absent and would follow as present"
    )


def test_an_unknown_treatment_is_no_evidence() -> None:
    assert answers("{treatment: prayer, response: complete}").case.observations == ()


LATER = "findings: {absent: [{finding: straight_leg_raise, side: left, on: 2026-11-10}]}"


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        ("response: none", True),
        ("response: none, relief: 10", True),
        ("relief: 0", True),
        ("response: unknown", True),
        ("relief: 40 %", False),
        ("response: worse", False),
    ],
)
def test_findings_after_a_treatment(keys: str, kept: bool) -> None:
    reading = answers(f"{{treatment: heat, on: 2026-11-01, {keys}}}", more=LATER)
    assert bool(states(reading, "straight_leg_raise")) is kept


def test_a_response_stays_after_another_treatment_changed_something() -> None:
    first = "{treatment: heat, on: 2026-10-01, response: partial}"
    assert states(answers(first, f"{BLOCK}, relief: 90}}"), "facet_block_relief")
