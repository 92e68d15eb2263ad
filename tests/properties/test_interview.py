"""Any sequence of answers, changes and undoings keeps the case valid and loses nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kinechain.domain.interview import Item, Question
from kinechain.intake import parse_case
from kinechain.knowledge import load_knowledge
from kinechain.service.interview import (
    InterviewState,
    ReplyError,
    answer,
    change,
    start,
    text_of,
    undo,
)
from kinechain.service.interview.asking import item_of

CASES = (
    "pain: [low_back]\n",
    "age: 58\npain:\n- {site: knee, side: left}\n- calf: right\nfindings:\n  absent: [fever]\n",
    "case: x\npain: {groin: both}\nfindings: {present: [limp: left]}\ndrugs: [ibuprofen]\n",
    "age:      # years\npain:\n# - site: knee\n- head\nnote: 'kept: so'\nfindings:\n  present:\n",
)  # fmt: skip
NAMES = ("fever", "squat_pain", "paraesthesia", "diabetes", "straight_leg_raise", "raised_crp",
         "saddle_anaesthesia", "joint_prosthesis", "red_painful_eye", "night_pain")  # fmt: skip
REPLIES = ("yes", "no", "unknown", "", "left", "right", "both", "no left", "38.5", "12 mg/L",
           "yes l5", "1", "1 2", "2 unknown", "none", "all", "nonsense", "?")  # fmt: skip

steps = st.lists(
    st.tuples(
        st.sampled_from(("answer", "answer", "answer", "bundle", "undo", "change")),
        st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True),
        st.sampled_from(REPLIES),
        st.integers(0, 6),
    ),
    max_size=8,
)


def question(state: InterviewState, names: list[str], bundle: bool) -> Question:
    items: list[Item] = []
    for name in names if bundle else names[:1]:
        concept = load_knowledge().concept(name)
        level = concept.levels[0] if concept.levels else None
        items.append(item_of(state.case, load_knowledge(), name, level))
    return Question(key=f"ask:{names}", stage="history", text="?", why="",
                    expects="any_of" if bundle else "yes_no", items=tuple(items))  # fmt: skip


def step(state: InterviewState, what: tuple[str, list[str], str, int]) -> InterviewState:
    kind, names, reply, number = what
    fresh = [name for name in names if not any(name in a.question.key for a in state.answers)]
    if kind == "undo":
        return undo(state)
    if kind == "change":
        return change(state, number, reply)
    if not fresh:
        return state
    return answer(state, question(state, fresh, kind == "bundle" and len(fresh) > 1), reply)


@settings(max_examples=25)
@given(st.sampled_from(CASES), steps)
def test_the_case_stays_valid_and_nothing_is_lost(text: str, taken: list) -> None:
    knowledge = load_knowledge()
    state = start(text, knowledge)
    first = state.case
    past = [state]
    for one in taken:
        try:
            new = step(state, one)
        except ReplyError:
            continue
        if one[0] == "undo":
            past = past[:-1] if len(past) > 1 else past
            assert new == past[-1]
        elif new is not state:
            past.append(new)
        state = new
        written = text_of(state, knowledge)
        reading = parse_case(written, knowledge, state.name)
        assert not reading.has_errors
        assert reading.case == state.case
        assert first.pain == state.case.pain
        assert set(first.drugs) <= set(state.case.drugs)
        assert [o for o in first.observations if o not in state.case.observations] == []
        told = {fact.name for a in state.answers for fact in a.facts if fact.kind == "finding"}
        assert told <= {one.finding for one in state.case.observations}
    while state.before:
        state = undo(state)
    assert state == past[0]
    assert text_of(state, knowledge) == text
