"""What the bodies say, weighed into one word for this person."""

from __future__ import annotations

from typing import Any

import pytest

from kinechain.domain.care import Statement
from kinechain.domain.case import Case, Pain
from tests.support.care import BACK, KNEE, drafted, planned, result_of, said, status, treatment

FOR, MAYBE = said("for", "strong", body="F"), said("for", "conditional", body="M")
NO, PERHAPS_NOT = said("against", "strong", body="N"), said("against", "conditional", body="P")
SILENT = said("neither", "inconclusive", body="S")


def again(one: Statement, body: str) -> Statement:
    return said(one.direction, one.strength, body=body)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([FOR], "recommended"),
        ([said("for", "emergency")], "recommended"),
        ([MAYBE], "option"),
        ([said("for", "inconclusive")], "option"),
        ([FOR, MAYBE], "recommended"),
        ([NO], "not_recommended"),
        ([PERHAPS_NOT], "not_recommended"),
        ([SILENT], "uncertain"),
        ([SILENT, FOR], "recommended"),
        ([SILENT, PERHAPS_NOT], "not_recommended"),
        # both sides: 2 to 2, 2 to 1, 1 to 2, 3 to 2, 4 to 2, 1 to 1
        ([FOR, NO], "uncertain"),
        ([FOR, PERHAPS_NOT], "option"),
        ([MAYBE, NO], "not_recommended"),
        ([FOR, MAYBE, NO], "uncertain"),
        ([FOR, again(FOR, "X"), NO], "option"),
        ([MAYBE, PERHAPS_NOT], "uncertain"),
        ([FOR, NO, again(PERHAPS_NOT, "Q")], "uncertain"),
        ([FOR, NO, again(NO, "Q")], "not_recommended"),
    ],
)
def test_one_word_for_all(words: list[Statement], expected: str) -> None:
    for listed in (words, words[::-1]):
        found = planned(drafted(treatment("thing", *listed)), "thing")
        assert found.status == expected
        assert len(found.statements) == len(words)
        sides = {one.direction for one in words} - {"neither"}
        assert any("the bodies disagree" in why for why in found.why) is (len(sides) == 2)


def test_of_each_body_the_latest_statement_counts() -> None:
    old, new = said("against", year=2010), said("for", year=2020)
    found = planned(drafted(treatment("thing", old, new)), "thing")
    assert found.status == "recommended"
    assert [(one.year, one.superseded) for one in found.statements] == [(2020, False), (2010, True)]
    assert status(treatment("thing", said("for", year=2010), said("against", year=2020))) == (
        "not_recommended"
    )
    two = treatment("thing", said("for", year=2020), said("against", "conditional", year=2020))
    assert status(two) == "option"
    others = treatment("thing", said("against", year=2010, body="B"), said("for", year=2020))
    assert status(others) == "uncertain"


def test_a_statement_that_is_superseded_does_not_count() -> None:
    gone = said("against", superseded_by="nice2022ng226")
    assert status(treatment("thing", gone)) == "not_recommended"
    found = planned(drafted(treatment("thing", gone, said("for", year=2015))), "thing")
    assert found.status == "recommended"
    assert [one.superseded for one in found.statements] == [True, False]


def test_only_statements_about_the_origin_count() -> None:
    one = treatment("thing", said(), said("against", conditions=(BACK,)))
    assert status(one) == "recommended"
    assert status(one, results=(result_of(BACK, 0.6),)) == "not_recommended"


def lasting(weeks: float | None, **more: Any) -> Case:
    return Case(id="x", pain=(Pain(site="low_back", duration_weeks=weeks, **more),))


@pytest.mark.parametrize(
    ("case", "acute", "persistent"),
    [
        (lasting(11.9), True, False),
        (lasting(12.0), False, True),
        (lasting(None), True, True),
        (Case(id="x"), True, True),
        (Case(id="x", complaint="longstanding"), False, True),
        (lasting(500.0, course="longstanding"), False, True),
        (
            Case(id="x", pain=(
                Pain(site="low_back", duration_weeks=500.0, course="longstanding"),
                Pain(site="neck", duration_weeks=2.0),
            )),
            True, False,
        ),
        (
            Case(id="x", pain=(
                Pain(site="low_back", duration_weeks=50.0), Pain(site="neck", duration_weeks=2.0),
            )),
            False, True,
        ),
    ],
)  # fmt: skip
def test_a_statement_counts_in_its_phase(case: Case, acute: bool, persistent: bool) -> None:
    for phase, counts in (("acute", acute), ("persistent", persistent), ("any", True)):
        one = treatment("thing", said(phase=phase))
        assert (status(one, case=case) == "recommended") is counts, phase
        whole = treatment("thing", said(), phase=phase)
        assert (status(whole, case=case) == "recommended") is counts, phase
        shown = planned(drafted(whole, case=case), "thing").statements
        assert [statement.applies for statement in shown] == [counts]


def test_a_treatment_of_one_phase_keeps_its_warnings_in_the_other() -> None:
    one = treatment("thing", said(), said("against", body="B"), phase="acute")
    found = planned(drafted(one, case=lasting(30)), "thing")
    assert [said.applies for said in found.statements] == [False, True]
    assert "advised against" in found.why[0]


HEAVY = {"finding": "obesity"}


@pytest.mark.parametrize(
    ("state", "praise", "warning"),
    [("present", True, True), ("absent", False, False), (None, False, True)],
)
def test_in_doubt_only_a_warning_counts(state: str | None, praise: bool, warning: bool) -> None:
    from tests.unit.care.test_gates import seen

    case = Case(id="x", observations=seen(obesity=state) if state else ())
    for direction, counts in (("for", praise), ("against", warning), ("neither", praise)):
        one = treatment("thing", said(direction, when=HEAVY))
        (shown,) = planned(drafted(one, case=case), "thing").statements
        assert shown.applies is counts, direction


def test_a_judgement_counts_only_when_nobody_else_speaks() -> None:
    own = said("against", basis="judgement", body="Kinechain", reason="r")
    assert status(treatment("thing", own)) == "not_recommended"
    assert status(treatment("thing", own, MAYBE)) == "option"
    assert status(treatment("thing", own, SILENT)) == "uncertain"
    elsewhere = said(conditions=(BACK,), body="B")
    assert status(treatment("thing", own, elsewhere)) == "not_recommended"
    for_others = said(phase="acute", body="B")
    assert status(treatment("thing", own, for_others), case=lasting(30)) == "not_recommended"
    for basis in ("review", "consensus"):
        assert status(treatment("thing", own, said(basis=basis, body="B"))) == "recommended"


def test_a_statement_is_shown_with_what_it_is_about() -> None:
    one = treatment("thing", said(reason="why", population="adults", basis="judgement"))
    (shown,) = planned(drafted(one), "thing").statements
    assert (shown.condition, shown.note, shown.population) == (KNEE, "why", "adults")
    (noted,) = planned(
        drafted(treatment("thing", said(note="so", reason="why"))), "thing"
    ).statements
    assert noted.note == "so"
