"""Headers that every answer carries: nothing from elsewhere, nothing kept, nothing framed."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
POLICY = "; ".join(f"{kind} {places}" for kind, places in ALLOWED.items())
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFERRER = "Referrer-Policy"
# Not no-referrer: with that, browsers send "Origin: null" with a form, which says nothing.
TO_OWN_PAGES = "same-origin"
TO_NOBODY = "no-referrer"
STATIC = "/static/"
KEPT = "public, max-age=86400"
NOT_KEPT = "no-store"


class SecurityHeaders:
    """Adds the headers to every answer, also to those of the other middleware.

    Parameters
    ----------
    app
        What it wraps.
    https
        Whether the program is reached by HTTPS, which browsers shall then insist on.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._fixed = dict(ALWAYS)
        if https:
            self._fixed["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        may_be_kept = scope["path"].startswith(STATIC)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers[name] = value
                # A route may be stricter here, never laxer.
                strict = headers.get(REFERRER) == TO_NOBODY
                headers[REFERRER] = TO_NOBODY if strict else TO_OWN_PAGES
                kept = may_be_kept and message["status"] in (200, 304)
                headers["Cache-Control"] = KEPT if kept else NOT_KEPT
            await send(message)

        await self._app(scope, receive, with_headers)
