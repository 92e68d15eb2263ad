"""The server: one process or several, a socket that is bound first, and word when it is ready."""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic

import msgspec
import uvicorn
from fastapi import FastAPI

from kinechain.service.clinic.database import database_address
from kinechain.store import open_store
from kinechain.web.application import create_app
from kinechain.web.settings import (
    Settings,
    SettingsError,
    read_proxies,
    read_second_factor,
    read_secret,
)

SERVED = "KINECHAIN_SERVED"
"""What the first process tells the others of how it was started; no secret is in it."""

MOST_CONNECTIONS = 500
MOST_WAITING = 128
LARGEST_HEADERS = 32_768
LAST_REQUESTS_S = 10
PATIENCE_S, BETWEEN_S = 180.0, 0.2


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """How the server was started.

    Attributes
    ----------
    database
        Address of the database, without what comes from the environment; empty where the
        environment names it.
    folder
        Where the secret is kept, if the environment gives none.
    origin
        How browsers reach it.
    """

    database: str
    folder: str
    origin: str
    is_demonstration: bool = False


def settings_of(served: Served, address: str, environment: Mapping[str, str]) -> Settings:
    """The settings of the application.

    Parameters
    ----------
    served
        How the server was started.
    address
        Of the database.
    environment
        Secret, proxies, who needs a second factor.

    Raises
    ------
    SettingsError
        One of them cannot be used, or the pages would be sent to other machines in the open.
    """
    made = Settings(
        address, read_secret(environment, Path(served.folder)), served.origin,
        is_demonstration=served.is_demonstration, trusted_proxies=read_proxies(environment),
        need_second_factor=read_second_factor(
            environment, "nobody" if served.is_demonstration else "administrators"
        ),
    )  # fmt: skip
    if not made.https and not made.is_local:
        raise SettingsError(
            f"{served.origin} is not on this machine and not HTTPS, so everybody on the way could "
            "read along. Remedy: put a proxy with HTTPS before the program (nginx, Caddy), name "
            "its address with --origin https://clinic.example, and the proxy's own with "
            "KINECHAIN_TRUSTED_PROXIES."
        )
    return made


def application() -> FastAPI:
    """The application of one of several processes, made from what the first one left for it."""
    served = msgspec.json.decode(os.environ[SERVED], type=Served)
    address = database_address(os.environ, served.database or None)
    return create_app(settings_of(served, address, os.environ), open_store(address))


def listen(host: str, port: int) -> socket.socket:
    """Take a port, before anything is loaded.

    Parameters
    ----------
    host, port
        Where to listen.

    Raises
    ------
    SettingsError
        The port is taken, or the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(MOST_WAITING)
    except OSError as error:
        taken.close()
        raise SettingsError(_cannot_listen(host, port, error)) from None
    taken.set_inheritable(True)
    return taken


def run(made: FastAPI | Served, taken: socket.socket, workers: int = 1) -> None:
    """Serve until Ctrl-C, or until the process is told to end; finish what is under way first.

    Parameters
    ----------
    made
        The application, or for several processes how each makes its own.
    taken
        As :func:`listen` gave it.
    workers
        How many processes.
    """
    app: FastAPI | str
    if isinstance(made, Served):
        os.environ[SERVED] = msgspec.json.encode(made).decode()
        app = f"{__name__}:{application.__name__}"
    else:
        app = made
    # The access log would hold addresses of patients' pages. Whose word about the client's
    # address counts is the application's to know (KINECHAIN_TRUSTED_PROXIES).
    uvicorn.run(
        app, factory=isinstance(app, str), workers=workers, fd=taken.fileno(),
        log_level="warning", access_log=False, server_header=False, proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS, h11_max_incomplete_event_size=LARGEST_HEADERS,
        timeout_graceful_shutdown=LAST_REQUESTS_S, lifespan="on",
    )  # fmt: skip


def when_ready(taken: socket.socket, origin: str, tell: Callable[[], None]) -> threading.Thread:
    """Say something once the first request is answered; does not wait for it.

    Parameters
    ----------
    taken
        Where the server listens.
    origin
        How browsers reach it.
    tell
        Called from another thread.
    """
    host, port = taken.getsockname()[:2]
    place = str({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host))  # noqa: S104
    name = origin.partition("://")[2]

    def ask() -> None:
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            if _is_well(place, port, name):
                tell()
                return
            threading.Event().wait(BETWEEN_S)

    thread = threading.Thread(target=ask, daemon=True, name="when ready")
    thread.start()
    return thread


def _is_well(host: str, port: int, name: str) -> bool:
    """Whether the server answers; the health page tells nothing of anybody."""
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/health", headers={"Host": name})
        return connection.getresponse().status == 200
    return False


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (f"Port {port} is in use, perhaps by another kinechain serve. "
                    f"Remedy: end that, or kinechain serve --port {port + 1}.")  # fmt: skip
        case errno.EACCES:
            return (
                f"Port {port} is for the system alone. Remedy: --port 8000 and a proxy before it."
            )
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine. Remedy: --host 127.0.0.1."
        case _:
            return f"The program cannot listen at {host}, port {port}: {error.strerror}."
