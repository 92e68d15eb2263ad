"""A patient who goes through the intake: what to press on which screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.support.browser import Site

MOST_SCREENS = 40
KNEE = ".figure:not(.away) .region[data-place='knee_anterior.left']"
Press = Callable[[Any], None]


def kind_of(page: Any) -> str:
    """Which screen it is: `consent`, `where`, `question`."""
    parts = urlsplit(page.url).path.split("/")
    assert parts[1] == "intake", page.url
    if parts[2] == "step":
        return parts[3].partition("-")[0]
    return parts[2]


def button(page: Any, words: str) -> Any:
    return page.get_by_role("button", name=words, exact=True).first


def tile(page: Any, words: str) -> Any:
    return page.locator(
        "label.tile", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$", re.IGNORECASE)
    ).first


def go_on(page: Any, act: Callable[[], None]) -> None:
    """Do what leads to another screen, and wait for it."""
    before = page.url
    act()
    page.wait_for_url(lambda url: url != before)
    while page.locator("[data-wait]").count():  # the next question is being chosen
        page.wait_for_timeout(100)
    page.wait_for_load_state()


def fill_in(page: Any, kind: str, press: Press) -> None:
    """Answer one screen as somebody does whose left knee hurts."""
    match kind:
        case "birth":
            for name, text in (("Day", "2"), ("Month", "3"), ("Year", "1955")):
                page.get_by_label(name, exact=True).fill(text)
        case "sex":
            press(tile(page, "Female"))
        case "size":
            page.get_by_label("Height in centimetres").fill("165")
            page.get_by_label("Weight in kilos").fill("80")
        case "strength":
            press(tile(page, "7"))
        case "since":
            page.get_by_label("How many").fill("6")
            press(tile(page, "weeks"))
        case "kind" | "began" | "score":
            press(page.locator("label.tile").first)


def leave(page: Any, kind: str, press: Press) -> None:
    """Press what leads on from a screen."""
    words = {
        "consent": "I agree. Begin", "spread": "No, it stays where it is",
        "please-tell": "I have told somebody. Go on",
    }.get(kind, "Next")  # fmt: skip
    if kind == "question":
        none = button(page, "No to all of these")
        words = "No to all of these" if none.count() else "No"
    press(button(page, words))


def click(one: Any) -> None:
    """Press something with the mouse."""
    one.click()


def answer(page: Any, press: Press = click) -> None:
    """Answer a screen and go on to the next."""
    kind = kind_of(page)
    if kind == "where":
        press(page.locator(KNEE).first)
    else:
        fill_in(page, kind, press)
    go_on(page, lambda: leave(page, kind, press))


def at_step(page: Any, site: Site, person: str, step: str) -> None:
    """Open a link and answer up to a screen."""
    page.goto(f"/open/{site.link(person)}")
    go_on(page, lambda: button(page, "Begin").click())
    for _ in range(MOST_SCREENS):
        if kind_of(page) == step:
            return
        answer(page)
    raise AssertionError(f"there is no screen {step}")
