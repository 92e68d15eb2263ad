"""The application: its parts put together, in the order in which a request meets them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from kinechain.domain.version import __version__
from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.service.clinic.memory import giving_back
from kinechain.service.clinic.passwords import Passwords
from kinechain.service.clinic.tokens import Sources
from kinechain.store import Store, StoreError
from kinechain.web import render
from kinechain.web.answers import no_database, refused, unreadable
from kinechain.web.api import ROUTER
from kinechain.web.clinic import Clinic
from kinechain.web.pages import ROUTERS
from kinechain.web.security.access import guard
from kinechain.web.security.csrf import FORM, own_pages_only
from kinechain.web.security.entrance import Entrance, Rates
from kinechain.web.security.headers import SecurityHeaders
from kinechain.web.security.limits import BodyLimit, RateLimit
from kinechain.web.security.proxies import OwnAddress
from kinechain.web.settings import Settings


def create_app(
    settings: Settings,
    store: Store,
    knowledge: Knowledge | None = None,
    *,
    sources: Sources | None = None,
    passwords: Passwords | None = None,
    rates: Rates | None = None,
) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings
        Address, secret, times.
    store
        The open database.
    knowledge
        The shipped knowledge by default.
    sources
        Time and chance; the machine's by default.
    passwords
        How they are hashed; tests take cheap parameters.
    rates
        How often is too often.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        with giving_back():
            yield
        store.close()

    app = FastAPI(
        title="Kinechain",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # a route of its own below, which the access table knows
        redirect_slashes=False,
        form_limits={**FORM},
        dependencies=[Depends(guard), Depends(own_pages_only)],
        lifespan=lifespan,
    )
    app.state.clinic = Clinic(settings, store, knowledge or load_knowledge(),
                              sources or Sources(), passwords or Passwords())  # fmt: skip
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(ROUTER)
    app.add_api_route("/static/report.css", _report_css, name="report_css", include_in_schema=False)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    app.add_exception_handler(HTTPException, refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(StoreError, no_database)
    _add_middleware(app, settings, rates or Rates())
    return app


def _add_middleware(app: FastAPI, settings: Settings, rates: Rates) -> None:
    # What is added last meets a request first.
    app.add_middleware(BodyLimit)
    app.add_middleware(Entrance, origin=settings.origin, rates=rates)
    app.add_middleware(RateLimit, bucket=rates.network)
    app.add_middleware(OwnAddress, origin=settings.origin, proxies=settings.trusted_proxies)
    app.add_middleware(SecurityHeaders, https=settings.https)


def _report_css() -> Response:
    return Response(render.report_style(), media_type="text/css")
