from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kinechain.domain.record import Opinion
from kinechain.store import Store, StoreError
from tests.support.clinic import KNOWLEDGE, START, assessment, fact, filled

ANNA = "person-000001"


def opinion(name: str, on: str, origin: str = "hip_oa.left", **fields) -> Opinion:
    fields = {"decision": "confirmed", "reason": "X-ray", **fields}
    return Opinion(id=name, assessment=on, origin=origin, by="ben", at=START, **fields)


def test_an_assessment_is_read_as_it_was_with_its_knowledge(store: Store) -> None:
    filled(store)
    numbers = {"a": 0.1 + 0.2, "b": 1e-300, "c": [1 / 3, -0.0, 5e-324], "d": "µ ✓", "e": None}
    given = assessment("one", result=numbers, input_text="pain: [knee]  # Müller\n", revision=1)
    with store.writing("anna") as tx:
        tx.facts.add(ANNA, [fact("a")])
        tx.assessments.add(given)
    with store.reading() as tx:
        found = tx.assessments.get("one")
        assert tx.assessments.latest(ANNA) == found
        assert tx.knowledge.get(KNOWLEDGE) == b"all that is known" * 100
        assert tx.knowledge.versions() == (KNOWLEDGE,)
        assert tx.assessments.get("two") is None
        assert tx.assessments.latest("nobody") is None
    assert found is not None
    assert found.result == numbers
    assert (found.input_text, found.seed, found.draws) == (given.input_text, 7, 200)
    assert (found.revision, found.number, found.at) == (1, 1, START)


def test_the_latest_is_the_last_that_was_made_whatever_its_time(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.assessments.add(assessment("z-first"))
        tx.assessments.add(assessment("a-second"))
        latest = tx.assessments.latest(ANNA)
        overview = tx.assessments.overview(ANNA)
    assert latest is not None
    assert latest.id == "a-second"
    assert [one.id for one in overview] == ["a-second", "z-first"]
    assert overview[0].result == {}


def test_what_it_rests_on_must_be_there(store: Store) -> None:
    with pytest.raises(StoreError, match="There is no person"), store.writing("anna") as tx:
        tx.assessments.add(assessment("one"))
    filled(store)
    unknown = msgspec.structs.replace(assessment("one"), knowledge_version="another")
    with pytest.raises(StoreError, match="There is no knowledge"), store.writing("anna") as tx:
        tx.assessments.add(unknown)
    with pytest.raises(StoreError, match="There is no knowledge"), store.reading() as tx:
        tx.knowledge.get("another")
    with pytest.raises(StoreError, match="There is no assessment"), store.writing("ben") as tx:
        tx.opinions.add(opinion("o", on="another"))


def test_knowledge_is_kept_once(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        before = tx.audit.head()
        tx.knowledge.keep(KNOWLEDGE, b"compiled by another program")
        assert tx.audit.head() == before
        assert tx.knowledge.get(KNOWLEDGE) == b"all that is known" * 100


def test_an_assessment_moves_the_person_s_line(store: Store) -> None:
    filled(store)
    with store.writing("anna") as tx:
        tx.assessments.add(
            assessment("one"), urgency="same_day", waiting_for_review=True,
            follow_up_due=date(2026, 12, 1), leading="Hip osteoarthritis, left",
        )  # fmt: skip
    with store.reading() as tx:
        line = tx.worklist.get(ANNA)
    assert line is not None
    assert (line.urgency, line.waiting_for_review) == ("same_day", True)
    assert (line.follow_up_due, line.leading) == (date(2026, 12, 1), "Hip osteoarthritis, left")
    assert (line.assessment, line.assessed_at) == ("one", START)


def test_a_later_opinion_takes_the_place_of_an_earlier_and_both_are_kept(store: Store) -> None:
    filled(store)
    with store.writing("ben") as tx:
        tx.assessments.add(assessment("one"))
        tx.assessments.add(assessment("two"))
        tx.opinions.add(opinion("o1", on="one"))
        tx.opinions.add(opinion("o2", on="one", decision="rejected", reason="no groin pain"))
        tx.opinions.add(opinion("o3", on="one", origin="l5_root.left"))
        tx.opinions.add(opinion("o4", on="two"))
    with store.reading() as tx:
        standing = tx.opinions.standing("one")
        assert [one.id for one in tx.opinions.history("one")] == ["o1", "o2", "o3"]
        assert [one.id for one in tx.opinions.of_person(ANNA)] == ["o1", "o2", "o3", "o4"]
    assert {origin: one.id for origin, one in standing.items()} == {
        "hip_oa.left": "o2", "l5_root.left": "o3",
    }  # fmt: skip
    assert standing["hip_oa.left"].reason == "no groin pain"
