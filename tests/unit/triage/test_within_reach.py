"""Which answers are steps towards a red flag."""

from __future__ import annotations

from kinechain.domain.case import Case, Observation, Pain
from kinechain.domain.concepts import Citation, RedFlag
from kinechain.triage.triage import read_flags
from kinechain.triage.within_reach import Reachable, within_reach

BACK = Case(id="x", pain=(Pain(site="low_back"),))


def flag(rule: dict) -> RedFlag:
    return RedFlag(id="f", label="F", condition="c", urgency="same_day", rule=rule, action="do",
                   sources=(Citation(source="s", where="w"),))  # fmt: skip


def reached(rule: dict, case: Case = BACK, most: int = 2) -> list[Reachable]:
    return list(within_reach(case, read_flags([flag(rule)]), {}, most))


def names(one: Reachable) -> set[str]:
    return {leaf.finding for leaf in one.findings}


def test_one_answer_away() -> None:
    (one,) = reached({"all": [{"site": "low_back"}, {"any": [{"finding": "a"}, {"finding": "b"}]}]})
    assert (one.answers, names(one)) == (1, {"a", "b"})
    assert one.in_region
    assert not one.started
    assert not one.anywhere


def test_of_two_open_parts_the_smaller_is_asked_first() -> None:
    many = {"any": [{"finding": "a"}, {"finding": "b"}, {"finding": "c"}]}
    (one,) = reached({"all": [{"site": "low_back"}, many, {"finding": "rare"}]})
    assert (one.answers, names(one)) == (2, {"rare"})


def test_at_least_two_of_three() -> None:
    rule = {"at_least": {"count": 2, "of": [{"finding": "a"}, {"finding": "b"}, {"finding": "c"}]}}
    (one,) = reached(rule)
    assert (one.answers, names(one), one.anywhere) == (2, {"a", "b", "c"}, True)
    case = Case(id="x", observations=(Observation(finding="a", state="present"),))
    (one,) = reached(rule, case)
    assert (one.answers, names(one), one.started) == (1, {"b", "c"}, True)


def test_only_the_shortest_way_counts() -> None:
    rule = {"any": [{"finding": "a"}, {"all": [{"finding": "b"}, {"finding": "c"}]}]}
    (one,) = reached(rule)
    assert names(one) == {"a"}


def test_what_is_decided_or_far_or_unreadable_is_left_out() -> None:
    present = Case(id="x", observations=(Observation(finding="a", state="present"),))
    absent = Case(id="x", observations=(Observation(finding="a", state="absent"),))
    assert not reached({"finding": "a"}, present)
    assert not reached({"finding": "a"}, absent)
    assert not reached({"all": [{"finding": "a"}, {"finding": "b"}]}, most=1)
    assert not reached({"nonsense": "a"})
    assert not reached({"not": {"finding": "a"}})
    assert not reached({"age": {"at_least": 3}})
