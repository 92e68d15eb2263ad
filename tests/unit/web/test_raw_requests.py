"""Requests that no browser sends, over a socket, to the server as it is started."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
import uvicorn

from kinechain.web import serving
from kinechain.web.security import limits
from tests.support.web import Web, open_web

PATIENCE_S = 20.0
HOST = "clinic.example"


@dataclass
class Wire:
    """A server that listens, and the way to it."""

    port: int

    def ask(self, *parts: bytes) -> bytes:
        """All that comes back until the connection ends or an answer is there; it may be cut
        while it is still written to."""
        answer = b""
        with closing(socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)) as plain:
            with contextlib.suppress(OSError):
                for part in parts:
                    plain.sendall(part)
            with contextlib.suppress(OSError):
                while more := plain.recv(65536):
                    answer += more
                    plain.settimeout(0.2)
        return answer

    def get(self, target: str, *headers: str) -> bytes:
        """The answer to a request for whatever, as it is written."""
        lines = [f"GET {target} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers, "", ""]
        return self.ask("\r\n".join(lines).encode("latin-1"))

    def is_well(self) -> bool:
        """Whether it still answers others."""
        return self.get("/health").startswith(b"HTTP/1.1 200")


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with open_web(tmp_path_factory.mktemp("wire")) as web, served(web) as made:
        yield made


@contextlib.contextmanager
def served(web: Web) -> Iterator[Wire]:
    taken = serving.listen("127.0.0.1", 0)
    config = uvicorn.Config(
        web.app, log_level="critical", access_log=False, server_header=False, proxy_headers=False,
        h11_max_incomplete_event_size=serving.LARGEST_HEADERS, lifespan="off",
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
    thread.start()
    wire = Wire(taken.getsockname()[1])
    end = time.monotonic() + PATIENCE_S
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    try:
        yield wire
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        taken.close()


def status(answer: bytes) -> int:
    head = answer.split(b" ", 2)
    return int(head[1]) if len(head) > 1 else 0


@pytest.mark.parametrize("target", [
    "/static/../../settings.py", "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2fsettings.py",
    "/static/....//settings.py", "/static/..%5csettings.py", "/static//etc/passwd",
    "/static/%2fetc%2fpasswd", "/static/%00", "/static/clinic.css%00.html", "/static/.",
    "/static/", "/static", "/static/%c0%ae%c0%ae/settings.py", "/static/../templates/base.html.j2",
    "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/templates/base.html.j2",
])  # fmt: skip
def test_no_path_leads_out_of_the_static_files(wire: Wire, target: str) -> None:
    answer = wire.get(target)
    assert status(answer) in (303, 400, 404, 405), target
    for word in (b"root:", b"Settings", b"{%", b"import "):
        assert word not in answer


@pytest.mark.parametrize("target", [
    "//worklist", "/worklist/", "/./worklist", "/x/../worklist", "/%2e/worklist", "/WORKLIST",
    "/worklist;x=1", "/worklist%20", "/worklist%2f", "/static/../worklist", "/worklist%00",
    "/%77orklist", "/worklist#x", "/worklist?x", "https://clinic.example/worklist", "*", "worklist",
    "/api/v1//persons", "/api/v1/persons/", "/static/../api/v1/persons",
])  # fmt: skip
def test_no_way_of_writing_a_path_leads_past_the_guard(wire: Wire, target: str) -> None:
    answer = wire.get(target)
    assert status(answer) in (303, 400, 401, 404, 405), (target, answer[:80])
    assert b"Worklist</h1>" not in answer
    location = [line for line in answer.split(b"\r\n") if line.lower().startswith(b"location")]
    assert location in ([], [b"location: /sign-in"])


def test_a_flood_of_headers_is_cut_off(wire: Wire) -> None:
    flood = b"GET / HTTP/1.1\r\nHost: clinic.example\r\n" + b"X-Y: " + b"z" * 5_000_000
    assert status(wire.ask(flood)) in (0, 400, 431)
    many = b"".join(b"X-%d: y\r\n" % number for number in range(100_000))
    assert status(wire.ask(b"GET / HTTP/1.1\r\nHost: clinic.example\r\n" + many + b"\r\n")) in (
        0,
        400,
    )
    assert wire.is_well()


@pytest.mark.parametrize("head", [
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: clinic.example\r\nHost: evil.example\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    ("POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nContent-Length: 5\r\n"
     "Content-Length: 6\r\n\r\nabcdef"),
    "POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nContent-Length: -1\r\n\r\nx",
    "POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nTransfer-Encoding: what\r\n\r\nx",
    "G\x00T / HTTP/1.1\r\nHost: clinic.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : clinic.example\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: clinic.example\r\n folded: x\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET  /  HTTP/1.1\r\nHost: clinic.example\r\n\r\n",
])  # fmt: skip
def test_what_is_no_request_is_none(wire: Wire, head: str) -> None:
    assert status(wire.ask(head.encode("latin-1"))) in (0, 400, 421, 505)
    assert wire.is_well()


def test_a_second_request_cannot_be_hidden_in_the_body_of_a_first(wire: Wire) -> None:
    """By two words about its length, of which a proxy may believe the other one."""
    hidden = b"GET /static/icon.svg HTTP/1.1\r\nHost: clinic.example\r\n\r\n"
    body = b"0\r\n\r\n" + hidden
    head = (b"POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nOrigin: https://clinic.example\r\n"
            b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(body))  # fmt: skip
    answer = wire.ask(head + body)
    assert status(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"<svg" not in answer


def test_a_chunked_body_without_end_is_refused_while_it_comes(wire: Wire) -> None:
    head = (b"POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nOrigin: https://clinic.example\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")  # fmt: skip
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    answer = wire.ask(head, *[chunk] * 40)
    assert status(answer) == 413
    assert b"content-security-policy" in answer.lower()
    assert wire.is_well()


def test_a_body_that_dribbles_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(limits.BodyLimit.__init__, "__defaults__", (0.3,))
    head = (b"POST /sign-in HTTP/1.1\r\nHost: clinic.example\r\nOrigin: https://clinic.example\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 1000\r\n\r\nname=")  # fmt: skip
    with open_web(tmp_path_factory.mktemp("slow")) as web, served(web) as wire:
        assert status(wire.ask(head)) == 408
        assert wire.is_well()


def test_connections_that_say_nothing_hold_up_nobody(wire: Wire) -> None:
    silent = [socket.create_connection(("127.0.0.1", wire.port)) for _ in range(100)]
    try:
        for one in silent:
            one.sendall(b"GET / HTTP/1.1\r\nHost: clin")
        assert wire.is_well()
    finally:
        for one in silent:
            one.close()


def test_a_websocket_opens_nothing(wire: Wire) -> None:
    answer = wire.get("/worklist", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
    assert status(answer) in (303, 400, 403, 404, 426)


def test_the_server_does_not_name_itself(wire: Wire) -> None:
    head = wire.get("/sign-in").split(b"\r\n\r\n")[0].lower()
    for word in (b"server:", b"uvicorn", b"python", b"x-powered-by"):
        assert word not in head
