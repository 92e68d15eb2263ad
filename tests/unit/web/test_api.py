"""The JSON interface: what a program that keeps a record by it relies on."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.house.tree import ROOT
from tests.support.web import ORIGIN, SESSION, Browser, Web

API = "/api/v1"
JSON = {"Content-Type": "application/json"}
PAIN = {"key": "pain", "entry": {"site": "groin", "side": "left", "intensity": 6}}


@pytest.fixture
def clinician(web: Web) -> Browser:
    return web.as_("clinician")


def persons(web: Web) -> str:
    return f"{API}/persons/{web.person}"


def recorded(browser: Browser, place: str, **given: Any) -> Any:
    answer = browser.submit_json(f"{place}/facts", given)
    assert answer.status_code == 201, answer.text
    return answer.json()


def assessed(web: Web, browser: Browser) -> Any:
    answer = browser.submit_json(f"{persons(web)}/assessments", {"draws": 2, "seed": 3})
    assert answer.status_code == 201, answer.text
    return answer.json()


def operations(web: Web) -> list[tuple[str, str]]:
    paths = web.as_("nobody").get(f"{API}/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_the_description_is_for_anybody_and_names_the_cookie(web: Web) -> None:
    document = web.as_("nobody").get(f"{API}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": API}]
    assert document["components"]["securitySchemes"]["session"]["name"] == SESSION
    assert web.person not in str(document)


def test_every_operation_needs_a_session_and_every_change_its_token(web: Web) -> None:
    for method, path in operations(web):
        place = API + path.format(person=web.person, assessment="0" * 32)
        answer = web.as_("nobody").request(method, place, json={}, headers={"Origin": ORIGIN})
        assert answer.status_code == 401, (method, path)
        assert set(answer.json()) == {"error", "remedy"}
        if method != "GET":
            answer = web.as_("clinician").request(
                method, place, json={}, headers={"Origin": ORIGIN}
            )
            assert answer.status_code == 403, (method, path)


def test_the_documentation_lists_every_operation(web: Web) -> None:
    page = (ROOT / "docs/reference/web-api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(GET|POST) (/[^` ]*)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(operations(web))


def test_the_own_session(web: Web, clinician: Browser) -> None:
    assert clinician.get(f"{API}/me").json() == {
        "name": "clinician", "roles": ["clinician"], "csrf": clinician.csrf
    }  # fmt: skip
    assert web.as_("administrator").get(f"{API}/me").json()["roles"] == ["administrator"]
    assert web.as_("administrator").get(f"{API}/persons").status_code == 403
    assert web.as_("patient").get(f"{API}/persons").status_code == 403


def test_a_person_is_begun_and_found(web: Web, clinician: Browser) -> None:
    answer = clinician.submit_json(
        f"{API}/persons", {"label": "Zoë K.", "birth_date": "1960-02-29"}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["location"] == f"{API}/persons/{made['id']}"
    assert clinician.get(answer.headers["location"]).json() == made
    found = clinician.get(f"{API}/persons", params={"find": "zoe"}).json()
    assert [one["person"] for one in found["persons"]] == [made["id"]]


@pytest.mark.parametrize("given", [
    {"label": ""}, {"label": "   "}, {"label": "a\x00b"},
    {"label": "A", "birth_date": "2999-01-01"}, {"label": "A", "birth_date": "1800-01-01"},
    {"label": "A", "name": "B"}, {"sex": "female"},
    {"label": "A" * 201}, ["label"], {"label": "A", "is_demonstration": True},
])  # fmt: skip
def test_a_person_that_cannot_be_is_refused(clinician: Browser, given: Any) -> None:
    assert clinician.submit_json(f"{API}/persons", given).status_code == 422


def test_the_worklist_comes_in_pages(web: Web, clinician: Browser) -> None:
    seen, after = [], ""
    for _ in range(2):
        page = clinician.get(f"{API}/persons", params={"limit": 1, "after": after}).json()
        seen += [one["person"] for one in page["persons"]]
        after = page["next"] or ""
    assert sorted(seen) == sorted([web.person, web.other])
    assert after == ""
    assert clinician.get(f"{API}/persons", params={"after": "0" * 32}).status_code == 404


def test_facts_are_recorded_corrected_and_taken_back(web: Web, clinician: Browser) -> None:
    place = persons(web)
    kept = recorded(clinician, place, expected_revision=1, facts=[PAIN])
    (first,) = kept["facts"]
    assert kept["person"]["revision"] == 2
    better = {**PAIN, "entry": {**PAIN["entry"], "intensity": 4}, "replaces": first["id"]}
    (second,) = recorded(clinician, place, expected_revision=2, facts=[better])["facts"]
    recorded(clinician, place, withdraw=[second["id"]])
    standing = clinician.get(f"{place}/facts").json()["facts"]
    assert [one["fact"]["entry"] for one in standing] == [{"site": "knee", "intensity": 6}]
    history = clinician.get(f"{place}/facts", params={"history": True}).json()["facts"]
    assert [one["stands"] for one in history] == [True, False, False, False]
    assert [one["fact"]["replaces"] for one in history] == [None, None, first["id"], second["id"]]
    assert all(one["fact"]["by"] == web.users["clinician"].id for one in history)


def test_facts_come_in_pages(web: Web, clinician: Browser) -> None:
    recorded(
        clinician, persons(web), facts=[{"key": "drug", "entry": f"drug {n}"} for n in range(4)]
    )
    seen, after = [], 0
    while after is not None:
        page = clinician.get(f"{persons(web)}/facts", params={"limit": 2, "after": after}).json()
        seen += [one["fact"]["entry"] for one in page["facts"]]
        after = page["next"]
    assert seen[1:] == ["drug 0", "drug 1", "drug 2", "drug 3"]


def test_who_was_slower_gets_both_versions_and_nothing_is_lost(web: Web) -> None:
    place, first, second = persons(web), web.as_("clinician"), web.as_("therapist")
    recorded(first, place, expected_revision=1, facts=[{"key": "height", "entry": "170 cm"}])
    given = {"expected_revision": 1, "facts": [PAIN, {"key": "height", "entry": "180 cm"}]}
    answer = second.submit_json(f"{place}/facts", given)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["mine"]["entry"] == "180 cm"
    assert problem["theirs"]["entry"] == "170 cm"
    assert problem["revision"] == 2
    keys = [one["fact"]["key"] for one in second.get(f"{place}/facts").json()["facts"]]
    assert keys == ["pain", "height"], "of a request that was refused nothing is kept"
    # What does not concern the same value is kept beside it.
    recorded(second, place, expected_revision=1, facts=[PAIN])


def test_a_fact_that_was_corrected_meanwhile_is_not_corrected_again(
    web: Web, clinician: Browser
) -> None:
    place = persons(web)
    (first,) = recorded(clinician, place, facts=[PAIN])["facts"]
    recorded(clinician, place, withdraw=[first["id"]])
    again = clinician.submit_json(f"{place}/facts", {"facts": [{**PAIN, "replaces": first["id"]}]})
    assert again.status_code == 409
    assert again.json()["theirs"]["withdrawn"] is True
    twice = clinician.submit_json(f"{place}/facts", {"withdraw": [first["id"]]})
    assert twice.status_code == 409
    assert twice.json()["mine"] is None


def test_a_request_sent_twice_records_once(web: Web, clinician: Browser) -> None:
    fact = {**PAIN, "id": "ab" * 16}
    before = recorded(clinician, persons(web), facts=[fact])
    assert recorded(clinician, persons(web), facts=[fact]) == before
    other = {**fact, "entry": "neck"}
    answer = clinician.submit_json(f"{persons(web)}/facts", {"facts": [other]})
    assert answer.status_code == 409


def test_facts_of_another_person_are_neither_corrected_nor_shown(
    web: Web, clinician: Browser
) -> None:
    (theirs,) = clinician.get(f"{API}/persons/{web.other}/facts").json()["facts"]
    fact = theirs["fact"]["id"]
    for given in ({"facts": [{**PAIN, "replaces": fact}]}, {"withdraw": [fact]},
                  {"withdraw": ["0" * 32]}):  # fmt: skip
        answer = clinician.submit_json(f"{persons(web)}/facts", given)
        assert answer.status_code == 404
    answer = clinician.submit_json(f"{persons(web)}/facts", {"facts": [{**PAIN, "id": fact}]})
    assert answer.status_code == 409
    assert answer.json()["theirs"] is None
    assert len(clinician.get(f"{API}/persons/{web.other}/facts").json()["facts"]) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"\xff", 422), (b"[]", 422), (b"null", 422),
        (b'{"facts":[{"key":"pain","entry":' + b"[" * 9000 + b"]" * 9000 + b"}]}", 422),
        (b'{"facts":[{"key":"pain","entry":1' + b"0" * 5000 + b"}]}", 422),
        (b'{"facts":[{"key":"pain","entry":null}]}', 422),
        (b'{"facts":[{"key":"name","entry":"x"}]}', 422),
        (b'{"facts":[{"key":"pain","entry":"' + b"x" * 10_001 + b'"}]}', 413),
        (b'{"facts":[' + b",".join([b'{"key":"pain","entry":"knee"}'] * 201) + b"]}", 422),
        (b" " * 1_000_001, 413),
    ],
    ids=range(12),
)  # fmt: skip
def test_hostile_bodies_are_refused(web: Web, clinician: Browser, body: bytes, status: int) -> None:
    headers = {"Origin": ORIGIN, "X-CSRF-Token": clinician.csrf, **JSON}
    answer = clinician.post(f"{persons(web)}/facts", content=body, headers=headers)
    assert answer.status_code == status
    assert len(clinician.get(f"{persons(web)}/facts").json()["facts"]) == 1


def test_what_is_no_json_is_not_taken(web: Web, clinician: Browser) -> None:
    answer = clinician.submit(f"{persons(web)}/facts", {"facts": "[]"})
    assert answer.status_code == 415


def test_big_numbers_and_odd_characters_are_kept_as_they_are(web: Web, clinician: Browser) -> None:
    entry = {"value": 10**400, "name": "a\x00b\u202e\U0001f9b4", "": [0.1, -0.0, 1e300]}
    kept = recorded(clinician, persons(web), facts=[{"key": "value", "entry": entry}])
    assert kept["facts"][0]["entry"] == entry
    assert clinician.get(f"{persons(web)}/case").json()["document"]["values"] == [entry]


def test_what_the_intake_says_leads_back_to_the_fact(web: Web, clinician: Browser) -> None:
    wrong = {"key": "finding_present", "entry": "no such finding"}
    kept = recorded(clinician, persons(web), facts=[PAIN, wrong])
    issues = [one for one in kept["issues"] if one["level"] == "error"]
    assert [one["fact"] for one in issues] == [kept["facts"][1]["id"]]
    assert clinician.get(f"{persons(web)}/case").json()["issues"] == kept["issues"]


def test_an_assessment_is_made_read_and_computed_again(web: Web, clinician: Browser) -> None:
    made = assessed(web, clinician)
    place = f"{persons(web)}/assessments/{made['id']}"
    assert clinician.get(place).json() == made
    assert made["input"]["pain"] == [{"site": "knee", "intensity": 6}]
    assert made["result"]["origins"]
    (line,) = clinician.get(f"{persons(web)}/assessments").json()["assessments"]
    assert {**made, **line} == made
    again = clinician.submit_json(f"{place}/recompute", None)
    assert again.json() == {"agrees": True, "differences": []}
    plan = clinician.get(f"{place}/plan").json()
    assert plan["knowledge_version"] == made["knowledge_version"]
    assert clinician.get(place.replace(web.person, web.other)).status_code == 404


def test_what_if_keeps_nothing(web: Web, clinician: Browser) -> None:
    made = assessed(web, clinician)
    place = f"{persons(web)}/assessments/{made['id']}/preview"
    toggle = {"kind": "node", "name": "knee_effusion.right", "state": "present"}
    glance = clinician.submit_json(place, {"toggles": [toggle]})
    full = clinician.submit_json(place, {"toggles": [toggle], "full": True})
    assert glance.status_code == full.status_code == 200

    def leading(answer: Any) -> dict[str, float]:
        return {one["condition"]: one["explains"] for one in answer["conditions"][:5]}

    assert leading(glance.json()) == pytest.approx(leading(full.json()), abs=1e-9)
    assert leading(full.json()) != leading(made["result"])
    assert len(clinician.get(f"{persons(web)}/assessments").json()["assessments"]) == 1
    unknown = clinician.submit_json(place, {"toggles": [{**toggle, "name": "nothing"}]})
    assert unknown.status_code == 404


def test_opinions_stand_beside_the_result(web: Web, clinician: Browser) -> None:
    made = assessed(web, clinician)
    place = f"{persons(web)}/assessments/{made['id']}/opinions"
    origin = made["result"]["conditions"][0]["condition"]
    given = {"origin": origin, "decision": "rejected", "reason": "No effusion."}
    assert web.as_("therapist").submit_json(place, given).status_code == 403
    assert clinician.submit_json(place, given).status_code == 201
    assert clinician.submit_json(place, {**given, "origin": "x"}).status_code == 404
    (kept,) = clinician.get(place).json()["opinions"]
    assert {name: kept[name] for name in given} == given
    assert kept["by"] == web.users["clinician"].id


def test_looking_is_in_the_trail(web: Web, clinician: Browser) -> None:
    clinician.get(f"{persons(web)}/facts")
    with web.store.reading() as tx:
        seen = tx.audit.of(f"person:{web.person}")
    assert (seen[0].action, seen[0].actor) == ("person.view", web.users["clinician"].id)
