"""What every answer carries, whatever it is an answer to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from kinechain.store import StoreError
from kinechain.web.application import create_app
from kinechain.web.security.entrance import Rates
from kinechain.web.security.limits import LARGEST_BODY, Bucket
from tests.support.accounts import CHEAP
from tests.support.routes import routes
from tests.support.web import ORIGIN, Kind, Web, knowledge, open_web

POLICY = {
    "default-src": {"'none'"}, "script-src": {"'self'"}, "style-src": {"'self'"},
    "img-src": {"'self'", "data:"}, "font-src": {"'self'"}, "connect-src": {"'self'"},
    "form-action": {"'self'"}, "frame-ancestors": {"'none'"}, "base-uri": {"'none'"},
}  # fmt: skip


def policy(answer: Response) -> dict[str, set[str]]:
    parts = [one.split() for one in answer.headers["content-security-policy"].split(";")]
    return {name: set(values) for name, *values in parts}


def hardened(answer: Response) -> None:
    """The headers of every answer."""
    assert policy(answer) == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers
    if not str(answer.url.path).startswith("/static/"):
        assert answer.headers["cache-control"] == "no-store"


def errors(web: Web) -> Iterator[tuple[int, Response]]:
    """An answer of each kind of error, with the status that it should have."""
    nobody, clinician = web.as_("nobody"), web.as_("clinician")
    yield 404, nobody.get("/nowhere")
    yield 404, nobody.get("/static/nothing.css")
    yield 405, nobody.request("HEAD", "/sign-in")
    yield 405, nobody.options("/sign-in")
    yield 303, nobody.get("/worklist")
    yield 401, nobody.get("/api/v1/persons")
    yield 403, web.as_("patient").get("/worklist")
    yield 403, clinician.post("/sign-out")
    yield 413, clinician.submit("/sign-out", content=b"x" * (LARGEST_BODY + 1), fields=None)
    yield 421, nobody.get("/", headers={"Host": "elsewhere.example"})
    yield 422, nobody.submit("/sign-in", {"name": "x"})
    yield 401, nobody.submit("/sign-in", {"name": "x", "password": "wrong"})


def test_every_error_has_them(web: Web) -> None:
    for status, answer in errors(web):
        assert answer.status_code == status, (answer.request.url, answer.text)
        hardened(answer)


@pytest.mark.parametrize("kind", ["nobody", "clinician", "patient"])
def test_every_page_has_them(web: Web, kind: Kind) -> None:
    for route in routes(web.app):
        if not route.changes:
            hardened(route.ask(web.as_(kind), {"person": web.person}))


def test_a_failure_of_a_route_has_them_and_says_nothing(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RuntimeError("Mrs Zwetschge, born 1950")

    web.app.add_api_route("/health2", fails, name="health")
    answer = web.as_("nobody").get("/health2")
    assert answer.status_code == 500
    hardened(answer)
    assert "Zwetschge" not in answer.text
    assert "RuntimeError" not in answer.text
    assert caplog.messages == ["GET /health2 failed: RuntimeError"]
    assert "Zwetschge" not in caplog.text


def test_a_database_that_is_gone_has_them_and_says_what_to_do(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = web.as_("clinician")

    def gone() -> Any:
        raise StoreError("PostgreSQL clinic on db.secret", "It is gone.", "Wait.", "unreachable")

    monkeypatch.setattr(web.store, "reading", gone)
    for path in ("/worklist", "/health", "/api/v1/persons"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "does not answer" in answer.text
        assert "db.secret" not in answer.text
        hardened(answer)


def test_too_many_requests_has_them(tmp_path: Path) -> None:
    with open_web(tmp_path) as web:
        few = Rates(Bucket(6, 0.5), Bucket(3, 0.5), Bucket(2, 0.5))
        web.app = create_app(web.settings, web.store, knowledge(), passwords=CHEAP, rates=few)
        browser = web.browser()
        answers = [browser.get("/sign-in") for _ in range(7)]
        assert [one.status_code for one in answers] == [200] * 3 + [429] * 4
        for answer in answers:
            hardened(answer)
        assert all(int(one.headers["retry-after"]) >= 1 for one in answers[3:])


def test_what_is_static_may_be_kept_and_only_when_it_is_there(web: Web) -> None:
    nobody = web.as_("nobody")
    assert "max-age" in nobody.get("/static/clinic.css").headers["cache-control"]
    assert "max-age" in nobody.get("/static/report.css").headers["cache-control"]
    assert nobody.get("/static/nothing.css").headers["cache-control"] == "no-store"


def test_a_page_cannot_loosen_them(web: Web) -> None:
    from fastapi import Response as Given

    def lax() -> Given:
        return Given(
            headers={
                "Content-Security-Policy": "default-src *",
                "X-Frame-Options": "x",
                "Cache-Control": "public",
                "Referrer-Policy": "unsafe-url",
            }
        )

    web.app.add_api_route("/lax", lax, name="health")
    hardened(web.as_("nobody").get("/lax"))


def test_a_page_can_keep_its_own_address_to_itself(web: Web) -> None:
    from fastapi import Response as Given

    web.app.add_api_route(
        "/once", lambda: Given(headers={"Referrer-Policy": "no-referrer"}), name="health"
    )
    assert web.as_("nobody").get("/once").headers["referrer-policy"] == "no-referrer"


def test_without_https_browsers_are_not_told_to_insist_on_it(tmp_path: Path) -> None:
    with open_web(tmp_path, origin="http://localhost:8000") as web:
        assert "strict-transport-security" not in web.browser().get("/sign-in").headers


def test_no_page_holds_a_script_or_a_style_of_its_own(web: Web) -> None:
    """What the policy forbids would not work; what is not there cannot be made use of."""
    for route in routes(web.app):
        if route.changes or "/static/" in route.path or "/api/" in route.path:
            continue
        text = route.ask(web.as_("clinician"), {"person": web.person}).text
        for word in ("<script>", "<style", " style=", " onclick=", " onload=", "javascript:",
                     "hx-on", "hx-vals='js", "hx-vals=\"js", "//cdn"):  # fmt: skip
            assert word not in text, (route.path, word)


def test_no_answer_says_what_the_server_is(web: Web) -> None:
    for path in ("/", "/health", "/nowhere", "/sign-in"):
        answer = web.as_("nobody").get(path)
        for word in ("fastapi", "starlette", "uvicorn", "python", "sqlalchemy"):
            assert word not in answer.text.lower()
            assert word not in str(answer.headers).lower()
        assert ORIGIN not in answer.headers.get("location", "")
