"""A clinician's way from the worklist to an origin agreed with and a what-if that is recorded."""

from __future__ import annotations

from typing import Any

from tests.support.browser import ACCOUNT, OTHER, Site, Watch, expect
from tests.support.looks import tab_to

CASE = "smith2022hiplumbar"

STOPWATCH = """() => {
  window.stopwatch = new Promise((done) => {
    const changed = document.getElementById('changed');
    addEventListener('change', () => { window.began = performance.now(); },
      {once: true, capture: true});
    new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - window.began)))
      .observe(changed, {childList: true});
  });
}"""


def facts(site: Site, person: str) -> list[str]:
    with site.store.reading() as tx:
        return [one.key for one in tx.facts.history(person)]


def assessments(site: Site, person: str) -> int:
    with site.store.reading() as tx:
        return len(tx.assessments.overview(person))


def opinions(site: Site, person: str) -> list[tuple[str, str]]:
    with site.store.reading() as tx:
        return [(one.decision, one.reason) for one in tx.opinions.of_person(person)]


def first_question(page: Any) -> Any:
    return page.locator("#part-questions fieldset").first


def in_full(page: Any) -> None:
    """Wait until the whole answer to the last switch is there."""
    expect(page.locator(".busy-words")).to_be_hidden()
    expect(page.locator("#board")).not_to_have_attribute("aria-busy", "true")


def test_by_mouse(site: Site, open_page: Any) -> None:
    person = site.published(CASE, "Mouse, by")
    page = open_page(ACCOUNT)
    page.goto("/worklist")
    page.get_by_role("searchbox").fill("mouse")
    page.get_by_role("button", name="Find").click()
    row = page.get_by_role("row", name="Mouse, by")
    expect(row).to_contain_text("Review")
    row.get_by_role("link").nth(1).click()
    expect(page).to_have_url(f"/persons/{person}/assessment")
    for heading in ("Cannot wait", "Not excluded", "Likely origins", "What if?"):
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    before, known = assessments(site, person), len(facts(site, person))

    page.evaluate(STOPWATCH)
    first_question(page).get_by_text("Present").click()
    expect(page.locator("#changed .move").first).to_be_visible()
    print(f"from the click to the answer: {page.evaluate('window.stopwatch'):.0f} ms")
    in_full(page)
    assert assessments(site, person) == before, "a what-if is not kept by itself"
    page.get_by_role("button", name="Record this").click()
    expect(page.locator("#origins")).not_to_contain_text("what if")
    expect(page.get_by_role("button", name="Record this")).to_have_count(0)
    assert len(facts(site, person)) == known + 1
    assert assessments(site, person) == before + 1

    origins = page.locator("ol.origins > li")
    origins.nth(0).locator("button[value=confirmed]").click()
    expect(origins.nth(0)).to_contain_text("Anna agrees")
    origins.nth(1).get_by_role("button", name="Disagree").click()
    expect(origins.nth(1)).to_contain_text("Why?")
    origins.nth(1).get_by_label("In your own words").fill("The groin was never tender.")
    origins.nth(1).get_by_role("button", name="Keep").click()
    expect(origins.nth(1)).to_contain_text("Anna disagrees: The groin was never tender.")
    assert opinions(site, person)[0] == ("confirmed", "")
    assert opinions(site, person)[-1] == ("rejected", "The groin was never tender.")
    page.reload()
    expect(origins.nth(0)).to_contain_text("Anna agrees")
    expect(origins.nth(0).locator(".prob")).to_be_visible()  # the program's word stays beside it


