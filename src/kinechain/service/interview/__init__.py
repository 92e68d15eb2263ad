"""The interview: one question at a time, the most useful and least burdensome next."""

from kinechain.service.interview.asking import Policy
from kinechain.service.interview.replies import ReplyError
from kinechain.service.interview.state import (
    InterviewState,
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

__all__ = [
    "InterviewState",
    "Policy",
    "ReplyError",
    "UnreadableCaseError",
    "answer",
    "change",
    "enough",
    "finished",
    "next_question",
    "start",
    "text_of",
    "undo",
]
