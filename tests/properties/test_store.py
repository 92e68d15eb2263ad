"""Whoever writes when: nothing that was acknowledged is lost, and no correction overwrites another.

The record is compared with a model of a few lines, after forms that were filled in for a while
and sent in any order, and after writers that write at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from kinechain.domain.record import SINGLE_KEYS, Fact
from kinechain.store import Conflict, Store, open_store, verify
from tests.support.clinic import KINDS, fact, new_address, person

KEYS = ("pain", "drug", "height", "complaint")
_persons = count(1)


@pytest.fixture(scope="module", params=KINDS)
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Store]]:
    """Two doors to one database, as two processes have."""
    address = new_address(request.param, tmp_path_factory.mktemp("store"))
    with open_store(address) as one, open_store(address) as other:
        yield one, other
        with one.reading() as tx:
            assert verify(tx).broken is None


@dataclass
class Form:
    """What somebody has before them: the record as it was when they opened it."""

    revision: int = 0
    facts: tuple[Fact, ...] = ()


@dataclass
class Model:
    """The record as it must be."""

    history: list[Fact] = field(default_factory=list)
    revision: int = 0
    seen_at: dict[str, int] = field(default_factory=dict)

    def refuses(self, new: Fact, form: Form) -> bool:
        """Whether a fact meets one that its writer has not seen."""
        if new.replaces is not None:
            return any(one.replaces == new.replaces for one in self.history)
        return new.key in SINGLE_KEYS and any(
            one.key == new.key and not one.withdrawn and self.seen_at[one.id] > form.revision
            for one in self.history
        )

    def add(self, new: Fact) -> None:
        self.revision += 1
        self.history.append(new)
        self.seen_at[new.id] = self.revision

    def current(self) -> list[str]:
        replaced = {one.replaces for one in self.history}
        return [one.id for one in self.history if one.id not in replaced and not one.withdrawn]


def new_person(store: Store) -> str:
    made = person(next(_persons))
    with store.writing("anna") as tx:
        tx.persons.add(made)
    return made.id


steps = st.lists(
    st.tuples(
        st.integers(0, 2),  # who
        st.sampled_from(["look", "add", "correct", "withdraw"]),
        st.sampled_from(KEYS),
        st.integers(0, 30),  # which of the facts before them
    ),
    max_size=25,
)


@settings(max_examples=30)
@given(steps)
def test_forms_that_were_open_for_a_while(stores: tuple[Store, Store], steps) -> None:
    of = new_person(stores[0])
    forms, model = [Form(), Form(), Form()], Model()
    for number, (who, what, key, which) in enumerate(steps):
        store, form = stores[who % 2], forms[who]
        if what == "look":
            with store.reading() as tx:
                holder = tx.persons.known(of)
                forms[who] = Form(holder.revision, tx.facts.current(of))
            continue
        target = form.facts[which % len(form.facts)] if form.facts else None
        replaces = target.id if target is not None and what != "add" else None
        new = fact(f"{of}n{number}", of=of, key=key, entry=number, replaces=replaces,
                   withdrawn=what == "withdraw" and replaces is not None)  # fmt: skip
        if model.refuses(new, form):
            with pytest.raises(Conflict) as caught, store.writing(f"w{who}") as tx:
                tx.facts.add(of, [new], expected_revision=form.revision)
            assert caught.value.mine == new.id
            assert caught.value.theirs in {one.id for one in model.history}
            continue
        with store.writing(f"w{who}") as tx:
            holder = tx.facts.add(of, [new], expected_revision=form.revision)
        model.add(new)
        assert holder.revision == model.revision
    with stores[1].reading() as tx:
        assert [one.id for one in tx.facts.history(of)] == [one.id for one in model.history]
        assert [one.id for one in tx.facts.current(of)] == model.current()


@settings(max_examples=4)
@given(
    writers=st.lists(
        st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=8),
        min_size=2, max_size=5,
    )
)  # fmt: skip
def test_writers_at_the_same_time(stores: tuple[Store, Store], writers) -> None:
    of = new_person(stores[0])
    first = [fact(f"{of}f{number}", of=of, entry=number) for number in range(10)]
    with stores[0].writing("anna") as tx:
        before = tx.facts.add(of, first)
    kept: list[str] = [one.id for one in first]
    refused: list[tuple[str, Conflict]] = []
    faults: list[BaseException] = []
    start = threading.Barrier(len(writers))

    def write(name: str, store: Store, todo) -> None:
        try:
            start.wait(30)
            for number, (corrects, which) in enumerate(todo):
                new = fact(f"{of}{name}n{number}", of=of, entry=name,
                           replaces=first[which].id if corrects else None)  # fmt: skip
                try:
                    with store.writing(name) as tx:
                        tx.facts.add(of, [new], expected_revision=before.revision)
                except Conflict as error:
                    refused.append((first[which].id, error))
                else:
                    kept.append(new.id)
        except BaseException as error:  # noqa: BLE001 - it belongs to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=write, args=(f"w{number}", stores[number % 2], todo))
               for number, todo in enumerate(writers)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with stores[0].reading() as tx:
        history = tx.facts.history(of)
        holder = tx.persons.known(of)
    assert sorted(one.id for one in history) == sorted(kept)
    assert holder.revision == 1 + len(kept) - len(first)
    by_replaced = {one.replaces: one.id for one in history if one.replaces}
    assert len(by_replaced) == sum(one.replaces is not None for one in history)
    for replaced, error in refused:  # every refusal names the correction that stands
        assert error.theirs == by_replaced[replaced]
        assert error.mine not in kept
    asked = sum(corrects for todo in writers for corrects, _ in todo)
    assert len(by_replaced) + len(refused) == asked
