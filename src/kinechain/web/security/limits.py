"""Bounds on what one client may send: how large, and how often."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
LARGEST_UPLOAD = 100_000_000
MOST_CLIENTS = 20_000


class TooLarge(Exception):
    """A body that goes on beyond its bound."""


class BodyLimit:
    """Refuses bodies above a bound, whatever their headers say.

    Parameters
    ----------
    app
        What it wraps.
    largest
        Bytes.
    """

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while its body stays in bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen, begun = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._largest:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        length = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if not length.isdigit() or int(length) > self._largest:
                raise TooLarge
            await self._app(scope, counted, watched)
        except TooLarge:
            if begun:
                raise
            words = f"At most {self._largest // 1_000_000} MB can be sent."
            await PlainTextResponse(words, 413)(scope, receive, send)


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
            Address or session.
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
    """Refuses a client that asks too often.

    Parameters
    ----------
    app
        What it wraps.
    bucket
        How often is too often; by default 120 at once and 20 a second.
    """

    def __init__(self, app: ASGIApp, bucket: Bucket | None = None) -> None:
        self._app, self._bucket = app, bucket or Bucket(120, 20)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say how long to wait."""
        client = (scope.get("client") or ("",))[0]
        wait = self._bucket.wait_s(client) if scope["type"] == "http" else 0.0
        if wait == 0:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": str(int(wait) + 1)}
        await PlainTextResponse("Too many requests; wait a moment.", 429, headers)(
            scope, receive, send
        )
