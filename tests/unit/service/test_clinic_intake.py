"""The patient's intake without its pages: words, what is typed, drafts, alarms, handing in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kinechain.care.readability import reading_age
from kinechain.domain.interview import Item, Question
from kinechain.domain.record import Fact
from kinechain.intake.amounts import WEEKS
from kinechain.intake.read_pain import ONSETS, QUALITIES
from kinechain.knowledge import load_knowledge
from kinechain.service.clinic.intake import Ahead, ClashError, HandedInError, Intake, Stay, View
from kinechain.service.clinic.intake.entered import EVERYWHERE, Entered, Since
from kinechain.service.clinic.intake.facts import facts_of, merged
from kinechain.service.clinic.intake.interviewing import (
    MOST_QUESTIONS,
    answered,
    next_question,
    point_of,
    question_of,
    read_case,
    reply_of,
    said_of,
    with_answer,
)
from kinechain.service.clinic.intake.shown import overview, values_of
from kinechain.service.clinic.intake.steps import USUAL_QUESTIONS, next_step, progress, steps_of
from kinechain.service.clinic.intake.typed import READERS, Around, TypedError, read_step
from kinechain.service.clinic.intake.words import all_places, patient_words, question_words
from kinechain.service.clinic.links import Links
from kinechain.service.clinic.records import NewFact, Records
from kinechain.service.clinic.tokens import Sources
from kinechain.service.interview.asking import stage_of
from kinechain.service.presentation import figures
from kinechain.store import Store, open_store
from tests.support.clinic import new_address

KNOWLEDGE = load_knowledge()
AROUND = Around(date(2026, 11, 23), KNOWLEDGE)
OLDEST_READER = 12
BACK = {"birth": {"age": "71"}, "sex": {"sex": "female"},
        "where": {"place": ["low_back", "calf.left"], "complete": "yes"}}  # fmt: skip
SADDLE = "danger:saddle_anaesthesia+urinary_retention"


def form(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: one if isinstance(one, list) else [one] for name, one in fields.items()}


def typed(step: str, fields: Mapping[str, Any], before: Entered | None = None) -> Entered:
    return read_step(step, form(fields), before or Entered(), AROUND)


@dataclass
class Desk:
    """An intake that somebody has come to."""

    store: Store
    intake: Intake
    records: Records
    stay: Stay

    def enter(self, step: str, fields: Mapping[str, Any], seen: int | None = None) -> View:
        def change(entered: Entered) -> Entered:
            entered = typed(step, fields, entered)
            done = entered.done if step in entered.done else (*entered.done, step)
            return replace(entered, done=done)

        view = self.intake.look(self.stay)
        return self.intake.save(self.stay, step, view.revision if seen is None else seen, change)

    def reply(self, key: str, reply: str) -> View:
        view = self.intake.look(self.stay)
        case = read_case(view.patient, view.entered, KNOWLEDGE).case
        asked = question_of(key, (), case, KNOWLEDGE)
        assert asked is not None
        given = answered(asked, reply, KNOWLEDGE)
        return self.intake.save(
            self.stay, f"question:{key}", view.revision, lambda one: with_answer(one, given)
        )

    def facts(self) -> tuple[Fact, ...]:
        with self.store.reading() as tx:
            return tx.facts.current(self.stay.person)

    def come_again(self) -> Desk:
        """The same person with a new link."""
        return come(self.store, self.stay.person)


def come(store: Store, person: str) -> Desk:
    sources = Sources()
    links = Links(store, sources)
    token = links.open(links.give(person, "anna").token)
    assert token is not None
    found = links.find(token)
    assert found is not None
    session, link = found
    stay = Stay(person, link.id, session.digest)
    return Desk(store, Intake(store, KNOWLEDGE, sources), Records(store, sources), stay)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(new_address("sqlite", tmp_path))
    yield come(store, Records(store, Sources()).begin("Somebody", "anna").id)
    store.close()


# --- Words ----------------------------------------------------------------------------------


def asked_of_patients() -> Iterator[Item]:
    for concept in (*KNOWLEDGE.findings.values(), *KNOWLEDGE.traits.values()):
        if stage_of(concept) == "history" and concept.id not in patient_words().not_asked:
            for level in (None, *concept.levels):
                yield Item(finding=concept.id, label=concept.label, text=concept.question,
                           level=level)  # fmt: skip


def test_every_question_can_be_read_at_twelve_and_speaks_to_the_patient() -> None:
    hard = {
        (item.finding, item.level): question_words(item, KNOWLEDGE)
        for item in asked_of_patients()
        if reading_age(question_words(item, KNOWLEDGE)) > OLDEST_READER
        or "the person" in question_words(item, KNOWLEDGE)
    }
    assert not hard


def test_every_word_for_patients_is_of_something_that_exists() -> None:
    for key in patient_words().questions:
        name, _, level = key.partition(".")
        concept = KNOWLEDGE.concept(name)
        assert stage_of(concept) == "history", key  # type: ignore[arg-type]
        assert not level or level in concept.levels, key
    assert set(patient_words().kinds) <= QUALITIES
    assert set(patient_words().began) == set(ONSETS)
    assert set(patient_words().units) <= set(WEEKS)
    for names in patient_words().questionnaires.values():
        assert all(KNOWLEDGE.instruments[name].item_texts for name in names)


def test_a_finding_with_levels_has_words_for_each() -> None:
    plain = patient_words().questions
    missing = [
        f"{item.finding}.{item.level}" for item in asked_of_patients()
        if item.level and f"{item.finding}.{item.level}" not in plain
    ]  # fmt: skip
    assert not missing


def test_list_and_picture_have_the_same_places() -> None:
    drawn = figures(KNOWLEDGE)
    sites = {site for view in ("front", "back") for site in drawn[view]["sites"]}
    assert {place.split(".")[0] for place in all_places()} == sites
    for place in all_places():
        site, _, side = place.partition(".")
        assert (KNOWLEDGE.sites[site].sides == "paired") == bool(side), place


# --- What is typed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "fields", "found"),
    [
        ("birth", {"day": "2", "month": "3", "year": "1955"}, {"birth_date": "1955-03-02"}),
        ("birth", {"age": "71"}, {"age": 71}),
        ("sex", {"sex": "male"}, {"sex": "male"}),
        ("size", {"height_cm": "165,5", "weight_kg": "80"}, {"height_cm": 165.5, "weight_kg": 80}),
        ("size", {"feet": "5", "inches": "5", "pounds": "176"},
         {"height_cm": 165.1, "weight_kg": 79.8}),
        ("where", {"place": ["calf.left", "nonsense", "low_back"]},
         {"places": ("calf.left", "low_back"), "complete": False}),
        ("score-nprs", {"item-1": "6"}, {"scores": {"nprs": (6,)}}),
    ],
)  # fmt: skip
def test_what_is_typed(step: str, fields: dict[str, Any], found: dict[str, Any]) -> None:
    assert typed(step, fields) == Entered(**found)


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("birth", {}, "day"),
        ("birth", {"day": "31", "month": "2", "year": "1955"}, "day"),
        ("birth", {"day": "2", "month": "3"}, "day"),
        ("birth", {"day": "2", "month": "3", "year": "2055"}, "year"),
        ("birth", {"day": "2", "month": "3", "year": "55"}, "year"),
        ("birth", {"age": "140"}, "age"),
        ("birth", {"age": "old"}, "age"),
        ("sex", {"sex": "x"}, "sex"),
        ("size", {}, "height_cm"),
        ("size", {"height_cm": "1.65"}, "height_cm"),
        ("size", {"weight_kg": "8000"}, "weight_kg"),
        ("where", {}, "place"),
        ("score-nprs", {"item-1": "11"}, "item-1"),
        ("score-nprs", {}, "item-1"),
    ],
)
def test_what_cannot_be_used_is_told_in_plain_words(
    step: str, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(TypedError) as told:
        typed(step, fields)
    assert told.value.field == field
    assert reading_age(str(told.value)) <= OLDEST_READER


PLACES = Entered(places=("low_back", "calf.left"))


def test_the_same_at_all_places_and_then_each_by_itself() -> None:
    same = typed("kind", {"scope": "same", "kind": ["aching", "nonsense"]}, PLACES)
    assert same.about("kinds", "calf.left") == ("aching",)
    apart = typed("kind", {"scope": "apart", "kind": ["aching"]}, same)
    assert apart.kinds == {"low_back": ("aching",), "calf.left": ("aching",)}
    apart = typed("kind", {"scope": "apart", "kind:low_back": ["numb"]}, apart)
    assert apart.about("kinds", "low_back") == ("numb",)
    assert apart.about("kinds", "calf.left") is None
    assert apart.apart == ("kinds",)
    again = typed("kind", {"scope": "same"}, apart)
    assert again.kinds == {EVERYWHERE: ("numb",)}
    assert again.apart == ()


def test_how_long() -> None:
    found = typed("since", {"number": "1", "unit": "weeks"}, PLACES)
    assert found.since[EVERYWHERE].words == "1 week"
    assert Since(2.5, "years").words == "2.5 years"
    for fields in ({"number": "3"}, {"number": "0", "unit": "days"}, {"number": "x"},
                   {"number": "80", "unit": "years"}, {}):  # fmt: skip
        with pytest.raises(TypedError):
            typed("since", fields, replace(PLACES, age=71))


def test_where_it_spreads() -> None:
    found = typed("spread", {"from": "calf.left", "place": ["foot_plantar.left"]}, PLACES)
    assert (found.spread_from, found.spread_to) == ("calf.left", ("foot_plantar.left",))
    found = replace(found, kinds={"calf.left": ("numb",), "low_back": ("dull",)})
    assert found.about("kinds", "foot_plantar.left") == ("numb",)
    assert found.all_places == ("low_back", "calf.left", "foot_plantar.left")
    assert typed("spread", {"none": "1"}, found).spread_to == ()
    with pytest.raises(TypedError):
        typed("spread", {"from": "low_back", "place": ["low_back"]}, PLACES)


def test_the_screens_show_what_was_entered() -> None:
    entered = PLACES
    given: dict[str, dict[str, Any]] = {
        "birth": {"day": "2", "month": "3", "year": "1955"},
        "sex": {"sex": "female"},
        "size": {"height_cm": "165", "weight_kg": "80"},
        "where": {"place": ["low_back", "calf.left"], "complete": ["yes"]},
        "spread": {"from": "low_back", "place": ["foot_plantar.left"]},
        "strength": {"strength:low_back": "6", "strength:calf.left": "7"},
        "kind": {"scope": "apart", "kind:low_back": ["numb"], "kind:calf.left": ["sharp"]},
        "since": {"scope": "same", "number": "6", "unit": "weeks"},
        "began": {"scope": "same", "began": "gradual"},
    }
    for step in READERS:
        entered = typed(step, given[step], entered)
    for step, fields in given.items():
        assert values_of(step, entered) == form(fields), step
    screens, _ = overview(entered, tuple(given), KNOWLEDGE)
    assert [line.words for line in screens] == [
        "2 March 1955", "Female", "165 cm, 80 kg", "low back; left calf. Nowhere else",
        "From low back to sole of the left foot", "low back: 6 of 10; left calf: 7 of 10",
        "low back: numb; left calf: sharp", "6 weeks", "Slowly, bit by bit",
    ]  # fmt: skip
    empty, _ = overview(Entered(), tuple(given), KNOWLEDGE)
    assert {line.words for line in empty} == {"not answered"}


# --- Steps ----------------------------------------------------------------------------------


def test_the_record_is_not_asked_for_what_it_has(desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    assert view.steps == ("birth", "sex", "size", "where", "score-nprs")
    person = replace(view.patient.person, birth_date=date(1955, 3, 2), sex="female")
    size = [Fact(id=key, person=person.id, key=key, by="anna", at=person.created_at)
            for key in ("height", "weight")]  # fmt: skip
    assert steps_of(Entered(), person, size, KNOWLEDGE) == ("where", "score-nprs")
    answered_here = Entered(done=("sex",), places=("neck",))
    steps = steps_of(answered_here, person, size, KNOWLEDGE)
    assert steps[:3] == ("sex", "where", "spread")
    assert next_step(steps, replace(answered_here, done=steps)) == "questions"


def test_progress_never_goes_back() -> None:
    steps = ("birth", "where", "score-nprs")
    way = [progress(steps, one) for one in steps]
    way += [progress(steps, "questions", number) for number in range(1, USUAL_QUESTIONS + 6)]
    way += [progress(steps, "overview", USUAL_QUESTIONS + 5)]
    shares = [one.number / one.total for one in way]
    assert shares == sorted(shares)
    assert shares[-1] == 1


# --- The interview --------------------------------------------------------------------------


def test_replies_to_several_items_there_and_back() -> None:
    said = {1: "no", 2: "yes", 3: "unknown"}
    assert said_of(reply_of(said, 3), 3) == said
    assert said_of(reply_of({1: "yes"}, 2), 2) == {1: "yes", 2: "unknown"}
    assert said_of("unknown", 2) == {1: "unknown", 2: "unknown"}


def test_what_was_left_open_is_unknown_and_not_denied(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.enter("where", BACK["where"])
    view = desk.reply(SADDLE, reply_of({2: "no"}, 2))
    facts = [fact for one in view.entered.answers for fact in one.facts]
    assert [(fact.name, fact.state) for fact in facts] == [("urinary_retention", "absent")]


@pytest.mark.slow
def test_a_question_is_the_same_again_by_its_key(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    for step, fields in BACK.items():
        desk.enter(step, fields)
    view = desk.enter("since", {"number": "6", "unit": "weeks"})
    for _ in range(4):
        asked = next_question(point_of(view.patient, view.entered), KNOWLEDGE)
        assert asked is not None
        case = read_case(view.patient, view.entered, KNOWLEDGE).case
        again = question_of(asked.key, asked.items[0].sides, case, KNOWLEDGE)
        assert again is not None
        assert (again.items, again.expects, again.stage) == (
            asked.items, asked.expects, asked.stage)  # fmt: skip
        view = desk.reply(asked.key, "none" if asked.expects == "any_of" else "no")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ask:",
        "ask:nonsense",
        "tell:fever",
        "ask:obesity",
        "ask:fever.l5",
        "danger:fever+x",
        "ask:crp",
        "ask:straight_leg_raise",
    ],
)
def test_keys_that_no_page_has_made(key: str, desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    case = read_case(view.patient, Entered(), KNOWLEDGE).case
    assert question_of(key, (), case, KNOWLEDGE) is None


def test_enough_is_enough(desk: Desk) -> None:
    view = desk.intake.look(desk.stay)
    point = point_of(view.patient, PLACES)
    assert next_question(replace_count(point), KNOWLEDGE) is None
    assert next_question(point_of(view.patient, Entered()), KNOWLEDGE) is None


def replace_count(point: Any) -> Any:
    return type(point)(point.text, point.asked, MOST_QUESTIONS)


def test_another_answer_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.intake.agree(desk.stay)
    desk.enter("where", BACK["where"])
    desk.reply(SADDLE, "none")
    desk.reply("ask:limp", "no")
    view = desk.reply(SADDLE, "unknown")
    assert [one.reply for one in view.entered.answers] == ["unknown", "no"]
    _, lines = overview(view.entered, view.steps, KNOWLEDGE)
    assert [line.change for line in lines] == ["question/1", "question/2"]
    assert lines[0].is_open


# --- The draft ------------------------------------------------------------------------------


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


# --- Alarms ---------------------------------------------------------------------------------


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


# --- Handing in -----------------------------------------------------------------------------


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


# --- Ahead ----------------------------------------------------------------------------------


QUESTION = Question(key="ask:x", stage="history", expects="yes_no", text="", why="")


def test_what_was_prepared_is_there_at_once() -> None:
    ahead, done = Ahead(), threading.Event()

    def job() -> Question:
        done.set()
        return QUESTION

    ahead.prepare("one", [("key", job)])
    assert done.wait(5)
    found = ahead.get("key", lambda: pytest.fail("worked out again"), 5)
    assert found is not None
    assert found.result() is QUESTION
    assert ahead.known("key") is QUESTION
    assert ahead.known("other") is None
    ahead.close()


def test_a_slow_question_is_not_waited_for() -> None:
    ahead, go_on = Ahead(), threading.Event()

    def slow() -> Question:
        go_on.wait(5)
        return QUESTION

    assert ahead.get("key", slow, 0.01) is None
    assert ahead.known("key") is None
    go_on.set()
    found = ahead.get("key", slow, 5)
    assert found is not None
    ahead.close()


def test_what_is_waited_for_overtakes_and_what_is_not_is_dropped() -> None:
    ahead, go_on, ran = Ahead(), threading.Event(), list[str]()

    def job(name: str) -> Any:
        def run() -> Question:
            ran.append(name)
            go_on.wait(5)
            return QUESTION

        return name, run

    ahead.prepare("one", [job("first"), job("second"), job("third")])
    end = time.monotonic() + 5
    while not ran and time.monotonic() < end:
        time.sleep(0.01)
    assert ahead.get("second", job("second")[1], 0.05) is None  # overtakes the third
    ahead.prepare("one", [job("fourth")])
    go_on.set()
    assert ahead.get("fourth", job("fourth")[1], 5) is not None
    assert ran[:2] == ["first", "second"]
    assert "third" not in ran
    ahead.close()


def test_a_failure_is_told_and_tried_again() -> None:
    ahead = Ahead()

    def fail() -> Question:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        ahead.get("key", fail, 5)
    found = ahead.get("key", lambda: None, 5)
    assert found is not None
    assert found.result() is None
    ahead.close()
