"""The count of alarms: its patients, what it counts, and that triage beats the plain list."""

from __future__ import annotations

import math
from collections.abc import Collection

import pytest

from kinechain.domain.case import Case, Observation
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service import alarm_benchmark
from kinechain.service.alarm_benchmark import PLAIN_LIST, is_listed, run_alarms, seen
from kinechain.service.alarm_counts import (
    URGENT,
    AlarmBenchmark,
    Policy,
    Seen,
    result_of,
    result_rows,
)
from kinechain.service.alarm_patients import (
    ANSWERED,
    COMPLAINTS,
    SETTING,
    WEEKS_IF_URGENT,
    Ordinary,
    ordinary_patients,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def patients(knowledge: Knowledge) -> tuple[Ordinary, ...]:
    return ordinary_patients(knowledge, 120, (5, 0))[0]


def policy(result: AlarmBenchmark, name: str) -> Policy:
    return next(one for one in result.policies if one.name == name)


def one(
    raised: Collection[str] = (), dangers: Collection[str] = (), *, listed: bool = False,
    alerted: bool | None = None, complaint: str = "low back",
) -> Seen:  # fmt: skip
    return Seen(complaint, frozenset(dangers), frozenset(dangers), frozenset(raised), frozenset(),
                listed, alerted)  # fmt: skip


def test_the_same_seed_draws_the_same_patients(
    knowledge: Knowledge, patients: tuple[Ordinary, ...]
) -> None:
    again, adults = ordinary_patients(knowledge, 120, (5, 0))
    assert again == patients
    assert adults >= 120
    assert ordinary_patients(knowledge, 5, (5, 1))[0] != patients[:5]


def test_patients_are_adults_who_come_for_a_pain_of_the_list(
    knowledge: Knowledge, patients: tuple[Ordinary, ...]
) -> None:
    for patient in patients:
        assert patient.case.age_years is not None
        assert 18 <= patient.case.age_years <= 90
        assert patient.case.setting == SETTING
        there = {part for site in COMPLAINTS[patient.complaint] for part in knowledge.parts(site)}
        assert there & {pain.site for pain in patient.case.pain}
    assert {patient.complaint for patient in patients} == set(COMPLAINTS)


def test_the_record_holds_part_of_the_history_and_no_tests(
    knowledge: Knowledge, patients: tuple[Ordinary, ...]
) -> None:
    asked = 0
    for patient in patients:
        names = {record.finding for record in patient.case.observations}
        kinds = {knowledge.findings[name].kind for name in names if name in knowledge.findings}
        assert kinds <= {"symptom", "history", "exam", "gait"}
        asked += len(names & knowledge.traits.keys())
    expected = ANSWERED * len(knowledge.traits) * len(patients)
    assert math.isclose(asked, expected, rel_tol=0.03)


def test_only_the_painful_region_is_examined(
    knowledge: Knowledge, patients: tuple[Ordinary, ...]
) -> None:
    foot = next(one for one in patients if one.complaint == "foot")
    examined = {record.finding for record in foot.case.observations
                if record.finding in knowledge.findings
                and knowledge.findings[record.finding].kind == "exam"}  # fmt: skip
    assert examined
    assert all("foot" in knowledge.findings[name].regions for name in examined)


def test_what_cannot_wait_is_fresh(knowledge: Knowledge) -> None:
    drawn = ordinary_patients(knowledge, 400, (1, 0))[0]
    urgent = [
        one for one in drawn
        if any((danger := knowledge.conditions[name].danger) and danger.urgency in URGENT
               for name in one.present)
    ]  # fmt: skip
    weeks = [pain.duration_weeks for one in urgent for pain in one.case.pain]
    assert weeks
    assert all(one is None or one <= WEEKS_IF_URGENT[-1][1] for one in weeks)


def test_the_plain_list_needs_one_yes() -> None:
    def told(name: str, state: str) -> Case:
        return Case(id="x", observations=(Observation(finding=name, state=state),))  # type: ignore[arg-type]

    assert is_listed(told(PLAIN_LIST[0], "present"))
    assert not is_listed(told(PLAIN_LIST[0], "absent"))
    assert not is_listed(told("running_sport", "present"))


def test_the_plain_list_is_in_the_vocabulary(knowledge: Knowledge) -> None:
    assert set(PLAIN_LIST) <= knowledge.findings.keys() | knowledge.traits.keys()


def test_counts(knowledge: Knowledge) -> None:
    people = [
        one(["spinal_cancer_history"], ["spinal_malignancy"], listed=True, alerted=True),
        one(["ces_bladder_bowel_saddle", "spinal_cancer_history"], alerted=False),
        one(["knee_locked"], complaint="knee"),
        one((), ["cauda_equina_syndrome"], listed=True, complaint="leg"),
        one(listed=True),
    ]
    result = result_of(knowledge, people, 9, 4)
    assert (result.patients, result.adults, result.seed) == (5, 9, 4)
    assert result.complaints["low back"] == 3
    assert result.dangerous.count == 2
    everything = policy(result, "triage, any flag")
    assert (everything.alarmed.count, everything.right.count, everything.right.of) == (3, 1, 3)
    assert (everything.found.count, everything.found.of) == (1, 2)
    assert policy(result, "triage, today (the first two)").alarmed.count == 1
    assert policy(result, "plain list").alarmed.count == 3
    assert policy(result, "plain list, back pain").alarmed.of == 3
    assert policy(result, "alerts by probability").alarmed.of == 2
    assert policy(result, "alerts or any flag").alarmed.count == 2
    assert [(one.condition, one.raised) for one in result.dangers] == [
        ("cauda_equina_syndrome", 0), ("spinal_malignancy", 1)]  # fmt: skip
    first = result.flags[0]
    assert (first.id, first.raised.count, first.own, first.dangerous) == (
        "spinal_cancer_history", 2, 1, 1)  # fmt: skip
    assert len(result.flags) == len(knowledge.red_flags)
    unknown = {one.id: one.own for one in result.flags if one.condition == "sepsis"}
    assert unknown == {"sepsis_signs": None}


def test_rows(knowledge: Knowledge) -> None:
    rows = {row["metric"]: row["value"] for row in result_rows(
        result_of(knowledge, [one(["knee_locked"]), one()], 2, 0))}  # fmt: skip
    assert rows["triage, any flag: patients alarmed"] == 500
    assert rows["triage, any flag: of the alarmed, dangerous"] == 0
    assert rows["triage, any flag: of the dangerous, alarmed"] is None
    assert rows["flag knee_locked: patients in whom it is raised"] == 500
    assert "alerts by probability: patients alarmed" not in rows


@pytest.mark.slow
def test_a_run_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_benchmark, "BLOCK", 20)
    told: list[int] = []
    result = run_alarms(50, 3, alerts=1, progress=lambda done, of: told.append(done))
    assert told == [20, 40, 50]
    assert result.patients == 50
    assert sum(result.complaints.values()) == 50
    assert policy(result, "alerts by probability").alarmed.of == 1


@pytest.mark.slow
def test_triage_alarms_fewer_than_the_plain_list(
    knowledge: Knowledge, patients: tuple[Ordinary, ...]
) -> None:
    result = result_of(knowledge, seen(knowledge, patients), 150, 5)
    assert policy(result, "triage, any flag").alarmed.count < policy(
        result, "plain list"
    ).alarmed.count  # fmt: skip
