"""The patient's intake: handing in."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kinechain.domain.record import Fact
from kinechain.service.clinic.intake import HandedInError
from kinechain.service.clinic.intake.entered import Entered
from kinechain.service.clinic.intake.facts import facts_of, merged
from kinechain.service.clinic.records import NewFact
from kinechain.service.clinic.tokens import Sources
from tests.support.patient_intake import (
    BACK,
    PLACES,
    SADDLE,
    Desk,
)


def entered_back(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    for step, fields in BACK.items():
        desk.enter(step, fields)
    desk.enter("spread", {"from": "low_back", "place": ["foot_plantar.left"]})
    desk.enter("strength", {"strength:low_back": "6", "strength:calf.left": "0"})
    desk.enter("since", {"number": "6", "unit": "weeks"})
    desk.enter("score-nprs", {"item-1": "5"})
    desk.reply(SADDLE, "none")


def test_everything_is_handed_in_at_once_and_once(desk: Desk) -> None:
    entered_back(desk)
    before = len(desk.facts())
    desk.intake.hand_in(desk.stay)
    facts = [(one.key, one.entry) for one in desk.facts()]
    assert len(facts) > before
    assert ("pain", {"site": "low_back", "intensity": 6, "duration": "6 weeks"}) in facts
    assert ("no_pain", {"site": "calf", "side": "left"}) in facts
    assert ("pain", {"site": "foot_plantar", "side": "left", "duration": "6 weeks"}) in facts
    assert ("drawing", "complete") in facts
    assert ("finding_absent", "saddle_anaesthesia") in facts
    assert any(key == "score" and entry["answers"] == [5] for key, entry in facts)
    with desk.store.reading() as tx:
        line, person = tx.worklist.get(desk.stay.person), tx.persons.get(desk.stay.person)
        session = tx.sessions.get(desk.stay.session)
    assert line is not None
    assert line.waiting_for_review
    assert person is not None
    assert person.sex == "female"
    assert session is not None  # only for the last page
    desk.intake.hand_in(desk.stay)
    assert [(one.key, one.entry) for one in desk.facts()] == facts
    assert {one.by for one in desk.facts()} == {desk.stay.actor}
    with pytest.raises(HandedInError):
        desk.enter("sex", {"sex": "male"})


@pytest.mark.slow
def test_the_assessment_is_made_once(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.enter("where", {"place": ["knee_anterior.left"]})
    desk.intake.hand_in(desk.stay)
    desk.intake.assess(desk.stay)
    desk.intake.assess(desk.stay)
    with desk.store.reading() as tx:
        made = tx.assessments.overview(desk.stay.person)
        line = tx.worklist.get(desk.stay.person)
    assert len(made) == 1
    assert made[0].by == desk.stay.actor
    assert line is not None
    assert (line.assessment, line.waiting_for_review) == (made[0].id, True)


def test_a_second_intake_takes_the_place_of_the_first(desk: Desk) -> None:
    staff = [NewFact("pain", {"site": "groin", "side": "left"}), NewFact("height", "170 cm")]
    desk.records.record(desk.stay.person, staff, "anna", expected_revision=None)
    entered_back(desk)
    desk.intake.hand_in(desk.stay)
    later = desk.come_again()
    later.intake.agree(later.stay)
    later.enter("where", {"place": ["low_back", "groin.left"]})
    later.enter("strength", {"strength:low_back": "3"})
    later.reply(SADDLE, "2 yes")
    later.intake.hand_in(later.stay)
    facts = [(one.key, one.entry) for one in later.facts()]
    pains = [entry for key, entry in facts if key == "pain"]
    assert pains == [{"site": "low_back", "intensity": 3}, {"site": "groin", "side": "left"}]
    assert not [entry for key, entry in facts if key == "no_pain"]
    assert ("finding_present", "urinary_retention") in facts
    assert ("finding_absent", "urinary_retention") not in facts
    assert [entry for key, entry in facts if key == "drawing"] == ["partial"]


def test_what_the_staff_measured_stays(desk: Desk) -> None:
    held = [Fact(id="h", person="p", key="height", entry="170 cm", by="anna",
                 at=Sources().now())]  # fmt: skip
    new = facts_of(Entered(height_cm=168, weight_kg=70), "draft", "2026-11-23")
    assert [one.key for one in merged(held, new, "draft")] == ["weight"]
    own = [replace(held[0], by="link:1")]
    assert [(one.key, one.replaces) for one in merged(own, new, "draft")] == [
        ("height", "h"), ("weight", None)]  # fmt: skip


def test_ids_of_facts_come_from_the_draft() -> None:
    first, again, other = (
        [one.id for one in facts_of(PLACES, draft, "2026-11-23")] for draft in ("a", "a", "b")
    )
    assert first == again
    assert not set(first) & set(other)
    assert len(set(first)) == len(first)
