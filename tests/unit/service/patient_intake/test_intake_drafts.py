"""The patient's intake: drafts, and alarms while it goes on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kinechain.service.clinic.intake import ClashError, HandedInError
from kinechain.service.clinic.records import NewFact
from tests.support.patient_intake import (
    BACK,
    SADDLE,
    Desk,
)


def test_nothing_is_kept_before_the_consent(desk: Desk) -> None:
    with pytest.raises(HandedInError):
        desk.enter("sex", BACK["sex"])
    with pytest.raises(HandedInError):
        desk.intake.hand_in(desk.stay)
    assert desk.facts() == ()


def test_who_does_not_agree_leaves_only_that(desk: Desk) -> None:
    desk.intake.refuse(desk.stay)
    assert [(one.key, one.entry["intake"]) for one in desk.facts()] == [("consent", "refused")]
    with desk.store.reading() as tx:
        assert tx.sessions.get(desk.stay.session) is None
        assert tx.drafts.of_link(desk.stay.link) is None


def test_who_stops_takes_everything_along(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.intake.agree(desk.stay)
    desk.enter("where", BACK["where"])
    desk.intake.stop(desk.stay)
    assert [(one.key, one.entry["intake"]) for one in desk.facts()] == [("consent", "taken back")]
    with desk.store.reading() as tx:
        assert tx.sessions.get(desk.stay.session) is None
        assert tx.drafts.of_person(desk.stay.person) == ()


def test_two_windows_that_answer_different_screens_lose_nothing(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    seen = desk.intake.look(desk.stay).revision
    desk.enter("sex", {"sex": "male"}, seen)
    desk.enter("birth", {"age": "71"}, seen)
    entered = desk.intake.look(desk.stay).entered
    assert (entered.sex, entered.age) == ("male", 71)


def test_two_windows_that_answer_one_screen_differently_are_told(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    seen = desk.intake.look(desk.stay).revision
    first = desk.enter("sex", {"sex": "male"}, seen)
    with pytest.raises(ClashError) as clash:
        desk.enter("sex", {"sex": "female"}, seen)
    assert clash.value.newer.sex == "male"
    assert desk.enter("sex", {"sex": "male"}, seen).revision == first.revision  # the same, again
    assert desk.enter("sex", {"sex": "female"}, first.revision).entered.sex == "female"


def test_two_windows_at_the_same_time(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    failed: list[BaseException] = []

    def work(step: str, fields: dict[str, Any]) -> None:
        try:
            desk.enter(step, fields, 1)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    given = {"sex": {"sex": "male"}, "birth": {"age": "71"}, "where": {"place": ["neck"]},
             "size": {"weight_kg": "80"}}  # fmt: skip
    threads = [threading.Thread(target=work, args=one) for one in given.items()]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed
    entered = desk.intake.look(desk.stay).entered
    assert (entered.sex, entered.age, entered.places) == ("male", 71, ("neck",))
    assert entered.weight_kg == 80


def test_an_alarm_is_on_the_worklist_before_anything_is_handed_in(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    for step, fields in BACK.items():
        desk.enter(step, fields)
    assert desk.reply("ask:limp", "no").entered.alarms == ()
    view = desk.reply(SADDLE, "1 yes")
    assert view.entered.alarms == ("ces_bladder_bowel_saddle",)
    with desk.store.reading() as tx:
        line = tx.worklist.get(desk.stay.person)
    assert line is not None
    assert (line.urgency, line.waiting_for_review) == ("emergency_now", True)
    notes = [one.entry for one in desk.facts() if one.key == "note"]
    assert len(notes) == 1
    assert "Cauda equina" in notes[0]
    desk.intake.seen(desk.stay)
    again = desk.reply("ask:night_pain", "no")
    assert (again.entered.alarms, again.entered.told) == ((), ("ces_bladder_bowel_saddle",))


def test_what_the_record_knew_is_no_alarm(desk: Desk) -> None:
    known = [NewFact("finding_present", "saddle_anaesthesia"), NewFact("pain", "low_back")]
    desk.records.record(desk.stay.person, known, "anna", expected_revision=None)
    desk.intake.agree(desk.stay)
    assert desk.enter("where", BACK["where"]).entered.told == ()
