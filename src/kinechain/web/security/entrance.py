"""The step before body and routes: who asks, from where, how often; and no failure says much."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kinechain.store import StoreError
from kinechain.web.answers import answer, no_database, told
from kinechain.web.security.csrf import WORDS, is_foreign
from kinechain.web.security.headers import STATIC
from kinechain.web.security.limits import Bucket, client_network, retry_after
from kinechain.web.security.sessions import find_visitor
from kinechain.web.security.visitor import NOBODY


@dataclass(frozen=True)
class Rates:
    """How often is too often; the first number at once, the second each second after that.

    Attributes
    ----------
    network
        For everything that comes from one network.
    nobody
        For what comes from one network without a session.
    session
        For one session.
    """

    network: Bucket = field(default_factory=lambda: Bucket(1500, 300))
    nobody: Bucket = field(default_factory=lambda: Bucket(120, 10))
    session: Bucket = field(default_factory=lambda: Bucket(240, 40))


class Entrance:
    """Finds the visitor, refuses what other sites send, and catches whatever goes wrong.

    Parameters
    ----------
    app
        The routes.
    origin
        The program's own.
    rates
        How often is too often.
    """

    def __init__(self, app: ASGIApp, *, origin: str, rates: Rates) -> None:
        self._app, self._origin, self._rates = app, origin, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its visitor."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun = Request(scope), False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            reply = await self._refusal(request, scope)
            if reply is None:
                await self._app(scope, receive, watched)
                return
        except ClientDisconnect:  # a newer click, a page that was left: nobody waits for an answer
            return
        except StoreError as error:
            reply = no_database(request, error)
        except Exception as error:  # noqa: BLE001 - no part of it may reach page, log or client
            told(request, error)
            reply = answer(request, 500)
        if not begun:  # otherwise the connection ends in the middle, which the client sees
            await reply(scope, receive, send)

    async def _refusal(self, request: Request, scope: Scope) -> Response | None:
        """Why a request goes no further; None where it does."""
        request.state.visitor = NOBODY
        if is_foreign(request.method, request.headers, self._origin):
            return answer(request, 403, WORDS)
        if scope["path"].startswith(STATIC):
            return None
        visitor = await find_visitor(request)
        request.state.visitor = visitor
        if visitor.session:
            wait = self._rates.session.wait_s(visitor.session)
        else:
            wait = self._rates.nobody.wait_s(client_network(scope))
        return answer(request, 429, headers=retry_after(wait)) if wait else None
