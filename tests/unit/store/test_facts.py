from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from kinechain.store import Conflict, Store, StoreError
from tests.support.clinic import START, Clock, fact, filled, person

ANNA = "person-000001"


def keys(store: Store, of: str = ANNA) -> list[str]:
    with store.reading() as tx:
        return [one.id for one in tx.facts.current(of)]


def test_what_is_recorded_is_read_as_it_was(store: Store) -> None:
    filled(store)
    entries = [{"site": "knee", "quality": ["aching"]}, "Müller's note, \u2028 '\"\\", 36.8,
               0.1 + 0.2, ["penicillin"], None, {"b": 1, "a": 2}]  # fmt: skip
    given = [fact(f"f{n}", entry=one, on=date(2026, 11, 20)) for n, one in enumerate(entries)]
    with store.writing("anna") as tx:
        after = tx.facts.add(ANNA, given, expected_revision=0)
    with store.reading() as tx:
        found = tx.facts.current(ANNA)
        assert tx.persons.get(ANNA) == after
    assert after.revision == 1
    assert [one.entry for one in found] == entries
    assert list(found[-1].entry) == ["b", "a"]
    assert [one.number for one in found] == [1, 2, 3, 4, 5, 6, 7]
    assert {one.revision for one in found} == {1}
    assert found[0].at == START
    assert found[0].on == date(2026, 11, 20)


def test_additions_of_two_writers_stand_beside_each_other(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a")], expected_revision=0)
    with store.writing("ben") as tx:
        after = tx.facts.add(ANNA, [fact("b")], expected_revision=0)
        assert [one.id for one in tx.facts.since(ANNA, 0)] == ["a", "b"]
    assert after.revision == 2
    assert keys(store) == ["a", "b"]


def test_a_correction_leaves_what_it_corrects(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a"), fact("b", key="drug", entry="ibuprofen")])
        tx.facts.add(ANNA, [fact("a2", entry={"site": "hip"}, replaces="a")])
        tx.facts.add(ANNA, [fact("b2", key="drug", replaces="b", withdrawn=True)])
        assert [one.id for one in tx.facts.history(ANNA)] == ["a", "b", "a2", "b2"]
    assert keys(store) == ["a2"]


def test_the_second_correction_of_a_fact_is_refused_and_names_both(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a")])
        tx.facts.add(ANNA, [fact("a-by-anna", replaces="a")])
    with pytest.raises(Conflict) as caught, store.writing("ben") as tx:
        tx.facts.add(ANNA, [fact("new"), fact("a-by-ben", replaces="a")])
    assert (caught.value.mine, caught.value.theirs) == ("a-by-ben", "a-by-anna")
    assert "a-by-anna" in str(caught.value)
    assert "a-by-ben" in str(caught.value)
    assert keys(store) == ["a-by-anna"]  # and nothing else of Ben's


def test_two_corrections_of_a_fact_in_one_go(store: Store) -> None:
    filled(store)
    with pytest.raises(Conflict), store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a"), fact("b", replaces="a"), fact("c", replaces="a")])
    assert keys(store) == []


def test_a_value_that_a_case_has_once_is_not_recorded_twice_unseen(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("tall", key="height", entry="180 cm")], expected_revision=0)
    with pytest.raises(Conflict, match="height") as caught, store.writing("ben") as tx:
        tx.facts.add(ANNA, [fact("small", key="height", entry="160 cm")], expected_revision=0)
    assert (caught.value.mine, caught.value.theirs) == ("small", "tall")
    with store.writing("ben") as tx:  # who has seen it may add a newer one
        tx.facts.add(ANNA, [fact("small", key="height", entry="160 cm")], expected_revision=1)
    assert keys(store) == ["tall", "small"]


def test_the_same_request_twice_does_no_harm(store: Store) -> None:
    filled(store)
    for moment in (START, START + timedelta(minutes=1)):
        with store.writing("anna") as tx:
            given = fact("a", on=date(2026, 11, 1), entry={"on": date(2026, 11, 1)})
            given = msgspec.structs.replace(given, at=moment)
            after = tx.facts.add(ANNA, [given], expected_revision=0)
    assert after.revision == 1
    assert keys(store) == ["a"]
    with pytest.raises(Conflict), store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a", entry="another")])


@pytest.mark.parametrize(
    "wrong",
    [
        fact("x", of="person-000002"),
        fact("x", key="colour"),
        fact("x", withdrawn=True),
        fact("x", replaces="nothing"),
        fact("x", replaces="of-ben"),
    ],
)
def test_a_wrongly_made_fact_is_refused(store: Store, wrong) -> None:
    filled(store, persons=2)
    with store.writing("anna") as tx:
        tx.facts.add("person-000002", [fact("of-ben", of="person-000002")])
    with pytest.raises(StoreError) as caught, store.writing("anna") as tx:
        tx.facts.add(ANNA, [wrong])
    assert caught.value.kind == "misuse"
    assert keys(store) == []


def test_nobody_is_not_recorded_about(store: Store) -> None:
    with pytest.raises(StoreError, match="There is no person"), store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a")])


def test_a_clock_that_jumps_back_changes_no_order(store: Store, clock: Clock) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("first")])
    clock.now -= timedelta(days=400)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("second", replaces="first")])
        tx.facts.add(ANNA, [fact("third")])
    with store.reading() as tx:
        assert [one.id for one in tx.facts.history(ANNA)] == ["first", "second", "third"]
        numbers = [entry.number for entry in tx.audit.entries()]
        last = tx.audit.head()
    assert numbers == list(range(1, len(numbers) + 1))
    assert last is not None
    assert last.at < START
    assert keys(store) == ["second", "third"]


def test_a_person_is_corrected_by_who_saw_the_record_as_it_is(store: Store) -> None:
    filled(store)
    renamed = person(label="Anna B.", birth_date=date(1960, 2, 29), sex="female")
    with store.writing("anna") as tx:
        after = tx.persons.change(renamed, expected_revision=0)
        assert tx.worklist.find("anna b") == (tx.worklist.get(ANNA),)
    assert (after.revision, after.label, after.birth_date) == (1, "Anna B.", date(1960, 2, 29))
    with pytest.raises(Conflict, match="revision 0 was seen, 1 stands"), store.writing("ben") as tx:
        tx.persons.change(person(label="Another"), expected_revision=0)
    with pytest.raises(Conflict), store.writing("ben") as tx:
        tx.persons.add(person())
    with store.reading() as tx:
        assert tx.persons.get(ANNA) == after
        assert tx.persons.count() == 1


def test_reading_cannot_write(store: Store) -> None:
    filled(store)
    with pytest.raises(StoreError, match="only reads"), store.reading() as tx:
        tx.facts.add(ANNA, [fact("a")])


def test_an_error_in_the_block_keeps_nothing(store: Store) -> None:
    filled(store)
    with pytest.raises(ZeroDivisionError), store.writing("anna") as tx:
        assert tx.facts.add(ANNA, [fact("a")]).revision / 0
    assert keys(store) == []


def test_a_correction_of_what_comes_in_the_same_request(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a"), fact("b", replaces="a"), fact("a"), fact("c", replaces="b")])
    assert keys(store) == ["c"]
    with pytest.raises(Conflict, match="another fact"), store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("d", entry=1), fact("d", entry=2)])
    assert keys(store) == ["c"]
