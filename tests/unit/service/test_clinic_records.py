"""Records: facts are added, corrected and taken back; what was typed; the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kinechain.domain.record import Person
from kinechain.knowledge import load_knowledge
from kinechain.service.clinic.entries import LONGEST, EntryError, entry_text, read_entry
from kinechain.service.clinic.records import NewFact, Record, Records
from kinechain.service.clinic.timeline import names_of, origin_words, timeline, who
from kinechain.service.clinic.tokens import Sources
from kinechain.service.clinic.wording import fact_words
from kinechain.store import Conflict, open_store
from tests.support.accounts import StillClock
from tests.support.clinic import new_address

SIDES = {"finding": "paraesthesia", "side": "right"}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    clock = StillClock()
    with open_store(new_address("sqlite", tmp_path), clock=clock) as store:
        yield Records(store, Sources(now=clock))


def begun(records: Records, *facts: NewFact) -> Person:
    return records.begin(" Somebody ", "anna", facts=facts)


def read(records: Records, person: Person) -> Record:
    with records.store.reading() as tx:
        found = records.read(tx, person.id)
    assert found is not None
    return found


def pass_a_minute(records: Records) -> None:
    records.sources.now.pass_(minutes=1)  # type: ignore[attr-defined]


def test_a_record_begins_with_what_is_known(records: Records) -> None:
    person = begun(records, NewFact("pain", "groin"), NewFact("note", "a note"))
    found = read(records, person)
    assert (found.person.label, found.person.revision) == ("Somebody", 1)
    assert [(one.key, one.entry, one.by) for one in found.current] == [
        ("pain", "groin", "anna"), ("note", "a note", "anna"),
    ]  # fmt: skip


def test_looking_is_noted_and_nobody_is_not_there(records: Records) -> None:
    person = begun(records)
    assert records.open(person.id, "bert") is not None
    assert records.open("nobody", "bert") is None
    with records.store.reading() as tx:
        views = [one for one in tx.audit.of(f"person:{person.id}") if one.action == "person.view"]
    assert [one.actor for one in views] == ["bert"]


def test_a_correction_keeps_what_it_corrects(records: Records) -> None:
    person = begun(records, NewFact("finding_present", SIDES))
    (first,) = read(records, person).current
    new = NewFact("finding_absent", SIDES, replaces=first.id)
    records.record(person.id, [new], "bert", expected_revision=1)
    found = read(records, person)
    assert [one.key for one in found.current] == ["finding_absent"]
    assert [one.key for one in found.facts] == ["finding_present", "finding_absent"]


def test_two_corrections_of_one_fact_conflict_and_none_is_lost(records: Records) -> None:
    person = begun(records, NewFact("finding_present", SIDES))
    (first,) = read(records, person).current
    records.record(person.id, [NewFact("finding_absent", SIDES, replaces=first.id)], "anna",
                   expected_revision=1)  # fmt: skip
    taken = NewFact("finding_present", replaces=first.id, withdrawn=True)
    with pytest.raises(Conflict) as caught:
        records.record(person.id, [taken], "bert", expected_revision=1)
    found = read(records, person)
    assert caught.value.theirs == found.current[0].id
    assert len(found.facts) == 2


def test_what_two_persons_add_stays_side_by_side(records: Records) -> None:
    person = begun(records)
    for by, entry in (("anna", "fever"), ("bert", "night_pain")):
        new = [NewFact("finding_present", entry)]
        records.record(person.id, new, by, expected_revision=0)
    assert [one.entry for one in read(records, person).current] == ["fever", "night_pain"]


def test_a_value_that_there_is_once_conflicts(records: Records) -> None:
    person = begun(records)
    records.record(person.id, [NewFact("height", "168 cm")], "anna", expected_revision=0)
    with pytest.raises(Conflict):
        records.record(person.id, [NewFact("height", "186 cm")], "bert", expected_revision=0)
    records.record(person.id, [NewFact("height", "186 cm")], "bert", expected_revision=1)


def test_what_is_sent_twice_is_recorded_once(records: Records) -> None:
    person = begun(records)
    new = [NewFact("finding_present", "fever", id="0" * 32)]
    for _ in range(2):
        records.record(person.id, new, "anna", expected_revision=0)
    assert len(read(records, person).facts) == 1


@pytest.mark.parametrize("waits", [True, False])
def test_what_a_clinician_recorded_need_not_wait_for_one(records: Records, waits: bool) -> None:
    person = begun(records)
    records.record(person.id, [NewFact("note", "x")], "anna", expected_revision=0,
                   waiting_for_review=waits)  # fmt: skip
    with records.store.reading() as tx:
        line = tx.worklist.get(person.id)
    assert line is not None
    assert line.waiting_for_review is waits


def test_who_somebody_is_can_be_corrected(records: Records) -> None:
    person = begun(records)
    after = records.change(
        person, "anna", label=" Other ", birth_date=date(1970, 1, 2), sex="male",
        expected_revision=0,
    )  # fmt: skip
    assert (after.label, after.birth_date, after.sex) == ("Other", date(1970, 1, 2), "male")
    with pytest.raises(Conflict):
        records.change(person, "bert", label="Third", birth_date=None, sex=None,
                       expected_revision=0)  # fmt: skip
    assert read(records, person).person == after


READ = {
    ("finding_present", "fever"): "fever",
    ("finding_present", " knee_effusion: right "): {"knee_effusion": "right"},
    ("finding_absent", "finding: paraesthesia, side: right, level: l3"): {
        "finding": "paraesthesia", "side": "right", "level": "l3",
    },
    ("pain", "{site: groin, quality: [aching, dull]}"): {
        "site": "groin", "quality": ["aching", "dull"],
    },
    ("value", "esr: 14 mm/h"): {"esr": "14 mm/h"},
    ("score", "instrument: peg, answers: [6, 5, 4]"): {
        "instrument": "peg", "answers": ["6", "5", "4"],
    },
    ("drug", "ibuprofen 400 mg tds"): "ibuprofen 400 mg tds",
    ("note", "a: b, *c"): "a: b, *c",
    ("disease", "[unclosed"): "[unclosed",
}  # fmt: skip


@pytest.mark.parametrize(("key", "text"), READ)
def test_what_is_typed_becomes_an_entry_and_back(key, text: str) -> None:
    entry = read_entry(key, text)
    assert entry == READ[key, text]
    assert read_entry(key, entry_text(entry)) == entry


def test_side_and_day_that_were_chosen_go_into_the_entry() -> None:
    on = date(2026, 11, 20)
    assert read_entry("finding_present", "fever", on=on) == {"finding": "fever", "on": "2026-11-20"}
    assert read_entry("finding_present", "knee_effusion: left", side="right") == {
        "knee_effusion": "left",
    }
    assert read_entry("value", "esr: 14", on=on) == {
        "quantity": "esr", "value": "14", "on": "2026-11-20",
    }  # fmt: skip
    assert read_entry("pain", "site: groin, side: left", side="right") == {
        "site": "groin", "side": "left",
    }  # fmt: skip
    assert read_entry("note", "text", side="left", on=on) == "text"


@pytest.mark.parametrize(
    "text", ["", "  ", "x" * (LONGEST + 1), "*alias", "&anchor x", "!!python/object x",
             "{a: {b: {c: {d: {e: {f: g}}}}}}"],
)  # fmt: skip
def test_what_is_no_entry_is_refused_with_words(text: str) -> None:
    with pytest.raises(EntryError) as caught:
        read_entry("finding_present", text)
    assert str(caught.value).endswith((".", ")"))


def test_entries_in_words() -> None:
    knowledge = load_knowledge()
    words = {
        "fever": "Fever",
        "no such thing": "no such thing",
    }
    for entry, said in words.items():
        assert fact_words(entry, knowledge) == said
    entry = {"site": "groin", "side": "left", "intensity": 6, "duration": "5 weeks"}
    assert fact_words(entry, knowledge) == "Groin, left, 6/10, duration 5 weeks"
    assert fact_words({"esr": "14 mm/h"}, knowledge) == "Erythrocyte sedimentation rate 14 mm/h"
    assert fact_words({"quantity": "esr", "value": 14.0, "unit": "mm/h"}, knowledge) == (
        "Erythrocyte sedimentation rate 14.0 mm/h"
    )
    assert fact_words(["a", True, None, 2.5], knowledge) == "a, yes, , 2.5"
    assert fact_words("x" * 50, knowledge, longest=10) == "x" * 9 + "…"
    assert "\x1b" not in fact_words("a\x1b[31mb", knowledge)


def test_the_timeline_tells_all_of_it_the_latest_first(records: Records) -> None:
    person = begun(records, NewFact("finding_present", SIDES), NewFact("drug", "ibuprofen"))
    first, drug = read(records, person).current
    pass_a_minute(records)
    records.record(person.id, [
        NewFact("finding_absent", SIDES, replaces=first.id),
        NewFact("drug", replaces=drug.id, withdrawn=True),
    ], "link:0190", expected_revision=1)  # fmt: skip
    records.sources.now.pass_(days=1)  # type: ignore[attr-defined]
    records.record(person.id, [NewFact("note", "later", on=date(2026, 11, 1))], "command:x",
                   expected_revision=2)  # fmt: skip
    now = records.sources.now()
    days = timeline(read(records, person), (), {"anna": "Dr Anna"}, load_knowledge(), now)
    assert [one.date for one in days] == [now.date(), now.date() - timedelta(days=1)]
    (later,), events = days[0].events, days[1].events
    assert (later.words, later.by) == ("later (on 2026-11-01)", "the program")
    assert [(one.kind, one.stands) for one in events] == [
        ("withdrawal", True), ("correction", True), ("fact", False), ("fact", False),
        ("begun", True),
    ]  # fmt: skip
    taken, corrected, *_ = events
    assert (taken.what, taken.before, taken.words) == ("Taken back", "ibuprofen", "")
    assert corrected.what == "Absent, corrected"
    assert corrected.before.startswith("Present: ")
    assert {one.by for one in events} == {"the patient", "Dr Anna", ""}


def test_nobody_is_named_who_is_not_known() -> None:
    assert who("0190", {}) == "an account that is gone"
    assert names_of(()) == {}
    knowledge = load_knowledge()
    assert origin_words("knee_osteoarthritis", knowledge) == "Osteoarthritis of the knee"
    assert origin_words("no_longer.there", knowledge) == "no longer.there"
