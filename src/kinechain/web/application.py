"""The application: its parts put together, in the order in which a request meets them."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from kinechain.domain.version import __version__
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.store import Store, StoreError
from kinechain.web import render
from kinechain.web.clinic import Clinic
from kinechain.web.pages import ROUTERS
from kinechain.web.security.access import guard
from kinechain.web.security.csrf import own_pages_only
from kinechain.web.security.headers import SecurityHeaders
from kinechain.web.security.limits import BodyLimit, RateLimit
from kinechain.web.security.sessions import find_visitor
from kinechain.web.settings import Settings

LOG = logging.getLogger("kinechain.web")
API = "/api/"
MESSAGES: dict[int, tuple[str, str]] = {
    400: ("This could not be read", "Go back, correct it, and send it again."),
    403: ("Not allowed", "Your account may not see or do this."),
    404: ("Not found", "The address is wrong, or what was there is not for you."),
    405: ("Not found", "The address is wrong, or what was there is not for you."),
    409: (
        "Somebody else changed this in the meantime",
        "Nothing of theirs or yours is lost. Load the page again, look, and decide.",
    ),
    410: ("This link has ended", "Ask the clinic for a new one."),
    413: ("Too large", "Send less at once."),
    422: ("This could not be read", "Go back, correct it, and send it again."),
    429: ("Too many requests", "Wait a moment."),
    503: ("The database does not answer", "Nothing was saved. Try again in a moment."),
}
OTHERWISE = ("Something went wrong", "Nothing was saved. Try again; if it stays, tell the clinic.")


def create_app(settings: Settings, store: Store, knowledge: Knowledge | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings
        Address, secret, times.
    store
        The open database.
    knowledge
        The shipped knowledge by default.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        store.close()

    app = FastAPI(
        title="Kinechain",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(guard), Depends(own_pages_only)],
        lifespan=lifespan,
    )
    app.state.clinic = Clinic(settings, store, knowledge or load_knowledge())
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/static/report.css", _report_css, name="report_css", include_in_schema=False)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    app.add_exception_handler(HTTPException, _refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(StoreError, _no_database)
    app.middleware("http")(_with_visitor)
    # What is added last meets a request first.
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit)
    app.add_middleware(SecurityHeaders, https=settings.https)
    return app


async def _with_visitor(request: Request, call_next: Callable[[Request], object]) -> Response:
    """Find out who asks, and let no failure say more than it must."""
    try:
        request.state.visitor = await find_visitor(request)
        return await call_next(request)  # type: ignore[misc]
    except StoreError as error:
        return _no_database(request, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, no part of it reaches the page
        # The type alone: a message or a traceback can hold what was entered about a person.
        LOG.error("%s %s failed: %s", request.method, _route(request), type(error).__name__)
        return answer(request, 500)


def _route(request: Request) -> str:
    """The route's pattern, which holds no id."""
    route = request.scope.get("route")
    return getattr(route, "path", "?")


def answer(request: Request, status: int, detail: str = "") -> Response:
    """An error as page, as part of a page, or as JSON.

    Parameters
    ----------
    request
        Which of the three it asks for.
    status
        The HTTP status.
    detail
        What to do, where it is known better than in general.
    """
    heading, remedy = MESSAGES.get(status, OTHERWISE)
    if request.url.path.startswith(API):
        return JSONResponse({"error": heading, "remedy": detail or remedy}, status)
    if status == 401:
        if request.headers.get("hx-request"):
            return Response(status_code=401)
        return RedirectResponse("/sign-in", 303)
    return render.show(
        request, "message.html.j2", status, heading=heading, text=detail or remedy, remedy="",
        back="/", back_words="To the start",
    )  # fmt: skip


def _refused(request: Request, error: HTTPException) -> Response:
    known = error.detail if error.detail != _default(error.status_code) else ""
    return answer(request, error.status_code, known)


def _default(status: int) -> str:
    return HTTPException(status).detail


def _unreadable(request: Request, _error: Exception) -> Response:
    return answer(request, 422)


def _no_database(request: Request, error: Exception) -> Response:
    LOG.error("%s %s: %s", request.method, _route(request), type(error).__name__)
    return answer(request, 503)


def _report_css() -> Response:
    return Response(render.report_style(), media_type="text/css")
