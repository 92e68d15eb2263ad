"""Under which address the program is reached, and from which address a request comes."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kinechain.web.answers import answer
from kinechain.web.settings import Network

FORWARDED = "x-forwarded-for"
MOST_HOPS = 20


class OwnAddress:
    """Refuses requests for another host, and finds the client behind a proxy.

    A page of another site can have its own name point to this machine (DNS rebinding), or put a
    name of its own into addresses that the program writes; both need a foreign ``Host``.
    ``X-Forwarded-For`` can be written by anybody, so it counts only as far as it was written by
    proxies that are configured.

    Parameters
    ----------
    app
        What it wraps.
    origin
        How browsers reach the program.
    proxies
        Networks of the proxies before it.
    """

    def __init__(self, app: ASGIApp, *, origin: str, proxies: tuple[Network, ...]) -> None:
        self._app, self._origin, self._proxies = app, origin, proxies
        scheme, _, host = origin.partition("://")
        usual = {"http": ":80", "https": ":443"}[scheme]
        bare = host.removesuffix(usual).lower()
        self._hosts = {bare, bare + usual} if bare == host or host.endswith(usual) else {bare}
        if ":" in bare.rpartition("]")[2]:  # another port is part of the name
            self._hosts = {bare}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it is for this program."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            words = f"This program is at {self._origin}"
            await answer(Request(scope), 421, words)(scope, receive, send)
            return
        client = scope.get("client")
        if client and self._proxies:
            told = ",".join(headers.getlist(FORWARDED)).split(",")
            scope = {**scope, "client": (self._behind(client[0], told), client[1])}
        await self._app(scope, receive, send)

    def _behind(self, address: str, told: list[str]) -> str:
        """The last address that none of the own proxies has; each wrote the one before it."""
        for one in reversed([entry.strip() for entry in told][-MOST_HOPS:]):
            if not one or not self._is_proxy(address):
                break
            try:
                address = str(ip_address(one))
            except ValueError:
                break
        return address

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in one for one in self._proxies)
