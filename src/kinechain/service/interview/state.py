"""The state of an interview, and the pure functions that carry it on.

A state is the text of the case it began from and the answers in their order; all else
follows from these two. That is why undoing or changing an answer restores exactly what would
have been without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kinechain.domain.case import Case, Issue
from kinechain.domain.interview import Answer, Fact, Question, Stage
from kinechain.intake import CaseReading, parse_case
from kinechain.intake.names import Names
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.interview.asking import Asked, Policy, question_for
from kinechain.service.interview.document import document
from kinechain.service.interview.opening import opened
from kinechain.service.interview.replies import ReplyError, understood


class UnreadableCaseError(ValueError):
    """A case with errors: it would be lost when the interview is saved.

    Attributes
    ----------
    issues
        What is wrong.
    """

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("The case must be readable without errors before an interview begins.")
        self.issues = issues


@dataclass(frozen=True)
class InterviewState:
    """An interview at one moment.

    Attributes
    ----------
    original
        The text of the case file before the interview; may be empty.
    answers
        Every answer in order, also "unknown" and "skip".
    before
        The answers as they were before each step, for undoing.
    reading
        The case so far, with its issues.
    name
        What the case is called.
    until
        The last stage that is asked.
    """

    original: str
    answers: tuple[Answer, ...]
    before: tuple[tuple[Answer, ...], ...]
    reading: CaseReading
    name: str = "case"
    until: Stage = "tests"
    policy: Policy = field(default_factory=Policy)

    @property
    def case(self) -> Case:
        """The person as far as is known."""
        return self.reading.case

    @property
    def asked(self) -> Asked:
        """What is not to be asked again."""
        questions = [answer.question for answer in self.answers]
        return Asked(
            frozenset(question.key for question in questions),
            frozenset((item.finding, item.level) for one in questions for item in one.items),
            frozenset(
                fact.name
                for answer in self.answers
                for fact in answer.facts
                if fact.kind == "enough"
            ),
        )


def start(
    text: str = "",
    knowledge: Knowledge | None = None,
    *,
    name: str = "case",
    until: Stage = "tests",
    policy: Policy | None = None,
) -> InterviewState:
    """Begin an interview, from nothing or from a case file.

    Parameters
    ----------
    text
        The contents of a case file.
    knowledge
        The shipped knowledge by default.
    name
        What the case is called in issues, ``knee.yaml`` for example.
    until
        ``history`` for who sits alone before the questions, ``examination`` or ``tests``.
    policy
        What is worth asking.

    Returns
    -------
    InterviewState
        Without any answer.

    Raises
    ------
    UnreadableCaseError
        When the case has errors.
    """
    knowledge = knowledge or load_knowledge()
    reading = parse_case(text, knowledge, name)
    wrong = tuple(issue for issue in reading.issues if issue.level == "error")
    if wrong and not _is_merely_empty(reading):
        raise UnreadableCaseError(wrong)
    return InterviewState(text, (), (), reading, name, until, policy or Policy())


def _is_merely_empty(reading: CaseReading) -> bool:
    """Whether the only error is that there is no pain and no finding yet."""
    errors = [issue for issue in reading.issues if issue.level == "error"]
    return len(errors) == 1 and "given a pain or a finding" in errors[0].message


def next_question(state: InterviewState, knowledge: Knowledge | None = None) -> Question | None:
    """The question to ask next.

    Parameters
    ----------
    state
        The interview so far.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    Question or None
        None when no answer could change triage or the leading origins enough to be worth
        the trouble: the interview is finished.
    """
    return question_for(
        state.case, state.asked, knowledge or load_knowledge(), state.policy, state.until
    )


def finished(state: InterviewState, knowledge: Knowledge | None = None) -> bool:
    """Whether nothing is worth asking any more.

    Parameters
    ----------
    state
        The interview so far.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    bool
        True when `next_question` has none.
    """
    return next_question(state, knowledge) is None


def answer(
    state: InterviewState, question: Question, reply: str, knowledge: Knowledge | None = None
) -> InterviewState:
    """Answer a question.

    Parameters
    ----------
    state
        The interview so far.
    question
        From `next_question`.
    reply
        The answer in words: yes, no, a side, numbers of a list, a value with its unit,
        unknown, skip.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    InterviewState
        With the answer; `undo` leads back.

    Raises
    ------
    ReplyError
        When the reply cannot be understood or contradicts the case; the message says what
        would be an answer.
    """
    knowledge = knowledge or load_knowledge()
    given = _answered(question, reply, knowledge)
    return _with(state, (*state.answers, given), knowledge)


def change(
    state: InterviewState, number: int, reply: str, knowledge: Knowledge | None = None
) -> InterviewState:
    """Give another answer to an earlier question.

    Parameters
    ----------
    state
        The interview so far.
    number
        Which answer, from 1.
    reply
        The new answer.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    InterviewState
        With the answer in its old place; later answers are kept.

    Raises
    ------
    ReplyError
        When there is no such answer, or the reply cannot be understood.
    """
    knowledge = knowledge or load_knowledge()
    if not 1 <= number <= len(state.answers):
        raise ReplyError(f"There is no answer {number}; list shows them with their numbers.")
    old = state.answers[number - 1]
    given = _answered(old.question, reply, knowledge)
    answers = (*state.answers[: number - 1], given, *state.answers[number:])
    return _with(state, answers, knowledge)


def enough(state: InterviewState, question: Question, knowledge: Knowledge) -> InterviewState:
    """Ask no more of the part of the interview to which a question belongs.

    Parameters
    ----------
    state
        The interview so far.
    question
        The question that is not answered.
    knowledge
        The knowledge.

    Returns
    -------
    InterviewState
        `undo` leads back to the question.
    """
    fact = Fact(kind="enough", name=question.stage)
    given = Answer(question=question, reply="enough", shown=f"no more of: {question.stage}",
                   facts=(fact,))  # fmt: skip
    return _with(state, (*state.answers, given), knowledge)


def undo(state: InterviewState, knowledge: Knowledge | None = None) -> InterviewState:
    """Take the last step back, be it an answer or a change.

    Parameters
    ----------
    state
        The interview so far.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    InterviewState
        As it was before the last step; at the beginning, itself.
    """
    if not state.before:
        return state
    *earlier, answers = state.before
    return _read(replace(state, answers=answers, before=tuple(earlier)),
                 knowledge or load_knowledge())  # fmt: skip


def text_of(state: InterviewState, knowledge: Knowledge | None = None) -> str:
    """The case file with the answers so far.

    Parameters
    ----------
    state
        The interview so far.
    knowledge
        The shipped knowledge by default.

    Returns
    -------
    str
        YAML that `kinechain assess` reads; whatever stood in the file before is kept.
    """
    names = Names(knowledge or load_knowledge())

    def site_of(text: str) -> str:
        found = names.look_up(text, ("site",))
        return found[0].id if found else text

    facts = [fact for one in state.answers for fact in one.facts]
    return document(state.original, facts, site_of)


def _answered(question: Question, reply: str, knowledge: Knowledge) -> Answer:
    read = opened if question.stage == "opening" else understood
    facts, shown = read(question, reply, knowledge)
    return Answer(question=question, reply=reply, shown=shown, facts=facts)


def _with(
    state: InterviewState, answers: tuple[Answer, ...], knowledge: Knowledge
) -> InterviewState:
    """The state with these answers, unless the case could then not be read without errors."""
    new = _read(replace(state, answers=answers, before=(*state.before, state.answers)), knowledge)
    wrong = [issue for issue in new.reading.issues if issue.level == "error"]
    if wrong and not _is_merely_empty(new.reading):
        raise ReplyError(wrong[0].message)
    return new


def _read(state: InterviewState, knowledge: Knowledge) -> InterviewState:
    return replace(state, reading=parse_case(text_of(state, knowledge), knowledge, state.name))
