"""Bounds on what one client may send: how large, how long, and how often."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kinechain.service.clinic.throttle import network_of
from kinechain.web.answers import answer
from kinechain.web.security.visitor import Visitor, visitor_of

LARGEST_BODY = 1_000_000
LARGEST_OF_PATIENT = 300_000
LARGEST_OF_NOBODY = 64_000
BODY_S = 30.0
MOST_CLIENTS = 20_000


class TooLarge(Exception):
    """A body that goes on beyond its bound."""


class TooSlow(Exception):
    """A body that has not come whole after its time."""


class BodyLimit:
    """Refuses bodies above a bound, whatever their headers say, and those that never end.

    The visitor is known here. Reading a hostile form of a megabyte takes a second in which
    nobody else is answered; who is not known may not send so much.

    Parameters
    ----------
    app
        What it wraps.
    seconds
        In which the whole body has to come.
    """

    def __init__(self, app: ASGIApp, seconds: float = BODY_S) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while its body stays in bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = largest_body(visitor_of(Request(scope)))
        headers = dict(scope["headers"])
        if b"content-length" in headers and b"transfer-encoding" in headers:
            # A proxy that believes the other of the two would take the rest for a request.
            close = {"Connection": "close"}
            await answer(Request(scope), 400, headers=close)(scope, receive, send)
            return
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:20]) > largest:
            await _too_large(scope, receive, send, largest)
            return
        body = _Counted(receive, largest, time.monotonic() + self._seconds)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            # What reads the body may have taken the refusal for a form that cannot be read.
            if body.refusal is not None and not begun:
                raise body.refusal
            begun = True
            await send(message)

        try:
            await self._app(scope, body.receive, watched)
        except TooLarge:
            if begun:
                raise
            await _too_large(scope, receive, send, largest)
        except TooSlow:
            if begun:
                raise
            headers = {"Connection": "close"}
            await answer(Request(scope), 408, headers=headers)(scope, receive, send)


def largest_body(visitor: Visitor) -> int:
    """How many bytes a visitor may send at once.

    Parameters
    ----------
    visitor
        Who sends.
    """
    if not visitor.kinds:
        return LARGEST_OF_NOBODY
    return LARGEST_OF_PATIENT if "patient" in visitor.kinds else LARGEST_BODY


async def _too_large(scope: Scope, receive: Receive, send: Send, largest: int) -> None:
    words = f"At most {largest // 1000:,} kB can be sent at once."
    # The rest of the body is not waited for.
    headers = {"Connection": "close"}
    await answer(Request(scope), 413, words, headers)(scope, receive, send)


class _Counted:
    """A body as it comes: so many bytes so far, and why no more of it is taken."""

    def __init__(self, receive: Receive, largest: int, end: float) -> None:
        self._receive, self._largest, self._end = receive, largest, end
        self._seen, self._whole = 0, False
        self.refusal: TooLarge | TooSlow | None = None

    async def receive(self) -> Message:
        """The next part."""
        if self._whole:  # what comes now is that the client went away
            return await self._receive()
        try:
            async with asyncio.timeout(max(self._end - time.monotonic(), 0)):
                message = await self._receive()
        except TimeoutError:
            self.refusal = TooSlow()
            raise self.refusal from None
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._largest:
            self.refusal = TooLarge()
            raise self.refusal
        return message


class Bucket:
    """So many requests at once, and so many a second after that, for each client.

    Parameters
    ----------
    burst, per_second
        Its size, and how fast it fills.
    clock
        Seconds that never go back.
    """

    def __init__(
        self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._rate, self._clock = burst, per_second, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """Take one request; 0 when it is allowed, otherwise for how long to wait.

        Parameters
        ----------
        client
            Network or session.
        """
        now = self._clock()
        left, before = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - before) * self._rate)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._left[client] = (left - 1 if wait == 0 else left, now)
        while len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return wait


class RateLimit:
    """Refuses a network that floods the program; asked before anything costs time.

    A whole clinic may stand behind one address, so this bound is wide. The narrower ones, for
    each session and for who has none, are asked when the visitor is known.

    Parameters
    ----------
    app
        What it wraps.
    bucket
        How often is too often.
    """

    def __init__(self, app: ASGIApp, bucket: Bucket) -> None:
        self._app, self._bucket = app, bucket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say how long to wait."""
        wait = 0.0
        if scope["type"] == "http":
            wait = self._bucket.wait_s(client_network(scope))
        if wait == 0:
            await self._app(scope, receive, send)
            return
        await answer(Request(scope), 429, headers=retry_after(wait))(scope, receive, send)


def client_network(scope: Scope) -> str:
    """The network that a request comes from.

    Parameters
    ----------
    scope
        Of the request, with the client's own address.
    """
    return network_of((scope.get("client") or ("",))[0])


def retry_after(wait_s: float) -> dict[str, str]:
    """The header that says when to come again.

    Parameters
    ----------
    wait_s
        Seconds.
    """
    return {"Retry-After": str(math.ceil(wait_s))}