def test_by_keyboard_alone(site: Site, open_page: Any) -> None:
    person = site.published(CASE, "Keyboard, by")
    page = open_page(ACCOUNT)
    page.goto("/worklist")
    tab_to(page, "Find a person")
    page.keyboard.type("keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    tab_to(page, "Keyboard, by")
    page.keyboard.press("Tab")  # from the person to the assessment
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/persons/{person}/assessment")

    origin = page.locator("ol.origins .name").first.inner_text()
    tab_to(page, f"Agree: {origin}")
    page.keyboard.press("Enter")
    expect(page.locator("ol.origins > li").first).to_contain_text("Anna agrees")
    assert opinions(site, person) == [("confirmed", "")]

    question = first_question(page).locator("legend").inner_text()
    tab_to(page, question)
    page.keyboard.press("ArrowLeft")  # from unknown to absent
    expect(page.locator("#changed [data-say]")).to_be_attached()
    in_full(page)
    assert page.evaluate("document.activeElement.type") == "radio", "the focus stays where it was"
    tab_to(page, "Record this", key="Shift+Tab")
    before = assessments(site, person)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Record this")).to_have_count(0)
    assert assessments(site, person) == before + 1
    assert facts(site, person)[-1] == "finding_absent"


def test_without_script_the_what_if_works_too(site: Site, open_page: Any) -> None:
    person = site.published(CASE, "Script, no")
    page = open_page(ACCOUNT, java_script_enabled=False)
    page.goto(f"/persons/{person}/assessment")
    first_question(page).get_by_text("Present").click()
    page.get_by_role("button", name="Recompute").click()
    expect(page.get_by_text("what if, not kept")).to_be_visible()
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_text("what if, not kept")).to_have_count(0)
    assert facts(site, person)[-1] == "finding_present"


def test_two_clinicians_at_one_record(site: Site, open_page: Any, watch: Watch) -> None:
    watch.expect("status of 409")
    person = site.published(CASE, "Two, at once")
    anna, berta = open_page(ACCOUNT), open_page(OTHER)
    for page in (anna, berta):
        page.goto(f"/persons/{person}/assessment")
    recorded = "section:has(> #recorded) fieldset"
    anna.locator(recorded).first.get_by_text("Absent").click()
    in_full(anna)
    berta.locator(recorded).first.locator("label").last.click()
    first_question(berta).get_by_text("Present").click()
    in_full(berta)
    anna.get_by_role("button", name="Record this").click()
    expect(anna.get_by_role("button", name="Record this")).to_have_count(0)
    known = len(facts(site, person))
    berta.get_by_role("button", name="Record these 2").click()
    expect(berta.get_by_role("alert")).to_contain_text("somebody changed the record meanwhile")
    expect(berta.get_by_role("alert")).to_contain_text("Anna")
    assert len(facts(site, person)) == known, "all of it is kept or nothing"
    # Other lines of the same record do not disturb each other.
    fresh = open_page(OTHER)
    for page in (anna, fresh):
        page.goto(f"/persons/{person}/assessment")
    first_question(anna).get_by_text("Present").click()
    fresh.locator("#part-questions fieldset").nth(1).get_by_text("Present").click()
    for page in (anna, fresh):
        in_full(page)
    for page in (anna, fresh):
        page.get_by_role("button", name="Record this").click()
        expect(page.get_by_role("button", name="Record this")).to_have_count(0)
    assert len(facts(site, person)) == known + 2


def test_a_dropped_connection_is_told_and_nothing_is_shown_as_kept(
    site: Site, open_page: Any, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:sendError")
    person = site.published(CASE, "Line, dropped")
    page = open_page(ACCOUNT)
    page.goto(f"/persons/{person}/assessment")
    page.context.set_offline(True)
    agree = page.locator("ol.origins > li").first.locator("button[value=confirmed]")
    agree.click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    assert opinions(site, person) == []
    page.context.set_offline(False)
    agree.click()
    expect(page.locator("ol.origins > li").first).to_contain_text("Anna agrees")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert opinions(site, person) == [("confirmed", "")]


def test_a_session_that_ended_leads_to_the_sign_in(
    site: Site, open_page: Any, watch: Watch
) -> None:
    watch.expect("status of 401", "Response Status Error Code 401")
    page = open_page(ACCOUNT)
    page.goto(f"/persons/{site.persons[CASE]}/assessment")
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "session")
    site.accounts.sign_out(token)
    first_question(page).get_by_text("Present").click()
    expect(page).to_have_url("/sign-in")
