"""A patient's way from the link to the hand-in: by touch on a phone, by keyboard with the list."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.browser import ACCOUNT, PHONE, Site, Watch, expect
from tests.support.looks import cut, tab_to, violations
from tests.support.patient import (
    KNEE,
    MOST_SCREENS,
    at_step,
    button,
    fill_in,
    go_on,
    kind_of,
    leave,
    tile,
)

PHONES = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
WORDS = re.compile("front of the left knee", re.IGNORECASE)


def look(page: Any) -> None:
    """What has to hold of every screen, in light and dark."""
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page)
    page.emulate_media(color_scheme="light")
    found["phone"] = cut(page)
    wrong = [f"{where}: {one}" for where, what in found.items() for one in what]
    assert not wrong, "\n".join([page.url, *wrong])
    assert page.locator("h1").count() == 1


def given_link(page: Any, site: Site, name: str) -> str:
    """A clinician begins a record and makes a link, which is shown as address and QR code."""
    page.goto("/worklist")
    page.get_by_role("link", name="New person").click()
    page.get_by_label("Name or number").fill(name)
    page.get_by_role("button", name="Begin the record").click()
    page.get_by_role("button", name="Link for the patient").click()
    picture = page.get_by_role("img", name="QR code")
    assert picture.evaluate("(one) => one.complete && one.naturalWidth > 0")
    assert not violations(page)
    address = page.get_by_label("Address").input_value()
    assert address.startswith(f"{site.origin}/open/")
    return address


def person_called(site: Site, name: str) -> str:
    with site.store.reading() as tx:
        (found,) = tx.worklist.find(name)
    return found.person


@pytest.mark.slow
def test_by_touch_on_a_phone(site: Site, open_page: Any) -> None:
    desk = open_page(ACCOUNT)
    address = given_link(desk, site, "Phone, by")
    page = open_page(**PHONES)
    page.goto(address)
    look(page)
    button(page, "Begin").tap()
    page.wait_for_url("**/intake/consent")

    seen: list[str] = []
    for _ in range(MOST_SCREENS):
        kind = kind_of(page)
        if kind not in seen:
            look(page)
        seen.append(kind)
        if kind == "overview":
            break
        if kind == "where":
            page.locator(KNEE).first.tap()
            expect(page.locator(".chosen")).to_contain_text(WORDS)
        else:
            fill_in(page, kind, lambda one: one.tap())
        go_on(page, lambda kind=kind: leave(page, kind, lambda one: one.tap()))
    else:
        raise AssertionError(f"it never ends: {seen}")
    print(f"screens: {len(seen)}, of which questions: {seen.count('question')}")
    expect(page.locator("dl.lines").first).to_contain_text(WORDS)
    go_on(page, lambda: button(page, "Hand in").tap())
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    look(page)
    go_on(page, lambda: button(page, "Close").tap())
    look(page)
    page.goto("/intake")
    expect(page).to_have_url("/sign-in")  # nothing of it is left on the device

    person = person_called(site, "Phone, by")
    with site.store.reading() as tx:
        facts = {one.key: one.entry for one in tx.facts.history(person)}
    assert facts["pain"]["site"] == "knee_anterior"
    assert facts["pain"]["intensity"] == 7
    assert "consent" in facts
    desk.goto("/worklist?group=waiting")
    expect(desk.get_by_role("row", name="Phone, by")).to_contain_text("Review")


@pytest.mark.slow
def test_by_keyboard_with_the_list(site: Site, open_page: Any) -> None:
    person = site.person("Keys, by")
    page = open_page()
    page.goto(f"/open/{site.link(person)}")

    def press(one: Any) -> None:
        """Reach it with the tabulator key, and press space."""
        words = one.inner_text().strip()
        inner = one.locator("input")
        if inner.count() and inner.get_attribute("type") == "radio":
            group = inner.get_attribute("name")
            for _ in range(80):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.name") == group:
                    break
            for _ in range(20):
                page.keyboard.press("Space")
                if inner.is_checked():
                    return
                page.keyboard.press("ArrowRight")
                if inner.is_checked():
                    return
            raise AssertionError(f"the keyboard does not choose {words}")
        tab_to(page, words)
        page.keyboard.press("Space" if inner.count() else "Enter")

    press(button(page, "Begin"))
    page.wait_for_url("**/intake/consent")
    questions = 0
    for _ in range(MOST_SCREENS):
        kind = kind_of(page)
        if kind == "overview":
            break
        if kind == "where":
            tab_to(page, "Use a list instead of the picture")
            page.keyboard.press("Enter")
            tab_to(page, "Find a place in the list")
            page.keyboard.type("knee")
            tab_to(page, "front of the left knee")
            page.keyboard.press("Space")
            expect(page.locator(".chosen")).to_contain_text(WORDS)
        else:
            fill_in(page, kind, press)
        questions += kind == "question"
        if questions == 2:
            go_on(page, lambda: press(button(page, "No more questions, please")))
        else:
            go_on(page, lambda kind=kind: leave(page, kind, press))
    go_on(page, lambda: press(button(page, "Hand in")))
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    with site.store.reading() as tx:
        pains = [one.entry for one in tx.facts.history(person) if one.key == "pain"]
    assert [one["site"] for one in pains] == ["knee_anterior"]


def drafted(site: Site, person: str) -> str:
    with site.store.reading() as tx:
        return str([one.content for one in tx.drafts.of_person(person)])


def test_a_lost_connection_loses_no_answer(site: Site, open_page: Any, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    person = site.person("Network, lost")
    page = open_page(**PHONES)
    at_step(page, site, person, "strength")
    fill_in(page, "strength", lambda one: one.tap())
    page.context.set_offline(True)
    button(page, "Next").tap()
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet. It is kept on this device")
    assert tile(page, "7").locator("input").is_checked()
    before = drafted(site, person)
    go_on(page, lambda: page.context.set_offline(False))
    assert kind_of(page) == "kind"
    assert drafted(site, person) != before
    # Closed in the midst, and opened again: it goes on where it was.
    page.close()
    again = page.context.new_page()
    again.goto("/intake")
    assert kind_of(again) == "kind"
    again.goto("/intake/step/strength")
    assert tile(again, "7").locator("input").is_checked()


def test_two_windows_of_one_patient(site: Site, open_page: Any, watch: Watch) -> None:
    watch.expect("status of 409")
    person = site.person("Windows, two")
    one = open_page()
    at_step(one, site, person, "strength")
    other = one.context.new_page()
    other.goto("/intake/step/strength")
    tile(one, "7").click()
    go_on(one, lambda: button(one, "Next").click())
    tile(other, "3").click()
    button(other, "Next").click()
    expect(other.get_by_role("alert")).to_contain_text("You answered this in another window too")
    assert not violations(other)
    go_on(other, lambda: button(other, "Next").click())
    one.goto("/intake/step/strength")
    assert tile(one, "3").locator("input").is_checked()


def test_a_link_opens_once_and_ends_the_session_of_the_staff(
    site: Site, open_page: Any, watch: Watch
) -> None:
    watch.expect("status of 403", "status of 410")
    person = site.person("Link, used")
    link = f"/open/{site.link(person)}"
    desk = open_page(ACCOUNT)
    desk.goto(link)
    expect(desk.get_by_text("Anna is signed in on this device")).to_be_visible()
    go_on(desk, lambda: button(desk, "Begin").click())
    desk.goto("/worklist")
    expect(desk.get_by_role("heading", name="Not allowed")).to_be_visible()
    stranger = open_page()
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="This link has ended")).to_be_visible()


def test_to_stop_deletes_what_was_entered(site: Site, open_page: Any) -> None:
    person = site.person("Stop, to")
    page = open_page(**PHONES)
    at_step(page, site, person, "strength")
    go_on(page, lambda: page.get_by_role("link", name="Pause or stop").tap())
    look(page)
    go_on(page, lambda: button(page, "Stop and delete my answers").tap())
    expect(page.get_by_role("heading", name="You have stopped")).to_be_visible()
    assert "knee" not in drafted(site, person)
