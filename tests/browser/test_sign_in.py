"""Signing in and out, by mouse and by keyboard, and what is said when it does not go."""

from __future__ import annotations

from typing import Any

from tests.support.browser import ACCOUNT, PASSWORD, Site, Watch, expect
from tests.support.looks import tab_to


def give(page: Any, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_and_out(open_page: Any) -> None:
    page = open_page()
    page.goto("/worklist")
    expect(page).to_have_url("/sign-in")
    give(page, ACCOUNT, PASSWORD)
    expect(page).to_have_url("/worklist")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url("/sign-in")
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/worklist")
    expect(page).to_have_url("/sign-in")


def test_sign_in_by_keyboard_alone(open_page: Any) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.type(ACCOUNT)  # the field has the focus at once
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/worklist")
    tab_to(page, "Skip to the content", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, "Sign out", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/sign-in")


def test_a_wrong_password_is_told(open_page: Any, watch: Watch) -> None:
    watch.expect("status of 401")
    page = open_page()
    page.goto("/sign-in")
    give(page, ACCOUNT, "heron kettle viola")
    expect(page.get_by_role("alert")).to_have_text("Name or password is not right.")
    assert page.get_by_label("Name").input_value() == ACCOUNT
    assert page.get_by_label("Password").input_value() == ""
    nobody = open_page()
    nobody.goto("/sign-in")
    give(nobody, "nobody", PASSWORD)
    expect(nobody.get_by_role("alert")).to_have_text("Name or password is not right.")


def test_too_many_attempts_wait_here_and_nowhere_else(
    open_page: Any, site: Site, watch: Watch
) -> None:
    watch.expect("status of 401", "status of 429")
    page = open_page()
    page.goto("/sign-in")
    for _ in range(6):
        give(page, "berta", "heron kettle viola")
    expect(page.get_by_role("alert")).to_contain_text("Too many attempts. Try again in 1 minute.")
    give(page, "berta", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Too many attempts.")
    elsewhere = open_page()
    elsewhere.goto("/sign-in")
    give(elsewhere, "berta", PASSWORD)
    expect(elsewhere).to_have_url("/worklist")


def test_an_ended_session_leads_to_the_sign_in(open_page: Any, site: Site) -> None:
    page = open_page(ACCOUNT)
    page.goto("/worklist")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "session")
    site.accounts.sign_out(token)
    page.reload()
    expect(page).to_have_url("/sign-in")
