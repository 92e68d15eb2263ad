"""Every route, as every kind of visitor: what the access table says is what happens."""

from __future__ import annotations

import msgspec
import pytest
from fastapi import APIRouter

from kinechain.domain.record import Role
from kinechain.web.pages import ROUTERS
from kinechain.web.security.access import ACCESS, Who
from tests.support.routes import Known, routes
from tests.support.web import KINDS, PASSWORD, Kind, Web

SIGNS_ITSELF_OUT = {"sign_out", "patient_end", "account_other_sessions"}
ENDS_THE_STAY = {"intake_consent", "intake_finish", "intake_stop"}
"""What the patient may not do a second time with the same link."""
WHEN_NOBODY = {"/sign-in", "/sign-in/code"}
IN = {"clinician", "therapist", "administrator", "patient"}


def may(route: Known, kind: Kind) -> bool:
    """What the table says; written here once more, not taken from the program."""
    allowed = {who.value for who in ACCESS[route.name]}
    return "anybody" in allowed or (kind in IN and kind in allowed)


def is_refused(route: Known, web: Web, kind: Kind) -> bool:
    answer = route.ask(web.as_(kind), {"person": web.person})
    assert answer.status_code < 500 or answer.status_code == 503, (route, kind, answer.text)
    if answer.status_code in (401, 403):
        return True
    return answer.headers.get("location") in WHEN_NOBODY and answer.status_code == 303


def ordered(web: Web) -> list[Known]:
    """Those that end sessions come last."""
    return sorted(routes(web.app), key=lambda one: one.name in SIGNS_ITSELF_OUT)


def test_each_route_has_its_line_and_each_line_its_route(web: Web) -> None:
    names = [one.name for one in routes(web.app)]
    assert set(names) == set(ACCESS)
    assert all(ACCESS.values()), "a line without anybody closes a route that should not be there"


def test_no_two_routes_have_one_name(web: Web) -> None:
    named: dict[str, str] = {}
    for one in routes(web.app):
        assert named.setdefault(one.name, one.path) == one.path


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_and_who_may_not(web: Web, kind: Kind) -> None:
    for route in ordered(web):
        if route.name in ("sign_in", "second_factor", "second_factor_page", "home"):
            continue  # open to anybody, and answering "sign in first" is their work
        if route.name in SIGNS_ITSELF_OUT and may(route, kind):
            continue  # see test_sign_in
        if route.name == "health":
            web.clock.pass_(seconds=1)
        assert is_refused(route, web, kind) is not may(route, kind), (route.name, kind)
        if kind == "patient" and route.name in ENDS_THE_STAY:
            web.forget("patient")


def test_a_route_that_is_not_in_the_table_is_closed(web: Web) -> None:
    web.app.add_api_route("/forgotten", lambda: "secret", name="forgotten")
    for kind in ("clinician", "administrator", "patient", "nobody"):
        answer = web.as_(kind).get("/forgotten")
        assert "secret" not in answer.text
        assert answer.status_code in (303, 403)


def test_a_new_group_of_pages_is_guarded_without_doing_anything(web: Web) -> None:
    group = APIRouter()
    group.add_api_route("/new/page", lambda: "secret", name="new_page")
    web.app.include_router(group, prefix="/group")
    assert "secret" not in web.as_("clinician").get("/group/new/page").text


def test_every_group_of_pages_is_an_ordinary_one() -> None:
    assert all(type(one) is APIRouter for one in ROUTERS)


def test_methods_that_no_route_has_are_refused_and_say_nothing(web: Web) -> None:
    paths = {one.address({"person": web.person}) for one in routes(web.app)}
    for number, path in enumerate(sorted(paths)):
        nobody = web.browser(f"10.0.{number}.7")  # each from elsewhere: so many are too often
        for method in ("OPTIONS", "TRACE", "PROPFIND"):
            answer = nobody.request(method, path, headers={"Origin": web.settings.origin})
            assert answer.status_code in (404, 405), (method, path)
            assert "access-control-allow-origin" not in answer.headers
            assert "content-security-policy" in answer.headers


