"""The interview as pure functions: order, answers, undoing, changing, the stop rule."""

from __future__ import annotations

import pytest

from kinechain.domain.interview import Item, Question
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.interview import (
    InterviewState,
    Policy,
    ReplyError,
    UnreadableCaseError,
    answer,
    change,
    enough,
    finished,
    next_question,
    start,
    text_of,
    undo,
)
from kinechain.service.interview.replies import understood

KNEE = "age: 58\nsex: female\nsetting: primary_care\npain:\n- site: knee_anterior\n  side: left\n"
BACK = (
    "age: 45\nsex: male\nsetting: primary_care\n"
    "pain:\n- {site: low_back, duration: 3 weeks, onset: gradual, quality: aching, intensity: 5}\n"
)
QUICK = Policy(floor=0.2, exact=1)


def begun(text: str = "", **options) -> InterviewState:
    return start(text, load_knowledge(), **options)


def asked(state: InterviewState) -> Question:
    question = next_question(state)
    assert question is not None
    return question


def told(state: InterviewState, *replies: str) -> InterviewState:
    for reply in replies:
        state = answer(state, asked(state), reply)
    return state


def of(finding: str, *sides, level=None, quantity: str = "") -> Question:
    item = Item(finding=finding, label=finding, text="?", sides=sides, level=level,
                quantity=quantity)  # fmt: skip
    return Question(key=f"ask:{finding}", stage="history", expects="yes_no", text="?", why="",
                    items=(item,))  # fmt: skip


def test_the_opening_asks_only_what_is_not_known() -> None:
    state = begun()
    keys = []
    for reply in ("58", "f", "left knee", "front", "6 weeks", "slowly", "aching", "4", "1"):
        keys.append(asked(state).key)
        state = told(state, reply)
    assert keys == ["age", "sex", "where", "part:knee", "since", "onset", "quality",
                    "intensity", "setting"]  # fmt: skip
    case = state.case
    (pain,) = case.pain
    assert (case.age_years, case.sex) == (58, "female")
    assert (pain.site, pain.side, pain.intensity) == ("knee_anterior", "left", 4)
    assert (pain.onset, pain.duration_weeks, pain.quality) == ("gradual", 6, ("aching",))
    assert asked(begun(BACK)).stage == "danger"


@pytest.mark.parametrize(
    ("reply", "pains"),
    [
        ("right knee", {("knee", "right")}),
        ("Lower back and both legs", {("low_back", "midline"), ("leg", "both")}),
        ("headache", {("head", "midline")}),
        ("my left hip hurts", {("hip", "left")}),
        ("lumbago, left calf", {("low_back", "midline"), ("calf", "left")}),
        ("kneecap", {("knee_anterior", "unknown")}),
    ],
)
def test_places_in_the_words_of_people(reply: str, pains: set[tuple[str, str]]) -> None:
    state = told(begun("age: 40\nsex: male\n"), reply)
    assert {(pain.site, pain.side) for pain in state.case.pain} == pains


def test_an_unknown_place_is_asked_again_with_suggestions() -> None:
    state = begun("age: 40\nsex: male\n")
    with pytest.raises(ReplyError, match="not known"):
        told(state, "spleen of the moon")
    assert state.answers == ()


@pytest.mark.parametrize(
    ("reply", "weeks"),
    [("about 6 weeks", 6), ("three days", 3 / 7), ("half a year", 26), ("a couple of weeks", 2),
     ("since yesterday", 1 / 7)],
)  # fmt: skip
def test_durations_in_the_words_of_people(reply: str, weeks: float) -> None:
    state = told(begun(KNEE), reply)
    assert state.case.pain[0].duration_weeks == pytest.approx(weeks, rel=0.02)


def test_a_missing_side_is_asked() -> None:
    state = told(begun("age: 40\nsex: male\n"), "calf")
    assert asked(state).key == "side:calf"
    assert told(state, "l").case.pain[0].side == "left"


