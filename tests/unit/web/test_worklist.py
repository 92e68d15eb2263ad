"""The worklist: order, groups, searching without a name in an address."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from kinechain.service.clinic.records import Records
from tests.support.web import Web

EVIL = "<img src=x onerror=alert(1)>"


def begun(web: Web, label: str, **line: Any) -> str:
    person = Records(web.store, web.sources).begin(label, "anna").id
    with web.store.writing("anna") as tx:
        tx.worklist.set(person, **line)
    return person


def shown(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/persons/(\w+)">', text)


def test_what_cannot_wait_comes_first(web: Web) -> None:
    calm = begun(web, "Calm")
    due = begun(web, "Due", follow_up_due=date(2026, 1, 1))
    waiting = begun(web, "Waiting", waiting_for_review=True)
    urgent = begun(web, "Urgent", urgency="same_day")
    found = shown(web.as_("clinician").get("/worklist").text)
    assert found[:3] == [urgent, waiting, due]
    assert calm in found


@pytest.mark.parametrize(
    ("group", "line"),
    [("urgent", {"urgency": "emergency_now"}), ("waiting", {"waiting_for_review": True}),
     ("due", {"follow_up_due": date(2026, 1, 1)})],
)  # fmt: skip
def test_groups_hold_those_they_name(web: Web, group: str, line: dict[str, Any]) -> None:
    person = begun(web, "One", **line)
    text = web.as_("clinician").get("/worklist", params={"group": group}).text
    assert shown(text) == [person]
    assert text.count('aria-current="page"') == 2


def test_a_name_is_found_by_its_beginning_and_never_stands_in_an_address(web: Web) -> None:
    person = begun(web, "Zorro Ångström")
    browser = web.as_("clinician")
    answer = browser.submit("/worklist", {"find": "zorro ang"})
    assert shown(answer.text) == [person]
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    assert not [one for one in addresses if "orro" in one]
    assert 'method="post"' in answer.text
    assert shown(browser.submit("/worklist", {"find": "nobody here"}).text) == []
    assert browser.get("/worklist", params={"find": "zorro"}).status_code == 200


def test_long_lists_come_in_pages(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinechain.web.pages.worklist.PAGE", 2)
    everybody = {begun(web, f"Person {number}") for number in range(3)} | {web.person, web.other}
    browser = web.as_("clinician")
    found: list[str] = []
    address: str | None = "/worklist"
    while address:
        text = browser.get(address).text
        found += shown(text)
        more = re.search(r'href="(/worklist\?group=&amp;after=\w+)"', text)
        address = more[1].replace("&amp;", "&") if more else None
    assert len(found) == len(set(found))
    assert set(found) == everybody
    first = browser.submit("/worklist", {"find": "person"}).text
    after = re.search(r'name="after" value="(\w+)"', first)
    assert after is not None
    rest = browser.submit("/worklist", {"find": "person", "after": after[1]}).text
    assert len(shown(first)) == 2
    assert len(shown(rest)) == 1


def test_after_somebody_who_is_not_there_nothing_is_found(web: Web) -> None:
    browser = web.as_("clinician")
    assert browser.get("/worklist", params={"after": "nobody"}).status_code == 404
    assert browser.submit("/worklist", {"find": "x", "after": "nobody"}).status_code == 404
    assert browser.get("/worklist", params={"group": "others"}).status_code == 422


def test_a_label_is_text(web: Web) -> None:
    begun(web, EVIL)
    browser = web.as_("clinician")
    for answer in (browser.get("/worklist"), browser.submit("/worklist", {"find": EVIL})):
        assert EVIL not in answer.text
        assert "&lt;img" in answer.text


@pytest.mark.parametrize("kind", ["nobody", "administrator", "patient"])
def test_who_does_not_care_for_patients_sees_none(web: Web, kind: Any) -> None:
    browser = web.as_(kind)
    for answer in (browser.get("/worklist"), browser.submit("/worklist", {"find": "F"})):
        assert answer.status_code in (303, 401, 403)
        assert "First" not in answer.text


def test_searching_needs_the_sessions_token(web: Web) -> None:
    answer = web.as_("clinician").post("/worklist", data={"find": "F", "csrf": "x"})
    assert answer.status_code == 403