def with_roles(web: Web, name: str, roles: tuple[Role, ...], *, locked: bool = False) -> None:
    with web.store.writing("tests") as tx:
        user = tx.users.by_name(name)
        assert user is not None
        tx.users.change(msgspec.structs.replace(user, roles=roles, is_locked=locked))


def test_a_change_of_role_counts_at_the_next_request(web: Web) -> None:
    browser = web.as_("clinician")
    assert browser.get("/worklist").status_code == 200
    with_roles(web, "clinician", ("administrator",))
    assert browser.get("/worklist").status_code == 403
    with_roles(web, "clinician", ("clinician",))
    assert browser.get("/worklist").status_code == 200


def test_a_lock_ends_what_is_open_and_lets_nobody_in(web: Web) -> None:
    browser = web.as_("clinician")
    with_roles(web, "clinician", ("clinician",), locked=True)
    assert browser.get("/worklist").headers["location"] == "/sign-in"
    assert web.browser().sign_in("clinician").status_code == 401


def test_a_field_of_a_form_gives_no_role(web: Web) -> None:
    more = {"roles": "administrator", "role": "administrator", "user": web.users["clinician"].id,
            "account": web.users["clinician"].id, "is_locked": "false", "stage": "full",
            "kinds": "clinician", "visitor": "clinician"}  # fmt: skip
    browser = web.as_("administrator")
    for route in routes(web.app):
        if route.changes and route.name not in SIGNS_ITSELF_OUT | {"sign_in"}:
            browser.submit(route.address({"person": web.person}), more, params=more)
    with web.store.reading() as tx:
        assert {one.name: one.roles for one in tx.users.all()} == {
            "administrator": ("administrator",), "clinician": ("clinician",),
            "therapist": ("therapist",),
        }  # fmt: skip
    assert browser.get("/worklist", params=more, headers=more).status_code == 403


def test_a_patient_reaches_only_their_own_person(web: Web) -> None:
    """By the id of another person, of the own one's neighbours, and of what is in a form."""
    browser, mine = web.as_("patient"), {Who.PATIENT.value}
    for route in routes(web.app):
        if not mine & {one.value for one in ACCESS[route.name]} or route.name in SIGNS_ITSELF_OUT:
            continue
        if "person" in route.parts:
            answer = route.ask(browser, {"person": web.other})
            assert answer.status_code == 404, route
        elif route.changes:
            route.ask(browser, {"person": web.other, "of": web.other})
        else:
            assert "Other" not in browser.get(route.path, params={"person": web.other}).text
    with web.store.reading() as tx:
        assert len(tx.facts.history(web.other)) == 1
        assert tx.drafts.of_person(web.other) == ()


def test_what_is_somebody_elses_is_not_found_under_another_person(web: Web) -> None:
    """An id below a person's address must belong to that person."""
    browser = web.as_("clinician")
    with web.store.reading() as tx:
        theirs = tx.facts.history(web.other)[0].id
    for route in routes(web.app):
        if "person" in route.parts and len(route.parts) > 1:
            values = {**dict.fromkeys(route.parts, theirs), "person": web.person}
            answer = route.ask(browser, values)
            assert answer.status_code in (400, 404, 409, 422), (route, answer.status_code)
    with web.store.reading() as tx:
        assert len(tx.facts.history(web.other)) == 1


def test_guessed_ids_are_not_found(web: Web) -> None:
    for route in routes(web.app):
        if "person" in route.parts and not route.changes:
            for guess in ("0" * 32, "1", "%00", "' or 1=1 --", web.person[:-1] + "x"):
                answer = web.as_("clinician").get(route.address({"person": guess}, guess))
                assert answer.status_code in (400, 404, 405, 422), (route, guess)


def test_the_password_alone_opens_nothing_but_the_second_factor(web: Web) -> None:
    browser = web.as_("password_stage")
    assert browser.get("/worklist").headers["location"] == "/sign-in/code"
    assert browser.get("/sign-in/code").status_code == 200
    assert PASSWORD not in browser.get("/sign-in/code").text