def test_dangers_come_before_anything_else_and_say_why() -> None:
    question = asked(begun(BACK))
    seen = set()
    state = begun(BACK)
    while question.stage == "danger":
        assert question.why.startswith("because ")
        assert "not excluded" in question.why
        assert len(question.items) <= 6
        seen |= {item.finding for item in question.items}
        state = told(state, "no")
        question = asked(state)
    assert {"saddle_anaesthesia", "urinary_retention", "fever", "history_of_cancer"} <= seen
    assert question.stage in ("history", "examination")
    assert len(state.answers) <= 5


def test_what_alone_raises_an_emergency_is_recorded_and_stops_being_asked() -> None:
    state = begun(BACK)
    while "saddle_anaesthesia" not in {item.finding for item in asked(state).items}:
        state = told(state, "none")
    question = asked(state)
    place = [item.finding for item in question.items].index("saddle_anaesthesia") + 1
    state = told(state, str(place))
    states = {one.finding: one.state for one in state.case.observations}
    assert states["saddle_anaesthesia"] == "present"
    assert all(states[item.finding] == "absent" for item in question.items
               if item.finding != "saddle_anaesthesia")  # fmt: skip


@pytest.mark.parametrize(
    ("question", "reply", "facts"),
    [
        (of("fever"), "yes", [("fever", "present", None)]),
        (of("fever"), "Nope.", [("fever", "absent", None)]),
        (of("squat_pain", "left"), "y", [("squat_pain", "present", "left")]),
        (of("squat_pain", "left"), "no", [("squat_pain", "absent", "left")]),
        (of("squat_pain", "left", "right"), "no", [("squat_pain", "absent", "both")]),
        (of("squat_pain", "left", "right"), "both", [("squat_pain", "present", "both")]),
        (of("squat_pain", "left", "right"), "only on the left",
         [("squat_pain", "present", "left"), ("squat_pain", "absent", "right")]),
        (of("squat_pain", "left"), "unknown", []),
        (of("squat_pain", "left"), "", []),
        (of("fever", quantity="temperature"), "38.4", [("temperature", None, None)]),
    ],
)  # fmt: skip
def test_what_answers_mean(question: Question, reply: str, facts: list) -> None:
    found, _ = understood(question, reply, load_knowledge())
    assert [(fact.name, fact.state, fact.side) for fact in found] == facts


@pytest.mark.parametrize("reply", ["perhaps", "yes no", "left"])
def test_what_is_no_answer_is_refused(reply: str) -> None:
    with pytest.raises(ReplyError):
        understood(of("fever"), reply, load_knowledge())


def test_yes_on_two_sides_asks_which() -> None:
    with pytest.raises(ReplyError, match="left, right or both"):
        understood(of("squat_pain", "left", "right"), "yes", load_knowledge())


def test_another_level_than_the_one_asked_is_recorded() -> None:
    facts, _ = understood(of("paraesthesia", "left", level="l5"), "yes s1", load_knowledge())
    assert [(fact.level, fact.side) for fact in facts] == [("s1", "left")]


def test_a_bundle_takes_numbers_and_unknowns() -> None:
    items = tuple(of(name).items[0] for name in ("fever", "malaise", "weight_loss"))
    bundle = Question(key="danger:x", stage="danger", expects="any_of", text="?", why="",
                      items=items)  # fmt: skip
    facts, shown = understood(bundle, "2, 3 unknown", load_knowledge())
    assert {(fact.name, fact.state) for fact in facts} == {
        ("malaise", "present"),
        ("fever", "absent"),
    }
    assert "malaise: yes" in shown
    with pytest.raises(ReplyError, match="Which"):
        understood(bundle, "yes", load_knowledge())
    with pytest.raises(ReplyError, match="no number 4"):
        understood(bundle, "4", load_knowledge())
    assert understood(bundle, "none", load_knowledge())[1] == "none of them"


def test_a_measured_value_answers_with_its_unit() -> None:
    state = begun(BACK)
    state = answer(state, of("fever", quantity="temperature"), "38.6")
    assert [(one.quantity, one.value) for one in state.case.measurements] == [("temperature", 38.6)]
    assert any(one.finding == "fever" and one.state == "present" for one in state.case.observations)


