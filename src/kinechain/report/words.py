"""Sentences, chosen by kind; a new kind without its words does not pass the type checker."""

from __future__ import annotations

import math
from typing import assert_never

from kinechain.domain.concepts import Urgency
from kinechain.report.contract import FlagBasis, FlagStatus, IssueLevel, QuestionKind, State

INTENDED_USE = "Supports clinicians; not a diagnosis."
NOTHING_RAISED = "Nothing raised that cannot wait."


def urgency_words(urgency: Urgency) -> str:
    """How long it may wait."""
    match urgency:
        case "emergency_now":
            return "Emergency now"
        case "same_day":
            return "Same day"
        case "within_2_weeks":
            return "Within 2 weeks"
        case "soon":
            return "Soon"
        case _:
            assert_never(urgency)


def urgency_order(urgency: Urgency) -> int:
    """Most urgent first."""
    match urgency:
        case "emergency_now":
            return 0
        case "same_day":
            return 1
        case "within_2_weeks":
            return 2
        case "soon":
            return 3
        case _:
            assert_never(urgency)


def status_words(status: FlagStatus) -> str:
    """Whether the flag stands or still has to be asked about."""
    match status:
        case "raised":
            return "raised"
        case "to_ask":
            return "still to ask"
        case _:
            assert_never(status)


def basis_words(basis: FlagBasis) -> str:
    """What raised a flag."""
    match basis:
        case "rule":
            return "by rule"
        case "probability":
            return "by probability above the threshold for action"
        case _:
            assert_never(basis)


def kind_words(kind: QuestionKind) -> str:
    """How a finding is obtained, as an instruction."""
    match kind:
        case "symptom" | "history" | "trait":
            return "Ask"
        case "exam":
            return "Examine"
        case "gait":
            return "Watch gait"
        case "lab":
            return "Blood or fluid test"
        case "imaging":
            return "Imaging"
        case "response":
            return "See the response"
        case "score":
            return "Score"
        case _:
            assert_never(kind)


def state_words(state: State) -> str:
    """A finding's state."""
    match state:
        case "present":
            return "present"
        case "absent":
            return "absent"
        case _:
            assert_never(state)


def issue_words(level: IssueLevel) -> str:
    """How serious an issue is."""
    match level:
        case "error":
            return "Error"
        case "warning":
            return "Warning"
        case "info":
            return "Note"
        case _:
            assert_never(level)


def strength_words(log_odds: float) -> str:
    """How much a contribution weighs, by the customary steps of the likelihood ratio.

    Examples
    --------
    >>> strength_words(math.log(12)), strength_words(math.log(1 / 3)), strength_words(0.1)
    ('strongly', 'somewhat', 'hardly')
    """
    factor = math.exp(min(abs(log_odds), 20.0))
    if factor >= 10:
        return "strongly"
    if factor >= 5:
        return "clearly"
    if factor >= 2:
        return "somewhat"
    if factor >= 1.2:
        return "slightly"
    return "hardly"


def unexplained_words(share: float) -> str:
    """What the unexplained share of a pain means."""
    if share >= 0.5:
        return "most of this pain is explained by nothing the program knows"
    if share >= 0.2:
        return "a good part of this pain is explained by nothing the program knows"
    return "little of this pain is left unexplained"


def judgement_words(share: float | None) -> str:
    """How far an origin's probability rests on judgement rather than on studies."""
    if share is None:
        return ""
    return f"{100 * share:.0f} % of the weight of evidence rests on judged figures"


def join_words(parts: list[str]) -> str:
    """Parts as they are enumerated in a sentence.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
