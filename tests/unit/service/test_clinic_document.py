"""From facts to a case file: nothing is lost, and an issue leads back to its fact."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kinechain.domain.case import Case
from kinechain.domain.record import FACT_KEYS, Fact
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.clinic.demonstration import facts_of
from kinechain.service.clinic.document import (
    LISTS,
    ONE,
    OUTSIDE,
    STATES,
    case_document,
    read_record,
    years_between,
)
from tests.house.tree import ROOT
from tests.support.clinic import START, fact, person

TODAY = START.date()
CASES = sorted((ROOT / "src/kinechain/examples/demonstration").glob("*.yaml"))
CASES += sorted((ROOT / "tests/cases").glob("*.yaml"))[::9]


def recorded(record: dict[str, Any]) -> tuple[Fact, ...]:
    return tuple(
        fact(f"fact-{number}", key=one.key, entry=one.entry)
        for number, one in enumerate(facts_of(record))
    )


def case_of(record: dict[str, Any]) -> Case:
    text = yaml.safe_dump({**record, "as_of": TODAY, "case": "same"}, allow_unicode=True)
    return parse_case(text, load_knowledge(), "same").case


@pytest.mark.parametrize("file", CASES, ids=lambda one: one.stem)
def test_facts_of_a_case_make_the_same_case_again(file: Path) -> None:
    record = yaml.safe_load(file.read_text("utf-8"))["record"]
    _, reading = read_record(person(id="same"), recorded(record), TODAY, load_knowledge())
    assert reading.case == case_of({k: v for k, v in record.items() if k not in ("as_of", "note")})


def test_every_key_of_a_record_has_its_place() -> None:
    assert {*ONE, *LISTS, *STATES, *OUTSIDE} == set(FACT_KEYS)


def test_an_issue_leads_back_to_its_fact() -> None:
    facts = (
        fact("pain", entry={"site": "knee_anterior", "side": "right"}),
        fact("good", key="finding_present", entry="fever"),
        fact("wrong", key="finding_present", entry={"finding": "no_such_finding_at_all"}),
        fact("unknown drug", key="drug", entry="unheardofin"),
        fact("tall", key="height", entry="9 m"),
    )
    document, reading = read_record(person(), facts, TODAY, load_knowledge())
    about = {document.fact_at(one.where) for one in reading.issues}
    assert {"wrong", "unknown drug", "tall"} <= about
    assert not about & {"pain", "good"}


@pytest.mark.parametrize(
    "where", ["", "record", "record:0 drugs", "record:x", "record:9999", "other"]
)
def test_what_is_about_no_line_is_about_no_fact(where: str) -> None:
    document = case_document(person(), (fact("pain"),), TODAY)
    assert document.fact_at(where) == ""


def test_each_entry_stands_on_a_line_of_its_own() -> None:
    facts = tuple(
        fact(f"f{number}", key="finding_present", entry={"finding": "x\ny", "by": '\u2028 }, "['})
        for number in range(3)
    )
    document = case_document(person(), facts, TODAY)
    lines = document.text.split("\n")
    assert len(lines) == len(document.lines) + 1
    assert [one for one in document.lines if one] == ["f0", "f1", "f2"]
    for line, of in zip(lines, document.lines, strict=False):
        assert bool(of) == ("finding" in line and "{" in line and "findings" not in line)


def test_what_does_not_stand_any_more_is_not_in_it() -> None:
    facts = (
        fact("old", key="height", entry="168 cm"),
        fact("new", key="height", entry="186 cm", replaces="old"),
        fact("drug", key="drug", entry="ibuprofen"),
        fact("gone", key="drug", replaces="drug", withdrawn=True),
        fact("note", key="note", entry="a secret"),
    )
    text = case_document(person(), facts, TODAY).text
    assert "186 cm" in text
    assert all(word not in text for word in ("168 cm", "ibuprofen", "secret"))


def test_of_what_there_is_once_the_last_counts() -> None:
    facts = (fact("a", key="complaint", entry="new"), fact("b", key="complaint", entry="changed"))
    _, reading = read_record(person(), facts, TODAY, load_knowledge())
    assert reading.case.complaint == "changed"


def test_age_and_sex_come_from_the_person() -> None:
    born = date(1970, 11, 23)
    facts = (fact("age", key="age", entry=20), fact("pain"))
    _, reading = read_record(person(birth_date=born, sex="male"), facts, TODAY, load_knowledge())
    assert (reading.case.age_years, reading.case.sex) == (55, "male")
    facts = (*facts, fact("sex", key="sex", entry="female"))
    _, reading = read_record(person(sex="male"), facts, TODAY, load_knowledge())
    assert (reading.case.age_years, reading.case.sex) == (20, "female")


@pytest.mark.parametrize(
    ("birth", "years"), [(date(2000, 11, 22), 26), (date(2000, 11, 23), 25), (TODAY, 0)]
)
def test_years_are_whole(birth: date, years: int) -> None:
    assert years_between(birth, TODAY) == years
