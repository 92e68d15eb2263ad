"""Writes docs/images/clinic-*.png: the clinic's pages as the system's Chromium shows them.

    python -m scripts.write_clinic_pictures [FOLDER]

It starts a clinic of its own with the demonstration patients; a page that complains in the
browser's console ends it. Look at every picture before it is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.house.tree import ROOT
from tests.support import browser as support
from tests.support.browser import ACCOUNT, DESK, PHONE, Site, Watch, opened
from tests.support.pages import address
from tests.support.patient import (
    KNEE,
    answer,
    at_step,
    click,
    fill_in,
    go_on,
    kind_of,
    leave,
)

IMAGES = ROOT / "docs" / "images"
LARGEST = 150_000
COLOURS = 96
LOW = {"width": 1280, "height": 720}

Take = Callable[..., None]


def desk(site: Site, page: Any, take: Take) -> None:
    """What clinicians see.

    Parameters
    ----------
    site
        The clinic.
    page
        Of a browser that is signed in.
    take
        Takes a picture.
    """
    page.goto("/worklist")
    take(page, "worklist")
    page.goto(address(site, "/persons/{urgent}"))
    take(page, "person")
    page.goto(address(site, "/persons/{urgent}/assessment"))
    take(page, "red-flag")
    page.goto(address(site, "/persons/{person}/assessment"))
    take(page, "assessment")
    page.locator("#part-questions fieldset").first.get_by_text("Present").click()
    support.expect(page.locator(".busy-words")).to_be_hidden()
    page.wait_for_timeout(1500)
    support.expect(page.locator(".busy-words")).to_be_hidden()
    take(page, "what-if")
    for kind in ("full", "referral", "patient"):
        page.goto(address(site, f"/persons/{{person}}/assessments/{{assessment}}/print/{kind}"))
        take(page, f"print-{kind}")
    page.goto(f"/persons/{site.persons['empty']}")
    page.get_by_role("button", name="Link for the patient").click()
    take(page, "link")


def phone(site: Site, page: Any, take: Take) -> None:
    """What a patient sees.

    Parameters
    ----------
    site
        The clinic.
    page
        As on a phone.
    take
        Takes a picture.
    """
    at_step(page, site, site.person("Picture, for the"), "where")
    page.locator(KNEE).first.click()
    take(page, "patient-where")
    go_on(page, lambda: leave(page, "where", click))
    missing = {"strength", "question"}
    while missing:
        at = kind_of(page)
        if at in missing:
            fill_in(page, at, click)
            take(page, f"patient-{at}")
            missing.remove(at)
        answer(page)


def main(folder: Path = IMAGES) -> None:
    """Take all pictures.

    Parameters
    ----------
    folder
        Where they go.
    """
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="kinechain-pictures-"))
        site = Site(Path(place))
        site.furnish(draws=None)
        site.start()
        stack.callback(site.stop)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=support.program(), args=list(support.ARGUMENTS)
        )
        stack.callback(browser.close)
        watch = Watch(site.origin)

        def take(page: Any, name: str) -> None:
            path = folder / f"clinic-{name}.png"
            page.screenshot(path=path)
            with Image.open(path) as picture:
                picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
            sys.stdout.write(f"{path} {path.stat().st_size / 1000:.0f} kB\n")
            if path.stat().st_size > LARGEST:
                raise SystemExit(f"{path.name} is larger than {LARGEST} bytes")
            if watch.complaints():
                raise SystemExit(f"{page.url} complains: {watch.complaints()}")

        with opened(browser, site, watch, viewport=DESK) as page:
            page.context.add_cookies([site.cookie(ACCOUNT)])
            desk(site, page, take)
        with opened(browser, site, watch, viewport=PHONE, has_touch=True, is_mobile=True) as page:
            phone(site, page, take)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
