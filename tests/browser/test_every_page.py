"""Every page, light and dark, wide, zoomed, on a phone: nobody is shut out, nothing is cut."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser import DESK, PHONE, ZOOMED, Site
from tests.support.looks import cut, violations
from tests.support.pages import NO_PAGES, ON_THE_WAY, SIGHTS, address, half_signed_in, shown

ALL = [(name, *sight) for name, sights in SIGHTS.items() for sight in sights]


def test_every_page_is_looked_at(site: Site) -> None:
    seen = set(SIGHTS) | set(NO_PAGES) | ON_THE_WAY
    there = shown(site.app)
    assert there <= seen, "give these pages a line in tests/support/pages.py"
    assert seen <= there, "these pages are gone"


@pytest.mark.parametrize(("name", "who", "pattern"), ALL, ids=[one[2] for one in ALL])
def test_a_page(name: str, who: str, pattern: str, site: Site, open_page: Any) -> None:
    page = open_page("" if who in ("half", "patient") else who)
    if who == "half":
        page.context.add_cookies([half_signed_in(site)])
    if who == "patient":
        page.context.add_cookies([site.stay(site.persons["empty"])])
    answer = page.goto(address(site, pattern))
    assert answer.status == 200
    assert page.title()
    assert page.locator("h1").count() == 1, "a page has one heading that says what it is"
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page)
    page.set_viewport_size(ZOOMED)
    found["200 %"] = cut(page)
    page.set_viewport_size(PHONE)
    found["phone"] = [*violations(page), *cut(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    found["wide"] = cut(page)
    wrong = {look: what for look, what in found.items() if what}
    assert not wrong, "\n".join(f"{look}: {one}" for look, what in wrong.items() for one in what)
