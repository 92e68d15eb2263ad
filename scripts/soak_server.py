"""Serves the clinic again and again: for every line of its input a new server, forked.

All is loaded once, so that two hundred servers that are killed cost one start of Python. What it
says is one line for each: ``ready`` and the process id.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable

import uvicorn

from kinechain.knowledge import Knowledge, load_knowledge
from kinechain.store import open_store
from kinechain.web.application import create_app
from kinechain.web.settings import Settings

PATIENCE_S = 30.0


class Announced(uvicorn.Server):
    """A server that says when it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so.

        Parameters
        ----------
        sockets
            On which it listens.
        """
        await super().startup(sockets)
        os.write(1, f"ready {os.getpid()}\n".encode())


def serve(address: str, origin: str, listening: socket.socket, knowledge: Knowledge) -> None:
    """Serve until the end.

    Parameters
    ----------
    address
        Of the database.
    origin
        Of the server.
    listening
        Its socket.
    knowledge
        Read before.
    """
    settings = Settings(address, os.environ["KINECHAIN_SECRET"].encode(), origin)
    app = create_app(settings, open_store(address), knowledge)
    config = uvicorn.Config(app, log_level="error", access_log=False)
    Announced(config).run([listening])


def listen(port: int) -> socket.socket:
    """The socket on a port, once the server that was killed has let go of it.

    Parameters
    ----------
    port
        Always the same.
    """
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def each_line(work: Callable[[], None]) -> None:
    """Fork for every line.

    Parameters
    ----------
    work
        What the child does.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if os.fork() == 0:
            try:
                work()
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(1)


def main(address: str, port: str) -> None:
    """Load everything, then serve on demand.

    Parameters
    ----------
    address
        Of the database.
    port
        On which each server listens in turn.
    """
    knowledge = load_knowledge()

    def work() -> None:
        with listen(int(port)) as listening:
            serve(address, f"http://localhost:{port}", listening, knowledge)

    os.write(1, b"loaded\n")
    each_line(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