def test_undo_restores_exactly() -> None:
    first = begun(BACK)
    second = told(first, "no")
    third = told(second, "unknown")
    assert undo(third) == second
    assert undo(undo(third)) == first
    assert undo(first) == first
    assert next_question(undo(second)) == next_question(first)


def test_change_keeps_later_answers_and_can_be_undone() -> None:
    state = answer(answer(begun(BACK), of("fever"), "no"), of("malaise"), "yes")
    changed = change(state, 1, "yes")
    assert [one.shown for one in changed.answers] == ["yes", "yes"]
    assert changed.reading == answer(answer(begun(BACK), of("fever"), "yes"), of("malaise"),
                                     "yes").reading  # fmt: skip
    assert undo(changed) == state
    with pytest.raises(ReplyError, match="no answer 9"):
        change(state, 9, "yes")


def test_nothing_is_asked_twice() -> None:
    state, seen = begun(KNEE, policy=QUICK), set()
    while (question := next_question(state)) is not None:
        assert question.key not in seen
        items = {(item.finding, item.level) for item in question.items}
        assert not items & {(i.finding, i.level) for a in state.answers for i in a.question.items}
        seen.add(question.key)
        state = answer(state, question, "unknown")
    assert finished(state)
    assert state.case == begun(KNEE).case


def test_it_ends_before_the_examination_when_told_to() -> None:
    state = begun(KNEE, until="history", policy=QUICK)
    stages = []
    while (question := next_question(state)) is not None:
        stages.append(question.stage)
        state = answer(state, question, "unknown" if question.stage == "opening" else "no")
    assert set(stages) <= {"opening", "danger", "history"}


def test_a_higher_tolerance_asks_less() -> None:
    def length(floor: float) -> int:
        state = begun(BACK, policy=Policy(floor=floor, exact=1))
        while (question := next_question(state)) is not None and len(state.answers) < 30:
            state = answer(state, question, "no")
        return len(state.answers)

    assert length(0.5) <= length(0.1)


def test_enough_ends_a_part() -> None:
    state = begun(BACK)
    assert asked(state).stage == "danger"
    after = enough(state, asked(state), load_knowledge())
    assert asked(after).stage == "history"
    assert undo(after) == state


def test_a_case_with_errors_is_not_begun() -> None:
    with pytest.raises(UnreadableCaseError) as found:
        begun(KNEE + "no_such_key: 1\n")
    assert found.value.issues


def test_without_a_place_there_is_nothing_to_ask() -> None:
    state = told(begun("age: 30\nsex: male\n"), "none")
    assert next_question(state) is None


def test_what_stood_in_the_file_is_kept() -> None:
    text = (
        "# about a person\ncase: mine\nage: 58   # years\nsex: female\nsetting: primary_care\n"
        "pain:\n  - {site: knee cap, side: left, intensity: 4}\n\n"
        "findings:\n  present: [stairs_pain: left]  # told\n  absent: fever\n"
        "drugs:\n- ibuprofen\nnote: >\n  long\n  text\n"
    )
    state = begun(text)
    assert text_of(state) == text
    state = answer(state, of("malaise"), "no")
    written = text_of(state)
    for kept in ("# about a person\n", "age: 58   # years\n", "drugs:\n- ibuprofen\n",
                 "note: >\n  long\n  text\n"):  # fmt: skip
        assert kept in written
    before, after = begun(text).case, parse_case(written, load_knowledge(), "case").case
    assert after.pain == before.pain
    assert set(before.observations) < set(after.observations)
    assert (after.id, after.drugs) == (before.id, before.drugs)


def test_every_question_of_a_finding_says_what_it_would_change() -> None:
    state = begun(KNEE, policy=QUICK)
    while (question := asked(state)).expects == "any_of" or not question.more:
        state = answer(state, question, "unknown")
    assert question.why
    assert [line.split(":")[0] for line in question.more] == ["if yes", "if no"]
