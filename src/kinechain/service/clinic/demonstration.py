"""Demonstration patients: published cases, marked as such, and one account to look at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from kinechain.domain.record import Credentials, FactKey
from kinechain.knowledge import Knowledge
from kinechain.service.clinic.accounts import Accounts
from kinechain.service.clinic.assessments import Assessments
from kinechain.service.clinic.document import LISTS, ONE, STATES
from kinechain.service.clinic.records import NewFact, Records
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store

NAME = "demo"
ACTOR = "command:demonstration"
MOST = 100


def facts_of(case: Mapping[str, Any]) -> list[NewFact]:
    """The facts that a case file holds.

    Parameters
    ----------
    case
        The content of a case file, with the keys as the format names them.
    """
    found = [NewFact(_key(name), case[name]) for name in ONE if name in case]
    for key, name in LISTS.items():
        entries = case.get(name, [])
        found += [NewFact(_key(key), one) for one in _listed(entries)]
    findings = case.get("findings", {})
    for key, state in STATES.items():
        found += [NewFact(_key(key), one) for one in _listed(findings.get(state, []))]
    return found


def _key(name: str) -> FactKey:
    return msgspec.convert(name, FactKey)


def _listed(entries: Any) -> list[Any]:
    """Entries as plain JSON; a mapping of names stands for several."""
    if isinstance(entries, dict):
        entries = [{name: value} for name, value in entries.items()]
    if not isinstance(entries, list):
        entries = [entries]
    return msgspec.json.decode(msgspec.json.encode(entries))


def add_demonstration(store: Store, accounts: Accounts) -> str:
    """Add the demonstration patients where they are missing, and give the account a password.

    They are not assessed yet, which takes a while; see :func:`assess_demonstration`.

    Parameters
    ----------
    store
        A database for nothing else.
    accounts
        Of the same store.

    Returns
    -------
    str
        The password of the account ``demo``, good until the next start.
    """
    password = accounts.sources.random(9).hex()
    with store.reading() as tx:
        user, empty = tx.users.by_name(NAME), tx.persons.count() == 0
    if user is None:
        accounts.add(NAME, ("clinician", "therapist", "administrator"), password,
                     display_name="Demonstration", actor=ACTOR)  # fmt: skip
    else:
        with store.writing(ACTOR) as tx:
            tx.users.set_credentials(
                user.id, Credentials(password_hash=accounts.passwords.hash(password))
            )
    if empty:
        _add_patients(store, accounts.sources)
    return password


def assess_demonstration(
    store: Store,
    knowledge: Knowledge,
    sources: Sources,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Assess the demonstration patients that are not assessed yet; how many there were.

    Parameters
    ----------
    store
        With the patients.
    knowledge
        With which they are assessed.
    sources
        Time and chance.
    told
        Hears how many of how many are done, also before the first.
    """
    records, assessments = Records(store, sources), Assessments(store, knowledge, sources)
    with store.reading() as tx:
        lines = tx.worklist.page(limit=MOST)
        waiting = [one.person for one in lines if one.assessment is None and one.is_demonstration]
    for done, person in enumerate(waiting):
        told(done, len(waiting))
        with store.reading() as tx:
            record = records.read(tx, person)
        assert record is not None, "it is in the worklist"
        assessments.make(record, ACTOR, waiting_for_review=True)
    return len(waiting)


def _add_patients(store: Store, sources: Sources) -> None:
    records = Records(store, sources)
    folder = files("kinechain") / "examples" / "demonstration"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        content = yaml.safe_load(file.read_text("utf-8"))
        source = f"Published case: {content['source']['citation']}. {content['source']['url']}"
        facts = [*facts_of(content["record"]), NewFact("note", source)]
        records.begin(content["name"], ACTOR, is_demonstration=True, facts=facts)
