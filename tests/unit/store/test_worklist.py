from __future__ import annotations

import itertools
from datetime import date

import pytest

from kinechain.store import Store, StoreError
from tests.support.clinic import filled, person

TODAY = date(2026, 11, 22)
URGENCIES = ("emergency_now", "soon", None)
DUE = (date(2026, 11, 1), date(2026, 12, 24), None)


def everybody(store: Store) -> list[tuple]:
    """One person of every combination, and the order in which they are to stand."""
    combinations = list(itertools.product(URGENCIES, (True, False), DUE))
    filled(store, persons=len(combinations))
    with store.writing("anna") as tx:
        for number, (urgency, waiting, due) in enumerate(reversed(combinations), start=1):
            tx.worklist.set(
                person(number).id, urgency=urgency, waiting_for_review=waiting, follow_up_due=due
            )
    return combinations


def shown(lines) -> list[tuple]:
    return [(one.urgency, one.waiting_for_review, one.follow_up_due) for one in lines]


def test_red_flags_first_then_waiting_then_due(store: Store) -> None:
    expected = everybody(store)
    with store.reading() as tx:
        assert shown(tx.worklist.page()) == expected


@pytest.mark.parametrize("group", [None, "urgent", "waiting", "due"])
def test_pages_are_the_whole_list(store: Store, group) -> None:
    everybody(store)
    with store.reading() as tx:
        whole = tx.worklist.page(group=group, today=TODAY)
        pages, after = [], None
        while page := tx.worklist.page(group=group, today=TODAY, after=after, limit=4):
            pages += page
            after = page[-1].person
        counts = tx.worklist.counts(TODAY)
        with pytest.raises(StoreError, match="There is no person"):
            tx.worklist.page(after="nobody")
    assert tuple(pages) == whole
    assert len(whole) == {**counts, None: 18}[group]
    assert counts == {"urgent": 12, "waiting": 9, "due": 6}


def test_a_group_holds_those_and_no_others(store: Store) -> None:
    expected = everybody(store)
    with store.reading() as tx:
        assert shown(tx.worklist.page(group="urgent")) == [one for one in expected if one[0]]
        assert shown(tx.worklist.page(group="waiting")) == [one for one in expected if one[1]]
        due = tx.worklist.page(group="due", today=TODAY)
        assert {one.follow_up_due for one in due} == {date(2026, 11, 1)}
        assert tx.worklist.page(group="due", today=date(2026, 10, 31)) == ()
        assert len(tx.worklist.page(group="due")) == 6  # by the transaction's own day


def test_what_is_not_named_stays(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.worklist.set("person-000001", urgency="soon", follow_up_due=TODAY)
        tx.worklist.set("person-000001", waiting_for_review=True)
        tx.worklist.set("person-000001", follow_up_due=None)
        line = tx.worklist.get("person-000001")
        entry = tx.audit.head()
    assert line is not None
    assert (line.urgency, line.waiting_for_review, line.follow_up_due) == ("soon", True, None)
    assert entry is not None
    assert entry.detail == {"follow_up_due": None}
    with pytest.raises(StoreError, match="There is no person"), store.writing("anna") as tx:
        tx.worklist.set("nobody", urgency=None)


def test_somebody_is_found_by_the_beginning_of_the_label(store: Store) -> None:
    labels = ["Müller, Zoë", "MULLER, Adam", "Mulligan", "Zorro", "Łukasz", "100 %", "李小龍"]
    with store.writing("anna") as tx:
        for number, label in enumerate(labels, start=1):
            tx.persons.add(person(number, label=label))
    with store.reading() as tx:
        found = tx.worklist.find("mülle")
        assert [one.label for one in found] == ["MULLER, Adam", "Müller, Zoë"]
        assert tx.worklist.find("mulle", after=found[0].person, limit=1) == (found[1],)
        assert [one.label for one in tx.worklist.find("100 %")] == ["100 %"]
        assert [one.label for one in tx.worklist.find("lukas")] == ["Łukasz"]
        assert [one.label for one in tx.worklist.find("李")] == ["李小龍"]
        assert tx.worklist.find("%") == ()
        assert tx.worklist.find("' OR 1=1 --") == ()
        assert len(tx.worklist.find("")) == len(labels)
        with pytest.raises(StoreError, match="There is no person"):
            tx.worklist.find("m", after="nobody")
