"""Bounds: how large, how long, how often; and what hostile bodies do, which is nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from kinechain.web.application import create_app
from kinechain.web.security.csrf import FORM
from kinechain.web.security.entrance import Rates
from kinechain.web.security.limits import (
    LARGEST_BODY,
    LARGEST_OF_NOBODY,
    LARGEST_OF_PATIENT,
    MOST_CLIENTS,
    BodyLimit,
    Bucket,
)
from kinechain.web.security.visitor import Visitor
from tests.support.accounts import CHEAP
from tests.support.web import ORIGIN, SESSION, Kind, Web, knowledge

Sent = list[Message]


CLINICIAN = Visitor(frozenset({"clinician"}))


def scope(web: Web, **headers: str) -> Scope:
    """A request as the server hands it on."""
    return {
        "type": "http", "method": "POST", "path": "/x", "query_string": b"",
        "state": {"visitor": CLINICIAN},
        "headers": [(name.replace("_", "-").encode(), value.encode())
                    for name, value in headers.items()],
        "client": ("192.0.2.7", 1), "scheme": "https", "server": ("clinic.example", 443),
        "app": web.app, "http_version": "1.1",
    }  # fmt: skip


def asked(
    web: Web, parts: Iterable[bytes], app: Callable[..., Awaitable[None]] | None = None,
    wait_s: float = 0, seconds: float = 30, **headers: str,
) -> Sent:  # fmt: skip
    """What comes back when a body comes in parts, each after a while."""
    sent: Sent = []

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(str(len(body)))(scope, receive, send)

    async def run() -> None:
        left = list(parts)

        async def receive() -> Message:
            await asyncio.sleep(wait_s)
            part = left.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(left)}

        async def send(message: Message) -> None:
            sent.append(message)

        limit = BodyLimit(app or reads, seconds=seconds)
        await limit(scope(web, **headers), receive, send)

    asyncio.run(run())
    return sent


def test_a_client_that_went_away_is_no_failure(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    """A newer click ends the request of an older one; that is nothing to look into."""
    caplog.set_level(logging.INFO)
    sent: Sent = []
    browser = web.as_("clinician")
    asked = scope(web, host="clinic.example", origin=ORIGIN, x_csrf_token=browser.csrf,
                  cookie=f"{SESSION}={browser.cookies[SESSION]}",
                  content_type=FORM_TYPE["Content-Type"])  # fmt: skip
    path = f"/persons/{web.person}/assessment/preview"
    caplog.clear()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(web.app({**asked, "path": path, "raw_path": path.encode()}, receive, send))
    assert sent == []
    assert caplog.records == []


def test_a_body_in_bounds_is_read(web: Web) -> None:
    sent = asked(web, [b"x" * 1000] * 10)
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"10000"


def test_a_body_whose_length_is_told_is_refused_before_it_is_read(web: Web) -> None:
    sent = asked(web, [], content_length=str(LARGEST_BODY + 1))
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("length", ["-1", "1e9", "x", "", "9" * 5000, "1_0", "٣"])
def test_a_length_that_is_none_is_refused(web: Web, length: str) -> None:
    assert asked(web, [b""], content_length=length)[0]["status"] == 413


@pytest.mark.parametrize("headers", [{}, {"content_length": "10"}])
def test_a_body_that_goes_on_is_refused_whatever_its_length_says(
    web: Web, headers: dict[str, str]
) -> None:
    sent = asked(web, [b"x" * 100_000] * 11, **headers)
    assert [one["status"] for one in sent if "status" in one] == [413]


def test_also_where_what_reads_it_takes_every_error_for_a_wrong_form(web: Web) -> None:
    async def swallows(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception:  # noqa: BLE001 - as frameworks do
            await PlainTextResponse("wrong form", 400)(scope, receive, send)

    assert asked(web, [b"x" * 600_000] * 2, swallows)[0]["status"] == 413


def test_a_body_that_never_ends_is_given_up(web: Web) -> None:
    sent = asked(web, [b"x"] * 50, wait_s=0.02, seconds=0.1)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


@pytest.mark.parametrize(("kind", "largest"), [
    ("nobody", LARGEST_OF_NOBODY), ("password_stage", LARGEST_OF_NOBODY),
    ("patient", LARGEST_OF_PATIENT), ("clinician", LARGEST_BODY),
])  # fmt: skip
def test_the_bound_holds_for_the_whole_program(web: Web, kind: Kind, largest: int) -> None:
    browser = web.as_(kind)
    for path in ("/sign-in", "/nowhere", "/api/v1/persons"):
        for more, too_large in ((-200, False), (1, True)):
            answer = browser.submit(path, {"x": "y" * (largest + more)})
            assert (answer.status_code == 413) is too_large


# -- how often --------------------------------------------------------------------------------


def test_a_bucket_gives_so_many_at_once_and_then_so_many_a_second() -> None:
    now = [0.0]
    bucket = Bucket(3, 2, lambda: now[0])
    assert [bucket.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.wait_s("b") == 0
    now[0] = 0.5
    assert [bucket.wait_s("a"), bucket.wait_s("a") > 0] == [0, True]
    now[0] = 100
    assert [bucket.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_many_clients_take_no_more_memory_than_there_is() -> None:
    bucket = Bucket(1, 1, lambda: 0)
    for number in range(MOST_CLIENTS + 500):
        bucket.wait_s(str(number))
    assert len(bucket._left) == MOST_CLIENTS
    assert bucket.wait_s(str(MOST_CLIENTS + 499)) > 0


def test_who_has_a_session_is_not_held_up_by_who_has_none(web: Web) -> None:
    session = web.as_("clinician").cookies[SESSION]
    few = Rates(nobody=Bucket(5, 0.001))
    web.app = create_app(web.settings, web.store, knowledge(), sources=web.sources,
                         passwords=CHEAP, rates=few)  # fmt: skip
    codes = [web.browser().get("/sign-in").status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    clinician = web.browser()
    clinician.cookies.set(SESSION, session, domain="clinic.example", path="/")
    assert clinician.get("/account").status_code == 200
    assert web.browser("203.0.113.9").get("/sign-in").status_code == 200


def test_what_is_static_is_not_counted_with_the_pages(web: Web) -> None:
    few = Rates(nobody=Bucket(1, 0.001))
    web.app = create_app(web.settings, web.store, knowledge(), passwords=CHEAP, rates=few)
    codes = {web.as_("nobody").get("/static/icon.svg").status_code for _ in range(10)}
    assert codes == {200}
    assert web.as_("nobody").get("/sign-in").status_code == 200


# -- hostile bodies ---------------------------------------------------------------------------


def multipart(parts: Iterable[str]) -> tuple[bytes, dict[str, str]]:
    body = "".join(f"--B\r\n{one}\r\n" for one in parts) + "--B--\r\n"
    return body.encode(), {"Content-Type": "multipart/form-data; boundary=B"}


def many_parts(number: int) -> tuple[bytes, dict[str, str]]:
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\nx'
    return multipart(head.format(one) for one in range(number))


FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
JSON_TYPE = {"Content-Type": "application/json"}
DEEP = 100_000
HOSTILE: dict[str, tuple[bytes, dict[str, str]]] = {
    "many fields": (b"&".join(b"a=b" for _ in range(200_000)), FORM_TYPE),
    "only separators": (b"&" * 500_000, FORM_TYPE),
    "one name many times": (b"&".join(b"name=b" for _ in range(100_000)), FORM_TYPE),
    "a long field": (b"name=" + b"x" * 900_000, FORM_TYPE),
    "broken escapes": (b"name=%zz%f%00%ff&password=%", FORM_TYPE),
    "no characters": (bytes(range(256)) * 100, FORM_TYPE),
    "many parts": many_parts(10_000),
    "many files": multipart(
        f'Content-Disposition: form-data; name="f"; filename="{n}"\r\n\r\nx' for n in range(5_000)
    ),
    "a part with many headers": multipart(["".join(f"X-{n}: y\r\n" for n in range(20_000))]),
    "a part with a long header": multipart(["X: " + "y" * 500_000 + "\r\n\r\nz"]),
    "parts in parts": multipart(
        [
            'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; '
            "boundary=C\r\n\r\n" + "--C\r\n\r\nx\r\n" * 1000 + "--C--"
        ]
    ),
    "no boundary": (b"x" * 1000, {"Content-Type": "multipart/form-data"}),
    "a long boundary": (
        b"x" * 1000,
        {"Content-Type": "multipart/form-data; boundary=" + "B" * 9000},
    ),
    "no end": (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 500_000,
        {"Content-Type": "multipart/form-data; boundary=B"},
    ),
    "a file with a path": multipart(
        ['Content-Disposition: form-data; name="name"; filename="../../etc/passwd"\r\n\r\nx']
    ),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, JSON_TYPE),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, JSON_TYPE),
    "a huge number": (b'{"label": ' + b"9" * 900_000 + b"}", JSON_TYPE),
    "a huge exponent": (b'{"label": 1e999999999}', JSON_TYPE),
    "many equal names": (b"{" + b",".join(b'"label":1' for _ in range(90_000)) + b"}", JSON_TYPE),
    "half a character": (b'{"label": "\\ud800"}', JSON_TYPE),
    "not UTF-8": (b'{"label": "\xff\xfe"}', JSON_TYPE),
    "a zip of zeros": (b"\x1f\x8b" + b"\0" * 1000, {**JSON_TYPE, "Content-Encoding": "gzip"}),
    "NaN": (b'{"label": NaN}', JSON_TYPE),
}
PATHS = ("/sign-in", "/account/password", "/api/v1/persons", "/worklist")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_quickly(web: Web, name: str) -> None:
    content, headers = HOSTILE[name]
    browser = web.as_("clinician")
    sent = {"Origin": web.settings.origin, "X-CSRF-Token": browser.csrf, **headers}
    for path in PATHS:
        begun = time.monotonic()
        answer = browser.post(path, content=content, headers=sent)
        assert time.monotonic() - begun < 5
        # Searching the worklist for nothing is no mistake.
        fine = (200,) if path == "/worklist" else ()
        assert answer.status_code in (400, 401, 413, 415, 422, *fine), (path, answer.status_code)
        assert "Traceback" not in answer.text
    with web.store.reading() as tx:
        assert tx.persons.count() == 2


def test_a_form_has_so_many_fields_at_most(web: Web) -> None:
    fields = {f"field{n}": "x" for n in range(FORM["max_fields"] + 5)}
    answer = web.as_("nobody").submit("/sign-in", {**fields, "name": "x", "password": "y"})
    assert answer.status_code == 400


def test_the_token_is_looked_for_within_the_same_bounds(web: Web) -> None:
    """Routes without fields of their own read the form only for the token."""
    fields = {f"field{n}": "x" for n in range(FORM["max_fields"] + 5)}
    assert web.as_("clinician").submit("/sign-out", fields).status_code == 400


def test_what_was_sent_is_not_repeated(web: Web) -> None:
    marker = "Zwetschge<7391>"
    browser = web.as_("clinician")
    answers: list[Any] = [
        browser.submit("/sign-in", {"name": marker}),
        browser.submit("/account/password", {"old": marker}),
        browser.post("/api/v1/persons", content=json.dumps({"label": [marker]}),
                     headers={"Origin": web.settings.origin, "X-CSRF-Token": browser.csrf,
                              **JSON_TYPE}),
        browser.get(f"/{marker}"),
        browser.get("/worklist", params={"group": marker}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in (404, 422)
        assert "Zwetschge" not in answer.text
