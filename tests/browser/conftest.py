"""One server and one browser for all tests of the pages; each test gets a page of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT
from tests.support import browser as support
from tests.support.browser import Site, Watch, opened
from tests.support.pages import CASE, URGENT

KEPT = ROOT / "build" / "browser"
Open = Callable[..., Any]


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """The browser, started once."""
    support.skip_without_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=support.program(), args=list(support.ARGUMENTS)
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The clinic, served and furnished once."""
    support.skip_without_browser()
    made = Site(tmp_path_factory.mktemp("site"))
    made.furnish((CASE, URGENT))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test for whatever a page complained about."""
    made = Watch(site.origin)
    yield made
    assert not made.complaints()


@pytest.fixture
def open_page(
    browser: Any, site: Site, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Opens a browser of its own: `open_page()`, `open_page("anna", viewport=PHONE)`."""
    with ExitStack() as stack:
        pages: list[Any] = []

        def start(account: str = "", **options: Any) -> Any:
            page = stack.enter_context(opened(browser, site, watch, **options))
            if account:
                page.context.add_cookies([site.cookie(account)])
            pages.append(page)
            return page

        yield start
        if getattr(request.node, "failed", False):
            keep(pages, request.node.name)


def keep(pages: list[Any], name: str) -> None:
    """Pictures of what a failed test saw last."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages, 1):
        if not page.is_closed():
            file = f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{number}.png"
            page.screenshot(path=KEPT / file, full_page=True)
            print(f"picture: {Path(KEPT / file).relative_to(ROOT)} of {page.url}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report
