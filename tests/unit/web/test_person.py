"""The person's page: recording, correcting, taking back, and nothing that is typed gets lost."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from kinechain.domain.record import Fact
from kinechain.service.clinic.records import NewFact, Records
from kinechain.store import current
from tests.support.web import Web

ONCE = "0123456789abcdef" * 2
EVIL = "<script>alert(1)</script>\"'"
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


def facts(web: Web, person: str | None = None) -> tuple[Fact, ...]:
    with web.store.reading() as tx:
        return tx.facts.history(person or web.person)


def revision(web: Web) -> int:
    with web.store.reading() as tx:
        return tx.persons.known(web.person).revision


def typed(web: Web, key: str, text: str, **more: Any) -> dict[str, Any]:
    once = f"{len(facts(web)):032x}"
    return {"key": key, "text": text, "once": once, "revision": revision(web), **more}


def record(web: Web, key: str, text: str, **more: Any):
    return web.as_("clinician").submit(
        f"/persons/{web.person}/facts", typed(web, key, text, **more)
    )


def others(web: Web, *new: NewFact, seen: int | None = None) -> None:
    """What somebody else records in the meantime."""
    Records(web.store, web.sources).record(
        web.person, new, web.users["therapist"].id, expected_revision=seen
    )


def page(web: Web) -> str:
    answer = web.as_("clinician").get(f"/persons/{web.person}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_says_who_and_what_hurts(web: Web) -> None:
    text = page(web)
    assert "First" in text
    assert "6/10" in text
    assert "not assessed yet" in text
    assert "Record begun" in text
    assert not INLINE.search(text)


def test_a_red_flag_that_came_since_the_assessment_is_shown_at_once(web: Web) -> None:
    assert web.as_("clinician").submit(f"/persons/{web.person}/assessment").status_code == 303
    assert "Emergency now" not in page(web)
    assert record(web, "finding_present", "saddle_anaesthesia").status_code == 303
    text = page(web)
    assert "Emergency now" in text
    assert "more was recorded since" in text


@pytest.mark.parametrize(
    ("key", "text", "more", "entry"),
    [
        ("finding_present", "fever", {}, "fever"),
        ("finding_absent", "knee_effusion", {"side": "left"},
         {"finding": "knee_effusion", "side": "left"}),
        ("value", "esr: 14 mm/h", {"on": "2026-11-20"},
         {"quantity": "esr", "value": "14 mm/h", "on": "2026-11-20"}),
        ("drug", "ibuprofen 400 mg", {}, "ibuprofen 400 mg"),
        ("disease", "diabetes", {}, "diabetes"),
        ("treatment", "exercise therapy: none", {}, {"exercise therapy": "none"}),
        ("score", "odi: 42", {}, {"odi": "42"}),
        ("note", "she said: *maybe*", {}, "she said: *maybe*"),
        ("height", "168 cm", {}, "168 cm"),
    ],
)  # fmt: skip
def test_what_is_typed_is_recorded(web: Web, key: str, text: str, more: Any, entry: Any) -> None:
    answer = record(web, key, text, **more)
    assert answer.status_code == 303, html.unescape(answer.text)
    assert answer.headers["location"] == f"/persons/{web.person}?key={key}#record"
    last = facts(web)[-1]
    assert (last.key, last.entry, last.by) == (key, entry, web.users["clinician"].id)
    assert f'<option value="{key}"' in page(web)


def test_the_same_form_sent_twice_records_once(web: Web) -> None:
    fields = typed(web, "finding_present", "fever")
    for _ in range(2):
        answer = web.as_("clinician").submit(f"/persons/{web.person}/facts", fields)
        assert answer.status_code == 303
    assert len(facts(web)) == 2


@pytest.mark.parametrize(
    ("key", "text", "more"),
    [
        ("finding_present", "no_such_finding_at_all", {}),
        ("value", "esr: 14 apples", {}),
        ("height", "9 m", {}),
        ("finding_present", "fever", {"on": "2099-01-01"}),
        ("finding_present", "fever", {"on": "yesterday"}),
        ("finding_present", "*alias", {}),
        ("note", "   ", {}),
        ("finding_present", EVIL, {}),
    ],
)
def test_what_cannot_be_used_is_not_recorded_and_not_lost(
    web: Web, key: str, text: str, more: Any
) -> None:
    before = facts(web)
    answer = record(web, key, text, **more)
    assert answer.status_code == 422
    assert "Not recorded." in answer.text
    assert f'value="{html.escape(text)}"'.replace("&#x27;", "&#39;") in answer.text.replace(
        "&#34;", "&quot;"
    )
    assert re.search(rf'<option value="{key}"[^>]* selected', answer.text)
    assert EVIL not in answer.text
    assert facts(web) == before


def test_what_is_only_doubtful_is_recorded_with_the_doubt_beside_it(web: Web) -> None:
    assert record(web, "drug", "unheardofin").status_code == 303
    text = page(web)
    assert re.search(r"unheardofin.*?</li>", text, re.DOTALL)
    assert re.search(r'unheardofin</span>.*?class="small issue"', text, re.DOTALL)


def test_a_correction_shows_what_it_was(web: Web) -> None:
    record(web, "finding_present", "fever")
    fact = facts(web)[-1]
    browser, address = web.as_("clinician"), f"/persons/{web.person}/facts/{fact.id}"
    form = browser.get(address)
    assert form.status_code == 200
    assert 'value="fever"' in form.text
    answer = browser.submit(address, typed(web, "finding_absent", "fever"))
    assert answer.status_code == 303
    assert [one.key for one in current(facts(web))] == ["pain", "finding_absent"]
    text = page(web)
    assert "<del>present: Fever</del>" in text
    assert "changed later" in text
    history = browser.get(address).text
    assert "<del>present: Fever</del>" in history
    assert "<strong>absent: Fever</strong>" in history


def test_taking_back_leaves_it_in_sight(web: Web) -> None:
    record(web, "finding_present", "fever")
    fact = facts(web)[-1]
    browser, address = web.as_("clinician"), f"/persons/{web.person}/facts/{fact.id}"
    assert browser.submit(f"{address}/withdraw", {"once": ONCE}).status_code == 303
    assert [one.key for one in current(facts(web))] == ["pain"]
    assert "Taken back" in page(web)
    assert "This was taken back" in browser.get(address).text
    assert browser.submit(f"{address}/withdraw", {"once": ONCE}).status_code == 303, "sent twice"
    again = browser.submit(f"{address}/withdraw", {"once": "f" * 32})
    assert again.status_code == 409
    assert len(facts(web)) == 3


def test_two_who_correct_the_same_see_both(web: Web) -> None:
    record(web, "finding_present", "fever")
    fact = facts(web)[-1]
    fields = typed(web, "finding_present", "night_pain")
    others(web, NewFact("finding_absent", "fever", replaces=fact.id))
    before = facts(web)
    browser = web.as_("clinician")
    answer = browser.submit(f"/persons/{web.person}/facts/{fact.id}", fields)
    assert answer.status_code == 409
    assert facts(web) == before
    assert "Not recorded: somebody changed the same thing meanwhile" in answer.text
    assert "absent: Fever" in answer.text
    assert "therapist" in answer.text
    assert 'value="night_pain"' in answer.text
    standing = before[-1].id
    assert f'action="/persons/{web.person}/facts/{standing}"' in answer.text
    fields = typed(web, "finding_present", "night_pain")
    assert browser.submit(f"/persons/{web.person}/facts/{standing}", fields).status_code == 303


def test_two_who_record_what_there_is_once_see_both(web: Web) -> None:
    fields = typed(web, "height", "168 cm")
    others(web, NewFact("height", "186 cm"), seen=revision(web))
    before = facts(web)
    browser = web.as_("clinician")
    answer = browser.submit(f"/persons/{web.person}/facts", fields)
    assert answer.status_code == 409
    assert facts(web) == before
    assert "186 cm" in answer.text
    assert 'value="168 cm"' in answer.text
    action = re.search(r'<form method="post" action="([^"]+)" class="record">', answer.text)
    assert action is not None
    assert action[1].endswith(before[-1].id)
    assert browser.submit(action[1], typed(web, "height", "168 cm")).status_code == 303
    assert [one.entry for one in current(facts(web)) if one.key == "height"] == ["168 cm"]


def test_what_two_record_beside_each_other_both_stays(web: Web) -> None:
    fields = typed(web, "finding_present", "fever")
    others(web, NewFact("finding_present", "night_pain"), seen=revision(web))
    answer = web.as_("clinician").submit(f"/persons/{web.person}/facts", fields)
    assert answer.status_code == 303
    assert {str(one.entry) for one in current(facts(web))} >= {"fever", "night_pain"}


def test_a_person_is_begun(web: Web) -> None:
    browser = web.as_("clinician")
    assert browser.get("/persons/new").status_code == 200
    fields = {"label": "New One", "birth_date": "1970-01-02", "sex": "female",
              "setting": "primary_care"}  # fmt: skip
    answer = browser.submit("/persons/new", fields)
    assert answer.status_code == 303
    assert re.fullmatch(r"/persons/[0-9a-f]{32}", answer.headers["location"])
    text = browser.get(answer.headers["location"]).text
    assert "New One" in text
    assert "56 years, female" in text


@pytest.mark.parametrize(
    "wrong",
    [{"label": "  "}, {"birth_date": "2"}, {"birth_date": "2099-01-01"},
     {"birth_date": "1800-01-01"}, {"age": "old"}, {"age": "121"}],
)  # fmt: skip
def test_a_person_is_not_begun_wrongly_and_what_was_typed_stays(web: Web, wrong: Any) -> None:
    fields = {"label": f"New {EVIL}", "age": "", "sex": "male"} | wrong
    answer = web.as_("clinician").submit("/persons/new", fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert EVIL not in answer.text
    for value in wrong.values():
        assert f'value="{value}"' in answer.text
    with web.store.reading() as tx:
        assert tx.persons.count() == 2


def test_age_without_a_day_of_birth_is_a_fact(web: Web) -> None:
    fields = {"label": "x", "age": "44", "sex": "", "birth_date": ""}
    answer = web.as_("clinician").submit("/persons/new", fields)
    assert "44 years" in web.as_("clinician").get(answer.headers["location"]).text


def test_who_somebody_is_can_be_corrected_by_one_at_a_time(web: Web) -> None:
    browser, address = web.as_("clinician"), f"/persons/{web.person}/change"
    fields = {"label": "Other Name", "birth_date": "1960-05-05", "sex": "male",
              "revision": revision(web)}  # fmt: skip
    assert browser.submit(address, fields).status_code == 303
    assert "Other Name" in page(web)
    late = browser.submit(address, fields | {"label": "Third Name"})
    assert late.status_code == 409
    assert "You wrote: Third Name" in late.text
    assert "Third Name</h1>" not in page(web)
    empty = browser.submit(address, fields | {"label": " ", "revision": revision(web)})
    assert empty.status_code == 422


def test_reviewed_only_what_was_seen(web: Web) -> None:
    browser, address = web.as_("clinician"), f"/persons/{web.person}/reviewed"
    with web.store.writing("tests") as tx:
        tx.worklist.set(web.person, waiting_for_review=True)
    seen = revision(web)
    others(web, NewFact("note", "more"))
    late = browser.submit(address, {"revision": seen})
    assert late.status_code == 409
    assert "more came in since you loaded the page" in late.text
    assert "Waiting for review" in page(web)
    assert browser.submit(address, {"revision": revision(web)}).status_code == 303
    assert "Waiting for review" not in page(web)
    assert web.as_("therapist").submit(address, {"revision": 1}).status_code == 403


def test_a_link_is_shown_once_and_kept_nowhere(web: Web) -> None:
    browser = web.as_("clinician")
    given = browser.submit(f"/persons/{web.person}/link")
    assert given.status_code == 200
    address = re.search(r"https://clinic\.example/open/([0-9a-f]{64})", given.text)
    assert address is not None
    assert 'src="data:image/svg+xml' in given.text
    assert not INLINE.search(re.sub(r'src="data:[^"]*"', "", given.text))
    text = page(web)
    assert address[1] not in text
    assert "Link for the patient" in text
    with web.store.reading() as tx:
        (link,) = tx.links.of(web.person)
        assert address[1] not in str(tx.audit.of(f"person:{web.person}"))
    ended = browser.submit(f"/persons/{web.person}/links/{link.id}/end")
    assert ended.status_code == 303
    assert not web.links.can_open(address[1])
    assert browser.submit(f"/persons/{web.other}/links/{link.id}/end").status_code == 404
    assert browser.submit(f"/persons/{web.person}/links/nothing/end").status_code == 404


def test_suggestions_know_what_is_meant(web: Web) -> None:
    browser = web.as_("clinician")
    found = browser.submit("/vocabulary", {"key": "finding_present", "text": "Lasegue"})
    assert 'data-fill="straight_leg_raise"' in found.text
    value = browser.submit("/vocabulary", {"key": "value", "text": "sedimentation"})
    assert 'data-fill="esr: "' in value.text
    for key, text in (("note", "x"), ("nothing", "x"), ("pain", ""), ("pain", EVIL * 50)):
        answer = browser.submit("/vocabulary", {"key": key, "text": text})
        assert answer.status_code == 200
        assert EVIL not in answer.text


def test_what_is_not_there_is_not_found(web: Web) -> None:
    browser = web.as_("clinician")
    own = facts(web)[0].id
    for address in ("/persons/nobody", f"/persons/nobody/facts/{own}",
                    f"/persons/{web.person}/facts/nothing",
                    f"/persons/{web.other}/facts/{own}"):  # fmt: skip
        assert browser.get(address).status_code == 404, address
    fields = typed(web, "note", "x") | {"label": "x"}
    for address in ("/persons/nobody/facts", f"/persons/{web.other}/facts/{own}",
                    f"/persons/{web.other}/facts/{own}/withdraw", "/persons/nobody/change",
                    "/persons/nobody/reviewed", "/persons/nobody/link"):  # fmt: skip
        assert browser.submit(address, fields).status_code == 404, address
    assert len(facts(web, web.other)) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"key": "consent"}, {"key": "<x>"}, {"once": "x"}, {"revision": "x"}, {"revision": "-1"},
     {"revision": "9" * 30}, {"side": "up"}],
)  # fmt: skip
def test_a_form_that_is_not_ours_is_refused(web: Web, wrong: dict[str, str]) -> None:
    before = facts(web)
    fields = typed(web, "finding_present", "fever") | wrong
    answer = web.as_("clinician").submit(f"/persons/{web.person}/facts", fields)
    assert answer.status_code == 422
    assert facts(web) == before


@pytest.mark.parametrize("kind", ["nobody", "administrator", "patient"])
def test_only_those_who_care_see_and_write_it(web: Web, kind: Any) -> None:
    browser = web.as_(kind)
    assert browser.get(f"/persons/{web.person}").status_code in (303, 403)
    assert browser.get("/persons/new").status_code in (303, 403)
    answer = browser.submit(f"/persons/{web.person}/facts", typed(web, "note", "x"))
    assert answer.status_code in (303, 401, 403)
    assert len(facts(web)) == 1


def test_without_the_sessions_token_nothing_is_recorded(web: Web) -> None:
    for address in ("facts", f"facts/{facts(web)[0].id}", f"facts/{facts(web)[0].id}/withdraw",
                    "change", "reviewed", "link"):  # fmt: skip
        fields = typed(web, "note", "x") | {"csrf": "wrong", "label": "x"}
        answer = web.as_("clinician").post(f"/persons/{web.person}/{address}", data=fields)
        assert answer.status_code == 403, address
    assert len(facts(web)) == 1


def test_whatever_is_recorded_is_text(web: Web) -> None:
    for key, entry in (("note", EVIL), ("finding_present", {"finding": EVIL, "side": EVIL}),
                       ("drug", [EVIL]), ("pain", {"site": EVIL, "on": EVIL})):  # fmt: skip
        others(web, NewFact(key, entry))
    for fact in facts(web):
        text = web.as_("clinician").get(f"/persons/{web.person}/facts/{fact.id}").text
        assert EVIL not in text
        assert not INLINE.search(text)
    text = page(web)
    assert EVIL not in text
    assert not INLINE.search(text)


def test_addresses_hold_ids_and_no_names(web: Web) -> None:
    for address in re.findall(r'(?:href|action|hx-post)="(/[^"]*)"', page(web)):
        assert re.fullmatch(r"/(static/[\w.?=]+|[\w/#-]*)", address), address


def test_days_are_told_apart(web: Web) -> None:
    web.clock.pass_(days=1)
    others(web, NewFact("note", "the next day"))
    days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">', page(web))
    begun = web.clock.now.date() - timedelta(days=1)
    assert [date.fromisoformat(one) for one in days] == [web.clock.now.date(), begun]
