"""The clinic's server as its own process, as `kinechain serve` starts it, and what it uses up."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import program
from benchmarks.timing import CannotRun

PATIENCE_S = 60.0
FOR_ONE_CORE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes
    ----------
    process
        Its process.
    port
        On which it listens.
    """

    process: subprocess.Popen[bytes]
    port: int

    @property
    def origin(self) -> str:
        """As it knows itself."""
        return origin_of(self.port)

    def memory_mb(self) -> float:
        """What it holds in memory now."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def processor_s(self) -> float:
        """Processor time that it has used."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def origin_of(port: int) -> str:
    """How a server on this machine is reached.

    Parameters
    ----------
    port
        Its own.
    """
    return f"http://localhost:{port}"


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def new_secret() -> str:
    """A secret for a server and for what is prepared for it."""
    return secrets.token_urlsafe(48)


@contextmanager
def running(database: Path, secret: str) -> Generator[Server]:
    """Start a server and wait until it answers; stop it in the end.

    Parameters
    ----------
    database
        An SQLite file.
    secret
        The server's secret.

    Raises
    ------
    CannotRun
        It does not start.
    """
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key not in FOR_ONE_CORE}
    environment["KINECHAIN_SECRET"] = secret
    log = database.with_suffix(".log")
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*program(), "serve", "--database", str(database), "--port", str(port)],
            stdout=file, stderr=file, env=environment,
        )  # fmt: skip
        if hasattr(os, "sched_setaffinity"):  # benchmarks are bound to one core, a clinic is not
            os.sched_setaffinity(process.pid, range(os.cpu_count() or 1))
        try:
            _wait(process, port, log)
            yield Server(process, port)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                words = log.read_text(encoding="utf-8", errors="replace")[-500:]
                raise CannotRun(f"kinechain serve does not start: {words}") from None
            time.sleep(0.05)
